package dynamodb

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/policy"
	"github.com/statordb/stator/internal/table"
)

// listedAtOnce is how many tables ListTables lists at once.
const listedAtOnce = 100

// listTables decodes ListTables.
func (s *Service) listTables(req *awsapi.Request) (awsapi.Call, error) {
	var in dynamodb.ListTablesInput
	if err := awsapi.DecodeJSON(req.Body, &in); err != nil {
		return nil, err
	}
	limit := integer{in.Limit != nil, int64(aws.ToInt32(in.Limit))}
	var v violations
	v.atLeast("limit", limit, 1)
	v.atMost("limit", limit, listedAtOnce)
	v.name("exclusiveStartTableName", optional(in.ExclusiveStartTableName))
	if err := v.err(); err != nil {
		return nil, err
	}
	if !limit.set {
		limit.value = listedAtOnce
	}
	return control[*dynamodb.ListTablesOutput]{
		needs: []policy.Need{{Action: "dynamodb:ListTables", Resource: "*"}},
		run: func(ctx context.Context) (*dynamodb.ListTablesOutput, error) {
			scope := table.Scope{Account: req.Caller.Account, Region: req.Region}
			names, more, err := s.store.List(ctx, scope, aws.ToString(in.ExclusiveStartTableName), int(limit.value))
			if err != nil {
				return nil, err
			}
			out := &dynamodb.ListTablesOutput{TableNames: append([]string{}, names...)}
			if more {
				out.LastEvaluatedTableName = aws.String(names[len(names)-1])
			}
			return out, nil
		},
	}, nil
}
