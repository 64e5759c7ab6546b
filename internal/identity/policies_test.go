package identity

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/statordb/stator/internal/policy"
)

func TestManagedPoliciesAreSound(t *testing.T) {
	for _, p := range awsManagedPolicies() {
		if err := policy.Validate(policy.Identity, []byte(p.document())); err != nil {
			t.Errorf("%s: %v", p.Name, err)
		}
		if p.Created.IsZero() || p.Updated.IsZero() || p.Description == "" || p.Default < 1 {
			t.Errorf("%+v", p)
		}
	}
	for _, name := range []string{"AdministratorAccess", "AmazonDynamoDBFullAccess", "AmazonDynamoDBFullAccess_v2", "AmazonDynamoDBReadOnlyAccess",
		"IAMFullAccess", "IAMReadOnlyAccess", "IAMUserChangePassword", "PowerUserAccess", "ReadOnlyAccess", "SecurityAudit", "job-function/ViewOnlyAccess"} {
		if awsManaged(managedByAWS+name) == nil {
			t.Error(name)
		}
	}
}

func TestPolicies(t *testing.T) {
	c, d := admin(t)
	ctx := t.Context()
	p := must[*iam.CreatePolicyOutput](t)(c.CreatePolicy(ctx, &iam.CreatePolicyInput{PolicyName: aws.String("Music"), Path: aws.String("/a/b/"),
		PolicyDocument: aws.String(allowGet), Description: aws.String("reads"), Tags: []types.Tag{{Key: aws.String("k"), Value: aws.String("v")}}})).Policy
	arn := p.Arn
	if *arn != "arn:aws:iam::123456789012:policy/a/b/Music" || (*p.PolicyId)[:4] != "ANPA" || *p.DefaultVersionId != "v1" || *p.AttachmentCount != 0 {
		t.Errorf("%+v", p)
	}
	fails(t, "EntityAlreadyExists: A policy called MUSIC already exists. Duplicate names are not allowed.")(
		c.CreatePolicy(ctx, &iam.CreatePolicyInput{PolicyName: aws.String("MUSIC"), PolicyDocument: aws.String(allowGet)}))
	for _, bad := range []string{"{}", "x", strings.Replace(allowGet, "Allow", "May", 1), strings.Replace(allowGet, `"Action"`, `"Principal":"*","Action"`, 1)} {
		if _, err := c.CreatePolicy(ctx, &iam.CreatePolicyInput{PolicyName: aws.String("bad"), PolicyDocument: &bad}); err == nil || !strings.Contains(err.Error(), "MalformedPolicyDocument") {
			t.Errorf("%s: %v", bad, err)
		}
	}
	long := strings.Replace(allowGet, `"*"`, `["`+"arn:aws:dynamodb:us-east-1:123456789012:table/"+strings.Repeat("x", maxPolicySize)+`"]`, 1)
	fails(t, "LimitExceeded: Cannot exceed quota for PolicySize: 6144")(c.CreatePolicy(ctx, &iam.CreatePolicyInput{PolicyName: aws.String("long"), PolicyDocument: &long}))
	got := must[*iam.GetPolicyOutput](t)(c.GetPolicy(ctx, &iam.GetPolicyInput{PolicyArn: arn})).Policy
	if *got.Description != "reads" || len(got.Tags) != 1 {
		t.Errorf("%+v", got)
	}
	fails(t, "NoSuchEntity: Policy arn:aws:iam::123456789012:policy/Music was not found.")(
		c.GetPolicy(ctx, &iam.GetPolicyInput{PolicyArn: aws.String("arn:aws:iam::123456789012:policy/Music")})) // not its path

	// The versions. The default is in force at once.
	bob := aws.String("Bob")
	ok(t)(c.CreateUser(ctx, &iam.CreateUserInput{UserName: bob}))
	key := must[*iam.CreateAccessKeyOutput](t)(c.CreateAccessKey(ctx, &iam.CreateAccessKeyInput{UserName: bob})).AccessKey
	ok(t)(c.AttachUserPolicy(ctx, &iam.AttachUserPolicyInput{UserName: bob, PolicyArn: arn}))
	may := func(action string) bool {
		_, p, err := d.s.Lookup(ctx, *key.AccessKeyId, "")
		if err != nil {
			t.Fatal(err)
		}
		return decide(p, action).Allowed
	}
	put := strings.Replace(allowGet, "GetItem", "PutItem", 1)
	v2 := must[*iam.CreatePolicyVersionOutput](t)(c.CreatePolicyVersion(ctx, &iam.CreatePolicyVersionInput{PolicyArn: arn, PolicyDocument: &put})).PolicyVersion
	if *v2.VersionId != "v2" || v2.IsDefaultVersion || !may("dynamodb:GetItem") || may("dynamodb:PutItem") {
		t.Errorf("%+v", v2)
	}
	ok(t)(c.SetDefaultPolicyVersion(ctx, &iam.SetDefaultPolicyVersionInput{PolicyArn: arn, VersionId: aws.String("v2")}))
	if may("dynamodb:GetItem") || !may("dynamodb:PutItem") {
		t.Error("the new version is not in force")
	}
	version := must[*iam.GetPolicyVersionOutput](t)(c.GetPolicyVersion(ctx, &iam.GetPolicyVersionInput{PolicyArn: arn, VersionId: aws.String("v2")})).PolicyVersion
	if document, err := url.QueryUnescape(*version.Document); err != nil || document != put {
		t.Errorf("%s %v", document, err)
	}
	for range 3 {
		ok(t)(c.CreatePolicyVersion(ctx, &iam.CreatePolicyVersionInput{PolicyArn: arn, PolicyDocument: &put, SetAsDefault: true}))
	}
	fails(t, "LimitExceeded: A managed policy can have up to 5 versions. Before you create a new version, you must delete an existing version.")(
		c.CreatePolicyVersion(ctx, &iam.CreatePolicyVersionInput{PolicyArn: arn, PolicyDocument: &put}))
	var ids []string
	pages := iam.NewListPolicyVersionsPaginator(c, &iam.ListPolicyVersionsInput{PolicyArn: arn, MaxItems: aws.Int32(2)})
	for pages.HasMorePages() {
		for _, v := range must[*iam.ListPolicyVersionsOutput](t)(pages.NextPage(ctx)).Versions {
			ids = append(ids, *v.VersionId)
		}
	}
	if fmt.Sprint(ids) != "[v5 v4 v3 v2 v1]" {
		t.Error(ids)
	}
	fails(t, "DeleteConflict: Cannot delete the default version of a policy.")(c.DeletePolicyVersion(ctx, &iam.DeletePolicyVersionInput{PolicyArn: arn, VersionId: aws.String("v5")}))
	fails(t, "NoSuchEntity: Policy "+*arn+" version v9 does not exist or is not attachable.")(c.DeletePolicyVersion(ctx, &iam.DeletePolicyVersionInput{PolicyArn: arn, VersionId: aws.String("v9")}))
	fails(t, "DeleteConflict: Cannot delete a policy attached to entities.")(c.DeletePolicy(ctx, &iam.DeletePolicyInput{PolicyArn: arn}))
	ok(t)(c.DetachUserPolicy(ctx, &iam.DetachUserPolicyInput{UserName: bob, PolicyArn: arn}))
	fails(t, "NoSuchEntity: Policy "+*arn+" was not found.")(c.DetachUserPolicy(ctx, &iam.DetachUserPolicyInput{UserName: bob, PolicyArn: arn}))
	if _, err := c.DeletePolicy(ctx, &iam.DeletePolicyInput{PolicyArn: arn}); err == nil || !strings.Contains(err.Error(), "more than one version") {
		t.Error(err)
	}
	for _, id := range ids[1:] {
		ok(t)(c.DeletePolicyVersion(ctx, &iam.DeletePolicyVersionInput{PolicyArn: arn, VersionId: &id}))
	}
	ok(t)(c.PutUserPermissionsBoundary(ctx, &iam.PutUserPermissionsBoundaryInput{UserName: bob, PermissionsBoundary: arn}))
	fails(t, "DeleteConflict: Cannot delete a policy attached to entities.")(c.DeletePolicy(ctx, &iam.DeletePolicyInput{PolicyArn: arn}))
	ok(t)(c.DeleteUserPermissionsBoundary(ctx, &iam.DeleteUserPermissionsBoundaryInput{UserName: bob}))
	ok(t)(c.DeletePolicy(ctx, &iam.DeletePolicyInput{PolicyArn: arn}))
	fails(t, "InvalidInput: Policy is outside your own account.")(c.DeletePolicy(ctx, &iam.DeletePolicyInput{PolicyArn: aws.String(administratorAccess)}))
	fails(t, "NoSuchEntity: Policy "+*arn+" does not exist or is not attachable.")(c.AttachUserPolicy(ctx, &iam.AttachUserPolicyInput{UserName: bob, PolicyArn: arn}))
	fails(t, "InvalidInput: ARN "+strings.Repeat("x", 20)+" is not valid.")(c.AttachUserPolicy(ctx, &iam.AttachUserPolicyInput{UserName: bob, PolicyArn: aws.String(strings.Repeat("x", 20))}))
}

