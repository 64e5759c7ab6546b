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

// onTables is a call that knows, when it has run, which tables it was about: each once, and none if they were not found.
type onTables interface {
	eachTable(yield func(*table.Descriptor))
	itemsReturned() int
}

// observer is the Observe of an operation.
func (s *Service) observer(name string) func(*awsapi.Outcome) {
	items, each := measured[name]
	of := meter.Of{Operation: name}
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
		call.eachTable(func(d *table.Descriptor) {
			t := meterTable(d)
			switch {
			case o.Err == nil:
				s.meter.Add(t, meter.SuccessfulRequestLatency, of, float64(o.Took)/float64(time.Millisecond))
				if n := call.itemsReturned(); items && (n > 0 || name != "ExecuteStatement") {
					s.meter.Add(t, meter.ReturnedItemCount, of, float64(n))
				}
			case o.Err.Status >= http.StatusInternalServerError:
				s.meter.Add(t, meter.SystemErrors, of, 1)
			case isThrottled(o.Err):
				s.meter.Add(t, meter.ThrottledRequests, of, 1)
			}
		})
	}
}

func (b *base) itemsReturned() int { return b.itemCount }

func (b *base) eachTable(yield func(*table.Descriptor)) {
	if d := b.subject.table; d != nil {
		yield(d)
	}
}

// eachOf calls yield with each table of n subjects once.
func eachOf(n int, subject func(i int) *subject, yield func(*table.Descriptor)) {
	var seen []uint64
	for i := range n {
		if d := subject(i).table; d != nil && !slices.Contains(seen, d.ID) {
			seen = append(seen, d.ID)
			yield(d)
		}
	}
}

func (c *batchGetItemCall) eachTable(yield func(*table.Descriptor)) {
	eachOf(len(c.tables), func(i int) *subject { return &c.tables[i].subject }, yield)
}

func (c *batchWriteItemCall) eachTable(yield func(*table.Descriptor)) {
	eachOf(len(c.tables), func(i int) *subject { return &c.tables[i].subject }, yield)
}

func (c *transactGetItemsCall) eachTable(yield func(*table.Descriptor)) {
	eachOf(len(c.gets), func(i int) *subject { return &c.gets[i].subject }, yield)
}

func (c *transactWriteItemsCall) eachTable(yield func(*table.Descriptor)) {
	eachOf(len(c.writes), func(i int) *subject { return &c.writes[i].subject }, yield)
}

func (c *executeTransactionCall) eachTable(yield func(*table.Descriptor)) {
	eachOf(len(c.statements), func(i int) *subject { return &c.statements[i].subject }, yield)
}

func (c *batchExecuteStatementCall) eachTable(yield func(*table.Descriptor)) {
	eachOf(len(c.statements), func(i int) *subject { return &c.statements[i].subject }, yield)
}
