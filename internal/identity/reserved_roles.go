package identity

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/statordb/stator/internal/kv"
	"github.com/statordb/stator/internal/policy"
)

// Reserved roles are those that IAM Identity Center makes in an account, one for each permission set that is provisioned there
// ("Permission sets", IAM Identity Center User Guide). They are listed and read as other roles are, and no call of the
// account's changes them.

// reservedPath begins the paths of reserved roles: no role of the account's own has such a path.
const reservedPath = "/aws-reserved/"

// reservedTrust lets nobody assume a reserved role through the STS API: sessions of it are begun for people here.
const reservedTrust = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"sso.amazonaws.com"},"Action":["sts:AssumeRole","sts:TagSession"]}]}`

// reservedInline is the name that AWS gives the inline policy of a permission set in its roles.
const reservedInline = "AwsSSOInlinePolicy"

// ReservedRole is what a reserved role is made of.
type ReservedRole struct {
	Name, Description string
	// Path is below /aws-reserved/.
	Path string
	// MaxSession is the longest session, in seconds.
	MaxSession int32
	// Managed are ARNs of managed policies, of AWS's or of the account. Inline is a document, "" for none.
	Managed []string
	Inline  string
	// Boundary is the ARN of the managed policy that is the permissions boundary, "" for none.
	Boundary string
}

func (r *roleRecord) reserved() bool { return strings.HasPrefix(r.Path, reservedPath) }

// unmodifiable is AWS's error for a call that would change a reserved role.
func (r *roleRecord) unmodifiable() error {
	if !r.reserved() {
		return nil
	}
	return badRequest("UnmodifiableEntity", "Cannot perform the operation on the protected role '"+r.Name+"' - this role is only modifiable by AWS")
}

// role reads a role that is to be changed.
func (e *edit) role(name string) (*roleRecord, error) { return changeableRole(e.view, name) }

// changeableRole reads a role that is to be changed.
func changeableRole(v *view, name string) (*roleRecord, error) {
	r, err := v.role(name)
	if err == nil {
		err = r.unmodifiable()
	}
	return r, err
}

// holder reads a user, group or role that is to be changed.
func (e *edit) holder(k kind, name string) (holder, error) {
	if k == roleKind {
		return e.role(name)
	}
	return e.view.holder(k, name)
}

// PutReservedRole makes a reserved role in an account, or makes it what it is to be from now on. Tx is of Store.Change. The error
// is an *awsapi.Error if there is no such policy in the account.
func (s *Store) PutReservedRole(ctx context.Context, tx kv.Txn, account string, to ReservedRole) error {
	if !strings.HasPrefix(to.Path, reservedPath) {
		return errors.New("identity: a reserved role has a path of its own")
	}
	e := &edit{&view{ctx: ctx, r: tx, s: s, account: account}, tx, whole(s.now())}
	for _, arn := range append(slices.Clone(to.Managed), to.Boundary) {
		if arn == "" {
			continue
		}
		if p, err := e.policyOrNone(arn); err != nil || p == nil {
			return or(err, noSuch("Policy "+arn+" does not exist or is not attachable."))
		}
	}
	r, err := byName[roleRecord](e.view, roleKind, to.Name)
	if err != nil {
		return err
	}
	if r != nil && !r.reserved() {
		return taken(roleKind, to.Name)
	}
	if r == nil {
		r = &roleRecord{entity: e.newEntity("AROA", &to.Path, &to.Name, nil)}
		if err := put(tx, nameKey(account, roleKind, r.Name), r.ID); err != nil {
			return err
		}
	}
	if err := e.attachOnly(r, to.Managed); err != nil {
		return err
	}
	if err := e.setBoundary(roleKind, r.ID, &r.grants, to.Boundary); err != nil {
		return err
	}
	if r.Inline = nil; to.Inline != "" {
		r.Inline = map[string]string{reservedInline: to.Inline}
	}
	r.Description, r.MaxSession, r.Trust = to.Description, to.MaxSession, reservedTrust
	return save(e, roleKind, r)
}

// attachOnly gives a role these managed policies and no others.
func (e *edit) attachOnly(r *roleRecord, arns []string) error {
	for _, arn := range r.Attached {
		if err := e.tx.Delete(attachedKey(e.account, arn, roleKind, r.ID)); err != nil {
			return err
		}
	}
	r.Attached = slices.Compact(slices.Sorted(slices.Values(arns)))
	for _, arn := range r.Attached {
		if err := put(e.tx, attachedKey(e.account, arn, roleKind, r.ID), true); err != nil {
			return err
		}
	}
	return nil
}

// DeleteReservedRole deletes a reserved role, which ends its sessions. It is no error if there is none. Tx is of Store.Change.
func (s *Store) DeleteReservedRole(ctx context.Context, tx kv.Txn, account, name string) error {
	e := &edit{&view{ctx: ctx, r: tx, s: s, account: account}, tx, whole(s.now())}
	r, err := byName[roleRecord](e.view, roleKind, name)
	if err != nil || r == nil {
		return err
	}
	if !r.reserved() {
		return errors.New("identity: " + name + " is not a reserved role")
	}
	if err := e.attachOnly(r, nil); err != nil {
		return err
	}
	if err := e.setBoundary(roleKind, r.ID, &r.grants, ""); err != nil {
		return err
	}
	return remove(e, roleKind, r.base())
}

// HasPolicy says whether an account has a managed policy, of its own or of AWS's.
func (s *Store) HasPolicy(ctx context.Context, r kv.Reader, account, arn string) (bool, error) {
	p, err := (&view{ctx: ctx, r: r, s: s, account: account}).policyOrNone(arn)
	return p != nil, err
}

// CheckPolicy is AWS's error for a document that it would not take as an identity-based policy, nil if it would.
func CheckPolicy(document string) error { return checkDocument(policy.Identity, document) }
