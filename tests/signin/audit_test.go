package signin

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
)

// Sign-ins are logged as CloudTrail does ("AWS Management Console sign-in events").
func TestAudit(t *testing.T) {
	s := start(t)
	s.user(t, "ada", password, false)
	seed := s.device(t, s.admin, aws.String("ada"), "first")
	b := s.browser(t)
	in := asUser("ada", password)
	b.signIn("AuthenticationFailed", in.with("Password", "Secret-Guess-1"))
	b.signIn("AuthenticationFailed", in.with("UserName", "typed-a-password-here"))
	b.signIn("MFARequired", in)
	b.signIn("MFAFailed", in.with("MFACode", "000000"))
	b.signIn("SignedIn", in.with("MFACode", codeAt(t, seed, time.Now())))
	if n := len(s.events(t, "CheckMfa")); n != 1 {
		t.Errorf("%d checks for MFA devices", n)
	}
	for _, e := range s.events(t, "CheckMfa") {
		who, _ := e["userIdentity"].(map[string]any)
		response, _ := e["responseElements"].(map[string]any)
		more, _ := e["additionalEventData"].(map[string]any)
		if who["userName"] != "ada" || response["CheckMfa"] != "Success" || more["MfaType"] != "Virtual MFA" || e["eventType"] != "AwsConsoleSignIn" || e["errorMessage"] != nil {
			t.Errorf("the check: %v", e)
		}
	}
	b.ask("DELETE", "/signin/session", nil)
	b.signIn("AuthenticationFailed", asRoot("Secret-Guess-1"))

	events := s.events(t, "ConsoleLogin")
	const bad, nobody, device = "Failed authentication", "No username found in supplied account", "arn:aws:iam::" + account + ":mfa/first"
	want := []struct {
		kind, user, result, mfa string
		message, device         any
	}{
		{"IAMUser", "ada", "Failure", "Yes", bad, nil}, {"IAMUser", "HIDDEN_DUE_TO_SECURITY_REASONS", "Failure", "No", nobody, nil},
		{"IAMUser", "ada", "Failure", "Yes", bad, nil}, {"IAMUser", "ada", "Success", "Yes", nil, device},
		{"Root", "HIDDEN_DUE_TO_SECURITY_REASONS", "Failure", "No", bad, nil},
	}
	if len(events) != len(want) {
		t.Fatalf("%d events, want %d: %v", len(events), len(want), events)
	}
	for i, e := range events {
		who, _ := e["userIdentity"].(map[string]any)
		response, _ := e["responseElements"].(map[string]any)
		more, _ := e["additionalEventData"].(map[string]any)
		w := want[i]
		if who["type"] != w.kind || who["userName"] != w.user || response["ConsoleLogin"] != w.result || more["MFAUsed"] != w.mfa ||
			e["eventType"] != "AwsConsoleSignIn" || e["eventSource"] != "signin.amazonaws.com" || e["sourceIPAddress"] != "127.0.0.1" ||
			e["errorMessage"] != w.message || more["MFAIdentifier"] != w.device || more["MobileVersion"] != "No" || more["LoginTo"] != s.url+"/console/" {
			t.Errorf("event %d is %v, want %v", i, e, w)
		}
	}
	if n := len(s.events(t, "ConsoleLogout")); n != 1 {
		t.Errorf("%d sign-outs", n)
	}
	text, err := os.ReadFile(filepath.Join(s.data, "audit.log"))
	must(t, err)
	for _, secret := range []string{"Secret-Guess-1", "typed-a-password-here", password, "stator-session"} {
		if strings.Contains(string(text), secret) || strings.Contains(s.log.String(), secret) {
			t.Errorf("%q is in a log", secret)
		}
	}
	// What the console asks then is logged like anything else, with the MFA device.
	b.signIn("MFAFailed", in.with("MFACode", "000000"))
	admin := s.iam(s.admin)
	report, err := admin.GenerateCredentialReport(context.Background(), &iam.GenerateCredentialReportInput{})
	must(t, err)
	_ = report
	got, err := admin.GetCredentialReport(context.Background(), &iam.GetCredentialReportInput{})
	must(t, err)
	for line := range strings.Lines(string(got.Content)) {
		if cells := strings.Split(line, ","); cells[0] == "ada" && !strings.HasPrefix(cells[4], time.Now().UTC().Format("2006-01")) {
			t.Errorf("the report says that ada's password was last used %s", cells[4])
		}
	}
}
