package identity

import (
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/sts"
)

// IAM User Guide, "Permissions boundaries for IAM entities", section "Delegating responsibility to others using
// permissions boundaries": María, an administrator, lets Zhang create users, but none with more than she allows.
// DynamoDB stands for the services of the guide.

type delegation struct {
	zhang    person
	company  string // XCompanyBoundaries: what Zhang's users may have at most
	prefix   string // of the names of users in this test
	boundary string // DelegatedUserBoundary: what Zhang may have at most
}

func delegate(t *testing.T) delegation {
	t.Helper()
	var d delegation
	d.prefix = named(t, "u") + "-"
	d.company = managed(t, "XCompanyBoundaries",
		`{"Sid":"ServiceBoundaries","Effect":"Allow","Action":["s3:*","cloudwatch:*","ec2:*","dynamodb:*"],"Resource":"*"}`,
		`{"Sid":"AllowIAMConsoleForCredentials","Effect":"Allow","Action":["iam:ListUsers","iam:GetAccountPasswordPolicy"],"Resource":"*"}`,
		`{"Sid":"AllowManageOwnPasswordAndAccessKeys","Effect":"Allow","Action":["iam:*AccessKey*","iam:ChangePassword","iam:GetUser","iam:*LoginProfile*"],
		  "Resource":["arn:aws:iam::*:user/${aws:username}"]}`)
	own := named(t, "DelegatedUserBoundary")
	zhang := person{name: named(t, "Zhang")}
	d.boundary = managed(t, "DelegatedUserBoundary",
		`{"Sid":"CreateOrChangeOnlyWithBoundary","Effect":"Allow","Action":["iam:AttachUserPolicy","iam:CreateUser","iam:DeleteUserPolicy",
		  "iam:DetachUserPolicy","iam:PutUserPermissionsBoundary","iam:PutUserPolicy"],"Resource":"*",
		  "Condition":{"StringEquals":{"iam:PermissionsBoundary":"`+d.company+`"}}}`,
		`{"Sid":"CloudWatchAndOtherIAMTasks","Effect":"Allow","Action":["cloudwatch:*","iam:CreateAccessKey","iam:CreateGroup","iam:CreateLoginProfile",
		  "iam:CreatePolicy","iam:DeleteGroup","iam:DeletePolicy","iam:DeletePolicyVersion","iam:DeleteUser","iam:GetAccountPasswordPolicy",
		  "iam:GetGroup","iam:GetLoginProfile","iam:GetPolicy","iam:GetPolicyVersion","iam:GetRolePolicy","iam:GetUser","iam:GetUserPolicy",
		  "iam:ListAccessKeys","iam:ListAttachedUserPolicies","iam:ListPolicies","iam:ListUsers","iam:SetDefaultPolicyVersion",
		  "iam:SimulateCustomPolicy","iam:SimulatePrincipalPolicy","iam:UpdateGroup","iam:UpdateLoginProfile","iam:UpdateUser"],
		  "NotResource":"arn:aws:iam::`+account+`:user/`+zhang.name+`"}`,
		`{"Sid":"NoBoundaryPolicyEdit","Effect":"Deny","Action":["iam:CreatePolicyVersion","iam:DeletePolicy","iam:DeletePolicyVersion","iam:SetDefaultPolicyVersion"],
		  "Resource":["`+d.company+`","arn:aws:iam::`+account+`:policy/`+own+`"]}`,
		`{"Sid":"NoBoundaryUserDelete","Effect":"Deny","Action":"iam:DeleteUserPermissionsBoundary","Resource":"*"}`)
	d.zhang = user(t, "Zhang",
		`{"Sid":"IAM","Effect":"Allow","Action":"iam:*","Resource":"*"}`,
		`{"Sid":"CloudWatchLimited","Effect":"Allow","Action":["cloudwatch:GetDashboard","cloudwatch:PutDashboard"],"Resource":"*"}`,
		`{"Sid":"S3BucketContents","Effect":"Allow","Action":"s3:ListBucket","Resource":"arn:aws:s3:::ZhangBucket"}`)
	_, err := admin().PutUserPermissionsBoundary(t.Context(), &iam.PutUserPermissionsBoundaryInput{UserName: &d.zhang.name, PermissionsBoundary: &d.boundary})
	must(t, "put boundary", err)
	return d
}

