package dynamodb

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/policy"
)

// listExports decodes ListExports.
func (s *Service) listExports(req *awsapi.Request) (awsapi.Call, error) {
	var in dynamodb.ListExportsInput
	if err := awsapi.DecodeJSON(req.Body, &in); err != nil {
		return nil, err
	}
	p, err := transfersOf(req, "dynamodb:ListExports", in.TableArn, "maxResults", in.MaxResults, in.NextToken)
	if err != nil {
		return nil, err
	}
	return control[*dynamodb.ListExportsOutput]{
		needs: []policy.Need{p.need},
		run: func(ctx context.Context) (*dynamodb.ListExportsOutput, error) {
			found, more, err := s.transfers.Exports(ctx, p.scope, p.name, p.after, p.size)
			if err != nil {
				return nil, err
			}
			out := &dynamodb.ListExportsOutput{ExportSummaries: []types.ExportSummary{}}
			for _, e := range found {
				out.ExportSummaries = append(out.ExportSummaries, types.ExportSummary{
					ExportArn: aws.String(e.ARN()), ExportStatus: types.ExportStatus(e.Status), ExportType: exportType(e),
				})
			}
			if more {
				out.NextToken = nextToken(&found[len(found)-1].Common)
			}
			return out, nil
		},
	}, nil
}
