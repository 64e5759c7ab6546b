package identity

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/statordb/stator/internal/awsapi"
)

func noPasswordPolicy(account string) *awsapi.Error {
	return noSuch("The Password Policy with domain name " + account + " cannot be found.")
}

// updateAccountPasswordPolicy decodes UpdateAccountPasswordPolicy. What a request leaves out gets its default, not
// what it was before.
func (s *Store) updateAccountPasswordPolicy(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[iam.UpdateAccountPasswordPolicyInput](req)
	if err != nil {
		return nil, err
	}
	return s.write(req, "UpdateAccountPasswordPolicy", anything, func(e *edit) (any, error) {
		a, err := e.accountOf()
		if err != nil {
			return nil, err
		}
		a.Passwords = &passwordPolicy{
			MinimumPasswordLength: 6, RequireSymbols: in.RequireSymbols, RequireNumbers: in.RequireNumbers,
			RequireUppercaseCharacters: in.RequireUppercaseCharacters, RequireLowercaseCharacters: in.RequireLowercaseCharacters,
			AllowUsersToChangePassword: in.AllowUsersToChangePassword, MaxPasswordAge: in.MaxPasswordAge,
			PasswordReusePrevention: in.PasswordReusePrevention, HardExpiry: in.HardExpiry,
		}
		if in.MinimumPasswordLength != nil {
			a.Passwords.MinimumPasswordLength = *in.MinimumPasswordLength
		}
		return nil, put(e.tx, accountKey(e.account), *a)
	})
}

// getAccountPasswordPolicy decodes GetAccountPasswordPolicy.
func (s *Store) getAccountPasswordPolicy(req *awsapi.Request) (awsapi.Call, error) {
	return s.read(req, "GetAccountPasswordPolicy", anything, func(v *view) (any, error) {
		a, err := v.accountOf()
		if err != nil {
			return nil, err
		}
		p := a.Passwords
		if p == nil {
			return nil, noPasswordPolicy(v.account)
		}
		return &iam.GetAccountPasswordPolicyOutput{PasswordPolicy: &types.PasswordPolicy{
			MinimumPasswordLength: aws.Int32(p.MinimumPasswordLength), RequireSymbols: p.RequireSymbols, RequireNumbers: p.RequireNumbers,
			RequireUppercaseCharacters: p.RequireUppercaseCharacters, RequireLowercaseCharacters: p.RequireLowercaseCharacters,
			AllowUsersToChangePassword: p.AllowUsersToChangePassword, ExpirePasswords: p.MaxPasswordAge != nil,
			MaxPasswordAge: p.MaxPasswordAge, PasswordReusePrevention: p.PasswordReusePrevention, HardExpiry: p.HardExpiry,
		}}, nil
	})
}

// deleteAccountPasswordPolicy decodes DeleteAccountPasswordPolicy.
func (s *Store) deleteAccountPasswordPolicy(req *awsapi.Request) (awsapi.Call, error) {
	return s.write(req, "DeleteAccountPasswordPolicy", anything, func(e *edit) (any, error) {
		a, err := e.accountOf()
		if err != nil {
			return nil, err
		}
		if a.Passwords == nil {
			return nil, noPasswordPolicy(e.account)
		}
		a.Passwords = nil
		return nil, put(e.tx, accountKey(e.account), *a)
	})
}

// passwordSymbols are what counts as a symbol ("Set an account password policy for IAM users").
const passwordSymbols = "!@#$%^&*()_+-=[]{}|'"

// check returns the first thing that a password lacks. Without a policy of its own an account has AWS's: 8 characters,
// and three of the four sorts of them.
func (p *passwordPolicy) check(password string) error {
	bad := func(message string) error { return badRequest("PasswordPolicyViolation", message) }
	sorts := map[string]bool{
		"uppercase letter": strings.ContainsAny(password, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"),
		"lowercase letter": strings.ContainsAny(password, "abcdefghijklmnopqrstuvwxyz"),
		"number":           strings.ContainsAny(password, "0123456789"),
		"symbol":           strings.ContainsAny(password, passwordSymbols),
	}
	n := utf8.RuneCountInString(password)
	if p == nil {
		have := 0
		for _, there := range sorts {
			if there {
				have++
			}
		}
		switch {
		case n < 8:
			return bad("Password should have a minimum length of 8")
		case have < 3:
			return bad("Password should have at least three of: uppercase letters, lowercase letters, numbers, symbols")
		}
		return nil
	}
	if n < int(p.MinimumPasswordLength) {
		return bad("Password should have a minimum length of " + strconv.Itoa(int(p.MinimumPasswordLength)))
	}
	for _, rule := range []struct {
		asked bool
		sort  string
	}{
		{p.RequireUppercaseCharacters, "uppercase letter"}, {p.RequireLowercaseCharacters, "lowercase letter"},
		{p.RequireNumbers, "number"}, {p.RequireSymbols, "symbol"},
	} {
		if rule.asked && !sorts[rule.sort] {
			return bad("Password should have at least one " + rule.sort)
		}
	}
	return nil
}
