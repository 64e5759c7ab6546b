// Command mocktikv is several servers over a mock of a TiKV cluster, for the benchmark: the mock lives in the process of its
// clients, so these cannot be built servers. It imports package stator, which they are, and the mock.
//
// The mock's own speed is nobody's, so it is given one, as a capacity: it takes a request each so often. And each server has
// what servers have whose engine is on other machines: the time that the network takes, and a limit of what it asks at once.
//
// The main rule: what it says of itself is counted here, not reckoned.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"

	"github.com/pingcap/log"
	"github.com/tikv/client-go/v2/tikvrpc"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"github.com/statordb/stator"
	"github.com/statordb/stator/internal/kv/tikvkv"
	"github.com/statordb/stator/internal/kv/tikvkv/tikvtest"
)

// stores of the cluster.
const stores = 3

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "mocktikv:", err)
		os.Exit(1)
	}
}

// announcement is what the benchmark is told when all servers answer.
type announcement struct {
	Servers         []string // their addresses
	Meter           string   // where GET / gives a reading
	AccessKeyID     string
	SecretAccessKey string
}

func run(ctx context.Context) (err error) {
	servers := flag.Int("servers", 1, "`number` of servers")
	masterKey := flag.String("master-key", "", "`key` of all servers, 32 bytes in base64")
	requests := flag.Int("requests", 4, "`number` of requests that a server has on their way at a time")
	roundTrip := flag.Duration("round-trip", 0, "`time` that each takes on its way")
	each := flag.Duration("each", 0, "`time` for which the cluster takes no other request after one")
	file := flag.String("announce", "", "`file` to write when all servers answer")
	flag.Parse()

	// The client tells standard error of all that it does.
	log.ReplaceGlobals(zap.NewNop(), &log.ZapProperties{Core: zapcore.NewNopCore(), Level: zap.NewAtomicLevelAt(zapcore.FatalLevel)})
	cluster, err := tikvtest.New(stores)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, cluster.Close()) }()
	m := &metered{each: *each}
	cluster.SetFault(m.take)

	said := announcement{}
	var serving sync.WaitGroup
	ended := make([]error, *servers)
	ctx, end := context.WithCancel(ctx)
	defer func() {
		end()
		serving.Wait()
		err = errors.Join(err, errors.Join(ended...))
	}()
	for i := range *servers {
		way := newWay(*requests, *roundTrip)
		db, err := cluster.OpenThrough(tikvkv.Options{Prefix: []byte("bench/")}, way.pass)
		if err != nil {
			return err
		}
		s, err := stator.OpenOn(db, stator.Options{Engine: stator.EngineTiKV, MasterKey: *masterKey, ObjectStore: "mem://"})
		if err != nil {
			return err
		}
		if c, ok := s.Credentials(); ok {
			said.AccessKeyID, said.SecretAccessKey = c.AccessKeyID, c.SecretAccessKey
		}
		ln, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return errors.Join(err, s.Close())
		}
		said.Servers = append(said.Servers, ln.Addr().String())
		serving.Go(func() { ended[i] = errors.Join(s.Serve(ctx, ln, time.Second), s.Close()) })
	}

	meter, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	said.Meter = meter.Addr().String()
	read := &http.Server{Handler: http.HandlerFunc(m.read), ReadHeaderTimeout: time.Minute}
	serving.Go(func() { _ = read.Serve(meter) })
	text, err := json.Marshal(said)
	if err == nil {
		// It is there as a whole, or not at all.
		err = errors.Join(os.WriteFile(*file+".new", text, 0o600), os.Rename(*file+".new", *file))
	}
	if err == nil {
		<-ctx.Done()
	}
	return errors.Join(err, read.Close())
}

// way is what a server's requests take to the cluster.
type way struct {
	places    chan struct{}
	roundTrip time.Duration
}

func newWay(requests int, roundTrip time.Duration) *way {
	return &way{places: make(chan struct{}, requests), roundTrip: roundTrip}
}

// pass is a [tikvtest.Fault].
func (w *way) pass(r tikvtest.Request) (*tikvrpc.Response, error) {
	w.places <- struct{}{}
	defer func() { <-w.places }()
	time.Sleep(w.roundTrip)
	return r.Send()
}
