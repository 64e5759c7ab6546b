// Package clients gets credentials the ways that real clients do, and uses them: the AWS CLI, boto3, and the AWS SDKs for
// Go and JavaScript, with their profiles, environment variables, processes, container endpoints, web identity tokens and
// MFA codes, against the built server.
//
// What is asked and what is expected come from "Configuration and credential file settings" in the AWS CLI User Guide
// and "Standardized credential providers" in the AWS SDKs and Tools Reference Guide. It imports the AWS SDK and package
// harness, and nothing else of this module. The main rule: a test makes its own users and roles, named after itself,
// and shows of each way who the credentials are, one thing that they may do and one that they may not.
package clients

import (
	"context"
	"errors"
	"fmt"
	"hash/crc32"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/smithy-go"

	"github.com/statordb/stator/tests/harness"
)

func TestMain(m *testing.M) { harness.Main(m) }

// region is not the server's own: what a client is told is what counts.
const region = "eu-west-3"

// admin manages identities.
func admin(t *testing.T) *iam.Client {
	t.Helper()
	return iam.NewFromConfig(harness.Shared(t).Config)
}

// config makes clients of the SDK for Go with these credentials.
func config(t *testing.T, credentials aws.CredentialsProvider) aws.Config {
	t.Helper()
	return aws.Config{
		Region: region, BaseEndpoint: aws.String(harness.Shared(t).Endpoint), Credentials: credentials,
		Retryer: func() aws.Retryer { return aws.NopRetryer{} },
	}
}

// these are credentials that stay as they are.
func these(c aws.Credentials) aws.CredentialsProvider {
	return aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) { return c, nil })
}

// named is a name that no other test uses.
func named(t *testing.T, name string) string {
	return fmt.Sprintf("%s-%08x", name, crc32.ChecksumIEEE([]byte(t.Name())))
}

// doc is a policy document of those statements.
func doc(statements ...string) *string {
	return aws.String(`{"Version":"2012-10-17","Statement":[` + strings.Join(statements, ",") + `]}`)
}

// allow is a statement; actions are separated by spaces.
func allow(actions, resource string) string {
	return fmt.Sprintf(`{"Effect":"Allow","Action":["%s"],"Resource":%q}`, strings.Join(strings.Fields(actions), `","`), resource)
}

// trust lets an AWS principal assume a role on a condition, which may be empty.
func trust(principal, condition string) string {
	if condition != "" {
		condition = `,"Condition":` + condition
	}
	return fmt.Sprintf(`{"Effect":"Allow","Principal":{"AWS":%q},"Action":"sts:AssumeRole"%s}`, principal, condition)
}

// person is an IAM user with an access key.
type person struct {
	name, arn string
	creds     aws.Credentials
}

// user makes an IAM user with an access key and an inline policy of those statements, if any.
func user(t *testing.T, name string, statements ...string) person {
	t.Helper()
	name = named(t, name)
	made, err := admin(t).CreateUser(t.Context(), &iam.CreateUserInput{UserName: &name})
	must(t, "create user", err)
	if len(statements) > 0 {
		_, err = admin(t).PutUserPolicy(t.Context(), &iam.PutUserPolicyInput{UserName: &name, PolicyName: aws.String("own"), PolicyDocument: doc(statements...)})
		must(t, "put user policy", err)
	}
	key, err := admin(t).CreateAccessKey(t.Context(), &iam.CreateAccessKeyInput{UserName: &name})
	must(t, "create access key", err)
	return person{name, *made.User.Arn, aws.Credentials{
		AccessKeyID: *key.AccessKey.AccessKeyId, SecretAccessKey: *key.AccessKey.SecretAccessKey,
	}}
}

// part is a role.
type part struct{ name, arn string }

// role makes a role with a trust policy of that one statement and an inline policy of those statements, if any.
func role(t *testing.T, name, trusted string, statements ...string) part {
	t.Helper()
	name = named(t, name)
	made, err := admin(t).CreateRole(t.Context(), &iam.CreateRoleInput{RoleName: &name, AssumeRolePolicyDocument: doc(trusted)})
	must(t, "create role", err)
	if len(statements) > 0 {
		_, err = admin(t).PutRolePolicy(t.Context(), &iam.PutRolePolicyInput{RoleName: &name, PolicyName: aws.String("own"), PolicyDocument: doc(statements...)})
		must(t, "put role policy", err)
	}
	return part{name, *made.Role.Arn}
}

