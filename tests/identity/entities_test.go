package identity

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	dbtypes "github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	ststypes "github.com/aws/aws-sdk-go-v2/service/sts/types"
)

// doc is a policy document of those statements.
func doc(statements ...string) string {
	return `{"Version":"2012-10-17","Statement":[` + strings.Join(statements, ",") + `]}`
}

// statement is a statement of a permissions policy. actions are separated by spaces; condition may be empty.
func statement(effect, actions, resource, condition string) string {
	s := fmt.Sprintf(`{"Effect":%q,"Action":["%s"],"Resource":%q`, effect, strings.Join(strings.Fields(actions), `","`), resource)
	if condition != "" {
		s += `,"Condition":` + condition
	}
	return s + "}"
}

func allow(actions, resource string) string { return statement("Allow", actions, resource, "") }
func deny(actions, resource string) string  { return statement("Deny", actions, resource, "") }

// trusting is a statement of a role's trust policy for an AWS principal.
func trusting(effect, principal, actions, condition string) string {
	s := fmt.Sprintf(`{"Effect":%q,"Principal":{"AWS":%q},"Action":["%s"]`, effect, principal,
		strings.Join(strings.Fields(actions), `","`))
	if condition != "" {
		s += `,"Condition":` + condition
	}
	return s + "}"
}

// trust lets an AWS principal assume a role.
func trust(principal string) string { return trusting("Allow", principal, "sts:AssumeRole", "") }

// root is how a policy names the account.
const root = "arn:aws:iam::" + account + ":root"

// everything is what AdministratorAccess allows.
const everything = `{"Effect":"Allow","Action":"*","Resource":"*"}`

// person is an IAM user with an access key.
type person struct {
	name, arn, id string
	creds         aws.Credentials
}

// user makes an IAM user with an access key and an inline policy of those statements, if any.
func user(t *testing.T, name string, statements ...string) person {
	t.Helper()
	return userIn(t, admin(), named(t, name), statements...)
}

// userIn makes a user of exactly that name with an administrator's client of any account.
func userIn(t *testing.T, by *iam.Client, name string, statements ...string) person {
	t.Helper()
	made, err := by.CreateUser(t.Context(), &iam.CreateUserInput{UserName: &name})
	must(t, "create user", err)
	p := person{name: name, arn: *made.User.Arn, id: *made.User.UserId}
	if len(statements) > 0 {
		p.may(t, by, "own", statements...)
	}
	key, err := by.CreateAccessKey(t.Context(), &iam.CreateAccessKeyInput{UserName: &name})
	must(t, "create access key", err)
	p.creds = aws.Credentials{AccessKeyID: *key.AccessKey.AccessKeyId, SecretAccessKey: *key.AccessKey.SecretAccessKey}
	return p
}

// may replaces the inline policy of that name.
func (p person) may(t *testing.T, by *iam.Client, policy string, statements ...string) {
	t.Helper()
	_, err := by.PutUserPolicy(t.Context(), &iam.PutUserPolicyInput{
		UserName: &p.name, PolicyName: &policy, PolicyDocument: aws.String(doc(statements...)),
	})
	must(t, "put user policy", err)
}

// part is a role.
type part struct{ name, arn, id string }

// role makes a role with a trust policy of that one statement and an inline policy of those statements, if any.
func role(t *testing.T, name, trustStatement string, statements ...string) part {
	t.Helper()
	return roleWith(t, &iam.CreateRoleInput{
		RoleName: aws.String(named(t, name)), AssumeRolePolicyDocument: aws.String(doc(trustStatement)),
	}, statements...)
}

// roleWith makes a role as in says.
func roleWith(t *testing.T, in *iam.CreateRoleInput, statements ...string) part {
	t.Helper()
	made, err := admin().CreateRole(t.Context(), in)
	must(t, "create role", err)
	r := part{name: *in.RoleName, arn: *made.Role.Arn, id: *made.Role.RoleId}
	if len(statements) > 0 {
		r.may(t, "own", statements...)
	}
	return r
}

// may replaces the inline policy of that name.
func (r part) may(t *testing.T, policy string, statements ...string) {
	t.Helper()
	_, err := admin().PutRolePolicy(t.Context(), &iam.PutRolePolicyInput{
		RoleName: &r.name, PolicyName: &policy, PolicyDocument: aws.String(doc(statements...)),
	})
	must(t, "put role policy", err)
}

// trusts replaces the trust policy.
func (r part) trusts(t *testing.T, statements ...string) {
	t.Helper()
	_, err := admin().UpdateAssumeRolePolicy(t.Context(), &iam.UpdateAssumeRolePolicyInput{
		RoleName: &r.name, PolicyDocument: aws.String(doc(statements...)),
	})
	must(t, "update trust policy", err)
}

// remove deletes the role and its inline policy.
func (r part) remove(t *testing.T) {
	t.Helper()
	list, err := admin().ListRolePolicies(t.Context(), &iam.ListRolePoliciesInput{RoleName: &r.name})
	must(t, "list role policies", err)
	for _, policy := range list.PolicyNames {
		_, err := admin().DeleteRolePolicy(t.Context(), &iam.DeleteRolePolicyInput{RoleName: &r.name, PolicyName: &policy})
		must(t, "delete role policy", err)
	}
	_, err = admin().DeleteRole(t.Context(), &iam.DeleteRoleInput{RoleName: &r.name})
	must(t, "delete role", err)
}

