package identity

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/csv"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/statordb/stator/internal/kv"
)

// The account's password policy is what lets users without policies change their passwords, and nothing else.
func TestUsersMayChangePasswords(t *testing.T) {
	c, d := admin(t)
	ctx := t.Context()
	ok(t)(c.CreateUser(ctx, &iam.CreateUserInput{UserName: aws.String("bob")}))
	ok(t)(c.CreateLoginProfile(ctx, &iam.CreateLoginProfileInput{UserName: aws.String("bob"), Password: aws.String("first-Word1")}))
	key, err := c.CreateAccessKey(ctx, &iam.CreateAccessKeyInput{UserName: aws.String("bob")})
	ok(t)(key, err)
	bob := d.as(*key.AccessKey.AccessKeyId, *key.AccessKey.SecretAccessKey)
	change := &iam.ChangePasswordInput{OldPassword: aws.String("first-Word1"), NewPassword: aws.String("second-Word1")}
	fails(t, "AccessDenied: User: arn:aws:iam::123456789012:user/bob is not authorized to perform: iam:ChangePassword on resource: arn:aws:iam::123456789012:user/bob "+
		"because no identity-based policy allows the iam:ChangePassword action")(bob.ChangePassword(ctx, change))
	ok(t)(c.UpdateAccountPasswordPolicy(ctx, &iam.UpdateAccountPasswordPolicyInput{AllowUsersToChangePassword: true}))
	ok(t)(bob.ChangePassword(ctx, change))
	ok(t)(bob.GetAccountPasswordPolicy(ctx, nil))
	if _, err := bob.ListUsers(ctx, nil); err == nil {
		t.Error("bob may list users")
	}
}

func TestAccount(t *testing.T) {
	c, _ := admin(t)
	ctx := t.Context()
	for _, alias := range []string{"first-alias", "second"} {
		ok(t)(c.CreateAccountAlias(ctx, &iam.CreateAccountAliasInput{AccountAlias: aws.String(alias)}))
	}
	if got := must[*iam.ListAccountAliasesOutput](t)(c.ListAccountAliases(ctx, nil)); len(got.AccountAliases) != 1 || got.AccountAliases[0] != "second" {
		t.Errorf("%+v", got)
	}
	for _, bad := range []string{"ab", "a--b", "-ab", "ab-", "Abc"} {
		if _, err := c.CreateAccountAlias(ctx, &iam.CreateAccountAliasInput{AccountAlias: &bad}); err == nil {
			t.Errorf("%q was taken", bad)
		}
	}
	fails(t, "NoSuchEntity: The account alias first-alias cannot be found.")(c.DeleteAccountAlias(ctx, &iam.DeleteAccountAliasInput{AccountAlias: aws.String("first-alias")}))
	ok(t)(c.DeleteAccountAlias(ctx, &iam.DeleteAccountAliasInput{AccountAlias: aws.String("second")}))
	sum := must[*iam.GetAccountSummaryOutput](t)(c.GetAccountSummary(ctx, nil)).SummaryMap
	if sum["Users"] != 1 || sum["Groups"] != 1 || sum["UsersQuota"] != 5000 {
		t.Error(sum)
	}
}

