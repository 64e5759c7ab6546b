package identity

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	dbtypes "github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/sts"
)

// IAM User Guide, "IAM tutorial: Define permissions to access AWS resources based on tags": four users on the projects
// Pegasus and Unicorn, four roles, one policy. The tutorial's resources are secrets; here they are IAM users for what
// may be created, read, changed and deleted, and DynamoDB tables for what may be read.

// abacPolicy is the tutorial's access-same-project-team, with secrets replaced by IAM users.
var abacPolicy = []string{
	`{"Sid":"AllActionsSameProjectSameTeam","Effect":"Allow","Action":["iam:CreateUser","iam:TagUser","iam:GetUser","iam:DeleteUser"],
	  "Resource":"*","Condition":{"StringEquals":{
	    "aws:ResourceTag/access-project":"${aws:PrincipalTag/access-project}",
	    "aws:ResourceTag/access-team":"${aws:PrincipalTag/access-team}"}}}`,
	`{"Sid":"CreateWithTags","Effect":"Allow","Action":["iam:CreateUser","iam:TagUser"],
	  "Resource":"*","Condition":{"StringEquals":{
	    "aws:RequestTag/access-project":"${aws:PrincipalTag/access-project}",
	    "aws:RequestTag/access-team":"${aws:PrincipalTag/access-team}"},
	   "ForAllValues:StringEquals":{"aws:TagKeys":["access-project","access-team","cost-center","Name","OwnedBy"]},
	   "StringEqualsIfExists":{"aws:RequestTag/cost-center":"${aws:PrincipalTag/cost-center}"}}}`,
	`{"Sid":"ViewAcrossProjectsSameTeam","Effect":"Allow","Action":["iam:GetUser","dynamodb:DescribeTable"],
	  "Resource":"*","Condition":{"StringEquals":{"aws:ResourceTag/access-team":"${aws:PrincipalTag/access-team}"}}}`,
	`{"Sid":"DenyUntagSecretsManagerReservedTags","Effect":"Deny","Action":["iam:UntagUser","dynamodb:UntagResource"],
	  "Resource":"*","Condition":{"ForAnyValue:StringLike":{"aws:TagKeys":"access-*"}}}`,
}

// engineer is a tutorial's user in the role of the team.
type engineer struct {
	name  string
	creds aws.Credentials
}

// team makes a user who may assume roles with the user's own tags, and the tutorial's role, and assumes it.
func team(t *testing.T, name, project, teamName, policy string) engineer {
	t.Helper()
	u := user(t, name)
	_, err := admin().TagUser(t.Context(), &iam.TagUserInput{UserName: &u.name, Tags: marks("access-project="+project, "access-team="+teamName, "cost-center=987654")})
	must(t, "tag user", err)
	// The tutorial's access-assume-role.
	u.may(t, admin(), "access-assume-role", `{"Sid":"TutorialAssumeRole","Effect":"Allow","Action":"sts:AssumeRole","Resource":"arn:aws:iam::`+account+`:role/access-*",
		"Condition":{"StringEquals":{"iam:ResourceTag/access-project":"${aws:PrincipalTag/access-project}",
		"iam:ResourceTag/access-team":"${aws:PrincipalTag/access-team}","iam:ResourceTag/cost-center":"${aws:PrincipalTag/cost-center}"}}}`)
	r := roleWith(t, &iam.CreateRoleInput{
		RoleName: aws.String(named(t, "access-"+project+"-"+teamName+"-"+name)), AssumeRolePolicyDocument: aws.String(doc(trust(root))),
		Tags: marks("access-project="+project, "access-team="+teamName, "cost-center=987654"),
	})
	_, err = admin().AttachRolePolicy(t.Context(), &iam.AttachRolePolicyInput{RoleName: &r.name, PolicyArn: &policy})
	must(t, "attach policy", err)
	return engineer{name, session(t, u.creds, r.arn)}
}

