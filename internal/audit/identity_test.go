package audit

import (
	"encoding/json"
	"reflect"
	"testing"
	"time"

	"github.com/statordb/stator/internal/policy"
)

var issued = time.Date(2013, 11, 2, 1, 6, 28, 0, time.UTC)

// The examples are those of "CloudTrail userIdentity element" in the AWS CloudTrail User Guide and of "Logging IAM and
// AWS STS API calls with AWS CloudTrail" in the IAM User Guide, with the form of dates of the latter.
func TestIdentity(t *testing.T) {
	for name, c := range map[string]struct {
		principal policy.Principal
		key       string
		want      string
	}{
		"root": {
			policy.Principal{Type: policy.Root, ARN: "arn:aws:iam::123456789012:root", Account: "123456789012", ID: "123456789012"}, "",
			`{"type": "Root", "principalId": "123456789012", "arn": "arn:aws:iam::123456789012:root", "accountId": "123456789012"}`,
		},
		"user": {
			policy.Principal{
				Type: policy.User, ARN: "arn:aws:iam::123456789012:user/Alice", Account: "123456789012",
				ID: "AIDAJ45Q7YFFAREXAMPLE", Name: "Alice",
			}, "AKIAIOSFODNN7EXAMPLE",
			`{"type": "IAMUser", "principalId": "AIDAJ45Q7YFFAREXAMPLE", "arn": "arn:aws:iam::123456789012:user/Alice",
				"accountId": "123456789012", "accessKeyId": "AKIAIOSFODNN7EXAMPLE", "userName": "Alice"}`,
		},
		"user with temporary credentials": {
			policy.Principal{
				Type: policy.User, ARN: "arn:aws:iam::444455556666:user/JaneDoe", Account: "444455556666",
				ID: "AIDACKCEVSQ6C2EXAMPLE", Name: "JaneDoe", Session: &policy.Session{Issued: issued, MFA: issued},
			}, "ASIAI44QH8DHBEXAMPLE",
			`{"type": "IAMUser", "principalId": "AIDACKCEVSQ6C2EXAMPLE", "arn": "arn:aws:iam::444455556666:user/JaneDoe",
				"accountId": "444455556666", "accessKeyId": "ASIAI44QH8DHBEXAMPLE", "userName": "JaneDoe",
				"sessionContext": {"attributes": {"mfaAuthenticated": "true", "creationDate": "2013-11-02T01:06:28Z"}}}`,
		},
		"role": {
			policy.Principal{
				Type: policy.RoleSession, ARN: "arn:aws:sts::123456789012:assumed-role/RoleToBeAssumed/MySessionName",
				Account: "123456789012", ID: "AROAIDPPEZS35WEXAMPLE:AssumedRoleSessionName",
				Entity: "arn:aws:iam::123456789012:role/path/RoleToBeAssumed", EntityID: "AROAIDPPEZS35WEXAMPLE",
				Session: &policy.Session{Issued: issued, SourceIdentity: "JohnDoe"},
			}, "ASIAIOSFODNN7EXAMPLE",
			`{"type": "AssumedRole", "principalId": "AROAIDPPEZS35WEXAMPLE:AssumedRoleSessionName",
				"arn": "arn:aws:sts::123456789012:assumed-role/RoleToBeAssumed/MySessionName",
				"accountId": "123456789012", "accessKeyId": "ASIAIOSFODNN7EXAMPLE",
				"sessionContext": {
					"sessionIssuer": {"type": "Role", "principalId": "AROAIDPPEZS35WEXAMPLE",
						"arn": "arn:aws:iam::123456789012:role/path/RoleToBeAssumed", "accountId": "123456789012",
						"userName": "RoleToBeAssumed"},
					"attributes": {"mfaAuthenticated": "false", "creationDate": "2013-11-02T01:06:28Z"},
					"sourceIdentity": "JohnDoe"}}`,
		},
		"role by web identity": {
			policy.Principal{
				Type: policy.RoleSession, ARN: "arn:aws:sts::123456789012:assumed-role/r/s", Account: "123456789012",
				ID: "AROA:s", Entity: "arn:aws:iam::123456789012:role/r", EntityID: "AROA",
				Session: &policy.Session{Issued: issued, Keys: policy.MapContext{
					"aws:federatedprovider": {"www.amazon.com"}, "www.amazon.com:app_id": {"app"}, "www.amazon.com:amr": {"a", "b"},
				}},
			}, "",
			`{"type": "AssumedRole", "principalId": "AROA:s", "arn": "arn:aws:sts::123456789012:assumed-role/r/s",
				"accountId": "123456789012",
				"sessionContext": {
					"sessionIssuer": {"type": "Role", "principalId": "AROA", "arn": "arn:aws:iam::123456789012:role/r",
						"accountId": "123456789012", "userName": "r"},
					"webIdFederationData": {"federatedProvider": "www.amazon.com",
						"attributes": {"www.amazon.com:app_id": "app", "www.amazon.com:amr": "[\"a\",\"b\"]"}},
					"attributes": {"mfaAuthenticated": "false", "creationDate": "2013-11-02T01:06:28Z"}}}`,
		},
		"federated user": {
			policy.Principal{
				Type: policy.FederatedUser, ARN: "arn:aws:sts::123456789012:federated-user/Bob", Account: "123456789012",
				ID: "123456789012:Bob", Entity: "arn:aws:iam::123456789012:user/Alice", EntityID: "AIDAEXAMPLE",
				Session: &policy.Session{Issued: issued},
			}, "ASIAEXAMPLE",
			`{"type": "FederatedUser", "principalId": "123456789012:Bob",
				"arn": "arn:aws:sts::123456789012:federated-user/Bob", "accountId": "123456789012", "accessKeyId": "ASIAEXAMPLE",
				"sessionContext": {
					"sessionIssuer": {"type": "IAMUser", "principalId": "AIDAEXAMPLE",
						"arn": "arn:aws:iam::123456789012:user/Alice", "accountId": "123456789012", "userName": "Alice"},
					"attributes": {"mfaAuthenticated": "false", "creationDate": "2013-11-02T01:06:28Z"}}}`,
		},
		"federated by root": {
			policy.Principal{
				Type: policy.FederatedUser, ARN: "arn:aws:sts::123456789012:federated-user/Bob", Account: "123456789012",
				ID: "123456789012:Bob", Entity: "arn:aws:iam::123456789012:root", EntityID: "123456789012",
			}, "",
			`{"type": "FederatedUser", "principalId": "123456789012:Bob",
				"arn": "arn:aws:sts::123456789012:federated-user/Bob", "accountId": "123456789012",
				"sessionContext": {"sessionIssuer": {"type": "Root", "principalId": "123456789012",
					"arn": "arn:aws:iam::123456789012:root", "accountId": "123456789012"}}}`,
		},
		"web identity": {
			policy.Principal{
				Type: policy.WebOrSAML, Provider: "accounts.google.com",
				Session: &policy.Session{Keys: policy.MapContext{
					"accounts.google.com:aud": {"application-id.apps.googleusercontent.com"}, "accounts.google.com:sub": {"user-id"},
				}},
			}, "",
			`{"type": "WebIdentityUser", "userName": "user-id", "identityProvider": "accounts.google.com",
				"principalId": "accounts.google.com:application-id.apps.googleusercontent.com:user-id"}`,
		},
		"web identity of a provider in the account": {
			policy.Principal{
				Type: policy.WebOrSAML, Provider: "arn:aws:iam::123456789012:oidc-provider/Id.example.com/a",
				Session: &policy.Session{Keys: policy.MapContext{"id.example.com/a:aud": {"app"}, "id.example.com/a:sub": {"me"}}},
			}, "",
			`{"type": "WebIdentityUser", "userName": "me",
				"identityProvider": "arn:aws:iam::123456789012:oidc-provider/Id.example.com/a",
				"principalId": "arn:aws:iam::123456789012:oidc-provider/Id.example.com/a:app:me"}`,
		},
		"saml": {
			policy.Principal{
				Type: policy.WebOrSAML, Provider: "arn:aws:iam::444455556666:saml-provider/Shibboleth",
				Session: &policy.Session{Keys: policy.MapContext{
					"saml:namequalifier": {"bdGOnTesti4+ExamplexL/jEvs="}, "saml:sub": {"SamlExample"},
				}},
			}, "",
			`{"type": "SAMLUser", "principalId": "bdGOnTesti4+ExamplexL/jEvs=:SamlExample", "userName": "SamlExample",
				"identityProvider": "bdGOnTesti4+ExamplexL/jEvs="}`,
		},
		"service": {
			policy.Principal{Type: policy.Service, Provider: "dynamodb.amazonaws.com"}, "",
			`{"type": "AWSService", "invokedBy": "dynamodb.amazonaws.com"}`,
		},
		"anonymous": {policy.Principal{Type: policy.Anonymous}, "", `{"type": "AWSAccount", "accountId": "ANONYMOUS_PRINCIPAL"}`},
		"unknown":   {policy.Principal{}, "AKIAEXAMPLE", `{"type": "Unknown", "accessKeyId": "AKIAEXAMPLE"}`},
		"failed sign-in": {
			policy.Principal{Type: policy.User, Account: "123456789012", Name: Hidden}, "",
			`{"type": "IAMUser", "accountId": "123456789012", "userName": "HIDDEN_DUE_TO_SECURITY_REASONS"}`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := json.Marshal(identity(&c.principal, c.key))
			if err != nil {
				t.Fatal(err)
			}
			sameJSON(t, string(got), c.want)
		})
	}
}

func sameJSON(t *testing.T, got, want string) {
	t.Helper()
	var g, w any
	if err := json.Unmarshal([]byte(got), &g); err != nil {
		t.Fatalf("%v: %s", err, got)
	}
	if err := json.Unmarshal([]byte(want), &w); err != nil {
		t.Fatalf("%v: %s", err, want)
	}
	if !reflect.DeepEqual(g, w) {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}
