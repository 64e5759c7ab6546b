package identity

import (
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/aws-sdk-go-v2/service/sts/types"

	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/policy"
)

// maxChained is the longest session of a role that is assumed with temporary credentials, in seconds.
const maxChained = 3600

// assumption is a session of a role while it is being asked for: what all the operations that assume roles share.
type assumption struct {
	session
	arn   string // of the role, as it was asked for
	role  *roleRecord
	trust *policy.Policy
	// conditions are the keys of the request.
	conditions policy.MapContext
	packed     *int32
	// tagged and named say that the request brings session tags and a source identity, which need permissions of their own.
	tagged, named bool
}

// find finds the role in whichever account it is.
func (a *assumption) find(v *view) error {
	a.conditions = policy.MapContext{"sts:rolesessionname": {a.Name}}
	// Whoever may not assume a role does not learn whether it is there.
	a.trust = policy.Nobody()
	parts := strings.SplitN(a.arn, ":", 6)
	if len(parts) < 6 || parts[0] != "arn" || parts[2] != "iam" || !strings.HasPrefix(parts[5], "role/") {
		return validationError(a.arn + " is invalid")
	}
	owner := v.of(parts[4])
	a.Account = owner.account
	if open, err := owner.isOpen(); err != nil || !open {
		return err
	}
	r, err := byName[roleRecord](owner, roleKind, parts[5][strings.LastIndexByte(parts[5], '/')+1:])
	if err != nil || r == nil || r.arn(owner.account, roleKind) != a.arn {
		return err
	}
	a.role, a.Role = r, r.ID
	a.trust = r.trustPolicy()
	for _, t := range r.Tags {
		a.conditions["aws:resourcetag/"+policy.Key(t.Key)] = []string{t.Value}
		a.conditions["iam:resourcetag/"+policy.Key(t.Key)] = []string{t.Value}
	}
	return nil
}

// needs are the permissions to assume the role with an operation.
func (a *assumption) needs(action string) []policy.Need {
	needs := []policy.Need{{Action: "sts:" + action, Resource: a.arn, Conditions: a.conditions, Policy: a.trust}}
	if a.tagged {
		needs = append(needs, policy.Need{Action: "sts:TagSession", Resource: a.arn, Conditions: a.conditions, Policy: a.trust})
	}
	if a.named {
		needs = append(needs, policy.Need{Action: "sts:SetSourceIdentity", Resource: a.arn, Conditions: a.conditions, Policy: a.trust})
	}
	return needs
}

// tag gives the session tags, of which some go on to the next role. Those that the caller's own session brings stay.
func (a *assumption) tag(caller *policy.Principal, list []types.Tag, transitive []string) error {
	if err := a.setTags(list); err != nil {
		return err
	}
	has := func(tags []tag, key string) bool {
		return slices.ContainsFunc(tags, func(t tag) bool { return strings.EqualFold(t.Key, key) })
	}
	for _, key := range transitive {
		if !has(a.Tags, key) {
			return badRequest("InvalidParameterValue", "The specified transitive tag key must be included in the requested tags.")
		}
		if !slices.ContainsFunc(a.Transitive, func(k string) bool { return strings.EqualFold(k, key) }) {
			a.Transitive = append(a.Transitive, key)
		}
	}
	if caller.Session != nil {
		if err := a.inherit(caller, has); err != nil {
			return err
		}
	}
	a.tagged = len(a.Tags) > 0
	return nil
}

// inherit takes over the tags that go on from the caller's session.
func (a *assumption) inherit(caller *policy.Principal, has func([]tag, string) bool) error {
	for _, key := range caller.Session.Transitive {
		if has(a.Tags, key) {
			return badRequest("InvalidParameterValue", "One of the specified transitive tag keys can't be set because it conflicts with a transitive tag key from the calling session.")
		}
		a.Transitive = append(a.Transitive, key)
		for _, t := range caller.Tags {
			if strings.EqualFold(t.Key, key) {
				a.Tags = append(a.Tags, tag(t))
			}
		}
	}
	return nil
}