func TestABACTutorial(t *testing.T) {
	t.Parallel()
	policy := managed(t, "access-same-project-team", abacPolicy...)
	pegEng, pegQas := team(t, "arnav", "peg", "eng", policy), team(t, "mary", "peg", "qas", policy)
	uniEng := team(t, "saanvi", "uni", "eng", policy)

	// Creating needs the creator's own tags, and no other keys.
	create := func(e engineer, name string, pairs ...string) error {
		_, err := iamOf(e.creds).CreateUser(t.Context(), &iam.CreateUserInput{UserName: aws.String(named(t, name)), Tags: marks(pairs...)})
		return err
	}
	works(t, "create with the own tags", create(pegEng, "peg-eng-secret", "access-project=peg", "access-team=eng", "cost-center=987654"))
	works(t, "create without the cost center", create(uniEng, "uni-eng-secret", "access-project=uni", "access-team=eng"))
	denied(t, "create for another team", create(pegEng, "no-1", "access-project=peg", "access-team=qas", "cost-center=987654"))
	denied(t, "create for another project", create(pegEng, "no-2", "access-project=uni", "access-team=eng"))
	denied(t, "create with another cost center", create(pegEng, "no-3", "access-project=peg", "access-team=eng", "cost-center=123456"))
	denied(t, "create with a key of its own", create(pegEng, "no-4", "access-project=peg", "access-team=eng", "color=red"))
	denied(t, "create without tags", create(pegEng, "no-5"))

	secret := aws.String(named(t, "peg-eng-secret"))
	read := func(e engineer) error {
		_, err := iamOf(e.creds).GetUser(t.Context(), &iam.GetUserInput{UserName: secret})
		return err
	}
	works(t, "read: same project and team", read(pegEng))
	works(t, "read: another project, same team", read(uniEng))
	denied(t, "read: same project, another team", read(pegQas))

	update := func(e engineer) error {
		_, err := iamOf(e.creds).TagUser(t.Context(), &iam.TagUserInput{UserName: secret, Tags: marks("Name=changed")})
		return err
	}
	denied(t, "change: another project", update(uniEng))
	denied(t, "change: another team", update(pegQas))
	works(t, "change: same project and team", update(pegEng))

	_, err := iamOf(pegEng.creds).UntagUser(t.Context(), &iam.UntagUserInput{UserName: secret, TagKeys: []string{"access-team"}})
	denied(t, "take a reserved tag away", err, "with an explicit deny in an identity-based policy")
	_, err = iamOf(uniEng.creds).DeleteUser(t.Context(), &iam.DeleteUserInput{UserName: secret})
	denied(t, "delete: another project", err)
	_, err = iamOf(pegEng.creds).DeleteUser(t.Context(), &iam.DeleteUserInput{UserName: secret})
	works(t, "delete: same project and team", err)
}

func TestABACOnTables(t *testing.T) {
	t.Parallel()
	policy := managed(t, "access-same-project-team", abacPolicy...)
	pegEng, uniQas := team(t, "arnav", "peg", "eng", policy), team(t, "carlos", "uni", "qas", policy)
	tagged := table(t, "tagged", dbtypes.Tag{Key: aws.String("access-project"), Value: aws.String("uni")}, dbtypes.Tag{Key: aws.String("access-team"), Value: aws.String("eng")})
	describe := func(e engineer) error {
		_, err := dynamo(e.creds).DescribeTable(t.Context(), &dynamodb.DescribeTableInput{TableName: &tagged})
		return err
	}
	works(t, "same team", describe(pegEng))
	deniedData(t, "another team", describe(uniQas))
}

// The tutorial's step 2: a user can assume only the role that has the user's tags.
func TestABACAssumeRole(t *testing.T) {
	t.Parallel()
	u := user(t, "arnav", statement("Allow", "sts:AssumeRole", "*", `{"StringEquals":{"aws:ResourceTag/access-project":"${aws:PrincipalTag/access-project}"}}`))
	make := func(name string, pairs ...string) part {
		return roleWith(t, &iam.CreateRoleInput{RoleName: aws.String(named(t, name)), AssumeRolePolicyDocument: aws.String(doc(trust(root))), Tags: marks(pairs...)})
	}
	peg, uni, none := make("peg", "access-project=peg"), make("uni", "access-project=uni"), make("none")
	_, err := assume(t, u.creds, none.arn)
	denied(t, "a user without tags, a role without tags", err)
	_, err = admin().TagUser(t.Context(), &iam.TagUserInput{UserName: &u.name, Tags: marks("access-project=peg")})
	must(t, "tag user", err)
	session(t, u.creds, peg.arn)
	for _, r := range []part{uni, none} {
		_, err = assume(t, u.creds, r.arn)
		denied(t, r.name, err, noAssume(u.arn, r.arn))
	}
}

// IAM User Guide, "IAM tutorial: Use SAML session tags for ABAC" and "Chaining roles with session tags": one role for
// all, who they are comes with the session.
func TestABACWithSessionTags(t *testing.T) {
	t.Parallel()
	broker := user(t, "broker", allow(both, "*"))
	r := role(t, "role", trusting("Allow", root, both, `{"StringLike":{"aws:RequestTag/access-team":"*"}}`),
		statement("Allow", "dynamodb:DescribeTable", "*", `{"StringEquals":{"aws:ResourceTag/access-team":"${aws:PrincipalTag/access-team}"}}`))
	name := table(t, "tagged", dbtypes.Tag{Key: aws.String("access-team"), Value: aws.String("eng")})
	for value, ok := range map[string]bool{"eng": true, "qas": false} {
		s := session(t, broker.creds, r.arn, tagged("access-team="+value), func(in *sts.AssumeRoleInput) { in.RoleSessionName = aws.String(value) })
		_, err := dynamo(s).DescribeTable(t.Context(), &dynamodb.DescribeTableInput{TableName: &name})
		if ok {
			works(t, value, err)
		} else {
			deniedData(t, value, err)
		}
	}
	_, err := assume(t, broker.creds, r.arn)
	denied(t, "without tags", err)
}
