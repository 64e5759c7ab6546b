package postgreskv_test

import (
	"context"
	"errors"
	"net"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgproto3"

	"github.com/statordb/stator/internal/kv/postgreskv"
	"github.com/statordb/stator/internal/kv/postgreskv/postgrestest"
)

// A pooler that gives a connection another session for each transaction is recognized, whichever it gives, before anything was
// changed; one that keeps to one is not noticed.
func TestPoolers(t *testing.T) {
	t.Parallel()
	s := server(t)
	for _, c := range []struct {
		name     string
		sessions int
		next     func(last int) int // nil: the connection's own
		want     error
	}{
		{"by session", 8, nil, nil},
		{"by transaction, the last used", 2, func(last int) int { return last }, postgreskv.ErrPooler},
		{"by transaction, the least used of two", 2, func(last int) int { return (last + 1) % 2 }, postgreskv.ErrPooler},
		{"by transaction, the least used of three", 3, func(last int) int { return (last + 1) % 3 }, postgreskv.ErrPooler},
	} {
		t.Run(c.name, func(t *testing.T) {
			url := s.URL()
			addr := startPooler(t, url, c.sessions, c.next)
			db, err := postgreskv.Open(t.Context(), postgreskv.Options{URL: postgrestest.Through(url, addr) + "&pool_max_conns=4"})
			if !errors.Is(err, c.want) {
				t.Errorf("%v, want %v", err, c.want)
			}
			if err == nil {
				_ = db.Close()
				return
			}
			if _, err := postgreskv.Open(t.Context(), postgreskv.Options{URL: url, Existing: true}); !errors.Is(err, postgreskv.ErrNone) {
				t.Errorf("the schema was made: %v", err)
			}
		})
	}
}

// startPooler starts a pooler of some sessions with the server, as PgBouncer is one. next chooses the session of a transaction.
func startPooler(t *testing.T, url string, sessions int, next func(last int) int) (addr string) {
	conf, err := pgconn.ParseConfig(postgrestest.Through(url, server(t).Addr))
	if err != nil {
		t.Fatal(err)
	}
	delete(conf.RuntimeParams, "schema")
	var all []*session
	for range sessions {
		c, err := pgconn.ConnectConfig(context.Background(), conf)
		if err != nil {
			t.Fatal(err)
		}
		h, err := c.Hijack()
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = h.Conn.Close() })
		all = append(all, &session{server: h.Frontend})
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = ln.Close() })
	var mu sync.Mutex
	last := 0
	choose := func() *session {
		mu.Lock()
		defer mu.Unlock()
		last = next(last)
		return all[last]
	}
	go func() {
		for i := 0; ; i++ {
			client, err := ln.Accept()
			if err != nil {
				return
			}
			if next == nil {
				own := all[i%len(all)]
				go serve(client, func() *session { return own })
			} else {
				go serve(client, choose)
			}
		}
	}()
	return ln.Addr().String()
}

// session is one with the server.
type session struct {
	mu     sync.Mutex // held for a transaction
	server *pgproto3.Frontend
}

func serve(conn net.Conn, choose func() *session) {
	defer conn.Close()
	client := pgproto3.NewBackend(conn, conn)
	if _, err := client.ReceiveStartupMessage(); err != nil {
		return
	}
	client.Send(&pgproto3.AuthenticationOk{})
	client.Send(&pgproto3.ParameterStatus{Name: "standard_conforming_strings", Value: "on"})
	client.Send(&pgproto3.ParameterStatus{Name: "client_encoding", Value: "UTF8"})
	client.Send(&pgproto3.ReadyForQuery{TxStatus: 'I'})
	if client.Flush() != nil {
		return
	}
	var at *session // of the transaction that the client is in
	defer func() {
		if at != nil {
			at.mu.Unlock()
		}
	}()
	for {
		m, err := client.Receive()
		if err != nil {
			return
		}
		if _, over := m.(*pgproto3.Terminate); over {
			return
		}
		if at == nil {
			at = choose()
			at.mu.Lock()
		}
		at.server.Send(m)
		_, query := m.(*pgproto3.Query)
		_, sync := m.(*pgproto3.Sync)
		if !query && !sync {
			continue
		}
		if at.server.Flush() != nil {
			return
		}
		for {
			answer, err := at.server.Receive()
			if err != nil {
				return
			}
			client.Send(answer)
			ready, ok := answer.(*pgproto3.ReadyForQuery)
			if !ok {
				continue
			}
			if client.Flush() != nil {
				return
			}
			if ready.TxStatus == 'I' {
				at.mu.Unlock()
				at = nil
			}
			break
		}
	}
}