func TestPasswords(t *testing.T) {
	c, _ := admin(t)
	ctx := t.Context()
	me := aws.String(adminUser)
	violated := "PasswordPolicyViolation: Password should "
	fails(t, "NoSuchEntity: The Password Policy with domain name 123456789012 cannot be found.")(c.GetAccountPasswordPolicy(ctx, nil))
	fails(t, violated+"have a minimum length of 8")(c.CreateLoginProfile(ctx, &iam.CreateLoginProfileInput{UserName: me, Password: aws.String("aB3")}))
	ok(t)(c.CreateLoginProfile(ctx, &iam.CreateLoginProfileInput{UserName: me, Password: aws.String("first-Pass1"), PasswordResetRequired: true}))
	fails(t, "EntityAlreadyExists: Login Profile for user Administrator already exists.")(c.CreateLoginProfile(ctx, &iam.CreateLoginProfileInput{UserName: me, Password: aws.String("first-Pass1")}))
	if got := must[*iam.GetLoginProfileOutput](t)(c.GetLoginProfile(ctx, &iam.GetLoginProfileInput{})).LoginProfile; !got.PasswordResetRequired || *got.UserName != adminUser {
		t.Errorf("%+v", got)
	}
	ok(t)(c.UpdateAccountPasswordPolicy(ctx, &iam.UpdateAccountPasswordPolicyInput{MinimumPasswordLength: aws.Int32(10), RequireNumbers: true, PasswordReusePrevention: aws.Int32(1)}))
	if p := must[*iam.GetAccountPasswordPolicyOutput](t)(c.GetAccountPasswordPolicy(ctx, nil)).PasswordPolicy; *p.MinimumPasswordLength != 10 || !p.RequireNumbers || p.ExpirePasswords {
		t.Errorf("%+v", p)
	}
	change := func(from, to string) (any, error) {
		return c.ChangePassword(ctx, &iam.ChangePasswordInput{OldPassword: &from, NewPassword: &to})
	}
	fails(t, "AccessDenied: The old password was incorrect.")(change("wrong", "second-Pass1"))
	fails(t, violated+"have at least one number")(change("first-Pass1", "second-Pass"))
	fails(t, violated+"not be one of the passwords used before")(change("first-Pass1", "first-Pass1"))
	ok(t)(change("first-Pass1", "second-Pass1"))
	if got := must[*iam.GetLoginProfileOutput](t)(c.GetLoginProfile(ctx, &iam.GetLoginProfileInput{})).LoginProfile; got.PasswordResetRequired {
		t.Errorf("%+v", got)
	}
	ok(t)(c.DeleteLoginProfile(ctx, &iam.DeleteLoginProfileInput{UserName: me}))
	fails(t, "NoSuchEntity: Login Profile for User Administrator cannot be found.")(c.DeleteLoginProfile(ctx, &iam.DeleteLoginProfileInput{UserName: me}))
}

func TestHashes(t *testing.T) {
	hash := HashPassword("secret")
	if !IsPassword(hash, "secret") || IsPassword(hash, "Secret") || strings.Contains(hash, "secret") || hash == HashPassword("secret") {
		t.Error(hash)
	}
	for _, bad := range []string{"", "$argon2id$", strings.Replace(hash, "t=2", "t=0", 1), strings.Replace(hash, "v=19", "v=1", 1), hash[:strings.LastIndexByte(hash, '$')+1]} {
		if IsPassword(bad, "secret") {
			t.Error(bad)
		}
	}
}

func TestAuthorizationDetails(t *testing.T) {
	c, _ := admin(t)
	ctx := t.Context()
	ok(t)(c.CreateRole(ctx, &iam.CreateRoleInput{RoleName: aws.String("R"), AssumeRolePolicyDocument: aws.String(trustRoot)}))
	ok(t)(c.CreatePolicy(ctx, &iam.CreatePolicyInput{PolicyName: aws.String("P"), PolicyDocument: aws.String(allowGet)}))
	for size := int32(1); size <= 6; size++ {
		var got []string
		for pages := iam.NewGetAccountAuthorizationDetailsPaginator(c, &iam.GetAccountAuthorizationDetailsInput{MaxItems: &size}); pages.HasMorePages(); {
			p := must[*iam.GetAccountAuthorizationDetailsOutput](t)(pages.NextPage(ctx))
			for _, x := range p.Policies {
				got = append(got, *x.PolicyName)
			}
			for _, x := range p.GroupDetailList {
				got = append(got, *x.GroupName)
			}
			for _, x := range p.RoleDetailList {
				got = append(got, *x.RoleName)
			}
			for _, x := range p.UserDetailList {
				got = append(got, *x.UserName)
			}
		}
		if len(got) != 5 {
			t.Errorf("pages of %d: %q", size, got)
		}
	}
	p := must[*iam.GetAccountAuthorizationDetailsOutput](t)(c.GetAccountAuthorizationDetails(ctx, &iam.GetAccountAuthorizationDetailsInput{Filter: []types.EntityType{types.EntityTypeUser}}))
	if len(p.UserDetailList) != 1 || len(p.UserDetailList[0].GroupList) != 1 || len(p.Policies)+len(p.RoleDetailList) != 0 {
		t.Errorf("%+v", p)
	}
}

