package crash_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodbstreams"
)

// connections is how many clients write at once.
const connections = 32

// load is all that is done to the server, and what is known of it.
type load struct {
	// clients are of the servers; client is the first one's, for all that asks only one.
	clients []*dynamodb.Client
	client  *dynamodb.Client
	found   *findings
	// faults says that requests may fail while the servers are disturbed. Those who write registers go on then.
	faults  bool
	killing atomic.Bool
	acked   atomic.Int64
	lost    atomic.Int64
	rounds  int

	registers *registers
	versions  *versions
	counters  *counters
	bank      *bank
	online    *onlineIndex
	churn     *churn
	streams   *streams
	fleeting  *fleeting

	seed uint64
}

// worker is one of the clients.
type worker struct {
	*load
	*rand.Rand
	ctx    context.Context
	client *dynamodb.Client
}

func newLoad(found *findings, seed uint64, servers ...aws.Config) *load {
	h := newHistory()
	l := &load{
		found:     found,
		seed:      seed,
		registers: &registers{history: h},
		versions:  &versions{history: h, claimed: make(map[string]string)},
		counters:  newCounters(),
		bank:      newBank(),
		online:    &onlineIndex{met: make(map[string]int)},
		churn:     &churn{},
		streams:   &streams{},
		fleeting:  &fleeting{met: make(map[string]int)},
	}
	l.connect(servers...)
	return l
}

// prepare makes the tables, and their first items.
func (l *load) prepare(ctx context.Context) error {
	for _, make := range []func(context.Context, *load) error{
		l.registers.prepare, l.counters.prepare, l.bank.prepare, l.fleeting.prepare, l.streams.prepare,
	} {
		if err := make(ctx, l); err != nil {
			return err
		}
	}
	return nil
}

// run has all workers work until kill has returned and they noticed.
func (l *load) run(ctx context.Context, kill func()) {
	l.killing.Store(false)
	l.rounds++
	var all sync.WaitGroup
	work := func(i int, step func(*worker) outcome) {
		w := &worker{l, rand.New(rand.NewPCG(l.seed, uint64(l.rounds)<<16|uint64(i))), ctx, l.clients[i%len(l.clients)]}
		all.Go(func() {
			for n := i; !l.killing.Load(); {
				if step(w) != lost {
					l.acked.Add(1)
					continue
				}
				l.lost.Add(1)
				if !l.faults || i >= connections {
					return
				}
				n++
				w.client = l.clients[n%len(l.clients)]
				time.Sleep(millis(w.Rand, 10, 100))
			}
		})
	}
	for i := range connections {
		work(i, (*worker).step)
	}
	work(connections, l.online.step)
	work(connections+1, l.churn.step)
	work(connections+2, l.fleeting.step)
	work(connections+3, l.streams.step)
	kill()
	all.Wait()
}

// untilKill waits for the moment to kill: any, or one while an online index is being filled.
func (l *load) untilKill(r *rand.Rand) {
	time.Sleep(millis(r, 300, 800))
	if r.IntN(2) == 0 {
		begun := l.online.begun.Load()
		for end := time.Now().Add(time.Second); l.online.begun.Load() == begun && time.Now().Before(end); {
			time.Sleep(time.Millisecond)
		}
		time.Sleep(millis(r, 0, 60))
	}
}

// step does one thing.
func (w *worker) step() outcome {
	switch n := w.IntN(100); {
	case n < 22:
		return w.registers.put(w)
	case n < 30:
		return w.registers.delete(w)
	case n < 38:
		return w.registers.update(w)
	case n < 46:
		return w.registers.batch(w)
	case n < 52:
		return w.registers.pair(w)
	case n < 60:
		return w.versions.increase(w)
	case n < 70:
		return w.counters.add(w)
	case n < 88:
		return w.bank.transfer(w)
	case n < 97:
		return w.registers.get(w)
	default:
		return w.bank.look(w)
	}
}

func (l *load) connect(servers ...aws.Config) {
	l.clients = nil
	for _, s := range servers {
		l.clients = append(l.clients, connect(s, connections))
	}
	l.client = l.clients[0]
	l.streams.client = dynamodbstreams.NewFromConfig(servers[len(servers)-1], plainStreams)
	l.killing.Store(false)
}

// verify looks at everything; nobody writes meanwhile.
func (l *load) verify(ctx context.Context) {
	for _, v := range []struct {
		what   string
		verify func(context.Context, *load) error
	}{
		{"registers", l.registers.verify},
		{"counters", l.counters.verify},
		{"bank", l.bank.verify},
		{"online index", l.online.verify},
		{"new and dropped tables", l.churn.verify},
		{"items that expire", l.fleeting.verify},
		{"streams", l.streams.verify},
	} {
		if err := v.verify(ctx, l); err != nil {
			l.found.add("%s can't be verified: %v", v.what, err)
		}
	}
}

func (l *load) summary() string {
	return fmt.Sprintf("%d kills; %d requests answered, %d without an answer; %d transfers of unknown outcome sent again, %d of them had happened; "+
		"%d online indexes begun, found after a kill: %v; %d tables made and dropped; Time To Live changed %d times, found after a kill: %v, %d expired items were gone; "+
		"%d stream records, %d read again, %d shards with a parent, %d records of expired items",
		l.rounds, l.acked.Load(), l.lost.Load(), l.bank.repeated, l.bank.repeatedDone, l.online.number, l.online.met, l.churn.number,
		l.fleeting.toggled, l.fleeting.met, l.fleeting.deleted, l.streams.told, l.streams.again, l.streams.rolled, l.streams.tables[fleetingTable].expired)
}
