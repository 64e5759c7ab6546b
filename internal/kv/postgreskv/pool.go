package postgreskv

import (
	"context"
	"sync"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
)

// pool is the connections to the server. Other than pgx's it has connections change hands before all their answers are there: who has
// read sends the end of its transaction, and the next one its first statements after that. So a read has a connection for one round trip,
// and not for the one of its end, too.
type pool struct {
	*pgxpool.Pool
	places chan struct{} // one for each connection there may be: who has got one finds a connection, too

	mu    sync.Mutex
	ended []*conn // which are not in Pool
}

// conn is a connection that is not in pgx's pool.
type conn struct {
	*pgxpool.Conn
	// line is where the answers come that who had the connection before did not wait for; nil if there are none.
	line *pgconn.Pipeline
}

func newPool(ctx context.Context, conf *pgxpool.Config) (*pool, error) {
	p, err := pgxpool.NewWithConfig(ctx, conf)
	if err != nil {
		return nil, err
	}
	return &pool{Pool: p, places: make(chan struct{}, conf.MaxConns)}, nil
}

// acquire takes a connection. Whoever does gives it back by release or pass.
func (p *pool) acquire(ctx context.Context) (*conn, error) {
	select {
	case p.places <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if c := p.takeEnded(); c != nil {
		return c, nil
	}
	c, err := p.Acquire(ctx)
	if err != nil {
		<-p.places
		return nil, err
	}
	return &conn{Conn: c}, nil
}

func (p *pool) takeEnded() *conn {
	p.mu.Lock()
	defer p.mu.Unlock()
	last := len(p.ended) - 1
	if last < 0 {
		return nil
	}
	c := p.ended[last]
	p.ended = p.ended[:last]
	return c
}

// release gives a connection back, of whose answers none is missing.
func (p *pool) release(c *conn) {
	c.settle()
	c.Release()
	<-p.places
}

// pass sends the last call of a transaction and gives the connection to whoever comes next.
func (p *pool) pass(c *conn, last call) {
	if c.line == nil && !c.Conn.Conn().IsClosed() {
		c.line = c.Conn.Conn().PgConn().StartPipeline(context.Background())
		c.line.SendQueryPrepared(last.name, last.params, binaryFormat, binaryFormat)
		if c.line.Sync() == nil {
			p.mu.Lock()
			p.ended = append(p.ended, c)
			p.mu.Unlock()
			<-p.places
			return
		}
	}
	p.release(c)
}

// rest has pgx's pool see to the connections that nobody uses: how old they are, and how many it takes.
func (p *pool) rest() {
	for {
		select {
		case p.places <- struct{}{}:
		default:
			return // all are in use
		}
		c := p.takeEnded()
		if c == nil {
			<-p.places
			return
		}
		p.release(c)
	}
}

// Close hides pgx's.
func (p *pool) Close() {
	p.rest()
	p.Pool.Close()
}

// settle reads the answers that are missing.
func (c *conn) settle() {
	if c.line == nil {
		return
	}
	_ = c.Conn.Conn().PgConn().Conn().SetDeadline(time.Now().Add(releaseWait))
	if c.line.Close() != nil {
		c.close()
	} else {
		_ = c.Conn.Conn().PgConn().Conn().SetDeadline(time.Time{})
	}
	c.line = nil
}

// close gives the connection up.
func (c *conn) close() {
	ctx, cancel := context.WithTimeout(context.Background(), releaseWait)
	defer cancel()
	_ = c.Conn.Conn().Close(ctx)
}
