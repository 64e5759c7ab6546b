package server

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/statordb/stator/internal/identity"
	"github.com/statordb/stator/internal/policy"
	"github.com/statordb/stator/internal/sigv4"
)

// Auth decides who a request is from. IAM and Open make one.
type Auth interface {
	// authenticate returns a *sigv4.Error if the sender can't prove who it is.
	authenticate(r *http.Request, body []byte, now time.Time, services []string) (caller, error)
}

// caller is who a request is from, and what it may do.
type caller struct {
	principal *identity.Principal // nil until it is known
	region    string
	key       string // id of the access key that signed; "" if none did
	// unlimited says that the caller may do everything: there is no authorisation.
	unlimited bool
}

func (c *caller) arn() string {
	if c.principal == nil {
		return ""
	}
	return c.principal.ARN
}

// Directory knows whose an access key is. An *identity.Store is one.
type Directory interface {
	Lookup(ctx context.Context, accessKeyID, sessionToken string) (secret string, p *identity.Principal, err error)
}

type iam struct {
	verifier *sigv4.Verifier[*identity.Principal]
}

// IAM believes a request that is signed with a key of the directory.
func IAM(directory Directory) Auth {
	return &iam{sigv4.New(func(ctx context.Context, id, token string) (sigv4.Key[*identity.Principal], error) {
		secret, p, err := directory.Lookup(ctx, id, token)
		switch {
		case errors.Is(err, identity.ErrUnknownKey):
			err = sigv4.ErrUnknownKey
		case errors.Is(err, identity.ErrInvalidToken):
			err = sigv4.ErrInvalidToken
		case errors.Is(err, identity.ErrExpiredToken):
			err = sigv4.ErrExpiredToken
		}
		return sigv4.Key[*identity.Principal]{Secret: secret, Principal: p}, err
	})}
}

func (a *iam) authenticate(r *http.Request, body []byte, now time.Time, services []string) (caller, error) {
	id, err := a.verifier.Verify(r.Context(), r, body, now, services...)
	return caller{principal: id.Principal, region: id.Region, key: id.AccessKeyID}, err
}

// OpenAccount is the account that everything belongs to without authentication.
const OpenAccount = "000000000000"

type open struct {
	region string
	root   identity.Principal
}

// Open believes every request, and lets it do everything. It is for tests. Region is the one of requests that name
// none.
func Open(region string) Auth {
	return &open{region, identity.Principal{Principal: policy.Principal{
		Type:    policy.Root,
		Account: OpenAccount,
		ARN:     "arn:aws:iam::" + OpenAccount + ":root",
		ID:      OpenAccount, // a root user's id is its account's
	}}}
}

func (a *open) authenticate(r *http.Request, _ []byte, _ time.Time, _ []string) (caller, error) {
	c := caller{principal: &a.root, region: a.region, unlimited: true}
	if claimed, err := sigv4.Claimed(r); err == nil && ValidRegion(claimed.Region) {
		c.region, c.key = claimed.Region, claimed.AccessKeyID
	}
	return c, nil
}

// ValidRegion says whether a name is safe inside an ARN, as sigv4 checks it of signed requests.
func ValidRegion(s string) bool {
	for i := range len(s) {
		switch c := s[i]; {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', c == '-', c == '_':
		default:
			return false
		}
	}
	return s != "" && len(s) <= 64
}
