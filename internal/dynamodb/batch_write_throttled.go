package dynamodb

import (
	"context"
	"errors"

	"github.com/statordb/stator/internal/attribute"
	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/jsonscan"
	"github.com/statordb/stator/internal/table"
)

// admitted are those of the changes, with their writes, for which there is capacity. They pay the least they can cost.
func (c *batchWriteItemCall) admitted(list []batchChange, writes []table.Write) ([]*batchChange, []table.Write) {
	made := make([]*batchChange, 0, len(list))
	kept := writes[:0]
	for i := range list {
		ch := &list[i]
		if ch.paid == 0 && !ch.throttled && c.s.throttle != nil {
			if err := c.s.mayWrite(writes[i].Table); err != nil {
				c.throttled, ch.throttled = err, true
			} else {
				ch.paid = writeHalves(0)
				if ch.put {
					ch.paid = writeHalves(attribute.ItemSize(ch.key))
				}
				c.s.paidWrite(&capacity{table: writes[i].Table, own: ch.paid})
			}
		}
		if !ch.throttled {
			made, kept = append(made, ch), append(kept, writes[i])
		}
	}
	return made, kept
}

// write makes the changes, without those that would change an index which has no capacity left.
func (c *batchWriteItemCall) write(ctx context.Context, made []*batchChange, writes []table.Write) ([]*batchChange, []table.Write, []table.Written, error) {
	for len(writes) > 0 {
		written, err := c.s.write(ctx, writes, nil)
		if !errors.Is(err, table.ErrRefused) {
			return made, writes, written, err
		}
		var left []*batchChange
		var kept []table.Write
		for i, w := range written {
			switch {
			case w.Err == nil:
				left, kept = append(left, made[i]), append(kept, writes[i])
			case isThrottled(w.Err):
				c.throttled, made[i].throttled = w.Err, true
			default:
				return nil, nil, nil, w.Err
			}
		}
		if len(left) == len(made) {
			return nil, nil, nil, awsapi.Internal(errors.New("dynamodb: a write was refused without a reason"))
		}
		made, writes = left, kept
	}
	return nil, nil, nil, nil
}

// pay pays what the change consumed beyond what it has paid already.
func (c *batchWriteItemCall) pay(d *table.Descriptor, ch *batchChange, done table.Written) {
	used := capacity{table: d, own: -ch.paid}
	used.wrote(attribute.ItemSize(done.Old), attribute.ItemSize(done.New), done.Indexes)
	c.s.paidWrite(&used)
}

// appendUnprocessed appends the parts of the request that were not made.
func (c *batchWriteItemCall) appendUnprocessed(dst []byte) []byte {
	dst = append(dst, '{')
	for _, t := range c.tables {
		first := true
		for i := range c.list {
			ch := &c.list[i]
			if ch.of != t || !ch.throttled {
				continue
			}
			if first {
				dst = jsonscan.AppendString(comma(dst), t.name)
				dst = append(dst, ':', '[')
			} else {
				dst = append(dst, ',')
			}
			first = false
			if ch.put {
				dst = append(dst, `{"PutRequest":{"Item":`...)
			} else {
				dst = append(dst, `{"DeleteRequest":{"Key":`...)
			}
			dst = ch.key.AppendItemJSON(dst)
			dst = append(dst, '}', '}')
		}
		if !first {
			dst = append(dst, ']')
		}
	}
	return append(dst, '}')
}
