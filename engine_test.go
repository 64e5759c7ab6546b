package stator_test

import (
	"context"
	"encoding/base64"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/statordb/stator"
	"github.com/statordb/stator/internal/keyspace"
	"github.com/statordb/stator/internal/kv"
	"github.com/statordb/stator/internal/kv/pebblekv"
	"github.com/statordb/stator/internal/kv/postgreskv/postgrestest"
	"github.com/statordb/stator/internal/kv/tikvkv"
	"github.com/statordb/stator/internal/kv/tikvkv/tikvtest"
	"github.com/statordb/stator/internal/table"
)

// What is written to one server is read from another on the same cluster at once.
func TestServersShareACluster(t *testing.T) {
	cluster, err := tikvtest.New(3)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cluster.Close() })
	open := func() *stator.Server {
		db, err := cluster.Open(tikvkv.Options{Prefix: []byte("stator/")})
		if err != nil {
			t.Fatal(err)
		}
		s, err := stator.OpenOn(db, stator.Options{Engine: stator.EngineTiKV, Auth: stator.AuthOpen})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		})
		return s
	}
	call := func(s *stator.Server, operation, body string) string {
		req := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(body))
		req.Header.Set("X-Amz-Target", "DynamoDB_20120810."+operation)
		req.Header.Set("Content-Type", "application/x-amz-json-1.0")
		res := httptest.NewRecorder()
		s.ServeHTTP(res, req)
		if res.Code != http.StatusOK {
			t.Errorf("%s: %d %s", operation, res.Code, res.Body)
		}
		return res.Body.String()
	}
	one, two := open(), open()
	call(one, "CreateTable", `{"TableName":"shared","BillingMode":"PAY_PER_REQUEST","KeySchema":[{"AttributeName":"k","KeyType":"HASH"}],`+
		`"AttributeDefinitions":[{"AttributeName":"k","AttributeType":"S"}]}`)
	call(one, "PutItem", `{"TableName":"shared","Item":{"k":{"S":"a"},"v":{"N":"1"}}}`)
	if got, want := call(two, "GetItem", `{"TableName":"shared","Key":{"k":{"S":"a"}}}`), `"v":{"N":"1"}`; !strings.Contains(got, want) {
		t.Errorf("the other server answers %s, want %s in it", got, want)
	}
}

func TestSharedEnginesNeedAMasterKey(t *testing.T) {
	_, err := stator.Open(stator.Options{Engine: stator.EngineTiKV, EngineURL: "tikv://127.0.0.1:1"})
	if err == nil || !strings.Contains(err.Error(), "master key") {
		t.Errorf("Open = %v, want an error that asks for a master key", err)
	}
}

// A server ends when newer ones over its engine have gone on to another format, and one of its version does not start there.
func TestNewerFormat(t *testing.T) {
	db, err := pebblekv.OpenMemory(pebblekv.Options{})
	if err != nil {
		t.Fatal(err)
	}
	opts := stator.Options{Engine: stator.EngineTiKV, EngineURL: "tikv://nowhere", Auth: stator.AuthOpen}
	s, err := stator.OpenOn(db, opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- s.Serve(t.Context(), ln, time.Second) }()
	if err := db.Update(t.Context(), func(tx kv.Txn) error { return tx.Set(keyspace.Format(), []byte("stator 2")) }); err != nil {
		t.Fatal(err)
	}
	if err := <-served; !errors.Is(err, table.ErrFormat) {
		t.Errorf("Serve = %v, want %v", err, table.ErrFormat)
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, httptest.NewRequest("GET", "/readyz", nil))
	if w.Code != http.StatusServiceUnavailable {
		t.Errorf("/readyz is %d", w.Code)
	}
	if _, err := stator.OpenOn(db, opts); !errors.Is(err, table.ErrFormat) {
		t.Errorf("OpenOn = %v, want %v", err, table.ErrFormat)
	}
}

// The data folder of a server that shares its engine is made when there is none, also without authentication.
func TestSharedEngineMakesItsFolder(t *testing.T) {
	url := postgrestest.Start(t).URL()
	for _, auth := range []stator.Auth{stator.AuthOpen, stator.AuthIAM} {
		data := filepath.Join(t.TempDir(), "new", "folder")
		s, err := stator.Open(stator.Options{Engine: stator.EnginePostgres, EngineURL: url, Auth: auth, Data: data})
		if err != nil {
			t.Fatal(auth, err)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		if _, err := os.Stat(filepath.Join(data, "master-key")); err != nil {
			t.Error(err)
		}
	}
}

// Where there is nothing, a check, a move from there and a new master key say so, and make nothing.
func TestNothingThere(t *testing.T) {
	url := postgrestest.Start(t).URL()
	data := filepath.Join(t.TempDir(), "none")
	opts := stator.Options{Engine: stator.EnginePostgres, EngineURL: url, Data: data}
	keys := t.TempDir()
	if err := os.WriteFile(filepath.Join(keys, "master-key"), []byte(base64.StdEncoding.EncodeToString(make([]byte, 32))), 0o600); err != nil {
		t.Fatal(err)
	}
	rotated := opts
	rotated.Data = keys
	for what, do := range map[string]func() error{
		"check": func() error {
			_, err := stator.Check(t.Context(), opts, func(problem string) { t.Error(problem) })
			return err
		},
		"migrate": func() error {
			_, err := stator.Migrate(t.Context(), stator.MigrateOptions{From: url, To: data})
			return err
		},
		"rotate": func() error { return stator.RotateMasterKey(t.Context(), rotated) },
	} {
		if err := do(); err == nil || !strings.Contains(err.Error(), "no data") {
			t.Errorf("%s: %v, want an error that says that there is nothing", what, err)
		}
	}
	if _, err := os.Stat(data); err == nil {
		t.Error("a folder was made")
	}
	c, err := pgx.Connect(t.Context(), strings.Split(url, "?")[0])
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close(context.Background()) })
	var schemas int
	if err := c.QueryRow(t.Context(), `SELECT count(*) FROM pg_namespace WHERE nspname LIKE 'test %'`).Scan(&schemas); err != nil || schemas != 0 {
		t.Errorf("%d schemas were made: %v", schemas, err)
	}
}