func TestDelegatedUserCreation(t *testing.T) {
	t.Parallel()
	d := delegate(t)
	zhang := iamOf(d.zhang.creds)
	nikhil := d.prefix + "Nikhil"
	_, err := zhang.CreateUser(t.Context(), &iam.CreateUserInput{UserName: &nikhil})
	denied(t, "create a user without a boundary", err, "because no permissions boundary allows the iam:CreateUser action")
	other := managed(t, "other", everything)
	_, err = zhang.CreateUser(t.Context(), &iam.CreateUserInput{UserName: &nikhil, PermissionsBoundary: &other})
	denied(t, "create a user with another boundary", err)
	made, err := zhang.CreateUser(t.Context(), &iam.CreateUserInput{UserName: &nikhil, PermissionsBoundary: &d.company})
	must(t, "create a user with the boundary", err)
	key, err := zhang.CreateAccessKey(t.Context(), &iam.CreateAccessKeyInput{UserName: &nikhil})
	must(t, "create an access key", err)
	n := person{name: nikhil, arn: *made.User.Arn, creds: aws.Credentials{AccessKeyID: *key.AccessKey.AccessKeyId, SecretAccessKey: *key.AccessKey.SecretAccessKey}}

	deniedData(t, "without a policy", listTables(t, n.creds), "because no identity-based policy allows")
	n.may(t, zhang, "own", everything)
	works(t, "within the boundary", listTables(t, n.creds))
	works(t, "within the boundary", listUsers(t, n.creds))
	_, err = iamOf(n.creds).CreateUser(t.Context(), &iam.CreateUserInput{UserName: aws.String(d.prefix + "more")})
	denied(t, "outside of the boundary", err, "because no permissions boundary allows the iam:CreateUser action")
	_, err = iamOf(n.creds).CreateRole(t.Context(), &iam.CreateRoleInput{RoleName: aws.String(d.prefix + "more"), AssumeRolePolicyDocument: aws.String(doc(trust(root)))})
	denied(t, "outside of the boundary", err)

	// Users that were made without the boundary are not Zhang's to change.
	shirley := user(t, "shirley")
	_, err = zhang.PutUserPolicy(t.Context(), &iam.PutUserPolicyInput{UserName: &shirley.name, PolicyName: aws.String("own"), PolicyDocument: aws.String(doc(everything))})
	denied(t, "a policy for a user without the boundary", err)
	_, err = zhang.AttachUserPolicy(t.Context(), &iam.AttachUserPolicyInput{UserName: &nikhil, PolicyArn: &other})
	works(t, "attach a policy to a user with the boundary", err)
	_, err = zhang.AttachUserPolicy(t.Context(), &iam.AttachUserPolicyInput{UserName: &d.zhang.name, PolicyArn: &other})
	denied(t, "attach a policy to herself", err)
}

func TestDelegatedUserCannotEscape(t *testing.T) {
	t.Parallel()
	d := delegate(t)
	zhang := iamOf(d.zhang.creds)
	for name, arn := range map[string]string{"the users' boundary": d.company, "her own boundary": d.boundary} {
		_, err := zhang.CreatePolicyVersion(t.Context(), &iam.CreatePolicyVersionInput{PolicyArn: &arn, PolicyDocument: aws.String(doc(everything)), SetAsDefault: true})
		denied(t, "change "+name, err, "with an explicit deny in a permissions boundary")
		_, err = zhang.DeletePolicy(t.Context(), &iam.DeletePolicyInput{PolicyArn: &arn})
		denied(t, "delete "+name, err, "with an explicit deny in a permissions boundary")
	}
	_, err := zhang.DeleteUserPermissionsBoundary(t.Context(), &iam.DeleteUserPermissionsBoundaryInput{UserName: &d.zhang.name})
	denied(t, "remove her own boundary", err, "with an explicit deny in a permissions boundary")
	_, err = zhang.CreateAccessKey(t.Context(), &iam.CreateAccessKeyInput{UserName: &d.zhang.name})
	denied(t, "a key for herself", err)
	nikhil := d.prefix + "Nikhil"
	_, err = zhang.CreateUser(t.Context(), &iam.CreateUserInput{UserName: &nikhil, PermissionsBoundary: &d.company})
	must(t, "create a user with the boundary", err)
	_, err = zhang.PutUserPermissionsBoundary(t.Context(), &iam.PutUserPermissionsBoundaryInput{UserName: &nikhil, PermissionsBoundary: aws.String("arn:aws:iam::aws:policy/AdministratorAccess")})
	denied(t, "a wider boundary for her user", err)
	_, err = zhang.DeleteUserPermissionsBoundary(t.Context(), &iam.DeleteUserPermissionsBoundaryInput{UserName: &nikhil})
	denied(t, "no boundary for her user", err, "with an explicit deny in a permissions boundary")
	deniedData(t, "DynamoDB for herself", listTables(t, d.zhang.creds))
}

