package identity

import (
	"net/url"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
)

const trustRoot = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::123456789012:root"},"Action":"sts:AssumeRole"}]}`

func TestRoles(t *testing.T) {
	c, _ := admin(t)
	ctx := t.Context()
	name := aws.String("App")
	r := must[*iam.CreateRoleOutput](t)(c.CreateRole(ctx, &iam.CreateRoleInput{RoleName: name, Path: aws.String("/service/"), AssumeRolePolicyDocument: aws.String(trustRoot)})).Role
	if *r.Arn != "arn:aws:iam::123456789012:role/service/App" || (*r.RoleId)[:4] != "AROA" || *r.MaxSessionDuration != 3600 {
		t.Errorf("%+v", r)
	}
	fails(t, "EntityAlreadyExists: Role with name app already exists.")(c.CreateRole(ctx, &iam.CreateRoleInput{RoleName: aws.String("app"), AssumeRolePolicyDocument: aws.String(trustRoot)}))
	if _, err := c.CreateRole(ctx, &iam.CreateRoleInput{RoleName: aws.String("x"), AssumeRolePolicyDocument: aws.String(allowGet)}); err == nil {
		t.Error("a role without a principal")
	}
	ok(t)(c.UpdateRole(ctx, &iam.UpdateRoleInput{RoleName: name, Description: aws.String("d"), MaxSessionDuration: aws.Int32(7200)}))
	trust := `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"123456789012"},"Action":"sts:AssumeRole"}]}`
	ok(t)(c.UpdateAssumeRolePolicy(ctx, &iam.UpdateAssumeRolePolicyInput{RoleName: name, PolicyDocument: &trust}))
	r = must[*iam.GetRoleOutput](t)(c.GetRole(ctx, &iam.GetRoleInput{RoleName: name})).Role
	if text, _ := url.QueryUnescape(*r.AssumeRolePolicyDocument); text != trust || *r.Description != "d" || *r.MaxSessionDuration != 7200 {
		t.Errorf("%+v", r)
	}
	if got := must[*iam.UpdateRoleDescriptionOutput](t)(c.UpdateRoleDescription(ctx, &iam.UpdateRoleDescriptionInput{RoleName: name, Description: aws.String("e")})); *got.Role.Description != "e" {
		t.Errorf("%+v", got)
	}
	if list := must[*iam.ListRolesOutput](t)(c.ListRoles(ctx, &iam.ListRolesInput{PathPrefix: aws.String("/service/")})).Roles; len(list) != 1 {
		t.Errorf("%+v", list)
	}

	p := aws.String("Profile")
	profile := must[*iam.CreateInstanceProfileOutput](t)(c.CreateInstanceProfile(ctx, &iam.CreateInstanceProfileInput{InstanceProfileName: p})).InstanceProfile
	if (*profile.InstanceProfileId)[:4] != "AIPA" || *profile.Arn != "arn:aws:iam::123456789012:instance-profile/Profile" {
		t.Errorf("%+v", profile)
	}
	ok(t)(c.AddRoleToInstanceProfile(ctx, &iam.AddRoleToInstanceProfileInput{InstanceProfileName: p, RoleName: name}))
	fails(t, "LimitExceeded: Cannot exceed quota for InstanceSessionsPerInstanceProfile: 1")(c.AddRoleToInstanceProfile(ctx, &iam.AddRoleToInstanceProfileInput{InstanceProfileName: p, RoleName: name}))
	if list := must[*iam.ListInstanceProfilesForRoleOutput](t)(c.ListInstanceProfilesForRole(ctx, &iam.ListInstanceProfilesForRoleInput{RoleName: name})).InstanceProfiles; len(list) != 1 || len(list[0].Roles) != 1 {
		t.Errorf("%+v", list)
	}
	fails(t, "DeleteConflict: Cannot delete entity, must remove roles from instance profile first.")(c.DeleteRole(ctx, &iam.DeleteRoleInput{RoleName: name}))
	fails(t, "DeleteConflict: Cannot delete entity, must remove roles from instance profile first.")(c.DeleteInstanceProfile(ctx, &iam.DeleteInstanceProfileInput{InstanceProfileName: p}))
	ok(t)(c.RemoveRoleFromInstanceProfile(ctx, &iam.RemoveRoleFromInstanceProfileInput{InstanceProfileName: p, RoleName: name}))
	ok(t)(c.DeleteInstanceProfile(ctx, &iam.DeleteInstanceProfileInput{InstanceProfileName: p}))
	ok(t)(c.PutRolePolicy(ctx, &iam.PutRolePolicyInput{RoleName: name, PolicyName: aws.String("p"), PolicyDocument: aws.String(allowGet)}))
	fails(t, "DeleteConflict: Cannot delete entity, must delete policies first.")(c.DeleteRole(ctx, &iam.DeleteRoleInput{RoleName: name}))
	ok(t)(c.DeleteRolePolicy(ctx, &iam.DeleteRolePolicyInput{RoleName: name, PolicyName: aws.String("p")}))
	ok(t)(c.DeleteRole(ctx, &iam.DeleteRoleInput{RoleName: name}))
	fails(t, "NoSuchEntity: The role with name App cannot be found.")(c.GetRole(ctx, &iam.GetRoleInput{RoleName: name}))
}
