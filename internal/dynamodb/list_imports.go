package dynamodb

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/policy"
)

// listImports decodes ListImports.
func (s *Service) listImports(req *awsapi.Request) (awsapi.Call, error) {
	var in dynamodb.ListImportsInput
	if err := awsapi.DecodeJSON(req.Body, &in); err != nil {
		return nil, err
	}
	p, err := transfersOf(req, "dynamodb:ListImports", in.TableArn, "pageSize", in.PageSize, in.NextToken)
	if err != nil {
		return nil, err
	}
	return control[*dynamodb.ListImportsOutput]{
		needs: []policy.Need{p.need},
		run: func(ctx context.Context) (*dynamodb.ListImportsOutput, error) {
			found, more, err := s.transfers.Imports(ctx, p.scope, p.name, p.after, p.size)
			if err != nil {
				return nil, err
			}
			out := &dynamodb.ListImportsOutput{ImportSummaryList: []types.ImportSummary{}}
			for _, i := range found {
				out.ImportSummaryList = append(out.ImportSummaryList, types.ImportSummary{
					ImportArn: aws.String(importARN(i)), ImportStatus: types.ImportStatus(i.Status), InputFormat: types.InputFormat(i.InputFormat),
					S3BucketSource: bucketSource(i), StartTime: aws.Time(i.Started), EndTime: timeOrNil(i.Ended), TableArn: aws.String(arn(i.Scope, i.Table, "")),
				})
			}
			if more {
				out.NextToken = nextToken(&found[len(found)-1].Common)
			}
			return out, nil
		},
	}, nil
}