func TestListPolicies(t *testing.T) {
	c, _ := admin(t)
	ctx := t.Context()
	for _, name := range []string{"zebra", "Ant", "bee"} {
		ok(t)(c.CreatePolicy(ctx, &iam.CreatePolicyInput{PolicyName: aws.String(name), PolicyDocument: aws.String(allowGet)}))
	}
	all := len(awsManagedPolicies())
	for _, test := range []struct {
		in   iam.ListPoliciesInput
		want int
	}{
		{iam.ListPoliciesInput{}, all + 3},
		{iam.ListPoliciesInput{Scope: types.PolicyScopeTypeLocal}, 3},
		{iam.ListPoliciesInput{Scope: types.PolicyScopeTypeAws}, all},
		{iam.ListPoliciesInput{OnlyAttached: true}, 1},
		{iam.ListPoliciesInput{PathPrefix: aws.String("/job-function/")}, 2},
		{iam.ListPoliciesInput{PolicyUsageFilter: types.PolicyUsageTypePermissionsBoundary}, 0},
	} {
		for size := int32(1); size < 20; size += 3 {
			test.in.MaxItems = aws.Int32(size)
			seen := map[string]bool{}
			n := 0
			for pages := iam.NewListPoliciesPaginator(c, &test.in); pages.HasMorePages(); {
				for _, p := range must[*iam.ListPoliciesOutput](t)(pages.NextPage(ctx)).Policies {
					seen[*p.Arn] = true
					n++
				}
			}
			if n != test.want || len(seen) != n {
				t.Errorf("%+v in pages of %d: %d, want %d", test.in, size, n, test.want)
			}
		}
	}
}

