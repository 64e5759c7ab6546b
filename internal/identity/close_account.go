package identity

import (
	"context"
	"net/http"

	"github.com/aws/aws-sdk-go-v2/service/organizations"

	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/kv"
	"github.com/statordb/stator/internal/policy"
)

// An account is closed by the management account (CloseAccount), or by its own root user ("Close an AWS account", AWS Account
// Management Reference Guide). Nothing of it can be used any more, and nothing is deleted.

// closeAccount decodes CloseAccount.
func (s *Store) closeAccount(req *awsapi.Request) (awsapi.Call, error) {
	in, err := organizationInput[organizations.CloseAccountInput](req)
	if err != nil {
		return nil, err
	}
	if err := wants(in.AccountId, accountForm); err != nil {
		return nil, err
	}
	var told RootChange
	c := &call{s: s, req: req, service: "organizations", name: "CloseAccount", on: memberAccount(*in.AccountId)}
	c.change = func(e *edit) (any, error) {
		if err := e.managed(); err != nil {
			return nil, err
		}
		a, err := e.member(*in.AccountId)
		if err != nil {
			return nil, err
		}
		switch {
		case *in.AccountId == e.account:
			return nil, organizationError("ConstraintViolationException", "You can't close the management account.")
		case a.Closed != nil:
			return nil, organizationError("AccountAlreadyClosedException", "You attempted to close an account that is already closed.")
		}
		told = RootChange{Email: a.Email, Closed: true}
		return nil, (&edit{e.of(*in.AccountId), e.tx, e.now}).close(a)
	}
	c.after = func() error {
		s.changed(told)
		return nil
	}
	return c, nil
}

// close closes an account.
func (e *edit) close(a *accountRecord) error {
	a.Closed = &e.now
	return put(e.tx, accountKey(e.account), *a)
}

// CloseAccount closes the account of the root user whose session of the console a token is, after it has named the account and
// given its password. The management account stays: nobody could open it again, or make another.
func (s *Store) CloseAccount(ctx context.Context, token, password, account string) (policy.Principal, error) {
	was, who, err := s.proveRoot(ctx, token, password)
	switch {
	case err != nil:
		return who, err
	case account != who.Account:
		return who, badRequest("InvalidParameterValue", "AccountId is not the id of your account.")
	}
	err = s.Change(ctx, func(tx kv.Txn) error {
		return s.asRoot(ctx, token, tx, func(v *view, a *accountRecord) error {
			if !a.Root.same(was.Root) {
				return concurrentModification()
			}
			mark, _, err := get[markRecord](ctx, tx, markKey())
			if err == nil && mark.Account == v.account {
				err = &awsapi.Error{Code: "ConstraintViolationException", Status: http.StatusForbidden, Message: "You can't close the management account."}
			}
			if err != nil {
				return err
			}
			return (&edit{v, tx, whole(s.now())}).close(a)
		})
	})
	if err == nil {
		s.changed(RootChange{Email: was.Email, Closed: true})
	}
	return who, err
}