// managed makes a customer managed policy and returns its ARN.
func managed(t *testing.T, name string, statements ...string) string {
	t.Helper()
	made, err := admin().CreatePolicy(t.Context(), &iam.CreatePolicyInput{
		PolicyName: aws.String(named(t, name)), PolicyDocument: aws.String(doc(statements...)),
	})
	must(t, "create policy", err)
	return *made.Policy.Arn
}

// assume assumes a role with the session name "session", unless change says otherwise.
func assume(t *testing.T, by aws.Credentials, roleARN string, change ...func(*sts.AssumeRoleInput)) (*sts.AssumeRoleOutput, error) {
	t.Helper()
	in := &sts.AssumeRoleInput{RoleArn: &roleARN, RoleSessionName: aws.String("session")}
	for _, c := range change {
		c(in)
	}
	return stsOf(by).AssumeRole(t.Context(), in)
}

// session assumes a role and returns the credentials.
func session(t *testing.T, by aws.Credentials, roleARN string, change ...func(*sts.AssumeRoleInput)) aws.Credentials {
	t.Helper()
	out, err := assume(t, by, roleARN, change...)
	must(t, "assume "+roleARN, err)
	return temporary(t, out.Credentials)
}

// temporary are the credentials of an answer, checked for their form.
func temporary(t *testing.T, c *ststypes.Credentials) aws.Credentials {
	t.Helper()
	if c == nil || c.AccessKeyId == nil || c.SecretAccessKey == nil || c.SessionToken == nil || c.Expiration == nil {
		t.Fatalf("credentials are not complete: %+v", c)
	}
	if !strings.HasPrefix(*c.AccessKeyId, "ASIA") || len(*c.AccessKeyId) != 20 || len(*c.SecretAccessKey) != 40 {
		t.Errorf("access key %s, a secret of %d characters", *c.AccessKeyId, len(*c.SecretAccessKey))
	}
	return aws.Credentials{AccessKeyID: *c.AccessKeyId, SecretAccessKey: *c.SecretAccessKey, SessionToken: *c.SessionToken}
}

// tags are session tags, given as key=value.
func tags(pairs ...string) []ststypes.Tag {
	var all []ststypes.Tag
	for _, p := range pairs {
		key, value, _ := strings.Cut(p, "=")
		all = append(all, ststypes.Tag{Key: &key, Value: &value})
	}
	return all
}

// marks are IAM tags, given as key=value.
func marks(pairs ...string) []types.Tag {
	var all []types.Tag
	for _, p := range pairs {
		key, value, _ := strings.Cut(p, "=")
		all = append(all, types.Tag{Key: &key, Value: &value})
	}
	return all
}

// whoami is the ARN of credentials.
func whoami(t *testing.T, c aws.Credentials) string {
	t.Helper()
	out, err := stsOf(c).GetCallerIdentity(t.Context(), &sts.GetCallerIdentityInput{})
	must(t, "get caller identity", err)
	return *out.Arn
}

// The actions that tests try: cheap, without side effects, and each of one kind of resource.

// listTables needs dynamodb:ListTables on *.
func listTables(t *testing.T, c aws.Credentials) error {
	t.Helper()
	_, err := dynamo(c).ListTables(t.Context(), &dynamodb.ListTablesInput{})
	return err
}

// describeLimits needs dynamodb:DescribeLimits on *.
func describeLimits(t *testing.T, c aws.Credentials) error {
	t.Helper()
	_, err := dynamo(c).DescribeLimits(t.Context(), &dynamodb.DescribeLimitsInput{})
	return err
}

// listUsers needs iam:ListUsers.
func listUsers(t *testing.T, c aws.Credentials) error {
	t.Helper()
	_, err := iamOf(c).ListUsers(t.Context(), &iam.ListUsersInput{MaxItems: aws.Int32(1)})
	return err
}

// table makes a DynamoDB table with the partition key id and returns its name.
func table(t *testing.T, name string, marked ...dbtypes.Tag) string {
	t.Helper()
	name = named(t, name)
	_, err := dynamo(site.admin).CreateTable(t.Context(), tableOf(name, marked...))
	must(t, "create table", err)
	return name
}

// unescaped is a policy document as IAM's answers have them.
func unescaped(t *testing.T, document string) string {
	t.Helper()
	text, err := url.QueryUnescape(document)
	must(t, "unescape a document", err)
	return text
}

// tableOf asks for a table with the partition key id.
func tableOf(name string, marked ...dbtypes.Tag) *dynamodb.CreateTableInput {
	return &dynamodb.CreateTableInput{
		TableName: &name, BillingMode: dbtypes.BillingModePayPerRequest, Tags: marked,
		AttributeDefinitions: []dbtypes.AttributeDefinition{{AttributeName: aws.String("id"), AttributeType: "S"}},
		KeySchema:            []dbtypes.KeySchemaElement{{AttributeName: aws.String("id"), KeyType: "HASH"}},
	}
}

// item has only that id.
func item(id string) map[string]dbtypes.AttributeValue {
	return map[string]dbtypes.AttributeValue{"id": &dbtypes.AttributeValueMemberS{Value: id}}
}
