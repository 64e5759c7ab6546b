// Package engine says which engine the servers of black-box tests are over, so that every test is one of every engine.
// STATOR_TEST_ENGINE is the switch:
//
//   - nothing: each server has what its test gives it, which is the embedded engine, in a folder or in memory;
//   - postgres: all share a PostgreSQL that is started for the test process, each in a schema of its own;
//   - tikv: all share a mock of a TiKV cluster in the test process, each with keys of its own; or the cluster whose placement
//     drivers STATOR_TEST_TIKV names, as pd1:2379,pd2:2379.
//
// It imports what starts the engines, and package stator for its options. The main rule: a server comes to its engine by a URL,
// as an operator's does, whether it is a process or in the test's own.
package engine

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/statordb/stator"
	"github.com/statordb/stator/internal/kv/postgreskv/postgrestest"
	"github.com/statordb/stator/internal/kv/tikvkv"
	"github.com/statordb/stator/internal/kv/tikvkv/tikvtest"
	"github.com/statordb/stator/statortest"
)

// Variable is the environment variable that is the switch.
const Variable = "STATOR_TEST_ENGINE"

const (
	drivers = "STATOR_TEST_TIKV"
	stores  = 3
	// masterKey is of servers without a data folder to have one in.
	masterKey = "c3RhdG9yIHRlc3RzIHVzZSB0aGlzIG1hc3RlciBrZXk="
)

// started is what the test process has started.
var started struct {
	sync.Mutex
	postgres *postgrestest.Server
	tikv     *tikvtest.Cluster
	used     []string // of a real cluster
}

// New returns the engine and the URL of an empty place in it; the engine is empty if tests are to have the embedded one.
func New() (name stator.Engine, url string, err error) {
	started.Lock()
	defer started.Unlock()
	switch name = stator.Engine(os.Getenv(Variable)); name {
	case "":
		return "", "", nil
	case stator.EnginePostgres:
		if started.postgres == nil {
			// Every server has up to 32 connections, and a test process as many servers as it likes.
			if started.postgres, err = postgrestest.New("max_connections=1000"); err != nil {
				return "", "", err
			}
		}
		return name, started.postgres.URL(), nil
	case stator.EngineTiKV:
		key := fmt.Sprintf("test-%016x", rand.Uint64())
		if where := os.Getenv(drivers); where != "" {
			where, options, _ := strings.Cut(where, "?")
			url = "tikv://" + where + "/" + key + "?" + options
			started.used = append(started.used, url)
			return name, url, nil
		}
		if started.tikv == nil {
			if started.tikv, err = tikvtest.New(stores); err != nil {
				return "", "", err
			}
		}
		return name, started.tikv.URL(key), nil
	default:
		return "", "", fmt.Errorf("%s=%s: it can be %s or %s", Variable, name, stator.EnginePostgres, stator.EngineTiKV)
	}
}

// Choose has a server in the test's process be over the engine that tests are to have.
func Choose(o *stator.Options) error {
	name, url, err := New()
	if err != nil || name == "" {
		return err
	}
	o.Engine, o.EngineURL = name, url
	if o.Data == "" && o.MasterKey == "" {
		o.MasterKey = masterKey
	}
	return nil
}

// Start is statortest.Start over the engine that tests are to have.
func Start(t testing.TB, options ...statortest.Option) *statortest.Server {
	t.Helper()
	return statortest.Start(t, append(options, statortest.WithOptions(func(o *stator.Options) {
		if err := Choose(o); err != nil {
			t.Fatal(err)
		}
	}))...)
}

// Embedded skips a test that is about the embedded engine, and says why, if tests are to have another.
func Embedded(t testing.TB, why string) {
	t.Helper()
	if name := os.Getenv(Variable); name != "" {
		t.Skipf("not over %s: %s", name, why)
	}
}

// Close ends what was started, when no server uses it any more.
func Close() (err error) {
	started.Lock()
	defer started.Unlock()
	if started.postgres != nil {
		started.postgres.Remove()
	}
	if started.tikv != nil {
		err = started.tikv.Close()
	}
	for _, url := range started.used {
		err = errors.Join(err, empty(url))
	}
	return err
}

func empty(url string) error {
	db, err := tikvkv.Open(url, slog.New(slog.DiscardHandler))
	if err != nil {
		return err
	}
	return errors.Join(db.DropRange(context.Background(), []byte{0}, []byte{0xff, 0xff}), db.Close())
}
