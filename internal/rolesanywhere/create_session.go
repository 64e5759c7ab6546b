package rolesanywhere

import (
	"context"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"net/http"
	"slices"

	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/identity"
	"github.com/statordb/stator/internal/kv"
	"github.com/statordb/stator/internal/policy"
	"github.com/statordb/stator/internal/sigv4"
)

// sessionInput is what CreateSession is asked for ("IAM Roles Anywhere CreateSession API", IAM Roles Anywhere User Guide).
type sessionInput struct {
	Seconds     *int32            `json:"durationSeconds"`
	ProfileARN  *string           `json:"profileArn"`
	RoleARN     *string           `json:"roleArn"`
	AnchorARN   *string           `json:"trustAnchorArn"`
	SessionName *string           `json:"roleSessionName"`
	Properties  map[string]string `json:"instanceProperties"`
}

// sessionNamePattern is that of RoleSessionName in the model of STS.
var sessionNamePattern = awsapi.Regexp(`[\w+=,.@-]*`)

func (in *sessionInput) check() error {
	var bad awsapi.Violations
	for _, member := range []struct {
		name string
		text *string
	}{{"profileArn", in.ProfileARN}, {"roleArn", in.RoleARN}, {"trustAnchorArn", in.AnchorARN}} {
		bad.Required(member.name, member.text != nil)
		bad.Length(member.name, member.text, 1, 1011)
	}
	bad.Pattern("roleArn", in.RoleARN, rolePattern)
	bad.AtLeast("durationSeconds", awsapi.Wide(in.Seconds), 900)
	bad.AtMost("durationSeconds", awsapi.Wide(in.Seconds), 43200)
	bad.Length("roleSessionName", in.SessionName, 2, 64)
	bad.Pattern("roleSessionName", in.SessionName, sessionNamePattern)
	bad.Count("instanceProperties", "{}", len(in.Properties), 0, 50)
	for key, text := range in.Properties {
		bad.Length("instanceProperties."+key+".key", &key, 1, 200)
		bad.Length("instanceProperties."+key+".value", &text, 1, 200)
	}
	return bad.Err(awsapi.ValidationException)
}

// session is a request for a session: a Claim, whose sender is who signed with the key of a certificate that a trust anchor
// vouches for.
type session struct {
	s   *Service
	req *awsapi.Request
	in  *sessionInput

	place       place
	certificate *x509.Certificate
	offer       *identity.RoleOffer
}

// createSession decodes CreateSession. The members that are ARNs may also be in the URL.
func (s *Service) createSession(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[sessionInput](req)
	if err != nil {
		return nil, err
	}
	for name, member := range map[string]**string{"profileArn": &in.ProfileARN, "roleArn": &in.RoleARN, "trustAnchorArn": &in.AnchorARN} {
		if text, ok := req.Form.Value(name); ok && *member == nil {
			*member = &text
		}
	}
	return &session{s: s, req: req, in: in}, nil
}

// Authenticate implements awsapi.Claim. The signature comes first: nobody else learns anything of what is there.
func (c *session) Authenticate(ctx context.Context) (*policy.Principal, error) {
	signer, err := sigv4.VerifyX509(c.req.HTTP, c.req.Body, c.req.Now, service)
	if bad, ok := errors.AsType[*sigv4.Error](err); ok {
		return nil, &awsapi.Error{Code: bad.Code, Status: http.StatusForbidden, Message: bad.Message}
	}
	if err != nil {
		return nil, err
	}
	c.req.Region, c.certificate = signer.Region, signer.Certificate
	if err := c.in.check(); err != nil {
		return nil, err
	}
	anchor, profile, err := c.find(ctx, signer)
	if err == nil {
		err = c.allowed(profile)
	}
	if err == nil {
		c.offer, err = c.ask(ctx, anchor, profile)
	}
	if err != nil {
		if c.place.account != "" && isRefusal(err) { // the certificate is good, and what it asks for is not
			err = errors.Join(c.s.seen(ctx, c.place, c.certificate, c.in.Properties, true), err)
		}
		return nil, err
	}
	return c.offer.Principal(), nil
}

func isRefusal(err error) bool {
	e, ok := errors.AsType[*awsapi.Error](err)
	return ok && e.Status < http.StatusInternalServerError
}

// find finds the trust anchor and the profile, and lets nobody through whom the anchor does not vouch for.
func (c *session) find(ctx context.Context, signer sigv4.Signer) (anchorARN string, profile *profileRecord, err error) {
	at, k, anchorID, ok := parseARN(*c.in.AnchorARN)
	if !ok || k != anchors || at.region != signer.Region {
		return "", nil, validation("The trustAnchorArn is not that of a trust anchor in " + signer.Region + ".")
	}
	of, k, profileID, ok := parseARN(*c.in.ProfileARN)
	if !ok || k != profiles || of != at {
		return "", nil, validation("The profileArn is not that of a profile of the trust anchor's account and region.")
	}
	err = c.s.db.View(ctx, func(r kv.Reader) error {
		anchor, err := read[anchorRecord](ctx, r, at, anchors, anchorID)
		if err != nil {
			return err
		}
		if anchor == nil || !anchor.Enabled {
			return untrusted("the trust anchor is not there, or disabled")
		}
		known, err := authorities(anchor.Bundle)
		if err != nil {
			return awsapi.Internal(err) // it was good when it was stored
		}
		chains, wrong := chainsTo(known, signer.Certificate, signer.Chain, c.req.Now)
		if wrong != "" {
			return untrusted(wrong)
		}
		c.place = at
		lists, err := listsOf(ctx, r, at, *c.in.AnchorARN)
		if err != nil {
			return err
		}
		for _, rec := range lists {
			if !rec.Enabled {
				continue
			}
			list, err := parseList(rec.Data)
			if err != nil {
				return awsapi.Internal(err)
			}
			chains = slices.DeleteFunc(chains, func(chain []*x509.Certificate) bool { return revokedBy(list, chain) })
			if len(chains) == 0 {
				return denied("Certificate revoked")
			}
		}
		profile, err = read[profileRecord](ctx, r, at, profiles, profileID)
		return err
	})
	return *c.in.AnchorARN, profile, err
}

