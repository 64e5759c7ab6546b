package sigv4

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"net/http"
	"time"
)

// Verify proves who signed a request as Go's server hands it out, or says why that cannot be proven. body is the
// whole body as received. services are the names that the credential scope may have, the first of which is
// named in the refusal of others; none means any.
//
// The error is an [*Error], or whatever the look-up returned.
func (v *Verifier[P]) Verify(ctx context.Context, r *http.Request, body []byte, now time.Time, services ...string) (Identity[P], error) {
	var id Identity[P]
	c, bad := readClaim(r)
	if bad != nil {
		return id, bad
	}
	if bad := c.checkDate(now); bad != nil {
		return id, bad
	}
	if !listed(c.signedHeaders, "host") && !listed(c.signedHeaders, ":authority") {
		return id, errNoHost
	}
	if name := unsignedHeader(r.Header, c.signedHeaders); name != "" {
		return id, notSigned(name)
	}
	if c.algorithm != algorithm {
		return id, badAlgorithm(c.algorithm)
	}
	cred, terminator, ok := parseCredential(c.credential)
	if !ok {
		return id, badCredential(c.credential)
	}
	if bad := scopeErrors(cred, terminator, services, c.date); bad != nil {
		return id, bad
	}
	cred.SessionToken = c.token
	key, err := v.lookup(ctx, cred.AccessKeyID, cred.SessionToken)
	if err != nil {
		return id, err
	}
	if key.Secret == "" { // anyone can sign with it
		return id, ErrUnknownKey
	}
	if bad := v.checkSignature(&c, cred, key.Secret, r, body); bad != nil {
		return id, bad
	}
	return Identity[P]{Credential: cred, Principal: key.Principal}, nil
}

// Claimed returns what a request says of its signer, without any proof: for servers that run without
// authentication and still need the region. It fails only if the request names no credential at all.
func Claimed(r *http.Request) (Credential, error) {
	c, bad := readClaim(r)
	if bad != nil && c.credential == "" {
		return Credential{}, bad
	}
	cred, _, ok := parseCredential(c.credential)
	if !ok {
		return Credential{}, badCredential(c.credential)
	}
	cred.SessionToken = c.token
	return cred, nil
}

// checkDate checks that now is within the validity of the signature, and leaves the date in the form in which
// it was signed.
func (c *claim) checkDate(now time.Time) *Error {
	signedAt, ok := parseDate(c.date)
	if !ok {
		return badDate(c.date)
	}
	if len(c.date) != len(isoBasic) {
		c.date = stamp(signedAt)
	}
	validity, bad := c.validity()
	switch now := now.Truncate(time.Second); { // signatures know no fractions
	case bad != nil:
		return bad
	case now.Sub(signedAt) > validity:
		return expired(signedAt, now, validity)
	case signedAt.Sub(now) > MaxSkew:
		return notYetCurrent(signedAt, now)
	}
	return nil
}

// scratch is the memory of one check, kept for the next.
type scratch struct {
	text   []byte // the canonical request, then the string to sign
	digest digest
	sum    [sha256.Size]byte
	want   [2 * sha256.Size]byte
	got    [2 * sha256.Size]byte
}

// maxScratch keeps a request with huge headers from pinning memory.
const maxScratch = 64 << 10

func (v *Verifier[P]) checkSignature(c *claim, cred Credential, secret string, r *http.Request, body []byte) *Error {
	if len(c.signature) != 2*sha256.Size {
		return ErrMismatch
	}
	s := v.scratch.Get().(*scratch)
	defer func() {
		if cap(s.text) <= maxScratch {
			v.scratch.Put(s)
		}
	}()
	sc := scope{secret, cred.Date, cred.Region, cred.Service}
	key := v.keys.get(sc)
	cached := key != nil
	if !cached {
		key = derive(sc)
	}
	ok, bad := c.matches(s, key, cred, r, body, "X-Amz-Signature")
	if !ok && bad == nil && c.presigned && c.token != "" {
		// Some services have the token added to the query after signing; AWS's test suite has it both ways.
		ok, bad = c.matches(s, key, cred, r, body, "X-Amz-Signature", "X-Amz-Security-Token")
	}
	switch {
	case bad != nil:
		return bad
	case !ok:
		return ErrMismatch
	case !cached:
		v.keys.put(sc, key)
	}
	return nil
}

// matches computes the signature of the request and compares it, in constant time. drop are the query
// parameters of the presigned form that were not signed.
func (c *claim) matches(s *scratch, key *signingKey, cred Credential, r *http.Request, body []byte, drop ...string) (bool, *Error) {
	if !c.presigned {
		drop = nil
	}
	text, bad := c.appendCanonicalRequest(s.text[:0], r, body, drop...)
	s.text = text
	if bad != nil {
		return false, bad
	}
	s.sum = sha256.Sum256(text)
	text = append(text[:0], algorithm+"\n"...)
	text = append(text, c.date...)
	text = append(text, '\n')
	text = append(text, cred.Date...)
	text = append(text, '/')
	text = append(text, cred.Region...)
	text = append(text, '/')
	text = append(text, cred.Service...)
	text = append(text, "/"+scopeEnd+"\n"...)
	text = hex.AppendEncode(text, s.sum[:])
	s.text = text
	hex.Encode(s.want[:], key.sum(s.sum[:0], s.digest, text))
	copy(s.got[:], c.signature)
	return subtle.ConstantTimeCompare(s.want[:], s.got[:]) == 1, nil
}
