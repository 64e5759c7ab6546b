package audit

import (
	"encoding/json"
	"fmt"
	"maps"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestFromForm(t *testing.T) {
	for name, c := range map[string]struct {
		form map[string]string
		want string
	}{
		"nothing": {map[string]string{"Action": "ListUsers", "Version": "2010-05-08", "x-amz-signature": "s"}, `null`},
		"members": {map[string]string{"UserName": "Bob", "Path": "/"}, `{"userName": "Bob", "path": "/"}`},
		"list": {
			map[string]string{
				"Tags.member.2.Key": "b", "Tags.member.10.Key": "c", "Tags.member.1.Key": "a", "Tags.member.1.Value": "x",
				"PolicyArns.member.1": "arn", "Empty": "",
			},
			`{"tags": [{"key": "a", "value": "x"}, {"key": "b"}, {"key": "c"}], "policyArns": ["arn"], "empty": ""}`,
		},
		"secrets": {
			map[string]string{
				"UserName": "Bob", "Password": "p", "PasswordResetRequired": "true", "TokenCode": "123456",
				"AuthenticationCode1": "1", "WebIdentityToken": "w", "SAMLAssertion": "s", "PrivateKey": "k", "OldPassword.a.b": "o",
			},
			`{"userName": "Bob", "password": "HIDDEN", "passwordResetRequired": "true", "tokenCode": "HIDDEN",
				"authenticationCode1": "HIDDEN", "webIdentityToken": "HIDDEN", "sAMLAssertion": "HIDDEN", "privateKey": "HIDDEN",
				"oldPassword": "HIDDEN"}`,
		},
		"no list":     {map[string]string{"A.member.1": "x", "A.member.b": "y"}, `{"a": {"member": {"1": "x", "b": "y"}}}`},
		"twice":       {map[string]string{"A.member.1": "x", "A.member.01": "y"}, `{"a": {"member": {"1": "x", "01": "y"}}}`},
		"both":        {map[string]string{"A": "x", "A.B": "y"}, `{"a": {"b": "y"}}`},
		"pretender":   {map[string]string{"UserName": "Bob", "userName": "Alice"}, `{"userName": "Bob"}`},
		"credentials": {map[string]string{"Credentials": "secret"}, `{"credentials": "HIDDEN"}`},
		"deep": {
			map[string]string{strings.Repeat("a.", 20) + "Code": "p"},
			strings.Repeat(`{"a":`, maxLevels-1) + `{"a.a.a.a.a.Code": "HIDDEN"}` + strings.Repeat("}", maxLevels-1),
		},
	} {
		t.Run(name, func(t *testing.T) {
			got := FromForm(maps.All(c.form)).field("requestParameters")
			sameJSON(t, string(got), strings.ReplaceAll(c.want, `"HIDDEN"`, `"`+Hidden+`"`))
		})
	}
}

func TestFromJSON(t *testing.T) {
	for name, c := range map[string]struct{ body, want string }{
		"table": {
			`{"TableName":"Music","ProvisionedThroughput":{"ReadCapacityUnits":12345678901234567890},"Tags":[{"Key":"k"}],"A":null}`,
			`{"tableName":"Music","provisionedThroughput":{"readCapacityUnits":12345678901234567890},"tags":[{"key":"k"}]}`,
		},
		"secrets": {
			`{"clientSecret":"s","Refresh_Token":["t"],"Deep":[{"SSHPrivateKey":{"a":"b"}}],"Credentials":[{"AccessKeyId":"ASIA"},"s"]}`,
			`{"clientSecret":"HIDDEN","refresh_Token":"HIDDEN","deep":[{"sSHPrivateKey":"HIDDEN"}],"credentials":[{"accessKeyId":"ASIA"},"HIDDEN"]}`,
		},
		"bad":   {`{"Password":"p"`, `null`},
		"empty": {``, `null`},
	} {
		t.Run(name, func(t *testing.T) {
			got := FromJSON([]byte(c.body)).field("requestParameters")
			sameJSON(t, string(got), strings.ReplaceAll(c.want, `"HIDDEN"`, `"`+Hidden+`"`))
		})
	}
}

func TestFromValue(t *testing.T) {
	type credentials struct {
		AccessKeyId, SecretAccessKey, SessionToken *string
		Expiration                                 *time.Time
	}
	text := "x"
	got := FromValue(struct {
		Credentials      *credentials
		PackedPolicySize *int32
		ResultMetadata   struct{}
	}{Credentials: &credentials{AccessKeyId: &text, SecretAccessKey: &text, SessionToken: &text, Expiration: &issued}})
	sameJSON(t, string(got.field("responseElements")), strings.ReplaceAll(`{"credentials": {"accessKeyId": "x",
		"secretAccessKey": "HIDDEN", "sessionToken": "HIDDEN", "expiration": "2013-11-02T01:06:28Z"}}`, "HIDDEN", Hidden))
	sameJSON(t, string(FromValue(make(chan int)).field("a")), `null`)
}

func TestLargeMembersAreLeftOut(t *testing.T) {
	large := strings.Repeat("x", maxMembers)
	for name, r := range map[string]Redacted{
		"form":  FromForm(maps.All(map[string]string{"A": large})),
		"names": FromForm(maps.All(map[string]string{strings.Repeat("a.", maxMembers): ""})),
		"json":  FromJSON([]byte(`{"A":"` + large + `"}`)),
		"body":  FromJSON([]byte(strings.Repeat(" ", maxBody) + `{}`)),
		"value": FromValue(map[string]string{"A": large}),
	} {
		var note struct {
			Omitted      bool
			OriginalSize int
			Reason       string
		}
		field := r.field("requestParameters")
		if err := json.Unmarshal(field, &note); err != nil || !note.Omitted || note.OriginalSize < maxMembers ||
			note.Reason != "requestParameters too large" {
			t.Errorf("%s: %.100s", name, field)
		}
	}
	// Secrets do not count: an assertion may be of 100,000 characters.
	if r := FromForm(maps.All(map[string]string{"SAMLAssertion": large})); r.omitted > 0 {
		t.Error("left out because of a secret")
	}
}

// secretName is a name that a secret may have.
func secretName() *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string {
		core := rapid.SampledFrom([]string{
			"Password", "NewPassword", "OldPassword", "SecretAccessKey", "SessionToken", "WebIdentityToken", "SAMLAssertion",
			"TokenCode", "AuthenticationCode1", "AuthenticationCode2", "Base32StringSeed", "QRCodePNG", "SSHPrivateKey",
			"PrivateKey", "ClientSecret", "ServicePassword", "Credential", "private_key", "client-secret",
		}).Draw(t, "core")
		before := rapid.SampledFrom([]string{"", "My", "X-"}).Draw(t, "before")
		after := rapid.SampledFrom([]string{"", "2", "Value"}).Draw(t, "after")
		name := before + core + after
		switch rapid.IntRange(0, 2).Draw(t, "case") {
		case 0:
			return strings.ToLower(name)
		case 1:
			return strings.ToUpper(name)
		}
		return name
	})
}

