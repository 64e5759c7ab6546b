package transfer

import (
	"bytes"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/statordb/stator/internal/attribute"
	"github.com/statordb/stator/internal/itemfile"
	"github.com/statordb/stator/internal/kv/pebblekv"
	"github.com/statordb/stator/internal/objects"
	"github.com/statordb/stator/internal/table"
)

// BenchmarkItems imports items of about 400 bytes into an engine on disk, and exports them to a folder; each loop is one item.
func BenchmarkItems(b *testing.B) {
	db, err := pebblekv.Open(filepath.Join(b.TempDir(), "db"), pebblekv.Options{})
	if err != nil {
		b.Fatal(err)
	}
	tables, err := table.Open(b.Context(), db, table.Options{})
	if err != nil {
		b.Fatal(err)
	}
	store, err := objects.OpenFolder(b.TempDir())
	if err != nil {
		b.Fatal(err)
	}
	s := Open(db, tables, store, Options{Check: func(*table.Descriptor, attribute.Value) error { return nil }})
	b.Cleanup(func() {
		s.Close()
		_, _, _ = tables.Close(), db.Close(), store.Close()
	})
	n := 0
	bring := func(b *testing.B) string {
		n++
		var file bytes.Buffer
		for i := range b.N {
			fmt.Fprintf(&file, `{"Item":{"id":{"S":"item-%d"},"number":{"N":"%d"},"text":{"S":"%s"},"list":{"L":[{"S":"a"},{"BOOL":true}]}}}`+"\n", i, i, strings.Repeat("some text ", 30))
		}
		name := fmt.Sprintf("table%d", n)
		if err := store.Put(b.Context(), bucket, name, file.Bytes()); err != nil {
			b.Fatal(err)
		}
		return name
	}
	take := func(b *testing.B, name string) {
		key := table.KeyAttribute{Name: "id", Kind: attribute.String}
		begun, err := s.StartImport(b.Context(), Import{Common: Common{Scope: scope, Table: name, Bucket: bucket, Prefix: name, Token: name}, InputFormat: itemfile.JSON,
			Create: &table.Descriptor{Scope: scope, Name: name, Partition: key, Definitions: []table.KeyAttribute{key}}}, [32]byte{})
		if err != nil {
			b.Fatal(err)
		}
		for i := begun; i.Status != Completed; time.Sleep(time.Millisecond) {
			if i, err = s.Import(b.Context(), scope, name, begun.ID); err != nil || i.Status == Failed {
				b.Fatalf("%+v (%v)", i, err)
			}
		}
	}
	b.Run("import", func(b *testing.B) {
		name := bring(b)
		b.ResetTimer()
		take(b, name)
	})
	for _, format := range []itemfile.Format{itemfile.JSON, itemfile.Ion} {
		b.Run("export/"+string(format), func(b *testing.B) {
			name := bring(b)
			take(b, name)
			d, err := tables.Change(b.Context(), scope, name, func(d *table.Descriptor) error { tables.SetRecovery(d, 1); return nil })
			if err == nil {
				_, err = tables.AwaitJournal(b.Context(), d)
			}
			if err != nil {
				b.Fatal(err)
			}
			b.ResetTimer()
			begun, err := s.StartExport(b.Context(), Export{Common: Common{Scope: scope, Table: name, Bucket: bucket, Token: "e" + name}, OutputFormat: format}, [32]byte{})
			if err != nil {
				b.Fatal(err)
			}
			for e := begun; e.Status != Completed; time.Sleep(time.Millisecond) {
				if e, err = s.Export(b.Context(), scope, name, begun.ID); err != nil || e.Status == Failed {
					b.Fatalf("%+v (%v)", e, err)
				}
			}
		})
	}
}
