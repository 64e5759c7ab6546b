package table

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/statordb/stator/internal/attribute"
	"github.com/statordb/stator/internal/keyspace"
	"github.com/statordb/stator/internal/kv"
	"github.com/statordb/stator/internal/kv/pebblekv"
)

// TestCheckFinds breaks the store in every way that Check knows, and sees that it says so.
func TestCheckFinds(t *testing.T) {
	ctx := context.Background()
	it := `{"p":{"S":"p"},"s":{"N":"1"},"a":{"S":"x"},"b":{"S":"y"}}`
	for _, c := range []struct {
		want  string
		spoil func(tx kv.Txn, d *Descriptor, itemKey, entryKey []byte) error
	}{
		{"", func(tx kv.Txn, d *Descriptor, itemKey, entryKey []byte) error { return nil }},
		{"item without its entry", func(tx kv.Txn, d *Descriptor, itemKey, entryKey []byte) error { return tx.Delete(entryKey) }},
		{"entry without its item", func(tx kv.Txn, d *Descriptor, itemKey, entryKey []byte) error { return tx.Delete(itemKey) }},
		{"entry does not decode", func(tx kv.Txn, d *Descriptor, itemKey, entryKey []byte) error { return tx.Set(entryKey, nil) }},
		{"entry without the table's key", func(tx kv.Txn, d *Descriptor, itemKey, entryKey []byte) error {
			return tx.Set(entryKey, item(t, `{"p":{"S":"p"}}`))
		}},
		{"entry is not the projection of its item", func(tx kv.Txn, d *Descriptor, itemKey, entryKey []byte) error {
			return tx.Set(entryKey, item(t, "%s", it))
		}},
		{"entry under a key that its item does not have", func(tx kv.Txn, d *Descriptor, itemKey, entryKey []byte) error {
			return tx.Set(append(slices.Clone(entryKey), 0), item(t, "%s", it))
		}},
		{"entry of no index", func(tx kv.Txn, d *Descriptor, itemKey, entryKey []byte) error {
			start, _ := keyspace.Entries(99, true).Range()
			return tx.Set(start, item(t, "%s", it))
		}},
		{"item of no table", func(tx kv.Txn, d *Descriptor, itemKey, entryKey []byte) error {
			start, _ := keyspace.Items(99).Range()
			return tx.Set(start, item(t, "%s", it))
		}},
		{"item does not decode", func(tx kv.Txn, d *Descriptor, itemKey, entryKey []byte) error {
			bad := item(t, "%s", it)
			bad[len(bad)-2] = 100 // longer than there is
			return tx.Set(itemKey, bad)
		}},
		{"item under the key of another", func(tx kv.Txn, d *Descriptor, itemKey, entryKey []byte) error {
			return tx.Set(append(slices.Clone(itemKey), 1), item(t, "%s", it))
		}},
		{"token does not decode", func(tx kv.Txn, d *Descriptor, itemKey, entryKey []byte) error {
			return tx.Set(keyspace.Token("a", "r", "t"), []byte("x"))
		}},
		{"token will never be removed", func(tx kv.Txn, d *Descriptor, itemKey, entryKey []byte) error {
			return tx.Set(keyspace.Token("a", "r", "t"), make([]byte, tokenSize))
		}},
		{"expiry of no token", func(tx kv.Txn, d *Descriptor, itemKey, entryKey []byte) error {
			return tx.Set(keyspace.Expiry(7, keyspace.Token("a", "r", "t")), nil)
		}},
		{"unknown key", func(tx kv.Txn, d *Descriptor, itemKey, entryKey []byte) error { return tx.Set([]byte("zz"), nil) }},
		{"unknown key", func(tx kv.Txn, d *Descriptor, itemKey, entryKey []byte) error { return tx.Set([]byte{0}, nil) }},
		{"format is", func(tx kv.Txn, d *Descriptor, itemKey, entryKey []byte) error { return tx.Set(keyspace.Format(), nil) }},
		{"table definition", func(tx kv.Txn, d *Descriptor, itemKey, entryKey []byte) error {
			return tx.Set(keyspace.Table("a", "r", "bad"), []byte(`{"format":1}`))
		}},
		{"definition of another table", func(tx kv.Txn, d *Descriptor, itemKey, entryKey []byte) error {
			return setDescriptor(tx, keyspace.Table("a", "r", "bad"), d)
		}},
		{"id 1 is given twice", func(tx kv.Txn, d *Descriptor, itemKey, entryKey []byte) error {
			d = d.Clone()
			d.Scope.Region, d.Indexes = "r", nil
			return setDescriptor(tx, keyspace.Table(d.Scope.Account, "r", d.Name), d)
		}},
		{"index is CREATING and no job", func(tx kv.Txn, d *Descriptor, itemKey, entryKey []byte) error {
			d = d.Clone()
			d.Indexes[0].State = IndexCreating
			return setDescriptor(tx, keyspace.Table(d.Scope.Account, d.Scope.Region, d.Name), d)
		}},
		{"job", func(tx kv.Txn, d *Descriptor, itemKey, entryKey []byte) error {
			return tx.Set(keyspace.Job(3), []byte("x"))
		}},
	} {
		t.Run(c.want, func(t *testing.T) {
			db := must[*pebblekv.DB](t)(pebblekv.OpenMemory(pebblekv.Options{NoSync: true}))
			defer db.Close()
			s := openStore(t, db, Options{})
			d := must[*Descriptor](t)(s.Create(ctx, simple("t", global("g", "KEYS_ONLY", []KeyAttribute{str("a")}, nil))))
			must[[]Written](t)(s.Write(ctx, []Write{put(d, item(t, "%s", it))}, nil))
			itemKey := must[[]byte](t)(appendItemKey(nil, d, item(t, "%s", it)))
			entryKey := appendEntryKey(nil, d, d.Indexes[0], item(t, "%s", it))
			err := db.Update(ctx, func(tx kv.Txn) error { return c.spoil(tx, d, itemKey, entryKey) })
			if err != nil {
				t.Fatal(err)
			}
			var found []string
			sum, err := Check(ctx, db, func(p Problem) { found = append(found, p.String()) })
			if err != nil || int(sum.Problems) != len(found) {
				t.Errorf("%+v %v", sum, err)
			}
			all := strings.Join(found, "\n")
			if c.want == "" && all != "" || !strings.Contains(all, c.want) {
				t.Errorf("found %s", all)
			}
		})
	}
}

