package sources

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sync/singleflight"

	"github.com/statordb/stator/internal/federation"
)

// How providers are reached over HTTP.
const (
	// providerTimeout is for one request.
	providerTimeout = 10 * time.Second
	// maxDocument is the largest answer, in bytes.
	maxDocument = 4 << 20
	// discoveryFor is how long what an OpenID Connect provider says of itself is used.
	discoveryFor = time.Hour
	// askAgain is the least time between two requests for the same document of such a provider: nobody who comes while it is gone, or
	// with tokens of invented keys, turns this server on it.
	askAgain = 5 * time.Second
)

// newClient makes one that follows no redirects, connects to no link-local address (there is the metadata service of many a cloud) unless a
// transport is given, and reads no more than there may be.
func newClient(t *http.Transport) *http.Client {
	if t == nil {
		dialer := &net.Dialer{Timeout: providerTimeout, Control: control}
		t = http.DefaultTransport.(*http.Transport).Clone()
		t.DialContext = dialer.DialContext
	}
	return &http.Client{Transport: bounded{t}, Timeout: providerTimeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// control refuses addresses at which no provider is.
func control(_, address string, _ syscall.RawConn) error {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return err
	}
	if ip := net.ParseIP(host); ip == nil || ip.IsLinkLocalUnicast() || ip.IsMulticast() || ip.IsUnspecified() {
		return fmt.Errorf("no provider is at %s", host)
	}
	return nil
}

// bounded cuts answers off.
type bounded struct{ next http.RoundTripper }

// RoundTrip implements http.RoundTripper.
func (b bounded) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := b.next.RoundTrip(r)
	if err == nil {
		resp.Body = struct {
			io.Reader
			io.Closer
		}{io.LimitReader(resp.Body, maxDocument), resp.Body}
	}
	return resp, err
}

// clientWith is the client that trusts further authorities, PEM, and no others.
func (s *Service) clientWith(ca string) (*http.Client, error) {
	if ca == "" {
		return s.client, nil
	}
	roots, err := authorities(ca)
	if err != nil {
		return nil, err
	}
	t := s.client.Transport.(bounded).next.(*http.Transport).Clone()
	if t.TLSClientConfig == nil {
		t.TLSClientConfig = &tls.Config{MinVersion: tls.VersionTLS12}
	}
	t.TLSClientConfig.RootCAs = roots
	return newClient(t), nil
}

func authorities(ca string) (*x509.CertPool, error) {
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM([]byte(ca)) {
		return nil, errors.New("no certificate in PEM")
	}
	return roots, nil
}

// checkAddress refuses addresses that nothing is fetched from.
func (s *Service) checkAddress(address string) error {
	u, err := url.Parse(address)
	switch {
	case err != nil || u.Host == "" || u.User != nil || u.Fragment != "":
		return errors.New("no URL of a server")
	case u.Scheme == "https" || u.Scheme == "http" && s.AllowLoopbackHTTP && isLoopback(u.Hostname()):
		return nil
	}
	return errors.New("no https URL")
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// fetch gets a document.
func (s *Service) fetch(ctx context.Context, address string) ([]byte, error) {
	if err := s.checkAddress(address); err != nil {
		return nil, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, err
	}
	resp, err := s.client.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("the answer is %s", resp.Status)
	}
	return io.ReadAll(resp.Body)
}

// providers remembers what providers say of themselves: of the configuration that is in use, there is one.
type providers struct {
	mu     sync.Mutex
	saml   string // the digest of the document, with the certificates
	parsed *federation.Metadata
	oidc   *discovered
	flight singleflight.Group
}

// metadata reads the document of a SAML provider, with the further certificates.
func (p *providers) metadata(c *configuration) (*federation.Metadata, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	name := digest(c.ID + c.Updated.String() + c.SAML.Metadata)
	if p.saml == name {
		return p.parsed, nil
	}
	m, err := federation.ParseMetadata([]byte(c.SAML.Metadata))
	if err != nil {
		return nil, err
	}
	for _, der := range c.SAML.Certificates {
		if err := m.AddCertificate(der); err != nil {
			return nil, err
		}
	}
	p.saml, p.parsed = name, m
	return m, nil
}
