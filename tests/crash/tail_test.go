package crash_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/statordb/stator/tests/harness"
)

// A power cut can leave the end of the log as it likes: shorter, zero, or with old content of the disk. What was
// written one after the other is then there up to some point, without a hole, and only the damaged end is missing.
func TestTornTail(t *testing.T) {
	for _, damage := range []struct {
		name string
		do   func(r *rand.Rand, log []byte, n int) []byte
	}{
		{"cut", func(_ *rand.Rand, log []byte, n int) []byte { return log[:len(log)-n] }},
		{"zeros", func(_ *rand.Rand, log []byte, n int) []byte { clear(log[len(log)-n:]); return log }},
		{"garbage", func(r *rand.Rand, log []byte, n int) []byte {
			for i := len(log) - n; i < len(log); i++ {
				log[i] = byte(r.Uint32())
			}
			return log
		}},
	} {
		t.Run(damage.name, func(t *testing.T) {
			r, data := rng(t), folder(t)
			server := harness.Start(t, "--data", data)
			client := newClient(server, 1)
			if err := createTable(t.Context(), client, "Row", tailShape()); err != nil {
				t.Fatal(err)
			}
			written := 0
			for range 3 {
				first := written
				for range 20 + r.IntN(20) {
					putRow(t, client, written)
					written++
				}
				server.Kill()
				n := 1 + r.IntN(30)
				path, log := lastLog(t, data)
				if n > len(log) {
					t.Fatalf("%s has only %d bytes", path, len(log))
				}
				t.Logf("%s: the last %d of %d bytes", filepath.Base(path), n, len(log))
				if err := os.WriteFile(path, damage.do(r, log, n), 0o600); err != nil {
					t.Fatal(err)
				}
				server.Restart()
				client = newClient(server, 1)
				// At most 30 bytes of the log are gone, and no row needs fewer in it.
				written = verifyRows(t, client, max(first, written-1), written)
			}
			server.Stop()
			if out, exit := check(t, data); exit != 0 {
				t.Errorf("stator check exits with %d:\n%s", exit, out)
			}
		})
	}
}

func tailShape() shape {
	return shape{keys: []string{"pk", "sk"}, indexes: []indexShape{{name: "by-colour", hash: "colour"}}}
}

func putRow(t *testing.T, client *dynamodb.Client, n int) {
	t.Helper()
	_, err := client.TransactWriteItems(t.Context(), &dynamodb.TransactWriteItemsInput{TransactItems: []types.TransactWriteItem{
		{Put: &types.Put{TableName: aws.String("Row"), Item: item{"pk": str("row"), "sk": num(n), "colour": str("red")}}},
		{Put: &types.Put{TableName: aws.String("Row"), Item: item{"pk": str("twin"), "sk": num(n), "colour": str("blue")}}},
	}})
	if err != nil {
		t.Fatal(err)
	}
}

// verifyRows wants rows 0 to somewhere from least to most, all with their twins and entries. It returns how many there are.
func verifyRows(t *testing.T, client *dynamodb.Client, least, most int) int {
	t.Helper()
	rows := make(map[string][]string)
	for _, index := range []string{"", "by-colour"} {
		items, err := scan(context.Background(), client, "Row", index)
		if err != nil {
			t.Fatal(err)
		}
		for _, it := range items {
			of := text(it["pk"]) + index
			rows[of] = append(rows[of], text(it["sk"]))
		}
	}
	count := len(rows["row"])
	if count < least || count > most {
		t.Errorf("%d rows are left, want %d to %d", count, least, most)
	}
	var want []string
	for n := range count {
		want = append(want, fmt.Sprint(n))
	}
	slices.Sort(want)
	for _, of := range []string{"row", "twin", "rowby-colour", "twinby-colour"} {
		slices.Sort(rows[of])
		if !slices.Equal(rows[of], want) {
			t.Errorf("%s: %v, want %d without a hole", of, rows[of], count)
		}
	}
	return count
}

// lastLog reads the log that was written last.
func lastLog(t *testing.T, data string) (path string, content []byte) {
	t.Helper()
	logs, err := filepath.Glob(filepath.Join(data, "pebble", "*.log"))
	if err != nil || len(logs) == 0 {
		t.Fatalf("no write-ahead log in %s: %v", data, err)
	}
	slices.SortFunc(logs, func(a, b string) int { // by number; names grow
		if len(a) != len(b) {
			return len(a) - len(b)
		}
		return strings.Compare(a, b)
	})
	path = logs[len(logs)-1]
	content, err = os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return path, content
}

// Damage in the middle of a log is none of a power cut: what follows it was synced, and can't be read any more. A server
// that starts all the same would hide that acknowledged writes are missing. The end of the log cannot tell
// synced from not synced, so the damage is well before it.
func TestDamagedLog(t *testing.T) {
	for _, c := range []struct {
		name   string
		before func(*harness.Server)
	}{
		{"the first log of a folder", func(*harness.Server) {}},
		{"a later log", func(s *harness.Server) { s.Kill(); s.Restart() }},
	} {
		t.Run(c.name, func(t *testing.T) {
			r, data := rng(t), folder(t)
			server := harness.Start(t, "--data", data)
			c.before(server)
			client := newClient(server, 1)
			if err := createTable(t.Context(), client, "Row", tailShape()); err != nil {
				t.Fatal(err)
			}
			const rows = 230 // more would begin another log
			for n := range rows {
				putRow(t, client, n)
			}
			server.Kill()
			path, log := lastLog(t, data)
			at := len(log)/8 + r.IntN(len(log)/4)
			log[at] ^= 0x55
			if err := os.WriteFile(path, log, 0o600); err != nil {
				t.Fatal(err)
			}
			if out, exit := check(t, data); exit == 0 {
				t.Errorf("byte %d of %d of %s is damaged, %d acknowledged items were in it; stator check says\n%s",
					at, len(log), filepath.Base(path), 2*rows, out)
			}
		})
	}
}
