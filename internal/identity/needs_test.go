package identity

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/policy"
)

// What a call needs is on the ARN that is stored, whatever the case of the name that is given, and under the
// conditions of the request.
func TestNeeds(t *testing.T) {
	c, d := admin(t)
	ctx := t.Context()
	ok(t)(c.CreateUser(ctx, &iam.CreateUserInput{UserName: aws.String("Bob"), Path: aws.String("/dev/"),
		Tags: []types.Tag{{Key: aws.String("Team"), Value: aws.String("Music")}}, PermissionsBoundary: aws.String(administratorAccess)}))
	self, err := c.GetUser(ctx, &iam.GetUserInput{})
	ok(t)(self, err)
	me := &policy.Principal{Type: policy.User, Account: account, ID: *self.User.UserId, ARN: *self.User.Arn}
	const bob = "arn:aws:iam::123456789012:user/dev/Bob"
	for _, test := range []struct {
		query, action, resource string
		conditions              map[string]string
	}{
		{"Action=DeleteUser&UserName=BOB", "iam:DeleteUser", bob, map[string]string{"aws:resourcetag/team": "Music", "iam:resourcetag/team": "Music", "iam:permissionsboundary": administratorAccess}},
		{"Action=DeleteUser&UserName=Eve", "iam:DeleteUser", "arn:aws:iam::123456789012:user/Eve", nil},
		{"Action=CreateUser&UserName=Eve&Path=/x/&Tags.member.1.Key=Team&Tags.member.1.Value=Art", "iam:CreateUser", "arn:aws:iam::123456789012:user/x/Eve",
			map[string]string{"aws:requesttag/team": "Art", "aws:tagkeys": "Team"}},
		{"Action=AttachUserPolicy&UserName=Bob&PolicyArn=" + administratorAccess, "iam:AttachUserPolicy", bob, map[string]string{"iam:policyarn": administratorAccess}},
		{"Action=ListUsers", "iam:ListUsers", "*", nil},
		{"Action=GetUser", "iam:GetUser", "arn:aws:iam::123456789012:user/Administrator", nil},
		{"Action=AddUserToGroup&UserName=Bob&GroupName=administrators", "iam:AddUserToGroup", "arn:aws:iam::123456789012:group/Administrators", nil},
		{"Action=GetPolicy&PolicyArn=" + administratorAccess, "iam:GetPolicy", administratorAccess, nil},
	} {
		form, err := awsapi.ParseForm(test.query, nil)
		if err != nil {
			t.Fatal(err)
		}
		call, err := d.ops[form.Action()].Decode(&awsapi.Request{Caller: me, Form: form})
		if err != nil {
			t.Fatal(err)
		}
		needs := call.Needs()
		if len(needs) != 1 || needs[0].Action != test.action || needs[0].Resource != test.resource {
			t.Errorf("%s: %+v", test.query, needs)
			continue
		}
		for key, want := range test.conditions {
			conditions, _ := needs[0].Conditions.(policy.MapContext)
			if got := conditions[key]; len(got) != 1 || got[0] != want {
				t.Errorf("%s: %s is %q, want %q", test.query, key, got, want)
			}
		}
	}
}

// Whoever was allowed to do something to one user does not do it to another that has taken its name meanwhile.
func TestNeedsStillHold(t *testing.T) {
	c, d := admin(t)
	ctx := t.Context()
	ok(t)(c.CreateUser(ctx, &iam.CreateUserInput{UserName: aws.String("Bob")}))
	form, err := awsapi.ParseForm("Action=DeleteUser&UserName=Bob", nil)
	if err != nil {
		t.Fatal(err)
	}
	call, err := d.ops["DeleteUser"].Decode(&awsapi.Request{Caller: &policy.Principal{Account: account}, Form: form})
	if err != nil {
		t.Fatal(err)
	}
	call.Needs()
	ok(t)(c.UpdateUser(ctx, &iam.UpdateUserInput{UserName: aws.String("Bob"), NewPath: aws.String("/safe/")}))
	if _, err := call.Run(ctx, nil); err == nil || err.(*awsapi.Error).Code != "ConcurrentModification" {
		t.Error(err)
	}
}
