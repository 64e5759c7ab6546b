package dynamodb

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodbstreams"
	"github.com/aws/aws-sdk-go-v2/service/dynamodbstreams/types"

	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/table"
)

var shardFilterValues = []string{"CHILD_SHARDS"}

// describeStream decodes DescribeStream.
func (s *Service) describeStream(req *awsapi.Request) (awsapi.Call, error) {
	var in dynamodbstreams.DescribeStreamInput
	if err := awsapi.DecodeJSON(req.Body, &in); err != nil {
		return nil, err
	}
	limit := integer{in.Limit != nil, int64(aws.ToInt32(in.Limit))}
	var v violations
	v.required("streamArn", in.StreamArn != nil)
	v.length("streamArn", optional(in.StreamArn), minStreamARN, maxStreamARN)
	v.atLeast("limit", limit, 1)
	v.length("exclusiveStartShardId", optional(in.ExclusiveStartShardId), minShardID, maxShardID)
	if f := in.ShardFilter; f != nil {
		v.enum("shardFilter.type", enumText(f.Type), shardFilterValues)
		v.length("shardFilter.shardId", optional(f.ShardId), minShardID, maxShardID)
	}
	if err := v.err(); err != nil {
		return nil, err
	}
	if limit.value > streamsAtOnce {
		return nil, refused("Limit cannot be greater than the maximum: %d", streamsAtOnce)
	}
	if f := in.ShardFilter; f != nil && (f.Type == "" || f.ShardId == nil) {
		return nil, refused("Type and ShardId of ShardFilter are needed together")
	}
	if !limit.set {
		limit.value = streamsAtOnce
	}
	r, err := parseStreamARN(req, *in.StreamArn)
	if err != nil {
		return nil, err
	}
	o := s.onStream(r)
	return control[*dynamodbstreams.DescribeStreamOutput]{
		needs: o.need("dynamodb:DescribeStream"),
		run: func(ctx context.Context) (*dynamodbstreams.DescribeStreamOutput, error) {
			d, err := o.found()
			if err != nil {
				return nil, err
			}
			shards, err := s.store.Shards(ctx, d)
			if err != nil {
				return nil, err
			}
			out := streamDescription(d)
			list(out, shards, &in, int(limit.value))
			return &dynamodbstreams.DescribeStreamOutput{StreamDescription: out}, nil
		},
	}, nil
}

// streamDescription is a stream as the API describes it, without its shards.
func streamDescription(d *table.StreamDefinition) *types.StreamDescription {
	out := &types.StreamDescription{
		CreationRequestDateTime: aws.Time(d.Created),
		StreamArn:               aws.String(streamARN(d.Scope, d.Table, d.Label)),
		StreamLabel:             aws.String(d.Label),
		StreamStatus:            types.StreamStatus(d.State),
		StreamViewType:          types.StreamViewType(d.View),
		TableName:               aws.String(d.Table),
		KeySchema:               []types.KeySchemaElement{{AttributeName: aws.String(d.Partition.Name), KeyType: types.KeyTypeHash}},
		Shards:                  []types.Shard{},
	}
	if d.Sort != nil {
		out.KeySchema = append(out.KeySchema, types.KeySchemaElement{AttributeName: aws.String(d.Sort.Name), KeyType: types.KeyTypeRange})
	}
	return out
}

// list adds the shards that are asked for, in the order of their names.
func list(out *types.StreamDescription, shards []table.Shard, in *dynamodbstreams.DescribeStreamInput, limit int) {
	for _, sh := range sortedShards(shards) {
		if sh.id <= aws.ToString(in.ExclusiveStartShardId) {
			continue
		}
		parent := parentID(&sh.Shard)
		if f := in.ShardFilter; f != nil && aws.ToString(parent) != *f.ShardId {
			continue
		}
		if len(out.Shards) == limit {
			out.LastEvaluatedShardId = out.Shards[limit-1].ShardId
			return
		}
		between := &types.SequenceNumberRange{StartingSequenceNumber: aws.String(sequenceNumber(sh.Lane, sh.First))}
		if sh.Closed != 0 {
			between.EndingSequenceNumber = aws.String(sequenceNumber(sh.Lane, sh.Last))
		}
		out.Shards = append(out.Shards, types.Shard{ShardId: aws.String(sh.id), ParentShardId: parent, SequenceNumberRange: between})
	}
}
