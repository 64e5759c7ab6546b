package identity

import (
	"context"
	"strings"

	"github.com/statordb/stator/internal/kv"
	"github.com/statordb/stator/internal/policy"
)

// A trust policy names users and roles by their ARNs, and means those that had them when the policy was written: whoever
// gets the name of a deleted user later does not get its trust ("AWS JSON policy elements: Principal", IAM User Guide).
// So the unique ids are kept beside the document, and are what it is compiled with.

// setTrust gives a role the document that says who may assume it.
func (v *view) setTrust(r *roleRecord, document string) error {
	if err := checkTrust(document); err != nil {
		return err
	}
	d, err := policy.ReadDocument([]byte(document))
	if err != nil {
		return malformedPolicy("Syntax errors in policy.")
	}
	ids := map[string]string{}
	err = d.MapPrincipals(func(typ, value string) (string, error) {
		if typ != "AWS" {
			return value, nil
		}
		id, ok, err := v.principalID(value)
		if err != nil {
			return "", err
		}
		if !ok {
			return "", malformedPolicy(`Invalid principal in policy: "AWS":"` + value + `"`)
		}
		if id != value {
			ids[value] = id
		}
		return value, nil
	})
	if err != nil {
		return err
	}
	r.Trust, r.TrustIDs = document, ids
	return nil
}

// principalID is the unique id of a user or role, in any account, by its ARN. What is not one, such as an account or a
// session, is itself. It reports false for what does not exist.
func (v *view) principalID(arn string) (id string, ok bool, err error) {
	parts := strings.SplitN(arn, ":", 6)
	if len(parts) < 6 {
		if CheckAccount(arn) == nil {
			ok, err = v.hasAccount(arn)
			return arn, ok, err
		}
		return v.knownID(arn)
	}
	owner := v.of(parts[4])
	if parts[5] == "root" {
		ok, err = v.hasAccount(owner.account)
		return arn, ok, err
	}
	typ, path, _ := strings.Cut(parts[5], "/")
	name := path[strings.LastIndexByte(path, '/')+1:]
	switch k := kind(typ); {
	case parts[2] == "iam" && (k == userKind || k == roleKind):
		b, _, err := owner.base(k, name)
		if err != nil || b == nil || b.arn(owner.account, k) != arn {
			return "", false, err
		}
		return b.ID, true, nil
	case parts[2] == "sts":
		ok, err = v.hasAccount(owner.account)
		return arn, ok, err
	}
	return "", false, nil
}

// PrincipalID is the unique id of a user or role by its ARN, whichever account it is of. It reports false for what does
// not exist. Resources of other services keep it in their policies.
func (s *Store) PrincipalID(ctx context.Context, arn string) (id string, ok bool, err error) {
	err = s.db.View(ctx, func(r kv.Reader) (err error) {
		v := &view{ctx: ctx, r: r, s: s}
		id, ok, err = v.principalID(arn)
		return err
	})
	return id, ok, err
}

// PrincipalARN is the ARN of a user or role by its unique id. It reports false for what is gone.
func (s *Store) PrincipalARN(ctx context.Context, id string) (arn string, ok bool, err error) {
	err = s.db.View(ctx, func(r kv.Reader) (err error) {
		v := &view{ctx: ctx, r: r, s: s}
		arn, err = v.arnOf(id)
		return err
	})
	return arn, arn != "", err
}

// arnOf finds a user or role, in any account, by its unique id; "" if there is none.
func (v *view) arnOf(id string) (string, error) {
	k := userKind
	switch {
	case strings.HasPrefix(id, "AROA"):
		k = roleKind
	case !strings.HasPrefix(id, "AIDA"):
		return "", nil
	}
	accounts, err := v.lasts("account")
	for _, account := range accounts {
		b, err := byID[entity](v.of(account), k, id)
		if err != nil {
			return "", err
		}
		if b != nil {
			return b.arn(account, k), nil
		}
	}
	return "", err
}

// knownID takes what is no ARN: everybody, or a user or role by its unique id.
func (v *view) knownID(id string) (string, bool, error) {
	if id == "*" {
		return id, true, nil
	}
	arn, err := v.arnOf(id)
	return id, arn != "", err
}

func (v *view) hasAccount(account string) (bool, error) {
	_, ok, err := get[accountRecord](v.ctx, v.r, accountKey(account))
	return ok, err
}

// of is the same view of another account.
func (v *view) of(account string) *view {
	other := *v
	other.account = account
	return &other
}

// trustPolicy is the compiled policy that says who may assume the role. One that can't be read lets nobody.
func (r *roleRecord) trustPolicy() *policy.Policy {
	d, err := policy.ReadDocument([]byte(r.Trust))
	if err == nil {
		err = d.MapPrincipals(func(typ, value string) (string, error) {
			if id, ok := r.TrustIDs[value]; ok && typ == "AWS" {
				return id, nil
			}
			return value, nil
		})
	}
	if err != nil {
		return policy.Nobody()
	}
	p, err := d.Compile(policy.Trust, r.Name)
	if err != nil {
		return policy.Nobody()
	}
	return p
}

// shownTrust is the document as it is shown: with the unique ids of those who are gone.
func (v *view) shownTrust(r *roleRecord) (string, error) {
	gone := map[string]string{}
	for arn, id := range r.TrustIDs {
		now, ok, err := v.principalID(arn)
		if err != nil {
			return "", err
		}
		if !ok || now != id {
			gone[arn] = id
		}
	}
	if len(gone) == 0 {
		return r.Trust, nil
	}
	d, err := policy.ReadDocument([]byte(r.Trust))
	if err != nil {
		return r.Trust, nil
	}
	_ = d.MapPrincipals(func(typ, value string) (string, error) {
		if id, ok := gone[value]; ok && typ == "AWS" {
			return id, nil
		}
		return value, nil
	})
	text, err := d.MarshalJSON()
	return string(text), err
}
