package clients

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/statordb/stator/tests/harness"
)

// AWS CLI User Guide, "Authentication and access credentials", and "Configuration and credential file settings".

func TestCLIConfigure(t *testing.T) {
	t.Parallel()
	b := create(t)
	u := user(t, "user", b.items())
	h := withCLI(t, "", "")
	answers := strings.Join([]string{u.creds.AccessKeyID, u.creds.SecretAccessKey, region, "json", ""}, "\n")
	if out, stderr, err := h.typing(answers).try(t, "aws", "configure", "--profile", "local"); err != nil {
		t.Fatalf("aws configure: %v\n%s%s", err, out, stderr)
	}
	h.aws(t, "configure", "set", "endpoint_url", harness.Shared(t).Endpoint, "--profile", "local")
	h.shows(t, b, u.arn, "--profile", "local")
	for path, want := range map[string]string{h.config(): "endpoint_url", h.credentials(): u.creds.SecretAccessKey} {
		if text, err := os.ReadFile(path); err != nil || !strings.Contains(string(text), want) {
			t.Errorf("%s has no %s: %s (%v)", path, want, text, err)
		}
	}
	got := h.aws(t, "dynamodb", "get-item", "--profile", "local", "--table-name", b.name, "--key", `{"id":{"S":"`+t.Name()+`"}}`, "--query", "Item.id.S", "--output", "text")
	if got != t.Name() {
		t.Errorf("item %q", got)
	}
}

// exported are the variables of credentials that a command of the CLI printed.
func exported(t *testing.T, printed string) []string {
	t.Helper()
	var out struct {
		AccessKeyId, SecretAccessKey, SessionToken string
		Expiration                                 time.Time
	}
	if err := json.Unmarshal([]byte(printed), &out); err != nil {
		t.Fatalf("%v in %s", err, printed)
	}
	lasts(t, out.Expiration, 15*time.Minute)
	return variables(aws.Credentials{AccessKeyID: out.AccessKeyId, SecretAccessKey: out.SecretAccessKey, SessionToken: out.SessionToken})
}

func TestCLIEnvironment(t *testing.T) {
	t.Parallel()
	b := create(t)
	u := user(t, "user")
	r := role(t, "role", trust(u.arn, ""), b.items())
	h := withCLI(t, "", "").serverIn(t)
	out := h.with(variables(u.creds)...).aws(t, "sts", "assume-role", "--role-arn", r.arn, "--role-session-name", "shell",
		"--duration-seconds", "900", "--query", "Credentials")
	keys := exported(t, out)
	h.with(keys...).shows(t, b, r.session("shell"))
	h.with(keys[0], keys[1]).refused(t, "(InvalidClientTokenId)", "sts", "get-caller-identity") // without the token
}

func TestCLIRole(t *testing.T) {
	t.Parallel()
	b := create(t)
	u := user(t, "user", allow("sts:AssumeRole", "*"))
	r := role(t, "role", trust(u.arn, `{"StringEquals":{"sts:ExternalId":"12345"}}`), b.items())
	settings := []string{"role_arn = " + r.arn, "source_profile = base", "duration_seconds = 900", "role_session_name = alice"}
	h := withCLI(t, profile(t, "base")+
		profile(t, "role", append(settings, "external_id = 12345")...)+
		profile(t, "wrong", append(settings, "external_id = 54321")...), keys("base", u.creds))
	h.shows(t, b, r.session("alice"), "--profile", "role")
	denied := "An error occurred (AccessDenied) when calling the AssumeRole operation: User: " + u.arn +
		" is not authorized to perform: sts:AssumeRole on resource: " + r.arn
	h.refused(t, denied, "sts", "get-caller-identity", "--profile", "wrong")

	// The CLI asked once and kept what it got.
	files, err := filepath.Glob(filepath.Join(h.dir, ".aws", "cli", "cache", "*.json"))
	if err != nil || len(files) != 1 {
		t.Fatalf("the cache has %v (%v)", files, err)
	}
	text, err := os.ReadFile(files[0])
	must(t, "read the cache", err)
	var kept struct {
		Credentials     struct{ Expiration time.Time }
		AssumedRoleUser struct{ Arn string }
	}
	if err := json.Unmarshal(text, &kept); err != nil || kept.AssumedRoleUser.Arn != r.session("alice") {
		t.Errorf("the cache has %s (%v)", text, err)
	}
	lasts(t, kept.Credentials.Expiration, 15*time.Minute)
}

