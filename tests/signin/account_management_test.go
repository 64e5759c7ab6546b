package signin

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	accounts "github.com/aws/aws-sdk-go-v2/service/account"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/organizations"
	"github.com/aws/smithy-go"
)

func code(err error) string {
	if e, ok := errors.AsType[smithy.APIError](err); ok {
		return e.ErrorCode()
	}
	return ""
}

// The AWS Account Management API, as far as it is there ("AWS Account Management API Reference").
func TestAccountManagement(t *testing.T) {
	s := start(t)
	ctx := context.Background()
	b := s.browser(t)
	b.claim()
	root := accounts.NewFromConfig(s.config(b.credentials()))
	_, err := root.PutAccountName(ctx, &accounts.PutAccountNameInput{AccountName: aws.String("Renamed")})
	must(t, err)
	info, err := root.GetAccountInformation(ctx, &accounts.GetAccountInformationInput{})
	must(t, err)
	if *info.AccountId != account || *info.AccountName != "Renamed" || info.AccountState != "ACTIVE" || time.Since(*info.AccountCreatedDate) > time.Hour {
		t.Errorf("the account: %s %s %s %v", *info.AccountId, *info.AccountName, info.AccountState, info.AccountCreatedDate)
	}
	if a := b.ask("GET", "/signin/session", nil); a.text("AccountName") != "Renamed" {
		t.Errorf("the session: %s", a.raw)
	}

	made, err := organizations.NewFromConfig(s.config(s.admin)).CreateAccount(ctx, &organizations.CreateAccountInput{AccountName: aws.String("Member"), Email: aws.String("member@example.com")})
	must(t, err)
	member := made.CreateAccountStatus.AccountId
	email := func() string {
		t.Helper()
		out, err := root.GetPrimaryEmail(ctx, &accounts.GetPrimaryEmailInput{AccountId: member})
		must(t, err)
		return *out.PrimaryEmail
	}
	if email() != "member@example.com" {
		t.Errorf("the member's address is %s", email())
	}
	update := func(to, otp string) error {
		_, err := root.AcceptPrimaryEmailUpdate(ctx, &accounts.AcceptPrimaryEmailUpdateInput{AccountId: member, PrimaryEmail: &to, Otp: &otp})
		return err
	}
	for _, to := range []string{newMail, rootMail} {
		_, err := root.StartPrimaryEmailUpdate(ctx, &accounts.StartPrimaryEmailUpdateInput{AccountId: member, PrimaryEmail: &to})
		must(t, err)
		if to == rootMail {
			s.mailed(t, to, "(another account)")
			continue
		}
		otp := s.mailed(t, to, `the code (\d{6})`)
		if got := code(update(to, "nonsense")); got != "ValidationException" {
			t.Errorf("a wrong code: %s", got)
		}
		if got := code(update("third@example.com", otp)); got != "ValidationException" {
			t.Errorf("another address: %s", got)
		}
		must(t, update(to, otp))
		for _, told := range []string{"member@example.com", newMail} {
			s.mailed(t, told, `(has been changed from member@example.com to `+newMail+`)`)
		}
	}
	if email() != newMail {
		t.Errorf("the member's address is %s", email())
	}

	_, err = s.iam(s.admin).CreateUser(ctx, &iam.CreateUserInput{UserName: aws.String("ada")})
	must(t, err)
	key, err := s.iam(s.admin).CreateAccessKey(ctx, &iam.CreateAccessKeyInput{UserName: aws.String("ada")})
	must(t, err)
	ada := accounts.NewFromConfig(s.config(aws.Credentials{AccessKeyID: *key.AccessKey.AccessKeyId, SecretAccessKey: *key.AccessKey.SecretAccessKey}))
	forged := accounts.NewFromConfig(s.config(aws.Credentials{AccessKeyID: *key.AccessKey.AccessKeyId, SecretAccessKey: "forged"}))
	for what, c := range map[string]struct {
		err  error
		code string
	}{
		"without permission":      {second(ada.GetAccountInformation(ctx, &accounts.GetAccountInformationInput{})), "AccessDeniedException"},
		"a forged signature":      {second(forged.GetAccountInformation(ctx, &accounts.GetAccountInformationInput{})), "InvalidSignatureException"},
		"its own AccountId":       {second(root.GetAccountInformation(ctx, &accounts.GetAccountInformationInput{AccountId: aws.String(account)})), "AccessDeniedException"},
		"an account that is none": {second(root.GetAccountInformation(ctx, &accounts.GetAccountInformationInput{AccountId: aws.String("999988887777")})), "AccessDeniedException"},
		"no id of an account":     {second(root.GetAccountInformation(ctx, &accounts.GetAccountInformationInput{AccountId: aws.String("x")})), "ValidationException"},
		"an empty name":           {second(root.PutAccountName(ctx, &accounts.PutAccountNameInput{AccountName: aws.String("")})), "ValidationException"},
		"a bad address":           {second(root.StartPrimaryEmailUpdate(ctx, &accounts.StartPrimaryEmailUpdateInput{AccountId: member, PrimaryEmail: aws.String("x")})), "ValidationException"},
		"what is not there":       {second(root.ListRegions(ctx, &accounts.ListRegionsInput{})), "UnknownOperationException"},
	} {
		if got := code(c.err); got != c.code {
			t.Errorf("%s: %v, want %s", what, c.err, c.code)
		}
	}
}

func second[T any](_ T, err error) error { return err }
