package portal

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/identitystore"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/smithy-go"

	"github.com/statordb/stator/tests/harness"
)

// TestClients gives each SDK a home of its own, and has it refresh what is there.
func TestClients(t *testing.T) {
	w := open(t)
	id, once := w.person("ann")
	ann, dev := w.signedIn("ann", once), w.developer("dev")
	start := w.Endpoint + "/start"
	made := func(t *testing.T, settings string) (*home, []string) {
		t.Helper()
		h := w.in(t).home()
		h.ssoLogin(ann, "people", start, "sso:account:access")
		h.ssoLogin(ann, start, start)
		session := h.awsLogin(dev)
		h.write("config", w.config(settings, session)+w.services())
		return h, h.given(fields{"role": "assumed-role/AWSReservedSSO_" + role + "_", "person": "ann", "user": session, "account": w.Account})
	}
	t.Run("Python", func(t *testing.T) {
		python := harness.Boto3(t)
		h, env := made(t, "")
		before := h.read(ssoCache("people"))
		harness.Run(t, append(env, "AWS_ENDPOINT_URL="+w.Endpoint), "python", python, "-B", "people_test.py")
		if after := h.read(ssoCache("people")); after["refreshToken"] == before["refreshToken"] || after["accessToken"] == before["accessToken"] {
			t.Error("botocore has not refreshed the token")
		}
	})
	t.Run("JavaScript", func(t *testing.T) {
		h, env := made(t, "")
		before := h.read(ssoCache("people"))
		harness.JavaScript(t, append(env, "AWS_ENDPOINT_URL="+w.Endpoint), "../../sdk/js", "js/people.test.mjs")
		if after := h.read(ssoCache("people")); after["refreshToken"] == before["refreshToken"] {
			t.Error("the SDK for JavaScript has not refreshed the token")
		}
	})
	t.Run("Go", func(t *testing.T) {
		h, _ := made(t, w.settings())
		ctx := inHome(t, h)
		who := func(profile string) (string, error) {
			conf, err := config.LoadDefaultConfig(ctx, config.WithSharedConfigProfile(profile))
			if err != nil {
				return "", err
			}
			if _, err := dynamodb.NewFromConfig(conf).ListTables(ctx, &dynamodb.ListTablesInput{}); err != nil {
				return "", err
			}
			out, err := sts.NewFromConfig(conf).GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{})
			if err != nil {
				return "", err
			}
			return *out.Arn, nil
		}
		for _, profile := range []string{"session", "legacy"} {
			if arn, err := who(profile); err != nil || !strings.Contains(arn, "assumed-role/AWSReservedSSO_"+role+"_") || !strings.HasSuffix(arn, "/ann") {
				t.Error(profile, arn, err)
			}
		}
		if arn, err := who("login"); err != nil || arn != "arn:aws:iam::"+w.Account+":user/dev" {
			t.Error("login", arn, err)
		}

		// Credentials of before, of a tool that goes on, end when the person goes.
		conf, err := config.LoadDefaultConfig(ctx, config.WithSharedConfigProfile("session"))
		must(t, err)
		asks := sts.NewFromConfig(conf)
		_, err = asks.GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{})
		must(t, err)
		_, err = w.ids.DeleteUser(ctx, &identitystore.DeleteUserInput{IdentityStoreId: w.store, UserId: &id})
		must(t, err)
		for begun := time.Now(); ; time.Sleep(50 * time.Millisecond) {
			_, err := asks.GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{})
			if e, ok := errors.AsType[smithy.APIError](err); ok && e.ErrorCode() == "ExpiredToken" {
				break
			}
			if time.Since(begun) > 2*time.Second {
				t.Fatal("two seconds after the person was deleted:", err)
			}
		}
		if arn, err := who("session"); err == nil {
			t.Error("a tool gets new credentials of", arn)
		}
		w.logged(h)
	})
}

// logged expects what happened to be in the audit log, and no token.
func (w *world) logged(homes ...*home) {
	w.Helper()
	raw, err := os.ReadFile(filepath.Join(w.Data, "audit.log"))
	must(w.T, err)
	text := string(raw)
	for _, want := range []string{`"eventSource":"sso-oauth.amazonaws.com","eventName":"CreateToken"`, `"eventSource":"sso.amazonaws.com","eventName":"GetRoleCredentials"`,
		`"eventSource":"sso.amazonaws.com","eventName":"Authenticate"`, `"eventName":"CreateOAuth2Token"`, `"eventName":"AuthorizeOAuth2Access"`, `"type":"IdentityCenterUser"`} {
		if !strings.Contains(text, want) {
			w.Errorf("%s is not in the audit log", want)
		}
	}
	for _, h := range homes {
		files, err := filepath.Glob(filepath.Join(h.dir, ".aws", "*", "cache", "*.json"))
		must(w.T, err)
		if len(files) != 3 {
			w.Error("the caches are", files)
		}
		for _, file := range files {
			cached := map[string]any{}
			one, err := os.ReadFile(file)
			must(w.T, err)
			must(w.T, json.Unmarshal(one, &cached))
			for name, value := range cached {
				if secret, ok := value.(string); ok && secret != "" && (strings.HasSuffix(name, "Token") || name == "clientSecret") && strings.Contains(text, secret) {
					w.Errorf("a %s is in the audit log", name)
				}
			}
		}
	}
}

// in is the same world in a part of the test.
func (w *world) in(t *testing.T) *world {
	v := *w
	v.T = t
	return &v
}