// What a profile leaves out, the CLI and the role make up: a session's name and how long it lasts.
func TestCLIChain(t *testing.T) {
	t.Parallel()
	b := create(t)
	u := user(t, "user")
	middle := role(t, "middle", trust(u.arn, ""), allow("sts:AssumeRole", "*"))
	last := role(t, "last", trust(middle.arn, ""), b.items())
	h := withCLI(t, profile(t, "a")+
		profile(t, "b", "role_arn = "+middle.arn, "source_profile = a")+
		profile(t, "c", "role_arn = "+last.arn, "source_profile = b"), keys("a", u.creds))
	h.shows(t, b, last.session("botocore-session-*"), "--profile", "c")
}

// typist runs a program on a terminal of its own, and types a code when it is asked for one.
const typist = `
import os, pty, sys
child, terminal = pty.fork()
if child == 0:
    os.execvp(sys.argv[2], sys.argv[2:])
said, typed = b"", False
while True:
    try:
        more = os.read(terminal, 1024)
    except OSError:
        break
    if not more:
        break
    said += more
    if b"MFA code for" in said and not typed:
        typed = True
        os.write(terminal, sys.argv[1].encode() + b"\n")
sys.stdout.write(said.decode())
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
`

func TestCLIRoleWithMFA(t *testing.T) {
	t.Parallel()
	python := harness.Tool(t, "python3")
	b := create(t)
	u := user(t, "user", allow("sts:AssumeRole", "*"))
	r := role(t, "role", trust(u.arn, `{"Bool":{"aws:MultiFactorAuthPresent":"true"}}`), b.items())
	d := withDevice(t, u)
	h := withCLI(t, profile(t, "base")+
		profile(t, "with", "role_arn = "+r.arn, "source_profile = base", "role_session_name = alice", "mfa_serial = "+d.serial), keys("base", u.creds))
	ask := func(code string) (string, error) {
		out, stderr, err := h.try(t, python, "-c", typist, code, "aws", "sts", "get-caller-identity", "--profile", "with")
		return out + stderr, err
	}
	const failed = "(AccessDenied) when calling the AssumeRole operation: MultiFactorAuthentication failed with invalid MFA one time pass code."
	if out, err := ask("000000"); err == nil || !strings.Contains(out, failed) {
		t.Errorf("a wrong code: %v\n%s", err, out)
	}
	if out, err := ask(d.code(1)); err != nil || !strings.Contains(out, "Enter MFA code for "+d.serial) || !strings.Contains(out, r.session("alice")) {
		t.Fatalf("the right code: %v\n%s", err, out)
	}
	// Nobody is asked again.
	h.aws(t, "dynamodb", "put-item", "--profile", "with", "--table-name", b.name, "--item", `{"id":{"S":"x"}}`)
}

func TestCLISessionTokenWithMFA(t *testing.T) {
	t.Parallel()
	b := create(t)
	withMFA := strings.TrimSuffix(b.items(), "}") + `,"Condition":{"Bool":{"aws:MultiFactorAuthPresent":"true"}}}`
	u := user(t, "user", withMFA)
	d := withDevice(t, u)
	h := withCLI(t, "", "").serverIn(t)
	mine := h.with(variables(u.creds)...)
	mine.refused(t, "(AccessDeniedException) when calling the PutItem operation", "dynamodb", "put-item", "--table-name", b.name, "--item", `{"id":{"S":"x"}}`)
	out := mine.aws(t, "sts", "get-session-token", "--serial-number", d.serial, "--token-code", d.code(1), "--duration-seconds", "900", "--query", "Credentials")
	h.with(exported(t, out)...).shows(t, b, u.arn)
}

