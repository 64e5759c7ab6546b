package main

import (
	"io"
	"net"
	"sync"
	"time"
)

// network is what is between servers and an engine on other machines: what a server sends arrives a round trip's time later,
// and answers at once. It delays and does not narrow: what is sent meanwhile is under way at the same time.
type network struct {
	listener  net.Listener
	to        string
	roundTrip time.Duration

	mu    sync.Mutex
	conns map[net.Conn]struct{}
}

func startNetwork(to string, roundTrip time.Duration) (*network, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	n := &network{listener: listener, to: to, roundTrip: roundTrip, conns: map[net.Conn]struct{}{}}
	go func() {
		for {
			server, err := listener.Accept()
			if err != nil {
				return
			}
			go n.serve(server)
		}
	}()
	return n, nil
}

func (n *network) address() string { return n.listener.Addr().String() }

// close loses all connections.
func (n *network) close() error {
	n.mu.Lock()
	defer n.mu.Unlock()
	for conn := range n.conns {
		_ = conn.Close()
	}
	return n.listener.Close()
}

func (n *network) serve(server net.Conn) {
	engine, err := net.Dial("tcp", n.to)
	if err != nil {
		_ = server.Close()
		return
	}
	n.mu.Lock()
	n.conns[server], n.conns[engine] = struct{}{}, struct{}{}
	n.mu.Unlock()
	defer func() {
		n.mu.Lock()
		defer n.mu.Unlock()
		_, _ = server.Close(), engine.Close()
		delete(n.conns, server)
		delete(n.conns, engine)
	}()
	go func() {
		_, _ = io.Copy(server, engine)
		_ = server.Close() // which ends the other way
	}()
	n.delay(engine, server)
}

// piece is what came at once, and when it is there.
type piece struct {
	bytes []byte
	due   time.Time
}

// delay passes on what one says to the other, until either has no more to say.
func (n *network) delay(to io.Writer, from io.Reader) {
	under := make(chan piece, 64)
	go func() {
		defer close(under)
		for buffer := make([]byte, 64<<10); ; {
			size, err := from.Read(buffer)
			if err != nil {
				return
			}
			under <- piece{append([]byte(nil), buffer[:size]...), time.Now().Add(n.roundTrip)}
		}
	}()
	failed := false
	for p := range under {
		if failed {
			continue
		}
		time.Sleep(time.Until(p.due))
		_, err := to.Write(p.bytes)
		failed = err != nil
	}
}
