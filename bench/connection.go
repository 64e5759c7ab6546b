package main

import (
	"context"
	"fmt"
	"net"
	"time"
)

// answerTimeout is how long a server may stay silent before a cell is given up.
const answerTimeout = time.Minute

// connection is one kept-alive TCP connection, used by one goroutine.
type connection struct {
	conn   net.Conn
	reader *answerReader
}

func dial(ctx context.Context, address string) (*connection, error) {
	dialer := net.Dialer{Timeout: answerTimeout}
	conn, err := dialer.DialContext(ctx, "tcp", address)
	if err != nil {
		return nil, err
	}
	return &connection{conn: conn, reader: newAnswerReader(conn)}, nil
}

func (c *connection) exchange(raw []byte) (answer, error) {
	if _, err := c.conn.Write(raw); err != nil {
		return answer{}, err
	}
	return c.reader.read()
}

func (c *connection) close() { _ = c.conn.Close() }

// call signs and sends one request on a connection of its own: for everything that is not measured.
func call(ctx context.Context, s *signer, target, body string) (answer, error) {
	raw, err := s.sign(ctx, target, body, time.Now())
	if err != nil {
		return answer{}, err
	}
	c, err := dial(ctx, s.address)
	if err != nil {
		return answer{}, err
	}
	defer c.close()
	defer context.AfterFunc(ctx, c.close)()
	if err := c.conn.SetDeadline(time.Now().Add(answerTimeout)); err != nil {
		return answer{}, err
	}
	a, err := c.exchange(raw)
	if err != nil {
		return answer{}, fmt.Errorf("%s: %w", target, err)
	}
	return a, nil
}
