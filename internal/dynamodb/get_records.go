package dynamodb

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"strconv"

	"github.com/statordb/stator/internal/attribute"
	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/jsonscan"
	"github.com/statordb/stator/internal/policy"
	"github.com/statordb/stator/internal/table"
)

// What GetRecords returns at the most (API reference, GetRecords).
const (
	maxRecords     = 1000
	maxRecordBytes = 1 << 20
)

// getRecordsCall is a GetRecords.
type getRecordsCall struct {
	req      *awsapi.Request
	limit    integer
	iterator *iterator
	stream   onStream
}

// getRecords decodes GetRecords.
func (s *Service) getRecords(req *awsapi.Request) (awsapi.Call, error) {
	c := &getRecordsCall{req: req}
	var iterator text
	if err := readBody(req.Body, func(r *reader, name []byte) error {
		switch string(name) {
		case "ShardIterator":
			return r.text(&iterator)
		case "Limit":
			return r.integer(&c.limit)
		}
		return r.Scan.Skip()
	}); err != nil {
		return nil, err
	}
	var v violations
	v.required("shardIterator", iterator.set)
	v.length("shardIterator", iterator, 1, maxIterator)
	v.atLeast("limit", c.limit, 1)
	if err := v.err(); err != nil {
		return nil, err
	}
	var err error
	if c.iterator, err = parseIterator(req, iterator.value); err != nil {
		return nil, err
	}
	if c.limit.value > maxRecords {
		return nil, refused("Limit should be less than or equal to %d", maxRecords)
	}
	if !c.limit.set {
		c.limit.value = maxRecords
	}
	c.stream = s.onStream(c.iterator.resource)
	return c, nil
}

// Needs implements awsapi.Call.
func (c *getRecordsCall) Needs() []policy.Need { return c.stream.need("dynamodb:GetRecords") }

// Run implements awsapi.Call.
func (c *getRecordsCall) Run(ctx context.Context, dst []byte) ([]byte, error) {
	d, err := c.stream.found()
	if err != nil {
		return dst, err
	}
	p, err := c.iterator.position(d, c.req.Now)
	if err != nil {
		return dst, err
	}
	start := len(dst)
	dst = append(dst, `{"Records":[`...)
	n, total := 0, 0
	limit := int(c.limit.value)
	next, ended, err := c.stream.s.store.Records(ctx, d, p, limit, func(r *table.StreamRecord) (bool, error) {
		size := attribute.ItemSize(r.Keys) + attribute.ItemSize(r.New) + attribute.ItemSize(r.Old)
		if n == limit || n > 0 && total+size > maxRecordBytes {
			return false, nil
		}
		if n > 0 {
			dst = append(dst, ',')
		}
		dst = c.stream.appendRecord(dst, r, size)
		n, total = n+1, total+size
		return true, nil
	})
	switch {
	case errors.Is(err, table.ErrTrimmed):
		return dst[:start], errTrimmed
	case err != nil:
		return dst[:start], err
	}
	dst = append(dst, ']')
	if !ended {
		dst = append(dst, `,"NextShardIterator":`...)
		dst = jsonscan.AppendString(dst, newIterator(c.iterator.arn, d, next, c.req.Now))
	}
	return append(dst, '}'), nil
}

// appendRecord appends a record as the API has it.
func (o *onStream) appendRecord(dst []byte, r *table.StreamRecord, size int) []byte {
	dst = append(dst, `{"awsRegion":`...)
	dst = jsonscan.AppendString(dst, o.scope.Region)
	dst = append(dst, `,"dynamodb":{"ApproximateCreationDateTime":`...)
	dst = strconv.AppendInt(dst, r.Millis/1000, 10) // rounded down (API reference, StreamRecord)
	dst = append(dst, `,"Keys":`...)
	dst = r.Keys.AppendItemJSON(dst)
	if r.New != nil {
		dst = append(dst, `,"NewImage":`...)
		dst = r.New.AppendItemJSON(dst)
	}
	if r.Old != nil {
		dst = append(dst, `,"OldImage":`...)
		dst = r.Old.AppendItemJSON(dst)
	}
	dst = append(dst, `,"SequenceNumber":"`...)
	dst = appendSequence(dst, r.Lane, r.Sequence)
	dst = append(dst, `","SizeBytes":`...)
	dst = strconv.AppendInt(dst, int64(size), 10)
	dst = append(dst, `,"StreamViewType":"`...)
	dst = append(dst, o.stream.View...)
	dst = append(dst, `"},"eventID":"`...)
	dst = o.appendEventID(dst, r)
	dst = append(dst, `","eventName":"`...)
	dst = append(dst, r.Event...)
	dst = append(dst, `","eventSource":"aws:dynamodb","eventVersion":"1.1"`...)
	if r.Service {
		dst = append(dst, `,"userIdentity":{"PrincipalId":"dynamodb.amazonaws.com","Type":"Service"}`...)
	}
	return append(dst, '}')
}

// appendEventID appends what no other record has, in any stream, and this one each time that it is read.
func (o *onStream) appendEventID(dst []byte, r *table.StreamRecord) []byte {
	b := append(make([]byte, 0, 128), o.stream.Secret...)
	b = binary.BigEndian.AppendUint64(b, o.stream.ID)
	b = binary.BigEndian.AppendUint16(b, uint16(r.Lane))
	b = binary.BigEndian.AppendUint64(b, r.Sequence)
	sum := sha256.Sum256(b)
	return hex.AppendEncode(dst, sum[:16])
}