func TestCLIProcess(t *testing.T) {
	t.Parallel()
	b := create(t)
	u := user(t, "user", b.items())
	r := role(t, "role", trust(u.arn, ""))
	h := withCLI(t, "", keys("base", u.creds))
	static := h.program(t, "static", "echo '"+process(u.creds)+"'")
	assumes := h.program(t, "assumes", "exec aws sts assume-role --profile base --role-arn \"$1\" --role-session-name process --output json "+
		"--query '{Version:`1`,AccessKeyId:Credentials.AccessKeyId,SecretAccessKey:Credentials.SecretAccessKey,"+
		"SessionToken:Credentials.SessionToken,Expiration:Credentials.Expiration}'")
	write(t, h.config(), profile(t, "base")+profile(t, "static", "credential_process = "+static)+
		profile(t, "assumes", "credential_process = "+assumes+" "+r.arn))
	h.shows(t, b, u.arn, "--profile", "static")
	if got := h.aws(t, "sts", "get-caller-identity", "--query", "Arn", "--output", "text", "--profile", "assumes"); got != r.session("process") {
		t.Errorf("the keys are of %s, want %s", got, r.session("process"))
	}
}

func TestCLIContainer(t *testing.T) {
	t.Parallel()
	b := create(t)
	c := startContainer(t, role(t, "role", trust("*", ""), b.items()))
	withCLI(t, "", "").serverIn(t).with("AWS_CONTAINER_CREDENTIALS_FULL_URI="+c.url, "AWS_CONTAINER_AUTHORIZATION_TOKEN="+c.token).
		shows(t, b, c.role.session("task"))
	if n := c.given.Load(); n != 3 {
		t.Errorf("three commands took credentials %d times", n)
	}
}

func TestCLIWebIdentity(t *testing.T) {
	t.Parallel()
	s, b, i := harness.Shared(t), create(t), startIssuer(t)
	h := withCLI(t, "", "").serverIn(t)
	manage := h.with(s.Env...)
	arn := manage.aws(t, "iam", "create-open-id-connect-provider", "--url", i.url, "--client-id-list", "application",
		"--thumbprint-list", i.thumbprint, "--query", "OpenIDConnectProviderArn", "--output", "text")
	if want := "arn:aws:iam::" + s.Account + ":oidc-provider/" + strings.TrimPrefix(i.url, "https://"); arn != want {
		t.Errorf("provider %s, want %s", arn, want)
	}
	r := role(t, "role", i.trust(s.Account), b.items())
	h.with("AWS_WEB_IDENTITY_TOKEN_FILE="+i.tokenFile(t, "alice"), "AWS_ROLE_ARN="+r.arn, "AWS_ROLE_SESSION_NAME=pod").
		shows(t, b, r.session("pod"))

	write(t, h.config(),
		profile(t, "pod", "role_arn = "+r.arn, "web_identity_token_file = "+i.tokenFile(t, "alice"))+
			profile(t, "mallory", "role_arn = "+r.arn, "role_session_name = mallory", "web_identity_token_file = "+i.tokenFile(t, "mallory")))
	if got := h.aws(t, "sts", "get-caller-identity", "--query", "Arn", "--output", "text", "--profile", "pod"); !strings.HasPrefix(got, r.session("botocore-session-")) {
		t.Errorf("the profile is %s", got)
	}
	h.refused(t, "(AccessDenied) when calling the AssumeRoleWithWebIdentity operation: Not authorized to perform sts:AssumeRoleWithWebIdentity",
		"sts", "get-caller-identity", "--profile", "mallory")
}

// Only version 2 of the CLI has the command.
func TestCLIExportCredentials(t *testing.T) {
	t.Parallel()
	u := user(t, "user")
	r := role(t, "role", trust(u.arn, ""))
	h := withCLI(t, profile(t, "base")+profile(t, "role", "role_arn = "+r.arn, "source_profile = base", "duration_seconds = 900"), keys("base", u.creds))
	if version := h.aws(t, "--version"); strings.HasPrefix(version, "aws-cli/1.") {
		t.Skipf("%s has no configure export-credentials", version)
	}
	got := exported(t, h.aws(t, "configure", "export-credentials", "--profile", "role", "--format", "process"))
	h.serverIn(t).with(got...).aws(t, "sts", "get-caller-identity")
}
