package center

import (
	"maps"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssoadmin"
	"github.com/aws/aws-sdk-go-v2/service/ssoadmin/types"

	"github.com/statordb/stator/internal/awsapi"
)

// The types of grants that have something in them.
const (
	grantCode     = "authorization_code"
	grantRefresh  = "refresh_token"
	grantBearer   = "urn:ietf:params:oauth:grant-type:jwt-bearer"
	grantExchange = "urn:ietf:params:oauth:grant-type:token-exchange"
)

// wireGrant is a grant as the API has it: a union.
type wireGrant struct {
	AuthorizationCode *types.AuthorizationCodeGrant
	JwtBearer         *types.JwtBearerGrant
	RefreshToken      *types.RefreshTokenGrant
	TokenExchange     *types.TokenExchangeGrant
}

// typ is the type of the member that there is, "" if there is not just one.
func (g *wireGrant) typ() (typ string) {
	for name, there := range map[string]bool{grantCode: g.AuthorizationCode != nil, grantBearer: g.JwtBearer != nil,
		grantRefresh: g.RefreshToken != nil, grantExchange: g.TokenExchange != nil} {
		switch {
		case there && typ != "":
			return ""
		case there:
			typ = name
		}
	}
	return typ
}

func (g Grant) show(typ string) *wireGrant {
	switch typ {
	case grantCode:
		return &wireGrant{AuthorizationCode: &types.AuthorizationCodeGrant{RedirectUris: g.RedirectURIs}}
	case grantRefresh:
		return &wireGrant{RefreshToken: &types.RefreshTokenGrant{}}
	case grantExchange:
		return &wireGrant{TokenExchange: &types.TokenExchangeGrant{}}
	}
	bearer := &types.JwtBearerGrant{}
	for _, i := range g.Issuers {
		bearer.AuthorizedTokenIssuers = append(bearer.AuthorizedTokenIssuers, types.AuthorizedTokenIssuer{TrustedTokenIssuerArn: aws.String(i.ARN), AuthorizedAudiences: i.Audiences})
	}
	return &wireGrant{JwtBearer: bearer}
}

// putApplicationGrantInput is the input of PutApplicationGrant, whose grant is a union, which the SDK's type has as an interface.
type putApplicationGrantInput struct {
	ApplicationArn *string
	GrantType      types.GrantType
	Grant          *wireGrant
}

// putApplicationGrant decodes PutApplicationGrant.
func (s *Store) putApplicationGrant(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[putApplicationGrantInput](req, "ApplicationArn", "GrantType", "Grant")
	if err != nil {
		return nil, err
	}
	if in.Grant.typ() != string(in.GrantType) {
		return nil, awsapi.Validation("The Grant has to be of the GrantType " + string(in.GrantType) + ".")
	}
	grant := Grant{}
	if g := in.Grant.AuthorizationCode; g != nil {
		grant.RedirectURIs = g.RedirectUris
	}
	if g := in.Grant.JwtBearer; g != nil {
		for _, i := range g.AuthorizedTokenIssuers {
			grant.Issuers = append(grant.Issuers, AuthorizedIssuer{aws.ToString(i.TrustedTokenIssuerArn), i.AuthorizedAudiences})
		}
	}
	return s.changesApplication(req, "PutApplicationGrant", in.ApplicationArn, nil, func(e *edit, app *applicationRecord) error {
		for _, i := range grant.Issuers {
			if _, err := e.issuer(&i.ARN); err != nil {
				return err
			}
		}
		if app.Grants == nil {
			app.Grants = map[string]Grant{}
		}
		app.Grants[string(in.GrantType)] = grant
		return nil
	})
}

func noGrant(typ types.GrantType) error {
	return missing("The application has no grant of the type " + string(typ) + ".")
}

// getApplicationGrant decodes GetApplicationGrant.
func (s *Store) getApplicationGrant(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[ssoadmin.GetApplicationGrantInput](req, "ApplicationArn", "GrantType")
	if err != nil {
		return nil, err
	}
	return s.readsApplication(req, "GetApplicationGrant", in.ApplicationArn, func(_ *view, app *applicationRecord) (any, error) {
		grant, ok := app.Grants[string(in.GrantType)]
		if !ok {
			return nil, noGrant(in.GrantType)
		}
		return struct{ Grant *wireGrant }{grant.show(string(in.GrantType))}, nil
	})
}

