package dynamodb

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/policy"
)

// describeImport decodes DescribeImport.
func (s *Service) describeImport(req *awsapi.Request) (awsapi.Call, error) {
	var in dynamodb.DescribeImportInput
	if err := awsapi.DecodeJSON(req.Body, &in); err != nil {
		return nil, err
	}
	var v violations
	v.required("importArn", in.ImportArn != nil)
	v.length("importArn", optional(in.ImportArn), minTransferARN, maxTransferARN)
	if err := v.err(); err != nil {
		return nil, err
	}
	scope, name, id, ok := parseTransferARN(req, *in.ImportArn, "import")
	if !ok {
		return nil, refused("Invalid import ARN: %s", awsapi.Shown(*in.ImportArn))
	}
	return control[*dynamodb.DescribeImportOutput]{
		needs: []policy.Need{{Action: "dynamodb:DescribeImport", Resource: *in.ImportArn}},
		run: func(ctx context.Context) (*dynamodb.DescribeImportOutput, error) {
			i, err := s.transfers.Import(ctx, scope, name, id)
			if err != nil {
				return nil, transferError(err, "Import", *in.ImportArn, 0)
			}
			out, err := importDescription(i)
			return &dynamodb.DescribeImportOutput{ImportTableDescription: out}, err
		},
	}, nil
}