// TestCorruptItem: what does not look like an item is an error, in every way to read it.
func TestCorruptItem(t *testing.T) {
	ctx := context.Background()
	db := must[*pebblekv.DB](t)(pebblekv.OpenMemory(pebblekv.Options{NoSync: true}))
	defer db.Close()
	s := openStore(t, db, Options{})
	d := must[*Descriptor](t)(s.Create(ctx, simple("t")))
	key := item(t, `{"p":{"S":"p"},"s":{"N":"1"}}`)
	must[[]Written](t)(s.Write(ctx, []Write{put(d, key)}, nil))
	at := must[[]byte](t)(appendItemKey(nil, d, key))
	for _, bad := range [][]byte{{}, {1}, {10, 0, 0}, key[:len(key)-1], append(slices.Clone(key), 0), attribute.NewString("x")} {
		if err := db.Update(ctx, func(tx kv.Txn) error { return tx.Set(at, bad) }); err != nil {
			t.Fatal(err)
		}
		visit := func(attribute.Value) (bool, error) { return true, nil }
		_, writing := s.Write(ctx, []Write{put(d, key)}, nil)
		for i, err := range []error{
			s.Get(ctx, []Read{{d, key}}, func([]attribute.Value) error { return nil }),
			s.Get(ctx, []Read{{d, key}, {d, key}}, func([]attribute.Value) error { return nil }),
			s.Query(ctx, Query{Table: d, Partition: []attribute.Value{key.Field("p")}}, visit),
			s.Scan(ctx, Scan{Table: d}, visit),
			writing,
		} {
			if !errors.Is(err, ErrCorrupt) {
				t.Errorf("%x, way %d: %v", bad, i, err)
			}
		}
	}
}

func FuzzWellFormed(f *testing.F) {
	f.Add([]byte(item(f, `{"a":{"L":[{"M":{"b":{"NS":["1","2"]}}},{"B":"AAA="},{"NULL":true},{"BOOL":true}]}}`)))
	f.Fuzz(func(t *testing.T, b []byte) {
		if !wellFormedItem(b) {
			return
		}
		// Whatever it takes, package attribute can read.
		v := attribute.Value(b)
		attribute.ItemSize(v)
		v.Field("x")
		attribute.Equal(v, slices.Clone(v))
		for range v.Fields() {
		}
	})
}
