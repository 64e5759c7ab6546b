package identity

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"net/http"
	"regexp"
	"strings"

	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/kv"
	"github.com/statordb/stator/internal/policy"
)

// Claim makes whoever has the setup token the root user of the first account.
type Claim struct{ SetupToken, Email, AccountName, Password string }

func invalidParameter(name string) *awsapi.Error {
	return badRequest("InvalidParameterValue", "The value of "+name+" is not valid.")
}

// checkOwner checks what a person gives to own an account.
func checkOwner(address, name string) error {
	switch {
	case !validEmail(address):
		return invalidParameter("Email")
	case !accountName.MatchString(name) || strings.TrimSpace(name) == "":
		return invalidParameter("AccountName")
	}
	return nil
}

// The e-mail addresses of root users ("The rules for a valid email address", CreateAccount, AWS Organizations API Reference). They
// leave out what mail programs read as something else: a name with another address in brackets, a list.
const (
	minEmail = 6
	maxEmail = 64
)

var email = regexp.MustCompile(`^[!#$*+/0-9=?A-Z^_` + "`" + `a-z{}~-][!#$*+./0-9=?A-Z^_` + "`" + `a-z{}~-]*@[0-9A-Za-z]([0-9A-Za-z.-]*[0-9A-Za-z])?\.[0-9A-Za-z]([0-9A-Za-z-]*[0-9A-Za-z])?$`)

func validEmail(address string) bool {
	return len(address) >= minEmail && len(address) <= maxEmail && email.MatchString(address)
}

// Claimed says whether somebody has claimed the root user of the first account.
func (s *Store) Claimed(ctx context.Context) (claimed bool, err error) {
	err = s.db.View(ctx, func(r kv.Reader) error {
		a, _, err := first(ctx, r)
		claimed = a.SetupHash == nil
		return err
	})
	return claimed, err
}

// first reads the first account and its id.
func first(ctx context.Context, r kv.Reader) (a accountRecord, id string, err error) {
	m, _, err := get[markRecord](ctx, r, markKey())
	if err == nil {
		a, _, err = get[accountRecord](ctx, r, accountKey(m.Account))
	}
	return a, m.Account, err
}

// ClaimRoot claims the root user of the first account, once, and signs it in. The error is an *awsapi.Error if it is the
// claim's: AuthenticationFailed for a wrong token, AlreadyClaimed, InvalidParameterValue, PasswordPolicyViolation.
func (s *Store) ClaimRoot(ctx context.Context, c *Claim) (*SignIn, error) {
	out := new(SignIn)
	may := func(r kv.Reader) (accountRecord, string, error) {
		a, id, err := first(ctx, r)
		sum := sha256.Sum256([]byte(strings.TrimSpace(c.SetupToken)))
		switch {
		case err != nil:
		case a.SetupHash == nil:
			err = &awsapi.Error{Code: "AlreadyClaimed", Status: http.StatusConflict, Message: "The root user has been claimed already."}
		case subtle.ConstantTimeCompare(sum[:], a.SetupHash) != 1:
			err = &awsapi.Error{Code: "AuthenticationFailed", Status: http.StatusUnauthorized, Message: "This is not the setup token."}
		}
		return a, id, err
	}
	err := s.db.View(ctx, func(r kv.Reader) error {
		_, id, err := may(r)
		out.Principal = policy.Principal{Type: policy.Root, Account: id}
		return err
	})
	if err == nil {
		err = checkOwner(c.Email, c.AccountName)
	}
	if err == nil {
		err = checkRootPassword(c.Password, c.Email, c.AccountName)
	}
	if err != nil {
		return out, err
	}
	l, err := s.firstLogin(ctx, c.Password)
	if err != nil {
		return out, err
	}
	err = s.Change(ctx, func(tx kv.Txn) error {
		a, id, err := may(tx)
		if err != nil {
			return err
		}
		e := &edit{&view{ctx: ctx, r: tx, s: s, account: id}, tx, whole(s.now())}
		if err := e.setEmail(&a, c.Email); err != nil {
			return err
		}
		a.Name, a.SetupHash = c.AccountName, nil
		out.Principal = rootPrincipal(id).Principal
		out.Token, err = e.enter(&signer{account: &a, owner: id}, l, nil)
		return err
	})
	if err == nil {
		out.State = SignedIn
	}
	return out, err
}

func emailInUse() *awsapi.Error {
	return &awsapi.Error{Code: "EmailInUse", Status: http.StatusConflict, Message: "An account with that e-mail address exists already."}
}

// setEmail gives the account's root user another e-mail address. What was mailed to the one before is worth nothing any more.
func (e *edit) setEmail(a *accountRecord, address string) error {
	owner, there, err := get[string](e.ctx, e.r, emailKey(address))
	if err != nil {
		return err
	}
	if there && owner != e.account {
		return emailInUse()
	}
	if a.Email != "" {
		if err := e.tx.Delete(emailKey(a.Email)); err != nil {
			return err
		}
		if err := e.tx.Delete(waitingKey(resetKind, e.account)); err != nil {
			return err
		}
	}
	a.Email = address
	return put(e.tx, emailKey(address), e.account)
}
