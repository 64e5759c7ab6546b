package directory

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/kv"
	"github.com/statordb/stator/internal/kv/pebblekv"
)

func openEngine(t testing.TB) kv.DB {
	t.Helper()
	db, err := pebblekv.OpenMemory(pebblekv.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if _, err := Check(context.Background(), db, func(problem string) { t.Error(problem) }); err != nil {
			t.Error(err)
		}
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

func openStore(t testing.TB, opts Options) *Store {
	t.Helper()
	s, err := Open(t.Context(), openEngine(t), opts)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// code is the code of an error, "" of none, and fails for one that is no client's.
func code(t testing.TB, err error) string {
	t.Helper()
	if err == nil {
		return ""
	}
	e, ok := errors.AsType[*awsapi.Error](err)
	if !ok || e.Status >= 500 {
		t.Fatal(err)
	}
	return e.Code
}

// putUser makes or replaces a user, and returns the code of the error.
func putUser(t testing.TB, s *Store, u *User) string {
	t.Helper()
	return code(t, s.Change(t.Context(), func(tx kv.Txn) error {
		again := *u
		err := s.PutUser(t.Context(), tx, &again)
		if err == nil {
			*u = again
		}
		return err
	}))
}

func TestStoreKeepsItsID(t *testing.T) {
	db := openEngine(t)
	a, err := Open(t.Context(), db, Options{})
	if err != nil {
		t.Fatal(err)
	}
	b, err := Open(t.Context(), db, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if a.ID() != b.ID() || len(a.ID()) != 12 || !strings.HasPrefix(a.ID(), "d-") {
		t.Errorf("%q and %q", a.ID(), b.ID())
	}
}

func TestUsersAreFound(t *testing.T) {
	s := openStore(t, Options{})
	u := &User{UserName: "Ada", Emails: []Email{{Value: "ada@Example.com"}}, ExternalIDs: []ExternalID{{"issuer", "7"}}, Enterprise: map[string]string{"division": "x"}}
	if c := putUser(t, s, u); c != "" {
		t.Fatal(c)
	}
	finds := func(want bool, name, email, external string) {
		t.Helper()
		err := s.View(t.Context(), func(r kv.Reader) error {
			for what, find := range map[string]func() (*User, error){
				"name":     func() (*User, error) { return s.UserByName(t.Context(), r, name) },
				"email":    func() (*User, error) { return s.UserByEmail(t.Context(), r, email) },
				"external": func() (*User, error) { return s.UserByExternalID(t.Context(), r, "issuer", external) },
			} {
				got, err := find()
				if err != nil {
					return err
				}
				if (got != nil) != want || want && got.ID != u.ID {
					t.Errorf("by %s: %+v", what, got)
				}
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	}
	finds(true, "aDA", "ADA@example.COM", "7")
	for name, other := range map[string]*User{
		"name":     {UserName: "ADA"},
		"email":    {UserName: "b", Emails: []Email{{Value: "ADA@example.com"}}},
		"external": {UserName: "b", ExternalIDs: []ExternalID{{"issuer", "7"}}},
	} {
		if c := putUser(t, s, other); c != "ConflictException" {
			t.Errorf("a second user of the %s: %q", name, c)
		}
	}
	u.UserName, u.Emails, u.ExternalIDs = "Augusta", []Email{{Value: "a@b"}}, []ExternalID{{"issuer", "8"}}
	if c := putUser(t, s, u); c != "" {
		t.Fatal(c)
	}
	finds(false, "ada", "ada@example.com", "7")
	finds(true, "augusta", "a@b", "8")
	if c := putUser(t, s, &User{ID: newID(), UserName: "x"}); c != "ResourceNotFoundException" {
		t.Errorf("a user that is not there was replaced: %q", c)
	}
	if err := s.Change(t.Context(), func(tx kv.Txn) error { return s.DeleteUser(t.Context(), tx, u.ID) }); err != nil {
		t.Fatal(err)
	}
	finds(false, "augusta", "a@b", "8")
	if err := s.Change(t.Context(), func(tx kv.Txn) error { return s.DeleteUser(t.Context(), tx, u.ID) }); code(t, err) != "ResourceNotFoundException" {
		t.Error(err)
	}
}

func TestNoUserIsLikeThat(t *testing.T) {
	s := openStore(t, Options{})
	long := strings.Repeat("x", maxText+1)
	for name, u := range map[string]*User{
		"no name":          {},
		"long name":        {UserName: strings.Repeat("x", maxUserName+1)},
		"space":            {UserName: "a b"},
		"not text":         {UserName: "\xff"},
		"reserved":         {UserName: "aDministrator"},
		"control":          {UserName: "a", DisplayName: "\x01"},
		"long title":       {UserName: "a", Title: long},
		"two addresses":    {UserName: "a", Emails: make([]Email, 2)},
		"four photos":      {UserName: "a", Photos: make([]Photo, 4)},
		"no photo":         {UserName: "a", Photos: make([]Photo, 1)},
		"same external id": {UserName: "a", ExternalIDs: []ExternalID{{"i", "1"}, {"i", "1"}}},
		"half external id": {UserName: "a", ExternalIDs: []ExternalID{{"i", ""}}},
		"unknown extra":    {UserName: "a", Enterprise: map[string]string{"shoes": "43"}},
	} {
		if c := putUser(t, s, u); c != "ValidationException" {
			t.Errorf("%s: %q", name, c)
		}
	}
}

// TestModel compares a store with sets in memory.
func TestModel(t *testing.T) { rapid.Check(t, model) }

func model(t *rapid.T) {
	ctx := context.Background()
	db, err := pebblekv.OpenMemory(pebblekv.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	s, err := Open(ctx, db, Options{})
	if err != nil {
		t.Fatal(err)
	}
	type member struct{ group, user string }
	users, groups, members := map[string]User{}, map[string]string{}, map[member]bool{} // by id
	names := rapid.SampledFrom([]string{"a", "A", "b", "c"})
	pick := func(ids []string, label string) string {
		return rapid.SampledFrom(append(ids, "nobody")).Draw(t, label)
	}
	sorted := func(m any) []string {
		switch m := m.(type) {
		case map[string]User:
			return slices.Sorted(maps.Keys(m))
		case map[string]string:
			return slices.Sorted(maps.Keys(m))
		}
		return nil
	}
	change := func(fn func(tx kv.Txn) error) string {
		err := s.Change(ctx, fn)
		if err == nil {
			return ""
		}
		e, ok := errors.AsType[*awsapi.Error](err)
		if !ok {
			t.Fatal(err)
		}
		return e.Code
	}
	want := func(what, got, want string) {
		if got != want {
			t.Fatalf("%s: %q, want %q", what, got, want)
		}
	}
	t.Repeat(map[string]func(*rapid.T){
		"put user": func(t *rapid.T) {
			id, expect := pick(sorted(users), "user"), ""
			u := User{ID: id, UserName: names.Draw(t, "name"), Emails: []Email{{Value: names.Draw(t, "email") + "@x"}}}
			if _, ok := users[id]; !ok && rapid.Bool().Draw(t, "new") {
				u.ID = ""
			} else if !ok {
				expect = "ResourceNotFoundException"
			}
			for other, o := range users {
				if other != u.ID && expect == "" && (strings.EqualFold(o.UserName, u.UserName) || strings.EqualFold(o.Emails[0].Value, u.Emails[0].Value)) {
					expect = "ConflictException"
				}
			}
			want("put user", change(func(tx kv.Txn) error { return s.PutUser(ctx, tx, &u) }), expect)
			if expect == "" {
				users[u.ID] = u
			}
		},
		"delete user": func(t *rapid.T) {
			id, expect := pick(sorted(users), "user"), "ResourceNotFoundException"
			if _, ok := users[id]; ok {
				expect = ""
			}
			want("delete user", change(func(tx kv.Txn) error { return s.DeleteUser(ctx, tx, id) }), expect)
			delete(users, id)
			maps.DeleteFunc(members, func(m member, _ bool) bool { return m.user == id })
		},
		"put group": func(t *rapid.T) {
			g, expect := Group{DisplayName: names.Draw(t, "name")}, ""
			for _, name := range groups {
				if strings.EqualFold(name, g.DisplayName) {
					expect = "ConflictException"
				}
			}
			want("put group", change(func(tx kv.Txn) error { return s.PutGroup(ctx, tx, &g) }), expect)
			if expect == "" {
				groups[g.ID] = g.DisplayName
			}
		},
		"delete group": func(t *rapid.T) {
			id, expect := pick(sorted(groups), "group"), "ResourceNotFoundException"
			if groups[id] != "" {
				expect = ""
			}
			want("delete group", change(func(tx kv.Txn) error { return s.DeleteGroup(ctx, tx, id) }), expect)
			delete(groups, id)
			maps.DeleteFunc(members, func(m member, _ bool) bool { return m.group == id })
		},
		"add member": func(t *rapid.T) {
			m := member{pick(sorted(groups), "group"), pick(sorted(users), "user")}
			_, there := users[m.user]
			expect := ""
			switch {
			case groups[m.group] == "" || !there:
				expect = "ResourceNotFoundException"
			case members[m]:
				expect = "ConflictException"
			}
			want("add member", change(func(tx kv.Txn) error {
				_, err := s.AddMember(ctx, tx, m.group, m.user, "")
				return err
			}), expect)
			if expect == "" {
				members[m] = true
			}
		},
		"remove member": func(t *rapid.T) {
			m := member{pick(sorted(groups), "group"), pick(sorted(users), "user")}
			expect := "ResourceNotFoundException"
			if members[m] {
				expect = ""
			}
			want("remove member", change(func(tx kv.Txn) error { return s.RemoveMember(ctx, tx, m.group, m.user) }), expect)
			delete(members, m)
		},
		"": func(t *rapid.T) {
			if _, err := Check(ctx, db, func(problem string) { t.Fatal(problem) }); err != nil {
				t.Fatal(err)
			}
			err := s.View(ctx, func(r kv.Reader) error {
				found := map[string]User{}
				err := s.EachUser(ctx, r, "", func(u *User) (bool, error) {
					found[u.ID] = *u
					return true, nil
				})
				if err != nil {
					return err
				}
				if !slices.Equal(sorted(found), sorted(users)) {
					return fmt.Errorf("users %v, want %v", sorted(found), sorted(users))
				}
				for id, u := range users {
					if found[id].UserName != u.UserName {
						return fmt.Errorf("user %s is %+v", id, found[id])
					}
					if got, err := s.UserByName(ctx, r, u.UserName); err != nil || got == nil || got.ID != id {
						return fmt.Errorf("user %s by name: %+v, %w", id, got, err)
					}
				}
				for g := range groups {
					got, err := s.Members(ctx, r, g)
					if err != nil {
						return err
					}
					var expect []string
					for m := range members {
						if m.group == g {
							expect = append(expect, m.user)
						}
					}
					slices.Sort(expect)
					if !slices.Equal(got, expect) {
						return fmt.Errorf("members of %s: %v, want %v", g, got, expect)
					}
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
		},
	})
}

// TestSameNameAtOnce: of several who want a name at the same time one gets it.
func TestSameNameAtOnce(t *testing.T) {
	s := openStore(t, Options{})
	results := make(chan error)
	const many = 8
	for range many {
		go func() {
			results <- s.Update(t.Context(), func(tx kv.Txn) error { return s.PutUser(t.Context(), tx, &User{UserName: "ada"}) })
		}()
	}
	made := 0
	for range many {
		switch err := <-results; code(t, err) {
		case "":
			made++
		case "ConflictException":
		default:
			t.Error(err)
		}
	}
	if made != 1 {
		t.Errorf("%d users of one name", made)
	}
}

// counting counts what is asked of the engine in transactions.
type counting struct {
	kv.DB
	asked int
}

func (c *counting) Update(ctx context.Context, fn func(kv.Txn) error) error {
	return c.DB.Update(ctx, func(tx kv.Txn) error { return fn(&countingTxn{tx, c}) })
}

type countingTxn struct {
	kv.Txn
	db *counting
}

func (t *countingTxn) Get(ctx context.Context, key []byte) ([]byte, error) {
	t.db.asked++
	return t.Txn.Get(ctx, key)
}

func (t *countingTxn) Lock(ctx context.Context, keys ...[]byte) error {
	t.db.asked++
	return t.Txn.Lock(ctx, keys...)
}

// A transaction has five seconds, also if the engine is at the other end of a network.
func TestDeletingWithManyMembershipsAsksNoMore(t *testing.T) {
	db := &counting{DB: openEngine(t)}
	s, err := Open(t.Context(), db, Options{})
	if err != nil {
		t.Fatal(err)
	}
	change := func(fn func(kv.Txn) error) {
		t.Helper()
		if err := s.Change(t.Context(), fn); err != nil {
			t.Fatal(err)
		}
	}
	// deleting counts for a group of so many users, and for a user in so many groups.
	deleting := func(n int) (group, user int) {
		var users []*User
		var groups []*Group
		change(func(tx kv.Txn) error {
			for i := range n {
				u, g := &User{UserName: fmt.Sprintf("%d-%d", n, i)}, &Group{DisplayName: fmt.Sprintf("%d-%d", n, i)}
				if err := errors.Join(s.PutUser(t.Context(), tx, u), s.PutGroup(t.Context(), tx, g)); err != nil {
					return err
				}
				users, groups = append(users, u), append(groups, g)
			}
			for i := range n {
				_, err := s.AddMember(t.Context(), tx, groups[0].ID, users[i].ID, "")
				if i > 0 && err == nil {
					_, err = s.AddMember(t.Context(), tx, groups[i].ID, users[0].ID, "")
				}
				if err != nil {
					return err
				}
			}
			return nil
		})
		db.asked = 0
		change(func(tx kv.Txn) error { return s.DeleteUser(t.Context(), tx, users[0].ID) })
		user, db.asked = db.asked, 0
		change(func(tx kv.Txn) error { return s.DeleteGroup(t.Context(), tx, groups[0].ID) })
		return db.asked, user
	}
	group, user := deleting(2)
	if manyGroup, manyUser := deleting(200); manyGroup > group || manyUser > user {
		t.Errorf("for 200 memberships of a group %d questions, for 2 %d; of a user %d, for 2 %d", manyGroup, group, manyUser, user)
	}
}