func TestSimulate(t *testing.T) {
	c, _ := admin(t)
	ctx := t.Context()
	deny := "{\"Version\":\"2012-10-17\",\"Statement\":[\n{\"Effect\":\"Deny\",\"Action\":\"dynamodb:DeleteTable\",\"Resource\":\"*\"}]}"
	custom := must[*iam.SimulateCustomPolicyOutput](t)(c.SimulateCustomPolicy(ctx, &iam.SimulateCustomPolicyInput{
		PolicyInputList: []string{allowGet, deny}, ActionNames: []string{"dynamodb:GetItem", "dynamodb:DeleteTable", "iam:GetUser"}})).EvaluationResults
	var got []string
	for _, r := range custom {
		got = append(got, string(r.EvalDecision))
	}
	if strings.Join(got, " ") != "allowed explicitDeny implicitDeny" {
		t.Error(got)
	}
	if s := custom[1].MatchedStatements; len(s) != 1 || *s[0].SourcePolicyId != "PolicyInputList.2" || s[0].StartPosition.Line != 2 {
		t.Errorf("%+v", s)
	}
	principal := must[*iam.SimulatePrincipalPolicyOutput](t)(c.SimulatePrincipalPolicy(ctx, &iam.SimulatePrincipalPolicyInput{
		PolicySourceArn: aws.String("arn:aws:iam::123456789012:user/Administrator"), PolicyInputList: []string{deny},
		ActionNames: []string{"dynamodb:GetItem", "dynamodb:DeleteTable"}, MaxItems: aws.Int32(1)}))
	if r := principal.EvaluationResults; len(r) != 1 || r[0].EvalDecision != "allowed" || !principal.IsTruncated || *r[0].MatchedStatements[0].SourcePolicyId != "AdministratorAccess" {
		t.Errorf("%+v", principal)
	}
	fails(t, "NoSuchEntity: The user with name Eve cannot be found.")(c.SimulatePrincipalPolicy(ctx, &iam.SimulatePrincipalPolicyInput{
		PolicySourceArn: aws.String("arn:aws:iam::123456789012:user/Eve"), ActionNames: []string{"iam:GetUser"}}))
	keys := must[*iam.GetContextKeysForCustomPolicyOutput](t)(c.GetContextKeysForCustomPolicy(ctx, &iam.GetContextKeysForCustomPolicyInput{
		PolicyInputList: []string{strings.Replace(allowGet, `"*"`, `"arn:aws:iam::*:user/${aws:username}"`, 1)}})).ContextKeyNames
	if len(keys) != 1 || keys[0] != "aws:username" {
		t.Error(keys)
	}
}

func TestCredentialReport(t *testing.T) {
	c, _, _, now := adminAt(t, memory(t))
	ctx := t.Context()
	fails(t, "ReportNotPresent: No report exists. Call GenerateCredentialReport first.")(c.GetCredentialReport(ctx, nil))
	for _, want := range []types.ReportStateType{types.ReportStateTypeStarted, types.ReportStateTypeComplete} {
		if got := must[*iam.GenerateCredentialReportOutput](t)(c.GenerateCredentialReport(ctx, nil)); got.State != want {
			t.Errorf("%s, want %s", got.State, want)
		}
	}
	got := must[*iam.GetCredentialReportOutput](t)(c.GetCredentialReport(ctx, nil))
	rows, err := csv.NewReader(bytes.NewReader(got.Content)).ReadAll()
	if err != nil || len(rows) != 3 || rows[2][0] != adminUser || rows[2][8] != "true" || rows[2][13] != "false" {
		t.Errorf("%q %v", rows, err)
	}

	// It stays as it was made, until a new one may be.
	ok(t)(c.CreateUser(ctx, &iam.CreateUserInput{UserName: aws.String("bob")}))
	now.pass(reportLifetime - time.Second)
	ok(t)(c.GenerateCredentialReport(ctx, nil))
	if again := must[*iam.GetCredentialReportOutput](t)(c.GetCredentialReport(ctx, nil)); !bytes.Equal(again.Content, got.Content) || !again.GeneratedTime.Equal(noon) {
		t.Errorf("%s %q", again.GeneratedTime, again.Content)
	}
	now.pass(time.Second)
	fails(t, "ReportExpired: The report has expired. Call GenerateCredentialReport again.")(c.GetCredentialReport(ctx, nil))
	ok(t)(c.GenerateCredentialReport(ctx, nil))
	if later := must[*iam.GetCredentialReportOutput](t)(c.GetCredentialReport(ctx, nil)); !bytes.Contains(later.Content, []byte("\nbob,")) || !later.GeneratedTime.Equal(now.now()) {
		t.Errorf("%s %q", later.GeneratedTime, later.Content)
	}
}

