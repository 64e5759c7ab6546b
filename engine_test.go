package stator_test

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/statordb/stator"
	"github.com/statordb/stator/internal/kv/postgreskv/postgrestest"
	"github.com/statordb/stator/internal/kv/tikvkv"
	"github.com/statordb/stator/internal/kv/tikvkv/tikvtest"
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

// A check of a shared engine changes nothing, here either.
func TestCheckMakesNoFolder(t *testing.T) {
	data := filepath.Join(t.TempDir(), "none")
	opts := stator.Options{Engine: stator.EnginePostgres, EngineURL: postgrestest.Start(t).URL(), Data: data}
	if _, err := stator.Check(t.Context(), opts, func(problem string) { t.Log(problem) }); err != nil {
		t.Log(err) // there is nothing to check
	}
	if _, err := os.Stat(data); err == nil {
		t.Error("a folder was made")
	}
}
