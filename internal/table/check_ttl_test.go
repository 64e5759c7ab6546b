package table

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/statordb/stator/internal/keyspace"
	"github.com/statordb/stator/internal/kv"
	"github.com/statordb/stator/internal/kv/pebblekv"
)

// TestCheckFindsTTL breaks a TTL queue in every way that Check knows, and sees that it says so.
func TestCheckFindsTTL(t *testing.T) {
	ctx := context.Background()
	const it = `{"p":{"S":"p"},"s":{"N":"1"},"t":{"N":"2000000000"}}`
	setTTL := func(tx kv.Txn, d *Descriptor, change func(t *TTL)) error {
		d = d.Clone()
		change(d.TTL)
		return setDescriptor(tx, keyspace.Table(d.Scope.Account, d.Scope.Region, d.Name), d)
	}
	for _, c := range []struct {
		want  string
		spoil func(tx kv.Txn, d *Descriptor, itemKey, place []byte) error
	}{
		{"", func(kv.Txn, *Descriptor, []byte, []byte) error { return nil }},
		{"item that expires without its place", func(tx kv.Txn, _ *Descriptor, _, place []byte) error { return tx.Delete(place) }},
		{"place in a TTL queue without its item", func(tx kv.Txn, _ *Descriptor, itemKey, _ []byte) error { return tx.Delete(itemKey) }},
		{"place in a TTL queue that its item does not have", func(tx kv.Txn, d *Descriptor, itemKey, _ []byte) error {
			return tx.Set(keyspace.AppendDue(nil, d.TTL.ID, 1_999_999_999, itemKey), nil)
		}},
		{"place in a TTL queue does not parse", func(tx kv.Txn, _ *Descriptor, _, place []byte) error { return tx.Set(place[:15], nil) }},
		{"place in a TTL queue does not parse", func(tx kv.Txn, _ *Descriptor, _, place []byte) error { return tx.Set(place, []byte("x")) }},
		{"place in a TTL queue does not parse", func(tx kv.Txn, _ *Descriptor, _, place []byte) error {
			place = slices.Clone(place)
			place[9] ^= 1
			return tx.Set(place, nil)
		}},
		{"TTL queue of no table", func(tx kv.Txn, d *Descriptor, _, _ []byte) error { return tx.Set(keyspace.QueueTable(99), nil) }},
		{"does not say which table", func(tx kv.Txn, d *Descriptor, _, _ []byte) error { return tx.Delete(keyspace.QueueTable(d.TTL.ID)) }},
		{"says it is of another table", func(tx kv.Txn, d *Descriptor, _, _ []byte) error {
			return tx.Set(keyspace.QueueTable(d.TTL.ID), []byte(`{"table":"u"}`))
		}},
		{"Time To Live is ENABLING and no job", func(tx kv.Txn, d *Descriptor, _, _ []byte) error {
			return setTTL(tx, d, func(t *TTL) { t.State = TTLEnabling })
		}},
		{"Time To Live is DISABLING and no job", func(tx kv.Txn, d *Descriptor, _, _ []byte) error {
			return setTTL(tx, d, func(t *TTL) { t.State = TTLDisabling })
		}},
		{"id 9 is given twice or was never given", func(tx kv.Txn, d *Descriptor, _, _ []byte) error {
			return setTTL(tx, d, func(t *TTL) { t.ID = 9 })
		}},
		{"lease does not decode", func(tx kv.Txn, _ *Descriptor, _, _ []byte) error { return tx.Set(keyspace.Lease("x"), []byte("{}")) }},
	} {
		t.Run(c.want, func(t *testing.T) {
			db := must[*pebblekv.DB](t)(pebblekv.OpenMemory(pebblekv.Options{NoSync: true}))
			defer db.Close()
			s := openStore(t, db, Options{ExpireEvery: never})
			must[*Descriptor](t)(s.Create(ctx, simple("t")))
			d := enableTTL(t, s, "t", "t")
			idle(t, s)
			must[[]Written](t)(s.Write(ctx, []Write{put(d, item(t, "%s", it))}, nil))
			itemKey := must[[]byte](t)(appendItemKey(nil, d, item(t, "%s", it)))
			place := keyspace.AppendDue(nil, d.TTL.ID, 2_000_000_000, itemKey)
			if err := db.Update(ctx, func(tx kv.Txn) error { return c.spoil(tx, d, itemKey, place) }); err != nil {
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
