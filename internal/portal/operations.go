package portal

import (
	"context"
	"encoding/json"
	"time"

	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/policy"
)

// The services: their operations are not signed, but for those that an application makes with its own credentials.
const (
	oauthService  = "sso-oauth"
	portalService = "sso"
	signInService = "signin"
)

// Operations returns every operation of the OpenID Connect API of IAM Identity Center, of the API of its access portal, and of
// the sign-in service. One without Decode is not there yet.
func (p *Portal) Operations() []awsapi.Operation {
	op := func(service, name, path string, decode func(*awsapi.Request) (awsapi.Call, error)) awsapi.Operation {
		return awsapi.Operation{Service: service, Name: name, Path: path, Decode: decode, Unsigned: true}
	}
	return []awsapi.Operation{
		op(oauthService, "CreateToken", "POST /token", p.createToken),
		{Service: oauthService, Name: "CreateTokenWithIAM", Path: "POST /token?aws_iam=t", Decode: p.createTokenWithIAM},
		op(oauthService, "RegisterClient", "POST /client/register", p.registerClient),
		op(oauthService, "StartDeviceAuthorization", "POST /device_authorization", p.startDeviceAuthorization),

		op(portalService, "GetRoleCredentials", "GET /federation/credentials", p.getRoleCredentials),
		op(portalService, "ListAccountRoles", "GET /assignment/roles", p.listAccountRoles),
		op(portalService, "ListAccounts", "GET /assignment/accounts", p.listAccounts),
		op(portalService, "Logout", "POST /logout", p.logout),

		op(signInService, "CreateOAuth2Token", "POST /v1/token", p.createOAuth2Token),
	}
}

// lookup bounds how long Needs may wait for the engine: it has no context.
const lookup = 10 * time.Second

// unsigned is a call that nobody has signed. It needs no permission: what it brings along is its own proof.
type unsigned struct {
	// who finds out who asks, as far as that is known; run does the work and returns the output, nil if there is none.
	who func(context.Context) (*policy.Principal, error)
	run func(context.Context) (any, error)
}

// Authenticate implements awsapi.Claim.
func (c *unsigned) Authenticate(ctx context.Context) (*policy.Principal, error) { return c.who(ctx) }

// Needs implements awsapi.Call.
func (c *unsigned) Needs() []policy.Need { return nil }

// Run implements awsapi.Call.
func (c *unsigned) Run(ctx context.Context, dst []byte) ([]byte, error) {
	out, err := c.run(ctx)
	if err != nil || out == nil {
		return dst, err
	}
	return appendJSON(dst, out)
}

// nobody is who asks for what anybody may have.
func nobody(context.Context) (*policy.Principal, error) {
	return &policy.Principal{Type: policy.Anonymous}, nil
}

func appendJSON(dst []byte, out any) ([]byte, error) {
	body, err := json.Marshal(out)
	return append(dst, body...), err
}

// readOAuth reads the input of an operation of OAuth. What can't be read is an InvalidRequestException.
func readOAuth(req *awsapi.Request, in any) error {
	if err := json.Unmarshal(req.Body, in); err != nil {
		return invalidRequest("Invalid request")
	}
	return nil
}

// parameter is one of the URL, "" if it is not there.
func parameter(req *awsapi.Request, name string) string {
	value, _ := req.Form.Value(name)
	return value
}
