package browser

import (
	"context"
	"encoding/json"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials/stscreds"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	iamtypes "github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/aws/aws-sdk-go-v2/service/organizations"
	orgtypes "github.com/aws/aws-sdk-go-v2/service/organizations/types"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"github.com/statordb/stator/tests/harness"
)

func TestConnect(t *testing.T) {
	t.Parallel()
	s := harness.Start(t)
	tableOf(t, dynamodb.NewFromConfig(s.Config), "Music", []string{"id S"}, nil)
	reader, inactive := newUser(t, s, "reader"), newUser(t, s, "former")
	client := iam.NewFromConfig(s.Config)
	if _, err := client.UpdateAccessKey(t.Context(), &iam.UpdateAccessKeyInput{UserName: inactive.UserName, AccessKeyId: inactive.AccessKeyId, Status: iamtypes.StatusTypeInactive}); err != nil {
		t.Fatal(err)
	}
	admin, err := s.Config.Credentials.Retrieve(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	flow(t, "connect.test.mjs", signedIn(t, s), "KEYS="+object(t, map[string][2]string{
		"admin":    {admin.AccessKeyID, admin.SecretAccessKey},
		"reader":   {*reader.AccessKeyId, *reader.SecretAccessKey},
		"inactive": {*inactive.AccessKeyId, *inactive.SecretAccessKey},
	}))
}

func TestTerminal(t *testing.T) {
	t.Parallel()
	flow(t, "terminal.test.mjs", signedIn(t, harness.Start(t)))
}

func TestActivity(t *testing.T) {
	t.Parallel()
	s := harness.Start(t)
	tableOf(t, dynamodb.NewFromConfig(s.Config), "Music", []string{"id S"}, nil)
	reader := newUser(t, s, "reader")
	denied := s.Config.Copy()
	denied.Credentials = aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
		return aws.Credentials{AccessKeyID: *reader.AccessKeyId, SecretAccessKey: *reader.SecretAccessKey}, nil
	})
	if _, err := dynamodb.NewFromConfig(denied).DeleteTable(t.Context(), &dynamodb.DeleteTableInput{TableName: aws.String("Music")}); err == nil {
		t.Fatal("a user without permissions deleted a table")
	}
	flow(t, "activity.test.mjs", signedIn(t, s), "OTHER="+object(t, otherAccount(t, s)))
}

// Without authentication everyone is the root user, who sees what was used.
func TestUsage(t *testing.T) {
	t.Parallel()
	s := harness.Start(t, "--auth=open")
	tableOf(t, dynamodb.NewFromConfig(s.Config), "Music", []string{"id S"}, nil)
	_, err := dynamodb.NewFromConfig(s.Config).PutItem(t.Context(), &dynamodb.PutItemInput{TableName: aws.String("Music"),
		Item: map[string]types.AttributeValue{"id": &types.AttributeValueMemberS{Value: "a"}}})
	if err != nil {
		t.Fatal(err)
	}
	flow(t, "usage.test.mjs", visit{endpoint: s.Endpoint})
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

// otherAccount makes an account beside the first one. It is what /signin/credentials would give its administrator.
func otherAccount(t *testing.T, s *harness.Server) map[string]string {
	t.Helper()
	orgs := organizations.NewFromConfig(s.Config)
	out, err := orgs.CreateAccount(t.Context(), &organizations.CreateAccountInput{AccountName: aws.String("other"), Email: aws.String("other@example.com")})
	if err != nil {
		t.Fatal(err)
	}
	status := out.CreateAccountStatus
	for status.State == orgtypes.CreateAccountStateInProgress {
		time.Sleep(10 * time.Millisecond)
		again, err := orgs.DescribeCreateAccountStatus(t.Context(), &organizations.DescribeCreateAccountStatusInput{CreateAccountRequestId: status.Id})
		if err != nil {
			t.Fatal(err)
		}
		status = again.CreateAccountStatus
	}
	role := "arn:aws:iam::" + aws.ToString(status.AccountId) + ":role/OrganizationAccountAccessRole"
	creds, err := stscreds.NewAssumeRoleProvider(sts.NewFromConfig(s.Config), role).Retrieve(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return map[string]string{"AccessKeyId": creds.AccessKeyID, "SecretAccessKey": creds.SecretAccessKey, "SessionToken": creds.SessionToken,
		"Expiration": "2100-01-01T00:00:00Z", "AccountId": *status.AccountId, "Region": s.Config.Region}
}

func object(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
