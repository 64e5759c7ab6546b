package server

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/identity"
	"github.com/statordb/stator/internal/policy"
	"github.com/statordb/stator/internal/sigv4"
)

// Auth decides who a request is from. IAM and Open make one.
type Auth interface {
	authenticate(r *http.Request, body []byte, now time.Time, services []string) (caller, error)
}

// caller is who a request is from, and what it may do.
type caller struct {
	account, region, arn string
	policies             []*policy.Policy
}

// may returns nil if the caller may do what need says, and otherwise AWS's refusal ("Troubleshoot access denied error
// messages", IAM User Guide).
func (c *caller) may(need policy.Need) error {
	d := policy.Evaluate(c.policies, need)
	if d.Allowed {
		return nil
	}
	message := "User: " + c.arn + " is not authorized to perform: " + need.Action + " on resource: " + need.Resource
	if d.Denied {
		message += " with an explicit deny in an identity-based policy"
	} else {
		message += " because no identity-based policy allows the " + need.Action + " action"
	}
	return &awsapi.Error{Code: "AccessDeniedException", Status: http.StatusBadRequest, Message: message}
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
		}
		return sigv4.Key[*identity.Principal]{Secret: secret, Principal: p}, err
	})}
}

func (a *iam) authenticate(r *http.Request, body []byte, now time.Time, services []string) (caller, error) {
	id, err := a.verifier.Verify(r.Context(), r, body, now, services...)
	if err != nil {
		if bad, ok := err.(*sigv4.Error); ok {
			err = &awsapi.Error{Code: bad.Code, Status: bad.Status, Message: bad.Message}
		}
		return caller{}, err
	}
	p := id.Principal
	return caller{account: p.Account, region: id.Region, arn: p.ARN, policies: p.Policies}, nil
}

// OpenAccount is the account that everything belongs to without authentication.
const OpenAccount = "000000000000"

type open struct {
	region   string
	policies []*policy.Policy
}

// Open believes every request, and lets it do everything. It is for tests. Region is the one of requests that name
// none.
func Open(region string) (Auth, error) {
	all, err := policy.Parse("open", []byte(`{"Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}`))
	return &open{region, []*policy.Policy{all}}, err
}

func (a *open) authenticate(r *http.Request, _ []byte, _ time.Time, _ []string) (caller, error) {
	region := a.region
	if c, err := sigv4.Claimed(r); err == nil && ValidRegion(c.Region) {
		region = c.Region
	}
	return caller{account: OpenAccount, region: region, arn: "arn:aws:iam::" + OpenAccount + ":root", policies: a.policies}, nil
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
