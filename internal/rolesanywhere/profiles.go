package rolesanywhere

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/kv"
)

// maxProfiles is how many profiles a region of an account has at the most.
const maxProfiles = 250

// usualDuration is how long the sessions of a profile are if nobody says, in seconds.
const usualDuration = 3600

// profileRecord is a profile: the roles that certificates may have, and what limits their sessions.
type profileRecord struct {
	resource
	Enabled                   bool
	CreatedBy                 string // an ARN
	RoleARNs                  []string
	Policy                    string   `json:",omitempty"`
	PolicyARNs                []string `json:",omitempty"`
	Seconds                   int32
	RequireInstanceProperties bool `json:",omitempty"`
	AcceptRoleSessionName     bool `json:",omitempty"`
	// Mappings are the specifiers of each field of certificates.
	Mappings map[string][]string
}

// profileDetail is a profile as answers have it.
type profileDetail struct {
	ID                        string             `json:"profileId"`
	ARN                       string             `json:"profileArn"`
	Name                      string             `json:"name"`
	Enabled                   bool               `json:"enabled"`
	CreatedBy                 string             `json:"createdBy"`
	RoleARNs                  []string           `json:"roleArns"`
	Policy                    *string            `json:"sessionPolicy,omitempty"`
	PolicyARNs                []string           `json:"managedPolicyArns"`
	Seconds                   int32              `json:"durationSeconds"`
	RequireInstanceProperties bool               `json:"requireInstanceProperties"`
	AcceptRoleSessionName     bool               `json:"acceptRoleSessionName"`
	Mappings                  []attributeMapping `json:"attributeMappings"`
	Created                   time.Time          `json:"createdAt"`
	Updated                   time.Time          `json:"updatedAt"`
}

func (r *profileRecord) detail(p place, id string) profileDetail {
	d := profileDetail{ID: id, ARN: p.arn(profiles, id), Name: r.Name, Enabled: r.Enabled, CreatedBy: r.CreatedBy, RoleARNs: append([]string{}, r.RoleARNs...),
		PolicyARNs: append([]string{}, r.PolicyARNs...), Seconds: r.Seconds, RequireInstanceProperties: r.RequireInstanceProperties,
		AcceptRoleSessionName: r.AcceptRoleSessionName, Mappings: shownMappings(r.Mappings), Created: r.Created, Updated: r.Updated}
	if r.Policy != "" {
		d.Policy = &r.Policy
	}
	return d
}

var oneProfile = one[profileRecord]{on: profiles, member: "profileId", show: func(p place, id string, rec *profileRecord) any {
	return map[string]any{"profile": rec.detail(p, id)}
}, enabled: func(rec *profileRecord) *bool { return &rec.Enabled }}

// profileInput is what CreateProfile and UpdateProfile have in common.
type profileInput struct {
	Name                  *string  `json:"name"`
	Policy                *string  `json:"sessionPolicy"`
	RoleARNs              []string `json:"roleArns"`
	PolicyARNs            []string `json:"managedPolicyArns"`
	Seconds               *int32   `json:"durationSeconds"`
	AcceptRoleSessionName *bool    `json:"acceptRoleSessionName"`
}

// rolePattern is a RoleArn of the model.
var rolePattern = awsapi.Regexp(`arn:aws(-[^:]+)?:iam(:.*){2}(:role.*)`)

// check also refuses roles of other accounts: nobody can pass those.
func (in *profileInput) check(req *awsapi.Request, bad *awsapi.Violations) error {
	checkName(bad, in.Name)
	bad.Length("sessionPolicy", in.Policy, 1, 100_000)
	bad.Count("roleArns", "[]", len(in.RoleARNs), 0, 250)
	for i := range in.RoleARNs {
		at := "roleArns." + strconv.Itoa(i+1) + ".member"
		bad.Length(at, &in.RoleARNs[i], 1, 1011)
		bad.Pattern(at, &in.RoleARNs[i], rolePattern)
	}
	bad.Count("managedPolicyArns", "[]", len(in.PolicyARNs), 0, 50)
	for i := range in.PolicyARNs {
		bad.Length("managedPolicyArns."+strconv.Itoa(i+1)+".member", &in.PolicyARNs[i], 1, 200)
	}
	bad.AtLeast("durationSeconds", awsapi.Wide(in.Seconds), 900)
	bad.AtMost("durationSeconds", awsapi.Wide(in.Seconds), 43200)
	if err := bad.Err(awsapi.ValidationException); err != nil {
		return err
	}
	for _, role := range in.RoleARNs {
		if !strings.HasPrefix(role, "arn:aws:iam::"+req.Caller.Account+":role/") {
			return validation("The role " + awsapi.Shown(role) + " is not one of the account " + req.Caller.Account + ".")
		}
	}
	return nil
}

