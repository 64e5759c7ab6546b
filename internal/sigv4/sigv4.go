// Package sigv4 proves who signed a request: it verifies AWS Signature Version 4 in its two forms, the
// Authorization header and the presigned query.
//
// It exists apart from the server so that the one check everything else rests on can be read and tested alone.
// It imports the standard library only. It has no clock, no globals and no HTTP server: the request, its body,
// the look-up of keys and the time are given, so the same input always has the same answer.
//
// The main rule: [Verifier.Verify] does every check itself, skew, expiry and credential scope included, and
// returns an identity only when all of them passed. No caller can forget one, and nothing that it returns was
// taken from a part of the request that the signature does not cover, except the session token, which the
// look-up must compare with the one that the key was issued with.
//
// What is signed is described on AWS's pages "Create a signed AWS API request" and "Elements of an AWS API
// request signature" (IAM User Guide). Errors carry the code, status and message of DynamoDB's own answer.
package sigv4

import (
	"context"
	"sync"
	"time"
)

// MaxSkew is how far the time of a signature may be from the server's, each way, in the header form. A
// presigned request without X-Amz-Expires is valid for as long.
const MaxSkew = 15 * time.Minute

// MaxExpires is the longest validity of a presigned request, a week, as on the page "Authenticating Requests:
// Using Query Parameters (AWS Signature Version 4)" of the S3 API Reference.
const MaxExpires = 7 * 24 * time.Hour

// Credential is what a request says about its signer: the Credential element and the session token. As a part
// of an [Identity] it is proven; from [Claimed] it is only a claim.
type Credential struct {
	AccessKeyID  string
	Date         string // yyyymmdd, as in the scope
	Region       string
	Service      string
	SessionToken string // empty for a long-term key
}

// Identity is the outcome of a successful verification.
type Identity[P any] struct {
	Credential
	Principal P // what the look-up said of the key
}

// Key is what a [Lookup] knows of an access key.
type Key[P any] struct {
	Secret    string
	Principal P // handed through to the Identity
}

// Lookup finds the secret of an access key. The session token comes along because it decides, with the key,
// whether temporary credentials are good: the signature need not cover it, so the look-up compares it with the
// one issued.
//
// It returns [ErrUnknownKey] if there is no such key or it is inactive, [ErrInvalidToken] if the token is not
// that key's, and [ErrExpiredToken] if the credentials have expired. Verify returns any error as it is. A key
// with an empty secret is taken as unknown.
//
// It is called once per request and is not cached here: a key that it no longer knows is refused at once.
type Lookup[P any] func(ctx context.Context, accessKeyID, sessionToken string) (Key[P], error)

// Verifier verifies requests. It is safe for concurrent use.
type Verifier[P any] struct {
	lookup  Lookup[P]
	keys    keyCache
	scratch sync.Pool // of *scratch
}

// New returns a Verifier that finds keys with lookup.
func New[P any](lookup Lookup[P]) *Verifier[P] {
	v := &Verifier[P]{lookup: lookup, scratch: sync.Pool{New: func() any { return &scratch{digest: newDigest()} }}}
	v.keys.init()
	return v
}
