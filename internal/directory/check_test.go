package directory

import (
	"strings"
	"testing"

	"github.com/statordb/stator/internal/kv"
	"github.com/statordb/stator/internal/kv/pebblekv"
)

// TestCheck: what is damaged is found.
func TestCheck(t *testing.T) {
	for name, damage := range map[string]func(tx kv.Txn, u *User, g *Group, m *Membership) error{
		"missing name": func(tx kv.Txn, u *User, _ *Group, _ *Membership) error {
			return tx.Delete(nameKey(userKind, u.UserName))
		},
		"name of nobody":    func(tx kv.Txn, _ *User, _ *Group, _ *Membership) error { return put(tx, nameKey(userKind, "x"), "x") },
		"address of nobody": func(tx kv.Txn, _ *User, _ *Group, _ *Membership) error { return put(tx, emailKey("x"), "x") },
		"name of another": func(tx kv.Txn, u *User, g *Group, _ *Membership) error {
			return put(tx, nameKey(userKind, u.UserName), g.ID)
		},
		"missing user":       func(tx kv.Txn, u *User, _ *Group, _ *Membership) error { return tx.Delete(userKey(u.ID)) },
		"missing group":      func(tx kv.Txn, _ *User, g *Group, _ *Membership) error { return tx.Delete(groupKey(g.ID)) },
		"missing membership": func(tx kv.Txn, _ *User, _ *Group, m *Membership) error { return tx.Delete(membershipKey(m.ID)) },
		"membership one way": func(tx kv.Txn, u *User, g *Group, _ *Membership) error { return tx.Delete(memberOfKey(u.ID, g.ID)) },
		"unreadable":         func(tx kv.Txn, u *User, _ *Group, _ *Membership) error { return tx.Set(userKey(u.ID), []byte("x")) },
		"password of nobody": func(tx kv.Txn, _ *User, _ *Group, _ *Membership) error { return put(tx, loginKey("x"), loginRecord{}) },
		"device of nobody":   func(tx kv.Txn, _ *User, _ *Group, _ *Membership) error { return put(tx, deviceKey("x", "y"), device{}) },
		"link of nobody":     func(tx kv.Txn, _ *User, _ *Group, _ *Membership) error { return put(tx, reset.key("x"), "y") },
	} {
		t.Run(name, func(t *testing.T) {
			db, err := pebblekv.OpenMemory(pebblekv.Options{})
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = db.Close() }()
			s, err := Open(t.Context(), db, Options{})
			if err != nil {
				t.Fatal(err)
			}
			check := func() (all []string) {
				if _, err := Check(t.Context(), db, func(problem string) { all = append(all, problem) }); err != nil {
					t.Fatal(err)
				}
				return all
			}
			err = s.Update(t.Context(), func(tx kv.Txn) error {
				u, g := &User{UserName: "ada", Emails: []Email{{Value: "a@b"}}}, &Group{DisplayName: "math"}
				if err := s.PutUser(t.Context(), tx, u); err != nil {
					return err
				}
				if err := s.PutGroup(t.Context(), tx, g); err != nil {
					return err
				}
				m, err := s.AddMember(t.Context(), tx, g.ID, u.ID, "")
				if err != nil {
					return err
				}
				return damage(tx, u, g, m)
			})
			if err != nil {
				t.Fatal(err)
			}
			if all := check(); len(all) == 0 {
				t.Error("nothing is found")
			} else if strings.Contains(strings.Join(all, ""), "%!") {
				t.Errorf("%q", all)
			}
		})
	}
}
