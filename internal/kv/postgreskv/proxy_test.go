package postgreskv_test

import (
	"bytes"
	"encoding/binary"
	"io"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
)

// proxy stands between an engine and its server, knows what is sent together, and loses connections on demand.
type proxy struct {
	Addr   string
	server string

	mu     sync.Mutex
	groups []string          // the statements that were sent together, "begin_view get"
	used   map[net.Conn]bool // by the groups
	fate   func(group string) fate
}

// fate is what becomes of a connection at a group of statements.
type fate int

const (
	pass       fate = iota
	lost            // the server never gets it
	unanswered      // the server gets it, and its answer is lost
	unhurried       // the server gets it, and its answer comes no sooner than the next group
)

func startProxy(t testing.TB, server string) *proxy {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = ln.Close() })
	p := &proxy{Addr: ln.Addr().String(), server: server, fate: func(string) fate { return pass }}
	go func() {
		for {
			client, err := ln.Accept()
			if err != nil {
				return
			}
			go p.serve(client)
		}
	}()
	return p
}

// decide sets what becomes of groups from now on.
func (p *proxy) decide(f func(group string) fate) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.fate = f
}

// record returns the groups that run sends, without those that nobody waits for, and without the making of connections, whose
// statements have no names yet.
func (p *proxy) record(run func()) []string {
	p.mu.Lock()
	p.groups, p.used = nil, map[net.Conn]bool{}
	p.mu.Unlock()
	run()
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(p.groups), func(g string) bool { return g == "rollback" || strings.TrimSpace(g) == "" })
}

func (p *proxy) serve(client net.Conn) {
	defer client.Close()
	server, err := net.Dial("tcp", p.server)
	if err != nil {
		return
	}
	defer server.Close()
	var mu sync.Mutex
	deaf := false // what the server says is lost
	held := sync.NewCond(&mu)
	hold := false // it waits
	go func() {
		defer client.Close()
		defer server.Close()
		buf := make([]byte, 64<<10)
		for {
			n, err := server.Read(buf)
			mu.Lock()
			for hold {
				held.Wait()
			}
			stop := deaf
			mu.Unlock()
			if err != nil || stop {
				return
			}
			if _, err := client.Write(buf[:n]); err != nil {
				return
			}
		}
	}()
	goOn := func(wait bool) {
		mu.Lock()
		defer mu.Unlock()
		hold = wait
		held.Broadcast()
	}
	defer goOn(false)
	if err := passStartup(client, server); err != nil {
		return
	}
	var unsent bytes.Buffer
	var names []string
	for {
		kind, message, err := readMessage(client)
		if err != nil {
			return
		}
		unsent.Write(message)
		switch kind {
		case 'B':
			_, after, _ := bytes.Cut(message[5:], []byte{0}) // the portal's name
			name, _, _ := bytes.Cut(after, []byte{0})
			names = append(names, string(name))
			continue
		case 'P', 'D', 'E', 'C':
			continue
		case 'S':
			group := strings.Join(names, " ")
			names = nil
			p.mu.Lock()
			p.groups = append(p.groups, group)
			if p.used != nil {
				p.used[client] = true
			}
			f := p.fate
			p.mu.Unlock()
			fate := f(group)
			goOn(fate == unhurried)
			switch fate {
			case lost:
				return
			case unanswered:
				mu.Lock()
				deaf = true
				mu.Unlock()
			}
		}
		if _, err := server.Write(unsent.Bytes()); err != nil {
			return
		}
		unsent.Reset()
	}
}

func passStartup(from io.Reader, to io.Writer) error {
	head := make([]byte, 4)
	if _, err := io.ReadFull(from, head); err != nil {
		return err
	}
	if _, err := to.Write(head); err != nil {
		return err
	}
	_, err := io.CopyN(to, from, int64(binary.BigEndian.Uint32(head))-4)
	return err
}

func readMessage(from io.Reader) (kind byte, message []byte, err error) {
	head := make([]byte, 5)
	if _, err := io.ReadFull(from, head); err != nil {
		return 0, nil, err
	}
	message = make([]byte, 1+binary.BigEndian.Uint32(head[1:]))
	copy(message, head)
	_, err = io.ReadFull(from, message[5:])
	return head[0], message, err
}
