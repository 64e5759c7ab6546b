package transfer

import (
	"compress/gzip"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/statordb/stator/internal/attribute"
	"github.com/statordb/stator/internal/itemfile"
	"github.com/statordb/stator/internal/keyspace"
	"github.com/statordb/stator/internal/kv"
	"github.com/statordb/stator/internal/kv/pebblekv"
	"github.com/statordb/stator/internal/objects"
	"github.com/statordb/stator/internal/table"
)

var (
	scope  = table.Scope{Account: "111122223333", Region: "eu-north-1"}
	bucket = objects.Bucket{Account: scope.Account, Name: "bucket"}
)

// rig is a service over an engine and an object store in memory, with a clock that is set by hand.
type rig struct {
	*testing.T
	db     kv.DB
	nanos  atomic.Int64
	tables *table.Store
	store  *objects.Store
	*Service
}

func (r *rig) clock() time.Time        { return time.Unix(0, r.nanos.Load()) }
func (r *rig) forward(d time.Duration) { r.nanos.Add(int64(d)) }

func newRig(t *testing.T) *rig {
	t.Helper()
	db, err := pebblekv.OpenMemory(pebblekv.Options{})
	if err != nil {
		t.Fatal(err)
	}
	r := &rig{T: t, db: db, store: objects.Memory()}
	r.nanos.Store(time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC).UnixNano())
	r.open()
	t.Cleanup(func() {
		r.Service.Close()
		if err := errors.Join(r.tables.Close(), db.Close()); err != nil {
			t.Error(err)
		}
	})
	return r
}

func (r *rig) open() {
	r.Helper()
	var err error
	if r.tables, err = table.Open(r.Context(), r.db, table.Options{Now: r.clock, Owner: "me"}); err != nil {
		r.Fatal(err)
	}
	r.Service = Open(r.db, r.tables, r.store, Options{Now: r.clock, Pause: time.Millisecond, Check: func(*table.Descriptor, attribute.Value) error { return nil }})
}

func (r *rig) create(name string) *table.Descriptor {
	r.Helper()
	key := table.KeyAttribute{Name: "id", Kind: attribute.String}
	if _, err := r.tables.Create(r.Context(), table.Descriptor{Scope: scope, Name: name, Partition: key, Definitions: []table.KeyAttribute{key}}); err != nil {
		r.Fatal(err)
	}
	d, err := r.tables.Change(r.Context(), scope, name, func(d *table.Descriptor) error { r.tables.SetRecovery(d, 35); return nil })
	if err == nil {
		d, err = r.tables.AwaitJournal(r.Context(), d)
	}
	if err != nil {
		r.Fatal(err)
	}
	return d
}

// set puts an item, or deletes it if text is "".
func (r *rig) set(name, id, text string) {
	r.Helper()
	r.forward(time.Second)
	for {
		d, err := r.tables.Table(r.Context(), scope, name)
		if err != nil {
			r.Fatal(err)
		}
		key := attribute.NewMap([]string{"id"}, []attribute.Value{attribute.NewString(id)})
		_, err = r.tables.Write(r.Context(), []table.Write{{Table: d, Key: key, Apply: func(attribute.Value) (attribute.Value, error) {
			if text == "" {
				return nil, nil
			}
			return attribute.NewMap([]string{"id", "v"}, []attribute.Value{attribute.NewString(id), attribute.NewString(text)}), nil
		}}}, nil)
		if err == nil {
			return
		}
		if !errors.Is(err, table.ErrStale) {
			r.Fatal(err)
		}
	}
}

func (r *rig) export(e Export) *Export {
	r.Helper()
	e.Scope, e.Bucket, e.SSEAlgorithm = scope, bucket, "AES256"
	if e.OutputFormat == "" {
		e.OutputFormat = itemfile.JSON
	}
	begun, err := r.StartExport(r.Context(), e, [32]byte{1})
	if err != nil {
		r.Fatal(err)
	}
	for end := time.Now().Add(time.Minute); ; time.Sleep(time.Millisecond) {
		got, err := r.Export(r.Context(), scope, e.Table, begun.ID)
		if err != nil {
			r.Fatal(err)
		}
		if got.Status != InProgress {
			return got
		}
		if time.Now().After(end) {
			r.Fatalf("%+v", got)
		}
	}
}

func (r *rig) content(key string) string {
	r.Helper()
	in, err := r.store.Open(r.Context(), bucket, key)
	if err != nil {
		r.Fatalf("%s: %v", key, err)
	}
	if strings.HasSuffix(key, ".gz") {
		if in, err = gzip.NewReader(in); err != nil {
			r.Fatal(err)
		}
	}
	b, err := io.ReadAll(in)
	if err != nil {
		r.Fatal(err)
	}
	return string(b)
}

