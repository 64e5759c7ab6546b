package postgreskv

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/statordb/stator/internal/kv"
)

// call is a prepared statement to be run.
type call struct {
	name   string
	params [][]byte
	row    func(values [][]byte) error // takes a row, whose slices are valid during the call; nil if there is none to take
	done   func()                      // called when the statement has come to its end without an error
}

// flushAt is how many bytes are collected before they are sent.
const flushAt = 1 << 20

var binaryFormat = []int16{1}

// exchange sends all calls at once and reads what they return: one round trip. At the first error the server skips the calls
// that are left, and that error is returned. A connection whose context ended is lost.
func exchange(ctx context.Context, c *conn, calls ...call) (err error) {
	if err := ctx.Err(); err != nil {
		return err
	}
	socket := c.Conn.Conn().PgConn().Conn()
	stop := context.AfterFunc(ctx, func() { _ = socket.SetDeadline(time.Unix(1, 0)) })
	defer func() {
		if !stop() { // its deadline may come yet
			c.close()
		}
	}()
	p, before := c.line, c.line != nil
	if !before {
		p = c.Conn.Conn().PgConn().StartPipeline(context.Background())
	}
	c.line = nil
	// Close reads what is left, up to the answer to Sync, and repeats the error that was met.
	defer func() { err = cmp.Or(err, p.Close()) }()
	size := 0
	for _, x := range calls {
		p.SendQueryPrepared(x.name, x.params, binaryFormat, binaryFormat)
		for _, v := range x.params {
			size += len(v)
		}
		if size > flushAt {
			size = 0
			if err := p.Flush(); err != nil {
				return err
			}
		}
	}
	if err := p.Sync(); err != nil {
		return err
	}
	if before {
		if err := receive(p, []call{{}}); err != nil {
			return err
		}
		if _, err := p.GetResults(); err != nil { // the answer to its Sync
			return err
		}
	}
	return receive(p, calls)
}

func receive(p *pgconn.Pipeline, calls []call) error {
	for _, x := range calls {
		result, err := p.GetResults()
		if err != nil {
			return err
		}
		rows, ok := result.(*pgconn.ResultReader)
		if !ok {
			return fmt.Errorf("%s: the answer is a %T", x.name, result)
		}
		var refused error
		for rows.NextRow() {
			if x.row != nil && refused == nil {
				refused = x.row(rows.Values())
			}
		}
		if _, err := rows.Close(); err != nil {
			return err
		}
		if refused != nil {
			return refused
		}
		if x.done != nil {
			x.done()
		}
	}
	return nil
}

// patience is how long a server may be away, as while it restarts or a replica takes over, before calls fail.
const patience = 30 * time.Second

// acquire takes a connection from the pool. It waits for a server that is not there.
func (db *DB) acquire(ctx context.Context) (*conn, error) {
	for begun := time.Now(); ; {
		c, err := db.pool.acquire(ctx)
		switch {
		case err == nil:
			return c, nil
		case ctx.Err() != nil:
			return nil, ctx.Err()
		case !connectionFailed(err) || time.Since(begun) > patience:
			return nil, fmt.Errorf("postgreskv: %w", err)
		}
		if err := pause(ctx, 50*time.Millisecond, 250*time.Millisecond); err != nil {
			return nil, err
		}
	}
}

// pause waits a random time.
func pause(ctx context.Context, least, most time.Duration) error {
	timer := time.NewTimer(least + rand.N(most-least))
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// once runs calls that may be run again on a connection of their own, each a transaction by itself or all of them one.
// If the connection was lost, it takes another one.
func (db *DB) once(ctx context.Context, calls func() []call) error {
	return db.persist(ctx, func(c *conn) error {
		defer db.pool.release(c)
		return exchange(ctx, c, calls()...)
	})
}

// persist runs attempt with a connection, which becomes attempt's, until it does not lose it.
func (db *DB) persist(ctx context.Context, attempt func(c *conn) error) error {
	for begun := time.Now(); ; {
		c, err := db.acquire(ctx)
		if err != nil {
			return err
		}
		err = attempt(c)
		if err == nil {
			return nil
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if !interrupted(err) || time.Since(begun) > patience {
			return failed(err)
		}
		if err := pause(ctx, time.Millisecond, 20*time.Millisecond); err != nil {
			return err
		}
	}
}

// release gives a connection back after the calls that end what it is in the middle of.
func (db *DB) release(c *conn, calls ...call) {
	if !c.Conn.Conn().IsClosed() {
		ctx, cancel := context.WithTimeout(context.Background(), releaseWait)
		defer cancel()
		if err := exchange(ctx, c, calls...); err != nil {
			c.close() // the server ends what a closed connection was in
		}
	}
	db.pool.release(c)
}

// releaseWait is how long the end of what is given up is waited for.
const releaseWait = 2 * time.Second

// Errors are told apart by SQLSTATE, https://www.postgresql.org/docs/current/errcodes-appendix.html

func sqlState(err error) string {
	if pg, ok := errors.AsType[*pgconn.PgError](err); ok {
		return pg.Code
	}
	return ""
}

// connectionFailed says whether another connection, or the same a little later, may do better.
func connectionFailed(err error) bool {
	switch code := sqlState(err); code {
	case "": // it did not come from the server
		return true
	case "57P01", "57P02", "57P03", "57P05", // shutting down, crashed, starting up, idle for too long
		"53300", // too many connections
		"25P03", // idle in a transaction for too long
		"25006": // read only: the server became a replica
		return true
	default:
		return code[:2] == "08"
	}
}

// interrupted says whether a transaction failed for a reason that has nothing to do with it, before its commit.
func interrupted(err error) bool {
	return connectionFailed(err) || sqlState(err) == "57014" // canceled, because it waited too long
}

// conflicted says whether a transaction ran into another one.
func conflicted(err error) bool {
	switch sqlState(err) {
	case "40001", "40P01", // serialization failure, deadlock
		"22012", // stmtMustLock
		"55P03", // lock not available
		"53200": // the server has no room for more locks
		return true
	}
	return false
}

func failed(err error) error { return fmt.Errorf("postgreskv: %w", err) }

// conflict is why an attempt has to begin again.
func conflict(cause error) error { return fmt.Errorf("%w: %w", kv.ErrConflict, cause) }
