package dynamodb

import (
	"net/http"
	"slices"
	"time"

	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/meter"
	"github.com/statordb/stator/internal/table"
)

// Meter makes the service measure from now on what CloudWatch shows of DynamoDB. It is called before Operations.
func (s *Service) Meter(m *meter.Store) { s.meter = m }

// meterTable is how the meter knows a table.
func meterTable(d *table.Descriptor) meter.Table {
	return meter.Table{Account: d.Scope.Account, Region: d.Scope.Region, Name: d.Name}
}

// measure measures what a request consumed. What a local index consumed is its table's.
func (s *Service) measure(used *capacity, m meter.Metric) {
	if s.meter == nil {
		return
	}
	t, own := meterTable(used.table), used.own
	for _, x := range used.indexes {
		if x.index.Local {
			own += x.halves
		} else if x.halves > 0 {
			s.meter.Add(t, m, meter.Of{Index: x.index.Name}, float64(x.halves)/2)
		}
	}
	if own > 0 {
		s.meter.Add(t, m, meter.Of{}, float64(own)/2)
	}
}

// throttled measures that there was no capacity for a read or write of the table or, if x isn't nil, of a global index.
func (s *Service) throttled(d *table.Descriptor, x *table.Index, m meter.Metric) {
	of := meter.Of{}
	if x != nil && !x.Local {
		of.Index = x.Name
	}
	s.meter.Add(meterTable(d), m, of, 1)
}

// measured are the operations whose requests are measured one by one ("DynamoDB Metrics and dimensions", Operation). Those
// that do not return items are false.
var measured = map[string]bool{
	"BatchExecuteStatement": false, "BatchGetItem": false, "BatchWriteItem": false, "DeleteItem": false, "ExecuteStatement": true,
	"ExecuteTransaction": false, "GetItem": false, "PutItem": false, "Query": true, "Scan": true, "TransactGetItems": false,
	"TransactWriteItems": false, "UpdateItem": false,
}

// onTables is a call that knows, when it has run, which tables it was about: one, or several, or none if they were not found.
type onTables interface {
	onTables() (one *table.Descriptor, several []*table.Descriptor)
	itemsReturned() int
}

// observer is the Observe of an operation.
func (s *Service) observer(name string) func(*awsapi.Outcome) {
	_, each := measured[name]
	return func(o *awsapi.Outcome) {
		if s.meter == nil {
			return
		}
		if o.Err != nil && o.Err.Status == http.StatusBadRequest && !isThrottled(o.Err) && !isConditionFailed(o.Err) {
			s.meter.Add(meter.Table{Account: o.Caller.Account, Region: o.Region}, meter.UserErrors, meter.Of{}, 1)
		}
		call, ok := o.Call.(onTables)
		if !each || !ok {
			return
		}
		one, several := call.onTables()
		if one != nil {
			s.observe(name, one, o, call.itemsReturned())
		}
		for _, d := range several {
			s.observe(name, d, o, 0)
		}
	}
}

// observe measures how a request went that was about a table.
func (s *Service) observe(name string, d *table.Descriptor, o *awsapi.Outcome, items int) {
	t, of := meterTable(d), meter.Of{Operation: name}
	switch {
	case o.Err == nil:
		s.meter.Add(t, meter.SuccessfulRequestLatency, of, float64(o.Took)/float64(time.Millisecond))
		if measured[name] && (items > 0 || name != "ExecuteStatement") {
			s.meter.Add(t, meter.ReturnedItemCount, of, float64(items))
		}
	case o.Err.Status >= http.StatusInternalServerError:
		s.meter.Add(t, meter.SystemErrors, of, 1)
	case isThrottled(o.Err):
		s.meter.Add(t, meter.ThrottledRequests, of, 1)
	}
}

func (b *base) itemsReturned() int { return b.itemCount }

func (b *base) onTables() (*table.Descriptor, []*table.Descriptor) { return b.subject.table, nil }

// distinctTables are the tables of n subjects, each once.
func distinctTables(n int, subject func(i int) *subject) (all []*table.Descriptor) {
	for i := range n {
		d := subject(i).table
		if d != nil && !slices.ContainsFunc(all, func(other *table.Descriptor) bool { return other.ID == d.ID }) {
			all = append(all, d)
		}
	}
	return all
}

func (c *batchGetItemCall) onTables() (*table.Descriptor, []*table.Descriptor) {
	return nil, distinctTables(len(c.tables), func(i int) *subject { return &c.tables[i].subject })
}

func (c *batchWriteItemCall) onTables() (*table.Descriptor, []*table.Descriptor) {
	return nil, distinctTables(len(c.tables), func(i int) *subject { return &c.tables[i].subject })
}

func (c *transactGetItemsCall) onTables() (*table.Descriptor, []*table.Descriptor) {
	return nil, distinctTables(len(c.gets), func(i int) *subject { return &c.gets[i].subject })
}

func (c *transactWriteItemsCall) onTables() (*table.Descriptor, []*table.Descriptor) {
	return nil, distinctTables(len(c.writes), func(i int) *subject { return &c.writes[i].subject })
}

func (c *executeTransactionCall) onTables() (*table.Descriptor, []*table.Descriptor) {
	return nil, distinctTables(len(c.statements), func(i int) *subject { return &c.statements[i].subject })
}

func (c *batchExecuteStatementCall) onTables() (*table.Descriptor, []*table.Descriptor) {
	return nil, distinctTables(len(c.statements), func(i int) *subject { return &c.statements[i].subject })
}
