package dynamodb

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/policy"
)

// describeExport decodes DescribeExport.
func (s *Service) describeExport(req *awsapi.Request) (awsapi.Call, error) {
	var in dynamodb.DescribeExportInput
	if err := awsapi.DecodeJSON(req.Body, &in); err != nil {
		return nil, err
	}
	var v violations
	v.required("exportArn", in.ExportArn != nil)
	v.length("exportArn", optional(in.ExportArn), minTransferARN, maxTransferARN)
	if err := v.err(); err != nil {
		return nil, err
	}
	scope, name, id, ok := parseTransferARN(req, *in.ExportArn, "export")
	if !ok {
		return nil, refused("Invalid export ARN: %s", awsapi.Shown(*in.ExportArn))
	}
	return control[*dynamodb.DescribeExportOutput]{
		needs: []policy.Need{{Action: "dynamodb:DescribeExport", Resource: *in.ExportArn}},
		run: func(ctx context.Context) (*dynamodb.DescribeExportOutput, error) {
			e, err := s.transfers.Export(ctx, scope, name, id)
			if err != nil {
				return nil, transferError(err, "Export", *in.ExportArn, 0)
			}
			return &dynamodb.DescribeExportOutput{ExportDescription: exportDescription(e)}, nil
		},
	}, nil
}