const sentinel = "s3nt1nel"

// tree is a random tree. What is anywhere under the name of a secret are sentinels.
func tree(t *rapid.T, depth int, leaf string) any {
	kind := rapid.IntRange(0, 3).Draw(t, "kind")
	switch {
	case depth == 0 || kind == 0:
		return leaf
	case kind == 1:
		list := []any{}
		for range rapid.IntRange(0, 3).Draw(t, "elements") {
			list = append(list, tree(t, depth-1, leaf))
		}
		return list
	}
	m := map[string]any{}
	for range rapid.IntRange(0, 4).Draw(t, "members") {
		switch rapid.IntRange(0, 2).Draw(t, "member") {
		case 0:
			m[secretName().Draw(t, "secret")] = tree(t, depth-1, sentinel)
		case 1:
			m[rapid.SampledFrom([]string{"Credentials", "Code"}).Draw(t, "text")] = sentinel
		default:
			name := rapid.SampledFrom([]string{"UserName", "tags", "member", "1", "2", "entry", ""}).Draw(t, "name")
			m[name] = tree(t, depth-1, leaf)
		}
	}
	return m
}

// flatten is a tree as parameters of a form.
func flatten(form map[string]string, name string, v any) {
	switch v := v.(type) {
	case map[string]any:
		for key, value := range v {
			flatten(form, strings.TrimPrefix(name+"."+key, "."), value)
		}
	case []any:
		for i, value := range v {
			flatten(form, fmt.Sprintf("%s.member.%d", name, i+1), value)
		}
	case string:
		form[name] = v
	}
}

func TestSecretsNeverAppear(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		root := map[string]any{"Input": tree(t, 5, "plain")}
		body, err := json.Marshal(root)
		if err != nil {
			t.Fatal(err)
		}
		form := map[string]string{}
		flatten(form, "", root)
		for name, r := range map[string]Redacted{
			"json": FromJSON(body), "value": FromValue(root), "form": FromForm(maps.All(form)),
		} {
			if field := r.field("x"); strings.Contains(string(field), sentinel) {
				t.Fatalf("%s: %s", name, field)
			}
		}
	})
}

func TestPlainNamesAreShown(t *testing.T) {
	for _, name := range []string{
		"UserName", "AccessKeyId", "PolicyDocument", "SSHPublicKeyBody", "CertificateBody", "KeySchema", "TableName",
		"ServiceSpecificCredentialId", "MinimumPasswordLength", "SerialNumber", "ErrorCode", "ExternalId",
	} {
		if got := redact(name, "x"); got != "x" {
			t.Errorf("%s is hidden", name)
		}
	}
}

// Of people only the ids are logged, and which members there were.
func TestFromPeople(t *testing.T) {
	body := `{"IdentityStoreId":"d-1","UserName":"ada","Name":{"GivenName":"Ada"},"Emails":[{"Value":"a@b","Primary":true}],"MemberId":{"UserId":"u-1"},"GroupIds":["g-1"],
		"AlternateIdentifier":{"ExternalId":{"Issuer":"i","Id":"x"},"UniqueAttribute":{"AttributePath":"userName","AttributeValue":"ada"}},"UserArn":"arn:1","MaxResults":5}`
	got := string(FromPeople([]byte(body)).field("requestParameters"))
	const h = `"` + Hidden + `"`
	want := `{"alternateIdentifier":{"externalId":{"id":` + h + `,"issuer":` + h + `},"uniqueAttribute":{"attributePath":"userName","attributeValue":` + h + `}},"emails":[{"primary":true,"value":` + h + `}],` +
		`"groupIds":["g-1"],"identityStoreId":"d-1","maxResults":5,"memberId":{"userId":"u-1"},"name":{"givenName":` + h + `},"userArn":"arn:1","userName":` + h + `}`
	if got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
}
