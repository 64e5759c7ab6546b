package sources

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/go-ldap/ldap/v3"
)

// How LDAP servers are reached.
const (
	ldapDialTimeout = 5 * time.Second
	// ldapTimeout is for one answer.
	ldapTimeout = 10 * time.Second
	// maxConnections bounds the connections at a time, and maxIdle those that wait to be used again.
	maxConnections = 16
	maxIdle        = 4
)

// pools has the connections to the servers of the configuration that is in use.
type pools struct {
	mu   sync.Mutex
	name string // the configuration with its time of change
	idle []*ldap.Conn
	// slots has one for each connection that there is.
	slots chan struct{}
	// timeout is ldapTimeout, but in tests.
	timeout time.Duration
}

func (p *pools) init() { p.slots, p.timeout = make(chan struct{}, maxConnections), ldapTimeout }

func (p *pools) close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.drop()
}

// drop closes what waits. The lock is held.
func (p *pools) drop() {
	for _, conn := range p.idle {
		_ = conn.Close()
	}
	p.idle = nil
}

// take returns a connection that waits for this configuration, nil if none does.
func (p *pools) take(name string) *ldap.Conn {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.name != name {
		p.drop()
		p.name = name
	}
	for len(p.idle) > 0 {
		conn := p.idle[len(p.idle)-1]
		if p.idle = p.idle[:len(p.idle)-1]; !conn.IsClosing() {
			return conn
		}
	}
	return nil
}

func (p *pools) give(name string, conn *ldap.Conn) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.name != name || len(p.idle) >= maxIdle || conn.IsClosing() {
		_ = conn.Close()
		return
	}
	p.idle = append(p.idle, conn)
}

// errUnreachable is for a directory that does not answer.
var errUnreachable = errors.New("the directory can't be reached")

// slot waits until there may be another connection.
func (p *pools) slot(ctx context.Context) error {
	select {
	case p.slots <- struct{}{}:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("%w: too many connections: %w", errUnreachable, ctx.Err())
	}
}

// withLDAP runs fn with a connection that is bound as the configuration's own user. If one that has waited turns out to be dead, fn is
// run again with a new one.
func (s *Service) withLDAP(ctx context.Context, c *configuration, fn func(*ldap.Conn) error) error {
	wait, cancel := context.WithTimeout(ctx, s.pools.timeout)
	defer cancel()
	if err := s.pools.slot(wait); err != nil {
		return err
	}
	defer func() { <-s.pools.slots }()
	name := c.ID + c.Updated.String()
	if conn := s.pools.take(name); conn != nil {
		err := s.using(ctx, name, conn, fn)
		if !errors.Is(err, errUnreachable) {
			return err
		}
	}
	conn, err := s.dialLDAP(ctx, c)
	if err != nil {
		return err
	}
	if err := s.bindSelf(conn, c); err != nil {
		_ = conn.Close()
		return err
	}
	return s.using(ctx, name, conn, fn)
}

func (s *Service) bindSelf(conn *ldap.Conn, c *configuration) error {
	if c.LDAP.BindDN == "" {
		return unreachable(conn.UnauthenticatedBind(""))
	}
	password, err := s.Unseal(c.LDAP.Password, secretName(c.ID))
	if err != nil {
		return err
	}
	if err := conn.Bind(c.LDAP.BindDN, string(password)); err != nil {
		return fmt.Errorf("bind as %s: %w", c.LDAP.BindDN, unreachable(err))
	}
	return nil
}

func (s *Service) using(ctx context.Context, name string, conn *ldap.Conn, fn func(*ldap.Conn) error) error {
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
	defer stop()
	err := unreachable(fn(conn))
	if errors.Is(err, errUnreachable) {
		_ = conn.Close()
		return err
	}
	s.pools.give(name, conn)
	return err
}

// unreachable tells what the network has done from what the server has answered.
func unreachable(err error) error {
	e, ok := errors.AsType[*ldap.Error](err)
	if ok && (e.ResultCode >= ldap.ErrorNetwork || e.ResultCode == ldap.LDAPResultBusy || e.ResultCode == ldap.LDAPResultUnavailable ||
		e.ResultCode == ldap.LDAPResultTimeLimitExceeded || e.ResultCode == ldap.LDAPResultTimeout || e.ResultCode == ldap.LDAPResultServerDown) {
		return fmt.Errorf("%w: %w", errUnreachable, err)
	}
	return err
}

// dialLDAP connects to the first server that answers, with TLS. The connection is nobody's yet.
func (s *Service) dialLDAP(ctx context.Context, c *configuration) (*ldap.Conn, error) {
	var all error
	for _, address := range c.LDAP.URLs {
		conn, err := s.dialOne(ctx, c, address)
		if err == nil {
			return conn, nil
		}
		all = errors.Join(all, fmt.Errorf("%s: %w", address, err))
	}
	return nil, fmt.Errorf("%w: %w", errUnreachable, all)
}

func (s *Service) dialOne(ctx context.Context, c *configuration, address string) (*ldap.Conn, error) {
	u, err := url.Parse(address)
	if err != nil {
		return nil, err
	}
	// What was fine when the configuration was made may not be any more.
	if err := s.checkLDAP(u, c.LDAP.StartTLS); err != nil {
		return nil, err
	}
	config := &tls.Config{ServerName: u.Hostname(), MinVersion: tls.VersionTLS12}
	if c.LDAP.CA != "" {
		if config.RootCAs, err = authorities(c.LDAP.CA); err != nil {
			return nil, err
		}
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	dialer := &net.Dialer{Timeout: ldapDialTimeout, Control: control}
	conn, err := ldap.DialURL(address, ldap.DialWithDialer(dialer), ldap.DialWithTLSConfig(config))
	if err != nil {
		return nil, err
	}
	conn.SetTimeout(s.pools.timeout)
	if u.Scheme == "ldap" && c.LDAP.StartTLS {
		if err := conn.StartTLS(config); err != nil {
			_ = conn.Close()
			return nil, err
		}
	}
	return conn, nil
}

// checkLDAP refuses addresses of servers: passwords are sent to them, and never without TLS, but on this machine if that is allowed.
func (s *Service) checkLDAP(u *url.URL, startTLS bool) error {
	switch {
	case u.Host == "" || u.User != nil || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "":
		return errors.New("no URL of an LDAP server, such as ldaps://ad.example.com")
	case u.Scheme == "ldaps", u.Scheme == "ldap" && startTLS, u.Scheme == "ldap" && s.AllowLoopbackHTTP && isLoopback(u.Hostname()):
		return nil
	case u.Scheme == "ldap":
		return errors.New("an ldap:// server is used with StartTLS only")
	}
	return errors.New("no ldap:// or ldaps:// URL")
}