// set gives a profile what is there.
func (in *profileInput) set(rec *profileRecord) {
	if in.Name != nil {
		rec.Name = *in.Name
	}
	if in.Policy != nil {
		rec.Policy = *in.Policy
	}
	if in.RoleARNs != nil {
		rec.RoleARNs = in.RoleARNs
	}
	if in.PolicyARNs != nil {
		rec.PolicyARNs = in.PolicyARNs
	}
	if in.Seconds != nil {
		rec.Seconds = *in.Seconds
	}
	if in.AcceptRoleSessionName != nil {
		rec.AcceptRoleSessionName = *in.AcceptRoleSessionName
	}
}

// createProfile decodes CreateProfile.
func (s *Service) createProfile(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[struct {
		profileInput
		Enabled                   bool  `json:"enabled"`
		RequireInstanceProperties bool  `json:"requireInstanceProperties"`
		Tags                      []tag `json:"tags"`
	}](req)
	if err != nil {
		return nil, err
	}
	var bad awsapi.Violations
	bad.Required("name", in.Name != nil)
	bad.Required("roleArns", in.RoleARNs != nil)
	checkTags(&bad, in.Tags)
	if err := in.check(req, &bad); err != nil {
		return nil, err
	}
	if err := oneOfEach(in.Tags); err != nil {
		return nil, err
	}
	id := uuid.NewString()
	return &call{s: s, req: req, action: "CreateProfile", asks: tagsAsked(in.Tags), pass: in.RoleARNs, change: func(ctx context.Context, tx kv.Txn, p place, now time.Time) (any, error) {
		if n, err := count(ctx, tx, p, profiles); err != nil || n >= maxProfiles {
			return nil, or(err, tooMany(n, "profiles"))
		}
		rec := &profileRecord{resource: resource{Tags: in.Tags, Created: now, Updated: now}, Enabled: in.Enabled, CreatedBy: req.Caller.ARN,
			Seconds: usualDuration, RequireInstanceProperties: in.RequireInstanceProperties, Mappings: usualMappings()}
		in.set(rec)
		return oneProfile.show(p, id, rec), put(tx, p, profiles, id, rec)
	}}, nil
}

// getProfile decodes GetProfile.
func (s *Service) getProfile(req *awsapi.Request) (awsapi.Call, error) {
	return oneProfile.get(s, req, "GetProfile")
}

// listProfiles decodes ListProfiles.
func (s *Service) listProfiles(req *awsapi.Request) (awsapi.Call, error) {
	return list(s, req, "ListProfiles", "profiles", profiles, func(p place, id string, rec *profileRecord) profileDetail { return rec.detail(p, id) })
}

// updateProfile decodes UpdateProfile.
func (s *Service) updateProfile(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[profileInput](req)
	if err != nil {
		return nil, err
	}
	if err := in.check(req, new(awsapi.Violations)); err != nil {
		return nil, err
	}
	id, err := idIn(req, oneProfile.member)
	if err != nil {
		return nil, err
	}
	return oneProfile.edit(s, req, "UpdateProfile", id, in.RoleARNs, func(rec *profileRecord) error {
		in.set(rec)
		return nil
	})
}

// enableProfile decodes EnableProfile.
func (s *Service) enableProfile(req *awsapi.Request) (awsapi.Call, error) {
	return oneProfile.enable(s, req, "EnableProfile", true)
}

// disableProfile decodes DisableProfile.
func (s *Service) disableProfile(req *awsapi.Request) (awsapi.Call, error) {
	return oneProfile.enable(s, req, "DisableProfile", false)
}

// deleteProfile decodes DeleteProfile.
func (s *Service) deleteProfile(req *awsapi.Request) (awsapi.Call, error) {
	return oneProfile.remove(s, req, "DeleteProfile", nil)
}
