package identity

import (
	"context"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/federation"
	"github.com/statordb/stator/internal/kv"
	"github.com/statordb/stator/internal/policy"
)

// assumeRoleWithWebIdentity decodes AssumeRoleWithWebIdentity: a role for whom an OpenID Connect provider of the role's
// account vouches for.
func (s *Store) assumeRoleWithWebIdentity(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[sts.AssumeRoleWithWebIdentityInput](req, "RoleArn", "RoleSessionName", "WebIdentityToken")
	if err != nil {
		return nil, err
	}
	if in.ProviderId != nil { // it names providers of OAuth 2.0 access tokens, which are AWS's own contracts
		return nil, badRequest("InvalidParameterValue", "Unsupported ProviderId: only OpenID Connect ID tokens are accepted, without a ProviderId.")
	}
	var (
		provider oidcProvider
		token    *federation.IDToken
	)
	c := &claim{assumption: assumption{session: session{Name: *in.RoleSessionName}, arn: *in.RoleArn}}
	c.tokenCall = tokenCall{s: s, req: req, name: "AssumeRoleWithWebIdentity"}
	c.prove = func(ctx context.Context) (_ *policy.Principal, err error) {
		provider, err = c.oidcProvider(ctx, *in.WebIdentityToken)
		if err != nil {
			return nil, err
		}
		if token, err = s.oidc.Verify(ctx, provider.Provider, *in.WebIdentityToken); err != nil {
			return nil, federationError(err)
		}
		return c.vouched(provider.arn, oidcKeys(token), token.Tags, token.TransitiveTagKeys, token.SourceIdentity)
	}
	c.prepare = func(v *view) error {
		c.packed, c.late = v.of(c.Account).limit(&c.session, in.Policy, in.PolicyArns)
		return nil
	}
	c.tokenCall.needs = func() []policy.Need { return c.assumption.needs("AssumeRoleWithWebIdentity") }
	c.run = func(v *view) (any, error) {
		//lint:ignore SA1019 clients of all ages read it
		out := &sts.AssumeRoleWithWebIdentityOutput{PackedPolicySize: c.packed, Provider: aws.String(provider.arn),
			Audience: aws.String(token.Audience), SubjectFromWebIdentityToken: aws.String(token.Subject)}
		if c.SourceIdentity != "" {
			out.SourceIdentity = aws.String(c.SourceIdentity)
		}
		var err error
		var made issued
		made, out.AssumedRoleUser, err = c.begin(v, in.DurationSeconds, in.MinimumSessionTokenSize)
		out.Credentials, out.SessionTokenSize, out.SessionTokenUtilization = made.Credentials, made.size, made.utilization
		return out, err
	}
	return c, nil
}

// oidcProvider is a provider of an account.
type oidcProvider struct {
	federation.Provider
	arn string
}

// oidcProvider finds the provider that a token says it is from.
func (c *claim) oidcProvider(ctx context.Context, token string) (found oidcProvider, err error) {
	issuer, err := federation.Peek(token)
	if err != nil {
		return found, federationError(err)
	}
	err = c.s.db.View(ctx, func(r kv.Reader) error {
		v := c.view(ctx, r).of(c.Account)
		name, _ := strings.CutPrefix(issuer, "https://")
		p, err := byName[oidcRecord](v, oidcKind, name)
		if err != nil {
			return err
		}
		// Names are found in any case, but a path is another provider's in another case.
		if p == nil || p.Name != name {
			return badRequest("InvalidIdentityToken", "No OpenIDConnect provider found in your account for "+issuer)
		}
		found = oidcProvider{federation.Provider{URL: issuer, ClientIDs: p.ClientIDs, Thumbprints: p.Thumbprints}, p.arn(v.account, oidcKind)}
		return nil
	})
	return found, err
}

// oidcKeys are the condition keys of a token ("Available keys for AWS OIDC federation", IAM User Guide).
func oidcKeys(t *federation.IDToken) policy.MapContext {
	keys := policy.MapContext{}
	set := func(key string, values ...string) {
		if len(values) > 0 && values[0] != "" {
			keys[policy.Key(strings.TrimPrefix(t.Issuer, "https://"))+":"+key] = values
		}
	}
	set("aud", t.Audience)
	set("sub", t.Subject)
	set("amr", t.AMR...)
	set("email", t.Email)
	if t.AuthorizedParty != "" {
		set("oaud", t.Audiences...)
	}
	return keys
}