// IAM User Guide, "Policy evaluation logic": in one account an allow of a resource-based policy is enough for a user
// that it names, and a boundary that says nothing does not take it back; an explicit deny does.
func TestTrustPolicyAndBoundary(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name     string
		boundary []string
		ok       bool
	}{
		{"a boundary that says nothing of it", []string{allow("dynamodb:*", "*")}, true},
		{"a boundary that denies it", []string{everything, deny("sts:AssumeRole", "*")}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			u := user(t, "user")
			_, err := admin().PutUserPermissionsBoundary(t.Context(), &iam.PutUserPermissionsBoundaryInput{
				UserName: &u.name, PermissionsBoundary: aws.String(managed(t, "boundary", c.boundary...)),
			})
			must(t, "put boundary", err)
			r := role(t, "role", trust(u.arn))
			if _, err = assume(t, u.creds, r.arn); c.ok {
				works(t, "assume", err)
			} else {
				denied(t, "assume", err, "with an explicit deny in a permissions boundary")
			}
			// Through the account, the user's policy and the boundary must both allow it.
			u.may(t, admin(), "own", allow("sts:AssumeRole", "*"))
			r.trusts(t, trust(root))
			_, err = assume(t, u.creds, r.arn)
			denied(t, "through the account", err)
		})
	}
}

// A session policy and a trust policy: a role's session that the second role's trust names may assume it only if its
// session policy allows that, unless the trust names the session itself.
func TestTrustPolicyAndSessionPolicy(t *testing.T) {
	t.Parallel()
	u := user(t, "user")
	first := role(t, "first", trust(u.arn))
	second := role(t, "second", trust(first.arn))
	works(t, "the role is named", tryChain(t, session(t, u.creds, first.arn), second.arn))
	denied(t, "the role is named, the session policy does not allow it",
		tryChain(t, session(t, u.creds, first.arn, inline(allow("dynamodb:*", "*"))), second.arn))
	works(t, "the role is named, the session policy allows it",
		tryChain(t, session(t, u.creds, first.arn, inline(allow("sts:AssumeRole", "*"))), second.arn))
	second.trusts(t, trust("arn:aws:sts::"+account+":assumed-role/"+first.name+"/session"))
	works(t, "the session is named", tryChain(t, session(t, u.creds, first.arn, inline(allow("dynamodb:*", "*"))), second.arn))
	denied(t, "the session policy denies",
		tryChain(t, session(t, u.creds, first.arn, inline(everything, deny("sts:*", "*"))), second.arn), "with an explicit deny in a session policy")
	another := session(t, u.creds, first.arn, func(in *sts.AssumeRoleInput) { in.RoleSessionName = aws.String("another") })
	denied(t, "another session is named", tryChain(t, another, second.arn), noAssume(whoami(t, another), second.arn))
}

func tryChain(t *testing.T, by aws.Credentials, roleARN string) error {
	t.Helper()
	_, err := assume(t, by, roleARN)
	return err
}

// The sample "Allows specific access in session names": policies see a session's principal as the role.
func TestPrincipalArnOfSession(t *testing.T) {
	t.Parallel()
	u := user(t, "user")
	r := role(t, "role", trust(u.arn))
	s := session(t, u.creds, r.arn)
	for _, c := range []struct {
		name, condition string
		ok              bool
	}{
		{"the role", `{"ArnEquals":{"aws:PrincipalArn":"` + r.arn + `"}}`, true},
		{"the session", `{"ArnEquals":{"aws:PrincipalArn":"arn:aws:sts::` + account + `:assumed-role/` + r.name + `/session"}}`, false},
		{"type", `{"StringEquals":{"aws:PrincipalType":"AssumedRole"}}`, true},
		{"account", `{"StringEquals":{"aws:PrincipalAccount":"` + account + `"}}`, true},
		{"user id", `{"StringEquals":{"aws:userid":"` + r.id + `:session"}}`, true},
		{"no user name", `{"Null":{"aws:username":"true"}}`, true},
	} {
		r.may(t, "own", statement("Allow", "dynamodb:ListTables", "*", c.condition))
		if err := listTables(t, s); c.ok {
			works(t, c.name, err)
		} else {
			deniedData(t, c.name, err)
		}
	}
	if !strings.HasSuffix(whoami(t, s), "/session") {
		t.Error(whoami(t, s))
	}
}