// untrusted begins with AWS's words.
func untrusted(why string) *awsapi.Error { return denied("Untrusted Signing Certificate: " + why) }

// allowed says whether the profile has what is asked for.
func (c *session) allowed(profile *profileRecord) error {
	switch {
	case profile == nil || !profile.Enabled:
		return denied("The profile is not there, or disabled")
	case !slices.Contains(profile.RoleARNs, *c.in.RoleARN):
		return denied("The profile does not have the role " + awsapi.Shown(*c.in.RoleARN))
	case c.in.SessionName != nil && !profile.AcceptRoleSessionName:
		return denied("Not authorized to set roleSessionName.")
	case profile.RequireInstanceProperties && len(c.in.Properties) == 0:
		return validation("The profile requires instanceProperties.")
	}
	return nil
}

// ask asks for the role.
func (c *session) ask(ctx context.Context, anchorARN string, profile *profileRecord) (*identity.RoleOffer, error) {
	tags, unfit := tagsOf(c.certificate, profile.Mappings)
	if len(unfit) > 0 {
		return nil, denied(c.refusal() + ". " + unmapped(unfit))
	}
	ask := identity.RoleRequest{Request: c.req, Service: principal, RoleARN: *c.in.RoleARN, SessionName: serialName(c.certificate),
		SourceIdentity: commonName(c.certificate), Tags: tags, Policy: profile.Policy, PolicyARNs: profile.PolicyARNs, Seconds: profile.Seconds,
		Conditions: policy.MapContext{"aws:sourcearn": {anchorARN}, "aws:sourceaccount": {c.place.account}}}
	if c.in.SessionName != nil {
		ask.SessionName = *c.in.SessionName
	}
	if c.in.Seconds != nil {
		ask.Seconds = min(ask.Seconds, *c.in.Seconds)
	}
	offer, err := c.s.roles.OfferRole(ctx, ask)
	if e, ok := errors.AsType[*awsapi.Error](err); ok && e.Status < http.StatusInternalServerError {
		return nil, denied(c.refusal() + ". " + e.Message)
	}
	return offer, err
}

func (c *session) refusal() string { return "Unable to assume role for " + awsapi.Shown(*c.in.RoleARN) }

// serialName is the name of a session if the client gives none: the serial number of the certificate in hex.
func serialName(c *x509.Certificate) string {
	return hex.EncodeToString(c.SerialNumber.FillBytes(make([]byte, max(1, (c.SerialNumber.BitLen()+7)/8))))
}

// commonName is the source identity of a certificate's sessions: the common name of its subject. One that can't be a source
// identity, because of its length or of a letter, is left out rather than changed into what may be another's.
func commonName(c *x509.Certificate) string {
	if n := len(c.Subject.CommonName); n < 2 || n > 64 || !sessionNamePattern.Match(c.Subject.CommonName) {
		return ""
	}
	return c.Subject.CommonName
}

// Needs implements awsapi.Call: what the trust policy of the role has to allow to the service.
func (c *session) Needs() []policy.Need { return c.offer.Needs(c.refusal()) }

// sessionOutput is the answer.
type sessionOutput struct {
	Set        []credentialSet `json:"credentialSet"`
	SubjectARN string          `json:"subjectArn"`
}

type credentialSet struct {
	User struct {
		ARN string `json:"arn"`
		ID  string `json:"assumedRoleId"`
	} `json:"assumedRoleUser"`
	Credentials struct {
		ID      string `json:"accessKeyId"`
		Secret  string `json:"secretAccessKey"`
		Token   string `json:"sessionToken"`
		Expires string `json:"expiration"`
	} `json:"credentials"`
	PackedPolicySize *int32 `json:"packedPolicySize,omitempty"`
	RoleARN          string `json:"roleArn"`
	SourceIdentity   string `json:"sourceIdentity,omitempty"`
}

// Run implements awsapi.Call.
func (c *session) Run(ctx context.Context, dst []byte) ([]byte, error) {
	begun, err := c.offer.Begin(ctx)
	if err == nil {
		err = c.s.seen(ctx, c.place, c.certificate, c.in.Properties, false)
	}
	if err != nil {
		return dst, err
	}
	set := credentialSet{PackedPolicySize: begun.PackedPolicySize, RoleARN: *c.in.RoleARN, SourceIdentity: commonName(c.certificate)}
	set.User.ARN, set.User.ID = *begun.User.Arn, *begun.User.AssumedRoleId
	set.Credentials.ID, set.Credentials.Secret, set.Credentials.Token = *begun.AccessKeyId, *begun.SecretAccessKey, *begun.SessionToken
	set.Credentials.Expires = begun.Expiration.UTC().Format("2006-01-02T15:04:05Z")
	return answer(dst, sessionOutput{[]credentialSet{set}, c.place.arn(subjects, c.place.subjectID(c.certificate))})
}