func TestAttachments(t *testing.T) {
	c, _ := admin(t)
	ctx := t.Context()
	arn := aws.String(managedByAWS + "job-function/ViewOnlyAccess")
	u, g, r := aws.String(adminUser), aws.String(adminGroup), aws.String("R")
	trust := `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::123456789012:root"},"Action":"sts:AssumeRole"}]}`
	ok(t)(c.CreateRole(ctx, &iam.CreateRoleInput{RoleName: r, AssumeRolePolicyDocument: &trust, PermissionsBoundary: arn}))
	for range 2 { // again changes nothing
		ok(t)(c.AttachUserPolicy(ctx, &iam.AttachUserPolicyInput{UserName: u, PolicyArn: arn}))
		ok(t)(c.AttachGroupPolicy(ctx, &iam.AttachGroupPolicyInput{GroupName: g, PolicyArn: arn}))
		ok(t)(c.AttachRolePolicy(ctx, &iam.AttachRolePolicyInput{RoleName: r, PolicyArn: arn}))
	}
	list := must[*iam.ListAttachedGroupPoliciesOutput](t)(c.ListAttachedGroupPolicies(ctx, &iam.ListAttachedGroupPoliciesInput{GroupName: g})).AttachedPolicies
	if len(list) != 2 || *list[1].PolicyName != "ViewOnlyAccess" || *list[1].PolicyArn != *arn {
		t.Errorf("%+v", list)
	}
	if list := must[*iam.ListAttachedUserPoliciesOutput](t)(c.ListAttachedUserPolicies(ctx, &iam.ListAttachedUserPoliciesInput{UserName: u, PathPrefix: aws.String("/job-function/")})); len(list.AttachedPolicies) != 1 {
		t.Errorf("%+v", list)
	}
	got := must[*iam.ListEntitiesForPolicyOutput](t)(c.ListEntitiesForPolicy(ctx, &iam.ListEntitiesForPolicyInput{PolicyArn: arn}))
	if len(got.PolicyUsers) != 1 || len(got.PolicyGroups) != 1 || len(got.PolicyRoles) != 1 || *got.PolicyRoles[0].RoleName != "R" {
		t.Errorf("%+v", got)
	}
	got = must[*iam.ListEntitiesForPolicyOutput](t)(c.ListEntitiesForPolicy(ctx, &iam.ListEntitiesForPolicyInput{PolicyArn: arn, PolicyUsageFilter: types.PolicyUsageTypePermissionsBoundary}))
	if len(got.PolicyUsers)+len(got.PolicyGroups) != 0 || len(got.PolicyRoles) != 1 {
		t.Errorf("%+v", got)
	}
	p := must[*iam.GetPolicyOutput](t)(c.GetPolicy(ctx, &iam.GetPolicyInput{PolicyArn: arn})).Policy
	if *p.AttachmentCount != 3 || *p.PermissionsBoundaryUsageCount != 1 {
		t.Errorf("%+v", p)
	}
	for i := range 10 {
		p := must[*iam.CreatePolicyOutput](t)(c.CreatePolicy(ctx, &iam.CreatePolicyInput{PolicyName: aws.String(fmt.Sprint("p", i)), PolicyDocument: aws.String(allowGet)})).Policy
		_, err := c.AttachUserPolicy(ctx, &iam.AttachUserPolicyInput{UserName: u, PolicyArn: p.Arn})
		if i == 9 {
			fails(t, "LimitExceeded: Cannot exceed quota for PoliciesPerUser: 10")(nil, err)
		} else if err != nil {
			t.Fatal(err)
		}
	}
}

