package identity

import (
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/policy"
)

// The durations of the sessions of users, in seconds (GetSessionToken, AWS Security Token Service API Reference).
const (
	userSession    = 43200
	maxRootSession = 3600
)

// getSessionToken decodes GetSessionToken. It needs no permission: it is there for users to prove who they are.
func (s *Store) getSessionToken(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[sts.GetSessionTokenInput](req)
	if err != nil {
		return nil, err
	}
	if err := longTermCaller(req, "GetSessionToken"); err != nil {
		return nil, err
	}
	t := ownSessionOf(req)
	c := &tokenCall{s: s, req: req, name: "GetSessionToken", serial: in.SerialNumber, code: in.TokenCode}
	c.run = func(v *view) (any, error) {
		t.MFA = c.proven
		t.lasting(req.Now, in.DurationSeconds, userSession)
		t.shortenRoot(req)
		made, err := v.credentials(t, in.MinimumSessionTokenSize)
		return &sts.GetSessionTokenOutput{Credentials: made.Credentials, SessionTokenSize: made.size, SessionTokenUtilization: made.utilization}, err
	}
	return c, nil
}

// ownSessionOf begins a session of the caller, who is a user or the root user.
func ownSessionOf(req *awsapi.Request) *session {
	t := &session{Account: req.Caller.Account}
	if req.Caller.Type == policy.User {
		t.User = req.Caller.ID
	}
	return t
}

// shortenRoot ends sessions of the root user after an hour, whatever was asked for.
func (t *session) shortenRoot(req *awsapi.Request) {
	if req.Caller.Type == policy.Root && t.Expires.Sub(t.Issued).Seconds() > maxRootSession {
		t.lasting(t.Issued, nil, maxRootSession)
	}
}
