package postgreskv_test

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/statordb/stator/internal/kv/postgreskv/postgrestest"
)

// A commit that waits for its replica and loses its connection there is in the database, but not on the replica: a failover
// would take it back. It is acknowledged when the replica has it, and not before.
func TestLostCommitIsReplicated(t *testing.T) {
	t.Parallel()
	s := postgrestest.Start(t)
	url := s.URL()
	db := open(t, url)
	address, _, _ := strings.Cut(url, "&schema=")
	address, _, _ = strings.Cut(address, "schema=")
	dba, err := pgx.Connect(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = dba.Close(t.Context()) }()
	run := func(sql string) {
		t.Helper()
		if _, err := dba.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	waiting := func() (pid int) {
		err := dba.QueryRow(t.Context(), `SELECT coalesce(min(pid), 0) FROM pg_stat_activity WHERE wait_event = 'SyncRep'`).Scan(&pid)
		if err != nil {
			t.Fatal(err)
		}
		return pid
	}
	run(`SET synchronous_commit = local`)
	run(`ALTER SYSTEM SET synchronous_standby_names = 'replica'`) // which there is none of
	run(`SELECT pg_reload_conf()`)

	done := make(chan error, 1)
	go func() { done <- add(t.Context(), db, "n", 1) }()
	lost := 0
	for lost < 3 { // the commit, and two who ask what became of it
		if pid := waiting(); pid != 0 {
			run(`SELECT pg_terminate_backend(` + strconv.Itoa(pid) + `, 10000)`)
			lost++
		}
		select {
		case err := <-done:
			t.Fatalf("after %d lost connections, with no replica: %v", lost, err)
		case <-time.After(time.Millisecond):
		}
	}
	run(`ALTER SYSTEM RESET synchronous_standby_names`)
	run(`SELECT pg_reload_conf()`)
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	expectNumbers(t, db, map[string]int{"n": 1})
}