// identify sets who is behind the session: once said, it stays through all roles that follow.
func (a *assumption) identify(caller *policy.Principal, source *string) error {
	a.SourceIdentity = aws.ToString(source)
	if caller.Session != nil && caller.Session.SourceIdentity != "" {
		if source != nil && *source != caller.Session.SourceIdentity {
			return stsDenied("The source identity is already set and can't be changed.")
		}
		a.SourceIdentity = caller.Session.SourceIdentity
	}
	a.named = a.SourceIdentity != ""
	return nil
}

// ask sets the condition keys of what the request asks for.
func (a *assumption) ask(list []types.Tag) {
	tagConditions(a.conditions, list)
	if a.named {
		a.conditions["sts:sourceidentity"] = []string{a.SourceIdentity}
	}
	if len(a.Transitive) > 0 {
		a.conditions["sts:transitivetagkeys"] = a.Transitive
	}
}

// begin checks how long the session may be, and makes its credentials.
func (a *assumption) begin(v *view, seconds, size *int32) (issued, *types.AssumedRoleUser, error) {
	if a.role == nil { // without authorisation alone: no trust policy has let anybody through
		return issued{}, nil, stsDenied("There is no role " + a.arn)
	}
	if seconds != nil && *seconds > a.role.MaxSession {
		return issued{}, nil, validationError("The requested DurationSeconds exceeds the MaxSessionDuration set for this role.")
	}
	a.lasting(v.req.Now, seconds, min(defaultSession, a.role.MaxSession))
	made, err := v.credentials(&a.session, size)
	return made, &types.AssumedRoleUser{
		Arn: aws.String(sessionARN(a.Account, "assumed-role/"+a.role.Name, a.Name)), AssumedRoleId: aws.String(a.role.ID + ":" + a.Name),
	}, err
}

// assumeRole decodes AssumeRole.
func (s *Store) assumeRole(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[sts.AssumeRoleInput](req, "RoleArn", "RoleSessionName")
	if err != nil {
		return nil, err
	}
	if req.Caller.Type == policy.Root {
		return nil, stsDenied("Roles may not be assumed by root accounts.")
	}
	if req.Caller.Type == policy.FederatedUser {
		return nil, stsDenied("Cannot call AssumeRole with session credentials")
	}
	if req.Caller.Session != nil && in.DurationSeconds != nil && *in.DurationSeconds > maxChained {
		return nil, validationError("The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining")
	}
	a := &assumption{session: session{Name: *in.RoleSessionName}, arn: *in.RoleArn}
	a.Chained = req.Caller.Type == policy.RoleSession
	if s := req.Caller.Session; s != nil {
		a.Person = s.Person // what a person makes out of a role ends with it
	}
	if err := a.tag(req.Caller, in.Tags, in.TransitiveTagKeys); err != nil {
		return nil, err
	}
	if err := a.identify(req.Caller, in.SourceIdentity); err != nil {
		return nil, err
	}
	c := &tokenCall{s: s, req: req, name: "AssumeRole", serial: in.SerialNumber, code: in.TokenCode}
	c.prepare = func(v *view) error {
		if err := a.find(v); err != nil {
			return err
		}
		a.ask(in.Tags)
		if in.ExternalId != nil {
			a.conditions["sts:externalid"] = []string{*in.ExternalId}
		}
		if c.proven != nil {
			a.conditions["aws:multifactorauthpresent"] = []string{"true"}
			a.conditions["aws:multifactorauthage"] = []string{"0"}
		}
		a.packed, c.late = v.of(a.Account).limit(&a.session, in.Policy, in.PolicyArns)
		return nil
	}
	c.needs = func() []policy.Need { return a.needs("AssumeRole") }
	c.run = func(v *view) (any, error) {
		//lint:ignore SA1019 clients of all ages read it
		out := &sts.AssumeRoleOutput{PackedPolicySize: a.packed}
		if a.named {
			out.SourceIdentity = aws.String(a.SourceIdentity)
		}
		var made issued
		made, out.AssumedRoleUser, err = a.begin(v, in.DurationSeconds, in.MinimumSessionTokenSize)
		out.Credentials, out.SessionTokenSize, out.SessionTokenUtilization = made.Credentials, made.size, made.utilization
		return out, err
	}
	return c, nil
}
