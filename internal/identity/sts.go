package identity

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sts/types"

	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/kv"
	"github.com/statordb/stator/internal/policy"
)

// stsNamespace is the namespace of the answers of STS.
const stsNamespace = "https://sts.amazonaws.com/doc/2011-06-15/"

// TokenOperations returns every operation of the STS API, in alphabetical order. One without Decode is not there yet.
func (s *Store) TokenOperations() []awsapi.Operation {
	op := func(name string, decode func(*awsapi.Request) (awsapi.Call, error)) awsapi.Operation {
		return awsapi.Operation{Service: "sts", Name: name, Decode: decode}
	}
	unsigned := func(o awsapi.Operation) awsapi.Operation {
		o.Unsigned = true
		return o
	}
	return []awsapi.Operation{
		op("AssumeRole", s.assumeRole),
		unsigned(op("AssumeRoleWithSAML", s.assumeRoleWithSAML)),
		unsigned(op("AssumeRoleWithWebIdentity", s.assumeRoleWithWebIdentity)),
		op("AssumeRoot", nil),
		op("DecodeAuthorizationMessage", s.decodeAuthorizationMessage),
		op("GetAccessKeyInfo", s.getAccessKeyInfo),
		op("GetCallerIdentity", s.getCallerIdentity),
		op("GetDelegatedAccessToken", nil),
		op("GetFederationToken", s.getFederationToken),
		op("GetSessionToken", s.getSessionToken),
		op("GetWebIdentityToken", nil),
	}
}

// tokenCall is a decoded request of the STS API.
type tokenCall struct {
	s    *Store
	req  *awsapi.Request
	name string
	// serial and code are of the caller's MFA device, if the request has them, and proven is when that was shown to be at
	// hand: before prepare is called.
	serial, code *string
	proven       *time.Time
	// prepare looks up what needs and run depend on, once, before the call is authorised. It may be nil. A call that can't
	// be prepared does nothing but fail.
	prepare func(*view) error
	needs   func() []policy.Need
	run     func(*view) (any, error)

	prepared bool
	err      error
	// late is what prepare found wrong that only who is let through may learn, such as that there is no such policy.
	late error
}

// Needs implements awsapi.Call.
func (c *tokenCall) Needs() []policy.Need {
	if !c.prepared {
		c.prepared = true
		c.err = c.lookUp()
	}
	if c.err != nil || c.needs == nil {
		return nil
	}
	return c.needs()
}

func (c *tokenCall) lookUp() (err error) {
	ctx, cancel := context.WithTimeout(context.Background(), lookup)
	defer cancel()
	if c.proven, err = c.s.proveMFA(ctx, c.req.Caller, c.serial, c.code); err != nil || c.prepare == nil {
		return err
	}
	return c.s.db.View(ctx, func(r kv.Reader) error { return c.prepare(c.view(ctx, r)) })
}

// Run implements awsapi.Call.
func (c *tokenCall) Run(ctx context.Context, dst []byte) ([]byte, error) {
	if c.Needs(); c.err != nil || c.late != nil {
		return dst, or(c.err, c.late)
	}
	var out any
	err := c.s.db.View(ctx, func(r kv.Reader) (err error) {
		out, err = c.run(c.view(ctx, r))
		return err
	})
	if err != nil {
		return dst, err
	}
	return awsapi.AppendXML(dst, c.name, stsNamespace, out, c.req.ID), nil
}

func (c *tokenCall) view(ctx context.Context, r kv.Reader) *view {
	return &view{ctx, r, c.s, c.req, c.req.Caller.Account}
}

// issued are new temporary credentials as answers have them.
type issued struct {
	*types.Credentials
	size, utilization *int32 // of the token in bytes, and in per cent of a full one
}

// credentials makes temporary credentials. The token has at least size bytes, if that is not nil.
func (v *view) credentials(t *session, size *int32) (issued, error) {
	key, token, err := v.issue(t, int(aws.ToInt32(size)))
	if errors.Is(err, ErrNoSuchEntity) {
		err = &awsapi.Error{Code: "ServiceUnavailable", Status: http.StatusServiceUnavailable, Message: "There are no accounts."}
	}
	if err == nil && len(token) > maxToken {
		err = badRequest("PackedPolicyTooLarge", "What the session stands for is too large for a session token.")
	}
	return issued{&types.Credentials{AccessKeyId: aws.String(key.ID), SecretAccessKey: aws.String(key.Secret),
		SessionToken: aws.String(token), Expiration: aws.Time(t.Expires)},
		aws.Int32(int32(len(token))), aws.Int32(int32(min(100, len(token)*100/fullToken)))}, err
}

// lasting sets when a session begins and ends. Seconds may be nil for the default.
func (t *session) lasting(now time.Time, seconds *int32, otherwise int32) {
	if seconds != nil {
		otherwise = *seconds
	}
	t.Issued = whole(now)
	t.lastUntil(t.Issued.Add(time.Duration(otherwise) * time.Second))
}

// lastUntil sets when a session ends. One of a person lasts no longer than what it hangs on, so that nobody has to notice when that is over.
func (t *session) lastUntil(end time.Time) {
	t.Expires = end
	if p := t.Person; p != nil && !p.Until.IsZero() && p.Until.Before(end) {
		t.Expires = whole(p.Until)
	}
}

func stsDenied(message string) *awsapi.Error {
	return &awsapi.Error{Code: "AccessDenied", Status: http.StatusForbidden, Message: message}
}

// mayCallIAM refuses the sessions that may not call the IAM API: federated users, and those of GetSessionToken that
// began without an MFA device ("Compare AWS STS credentials", IAM User Guide). "This limitation does not apply to console
// sessions" (GetFederationToken, AWS Security Token Service API Reference).
func mayCallIAM(req *awsapi.Request) error {
	p := req.Caller
	own := p.Type == policy.User || p.Type == policy.Root
	if p.Session != nil && p.Session.Console == "" && (p.Type == policy.FederatedUser || own && p.Session.MFA.IsZero()) {
		return &awsapi.Error{Code: "InvalidClientTokenId", Status: http.StatusForbidden, Message: "The security token included in the request is invalid"}
	}
	return nil
}

// mayCallSTS refuses the sessions of users and of federated users, which may call little of the STS API (as above).
func mayCallSTS(req *awsapi.Request, name string) error {
	if req.Caller.Session != nil && req.Caller.Type != policy.RoleSession {
		return stsDenied("Cannot call " + name + " with session credentials")
	}
	return nil
}

// longTermCaller refuses callers that have temporary credentials.
func longTermCaller(req *awsapi.Request, name string) error {
	if req.Caller.Session != nil {
		return stsDenied("Cannot call " + name + " with session credentials")
	}
	return nil
}
