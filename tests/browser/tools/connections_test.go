// Package tools follows people through connecting, the terminal and activity.
package tools

import (
	"context"
	"encoding/json"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	iamtypes "github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/statordb/stator/tests/browser"
	"github.com/statordb/stator/tests/harness"
)

func TestMain(m *testing.M) { harness.Main(m) }

func TestConnect(t *testing.T) {
	t.Parallel()
	// The flow makes its browser a proxy of a machine elsewhere.
	s := harness.Start(t, "--trusted-proxies=127.0.0.0/8", "--allow-cidr=127.0.0.0/8")
	browser.Table(t, dynamodb.NewFromConfig(s.Config), "Music", []string{"id S"}, nil)
	reader, inactive, denied := newUser(t, s, "reader"), newUser(t, s, "former"), newUser(t, s, "denied")
	client := iam.NewFromConfig(s.Config)
	const deny = `{"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Action": "dynamodb:*", "Resource": "*"}}`
	if _, err := client.PutUserPolicy(t.Context(), &iam.PutUserPolicyInput{UserName: denied.UserName, PolicyName: aws.String("none"), PolicyDocument: aws.String(deny)}); err != nil {
		t.Fatal(err)
	}
	if _, err := client.UpdateAccessKey(t.Context(), &iam.UpdateAccessKeyInput{UserName: inactive.UserName, AccessKeyId: inactive.AccessKeyId, Status: iamtypes.StatusTypeInactive}); err != nil {
		t.Fatal(err)
	}
	admin, err := s.Config.Credentials.Retrieve(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	browser.Flow(t, "connect.test.mjs", browser.SignedIn(t, s), "KEYS="+object(t, map[string][2]string{
		"admin":    {admin.AccessKeyID, admin.SecretAccessKey},
		"reader":   {*reader.AccessKeyId, *reader.SecretAccessKey},
		"inactive": {*inactive.AccessKeyId, *inactive.SecretAccessKey},
		"denied":   {*denied.AccessKeyId, *denied.SecretAccessKey},
	}))
}

func TestTerminal(t *testing.T) {
	t.Parallel()
	browser.Flow(t, "terminal.test.mjs", browser.SignedIn(t, harness.Start(t)))
}

func TestActivity(t *testing.T) {
	t.Parallel()
	s := harness.Start(t)
	browser.Table(t, dynamodb.NewFromConfig(s.Config), "Music", []string{"id S"}, nil)
	reader := newUser(t, s, "reader")
	denied := s.Config.Copy()
	denied.Credentials = aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
		return aws.Credentials{AccessKeyID: *reader.AccessKeyId, SecretAccessKey: *reader.SecretAccessKey}, nil
	})
	if _, err := dynamodb.NewFromConfig(denied).DeleteTable(t.Context(), &dynamodb.DeleteTableInput{TableName: aws.String("Music")}); err == nil {
		t.Fatal("a user without permissions deleted a table")
	}
	// Another account, whose administrator has made a table too.
	account, other := browser.OtherAccount(t, s)
	browser.Table(t, dynamodb.NewFromConfig(other), "Paintings", []string{"id S"}, nil)
	users, name := iam.NewFromConfig(other), aws.String("ada")
	if _, err := users.CreateUser(t.Context(), &iam.CreateUserInput{UserName: name}); err != nil {
		t.Fatal(err)
	}
	if _, err := users.AttachUserPolicy(t.Context(), &iam.AttachUserPolicyInput{UserName: name, PolicyArn: aws.String("arn:aws:iam::aws:policy/AdministratorAccess")}); err != nil {
		t.Fatal(err)
	}
	browser.Flow(t, "activity.test.mjs", browser.SignedIn(t, s), "OTHER="+browser.SignIn(t, other, account, *name))
}

// The root user sees what was used; an administrator, once the root user lets IAM users.
func TestUsage(t *testing.T) {
	t.Parallel()
	s := harness.Start(t)
	browser.Table(t, dynamodb.NewFromConfig(s.Config), "Music", []string{"id S"}, []map[string]types.AttributeValue{
		{"id": &types.AttributeValueMemberS{Value: "a"}},
	})
	browser.Flow(t, "usage.test.mjs", browser.SignedInAsRoot(t, s), "ADMINISTRATOR="+browser.SignIn(t, s.Config, s.Account, "Administrator"))
}

// newUser makes a user who may do nothing, with a key.
func newUser(t *testing.T, s *harness.Server, name string) *iamtypes.AccessKey {
	t.Helper()
	client := iam.NewFromConfig(s.Config)
	if _, err := client.CreateUser(t.Context(), &iam.CreateUserInput{UserName: &name}); err != nil {
		t.Fatal(err)
	}
	out, err := client.CreateAccessKey(t.Context(), &iam.CreateAccessKeyInput{UserName: &name})
	if err != nil {
		t.Fatal(err)
	}
	return out.AccessKey
}

func object(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