// session is the ARN of the role's sessions of that name.
func (r part) session(name string) string {
	return strings.Replace(strings.Replace(r.arn, ":iam:", ":sts:", 1), ":role/", ":assumed-role/", 1) + "/" + name
}

// table is the test's own table.
type table struct{ name, arn string }

// create makes a table with the key id.
func create(t *testing.T) table {
	t.Helper()
	name := named(t, "table")
	out, err := dynamodb.NewFromConfig(config(t, harness.Shared(t).Config.Credentials)).CreateTable(t.Context(), &dynamodb.CreateTableInput{
		TableName: &name, BillingMode: types.BillingModePayPerRequest,
		KeySchema:            []types.KeySchemaElement{{AttributeName: aws.String("id"), KeyType: types.KeyTypeHash}},
		AttributeDefinitions: []types.AttributeDefinition{{AttributeName: aws.String("id"), AttributeType: types.ScalarAttributeTypeS}},
	})
	must(t, "create table", err)
	return table{name, *out.TableDescription.TableArn}
}

// items lets a principal put and get items of the table, and not delete them.
func (b table) items() string { return allow("dynamodb:PutItem dynamodb:GetItem", b.arn) }

// noDelete is the answer to a principal that has items alone and wants to delete one.
func (b table) noDelete(principal string) string {
	return "User: " + principal + " is not authorized to perform: dynamodb:DeleteItem on resource: " + b.arn +
		" because no identity-based policy allows the dynamodb:DeleteItem action"
}

// whoami is the ARN that STS has for the credentials of c.
func whoami(t *testing.T, c aws.Config) string {
	t.Helper()
	out, err := sts.NewFromConfig(c).GetCallerIdentity(t.Context(), &sts.GetCallerIdentityInput{})
	if err != nil {
		t.Errorf("get caller identity: %v", err)
		return ""
	}
	return *out.Arn
}

// shows checks that the credentials of c are the principal's, who may put and get items of the table but not delete them.
func (b table) shows(t *testing.T, c aws.Config, principal string) {
	t.Helper()
	if got := whoami(t, c); got != principal {
		t.Errorf("the credentials are of %s, want %s", got, principal)
	}
	db := dynamodb.NewFromConfig(c)
	key := map[string]types.AttributeValue{"id": &types.AttributeValueMemberS{Value: t.Name()}}
	if _, err := db.PutItem(t.Context(), &dynamodb.PutItemInput{TableName: &b.name, Item: key}); err != nil {
		t.Errorf("put item: %v", err)
	}
	if out, err := db.GetItem(t.Context(), &dynamodb.GetItemInput{TableName: &b.name, Key: key}); err != nil || len(out.Item) != 1 {
		t.Errorf("get item: %v, error %v", out, err)
	}
	_, err := db.DeleteItem(t.Context(), &dynamodb.DeleteItemInput{TableName: &b.name, Key: key})
	fails(t, "delete item", err, "AccessDeniedException", b.noDelete(principal))
}

// fails expects an API error of that code, with that text in its message.
func fails(t *testing.T, what string, err error, code, text string) {
	t.Helper()
	e, ok := errors.AsType[smithy.APIError](err)
	if !ok || e.ErrorCode() != code || !strings.Contains(e.ErrorMessage(), text) {
		t.Errorf("%s: %v, want %s: %s", what, err, code, text)
	}
}

// must fails the test if what it needs failed.
func must(t *testing.T, what string, err error) {
	t.Helper()
	if err != nil {
		t.Fatalf("%s: %v", what, err)
	}
}

// write writes a file.
func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// lasts checks that credentials expire about so long from now.
func lasts(t *testing.T, expires time.Time, want time.Duration) {
	t.Helper()
	if got := time.Until(expires); got > want+5*time.Second || got < want-time.Minute {
		t.Errorf("credentials expire in %v, want %v", got, want)
	}
}
