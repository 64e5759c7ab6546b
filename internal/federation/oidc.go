package federation

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/json"
)

// maxToken is the longest WebIdentityToken that STS takes, in bytes.
const maxToken = 20000

// algorithms are what an ID token may be signed with. Symmetric ones and "none" are not among them, so that nobody
// signs with a public key as if it were a secret.
var algorithms = []jose.SignatureAlgorithm{jose.RS256, jose.RS384, jose.RS512, jose.ES256, jose.ES384, jose.ES512}

// Provider is an IAM OpenID Connect provider.
type Provider struct {
	URL         string   // the issuer, as in CreateOpenIDConnectProvider: https://host/path
	ClientIDs   []string // the audiences accepted
	Thumbprints []string // SHA-1 of certificates, 40 hexadecimal digits; see [OIDC]
}

// Options are how an [OIDC] reaches providers.
type Options struct {
	// Transport gives proxy, dialer and trusted authorities (TLSClientConfig.RootCAs; nil is the system's). It is
	// copied. If nil, it is the default transport, which additionally does not connect to link-local and multicast
	// addresses: there is the metadata service of many a cloud.
	Transport *http.Transport
	// Now is the clock; nil is time.Now.
	Now func() time.Time
	// AllowLoopbackHTTP accepts providers at http:// URLs whose host is a loopback address or localhost. It is for
	// tests and for providers behind a proxy on the same machine. Anywhere else, whoever is on the network could put
	// keys of their own in the place of the provider's.
	AllowLoopbackHTTP bool
}

// OIDC verifies ID tokens with the keys that their providers publish. It is safe for concurrent use.
//
// A provider's server is trusted if its certificate verifies with the trusted authorities. If not, it is trusted if
// the last certificate that it sends is one of the provider's thumbprints and its own certificate verifies with that
// as the only authority: a thumbprint alone would prove nothing, since anyone can send a copy of a certificate.
//
// Addresses in private networks are fine: that is where many a provider is. Redirects are not followed, and nothing of
// an answer gets into an error's message, so a provider's URL shows its owner little of the network of the server.
type OIDC struct {
	now       func() time.Time
	transport *http.Transport
	loopback  bool
	cache     keyCache
}

// NewOIDC returns an OIDC with an empty cache.
func NewOIDC(o Options) *OIDC {
	v := &OIDC{now: o.Now, loopback: o.AllowLoopbackHTTP}
	if v.now == nil {
		v.now = time.Now
	}
	if o.Transport != nil {
		v.transport = o.Transport.Clone()
	} else {
		v.transport = defaultTransport()
	}
	v.transport.DisableKeepAlives = true // a provider is asked every few minutes at most
	// HTTP/1.1 alone: the copies of a transport share its HTTP/2 connections, but not whom they trust.
	v.transport.Protocols = new(http.Protocols)
	v.transport.Protocols.SetHTTP1(true)
	v.transport.TLSNextProto = map[string]func(string, *tls.Conn) http.RoundTripper{}
	v.transport.MaxResponseHeaderBytes = maxHeader
	v.cache.entries = make(map[string]*cachedKeys)
	return v
}

// Verify returns what token says, if the provider signed it, for one of its client IDs, and it is valid now. It may
// fetch the provider's keys. The error is an [*Error], or ctx's if ctx ended.
func (o *OIDC) Verify(ctx context.Context, p Provider, token string) (*IDToken, error) {
	if err := o.checkURL(p.URL); err != nil {
		return nil, invalid("The identity provider's URL is not acceptable", err)
	}
	if strings.ContainsAny(p.URL, "?#") { // OpenID Connect Core 1.0, section 1.2: an issuer has neither
		return nil, invalid("The identity provider's URL is not acceptable", nil)
	}
	jws, claims, err := parseToken(token)
	if err != nil {
		return nil, err
	}
	// Fetching keys for a token that says that it is another's would be in vain.
	if claims.Issuer != p.URL {
		return nil, invalid("The token was not issued by the identity provider", nil)
	}
	payload, err := o.verifySignature(ctx, p, jws)
	if err != nil {
		return nil, err
	}
	return readToken(payload, p, o.now())
}

// Peek returns the issuer that token claims, for finding its provider. It proves nothing.
func Peek(token string) (issuer string, err error) {
	_, claims, err := parseToken(token)
	if err != nil {
		return "", err
	}
	return claims.Issuer, nil
}

// parseToken reads a token without verifying it.
func parseToken(token string) (*jose.JSONWebSignature, *claims, error) {
	if len(token) > maxToken {
		return nil, nil, invalid("The ID Token provided is too long", nil)
	}
	jws, err := jose.ParseSignedCompact(token, algorithms)
	if err != nil {
		return nil, nil, invalid(notJWT, err)
	}
	var c claims
	if err := json.Unmarshal(jws.UnsafePayloadWithoutVerification(), &c); err != nil {
		return nil, nil, invalid(notJWT, err)
	}
	if c.Issuer == "" {
		return nil, nil, missing("iss")
	}
	return jws, &c, nil
}

// notJWT is what AWS says of an access token and of anything else that is no ID token.
const notJWT = "The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)"

// checkURL refuses the URLs that nothing is fetched from.
func (o *OIDC) checkURL(raw string) error {
	u, err := url.Parse(raw)
	switch {
	case err != nil:
		return err
	case u.Host == "" || u.User != nil:
		return fmt.Errorf("%q names no server, or a password", u.Redacted())
	case u.Scheme == "https" || u.Scheme == "http" && o.loopback && isLoopback(u.Hostname()):
		return nil
	}
	return fmt.Errorf("%q is not an https URL", raw)
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// verifySignature returns the payload of jws, if one of the provider's keys signed it.
func (o *OIDC) verifySignature(ctx context.Context, p Provider, jws *jose.JSONWebSignature) ([]byte, error) {
	keys, err := o.keys(ctx, p, false)
	if err != nil {
		return nil, err
	}
	if payload, ok := verifyWith(keys, jws); ok {
		return payload, nil
	}
	// The key may be newer than the cache.
	if keys, err = o.keys(ctx, p, true); err != nil {
		return nil, err
	}
	if payload, ok := verifyWith(keys, jws); ok {
		return payload, nil
	}
	kid := jws.Signatures[0].Header.KeyID
	if slices.ContainsFunc(keys, func(k jose.JSONWebKey) bool { return k.KeyID == kid }) {
		return nil, invalid("The token's signature is invalid", nil)
	}
	return nil, invalid(noKey, nil)
}

func verifyWith(keys []jose.JSONWebKey, jws *jose.JSONWebSignature) (payload []byte, ok bool) {
	header := jws.Signatures[0].Header
	for _, k := range keys {
		if header.KeyID != "" && k.KeyID != header.KeyID || k.Algorithm != "" && k.Algorithm != header.Algorithm {
			continue
		}
		if payload, err := jws.Verify(k.Key); err == nil {
			return payload, true
		}
	}
	return nil, false
}
