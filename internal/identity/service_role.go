package identity

import (
	"context"
	"maps"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sts/types"

	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/kv"
	"github.com/statordb/stator/internal/policy"
)

// RoleRequest is a service of the server asking for a role, for somebody whom it has authenticated by itself.
type RoleRequest struct {
	// Request is the one that it answers.
	Request *awsapi.Request
	// Service is its name as trust policies have it, such as rolesanywhere.amazonaws.com.
	Service string
	// RoleARN is the role, and SessionName the name of the session: 2 to 64 letters, digits and =,.@-.
	RoleARN, SessionName string
	// SourceIdentity is who is behind the session, "" if that is not said, in the letters of a session's name.
	SourceIdentity string
	// Tags are the session tags. The trust policy also sees them as those of who asks.
	Tags map[string]string
	// Conditions are the other keys that the trust policy may ask for, in lower case.
	Conditions policy.MapContext
	// Policy and PolicyARNs limit the session; Policy is "" if there is none.
	Policy     string
	PolicyARNs []string
	// Seconds is how long the session may be at the most; it is no longer than the role's longest.
	Seconds int32
}

// RoleOffer is a session that can begin if all its Needs are allowed to its Principal.
type RoleOffer struct {
	ask       RoleRequest
	s         *Store
	a         assumption
	principal *policy.Principal
}

// ServiceSession is a session of a role that has begun.
type ServiceSession struct {
	*types.Credentials
	User *types.AssumedRoleUser
	// PackedPolicySize is how much of the allotted space its policies and tags take in per cent, nil if there are none.
	PackedPolicySize *int32
}

// OfferRole finds the role that a service asks for. A role that is not there is one that trusts nobody. The error is an
// *awsapi.Error in the codes of STS if what is asked for can't be.
func (s *Store) OfferRole(ctx context.Context, ask RoleRequest) (*RoleOffer, error) {
	o := &RoleOffer{ask: ask, s: s, a: assumption{session: session{Name: ask.SessionName}, arn: ask.RoleARN}}
	o.principal = &policy.Principal{Type: policy.Service, Provider: ask.Service, Session: &policy.Session{}}
	var tags []types.Tag
	for _, key := range slices.Sorted(maps.Keys(ask.Tags)) {
		tags = append(tags, types.Tag{Key: aws.String(key), Value: aws.String(ask.Tags[key])})
		o.principal.Tags = append(o.principal.Tags, policy.Tag{Key: key, Value: ask.Tags[key]})
	}
	var source *string
	if ask.SourceIdentity != "" {
		source = &ask.SourceIdentity
	}
	var bad awsapi.Violations
	constraints["RoleSessionName"].checkText(&bad, "roleSessionName", &ask.SessionName, constraints["RoleSessionName"].high)
	constraints["SourceIdentity"].checkText(&bad, "sourceIdentity", source, constraints["SourceIdentity"].high)
	checkTags(&bad, "tags", ofIAM(tags))
	err := bad.Err(awsapi.ValidationError)
	if err == nil {
		err = o.a.tag(o.principal, tags, nil)
	}
	if err == nil {
		err = o.a.identify(o.principal, source)
	}
	if err != nil {
		return nil, err
	}
	err = s.db.View(ctx, func(r kv.Reader) error {
		v := o.view(ctx, r)
		if err := o.a.find(v); err != nil {
			return err
		}
		o.a.ask(tags)
		maps.Copy(o.a.conditions, ask.Conditions)
		var document *string
		if ask.Policy != "" {
			document = &ask.Policy
		}
		var policies []types.PolicyDescriptorType
		for i := range ask.PolicyARNs {
			policies = append(policies, types.PolicyDescriptorType{Arn: &ask.PolicyARNs[i]})
		}
		o.a.packed, err = v.of(o.a.Account).limit(&o.a.session, document, policies)
		return err
	})
	return o, err
}

func (o *RoleOffer) view(ctx context.Context, r kv.Reader) *view {
	return &view{ctx, r, o.s, o.ask.Request, ""}
}

// Principal is who asks: the service, with the tags of the session.
func (o *RoleOffer) Principal() *policy.Principal { return o.principal }

// Needs are the permissions that the role's trust policy has to give. Refusal is what a refusal says.
func (o *RoleOffer) Needs(refusal string) []policy.Need {
	needs := o.a.needs("AssumeRole")
	for i := range needs {
		needs[i].Refusal = refusal
	}
	return needs
}

// Begin begins the session.
func (o *RoleOffer) Begin(ctx context.Context) (session *ServiceSession, err error) {
	err = o.s.db.View(ctx, func(r kv.Reader) error {
		seconds := o.ask.Seconds
		if o.a.role != nil {
			seconds = min(seconds, o.a.role.MaxSession)
		}
		made, user, err := o.a.begin(o.view(ctx, r), &seconds, nil)
		session = &ServiceSession{made.Credentials, user, o.a.packed}
		return err
	})
	return session, err
}
