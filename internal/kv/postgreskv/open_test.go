package postgreskv_test

import (
	"context"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/statordb/stator/internal/kv"
	"github.com/statordb/stator/internal/kv/postgreskv"
	"github.com/statordb/stator/internal/kv/postgreskv/postgrestest"
)

// Servers that start together make the schema once, and see each other's changes.
func TestOpenTogether(t *testing.T) {
	url := server(t).URL() + "&pool_max_conns=4"
	const servers = 4
	opened := make(chan *postgreskv.DB, servers)
	for range servers {
		go func() {
			db, err := postgreskv.Open(t.Context(), postgreskv.Options{URL: url})
			if err != nil {
				t.Error(err)
			}
			opened <- db
		}()
	}
	var all []*postgreskv.DB
	for range servers {
		if db := <-opened; db != nil {
			all = append(all, db)
			t.Cleanup(func() { _ = db.Close() })
		}
	}
	if t.Failed() {
		return
	}
	for i, db := range all {
		if err := db.Update(t.Context(), func(tx kv.Txn) error { return tx.Set([]byte{byte(i)}, []byte("x")) }); err != nil {
			t.Fatal(err)
		}
		for _, other := range all {
			err := other.View(t.Context(), func(r kv.Reader) error {
				v, err := r.Get(t.Context(), []byte{byte(i)})
				if string(v) != "x" {
					t.Errorf("a change of another server is read as %q", v)
				}
				return err
			})
			if err != nil {
				t.Error(err)
			}
		}
	}
}

// A schema is a store of its own, whatever it is called.
func TestSchemas(t *testing.T) {
	s := server(t)
	one := open(t, s.URL())
	if err := one.Update(t.Context(), func(tx kv.Txn) error { return tx.Set([]byte("k"), nil) }); err != nil {
		t.Fatal(err)
	}
	other := open(t, strings.Replace(s.URL(), "test", "Robert%22%27%3B--", 1))
	err := other.View(t.Context(), func(r kv.Reader) error {
		v, err := r.Get(t.Context(), []byte("k"))
		if v != nil {
			t.Error("another schema's key is there")
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

// A server that forgets what it acknowledged is refused, unless that is what was asked for.
func TestUnsafeServers(t *testing.T) {
	for _, setting := range []string{"fsync=off", "synchronous_commit=off"} {
		s := postgrestest.Start(t, setting)
		if db, err := postgreskv.Open(t.Context(), postgreskv.Options{URL: s.URL()}); err == nil {
			_ = db.Close()
			t.Errorf("a server with %s was accepted", setting)
		} else if name, _, _ := strings.Cut(setting, "="); !strings.Contains(err.Error(), name) {
			t.Errorf("the error does not tell why: %v", err)
		}
		db, err := postgreskv.Open(t.Context(), postgreskv.Options{URL: s.URL(), NoSync: true})
		if err != nil {
			t.Fatal(err)
		}
		_ = db.Close()
	}
}

// No error repeats the password.
func TestPasswordIsNotTold(t *testing.T) {
	const password = "hunter%20two"
	for _, url := range []string{
		"postgres://stator:" + password + "@127.0.0.1:1/postgres",
		"postgres://stator:" + password + "@127.0.0.1:x/postgres",
		"postgres://stator:" + password + "@127.0.0.1:1/postgres?pool_max_conns=no",
		"postgres://stator:" + password + "@127.0.0.1:1/postgres?sslmode=no",
		"postgres://stator:" + password + "@127.0.0.1:1/postgres?pool_max_conns=1",
		"postgres://stator:" + password + "@127.0.0.1:1/postgres?schema=",
		"mysql://stator:" + password + "@127.0.0.1:1/postgres",
	} {
		db, err := postgreskv.Open(t.Context(), postgreskv.Options{URL: url})
		if err == nil {
			_ = db.Close()
			t.Errorf("%s was opened", url)
		} else if strings.Contains(err.Error(), "hunter") {
			t.Errorf("the error repeats the password: %v", err)
		}
	}
}

// Of several hosts, one that does not answer holds nobody up for long.
func TestDeafHost(t *testing.T) {
	t.Parallel()
	deaf, err := net.Listen("tcp", "127.0.0.1:0") // accepts, and says nothing
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = deaf.Close() })
	s := server(t)
	ctx, cancel := context.WithTimeout(t.Context(), 90*time.Second)
	defer cancel()
	db, err := postgreskv.Open(ctx, postgreskv.Options{URL: postgrestest.Through(s.URL(), deaf.Addr().String()+","+s.Addr)})
	if err != nil {
		t.Fatal(err)
	}
	_ = db.Close()
}
