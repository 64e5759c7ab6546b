package postgreskv

import (
	"fmt"
	"strings"
)

// layout makes the schema %[1]s. It is version 1 of it: whatever changes it makes the next one.
//
//   - entries are the store. A value of more than 2 KB is beside the row, as it is: compressing it would cost more than it
//     saves. Free space in the pages lets an update that changes no key stay in its page, so that it need not touch the index;
//     the table is vacuumed early, because a store changes all the time.
//   - marks are what a transaction leaves behind for the keys of which the rows can't tell (see commit.go). A crash takes them
//     back, and with them everybody who would have looked.
//   - commits has a row for each commit of the last minutes, so that who lost its connection finds out what became of its own;
//     and fences, which tell since when that is so (see sweep).
const layout = `
CREATE SCHEMA IF NOT EXISTS %[1]s;
CREATE TABLE %[1]s.settings (version int NOT NULL, seed bytea NOT NULL);
CREATE TABLE %[1]s.entries (
  head bytea NOT NULL,
  digest bytea NOT NULL,
  rest bytea NOT NULL,
  value bytea
) WITH (fillfactor = 85, autovacuum_vacuum_scale_factor = 0.03, autovacuum_analyze_scale_factor = 0.05,
        autovacuum_vacuum_insert_scale_factor = 0.1, toast.autovacuum_vacuum_scale_factor = 0.05);
ALTER TABLE %[1]s.entries
  ALTER head SET STORAGE PLAIN, ALTER digest SET STORAGE PLAIN, ALTER rest SET STORAGE EXTERNAL, ALTER value SET STORAGE EXTERNAL,
  ADD PRIMARY KEY (head, digest);
CREATE UNLOGGED TABLE %[1]s.marks (bucket int PRIMARY KEY, changes bigint NOT NULL DEFAULT 0)
  WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.1);
CREATE TABLE %[1]s.commits (id uuid PRIMARY KEY, refused boolean NOT NULL)
  WITH (autovacuum_vacuum_scale_factor = 0.1, autovacuum_vacuum_insert_scale_factor = 0.5);
INSERT INTO %[1]s.settings VALUES (1, $SEED$);
`

// layoutVersion is what settings says of layout.
const layoutVersion = 1

// buckets is how many marks there are at most: 2^18 rows are some 20 MB.
const buckets = 1 << 18

// The names of the prepared statements, the same on every connection.
const (
	stmtBeginView    = "begin_view"
	stmtBeginPinned  = "begin_pinned"
	stmtBeginCurrent = "begin_current"
	stmtCommit       = "commit"
	stmtRollback     = "rollback"
	stmtClock        = "clock"
	stmtTime         = "time"
	stmtShare        = "share"
	stmtAlone        = "alone"
	stmtLock         = "lock"
	stmtTryLock      = "try_lock"
	stmtMustLock     = "must_lock"
	stmtUnlock       = "unlock"
	stmtGet          = "get"
	stmtGetMany      = "get_many"
	stmtScan         = "scan"
	stmtScanBack     = "scan_back"
	stmtMark         = "mark"
	stmtTouch        = "touch"
	stmtSet          = "set"
	stmtDelete       = "delete"
	stmtMarker       = "marker"
	stmtOutcome      = "outcome"
	stmtDrop         = "drop"
	stmtFence        = "fence"
	stmtFenced       = "fenced"
	stmtSweep        = "sweep"
)

