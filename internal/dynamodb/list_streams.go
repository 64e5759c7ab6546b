package dynamodb

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodbstreams"
	"github.com/aws/aws-sdk-go-v2/service/dynamodbstreams/types"

	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/policy"
	"github.com/statordb/stator/internal/table"
)

// streamsAtOnce is how many streams ListStreams lists at once, and how many shards DescribeStream.
const streamsAtOnce = 100

// listStreams decodes ListStreams.
func (s *Service) listStreams(req *awsapi.Request) (awsapi.Call, error) {
	var in dynamodbstreams.ListStreamsInput
	if err := awsapi.DecodeJSON(req.Body, &in); err != nil {
		return nil, err
	}
	limit := integer{in.Limit != nil, int64(aws.ToInt32(in.Limit))}
	var v violations
	v.length("exclusiveStartStreamArn", optional(in.ExclusiveStartStreamArn), minStreamARN, maxStreamARN)
	v.atLeast("limit", limit, 1)
	name := optional(in.TableName)
	if !isTableARN(name.value) {
		v.name("tableName", name)
	}
	if err := v.err(); err != nil {
		return nil, err
	}
	if limit.value > streamsAtOnce {
		return nil, refused("Limit cannot be greater than the maximum allowed size: %d", streamsAtOnce)
	}
	if !limit.set {
		limit.value = streamsAtOnce
	}
	scope, short := table.Scope{Account: req.Caller.Account, Region: req.Region}, ""
	if name.set {
		var err error
		if scope, short, err = locate(req, name.value); err != nil {
			return nil, err
		}
	}
	var after table.StreamName
	if in.ExclusiveStartStreamArn != nil {
		r, err := parseStreamARN(req, *in.ExclusiveStartStreamArn)
		if err != nil {
			return nil, err
		}
		after = table.StreamName{Table: r.table, Label: r.stream}
	}
	listed := "*"
	if short != "" {
		listed = short
	}
	return control[*dynamodbstreams.ListStreamsOutput]{
		// A policy that lets someone list may name the streams of a table, all of them (developer guide, "IAM policy to grant
		// read access for a DynamoDB stream only").
		needs: []policy.Need{{Action: "dynamodb:ListStreams", Resource: streamARN(scope, listed, "*")}},
		run: func(ctx context.Context) (*dynamodbstreams.ListStreamsOutput, error) {
			names, more, err := s.store.Streams(ctx, scope, short, after, int(limit.value))
			if err != nil {
				return nil, err
			}
			out := &dynamodbstreams.ListStreamsOutput{Streams: make([]types.Stream, len(names))}
			for i, n := range names {
				out.Streams[i] = types.Stream{StreamArn: aws.String(streamARN(scope, n.Table, n.Label)),
					StreamLabel: aws.String(n.Label), TableName: aws.String(n.Table)}
			}
			if more {
				out.LastEvaluatedStreamArn = out.Streams[len(names)-1].StreamArn
			}
			return out, nil
		},
	}, nil
}
