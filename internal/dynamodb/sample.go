package dynamodb

import (
	"context"
	"time"

	"github.com/statordb/stator/internal/meter"
	"github.com/statordb/stator/internal/table"
)

// What no request says is looked at from time to time: the throughput of tables, as often as DynamoDB does ("DynamoDB Metrics and
// dimensions"), and their sizes, which take longer to find out.
const (
	sampleEvery = 5 * time.Minute
	sizesEvery  = time.Hour
)

// Sample measures tables until ctx ends.
func (s *Service) Sample(ctx context.Context) {
	tick := time.NewTicker(sampleEvery)
	defer tick.Stop()
	s.sized = s.meter.Now().Truncate(sizesEvery) // a start has other things to do than to read all tables
	for {
		s.sample(ctx, s.meter.Now())
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}

// sample measures all tables once. What can't be read now is left out.
func (s *Service) sample(ctx context.Context, now time.Time) {
	sizes := now.Truncate(sizesEvery) != s.sized
	_ = s.store.EachTable(ctx, func(scope table.Scope, name string) bool {
		d, err := s.store.Table(ctx, scope, name)
		if err != nil {
			return ctx.Err() == nil
		}
		s.sampleThroughput(d)
		if sizes {
			if stats, err := s.store.Stats(ctx, d); err == nil {
				bytes := stats.Bytes
				for _, x := range stats.Indexes {
					bytes += x.Bytes
				}
				s.meter.Add(meterTable(d), meter.StoredBytes, meter.Of{}, float64(bytes))
			}
		}
		return ctx.Err() == nil
	})
	s.sized = now.Truncate(sizesEvery)
}

func (s *Service) sampleThroughput(d *table.Descriptor) {
	if d.Settings.BillingMode == onDemand {
		return
	}
	add := func(of meter.Of, t table.Throughput) {
		s.meter.Add(meterTable(d), meter.ProvisionedReadCapacityUnits, of, float64(t.Read))
		s.meter.Add(meterTable(d), meter.ProvisionedWriteCapacityUnits, of, float64(t.Write))
	}
	add(meter.Of{}, d.Settings.Throughput)
	for _, x := range d.Indexes {
		if !x.Local {
			add(meter.Of{Index: x.Name}, x.Throughput)
		}
	}
}

// TableTags are the tags of a table, none if there is no such table.
func (s *Service) TableTags(ctx context.Context, account, region, name string) map[string]string {
	d, err := s.store.Table(ctx, table.Scope{Account: account, Region: region}, name)
	if err != nil {
		return nil
	}
	return d.Settings.Tags
}

// Expired measures that Time To Live has deleted items of a table.
func Expired(m *meter.Store) func(*table.Descriptor, int) {
	return func(d *table.Descriptor, items int) {
		m.Add(meterTable(d), meter.TimeToLiveDeletedItemCount, meter.Of{}, float64(items))
	}
}
