package portal

import (
	"context"
	"errors"

	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/identity"
	"github.com/statordb/stator/internal/policy"
)

// tokenHeader has the access token in requests to the access portal.
const tokenHeader = "X-Amz-Sso_bearer_token"

// portalCall is a request to the access portal by who has the access token.
func (p *Portal) portalCall(req *awsapi.Request, run func(ctx context.Context, h *holder, family string) (any, error)) *unsigned {
	var h *holder
	var family string
	return &unsigned{
		who: func(ctx context.Context) (who *policy.Principal, err error) {
			if h, family, err = p.bearer(ctx, req.HTTP.Header.Get(tokenHeader)); err != nil {
				return nil, err
			}
			if h == nil {
				return nil, unauthorized()
			}
			return p.principal(ctx, h.User)
		},
		run: func(ctx context.Context) (any, error) { return run(ctx, h, family) },
	}
}

func missing(name string) *awsapi.Error {
	return &awsapi.Error{Code: "InvalidRequestException", Status: 400, Message: "Missing " + name}
}

type roleCredentials struct {
	AccessKeyID     string `json:"accessKeyId"`
	SecretAccessKey string `json:"secretAccessKey"`
	SessionToken    string `json:"sessionToken"`
	// Expiration is in milliseconds since 1970.
	Expiration int64 `json:"expiration"`
}

// getRoleCredentials decodes GetRoleCredentials.
func (p *Portal) getRoleCredentials(req *awsapi.Request) (awsapi.Call, error) {
	account, role := parameter(req, "account_id"), parameter(req, "role_name")
	return p.portalCall(req, func(ctx context.Context, h *holder, _ string) (any, error) {
		switch {
		case role == "":
			return nil, missing("role_name")
		case account == "":
			return nil, missing("account_id")
		}
		made, err := p.Center.RoleCredentials(ctx, h.ID, h.UserName, account, role, h.session.Grant, h.session.Tags...)
		if errors.Is(err, identity.ErrNotAllowed) {
			err = noAccess()
		}
		if err != nil {
			return nil, err
		}
		return struct {
			RoleCredentials roleCredentials `json:"roleCredentials"`
		}{roleCredentials{made.ID, made.Secret, made.SessionToken, made.Expires.UnixMilli()}}, nil
	}), nil
}
