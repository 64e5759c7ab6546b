package postgreskv

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/statordb/stator/internal/kv"
)

// Options configure an engine.
type Options struct {
	// URL is where the database is: postgres://user:password@host:port/database?parameter=value…, with the parameters of libpq
	// and of pgxpool (pool_max_conns is 32 if it is not given), and schema, which is the schema to use; it is stator if it is not
	// given. Several hosts, separated by commas, are tried for the one that takes writes.
	URL string

	// Existing opens a schema that is there, and makes none: without one the error is ErrNone.
	Existing bool

	// NoSync acknowledges changes before they are on disk. Without it Open refuses a server that would do so.
	NoSync bool

	// Logger gets what the engine has to say; nil drops it.
	Logger *slog.Logger
}

// ErrNone: the database has no store, and none was to be made.
var ErrNone = errors.New("there is no such schema with a store")

const (
	defaultSchema      = "stator"
	defaultConnections = 32
	// leastConnections lets calls be made from inside others.
	leastConnections = 4
	// leastVersion is PostgreSQL 14, which is the first that notices a client that is gone.
	leastVersion = 14_00_00
	// migrationLock is the advisory lock of who makes the schema.
	migrationLock = 0x5374_6174_6f72
)

// lockLife is how long a transaction with locks may say nothing before the server ends it, and viewLife how long one that
// only reads may. A client that stopped, or was cut off, keeps nobody waiting for longer.
const (
	lockLife = "10s"
	viewLife = "5min"
)

// settings of every connection. Plans must not depend on how many rows there seem to be: every statement has one good plan, by
// the primary key.
var settings = [][2]string{
	{"default_transaction_isolation", "read committed"},
	{"statement_timeout", "60s"},
	{"lock_timeout", "0"},
	{"idle_in_transaction_session_timeout", viewLife},
	{"client_connection_check_interval", "5s"},
	{"tcp_keepalives_idle", "10"},
	{"tcp_keepalives_interval", "5"},
	{"tcp_keepalives_count", "3"},
	{"tcp_user_timeout", "25s"},
	{"plan_cache_mode", "force_generic_plan"},
	{"jit", "off"},
	{"enable_seqscan", "off"},
	{"enable_bitmapscan", "off"},
	{"enable_hashjoin", "off"},
	{"enable_mergejoin", "off"},
	{"enable_sort", "off"},
	{"max_parallel_workers_per_gather", "0"},
}

// Open opens the engine in a database, and makes its schema if need be. Any number of processes can have it open.
func Open(ctx context.Context, opts Options) (*DB, error) {
	conf, schema, err := parse(opts.URL)
	if err != nil {
		return nil, err
	}
	log := opts.Logger
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	db := &DB{log: log, gate: kv.NewGate(), turn: newTurns()}
	c, err := pgx.ConnectConfig(ctx, conf.ConnConfig)
	if err != nil {
		return nil, failed(err)
	}
	err = checkSessions(ctx, conf.ConnConfig, c)
	if err == nil {
		err = db.prepare(ctx, c, schema, opts, log)
	}
	if err = errors.Join(err, c.Close(ctx)); err != nil {
		return nil, failed(err)
	}

	all := statements(pgx.Identifier{schema}.Sanitize())
	conf.AfterConnect = func(ctx context.Context, c *pgx.Conn) error { return makeReady(ctx, c, all, opts.NoSync) }
	// What is lost is noticed when it is used, and replaced then.
	conf.ShouldPing = func(context.Context, pgxpool.ShouldPingParams) bool { return false }
	if db.pool, err = newPool(ctx, conf); err != nil {
		return nil, failed(err)
	}
	if err := db.pool.Ping(ctx); err != nil {
		db.pool.Close()
		return nil, failed(err)
	}
	ctx, db.stop = context.WithCancel(context.WithoutCancel(ctx))
	db.sweeper.Go(func() { db.sweep(ctx) })
	return db, nil
}

// parse takes a URL apart. Its errors do not repeat the password.
func parse(text string) (conf *pgxpool.Config, schema string, err error) {
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "postgres" && u.Scheme != "postgresql" {
		return nil, "", errors.New("postgreskv: the URL is like postgres://user:password@host:5432/database?schema=stator")
	}
	q := u.Query()
	schema = defaultSchema
	if q.Has("schema") {
		if schema = q.Get("schema"); schema == "" || len(schema) > 63 {
			return nil, "", errors.New("postgreskv: the schema's name has 1 to 63 bytes")
		}
		q.Del("schema")
	}
	if !q.Has("pool_max_conns") {
		q.Set("pool_max_conns", strconv.Itoa(defaultConnections))
	}
	if !q.Has("target_session_attrs") {
		q.Set("target_session_attrs", "read-write")
	}
	if !q.Has("application_name") {
		q.Set("application_name", "stator")
	}
	u.RawQuery = q.Encode()
	if conf, err = pgxpool.ParseConfig(u.String()); err != nil {
		return nil, "", failed(err)
	}
	if conf.ConnConfig.ConnectTimeout == 0 {
		conf.ConnConfig.ConnectTimeout = connectPatience
	}
	conf.ConnConfig.DialFunc = dialer.DialContext
	if conf.MaxConns < leastConnections {
		return nil, "", fmt.Errorf("postgreskv: pool_max_conns is at least %d", leastConnections)
	}
	return conf, schema, nil
}

