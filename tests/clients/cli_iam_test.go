package clients

import (
	"encoding/base64"
	"encoding/csv"
	"encoding/json"
	"image/png"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/statordb/stator/tests/harness"
)

// IAM User Guide, the examples for the AWS CLI.

// manager is a home whose environment has the Administrator's key.
func manager(t *testing.T) home {
	t.Helper()
	return withCLI(t, "", "").with(harness.Shared(t).Env...).with("AWS_REGION="+region, "AWS_DEFAULT_REGION="+region)
}

// reads decodes what a command printed.
func reads[T any](t *testing.T, printed string) (v T) {
	t.Helper()
	if err := json.Unmarshal([]byte(printed), &v); err != nil {
		t.Fatalf("%v in %s", err, printed)
	}
	return v
}

// A user and a role made from files, who then work: what an administrator of an account types.
func TestCLIIdentities(t *testing.T) {
	t.Parallel()
	h, b := manager(t), create(t)
	name, roleName := named(t, "user"), named(t, "role")
	write(t, filepath.Join(h.dir, "assume.json"), *doc(allow("sts:AssumeRole", "*")))
	write(t, filepath.Join(h.dir, "items.json"), *doc(b.items()))

	made := reads[struct{ User struct{ Arn, UserId string } }](t, h.aws(t, "iam", "create-user", "--user-name", name, "--path", "/people/", "--tags", "Key=team,Value=a b"))
	if !strings.HasSuffix(made.User.Arn, ":user/people/"+name) || !strings.HasPrefix(made.User.UserId, "AIDA") {
		t.Errorf("user %+v", made)
	}
	key := reads[struct {
		AccessKey struct{ AccessKeyId, SecretAccessKey, Status string }
	}](t, h.aws(t, "iam", "create-access-key", "--user-name", name)).AccessKey
	if !strings.HasPrefix(key.AccessKeyId, "AKIA") || len(key.SecretAccessKey) != 40 || key.Status != "Active" {
		t.Errorf("key %+v", key)
	}
	h.aws(t, "iam", "put-user-policy", "--user-name", name, "--policy-name", "Assume", "--policy-document", "file://assume.json")

	write(t, filepath.Join(h.dir, "trust.json"), *doc(trust(made.User.Arn, "")))
	// The CLI shows documents decoded.
	role := reads[struct {
		Role struct {
			Arn                      string
			MaxSessionDuration       int
			AssumeRolePolicyDocument struct {
				Statement []struct{ Principal struct{ AWS string } }
			}
		}
	}](t, h.aws(t, "iam", "create-role", "--role-name", roleName, "--max-session-duration", "7200", "--assume-role-policy-document", "file://trust.json")).Role
	if s := role.AssumeRolePolicyDocument.Statement; !strings.HasSuffix(role.Arn, ":role/"+roleName) || role.MaxSessionDuration != 7200 || len(s) != 1 || s[0].Principal.AWS != made.User.Arn {
		t.Errorf("role %+v", role)
	}
	policy := h.aws(t, "iam", "create-policy", "--policy-name", named(t, "items"), "--policy-document", "file://items.json", "--query", "Policy.Arn", "--output", "text")
	h.aws(t, "iam", "attach-role-policy", "--role-name", roleName, "--policy-arn", policy)

	creds := aws.Credentials{AccessKeyID: key.AccessKeyId, SecretAccessKey: key.SecretAccessKey}
	client := withCLI(t, profile(t, "base")+profile(t, "role", "role_arn = "+role.Arn, "source_profile = base", "role_session_name = first"), keys("base", creds))
	client.shows(t, b, part{arn: role.Arn}.session("first"), "--profile", "role")
	t.Run("simulated", func(t *testing.T) { simulated(t, h, b, role.Arn, policy) })
	t.Run("listed", func(t *testing.T) { listed(t, h, name, roleName, policy) })
	t.Run("reported", func(t *testing.T) { reported(t, h, name) })
}

// simulated asks what a role may that has the items of a table by a managed policy.
func simulated(t *testing.T, h home, b table, role, policy string) {
	type result struct {
		EvalActionName, EvalResourceName, EvalDecision string
		MatchedStatements                              []struct{ SourcePolicyId string }
	}
	out := reads[struct{ EvaluationResults []result }](t, h.aws(t, "iam", "simulate-principal-policy", "--policy-source-arn", role,
		"--action-names", "dynamodb:PutItem", "dynamodb:DeleteItem", "--resource-arns", b.arn))
	if r := out.EvaluationResults; len(r) != 2 || r[0].EvalActionName != "dynamodb:PutItem" || r[0].EvalResourceName != b.arn ||
		r[0].EvalDecision != "allowed" || len(r[0].MatchedStatements) != 1 || !strings.HasSuffix(policy, r[0].MatchedStatements[0].SourcePolicyId) ||
		r[1].EvalDecision != "implicitDeny" || len(r[1].MatchedStatements) != 0 {
		t.Errorf("results %+v", r)
	}
}

