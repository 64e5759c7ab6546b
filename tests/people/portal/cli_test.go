package portal

import (
	"encoding/json"
	"encoding/pem"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/statordb/stator/tests/harness"
)

// writes is what the second role of a person may do.
const writes = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"dynamodb:PutItem","Resource":"*"}]}`

// shell is somebody with the AWS CLI.
type shell struct {
	*home
	aws string
}

// overTLS is open where people come over TLS, as the AWS CLI wants of a start URL; and the file with the certificate of that.
func overTLS(t *testing.T) (w *world, certificate string) {
	t.Helper()
	door := httptest.NewUnstartedServer(nil)
	t.Cleanup(door.Close)
	at := "https://" + door.Listener.Addr().String()
	w = open(t, "--public-url", at)
	to, err := url.Parse(w.Endpoint)
	must(t, err)
	door.Config.Handler = &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(to)
		r.Out.Host = r.In.Host // it is signed
	}}
	door.StartTLS()
	w.Endpoint, w.transport = at, door.Client().Transport
	certificate = filepath.Join(t.TempDir(), "certificate.pem")
	must(t, os.WriteFile(certificate, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: door.Certificate().Raw}), 0o600))
	return w, certificate
}

// TestCLI is people who sign in with the AWS CLI, at a terminal and in a browser. The CLI is told where the server is, and nothing else.
func TestCLI(t *testing.T) {
	t.Parallel()
	program := harness.CLI2(t)
	w, certificate := overTLS(t)
	id, once := w.person("ann")
	w.assign(id, w.permissionSet("Writer", writes))
	ann, dev := w.signedIn("ann", once), w.developer("dev")
	_, err := dynamodb.NewFromConfig(w.Config).CreateTable(t.Context(), &dynamodb.CreateTableInput{TableName: aws.String("Orders"), BillingMode: types.BillingModePayPerRequest,
		KeySchema:            []types.KeySchemaElement{{AttributeName: aws.String("id"), KeyType: types.KeyTypeHash}},
		AttributeDefinitions: []types.AttributeDefinition{{AttributeName: aws.String("id"), AttributeType: types.ScalarAttributeTypeS}}})
	must(t, err)
	shellOf := func(t *testing.T) *shell {
		h := w.in(t).home()
		// The browser that the CLI opens is one that does nothing: what it prints for that case is opened in the test's.
		h.env = append(h.env, "AWS_ENDPOINT_URL="+w.Endpoint, "AWS_CA_BUNDLE="+certificate, "BROWSER=true")
		return &shell{h, program}
	}

	t.Run("sso", func(t *testing.T) {
		t.Parallel()
		sh, ann := shellOf(t), ann.in(t)
		sh.configured(ann)
		sh.prints("", "dynamodb", "put-item", "--table-name", "Orders", "--item", `{"id":{"S":"1"}}`, "--profile", "dev")

		// A token that is over is refreshed, and the refresh token is another one from then on.
		before := sh.expired()
		sh.prints("assumed-role/AWSReservedSSO_Writer_", "sts", "get-caller-identity", "--profile", "dev")
		after := sh.read(ssoCache("people"))
		if after["accessToken"] == before["accessToken"] || after["refreshToken"] == before["refreshToken"] {
			t.Error("the token has not been refreshed")
		}

		// After logging out there is nothing left to ask with, not even for who has kept the token.
		sh.prints("", "sso", "logout")
		if _, err := os.Stat(filepath.Join(sh.dir, ".aws", ssoCache("people"))); !errors.Is(err, os.ErrNotExist) {
			t.Error("the token is still there:", err)
		}
		kept, err := json.Marshal(after)
		must(t, err)
		sh.write(ssoCache("people"), string(kept))
		sh.refuses("has expired or is otherwise invalid", "sts", "get-caller-identity", "--profile", "dev")
		sh.expired()
		sh.refuses("Token has expired and refresh failed", "sts", "get-caller-identity", "--profile", "dev")

		// With a code that is entered in a browser elsewhere; and not if that says no.
		x := sh.at(sh.aws, "sso", "login", "--profile", "dev", "--use-device-code")
		ann.device(x, false)
		if status, said := x.ends(); status == 0 || !strings.Contains(said, "The authorization was denied") {
			t.Errorf("denied: %d %s", status, said)
		}
		x = sh.at(sh.aws, "sso", "login", "--profile", "dev", "--use-device-code")
		ann.device(x, true)
		x.sees("Successfully logged into Start URL: " + w.Endpoint + "/start")
		x.succeeds()

		// A profile that has the start URL itself.
		sh.write("config", w.config("", ""))
		x = sh.at(sh.aws, "sso", "login", "--profile", "legacy")
		ann.device(x, true)
		x.succeeds()
		sh.prints(`"Orders"`, "dynamodb", "list-tables", "--profile", "legacy")
	})

	t.Run("login", func(t *testing.T) {
		t.Parallel()
		sh, dev := shellOf(t), dev.in(t)
		x := sh.at(sh.aws, "login", "--profile", "here")
		x.sees(`AWS Region \[us-east-1\]:`)
		x.types(w.Config.Region)
		dev.allows(x, "/signin/login")
		x.succeeds()
		session := "arn:aws:iam::" + w.Account + ":user/dev"
		sh.prints(`"Orders"`, "dynamodb", "list-tables", "--profile", "here")

		// Credentials that are over are renewed.
		before := sh.read(loginCache(session))
		over, _ := before["accessToken"].(map[string]any)
		secret := over["secretAccessKey"]
		over["expiresAt"] = "2020-01-01T00:00:00Z"
		text, err := json.Marshal(before)
		must(t, err)
		sh.write(loginCache(session), string(text))
		sh.prints(session, "sts", "get-caller-identity", "--profile", "here")
		if sh.read(loginCache(session))["accessToken"].(map[string]any)["secretAccessKey"] == secret {
			t.Error("the credentials have not been renewed")
		}
		sh.prints("Removed cached login credentials", "logout", "--profile", "here")

		// From a machine without a browser: the code is pasted. When somebody signs out of the console, it is over.
		x = sh.at(sh.aws, "login", "--profile", "there", "--remote")
		x.sees(`AWS Region \[us-east-1\]:`)
		x.types(w.Config.Region)
		code := dev.allows(x, "/signin/login")
		x.sees(`authorization code displayed in your browser:`)
		x.types(code)
		x.succeeds()
		sh.prints(session, "sts", "get-caller-identity", "--profile", "there")
		dev.ask("DELETE", "/signin/session", fields{})
		sh.refuses("ExpiredToken", "sts", "get-caller-identity", "--profile", "there")
	})
}

// configured is what "aws configure sso" asks, answered by somebody who takes the second of two roles. It makes the profile dev.
func (sh *shell) configured(b *browser) {
	sh.Helper()
	x := sh.at(sh.aws, "configure", "sso")
	x.sees(`SSO session name \(Recommended\):`)
	x.types("people")
	x.sees(`SSO start URL \[None\]:`)
	x.types(b.Endpoint + "/start")
	x.sees(`SSO registration scopes \[sso:account:access\]:`)
	x.types("")
	b.allows(x, "/signin/people/authorization")
	x.sees("The only AWS account available to you is: " + b.Account)
	x.sees("There are 2 roles available to you.")
	x.sees(`> Lister\s+Writer`)
	const down = "\x1b[B"
	x.types(down)
	x.sees(`Using the role name "Writer"`)
	x.sees(`Default client Region \[None\]:`)
	x.types(b.Config.Region)
	x.sees(`output format \(json if not specified\) \[None\]:`)
	x.types("")
	x.sees(`Profile name \[Writer-` + b.Account + `\]:`)
	x.types("dev")
	x.succeeds()
}

// allows opens the address that is on a terminal, and allows the tool there what it asks for. It returns the code for the tool, which it
// otherwise gets by itself.
func (b *browser) allows(x *terminal, page string) (code string) {
	b.Helper()
	id := b.open(x.sees(`\n(https://\S+/authorize\S+)\n`)[1])
	out := b.ask("POST", page, fields{"Id": id, "Allow": true})
	if code, ok := out["Code"].(string); ok {
		return code
	}
	res, err := http.Get(out["Location"].(string))
	must(b.T, err)
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		b.Errorf("the tool says %d to the browser", res.StatusCode)
	}
	return ""
}