// Whoever guesses passwords keeps nobody from changing anything: trying one takes long, and is done outside of changes.
func TestGuessesHoldNoLock(t *testing.T) {
	c, d := admin(t)
	ok(t)(c.CreateUser(t.Context(), &iam.CreateUserInput{UserName: aws.String("bob")}))
	ok(t)(c.CreateLoginProfile(t.Context(), &iam.CreateLoginProfileInput{UserName: aws.String("bob"), Password: aws.String("first-Word1")}))
	ok(t)(c.UpdateAccountPasswordPolicy(t.Context(), &iam.UpdateAccountPasswordPolicyInput{AllowUsersToChangePassword: true}))
	key := must[*iam.CreateAccessKeyOutput](t)(c.CreateAccessKey(t.Context(), &iam.CreateAccessKeyInput{UserName: aws.String("bob")})).AccessKey
	bob := d.as(*key.AccessKeyId, *key.SecretAccessKey)
	err := d.s.Change(t.Context(), func(kv.Txn) error {
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		fails(t, "AccessDenied: The old password was incorrect.")(bob.ChangePassword(ctx,
			&iam.ChangePasswordInput{OldPassword: aws.String("guess"), NewPassword: aws.String("other-Word1")}))
		return nil
	})
	ok(t)(nil, err)
	ok(t)(bob.ChangePassword(t.Context(), &iam.ChangePasswordInput{OldPassword: aws.String("first-Word1"), NewPassword: aws.String("other-Word1")}))
}

// Whoever has a user's access key does not find out its password with it.
func TestGuessesOfOldPasswords(t *testing.T) {
	c, d := admin(t)
	ok(t)(c.CreateUser(t.Context(), &iam.CreateUserInput{UserName: aws.String("bob")}))
	ok(t)(c.CreateLoginProfile(t.Context(), &iam.CreateLoginProfileInput{UserName: aws.String("bob"), Password: aws.String("first-Word1")}))
	ok(t)(c.UpdateAccountPasswordPolicy(t.Context(), &iam.UpdateAccountPasswordPolicyInput{AllowUsersToChangePassword: true}))
	key := must[*iam.CreateAccessKeyOutput](t)(c.CreateAccessKey(t.Context(), &iam.CreateAccessKeyInput{UserName: aws.String("bob")})).AccessKey
	bob := d.as(*key.AccessKeyId, *key.SecretAccessKey)
	change := func(old, next string) (*iam.ChangePasswordOutput, error) {
		return bob.ChangePassword(t.Context(), &iam.ChangePasswordInput{OldPassword: &old, NewPassword: &next})
	}
	for i := range 12 { // what is right is no guess
		words := []string{"first-Word1", "other-Word1"}
		ok(t)(change(words[i%2], words[(i+1)%2]))
	}
	const burst = 10
	began, refused := time.Now(), 0
	for range burst + 5 {
		if _, err := change("guess", "other-Word1"); err != nil && strings.Contains(err.Error(), "Throttling") {
			refused++
		}
	}
	if least := 5 - int(time.Since(began)/time.Minute) - 1; refused < least || refused > 5 {
		t.Errorf("%d guesses are refused", refused)
	}
	fails(t, "Throttling: Rate exceeded")(change("guess", "other-Word1"))
}

// A simulation of millions of questions works out only those that it shows.
func TestSimulatePages(t *testing.T) {
	c, _ := admin(t)
	in := &iam.SimulateCustomPolicyInput{PolicyInputList: []string{allowGet}, MaxItems: aws.Int32(4)}
	for i := range 4000 {
		in.ActionNames = append(in.ActionNames, fmt.Sprintf("dynamodb:Action%d", i))
		in.ResourceArns = append(in.ResourceArns, fmt.Sprintf("arn:aws:dynamodb:us-east-1:123456789012:table/%d", i))
	}
	began := time.Now()
	out := must[*iam.SimulateCustomPolicyOutput](t)(c.SimulateCustomPolicy(t.Context(), in))
	if took := time.Since(began); took > 2*time.Second || len(out.EvaluationResults) != 4 || !out.IsTruncated {
		t.Errorf("%d results after %v", len(out.EvaluationResults), took)
	}
	for _, bad := range []string{"-1", "16000000", "9223372036854775807", "x"} {
		in.Marker = aws.String(base64.RawURLEncoding.EncodeToString([]byte(bad)))
		fails(t, "ValidationError: Invalid Marker.")(c.SimulateCustomPolicy(t.Context(), in))
	}
	in.ActionNames, in.ResourceArns, in.Marker = in.ActionNames[:3], in.ResourceArns[:3], nil
	var all []string
	for {
		out = must[*iam.SimulateCustomPolicyOutput](t)(c.SimulateCustomPolicy(t.Context(), in))
		for _, r := range out.EvaluationResults {
			all = append(all, (*r.EvalActionName)[len("dynamodb:Action"):]+(*r.EvalResourceName)[len("arn:aws:dynamodb:us-east-1:123456789012:table/"):])
		}
		if in.Marker = out.Marker; !out.IsTruncated {
			break
		}
	}
	if got := strings.Join(all, " "); got != "00 01 02 10 11 12 20 21 22" {
		t.Error(got)
	}
}
