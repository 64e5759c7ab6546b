package linear_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"
	"github.com/statordb/stator/tests/harness"
)

// subject is something to exercise: a model, and the requests that it is a model of.
type subject interface {
	model() porcupine.Model
	prepare(ctx context.Context, client *dynamodb.Client) error
	// next chooses a request. Requests are chosen by one client at a time.
	next(r *rand.Rand) request
}

// request is an input of the model, and how it is sent.
type request struct {
	in   any
	send func(ctx context.Context, client *dynamodb.Client) (out any, err error)
}

// exercise is one history.
type exercise struct {
	t         *testing.T
	subject   subject
	seed      uint64
	clientsOf []*dynamodb.Client // of each server
	// faults says that requests may fail: then nobody knows whether they were done, and clients go on at another server.
	faults bool
	// pace is how long a client waits before a request at most.
	pace time.Duration

	mu      sync.Mutex
	now     int64
	history []porcupine.Operation
	clients int

	answered atomic.Int64
	killAt   int64
	kill     func()
	killing  atomic.Bool
}

func newExercise(t *testing.T, s subject, seed uint64) *exercise {
	return &exercise{t: t, subject: s, seed: seed}
}

// tables counts the histories, so that each has tables of its own.
var tables atomic.Int64

func tableName(subject string) string { return fmt.Sprintf("%s%d", subject, tables.Add(1)) }

const patience = 30 * time.Second

// connect makes clients of servers that never send anything twice.
func (e *exercise) connect(servers ...aws.Config) {
	e.killing.Store(false)
	e.clientsOf = nil
	for _, config := range servers {
		h := harness.NoRetryClient(patience, clients)
		// A server that stops waits for connections that were never used.
		e.t.Cleanup(h.CloseIdleConnections)
		e.clientsOf = append(e.clientsOf, dynamodb.NewFromConfig(config, func(o *dynamodb.Options) {
			o.Retryer, o.HTTPClient = aws.NopRetryer{}, h
		}))
	}
}

func (e *exercise) prepare() {
	e.t.Helper()
	if err := e.subject.prepare(e.t.Context(), e.clientsOf[0]); err != nil {
		e.t.Fatal(err)
	}
}

// killAfter kills the server after that many answers.
func (e *exercise) killAfter(answers int, kill func()) { e.killAt, e.kill = int64(answers), kill }

// run has so many new clients do so many operations each, or end when the server is killed.
func (e *exercise) run(clients, operations int) {
	var all sync.WaitGroup
	for range clients {
		e.mu.Lock()
		id := e.clients
		e.clients++
		e.mu.Unlock()
		r := rand.New(rand.NewPCG(e.seed, uint64(id)))
		all.Go(func() {
			for range operations {
				if e.pace > 0 {
					time.Sleep(time.Duration(r.Int64N(int64(e.pace))))
				}
				if e.do(id, r) {
					continue
				}
				if !e.faults {
					return
				}
				// A client waits for its answers: this is another one.
				e.mu.Lock()
				id = e.clients
				e.clients++
				e.mu.Unlock()
			}
		})
	}
	all.Wait()
}

// do sends one request and records it. It returns whether there was an answer.
func (e *exercise) do(id int, r *rand.Rand) bool {
	e.mu.Lock()
	next := e.subject.next(r)
	e.now++
	op := porcupine.Operation{ClientId: id, Input: next.in, Call: e.now}
	e.mu.Unlock()

	out, err := next.send(e.t.Context(), e.clientsOf[id%len(e.clientsOf)])

	e.mu.Lock()
	e.now++
	op.Output, op.Return = out, e.now
	if err != nil {
		op.Output, op.Return = nil, never
	}
	e.history = append(e.history, op)
	e.mu.Unlock()

	if e.faults && isFault(err) {
		return false
	}
	var answer smithy.APIError
	if err != nil && (errors.As(err, &answer) || !e.killing.Load()) {
		e.t.Errorf("%s: %v", describe(next.in, nil), err)
	}
	if e.answered.Add(1) == e.killAt && e.kill != nil {
		e.killing.Store(true)
		e.kill()
	}
	return err == nil
}

// isFault says whether err is no answer, or one of a server that could not do its work.
func isFault(err error) bool {
	var answer *smithyhttp.ResponseError
	return err != nil && (!errors.As(err, &answer) || answer.HTTPStatusCode() == 0 || answer.HTTPStatusCode() >= 500)
}

// never is when an operation without an answer ends: after all others.
const never = 1 << 60
