package dynamodb

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"

	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/policy"
	"github.com/statordb/stator/internal/table"
)

// The lengths of what names things of streams (API reference, "Amazon DynamoDB Streams").
const (
	minStreamARN, maxStreamARN = 37, 1024
	minShardID, maxShardID     = 28, 65
	minSequence, maxSequence   = 21, 40
	maxIterator                = 2048
)

// streamARN is the ARN of a stream.
func streamARN(scope table.Scope, name, label string) string {
	return arn(scope, name, "") + "/stream/" + label
}

var errStreamARN = awsapi.Validation("Invalid StreamArn")

// parseStreamARN reads the ARN of a stream in the region of the request.
func parseStreamARN(req *awsapi.Request, text string) (resource, error) {
	parts := arnParts(text)
	if parts == nil || parts[1] != "aws" || parts[2] != "dynamodb" || parts[3] != req.Region || len(parts[4]) != 12 || !nameCharacters(parts[4]) {
		return resource{}, errStreamARN
	}
	path := strings.Split(parts[5], "/")
	if len(path) != 4 || path[0] != "table" || !nameCharacters(path[1]) || path[2] != "stream" || path[3] == "" {
		return resource{}, errStreamARN
	}
	return resource{arn: text, scope: table.Scope{Account: parts[4], Region: parts[3]}, table: path[1], stream: path[3]}, nil
}

// onStream is a stream that a request is about, as it is when the request is authorised: its policy and its tags have a say
// in that. Those of its table have none (developer guide, "Using attribute-based access control with DynamoDB Streams").
type onStream struct {
	resource
	s *Service
	// stream is nil if there is none.
	stream *table.StreamDefinition
	// err is why it could not be looked up. Whatever was decided without it, the request then does nothing.
	err error
}

func (s *Service) onStream(r resource) onStream {
	d, err := s.store.Stream(context.Background(), r.scope, r.table, r.stream)
	if errors.Is(err, table.ErrNotFound) {
		d, err = nil, nil
	}
	return onStream{resource: r, s: s, stream: d, err: err}
}

func (o *onStream) subject() *subject {
	u := &subject{arn: o.arn, err: o.err}
	if o.stream != nil {
		u.own = o.s.streams.of(o.stream)
	}
	return u
}

// need is a permission on the stream.
func (o *onStream) need(action string) []policy.Need {
	u := o.subject()
	return []policy.Need{u.need(action, "", tagged{u, nil})}
}

// found returns the stream, or the error that there is none.
func (o *onStream) found() (*table.StreamDefinition, error) {
	if o.stream == nil && o.err == nil {
		return nil, notFound("Requested resource not found: Stream: " + awsapi.Shown(o.arn) + " not found")
	}
	return o.stream, o.err
}

// streamAccess keeps what authorisation has to know of the streams that are in use.
type streamAccess struct {
	mu   sync.Mutex
	kept map[uint64]keptAccess // by the streams' ids
}

type keptAccess struct {
	changed int // as in the definition that it was made of
	access  *access
}

// maxStreamAccess bounds what is kept; then it begins anew.
const maxStreamAccess = 1000

func (k *streamAccess) of(d *table.StreamDefinition) *access {
	k.mu.Lock()
	defer k.mu.Unlock()
	if a, ok := k.kept[d.ID]; ok && a.changed == d.Changed {
		return a.access
	}
	a := compileAccess(streamARN(d.Scope, d.Table, d.Label), d.Policy, d.Tags)
	if k.kept == nil || len(k.kept) >= maxStreamAccess {
		k.kept = make(map[uint64]keptAccess)
	}
	k.kept[d.ID] = keptAccess{d.Changed, a}
	return a
}

// shardID is the name of a shard. Names sort as shards are opened, so that parents come before their children.
func shardID(lane int, generation uint32, opened int64) string {
	// The factor is odd, so that no two shards that were opened at a time share a name.
	return fmt.Sprintf("shardId-%020d-%08x", opened, (uint32(lane)<<20|generation&0xfffff)*0x9e3779b1)
}

func parentID(s *table.Shard) *string {
	if s.Generation == 0 {
		return nil
	}
	id := shardID(s.Lane, s.Generation-1, s.ParentOpened)
	return &id
}

// sequenceNumber is the number of a record. All have as many digits, so that they sort as text and as numbers.
func sequenceNumber(lane int, sequence uint64) string {
	return string(appendSequence(nil, lane, sequence))
}

func appendSequence(dst []byte, lane int, sequence uint64) []byte {
	at := len(dst)
	dst = append(dst, "100000000000000000000"...)
	for i, n := at+sequenceDigits-1, sequence*1000+uint64(lane); n > 0; i, n = i-1, n/10 {
		dst[i] += byte(n % 10)
	}
	return dst
}

// sequenceDigits are a 1, 17 of the sequence, and 3 of the lane.
const sequenceDigits = 21

// parseSequence is the inverse of sequenceNumber.
func parseSequence(text string) (lane int, sequence uint64, ok bool) {
	if len(text) != sequenceDigits || text[0] != '1' {
		return 0, 0, false
	}
	sequence, err := strconv.ParseUint(text[1:18], 10, 64)
	n, err2 := strconv.ParseUint(text[18:], 10, 16)
	return int(n), sequence, err == nil && err2 == nil
}

func streamError(code, message string) error {
	return &awsapi.Error{Code: code, Status: http.StatusBadRequest, Message: message}
}

var (
	errTrimmed       = streamError("TrimmedDataAccessException", "The data you are trying to access has been trimmed")
	errExpired       = streamError("ExpiredIteratorException", "Shard iterator has expired")
	errShardIterator = awsapi.Validation("Invalid ShardIterator")
	errSequence      = awsapi.Validation("Invalid SequenceNumber for the shard")
	errNoShard       = notFound("Requested resource not found: Shard does not exist")
)
