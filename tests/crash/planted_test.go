package crash_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/statordb/stator/internal/keyspace"
	"github.com/statordb/stator/internal/kv"
	"github.com/statordb/stator/internal/kv/pebblekv"
	"github.com/statordb/stator/tests/harness"
)

// stator check finds what is wrong in a folder, says where it is, and exits with 1; and it changes nothing.
func TestCheckFindsDamage(t *testing.T) {
	data := folder(t)
	server := harness.Start(t, "--data", data)
	client := newClient(server, 1)
	if err := createTable(t.Context(), client, "Things", shapes()[indexedTable]); err != nil {
		t.Fatal(err)
	}
	for n := range 3 {
		_, err := client.PutItem(t.Context(), &dynamodb.PutItemInput{TableName: aws.String("Things"), Item: item{
			"pk": str("p"), "sk": num(n), "colour": str("red"), "rank": num(n), "weight": num(n),
		}})
		if err != nil {
			t.Fatal(err)
		}
	}
	server.Stop()
	clean, exit := check(t, data)
	if exit != 0 || !strings.Contains(clean, "0 problems") {
		t.Fatalf("before any damage, stator check exits with %d:\n%s", exit, clean)
	}

	first := func(start, end []byte) func(kv.Reader) (pair, error) {
		return func(r kv.Reader) (pair, error) { return firstPair(t.Context(), r, start, end) }
	}
	anItem, aGlobal, aLocal := first(keyspace.AllItems()), first(keyspace.AllEntries(false)), first(keyspace.AllEntries(true))
	for _, c := range []struct {
		name  string
		of    func(kv.Reader) (pair, error)
		spoil func(tx kv.Txn, p pair) error
		want  []string
	}{
		{"an entry of a global index is gone", aGlobal,
			func(tx kv.Txn, p pair) error { return tx.Delete(p.key) }, []string{"without its entry", `"Things"`, `"by-colour"`}},
		{"an entry of a local index is gone", aLocal,
			func(tx kv.Txn, p pair) error { return tx.Delete(p.key) }, []string{"without its entry", `"Things"`, `"by-weight"`}},
		{"an entry of an item that is not there", anItem,
			func(tx kv.Txn, p pair) error { return tx.Delete(p.key) }, []string{"entry without its item", `"Things"`, `"by-colour"`, `"by-weight"`}},
		{"an item of a table that is not there", anItem,
			func(tx kv.Txn, p pair) error { return tx.Set(moved(p.key), p.value) }, []string{"item of no table"}},
		{"an entry of an index that is not there", aGlobal,
			func(tx kv.Txn, p pair) error { return tx.Set(moved(p.key), p.value) }, []string{"entry of no index"}},
		{"an item that is cut off", anItem,
			func(tx kv.Txn, p pair) error { return tx.Set(p.key, p.value[:len(p.value)-1]) }, []string{"does not decode", `"Things"`}},
		{"an entry with other values", aGlobal,
			func(tx kv.Txn, p pair) error {
				return tx.Set(p.key, bytes.Replace(p.value, []byte("weight"), []byte("height"), 1))
			},
			[]string{"not the projection of its item", `"by-colour"`}},
		{"a key that nobody writes", anItem,
			func(tx kv.Txn, p pair) error { return tx.Set([]byte("zz"), nil) }, []string{"unknown key", "7a7a"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			undo := plant(t, data, c.of, c.spoil)
			for range 2 { // it has repaired nothing
				out, exit := check(t, data)
				if exit != 1 {
					t.Errorf("stator check exits with %d, want 1", exit)
				}
				for _, want := range c.want {
					if !strings.Contains(out, want) {
						t.Errorf("stator check does not say %s:\n%s", want, out)
					}
				}
			}
			undo()
			if out, exit := check(t, data); exit != 0 || out != clean {
				t.Fatalf("after the damage was undone, stator check exits with %d:\n%s\nwant\n%s", exit, out, clean)
			}
		})
	}
}

// A folder without data is an error, not a database without problems.
func TestCheckOfNothing(t *testing.T) {
	if out, exit := check(t, filepath.Join(folder(t), "nothing")); exit != 1 || !strings.Contains(out, "no data") {
		t.Errorf("stator check exits with %d:\n%s", exit, out)
	}
}

type pair struct{ key, value []byte }

// moved is the key in a table or an index that nobody has.
func moved(key []byte) []byte {
	k := bytes.Clone(key)
	k[1] = 0x7f // the first byte of the id
	return k
}

func firstPair(ctx context.Context, r kv.Reader, start, end []byte) (p pair, err error) {
	err = r.Scan(ctx, kv.Range{Start: start, End: end, Limit: 1}, func(key, value []byte) (bool, error) {
		p = pair{bytes.Clone(key), bytes.Clone(value)}
		return false, nil
	})
	if err == nil && p.key == nil {
		err = errors.New("there is nothing to spoil")
	}
	return p, err
}

// plant changes a stopped server's data. undo brings back all keys that are not identities.
func plant(t *testing.T, data string, of func(kv.Reader) (pair, error), spoil func(kv.Txn, pair) error) (undo func()) {
	t.Helper()
	update := func(fn func(kv.Txn) error) {
		t.Helper()
		db, err := pebblekv.Open(filepath.Join(data, "pebble"), pebblekv.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(db.Update(t.Context(), fn), db.Close()); err != nil {
			t.Fatal(err)
		}
	}
	all := func(tx kv.Txn, collect map[string][]byte) error {
		return tx.Scan(t.Context(), kv.Range{}, func(key, value []byte) (bool, error) {
			collect[string(key)] = bytes.Clone(value)
			return true, nil
		})
	}
	before := make(map[string][]byte)
	update(func(tx kv.Txn) error {
		clear(before)
		if err := all(tx, before); err != nil {
			return err
		}
		p, err := of(tx)
		if err != nil {
			return err
		}
		return spoil(tx, p)
	})
	return func() {
		t.Helper()
		update(func(tx kv.Txn) error {
			now := make(map[string][]byte)
			if err := all(tx, now); err != nil {
				return err
			}
			changes := 0
			for key, value := range before {
				if v, ok := now[key]; !ok || !bytes.Equal(v, value) {
					changes++
					if err := tx.Set([]byte(key), value); err != nil {
						return err
					}
				}
			}
			for key := range now {
				if _, ok := before[key]; !ok {
					changes++
					if err := tx.Delete([]byte(key)); err != nil {
						return err
					}
				}
			}
			if changes == 0 {
				return fmt.Errorf("nothing had been spoiled")
			}
			return nil
		})
	}
}
