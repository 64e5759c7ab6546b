package federation

import (
	"context"
	"crypto/sha1"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/go-jose/go-jose/v4"
)

const (
	// discoveryPath is from OpenID Connect Discovery 1.0, section 4.
	discoveryPath = "/.well-known/openid-configuration"
	// fetchTimeout is for discovery and keys together. AWS waits as long ("How can I resolve the AWS STS
	// AssumeRoleWithWebIdentity API call error InvalidIdentityToken", AWS re:Post).
	fetchTimeout = 5 * time.Second
	// maxDocument is the most bytes read of a discovery document or JWK Set: room for maxKeys with certificates.
	maxDocument = 1 << 20
	maxHeader   = 64 << 10 // bytes
)

// errThumbprint is worded as AWS words it.
var errThumbprint = errors.New("OpenIDConnect provider's HTTPS certificate doesn't match configured thumbprint")

// fetchKeys asks the provider where its keys are, and for the keys.
func (o *OIDC) fetchKeys(ctx context.Context, p Provider) (keys []jose.JSONWebKey, err error) {
	// It runs in a goroutine of its own, where a panic over what a provider sent would end the server.
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("panic: %v", r)
		}
	}()
	ctx, cancel := context.WithTimeout(ctx, fetchTimeout)
	defer cancel()
	doc, err := o.fetch(ctx, p, strings.TrimSuffix(p.URL, "/")+discoveryPath)
	if err != nil {
		return nil, err
	}
	var discovery struct {
		Issuer  string `json:"issuer"`
		JWKSURI string `json:"jwks_uri"`
	}
	if err := json.Unmarshal(doc, &discovery); err != nil {
		return nil, fmt.Errorf("discovery document: %w", err)
	}
	// Discovery 1.0, section 4.3: else one provider on a host could name another's keys as its own.
	if discovery.Issuer != p.URL {
		return nil, fmt.Errorf("discovery document of %q names the issuer %q", p.URL, discovery.Issuer)
	}
	if doc, err = o.fetch(ctx, p, discovery.JWKSURI); err != nil {
		return nil, err
	}
	return parseKeys(doc)
}

// fetch gets one document.
func (o *OIDC) fetch(ctx context.Context, p Provider, address string) ([]byte, error) {
	if err := o.checkURL(address); err != nil {
		return nil, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Accept", "application/json")
	client := &http.Client{
		Transport: o.transportFor(p, req.URL),
		// A redirect is then an answer like any other, but not the one wanted.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	resp, err := client.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s answers %s", address, resp.Status)
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxDocument+1))
	if err != nil {
		return nil, err
	}
	if len(body) > maxDocument {
		return nil, fmt.Errorf("%s answers with more than %d bytes", address, maxDocument)
	}
	return body, nil
}

// transportFor returns a transport for one request to u: whom to trust depends on the provider.
func (o *OIDC) transportFor(p Provider, u *url.URL) *http.Transport {
	t := o.transport.Clone()
	if t.TLSClientConfig == nil {
		t.TLSClientConfig = &tls.Config{MinVersion: tls.VersionTLS12}
	}
	t.TLSClientConfig.NextProtos = nil // a transport that was used offers HTTP/2 there: see NewOIDC
	roots := t.TLSClientConfig.RootCAs
	// crypto/tls would end the handshake before the thumbprints are looked at; checkServer does all that it would have
	// done. A proxy that is spoken to over TLS fails here, since it is not u's host.
	t.TLSClientConfig.InsecureSkipVerify = true
	t.TLSClientConfig.VerifyConnection = func(state tls.ConnectionState) error {
		return checkServer(state.PeerCertificates, u.Hostname(), roots, p.Thumbprints, o.now())
	}
	return t
}

// checkServer says whether the server with this chain is host's, as [OIDC] describes.
func checkServer(chain []*x509.Certificate, host string, roots *x509.CertPool, thumbprints []string, now time.Time) error {
	if len(chain) == 0 {
		return errors.New("no certificate")
	}
	opts := x509.VerifyOptions{DNSName: host, Roots: roots, Intermediates: x509.NewCertPool(), CurrentTime: now}
	for _, c := range chain[1:] {
		opts.Intermediates.AddCert(c)
	}
	_, err := chain[0].Verify(opts)
	if err == nil {
		return nil
	}
	top := chain[len(chain)-1]
	sum := sha1.Sum(top.Raw)
	thumbprint := hex.EncodeToString(sum[:])
	if !slices.ContainsFunc(thumbprints, func(t string) bool { return strings.EqualFold(t, thumbprint) }) {
		return fmt.Errorf("%w: %w", errThumbprint, err)
	}
	opts.Roots = x509.NewCertPool()
	opts.Roots.AddCert(top)
	_, err = chain[0].Verify(opts)
	return err
}

// defaultTransport is http.DefaultTransport with a dialer that stays away from addresses that no provider has.
func defaultTransport() *http.Transport {
	dialer := &net.Dialer{Timeout: fetchTimeout, Control: func(_, address string, _ syscall.RawConn) error {
		host, _, err := net.SplitHostPort(address)
		if err != nil {
			return err
		}
		ip := net.ParseIP(host)
		if ip == nil || ip.IsLinkLocalUnicast() || ip.IsMulticast() || ip.IsUnspecified() {
			return fmt.Errorf("no identity provider is at %s", host)
		}
		return nil
	}}
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.DialContext = dialer.DialContext
	return t
}
