package stator_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"github.com/statordb/stator"
)

// The audit log has a line for every request on tables and identities, refused ones too, and for those on items if that
// is asked for; and no secret and no value of an item.
func TestAudit(t *testing.T) {
	for _, data := range []bool{false, true} {
		path := filepath.Join(t.TempDir(), "audit.log")
		s := open(t, stator.Options{Account: "111122223333", Audit: stator.AuditOptions{Path: path, Data: data}})
		conf := config(t, s)
		ann := newUser(t, conf, "ann") // CreateUser, CreateAccessKey
		db := dynamodb.NewFromConfig(conf)
		_, err := db.CreateTable(t.Context(), &dynamodb.CreateTableInput{TableName: aws.String("Music"), BillingMode: types.BillingModePayPerRequest,
			AttributeDefinitions: []types.AttributeDefinition{{AttributeName: aws.String("k"), AttributeType: "S"}},
			KeySchema:            []types.KeySchemaElement{{AttributeName: aws.String("k"), KeyType: "HASH"}}})
		ok(t, err)
		_, err = db.PutItem(t.Context(), &dynamodb.PutItemInput{TableName: aws.String("Music"),
			Item: map[string]types.AttributeValue{"k": &types.AttributeValueMemberS{Value: "hush-hush"}}})
		ok(t, err)
		_, err = iam.NewFromConfig(conf).CreateLoginProfile(t.Context(), &iam.CreateLoginProfileInput{UserName: aws.String("ann"), Password: aws.String("hush-hush1A")})
		ok(t, err)
		session, err := sts.NewFromConfig(ann).GetSessionToken(t.Context(), &sts.GetSessionTokenInput{})
		ok(t, err)
		if _, err := dynamodb.NewFromConfig(ann).DescribeTable(t.Context(), &dynamodb.DescribeTableInput{TableName: aws.String("Music")}); err == nil {
			t.Error("ann may describe the table")
		}
		if _, err := iam.NewFromConfig(signedBy(conf, *session.Credentials.AccessKeyId, "wrong")).ListUsers(t.Context(), nil); err == nil {
			t.Error("a wrong secret signs")
		}
		ok(t, s.Close())

		text, err := os.ReadFile(path)
		ok(t, err)
		keys, err := ann.Credentials.Retrieve(t.Context())
		ok(t, err)
		for _, secret := range []string{"hush-hush", keys.SecretAccessKey, *session.Credentials.SecretAccessKey, *session.Credentials.SessionToken} {
			if strings.Contains(string(text), secret) {
				t.Errorf("%s is in the log:\n%s", secret, text)
			}
		}
		var got []string
		for line := range strings.Lines(string(text)) {
			var e struct {
				EventName, EventSource, ErrorCode, EventCategory string
				UserIdentity                                     struct{ Type, UserName string }
			}
			ok(t, json.Unmarshal([]byte(line), &e))
			got = append(got, strings.TrimSpace(strings.Join([]string{e.UserIdentity.UserName, e.EventSource, e.EventName, e.EventCategory, e.ErrorCode}, " ")))
		}
		want := []string{"Administrator iam.amazonaws.com CreateUser Management", "Administrator iam.amazonaws.com CreateAccessKey Management",
			"Administrator dynamodb.amazonaws.com CreateTable Management", "Administrator dynamodb.amazonaws.com PutItem Data",
			"Administrator iam.amazonaws.com CreateLoginProfile Management", "ann sts.amazonaws.com GetSessionToken Management",
			"ann dynamodb.amazonaws.com DescribeTable Management AccessDeniedException", "iam.amazonaws.com ListUsers Management InvalidClientTokenId"}
		if !data {
			want = append(want[:3], want[4:]...)
		}
		if strings.Join(got, "\n") != strings.Join(want, "\n") {
			t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	}
}

func ok(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