func TestInlinePolicies(t *testing.T) {
	c, _ := admin(t)
	ctx := t.Context()
	g, p := aws.String(adminGroup), aws.String("Deny")
	document := "{\n \"Version\": \"2012-10-17\", \"Statement\": [{\"Effect\":\"Deny\",\"Action\":\"dynamodb:DeleteTable\",\"Resource\":\"*\"}]}"
	ok(t)(c.PutGroupPolicy(ctx, &iam.PutGroupPolicyInput{GroupName: g, PolicyName: p, PolicyDocument: &document}))
	got := must[*iam.GetGroupPolicyOutput](t)(c.GetGroupPolicy(ctx, &iam.GetGroupPolicyInput{GroupName: g, PolicyName: p}))
	if text, _ := url.QueryUnescape(*got.PolicyDocument); text != document || *got.GroupName != adminGroup {
		t.Errorf("%q", text)
	}
	if list := must[*iam.ListGroupPoliciesOutput](t)(c.ListGroupPolicies(ctx, &iam.ListGroupPoliciesInput{GroupName: g})).PolicyNames; len(list) != 1 || list[0] != "Deny" {
		t.Error(list)
	}
	ok(t)(c.DeleteGroupPolicy(ctx, &iam.DeleteGroupPolicyInput{GroupName: g, PolicyName: p}))
	fails(t, "NoSuchEntity: The group policy with name Deny cannot be found.")(c.DeleteGroupPolicy(ctx, &iam.DeleteGroupPolicyInput{GroupName: g, PolicyName: p}))
	fails(t, "NoSuchEntity: The user policy with name Deny cannot be found.")(c.GetUserPolicy(ctx, &iam.GetUserPolicyInput{UserName: aws.String(adminUser), PolicyName: p}))
	big := strings.Replace(allowGet, `"*"`, `"arn:aws:dynamodb:us-east-1:123456789012:table/`+strings.Repeat("x", 1900)+`"`, 1)
	u := aws.String(adminUser)
	ok(t)(c.PutUserPolicy(ctx, &iam.PutUserPolicyInput{UserName: u, PolicyName: aws.String("a"), PolicyDocument: &big}))
	ok(t)(c.PutUserPolicy(ctx, &iam.PutUserPolicyInput{UserName: u, PolicyName: aws.String("A"), PolicyDocument: &big})) // the same
	fails(t, "LimitExceeded: Maximum policy size of 2048 bytes exceeded for user Administrator")(
		c.PutUserPolicy(ctx, &iam.PutUserPolicyInput{UserName: u, PolicyName: aws.String("b"), PolicyDocument: &big}))
}

// A boundary limits what all other policies allow.
func TestBoundaryIsInForce(t *testing.T) {
	c, d := admin(t)
	ctx := t.Context()
	bob := aws.String("Bob")
	ok(t)(c.CreateUser(ctx, &iam.CreateUserInput{UserName: bob, PermissionsBoundary: aws.String(managedByAWS + "IAMReadOnlyAccess")}))
	ok(t)(c.AttachUserPolicy(ctx, &iam.AttachUserPolicyInput{UserName: bob, PolicyArn: aws.String(administratorAccess)}))
	key := must[*iam.CreateAccessKeyOutput](t)(c.CreateAccessKey(ctx, &iam.CreateAccessKeyInput{UserName: bob})).AccessKey
	as := d.as(*key.AccessKeyId, *key.SecretAccessKey)
	got := must[*iam.GetUserOutput](t)(as.GetUser(ctx, &iam.GetUserInput{})).User
	if got.PermissionsBoundary == nil || *got.PermissionsBoundary.PermissionsBoundaryArn != managedByAWS+"IAMReadOnlyAccess" {
		t.Errorf("%+v", got)
	}
	if _, err := as.CreateUser(ctx, &iam.CreateUserInput{UserName: aws.String("Eve")}); err == nil {
		t.Error("the boundary is not in force")
	}
	fails(t, "NoSuchEntity: The user with name Administrator does not have a permissions boundary.")(
		c.DeleteUserPermissionsBoundary(ctx, &iam.DeleteUserPermissionsBoundaryInput{UserName: aws.String(adminUser)}))
}
