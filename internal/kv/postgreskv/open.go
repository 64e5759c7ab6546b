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
	err = db.prepare(ctx, c, schema, opts, log)
	if err == nil {
		err = checkLocks(ctx, conf.ConnConfig, c)
	}
	if err = errors.Join(err, c.Close(ctx)); err != nil {
		return nil, failed(err)
	}

	all := statements(pgx.Identifier{schema}.Sanitize())
	conf.AfterConnect = func(ctx context.Context, c *pgx.Conn) error { return makeReady(ctx, c, all, opts.NoSync) }
	// What is lost is noticed when it is used, and replaced then.
	conf.ShouldPing = func(context.Context, pgxpool.ShouldPingParams) bool { return false }
	if db.pool, err = pgxpool.NewWithConfig(ctx, conf); err != nil {
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

// checkLocks finds out whether advisory locks exclude anybody: there are databases that speak PostgreSQL's protocol and
// take them for granted, and poolers that hand the session's locks on to others.
func checkLocks(ctx context.Context, conf *pgx.ConnConfig, holder *pgx.Conn) error {
	key := make([]byte, 8)
	_, _ = rand.Read(key)
	try := func(c *pgx.Conn) (got bool, err error) {
		err = c.QueryRow(ctx, `SELECT pg_try_advisory_lock($1)`, int64(binary.BigEndian.Uint64(key))).Scan(&got)
		return got, err
	}
	got, err := try(holder)
	if err != nil {
		return err
	}
	other, err := pgx.ConnectConfig(ctx, conf)
	if err != nil {
		return err
	}
	defer func() { _ = other.Close(ctx) }()
	stolen, err := try(other)
	if err != nil {
		return err
	}
	if !got || stolen {
		return errors.New("the server's advisory locks exclude nobody, or a pooler shares sessions; it has to pool by session")
	}
	return nil
}