// device enters the code that is on a terminal, and says whether the tool may have what it asks for.
func (b *browser) device(x *terminal, allow bool) {
	b.Helper()
	x.sees(b.Endpoint + `/console/device\n`)
	b.ask("POST", "/signin/people/device", fields{"UserCode": x.sees(`\n([A-Z]{4}-[A-Z]{4})\n`)[1], "Allow": allow})
}

// in is the same browser in a part of the test.
func (b *browser) in(t *testing.T) *browser { return &browser{b.world.in(t), b.http} }

// succeeds expects the program to end well.
func (x *terminal) succeeds() {
	x.Helper()
	if status, last := x.ends(); status != 0 {
		x.Fatalf("it ends with %d: %s", status, last)
	}
}

// prints runs a command that is to succeed, and to write some text.
func (sh *shell) prints(want string, args ...string) {
	sh.Helper()
	if out, err := harness.Command(sh.T, sh.env, sh.dir, sh.aws, args...).CombinedOutput(); err != nil || !strings.Contains(string(out), want) {
		sh.Errorf("aws %q: %v: %s", args, err, out)
	}
}

// refuses runs a command that is to fail, and to say why.
func (sh *shell) refuses(why string, args ...string) {
	sh.Helper()
	if out, err := harness.Command(sh.T, sh.env, sh.dir, sh.aws, args...).CombinedOutput(); err == nil || !strings.Contains(string(out), why) {
		sh.Errorf("aws %q: %v: %s", args, err, out)
	}
}

// expired has the token of the sso-session, and the credentials of roles that are kept, be over. It returns what the token was.
func (sh *shell) expired() (token map[string]any) {
	sh.Helper()
	token = sh.read(ssoCache("people"))
	changed := sh.read(ssoCache("people"))
	changed["expiresAt"] = "2020-01-01T00:00:00Z"
	text, err := json.Marshal(changed)
	must(sh.T, err)
	sh.write(ssoCache("people"), string(text))
	must(sh.T, os.RemoveAll(filepath.Join(sh.dir, ".aws", "cli", "cache")))
	return token
}