// listApplicationGrants decodes ListApplicationGrants.
func (s *Store) listApplicationGrants(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[ssoadmin.ListApplicationGrantsInput](req, "ApplicationArn")
	if err != nil {
		return nil, err
	}
	return s.readsApplication(req, "ListApplicationGrants", in.ApplicationArn, func(_ *view, app *applicationRecord) (any, error) {
		type item struct {
			GrantType string
			Grant     *wireGrant
		}
		list := []item{}
		for _, typ := range slices.Sorted(maps.Keys(app.Grants)) {
			list = append(list, item{typ, app.Grants[typ].show(typ)})
		}
		return struct{ Grants []item }{list}, nil
	})
}

// deleteApplicationGrant decodes DeleteApplicationGrant.
func (s *Store) deleteApplicationGrant(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[ssoadmin.DeleteApplicationGrantInput](req, "ApplicationArn", "GrantType")
	if err != nil {
		return nil, err
	}
	return s.changesApplication(req, "DeleteApplicationGrant", in.ApplicationArn, nil, func(_ *edit, app *applicationRecord) error {
		if _, ok := app.Grants[string(in.GrantType)]; !ok {
			return noGrant(in.GrantType)
		}
		delete(app.Grants, string(in.GrantType))
		return nil
	})
}

// maxScopes is how many access scopes an application has at the most.
const maxScopes = 10

// putApplicationAccessScope decodes PutApplicationAccessScope.
func (s *Store) putApplicationAccessScope(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[ssoadmin.PutApplicationAccessScopeInput](req, "ApplicationArn", "Scope")
	if err != nil {
		return nil, err
	}
	return s.changesApplication(req, "PutApplicationAccessScope", in.ApplicationArn, nil, func(_ *edit, app *applicationRecord) error {
		if _, there := app.Scopes[*in.Scope]; !there && len(app.Scopes) >= maxScopes {
			return awsapi.Validation("An application has at most 10 access scopes.")
		}
		if app.Scopes == nil {
			app.Scopes = map[string][]string{}
		}
		app.Scopes[*in.Scope] = in.AuthorizedTargets
		return nil
	})
}

func noScope(scope string) error {
	return missing("The application does not have the access scope " + scope + ".")
}

// getApplicationAccessScope decodes GetApplicationAccessScope.
func (s *Store) getApplicationAccessScope(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[ssoadmin.GetApplicationAccessScopeInput](req, "ApplicationArn", "Scope")
	if err != nil {
		return nil, err
	}
	return s.readsApplication(req, "GetApplicationAccessScope", in.ApplicationArn, func(_ *view, app *applicationRecord) (any, error) {
		targets, ok := app.Scopes[*in.Scope]
		if !ok {
			return nil, noScope(*in.Scope)
		}
		return &ssoadmin.GetApplicationAccessScopeOutput{Scope: in.Scope, AuthorizedTargets: targets}, nil
	})
}

// listApplicationAccessScopes decodes ListApplicationAccessScopes.
func (s *Store) listApplicationAccessScopes(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[ssoadmin.ListApplicationAccessScopesInput](req, "ApplicationArn")
	if err != nil {
		return nil, err
	}
	return s.readsApplication(req, "ListApplicationAccessScopes", in.ApplicationArn, func(_ *view, app *applicationRecord) (any, error) {
		var list []types.ScopeDetails
		for scope, targets := range app.Scopes {
			list = append(list, types.ScopeDetails{Scope: aws.String(scope), AuthorizedTargets: targets})
		}
		p, err := pageOf(list, func(d types.ScopeDetails) string { return *d.Scope }, in.NextToken, in.MaxResults)
		if err != nil {
			return nil, err
		}
		return &ssoadmin.ListApplicationAccessScopesOutput{Scopes: p.items, NextToken: p.next}, nil
	})
}

// deleteApplicationAccessScope decodes DeleteApplicationAccessScope.
func (s *Store) deleteApplicationAccessScope(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[ssoadmin.DeleteApplicationAccessScopeInput](req, "ApplicationArn", "Scope")
	if err != nil {
		return nil, err
	}
	return s.changesApplication(req, "DeleteApplicationAccessScope", in.ApplicationArn, nil, func(_ *edit, app *applicationRecord) error {
		if _, ok := app.Scopes[*in.Scope]; !ok {
			return noScope(*in.Scope)
		}
		delete(app.Scopes, *in.Scope)
		return nil
	})
}
