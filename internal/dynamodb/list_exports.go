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
	limit := integer{in.MaxResults != nil, int64(aws.ToInt32(in.MaxResults))}
	var v violations
	v.length("tableArn", optional(in.TableArn), 1, maxTransferARN)
	v.atLeast("maxResults", limit, 1)
	v.atMost("maxResults", limit, maxTransfersPage)
	if err := v.err(); err != nil {
		return nil, err
	}
	if !limit.set {
		limit.value = maxTransfersPage
	}
	scope, name, need, err := transfersOf(req, in.TableArn, "dynamodb:ListExports")
	if err != nil {
		return nil, err
	}
	after, err := readNextToken(in.NextToken)
	if err != nil {
		return nil, err
	}
	return control[*dynamodb.ListExportsOutput]{
		needs: []policy.Need{need},
		run: func(ctx context.Context) (*dynamodb.ListExportsOutput, error) {
			found, more, err := s.transfers.Exports(ctx, scope, name, after, int(limit.value))
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