// statements are all there are, for a schema whose name is quoted.
func statements(schema string) map[string]string {
	const within = `head >= $1::bytea AND (head > $1 OR rest >= $2::bytea) AND head <= $3::bytea AND (head < $3 OR rest < $4::bytea)`
	// The values of a page add up to about $6 bytes: what comes after the first that is over it is not even read.
	const page = `SELECT head, rest, value FROM (
		SELECT head, rest, value, sum(octet_length(value)) OVER (ROWS UNBOUNDED PRECEDING) - octet_length(value) AS before
		FROM (SELECT head, rest, value FROM entries WHERE ` + within + ` ORDER BY head %[1]s, rest %[1]s LIMIT $5::bigint) page
	) sized WHERE before < $6::bigint`
	all := map[string]string{
		stmtBeginView:    `BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY`,
		stmtBeginPinned:  `BEGIN ISOLATION LEVEL REPEATABLE READ READ WRITE`,
		stmtBeginCurrent: `BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE`,
		stmtCommit:       `COMMIT`,
		stmtRollback:     `ROLLBACK`,
		// Microseconds since 1970. Whoever holds locks and says nothing for so long is taken for dead.
		stmtClock: `SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint,
			set_config('idle_in_transaction_session_timeout', '` + lockLife + `', true)`,
		// The same of the transaction's beginning, which is before its snapshot.
		stmtTime:  `SELECT (extract(epoch FROM now()) * 1000000)::bigint`,
		stmtShare: `SELECT pg_advisory_lock_shared($1::bigint)`,
		stmtAlone: `SELECT pg_advisory_lock($1::bigint)`,
		// In the order of the array.
		stmtLock:    `SELECT pg_advisory_lock(h) FROM unnest($1::bigint[]) h`,
		stmtTryLock: `SELECT bool_and(pg_try_advisory_lock(h)) FROM unnest($1::bigint[]) h`,
		// Fails with division_by_zero, so that the statements sent along with it are not run.
		stmtMustLock: `SELECT count(1 / pg_try_advisory_lock(h)::int) FROM unnest($1::bigint[]) h`,
		stmtUnlock:   `SELECT pg_advisory_unlock_all()`,
		stmtGet:      `SELECT value FROM entries WHERE head = $1::bytea AND digest = $2::bytea`,
		stmtGetMany: `SELECT k.n, e.value FROM unnest($1::bytea[], $2::bytea[]) WITH ORDINALITY k(head, digest, n)
			JOIN entries e USING (head, digest)`,
		stmtScan:     fmt.Sprintf(page, "ASC"),
		stmtScanBack: fmt.Sprintf(page, "DESC"),
		stmtMark: `INSERT INTO marks (bucket) SELECT b FROM unnest($1::int[]) b
			ON CONFLICT (bucket) DO UPDATE SET changes = marks.changes + 1`,
		stmtTouch: `INSERT INTO entries (head, digest, rest) SELECT * FROM unnest($1::bytea[], $2::bytea[], $3::bytea[])
			ON CONFLICT (head, digest) DO UPDATE SET value = entries.value`,
		stmtSet: `INSERT INTO entries (head, digest, rest, value) SELECT * FROM unnest($1::bytea[], $2::bytea[], $3::bytea[], $4::bytea[])
			ON CONFLICT (head, digest) DO UPDATE SET value = excluded.value`,
		// With $3 only what touch made.
		stmtDelete: `DELETE FROM entries e USING unnest($1::bytea[], $2::bytea[]) k(head, digest)
			WHERE e.head = k.head AND e.digest = k.digest AND (NOT $3::boolean OR e.value IS NULL)`,
		// Fails with invalid_argument_for_power_function after the time $2, in microseconds since 1970.
		stmtMarker: `INSERT INTO commits (id, refused)
			SELECT $1::uuid, sqrt($2::bigint - extract(epoch FROM clock_timestamp())::float8 * 1000000) < 0`,
		// It writes in any case. So its own commit waits for the replicas that the server waits for, until they have the marker, too.
		stmtOutcome: `INSERT INTO commits (id, refused) VALUES ($1::uuid, true)
			ON CONFLICT (id) DO UPDATE SET refused = commits.refused RETURNING refused`,
		stmtDrop: `WITH piece AS (SELECT ctid AS at, head, rest FROM entries WHERE ` + within + ` ORDER BY head, rest LIMIT $5::bigint),
			gone AS (DELETE FROM entries e USING piece WHERE e.ctid = piece.at)
			SELECT head, rest FROM piece ORDER BY head DESC, rest DESC LIMIT 1`,
		// The first eight bytes of an id are when it was made, in microseconds. A fence is an id after all of those, which ends with
		// the time before which markers may have been removed.
		stmtFence: `WITH fence AS (SELECT (repeat('f', 16) ||
				lpad(to_hex((extract(epoch FROM statement_timestamp()) * 1000000)::bigint - $1::bigint), 16, '0'))::uuid AS id),
			made AS (INSERT INTO commits (id, refused) SELECT id, true FROM fence ON CONFLICT DO NOTHING)
			SELECT id FROM fence`,
		stmtFenced: `SELECT id FROM commits WHERE id >= (repeat('f', 16) || repeat('0', 16))::uuid ORDER BY id DESC LIMIT 1`,
		stmtSweep: `WITH piece AS (SELECT id FROM commits WHERE id > $1::uuid AND id < $2::uuid ORDER BY id LIMIT $3::bigint),
			gone AS (DELETE FROM commits c USING piece WHERE c.id = piece.id)
			SELECT id FROM piece ORDER BY id DESC LIMIT 1`,
	}
	tables := strings.NewReplacer(
		"FROM entries", "FROM "+schema+".entries", "JOIN entries", "JOIN "+schema+".entries", "INTO entries", "INTO "+schema+".entries",
		"FROM commits", "FROM "+schema+".commits", "INTO commits", "INTO "+schema+".commits",
		"INTO marks", "INTO "+schema+".marks")
	for name, sql := range all {
		all[name] = tables.Replace(sql)
	}
	return all
}
