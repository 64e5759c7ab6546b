package identity

import (
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/statordb/stator/internal/awsapi"
)

// accountOf reads the account's own record.
func (v *view) accountOf() (*accountRecord, error) {
	a, ok, err := get[accountRecord](v.ctx, v.r, accountKey(v.account))
	if err == nil && !ok {
		err = noSuch("The account " + v.account + " cannot be found.")
	}
	return &a, err
}

// createAccountAlias decodes CreateAccountAlias. An account has one alias, and a new one takes its place.
func (s *Store) createAccountAlias(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[iam.CreateAccountAliasInput](req, "AccountAlias")
	if err != nil {
		return nil, err
	}
	return s.write(req, "CreateAccountAlias", anything, func(e *edit) (any, error) {
		a, err := e.accountOf()
		if err != nil {
			return nil, err
		}
		owner, there, err := get[string](e.ctx, e.r, aliasKey(*in.AccountAlias))
		if err != nil {
			return nil, err
		}
		if there && owner != e.account {
			return nil, alreadyExists("The account alias " + *in.AccountAlias + " already exists.")
		}
		if a.Alias != "" {
			if err := e.tx.Delete(aliasKey(a.Alias)); err != nil {
				return nil, err
			}
		}
		a.Alias = *in.AccountAlias
		if err := put(e.tx, aliasKey(a.Alias), e.account); err != nil {
			return nil, err
		}
		return nil, put(e.tx, accountKey(e.account), *a)
	})
}

// deleteAccountAlias decodes DeleteAccountAlias.
func (s *Store) deleteAccountAlias(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[iam.DeleteAccountAliasInput](req, "AccountAlias")
	if err != nil {
		return nil, err
	}
	return s.write(req, "DeleteAccountAlias", anything, func(e *edit) (any, error) {
		a, err := e.accountOf()
		if err != nil {
			return nil, err
		}
		if a.Alias != *in.AccountAlias {
			return nil, noSuch("The account alias " + *in.AccountAlias + " cannot be found.")
		}
		if err := e.tx.Delete(aliasKey(a.Alias)); err != nil {
			return nil, err
		}
		a.Alias = ""
		return nil, put(e.tx, accountKey(e.account), *a)
	})
}

// listAccountAliases decodes ListAccountAliases.
func (s *Store) listAccountAliases(req *awsapi.Request) (awsapi.Call, error) {
	if _, err := decode[iam.ListAccountAliasesInput](req); err != nil {
		return nil, err
	}
	return s.read(req, "ListAccountAliases", anything, func(v *view) (any, error) {
		a, err := v.accountOf()
		if err != nil {
			return nil, err
		}
		out := &iam.ListAccountAliasesOutput{AccountAliases: []string{}}
		if a.Alias != "" {
			out.AccountAliases = append(out.AccountAliases, a.Alias)
		}
		return out, nil
	})
}

// setSecurityTokenServicePreferences decodes SetSecurityTokenServicePreferences.
func (s *Store) setSecurityTokenServicePreferences(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[iam.SetSecurityTokenServicePreferencesInput](req, "GlobalEndpointTokenVersion")
	if err != nil {
		return nil, err
	}
	return s.write(req, "SetSecurityTokenServicePreferences", anything, func(e *edit) (any, error) {
		a, err := e.accountOf()
		if err != nil {
			return nil, err
		}
		a.TokenVersion = 1
		if in.GlobalEndpointTokenVersion == "v2Token" {
			a.TokenVersion = 2
		}
		return nil, put(e.tx, accountKey(e.account), *a)
	})
}
