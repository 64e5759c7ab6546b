package identity

import (
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/sts"
)

// STS API Reference, GetCallerIdentity, GetAccessKeyInfo, DecodeAuthorizationMessage; IAM User Guide, the table of
// principal key values in "Policy variables".

func TestCallerIdentityOfUser(t *testing.T) {
	t.Parallel()
	// It needs no permission, and no policy can take it away.
	u := user(t, "user", deny("sts:GetCallerIdentity", "*"))
	is(t, "long-term", u.creds, u.arn, u.id)
	if want := "arn:aws:iam::" + account + ":user/" + u.name; u.arn != want || !strings.HasPrefix(u.id, "AIDA") {
		t.Errorf("%s %s, want %s", u.arn, u.id, want)
	}
	deep, err := admin().CreateUser(t.Context(), &iam.CreateUserInput{UserName: aws.String(named(t, "deep")), Path: aws.String("/division/team/")})
	must(t, "create user", err)
	key, err := admin().CreateAccessKey(t.Context(), &iam.CreateAccessKeyInput{UserName: deep.User.UserName})
	must(t, "create access key", err)
	is(t, "with a path", aws.Credentials{AccessKeyID: *key.AccessKey.AccessKeyId, SecretAccessKey: *key.AccessKey.SecretAccessKey},
		"arn:aws:iam::"+account+":user/division/team/"+*deep.User.UserName, *deep.User.UserId)
}

func TestCallerIdentityOfSessions(t *testing.T) {
	t.Parallel()
	u := user(t, "user", allow("sts:GetFederationToken", "*"))
	r := role(t, "role", trust(u.arn), deny("sts:*", "*"))
	is(t, "role", session(t, u.creds, r.arn), "arn:aws:sts::"+account+":assumed-role/"+r.name+"/session", r.id+":session")
	is(t, "session token", sessionToken(t, u.creds), u.arn, u.id)
	is(t, "federated", federate(t, u.creds), bob, account+":Bob")
}

func is(t *testing.T, what string, c aws.Credentials, arn, id string) {
	t.Helper()
	out, err := stsOf(c).GetCallerIdentity(t.Context(), &sts.GetCallerIdentityInput{})
	must(t, what, err)
	if *out.Arn != arn || *out.UserId != id || *out.Account != account {
		t.Errorf("%s: %s %s of %s, want %s %s of %s", what, *out.Arn, *out.UserId, *out.Account, arn, id, account)
	}
}

func TestAccessKeyInfo(t *testing.T) {
	t.Parallel()
	u, none := user(t, "user", allow("sts:GetAccessKeyInfo", "*")), user(t, "none")
	get := func(by person, id string) (*sts.GetAccessKeyInfoOutput, error) {
		return stsOf(by.creds).GetAccessKeyInfo(t.Context(), &sts.GetAccessKeyInfoInput{AccessKeyId: &id})
	}
	for name, id := range map[string]string{"own": u.creds.AccessKeyID, "of another user": none.creds.AccessKeyID, "temporary": sessionToken(t, none.creds).AccessKeyID} {
		out, err := get(u, id)
		if err != nil || aws.ToString(out.Account) != account {
			t.Errorf("%s: %v, error %v", name, out, err)
		}
	}
	_, err := admin().UpdateAccessKey(t.Context(), &iam.UpdateAccessKeyInput{UserName: &none.name, AccessKeyId: &none.creds.AccessKeyID, Status: "Inactive"})
	must(t, "update access key", err)
	out, err := get(u, none.creds.AccessKeyID)
	if err != nil || aws.ToString(out.Account) != account {
		t.Errorf("inactive: %v, error %v", out, err)
	}
	_, err = get(u, "AKIA")
	fails(t, "too short", err, 400, "ValidationError", "'accessKeyId' failed to satisfy constraint: Member must have length greater than or equal to 16")

	stranger := user(t, "stranger")
	_, err = get(stranger, stranger.creds.AccessKeyID)
	denied(t, "without permission", err, "User: "+stranger.arn+" is not authorized to perform: sts:GetAccessKeyInfo")
}

func TestDecodeAuthorizationMessage(t *testing.T) {
	t.Parallel()
	able, unable := user(t, "able", allow("sts:DecodeAuthorizationMessage", "*")), user(t, "unable")
	decode := func(by person, message string) error {
		_, err := stsOf(by.creds).DecodeAuthorizationMessage(t.Context(), &sts.DecodeAuthorizationMessageInput{EncodedMessage: &message})
		return err
	}
	denied(t, "without permission", decode(unable, "x"), "User: "+unable.arn+" is not authorized to perform: sts:DecodeAuthorizationMessage")
	fails(t, "no such message", decode(able, "not-an-encoded-message"), 400, "InvalidAuthorizationMessageException")
	fails(t, "empty", decode(able, ""), 400, "ValidationError", "'encodedMessage'")
	fails(t, "too long", decode(able, strings.Repeat("x", 10241)), 400, "ValidationError", "'encodedMessage'")
}
