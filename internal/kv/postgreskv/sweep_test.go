package postgreskv

import (
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
	if err := db.sweepOnce(t.Context()); err != nil {
		t.Fatal(err)
	}
	var left int
	if err := db.pool.QueryRow(t.Context(), `SELECT count(*) FROM `+quoted+`.commits`).Scan(&left); err != nil {
		t.Fatal(err)
	}
	if left != 3+1 {
		t.Errorf("%d markers are left, want 4", left)
	}
	sql := strings.NewReplacer("$1", "'"+strings.Repeat("0", 32)+"'", "$2", "1", "$3", "1").Replace(statements(quoted)[stmtSweep])
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
