package dynamodb

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodbstreams"
	"github.com/aws/aws-sdk-go-v2/service/dynamodbstreams/types"

	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/table"
)

var iteratorTypeValues = []string{"TRIM_HORIZON", "LATEST", "AT_SEQUENCE_NUMBER", "AFTER_SEQUENCE_NUMBER", "AT_TIMESTAMP"}

// getShardIterator decodes GetShardIterator.
func (s *Service) getShardIterator(req *awsapi.Request) (awsapi.Call, error) {
	var in dynamodbstreams.GetShardIteratorInput
	if err := awsapi.DecodeJSON(req.Body, &in); err != nil {
		return nil, err
	}
	var v violations
	v.required("streamArn", in.StreamArn != nil)
	v.length("streamArn", optional(in.StreamArn), minStreamARN, maxStreamARN)
	v.required("shardId", in.ShardId != nil)
	v.length("shardId", optional(in.ShardId), minShardID, maxShardID)
	v.required("shardIteratorType", in.ShardIteratorType != "")
	v.enum("shardIteratorType", enumText(in.ShardIteratorType), iteratorTypeValues)
	v.length("sequenceNumber", optional(in.SequenceNumber), minSequence, maxSequence)
	if err := v.err(); err != nil {
		return nil, err
	}
	if err := checkIteratorType(req, &in); err != nil {
		return nil, err
	}
	r, err := parseStreamARN(req, *in.StreamArn)
	if err != nil {
		return nil, err
	}
	o := s.onStream(r)
	return control[*dynamodbstreams.GetShardIteratorOutput]{
		needs: o.need("dynamodb:GetShardIterator"),
		run: func(ctx context.Context) (*dynamodbstreams.GetShardIteratorOutput, error) {
			d, err := o.found()
			if err != nil {
				return nil, err
			}
			p, err := s.startOf(ctx, d, &in)
			if err != nil {
				return nil, err
			}
			return &dynamodbstreams.GetShardIteratorOutput{ShardIterator: aws.String(newIterator(o.arn, d, p, req.Now))}, nil
		},
	}, nil
}

// checkIteratorType checks that there is what the type needs, and nothing else.
func checkIteratorType(req *awsapi.Request, in *dynamodbstreams.GetShardIteratorInput) error {
	switch in.ShardIteratorType {
	case types.ShardIteratorTypeAtSequenceNumber, types.ShardIteratorTypeAfterSequenceNumber:
		if in.SequenceNumber == nil {
			return refused("Invalid SequenceNumber")
		}
	default:
		if in.SequenceNumber != nil {
			return refused("SequenceNumber should not be passed for this iterator type")
		}
	}
	switch at := in.ShardIteratorType == types.ShardIteratorTypeAtTimestamp; {
	case at && in.Timestamp == nil:
		return refused("Invalid Timestamp")
	case !at && in.Timestamp != nil:
		return refused("Timestamp should not be passed for this iterator type")
	case at && in.Timestamp.After(req.Now):
		return refused("Timestamp is later than the current time")
	}
	return nil
}

// startOf is where the iterator that in asks for begins.
func (s *Service) startOf(ctx context.Context, d *table.StreamDefinition, in *dynamodbstreams.GetShardIteratorInput) (p table.StreamPosition, err error) {
	shards, err := s.store.Shards(ctx, d)
	if err != nil {
		return p, err
	}
	named := sortedShards(shards)
	i, ok := slices.BinarySearchFunc(named, *in.ShardId, func(sh namedShard, id string) int { return cmp.Compare(sh.id, id) })
	if !ok {
		return p, errNoShard
	}
	sh := named[i]
	from, sequence, millis := table.FromHorizon, uint64(0), int64(0)
	switch in.ShardIteratorType {
	case types.ShardIteratorTypeLatest:
		from = table.FromLatest
	case types.ShardIteratorTypeAtTimestamp:
		from, millis = table.FromTime, in.Timestamp.UnixMilli()
	case types.ShardIteratorTypeAtSequenceNumber, types.ShardIteratorTypeAfterSequenceNumber:
		from = table.FromSequence
		lane, n, ok := parseSequence(*in.SequenceNumber)
		if !ok || lane != sh.Lane || sh.Closed != 0 && n > sh.Last {
			return p, errSequence
		}
		sequence = n
	}
	p, err = s.store.Position(ctx, d, sh.Lane, sh.Generation, from, sequence, millis)
	switch {
	case errors.Is(err, table.ErrNotFound): // it was removed in the meantime
		return p, errNoShard
	case errors.Is(err, table.ErrSequence):
		return p, errSequence
	case errors.Is(err, table.ErrTrimmed):
		return p, errTrimmed
	}
	if in.ShardIteratorType == types.ShardIteratorTypeAfterSequenceNumber {
		p.Sequence++
	}
	return p, err
}

// namedShard is a shard with its name.
type namedShard struct {
	id string
	table.Shard
}

func sortedShards(shards []table.Shard) []namedShard {
	named := make([]namedShard, len(shards))
	for i, sh := range shards {
		named[i] = namedShard{shardID(sh.Lane, sh.Generation, sh.Opened), sh}
	}
	slices.SortFunc(named, func(a, b namedShard) int { return cmp.Compare(a.id, b.id) })
	return named
}
