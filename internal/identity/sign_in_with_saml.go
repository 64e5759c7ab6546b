package identity

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/federation"
	"github.com/statordb/stator/internal/kv"
)

// Whoever comes to the console with a SAML response ("Enabling SAML 2.0 federated principals to access the AWS Management Console",
// IAM User Guide) chooses a role, if the response gives several. Until then the response waits here.

// SAMLRole is a role that a SAML response gives.
type SAMLRole struct {
	Account, AccountName string
	RoleARN, ProviderARN string
	Name                 string // the role's
}

// SAMLChoice is a response that waits for a choice.
type SAMLChoice struct {
	Response, RelayState string
	Roles                []SAMLRole
	Expires              time.Time
}

const (
	// samlChoiceTime is how long a choice may take: AWS takes the response within five minutes of its issuance.
	samlChoiceTime = 5 * time.Minute
	// maxSAMLRoles bounds the roles of a response that count, and with them how many providers are tried.
	maxSAMLRoles = 200
	maxProviders = 20
)

// SAMLRoles returns the roles that a SAML response gives, in the order that it has them: InvalidIdentityToken or another error of
// AssumeRoleWithSAML if it gives none. A response is good for this once, as a browser keeps what it has sent.
func (s *Store) SAMLRoles(ctx context.Context, response string) (roles []SAMLRole, err error) {
	claimed, err := federation.PeekSAML(response)
	if err != nil {
		return nil, federationError(err)
	}
	verified := make(map[string]*federation.Assertion) // by provider; nil if it is not the provider's
	var refused error
	var one *federation.Assertion
	for _, pair := range claimed[:min(len(claimed), maxSAMLRoles)] {
		a, known := verified[pair.ProviderARN]
		if !known && len(verified) < maxProviders {
			if a, err = s.verifySAML(ctx, pair.ProviderARN, response); err != nil {
				refused = err
			}
			verified[pair.ProviderARN] = a
		}
		if a == nil {
			continue
		}
		one = a
		// What is peeked at may not be what is signed.
		for _, given := range a.Roles {
			if given != pair {
				continue
			}
			role, err := s.samlRole(ctx, pair)
			if err != nil {
				return nil, err
			}
			if role != nil {
				roles = append(roles, *role)
			}
			break
		}
	}
	switch {
	case len(roles) == 0 && refused != nil:
		return nil, refused
	case len(roles) == 0:
		return nil, badRequest("InvalidIdentityToken", "The SAML response gives no role that is there.")
	}
	return roles, s.useSAML(ctx, one)
}

func (s *Store) verifySAML(ctx context.Context, providerARN, response string) (*federation.Assertion, error) {
	account, ok := accountOfARN(providerARN)
	if !ok {
		return nil, badRequest("InvalidIdentityToken", "Specified provider doesn't exist")
	}
	var p *samlRecord
	err := s.db.View(ctx, func(r kv.Reader) (err error) {
		p, err = (&view{ctx: ctx, r: r, s: s, account: account}).saml(&providerARN)
		if _, none := errors.AsType[*awsapi.Error](err); none {
			err = badRequest("InvalidIdentityToken", "Specified provider doesn't exist")
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	m, err := s.samlMetadata(p.Metadata)
	if err != nil {
		return nil, federationError(err)
	}
	a, err := m.Verify(response, federation.SAMLOptions{Now: s.now(), Endpoints: s.samlEndpoints})
	if err != nil {
		return nil, federationError(err)
	}
	return a, nil
}

// accountOfARN is the account of an ARN of IAM.
func accountOfARN(arn string) (account string, ok bool) {
	parts := strings.SplitN(arn, ":", 6)
	if len(parts) != 6 || CheckAccount(parts[4]) != nil {
		return "", false
	}
	return parts[4], true
}

// samlRole describes a role; nil if there is none.
func (s *Store) samlRole(ctx context.Context, pair federation.RolePair) (role *SAMLRole, err error) {
	account, ok := accountOfARN(pair.RoleARN)
	if !ok {
		return nil, nil
	}
	err = s.db.View(ctx, func(r kv.Reader) error {
		role = nil
		v := &view{ctx: ctx, r: r, s: s, account: account}
		a, ok, err := get[accountRecord](ctx, r, accountKey(account))
		if err != nil || !ok {
			return err
		}
		name := pair.RoleARN[strings.LastIndexByte(pair.RoleARN, '/')+1:]
		found, err := byName[roleRecord](v, roleKind, name)
		if err != nil || found == nil || found.arn(account, roleKind) != pair.RoleARN {
			return err
		}
		role = &SAMLRole{Account: account, AccountName: a.Name, RoleARN: pair.RoleARN, ProviderARN: pair.ProviderARN, Name: found.Name}
		return nil
	})
	return role, err
}

// useSAML notes that somebody has come with an assertion.
func (s *Store) useSAML(ctx context.Context, a *federation.Assertion) error {
	return s.quietly(ctx, func(tx kv.Txn) error {
		key := waitingKey(usedKind, consoleID("saml "+a.Issuer+" "+a.ID))
		if _, used, err := get[expiring](ctx, tx, key); err != nil || used {
			return or(err, badRequest("InvalidIdentityToken", "The SAML response was used before. Sign in again."))
		}
		return put(tx, key, expiring{a.IssuedAt.Add(2 * samlChoiceTime)})
	})
}

// KeepSAML keeps a response until the person of a browser has chosen, and returns a secret for the browser.
func (s *Store) KeepSAML(ctx context.Context, c SAMLChoice) (secret string, err error) {
	secret, c.Expires = newToken(), s.now().Add(samlChoiceTime)
	return secret, s.quietly(ctx, func(tx kv.Txn) error { return put(tx, waitingKey(choiceKind, consoleID(secret)), c) })
}

// SAMLChoice returns the response that waits for the browser with a secret, nil if there is none.
func (s *Store) SAMLChoice(ctx context.Context, secret string) (c *SAMLChoice, err error) {
	err = s.db.View(ctx, func(r kv.Reader) error {
		found, ok, err := get[SAMLChoice](ctx, r, waitingKey(choiceKind, consoleID(secret)))
		if c = nil; err == nil && ok && s.now().Before(found.Expires) {
			c = &found
		}
		return err
	})
	return c, err
}

// ForgetSAML ends a choice.
func (s *Store) ForgetSAML(ctx context.Context, secret string) error {
	return s.quietly(ctx, func(tx kv.Txn) error { return tx.Delete(waitingKey(choiceKind, consoleID(secret))) })
}

// SecretID is how what a secret leads to is called where others may see it.
func SecretID(secret string) string { return consoleID(secret) }
