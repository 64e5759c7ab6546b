package identity

import (
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/aws/aws-sdk-go-v2/service/sts"
)

// What is said to credentials that do not fit together: IAM API Reference and DynamoDB Developer Guide, "Common errors".

func TestSessionTokensThatDoNotFit(t *testing.T) {
	t.Parallel()
	u := user(t, "user", everything)
	r := role(t, "role", trust(u.arn), everything)
	a, b := session(t, u.creds, r.arn), session(t, u.creds, r.arn)
	for what, c := range map[string]aws.Credentials{"role": a, "session token": sessionToken(t, u.creds), "federated": federate(t, u.creds, everything)} {
		works(t, what, listTables(t, c))
	}
	with := func(c aws.Credentials, token string) aws.Credentials { c.SessionToken = token; return c }
	const invalid = "The security token included in the request is invalid"
	for _, c := range []struct {
		name  string
		creds aws.Credentials
	}{
		{"no token", with(a, "")},
		{"garbage", with(a, "garbage")},
		{"garbage in base64", with(a, strings.Repeat("QUJD", 100))},
		{"another session's", with(a, b.SessionToken)},
		{"cut short", with(a, a.SessionToken[:len(a.SessionToken)-8])},
		{"one byte changed", with(a, flip(a.SessionToken))},
		{"one appended", with(a, a.SessionToken+"A")},
		{"with a long-term key", with(u.creds, a.SessionToken)},
		{"garbage with a long-term key", with(u.creds, "garbage")},
		{"a key that nobody has", aws.Credentials{AccessKeyID: "ASIAIOSFODNN7EXAMPLE", SecretAccessKey: a.SecretAccessKey, SessionToken: a.SessionToken}},
		{"a long-term key that nobody has", aws.Credentials{AccessKeyID: "AKIAIOSFODNN7EXAMPLE", SecretAccessKey: u.creds.SecretAccessKey}},
	} {
		fails(t, c.name+": DynamoDB", listTables(t, c.creds), 400, "UnrecognizedClientException", invalid)
		fails(t, c.name+": IAM", listUsers(t, c.creds), 403, "InvalidClientTokenId", invalid)
		_, err := stsOf(c.creds).GetCallerIdentity(t.Context(), &sts.GetCallerIdentityInput{})
		fails(t, c.name+": STS", err, 403, "InvalidClientTokenId", invalid)
	}

	wrong := a
	wrong.SecretAccessKey = b.SecretAccessKey
	fails(t, "the secret of another session: DynamoDB", listTables(t, wrong), 400, "InvalidSignatureException", "The request signature we calculated does not match the signature you provided.")
	fails(t, "the secret of another session: IAM", listUsers(t, wrong), 403, "SignatureDoesNotMatch", "The request signature we calculated does not match the signature you provided.")
}

// flip changes a byte in the middle to another letter.
func flip(token string) string {
	b := []byte(token)
	if i := len(b) / 2; b[i] == 'A' {
		b[i] = 'B'
	} else {
		b[i] = 'A'
	}
	return string(b)
}

// Keys that are inactive or deleted are refused at once; a role's session that was begun with them goes on.
func TestInactiveKey(t *testing.T) {
	t.Parallel()
	u := user(t, "user", everything)
	r := role(t, "role", trust(u.arn), everything)
	s := session(t, u.creds, r.arn)
	set := func(status string) {
		_, err := admin().UpdateAccessKey(t.Context(), &iam.UpdateAccessKeyInput{UserName: &u.name, AccessKeyId: &u.creds.AccessKeyID, Status: types.StatusType(status)})
		must(t, "update access key", err)
	}
	set("Inactive")
	fails(t, "DynamoDB", listTables(t, u.creds), 400, "UnrecognizedClientException", "The security token included in the request is invalid")
	fails(t, "IAM", listUsers(t, u.creds), 403, "InvalidClientTokenId", "The security token included in the request is invalid")
	works(t, "the role's session", listTables(t, s))
	set("Active")
	works(t, "active again", listTables(t, u.creds))
	_, err := admin().DeleteAccessKey(t.Context(), &iam.DeleteAccessKeyInput{UserName: &u.name, AccessKeyId: &u.creds.AccessKeyID})
	must(t, "delete access key", err)
	fails(t, "deleted", listTables(t, u.creds), 400, "UnrecognizedClientException")
	works(t, "the role's session", listTables(t, s))
}

// Access keys of sessions are none that IAM lists or can delete.
func TestTemporaryKeysAreNotListed(t *testing.T) {
	t.Parallel()
	u := user(t, "user")
	s := sessionToken(t, u.creds)
	list, err := admin().ListAccessKeys(t.Context(), &iam.ListAccessKeysInput{UserName: &u.name})
	must(t, "list access keys", err)
	if len(list.AccessKeyMetadata) != 1 || *list.AccessKeyMetadata[0].AccessKeyId != u.creds.AccessKeyID {
		t.Errorf("access keys %+v", list.AccessKeyMetadata)
	}
	_, err = admin().DeleteAccessKey(t.Context(), &iam.DeleteAccessKeyInput{UserName: &u.name, AccessKeyId: &s.AccessKeyID})
	fails(t, "delete a temporary key", err, 404, "NoSuchEntity")
}