// listed finds the user, the role and the policy in the account's details, by small pages.
func listed(t *testing.T, h home, user, role, policy string) {
	type named struct{ PolicyName, PolicyArn string }
	all := reads[struct {
		UserDetailList []struct {
			UserName       string
			UserPolicyList []struct {
				PolicyName     string
				PolicyDocument struct{ Version string }
			}
			Tags []struct{ Key, Value string }
		}
		RoleDetailList []struct {
			RoleName                string
			AttachedManagedPolicies []named
		}
		Policies []struct {
			Arn             string
			AttachmentCount int
		}
	}](t, h.aws(t, "iam", "get-account-authorization-details", "--filter", "User", "Role", "LocalManagedPolicy", "--page-size", "5"))
	found := 0
	for _, u := range all.UserDetailList {
		if u.UserName == user {
			found++
			if len(u.UserPolicyList) != 1 || u.UserPolicyList[0].PolicyName != "Assume" || u.UserPolicyList[0].PolicyDocument.Version != "2012-10-17" || len(u.Tags) != 1 || u.Tags[0].Value != "a b" {
				t.Errorf("user %+v", u)
			}
		}
	}
	for _, r := range all.RoleDetailList {
		if r.RoleName == role {
			found++
			if len(r.AttachedManagedPolicies) != 1 || r.AttachedManagedPolicies[0].PolicyArn != policy {
				t.Errorf("role %+v", r)
			}
		}
	}
	for _, p := range all.Policies {
		if p.Arn == policy {
			found++
			if p.AttachmentCount != 1 {
				t.Errorf("policy %+v", p)
			}
		}
	}
	if found != 3 {
		t.Errorf("%d of the three: %+v", found, all)
	}
}

// reported finds the user in the credential report.
func reported(t *testing.T, h home, name string) {
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(100 * time.Millisecond) {
		state := h.aws(t, "iam", "generate-credential-report", "--query", "State", "--output", "text")
		if state == "COMPLETE" {
			break
		}
		if time.Now().After(end) {
			t.Fatalf("the report is %s after 20 s", state)
		}
	}
	out := reads[struct {
		Content      string
		ReportFormat string
	}](t, h.aws(t, "iam", "get-credential-report"))
	text, err := base64.StdEncoding.DecodeString(out.Content)
	must(t, "decode the report", err)
	rows, err := csv.NewReader(strings.NewReader(string(text))).ReadAll()
	if err != nil || out.ReportFormat != "text/csv" {
		t.Fatalf("%v in a report of %s: %s", err, out.ReportFormat, text)
	}
	active := slices.Index(rows[0], "access_key_1_active")
	i := slices.IndexFunc(rows, func(row []string) bool { return row[0] == name })
	if rows[0][0] != "user" || active < 0 || rows[1][0] != "<root_account>" || i < 0 || rows[i][active] != "true" {
		t.Errorf("report %s", text)
	}
}

// A virtual MFA device by both of the CLI's bootstrap methods, and its user's first use of it.
func TestCLIVirtualMFADevice(t *testing.T) {
	t.Parallel()
	h, u := manager(t), user(t, "user")
	serial := func(name, method string) string {
		t.Helper()
		return h.aws(t, "iam", "create-virtual-mfa-device", "--virtual-mfa-device-name", named(t, name), "--outfile", name,
			"--bootstrap-method", method, "--query", "VirtualMFADevice.SerialNumber", "--output", "text")
	}
	account := harness.Shared(t).Account
	if got, want := serial("code.png", "QRCodePNG"), "arn:aws:iam::"+account+":mfa/"+named(t, "code.png"); got != want {
		t.Errorf("device %s, want %s", got, want)
	}
	file, err := os.Open(filepath.Join(h.dir, "code.png"))
	must(t, "open the picture", err)
	defer file.Close()
	picture, err := png.Decode(file)
	must(t, "decode the picture", err)
	if size := picture.Bounds(); size.Dx() != size.Dy() || size.Dx() < 100 {
		t.Errorf("the picture is %v", size)
	}

	s := serial("seed.txt", "Base32StringSeed")
	seed, err := os.ReadFile(filepath.Join(h.dir, "seed.txt"))
	must(t, "read the seed", err)
	d := deviceOf(t, s, string(seed))
	h.aws(t, "iam", "enable-mfa-device", "--user-name", u.name, "--serial-number", s,
		"--authentication-code1", d.code(-1), "--authentication-code2", d.code(0))
	if got := h.aws(t, "iam", "list-mfa-devices", "--user-name", u.name, "--query", "MFADevices[].SerialNumber", "--output", "text"); got != s {
		t.Errorf("devices %s, want %s", got, s)
	}
	h.with(variables(u.creds)...).aws(t, "sts", "get-session-token", "--serial-number", s, "--token-code", d.code(1))
}