// makeReady gives a new connection its settings and statements, in one round trip.
func makeReady(ctx context.Context, c *pgx.Conn, all map[string]string, noSync bool) error {
	p := c.PgConn().StartPipeline(ctx)
	set := func(name, value string) {
		p.SendQueryParams(`SELECT set_config($1, $2, false)`, [][]byte{[]byte(name), []byte(value)}, nil, nil, nil)
	}
	for _, s := range settings {
		set(s[0], s[1])
	}
	if noSync {
		set("synchronous_commit", "off")
	}
	for name, sql := range all {
		p.SendPrepare(name, sql, nil)
	}
	if err := p.Sync(); err != nil {
		return err
	}
	return p.Close()
}

// prepare checks the server, and makes the schema if it is not there. Of several processes that do so at once one makes it.
func (db *DB) prepare(ctx context.Context, c *pgx.Conn, schema string, opts Options, log *slog.Logger) error {
	show := func(setting string) (value string) {
		// A server that is compatible with PostgreSQL may not have all of them.
		_ = c.QueryRow(ctx, `SELECT coalesce(current_setting($1, true), '')`, setting).Scan(&value)
		return value
	}
	if version, _ := strconv.Atoi(show("server_version_num")); version < leastVersion {
		return fmt.Errorf("the server has version %s; PostgreSQL 14 is the oldest that will do", show("server_version"))
	}
	if !opts.NoSync {
		for _, setting := range []string{"synchronous_commit", "fsync"} {
			if show(setting) == "off" {
				return fmt.Errorf("the server has %s = off, so that a crash would lose acknowledged changes", setting)
			}
		}
	}
	if show("full_page_writes") == "off" {
		log.Warn("storage: the server has full_page_writes = off: unless its disk writes pages as a whole, a crash damages them")
	}
	return pgx.BeginFunc(ctx, c, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `SELECT pg_advisory_xact_lock($1)`, int64(migrationLock)); err != nil {
			return err
		}
		quoted := pgx.Identifier{schema}.Sanitize()
		var there bool
		err := tx.QueryRow(ctx, `SELECT EXISTS (SELECT FROM pg_tables WHERE schemaname = $1 AND tablename = 'settings')`, schema).Scan(&there)
		if err != nil {
			return err
		}
		if !there && opts.Existing {
			return ErrNone
		}
		if !there {
			seed := make([]byte, 32)
			_, _ = rand.Read(seed) // never fails
			sql := strings.Replace(fmt.Sprintf(layout, quoted), "$SEED$", `'\x`+hex.EncodeToString(seed)+`'`, 1)
			if _, err := tx.Exec(ctx, sql, pgx.QueryExecModeSimpleProtocol); err != nil {
				return err
			}
		}
		var version int
		if err := tx.QueryRow(ctx, `SELECT version, seed FROM `+quoted+`.settings`).Scan(&version, &db.seed); err != nil {
			return err
		}
		if version != layoutVersion {
			return fmt.Errorf("the schema %s has version %d, this program knows %d", schema, version, layoutVersion)
		}
		return nil
	})
}

// ErrPooler: what is connected to is no session of PostgreSQL's.
var ErrPooler = errors.New("between here and PostgreSQL is a pooler that does not keep to a session for a connection: " +
	"it has to pool by session (pool_mode = session in PgBouncer), or PostgreSQL has to be connected to directly")

// ErrNoLocks: there are databases that speak PostgreSQL's protocol and take advisory locks for granted.
var ErrNoLocks = errors.New("the server's advisory locks exclude nobody")

// checkSessions finds out whether a connection is a session: its locks and settings are its own, and last. Before that it uses nothing
// that would need one.
func checkSessions(ctx context.Context, conf *pgx.ConnConfig, one *pgx.Conn) error {
	two, err := pgx.ConnectConfig(ctx, conf)
	if err != nil {
		return err
	}
	defer func() { _ = two.Close(ctx) }()
	// Whichever session a pooler chooses next, the last one used or the least, it shows: each is asked twice in a row, and after the other.
	var pids [2]string
	conns := [2]*pgx.Conn{one, two}
	for _, i := range []int{0, 0, 1, 0, 1, 1, 0} {
		results, err := conns[i].PgConn().Exec(ctx, `SELECT pg_backend_pid()`).ReadAll()
		if err != nil {
			return err
		}
		if len(results) != 1 || len(results[0].Rows) != 1 || len(results[0].Rows[0]) != 1 {
			return errors.New("the server does not tell which process it is")
		}
		pid := string(results[0].Rows[0][0])
		if pids[i] != "" && pids[i] != pid || pids[1-i] == pid {
			return ErrPooler
		}
		pids[i] = pid
	}
	key := make([]byte, 8)
	_, _ = rand.Read(key) // never fails
	var got [2]bool
	for i, c := range conns {
		if err := c.QueryRow(ctx, `SELECT pg_try_advisory_lock($1)`, int64(binary.BigEndian.Uint64(key))).Scan(&got[i]); err != nil {
			return err
		}
	}
	if !got[0] || got[1] {
		return ErrNoLocks
	}
	return nil
}