// lines are the lines of all data files of an export, sorted.
func (r *rig) lines(e *Export) []string {
	r.Helper()
	var all []string
	for _, line := range strings.Split(strings.TrimSpace(r.content(e.filesManifest())), "\n") {
		var f fileRecord
		if err := json.Unmarshal([]byte(line), &f); err != nil {
			r.Fatal(err)
		}
		if text := strings.TrimSpace(r.content(f.DataFileS3Key)); text != "" {
			all = append(all, strings.Split(text, "\n")...)
		}
	}
	slices.Sort(all)
	return all
}

// Developer guide, "DynamoDB table export output format": what an incremental export has of each kind of change.
func TestIncremental(t *testing.T) {
	r := newRig(t)
	r.create("table")
	r.set("table", "updated", "old")
	r.set("table", "deleted", "old")
	r.set("table", "untouched", "old")
	r.forward(time.Minute)
	from := r.clock().Truncate(time.Second).Add(time.Second)
	r.nanos.Store(from.Add(-time.Second).UnixNano()) // the next change is at from, which is in the window
	r.set("table", "inserted", "new")
	r.set("table", "updated", "between")
	r.set("table", "updated", "new")
	r.set("table", "deleted", "")
	r.set("table", "brief", "new")
	r.set("table", "brief", "")
	to := r.clock().Add(time.Second)
	r.set("table", "later", "new") // is at to, which is not
	r.forward(time.Minute)

	stamp := func(seconds int) string {
		return `{"Metadata":{"WriteTimestampMicros":` + attribute.NewInt(from.Add(time.Duration(seconds)*time.Second).UnixMicro()).String() + `},"Keys":{"id":{"S":"`
	}
	image := func(name, id, v string) string {
		return `,"` + name + `":{"id":{"S":"` + id + `"},"v":{"S":"` + v + `"}}`
	}
	e := r.export(Export{Common: Common{Table: "table", Token: "1"}, From: from, To: to, View: "NEW_AND_OLD_IMAGES"})
	want := []string{
		stamp(0) + `inserted"}}` + image("NewImage", "inserted", "new") + "}",
		stamp(2) + `updated"}}` + image("OldImage", "updated", "old") + image("NewImage", "updated", "new") + "}",
		stamp(3) + `deleted"}}` + image("OldImage", "deleted", "old") + "}",
	}
	if got := r.lines(e); e.Status != Completed || e.Items != 3 || !slices.Equal(got, want) {
		t.Errorf("%+v\n%s\nwant\n%s", e, strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	var m map[string]any
	if err := json.Unmarshal([]byte(r.content(e.Manifest())), &m); err != nil {
		t.Fatal(err)
	}
	for name, v := range map[string]any{"version": "2023-08-01", "exportType": "INCREMENTAL_EXPORT", "outputView": "NEW_AND_OLD_IMAGES", "itemCount": 3.0,
		"exportFromTime": from.UTC().Format("2006-01-02T15:04:05.000Z"), "exportToTime": to.UTC().Format("2006-01-02T15:04:05.000Z"), "exportTime": nil} {
		if m[name] != v {
			t.Errorf("%s is %v, want %v", name, m[name], v)
		}
	}
	// Its files are in the folder that all incremental exports share.
	if found, err := r.store.List(t.Context(), bucket, "AWSDynamoDB/data/", "", 10); err != nil || len(found) != 1 {
		t.Errorf("%v (%v)", found, err)
	}
	e = r.export(Export{Common: Common{Table: "table", Token: "2"}, From: from, To: to, View: NewImages})
	want[1] = stamp(2) + `updated"}}` + image("NewImage", "updated", "new") + "}"
	want[2] = stamp(3) + `deleted"}}}`
	if got := r.lines(e); !slices.Equal(got, want) {
		t.Errorf("%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if left, err := r.tables.Holds(t.Context()); err != nil || len(left) != 0 {
		t.Errorf("held: %v (%v)", left, err)
	}
}

func TestEmptyExport(t *testing.T) {
	r := newRig(t)
	r.create("table")
	e := r.export(Export{Common: Common{Table: "table", Token: "1"}})
	if got := r.lines(e); len(got) != 0 || e.Files != 1 || e.Status != Completed {
		t.Errorf("%+v %q", e, got)
	}
}

// What is over is forgotten after its time, and only then; what nobody needs is not held.
func TestSweep(t *testing.T) {
	r := newRig(t)
	r.create("table")
	e := r.export(Export{Common: Common{Table: "table", Token: "1"}})
	lost, err := r.tables.Hold(t.Context(), scope, "table", time.Time{}, "arn:aws:dynamodb:eu-north-1:111122223333:table/table/export/"+newID(r.clock()))
	if err != nil {
		t.Fatal(err)
	}
	sweep := func() {
		t.Helper()
		if err := r.sweep(); err != nil {
			t.Fatal(err)
		}
	}
	sweep()
	if _, err := r.tables.Held(t.Context(), lost.ID); err != nil {
		t.Errorf("what may be about to begin: %v", err)
	}
	r.forward(7 * time.Hour)
	sweep()
	if _, err := r.tables.Held(t.Context(), lost.ID); !errors.Is(err, table.ErrNotFound) {
		t.Errorf("what never began: %v", err)
	}
	if _, err := r.StartExport(t.Context(), Export{Common: Common{Scope: scope, Table: "table", Token: "1"}}, [32]byte{2}); !errors.Is(err, ErrConflict) {
		t.Errorf("the token after 7 hours: %v", err)
	}
	r.forward(2 * time.Hour)
	sweep()
	again := r.export(Export{Common: Common{Table: "table", Token: "1"}})
	if again.ID == e.ID {
		t.Error("the token is remembered after 9 hours")
	}
	r.forward(89 * 24 * time.Hour)
	sweep()
	if _, err := r.Export(t.Context(), scope, "table", e.ID); err != nil {
		t.Errorf("after 89 days: %v", err)
	}
	r.forward(24 * time.Hour)
	sweep()
	if _, err := r.Export(t.Context(), scope, "table", e.ID); !errors.Is(err, ErrNotFound) {
		t.Errorf("after 90 days: %v", err)
	}
	start, end := keyspace.TransferFiles(e.ID)
	if err := r.db.View(t.Context(), func(rd kv.Reader) error {
		return rd.Scan(t.Context(), kv.Range{Start: start, End: end}, func(key, _ []byte) (bool, error) {
			t.Errorf("left: %q", key)
			return true, nil
		})
	}); err != nil {
		t.Fatal(err)
	}
}

func TestLimits(t *testing.T) {
	r := newRig(t)
	r.Service.Close() // nothing ends
	for n := range MaxImports + 1 {
		i := Import{Common: Common{Scope: scope, Table: "table" + string(rune('A'+n)), Bucket: bucket, Token: string(rune('A' + n))}, Create: &table.Descriptor{}}
		_, err := r.StartImport(t.Context(), i, [32]byte{})
		if want := n == MaxImports; errors.Is(err, ErrLimit) != want || !want && err != nil {
			t.Errorf("import %d: %v", n+1, err)
		}
	}
	i := Import{Common: Common{Scope: scope, Table: "tableA", Bucket: bucket, Token: "new"}, Create: &table.Descriptor{}}
	if _, err := r.StartImport(t.Context(), i, [32]byte{}); !errors.Is(err, ErrExists) {
		t.Errorf("a table that another import makes: %v", err)
	}
	i.Scope.Region = "elsewhere"
	if _, err := r.StartImport(t.Context(), i, [32]byte{}); err != nil {
		t.Errorf("in another region: %v", err)
	}
}

// A store that does not answer is asked again, and the import goes on if it does; if it never does, the import has failed and its table is in
// use with what came before.
func TestStoreOutOfReach(t *testing.T) {
	for _, refusals := range []int32{maxTries - 1, 1000} {
		var refused atomic.Int32
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			switch {
			case r.URL.Query().Has("list-type"):
				keys := ""
				for _, key := range []string{"a", "b"} {
					if "111122223333/bucket/"+key > r.URL.Query().Get("start-after") {
						keys += "<Contents><Key>111122223333/bucket/" + key + "</Key></Contents>"
					}
				}
				_, _ = io.WriteString(w, "<ListBucketResult>"+keys+"</ListBucketResult>")
			case strings.HasSuffix(r.URL.Path, "/b") && refused.Add(1) <= refusals:
				w.WriteHeader(http.StatusForbidden) // which the client does not try again by itself
			default:
				_, _ = io.WriteString(w, `{"Item":{"id":{"S":"`+r.URL.Path+`"}}}`)
			}
		}))
		t.Cleanup(server.Close)
		r := newRig(t)
		r.Service.Close()
		store, err := objects.Open("s3://real?endpoint="+server.URL, func(string) string { return "key" })
		if err != nil {
			t.Fatal(err)
		}
		r.store = store
		if err := r.tables.Close(); err != nil {
			t.Fatal(err)
		}
		r.open()
		key := table.KeyAttribute{Name: "id", Kind: attribute.String}
		begun, err := r.StartImport(t.Context(), Import{Common: Common{Scope: scope, Table: "table", Bucket: bucket, Token: "1"}, InputFormat: itemfile.JSON,
			Create: &table.Descriptor{Scope: scope, Name: "table", Partition: key, Definitions: []table.KeyAttribute{key}}}, [32]byte{})
		if err != nil {
			t.Fatal(err)
		}
		i := begun
		for end := time.Now().Add(time.Minute); i.Status == InProgress && time.Now().Before(end); time.Sleep(time.Millisecond) {
			if i, err = r.Import(t.Context(), scope, "table", begun.ID); err != nil {
				t.Fatal(err)
			}
		}
		want, code, items := Completed, "", int64(2)
		if refusals == 1000 {
			want, code, items = Failed, "InternalServerError", 1
		}
		if i.Status != want || i.FailureCode != code || i.Imported != items || i.Processed != items {
			t.Errorf("after %d refusals: %+v", refusals, i)
		}
		if d, err := r.tables.Table(t.Context(), scope, "table"); err != nil || d.Creating || d.UUID != i.TableID {
			t.Errorf("the table is %+v (%v)", d, err)
		}
	}
}
