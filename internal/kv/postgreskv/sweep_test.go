package postgreskv

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/statordb/stator/internal/kv"
	"github.com/statordb/stator/internal/kv/postgreskv/postgrestest"
)

// Old markers go, however many there are, and without a look at those that stay.
func TestSweep(t *testing.T) {
	t.Parallel()
	url := postgrestest.Start(t).URL()
	db, err := Open(t.Context(), Options{URL: url})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	_, schema, err := parse(url)
	if err != nil {
		t.Fatal(err)
	}
	quoted := pgx.Identifier{schema}.Sanitize()
	const old = 2*sweepPiece + 1
	now := time.Now()
	for age, n := range map[time.Duration]int{markerLife + time.Minute: old, markerLife - time.Minute: 3} {
		made := now.Add(-age).UnixMicro()
		_, err := db.pool.Exec(t.Context(), `INSERT INTO `+quoted+`.commits
			SELECT (lpad(to_hex($1::bigint), 16, '0') || lpad(to_hex(g), 16, '0'))::uuid, false FROM generate_series(1, $2::int) g`, made, n)
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := db.Update(t.Context(), func(tx kv.Txn) error { return tx.Set([]byte("k"), nil) }); err != nil { // and one now
		t.Fatal(err)
	}
	if err := db.sweepOnce(t.Context(), markerLife); err != nil {
		t.Fatal(err)
	}
	var left int
	if err := db.pool.QueryRow(t.Context(), `SELECT count(*) FROM `+quoted+`.commits`).Scan(&left); err != nil {
		t.Fatal(err)
	}
	if left != 3+1+1 {
		t.Errorf("%d markers are left, want 4 and the fence", left)
	}
	sql := strings.NewReplacer("$1", "'"+strings.Repeat("0", 32)+"'", "$2", "'"+strings.Repeat("f", 32)+"'", "$3", "1").Replace(statements(quoted)[stmtSweep])
	rows, err := db.pool.Query(t.Context(), "EXPLAIN "+sql)
	if err != nil {
		t.Fatal(err)
	}
	plan, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	if text := strings.Join(plan, "\n"); strings.Contains(text, "Seq Scan") || !strings.Contains(text, "Index Cond: ((id >") {
		t.Errorf("the plan reads more than it has to:\n%s", text)
	}
}

// Whatever the clock says: a commit whose marker was removed is not taken for one that never happened.
func TestSweepAhead(t *testing.T) {
	t.Parallel()
	db, err := Open(t.Context(), Options{URL: postgrestest.Start(t).URL()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	lost := errors.New("the connection is gone")
	for _, c := range []struct {
		what  string
		ahead time.Duration // the clock of whoever sweeps, before the outcome is asked for
		there bool
		want  error
	}{
		{"committed", 0, true, nil},
		{"not committed", 0, false, kv.ErrConflict},
		{"committed, and its marker removed", time.Hour, true, kv.ErrUnknownOutcome},
		{"committed after that", 0, true, nil},
		{"not committed after that", 0, false, kv.ErrUnknownOutcome},
	} {
		now := time.Now()
		marker := newMarker(now.UnixMicro())
		if c.there {
			if err := db.once(t.Context(), func() []call {
				return []call{{name: stmtMarker, params: [][]byte{marker, int8Param(now.Add(time.Minute).UnixMicro())}}}
			}); err != nil {
				t.Fatal(err)
			}
		}
		for range 2 {
			if err := db.sweepOnce(t.Context(), markerLife-c.ahead); err != nil {
				t.Fatal(err)
			}
		}
		if err := newTxn(db).resolve(t.Context(), marker, lost); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", c.what, err, c.want)
		}
	}
	var fences int
	if err := db.pool.QueryRow(t.Context(), `SELECT count(*) FROM "test 1".commits WHERE id::text LIKE 'ffffffff%'`).Scan(&fences); err != nil || fences != 1 {
		t.Errorf("%d fences, want the last one: %v", fences, err)
	}
}
