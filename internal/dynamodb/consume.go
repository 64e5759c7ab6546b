package dynamodb

import (
	"context"
	"errors"

	"github.com/statordb/stator/internal/attribute"
	"github.com/statordb/stator/internal/meter"
	"github.com/statordb/stator/internal/table"
)

// What requests consume is limited and measured here, together.

// mayRead refuses a read that there is no capacity for.
func (s *Service) mayRead(d *table.Descriptor, x *table.Index) error {
	err := s.throttle.mayRead(d, x)
	if err != nil {
		s.throttled(d, x, meter.ReadThrottleEvents)
	}
	return err
}

// mayWrite refuses a write to a table that there is no capacity for.
func (s *Service) mayWrite(d *table.Descriptor) error {
	err := s.throttle.mayWrite(d)
	if err != nil {
		s.throttled(d, nil, meter.WriteThrottleEvents)
	}
	return err
}

// paidRead pays for a read.
func (s *Service) paidRead(used *capacity) {
	s.throttle.pay(used, false)
	s.measure(used, meter.ConsumedReadCapacityUnits)
}

// paidWrite pays for a write.
func (s *Service) paidWrite(used *capacity) {
	s.throttle.pay(used, true)
	s.measure(used, meter.ConsumedWriteCapacityUnits)
}

// write writes, unless a global index has no capacity left. A write that its condition refuses pays for looking at the item
// that is there.
func (s *Service) write(ctx context.Context, writes []table.Write, token *table.Token) ([]table.Written, error) {
	if s.throttle != nil {
		for i := range writes {
			writes[i] = s.throttle.guard(writes[i], func(x *table.Index) {
				s.throttled(writes[i].Table, x, meter.WriteThrottleEvents)
			})
		}
	}
	written, err := s.store.Write(ctx, writes, token)
	if !errors.Is(err, table.ErrRefused) {
		return written, err
	}
	for i := range written {
		if e := written[i].Err; e != nil && isConditionFailed(e) {
			d := writes[i].Table
			s.paidWrite(&capacity{table: d, own: writeHalves(attribute.ItemSize(written[i].Old))})
			s.meter.Add(meterTable(d), meter.ConditionalCheckFailedRequests, meter.Of{}, 1)
		}
	}
	return written, err
}
