package portal

import (
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/statordb/stator/internal/awsapi"
)

// What a client may register with. Its id, which carries all of it, is part of URLs.
const (
	maxClientName = 256
	maxRedirect   = 256
	maxRedirects  = 5
	maxIssuer     = 2048
	maxClient     = 4096
)

type registerClientInput struct {
	ClientName             *string  `json:"clientName"`
	ClientType             *string  `json:"clientType"`
	Scopes                 []string `json:"scopes"`
	RedirectURIs           []string `json:"redirectUris"`
	GrantTypes             []string `json:"grantTypes"`
	IssuerURL              *string  `json:"issuerUrl"`
	EntitledApplicationARN *string  `json:"entitledApplicationArn"`
}

type registerClientOutput struct {
	ClientID              string `json:"clientId"`
	ClientSecret          string `json:"clientSecret"`
	IssuedAt              int64  `json:"clientIdIssuedAt"`
	SecretExpiresAt       int64  `json:"clientSecretExpiresAt"`
	AuthorizationEndpoint string `json:"authorizationEndpoint"`
	TokenEndpoint         string `json:"tokenEndpoint"`
}

// registerClient decodes RegisterClient.
func (p *Portal) registerClient(req *awsapi.Request) (awsapi.Call, error) {
	in := new(registerClientInput)
	if err := readOAuth(req, in); err != nil {
		return nil, err
	}
	if err := in.check(); err != nil {
		return nil, err
	}
	public := p.public(req.Secure, req.Host)
	return &unsigned{nobody, func(context.Context) (any, error) {
		now := p.now()
		expires := now.Add(clientLife)
		id, err := p.sealed(sealedClient, &client{Name: *in.ClientName, Scopes: in.Scopes, Redirects: in.RedirectURIs, Grants: in.GrantTypes, Expires: expires})
		if err != nil {
			return nil, err
		}
		secret, err := p.sealed(sealedClientSecret, &clientSecret{digest(id), expires})
		if err != nil {
			return nil, err
		}
		return &registerClientOutput{id, secret, now.Unix(), expires.Unix(), public + authorizePath, public + "/token"}, nil
	}}, nil
}

func (in *registerClientInput) check() error {
	switch {
	case in.ClientName == nil || strings.TrimSpace(*in.ClientName) == "" || utf8.RuneCountInString(*in.ClientName) > maxClientName:
		return oauthError("InvalidClientMetadataException", "Invalid client name")
	case in.ClientType == nil || *in.ClientType != "public":
		return oauthError("InvalidClientMetadataException", "Invalid client type")
	case in.EntitledApplicationARN != nil:
		return oauthError("InvalidClientMetadataException", "Invalid entitled application")
	case in.IssuerURL != nil && len(*in.IssuerURL) > maxIssuer:
		return invalidRequest("Invalid issuer URL")
	case len(in.RedirectURIs) > maxRedirects:
		return oauthError("InvalidRedirectUriException", "Too many redirect URIs")
	}
	for _, grant := range in.GrantTypes {
		if grant != codeGrant && grant != deviceGrant && grant != refreshGrant {
			return oauthError("UnsupportedGrantTypeException", "Unsupported grant type")
		}
	}
	for _, scope := range in.Scopes {
		if scope != accountScope {
			return oauthError("InvalidScopeException", "Invalid scope")
		}
	}
	for _, redirect := range in.RedirectURIs {
		if _, ok := loopback(redirect); !ok {
			return oauthError("InvalidRedirectUriException", "Invalid redirect URI")
		}
	}
	if slices.Contains(in.GrantTypes, codeGrant) && len(in.RedirectURIs) == 0 {
		return oauthError("InvalidRedirectUriException", "Missing redirect URI")
	}
	slices.Sort(in.Scopes)
	slices.Sort(in.GrantTypes)
	in.Scopes, in.GrantTypes = slices.Compact(in.Scopes), slices.Compact(in.GrantTypes)
	return nil
}
