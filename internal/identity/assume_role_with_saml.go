package identity

import (
	"context"
	"crypto/sha256"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/federation"
	"github.com/statordb/stator/internal/kv"
	"github.com/statordb/stator/internal/policy"
)

// assumeRoleWithSAML decodes AssumeRoleWithSAML: a role for whom a SAML provider of the role's account vouches for.
func (s *Store) assumeRoleWithSAML(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[sts.AssumeRoleWithSAMLInput](req, "RoleArn", "PrincipalArn", "SAMLAssertion")
	if err != nil {
		return nil, err
	}
	var (
		provider  *samlRecord
		assertion *federation.Assertion
	)
	c := &claim{assumption: assumption{arn: *in.RoleArn}}
	c.tokenCall = tokenCall{s: s, req: req, name: "AssumeRoleWithSAML"}
	c.prove = func(ctx context.Context) (_ *policy.Principal, err error) {
		provider, err = c.samlProvider(ctx, *in.PrincipalArn)
		if err != nil {
			return nil, err
		}
		m, err := s.samlMetadata(provider.Metadata)
		if err != nil {
			return nil, federationError(err)
		}
		if assertion, err = m.Verify(*in.SAMLAssertion, federation.SAMLOptions{Now: req.Now, Endpoints: s.samlEndpoints}); err != nil {
			return nil, federationError(err)
		}
		if !slices.Contains(assertion.Roles, federation.RolePair{RoleARN: *in.RoleArn, ProviderARN: *in.PrincipalArn}) {
			return nil, stsDenied("Not authorized to perform sts:AssumeRoleWithSAML")
		}
		c.Name = assertion.RoleSessionName
		keys := policy.MapContext(assertion.ConditionKeys(c.Account, provider.Name))
		return c.vouched(*in.PrincipalArn, keys, assertion.Tags, assertion.TransitiveTagKeys, assertion.SourceIdentity)
	}
	c.prepare = func(v *view) error {
		c.packed, c.late = v.of(c.Account).limit(&c.session, in.Policy, in.PolicyArns)
		return nil
	}
	c.tokenCall.needs = func() []policy.Need { return c.assumption.needs("AssumeRoleWithSAML") }
	c.run = func(v *view) (any, error) {
		//lint:ignore SA1019 clients of all ages read it
		out := &sts.AssumeRoleWithSAMLOutput{PackedPolicySize: c.packed, Audience: aws.String(assertion.Recipient), Issuer: aws.String(assertion.Issuer),
			Subject: aws.String(assertion.Subject), SubjectType: aws.String(assertion.SubjectType),
			NameQualifier: aws.String(assertion.NameQualifier(c.Account, provider.Name))}
		if c.SourceIdentity != "" {
			out.SourceIdentity = aws.String(c.SourceIdentity)
		}
		var err error
		var made issued
		made, out.AssumedRoleUser, err = c.begin(v, samlDuration(in.DurationSeconds, assertion, req.Now), in.MinimumSessionTokenSize)
		out.Credentials, out.SessionTokenSize, out.SessionTokenUtilization = made.Credentials, made.size, made.utilization
		return out, err
	}
	return c, nil
}

// samlMetadata reads a metadata document, or remembers what was read: anyone can ask for a role.
func (s *Store) samlMetadata(document string) (*federation.Metadata, error) {
	sum := sha256.Sum256([]byte(document))
	if m, ok := s.metadata.Get(sum); ok {
		return m, nil
	}
	m, err := federation.ParseMetadata([]byte(document))
	if err == nil {
		s.metadata.Add(sum, m)
	}
	return m, err
}

// samlProvider finds a SAML provider, which is of the role's account.
func (c *claim) samlProvider(ctx context.Context, arn string) (p *samlRecord, err error) {
	err = c.s.db.View(ctx, func(r kv.Reader) (err error) {
		v := c.view(ctx, r).of(c.Account)
		name, ok := v.providerName(samlKind, arn)
		if ok {
			p, err = byName[samlRecord](v, samlKind, name)
		}
		if err == nil && (p == nil || p.arn(v.account, samlKind) != arn) {
			err = badRequest("InvalidIdentityToken", "Specified provider doesn't exist")
		}
		return err
	})
	return p, err
}

// samlDuration is how long a session may be: what was asked for, else what the provider says, and never beyond the end
// of the user's session there (AssumeRoleWithSAML, AWS Security Token Service API Reference).
func samlDuration(asked *int32, a *federation.Assertion, now time.Time) *int32 {
	if asked == nil && a.SessionDuration > 0 {
		asked = aws.Int32(int32(a.SessionDuration / time.Second))
	}
	if a.SessionNotOnOrAfter.IsZero() {
		return asked
	}
	left := int32(min(a.SessionNotOnOrAfter.Sub(now), 12*time.Hour) / time.Second)
	if asked == nil {
		return aws.Int32(min(left, defaultSession))
	}
	return aws.Int32(min(left, *asked))
}
