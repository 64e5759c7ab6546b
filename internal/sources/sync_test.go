package sources

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/go-ldap/ldap/v3"

	"github.com/statordb/stator/internal/directory"
	"github.com/statordb/stator/internal/kv"
	"github.com/statordb/stator/internal/sources/ldaptest"
)

func TestSync(t *testing.T) {
	server := ldaptest.Start(t, people)
	s := start(t)
	local := s.put(&directory.User{UserName: "local", DisplayName: "Local"})
	id := s.use(directoryOf(server, nil))
	sync := func() map[string]any {
		t.Helper()
		s.forward(2 * time.Hour)
		must(t, s.tend(t.Context()))
		out, err := s.call("DescribeExternalIdPConfigurationForDirectory", map[string]any{"ConfigurationId": id})
		must(t, err)
		return out["Configuration"].(map[string]any)["Ldap"].(map[string]any)["LastSync"].(map[string]any)
	}
	result := sync()
	if result["Users"] != 2.0 || result["Created"] != 2.0 || result["Groups"] != 4.0 {
		t.Fatalf("%v\n%s", result, s.log)
	}
	alice, bob := s.user("alice"), s.user("bob")
	s.isGroups("alice", alice.ID, "engineers", "staff", "everybody", "circle")
	s.isGroups("bob", bob.ID, "staff", "everybody", "circle")

	dn := `cn=Alice (Ops)\, Dr.,ou=people,` + ldaptest.Base
	server.Modify(t, func(conn *ldap.Conn) error {
		if err := conn.Del(ldap.NewDelRequest("uid=bob,ou=people,"+ldaptest.Base, nil)); err != nil {
			return err
		}
		m := ldap.NewModifyRequest(dn, nil)
		m.Replace("uid", []string{"alicia"})
		if err := conn.Modify(m); err != nil {
			return err
		}
		m = ldap.NewModifyRequest("cn=staff,ou=groups,"+ldaptest.Base, nil)
		m.Delete("member", []string{"cn=engineers,ou=groups," + ldaptest.Base})
		if err := conn.Modify(m); err != nil {
			return err
		}
		return conn.ModifyDN(ldap.NewModifyDNRequest("cn=engineers,ou=groups,"+ldaptest.Base, "cn=builders", true, ""))
	})
	if result = sync(); result["Disabled"] != 1.0 {
		t.Errorf("%v", result)
	}
	if u := s.user("bob"); !u.Disabled {
		t.Error("bob is gone there, and not disabled here")
	}
	if u := s.user("alicia"); u == nil || u.ID != alice.ID {
		t.Errorf("alice has another name there, and here %+v", u)
	}
	s.isGroups("alice", alice.ID, "builders") // which is the same group as before
	if s.user("local").Disabled || s.user("local").ID != local.ID {
		t.Error("somebody of this server's own is disabled")
	}
	// Back again, and somebody else by the name.
	server.Modify(t, func(conn *ldap.Conn) error {
		add := ldap.NewAddRequest("uid=bob,ou=people,"+ldaptest.Base, nil)
		for name, value := range map[string]string{"objectClass": "inetOrgPerson", "cn": "Bob", "sn": "Baker", "uid": "bob", "userPassword": "baker"} {
			add.Attribute(name, []string{value})
		}
		return conn.Add(add)
	})
	if result = sync(); result["Wrong"] != 1.0 || !s.user("bob").Disabled {
		t.Errorf("another bob: %v", result)
	}
	// A group that is gone is removed, with those in it here; others stay: of this server's own, and mapped ones. Finding none is a mistake.
	own := &directory.Group{DisplayName: "of our own"}
	must(t, s.Directory.Change(t.Context(), func(tx kv.Txn) error { return s.Directory.PutGroup(t.Context(), tx, own) }))
	group := func(name string) (g *directory.Group) {
		t.Helper()
		must(t, s.Directory.View(t.Context(), func(r kv.Reader) (err error) {
			g, err = s.Directory.GroupByName(t.Context(), r, name)
			return err
		}))
		return g
	}
	s.put(&directory.User{UserName: "here", DisplayName: "Here"})
	must(t, s.Directory.Change(t.Context(), func(tx kv.Txn) error {
		_, err := s.Directory.AddMember(t.Context(), tx, group("everybody").ID, s.user("here").ID, "somebody")
		return err
	}))
	filter := func(groups string, mapped map[string]string) {
		t.Helper()
		must(t, s.edit(t.Context(), id, func(c *configuration) error {
			c.LDAP.GroupFilter, c.Groups = groups, mapped
			c.Updated = s.Now()
			return nil
		}))
	}
	all := "(objectClass=groupOfNames)"
	filter("(cn=no group at all)", nil)
	s.forward(2 * time.Hour)
	if err := s.tend(t.Context()); err == nil || group("everybody") == nil {
		t.Errorf("no groups: %v", err)
	}
	filter("(&"+all+"(!(cn=everybody)))", map[string]string{"another": "everybody"})
	if result = sync(); result["Removed"] != 0.0 || group("everybody") == nil {
		t.Errorf("mapped: %v", result)
	}
	filter("(&"+all+"(!(cn=everybody)))", nil)
	if result = sync(); result["Removed"] != 1.0 || group("everybody") != nil || group("builders") == nil || group("of our own") == nil {
		t.Errorf("one group less: %v\n%s", result, s.log)
	}
	s.isGroups("somebody of this server", s.user("here").ID)
	// A base without anybody is a mistake; so is a server that is gone.
	for what, change := range map[string]func(*ldapSettings){
		"nobody":    func(l *ldapSettings) { l.UserFilter = "(uid=nobody)" },
		"no server": func(l *ldapSettings) { l.URLs = []string{"ldaps://127.0.0.1:1"} },
	} {
		must(t, s.edit(t.Context(), id, func(c *configuration) error {
			change(c.LDAP)
			c.Updated = s.Now()
			return nil
		}))
		if err := s.tend(t.Context()); err == nil {
			t.Errorf("%s: no error", what)
		}
		if s.user("alicia").Disabled {
			t.Errorf("%s: everybody is disabled", what)
		}
	}
}

// TestSyncMany goes over the pages of a server, which gives 50 entries at a time at the most to those who ask for no pages.
func TestSyncMany(t *testing.T) {
	var ldif strings.Builder
	ldif.WriteString(people)
	const many = 620
	for i := range many {
		fmt.Fprintf(&ldif, "\ndn: uid=u%d,ou=people,dc=example,dc=com\nobjectClass: inetOrgPerson\ncn: U%d\nsn: U\nuid: u%d\n", i, i, i)
	}
	server := ldaptest.Start(t, ldif.String())
	s := start(t)
	in := directoryOf(server, nil)
	in["GroupMappings"] = map[string]string{"staff": "Everyone here"}
	s.use(in)
	must(t, s.tend(t.Context()))
	if s.user(fmt.Sprintf("u%d", many-1)) == nil || s.user("u0") == nil {
		t.Errorf("not all are there\n%.2000s", s.log)
	}
	s.isGroups("mapped", s.user("alice").ID, "Everyone here")
}

// Of servers that share an engine, one syncs.
func TestSyncIsLeased(t *testing.T) {
	server := ldaptest.Start(t, people)
	s := start(t)
	s.use(directoryOf(server, nil))
	held := false
	s.Leased = func(_ context.Context, name string) (bool, error) { return held, nil }
	if err := s.tend(t.Context()); err != errLost || s.user("bob") != nil {
		t.Errorf("without the lease: %v", err)
	}
	held = true
	must(t, s.tend(t.Context()))
	if s.user("bob") == nil {
		t.Error("with the lease nobody is there")
	}
}

// syncGroups are so many groups that few of them are not most.
func syncGroups() string {
	var ldif strings.Builder
	ldif.WriteString(people)
	for i := range 4 {
		fmt.Fprintf(&ldif, "\ndn: cn=g%d,ou=groups,dc=example,dc=com\nobjectClass: groupOfNames\ncn: g%d\nmember: uid=bob,ou=people,dc=example,dc=com\n", i, i)
	}
	return ldif.String()
}

// What a group may do here goes with it, so that an administrator's mistake deletes none.
func TestSyncKeepsGroups(t *testing.T) {
	server := ldaptest.Start(t, syncGroups())
	s := start(t)
	in := directoryOf(server, nil)
	in["AttributeMappings"] = map[string]string{"Subject": "entryUUID"} // of people, whatever that of groups is
	id := s.use(in)
	must(t, s.tend(t.Context()))
	count := func() (all int) {
		t.Helper()
		must(t, s.Directory.View(t.Context(), func(r kv.Reader) error {
			all = 0
			return s.Directory.EachGroup(t.Context(), r, "", func(*directory.Group) (bool, error) {
				all++
				return true, nil
			})
		}))
		return all
	}
	if n := count(); n != 8 {
		t.Fatalf("%d groups\n%s", n, s.log)
	}
	sync := func(ids, filter string) (*syncResult, error) {
		t.Helper()
		must(t, s.edit(t.Context(), id, func(c *configuration) error {
			c.LDAP.IDAttribute, c.LDAP.GroupFilter = ids, filter
			c.Updated = s.Now()
			return nil
		}))
		err := s.tend(t.Context())
		c, readErr := s.inUse(t.Context())
		must(t, readErr)
		return c.Synced, err
	}
	const all = "(objectClass=groupOfNames)"
	for what, c := range map[string]struct{ ids, filter, want string }{
		"other ids":   {"cn", all, "of 8 groups that were made before 8 are gone"},
		"no ids":      {"uid", all, "no uid that can be read"},
		"few others":  {"entryUUID", "(|(cn=staff)(cn=circle)(cn=g1))", "of 8 groups that were made before 5 are gone"},
		"none at all": {"entryUUID", "(cn=nothing)", "of 8 groups that were made before 8 are gone"},
	} {
		result, err := sync(c.ids, c.filter)
		if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(result.Error, c.want) || result.Removed != 0 || count() < 8 {
			t.Errorf("%s: %v, %+v, %d groups", what, err, result, count())
		}
	}
	if result, err := sync("entryUUID", "(&"+all+"(!(cn=g*)))"); err != nil || result.Removed != 4 || count() != 4 {
		t.Errorf("half of them are gone: %v, %+v", err, result)
	}
}

// A group whose id can't be read is not gone, even if those of others can.
func TestSyncWithoutIDs(t *testing.T) {
	server := ldaptest.Start(t, people)
	s := start(t)
	s.use(directoryOf(server, nil))
	must(t, s.tend(t.Context()))
	c, err := s.inUse(t.Context())
	must(t, err)
	had, err := s.had(t.Context(), c)
	must(t, err)
	in := &memberships{groups: map[string]group{"cn=staff": {"cn=staff", "staff"}}, unnamed: true}
	for _, g := range had.groups[1:] {
		in.groups[g.id] = group{g.external, g.id}
	}
	if err := s.removeOthers(t.Context(), c, had.groups, in, new(syncResult)); err == nil {
		t.Error("a group whose id can't be read is removed")
	}
	for id, want := range map[string]bool{"cn=staff,dc=example,dc=com": true, externalID("cn=all staff,dc=example,dc=com"): true,
		"9b2d8f52-1f3c-4a7e-8c55-0123456789ab": false, "00112233445566778899aabbccddeeff": false} {
		if mayBeDN(id) != want {
			t.Errorf("%s: %v", id, !want)
		}
	}
}

// Whoever comes while a sync goes on is not gone because the sync has not seen them.
func TestSyncAndSignIn(t *testing.T) {
	server := ldaptest.Start(t, people)
	s := start(t)
	s.use(directoryOf(server, nil))
	must(t, s.tend(t.Context()))
	asked := 0
	s.Leased = func(context.Context, string) (bool, error) {
		if asked++; asked != 2 { // the second time is after the directory was read
			return true, nil
		}
		dn := "uid=carol,ou=people," + ldaptest.Base
		server.Modify(t, func(conn *ldap.Conn) error {
			add := ldap.NewAddRequest(dn, nil)
			for name, value := range map[string]string{"objectClass": "inetOrgPerson", "cn": "Carol", "sn": "C", "uid": "carol", "userPassword": "carol's"} {
				add.Attribute(name, []string{value})
			}
			if err := conn.Add(add); err != nil {
				return err
			}
			add = ldap.NewAddRequest("cn=new,ou=groups,"+ldaptest.Base, nil)
			for name, value := range map[string]string{"objectClass": "groupOfNames", "cn": "new", "member": dn} {
				add.Attribute(name, []string{value})
			}
			return conn.Add(add)
		})
		_, err := s.SignIn(t.Context(), "carol", "carol's")
		must(t, err)
		return true, nil
	}
	s.forward(2 * time.Hour)
	must(t, s.tend(t.Context()))
	if u := s.user("carol"); asked < 2 || u == nil || u.Disabled {
		t.Fatalf("%+v\n%s", u, s.log)
	}
	s.isGroups("somebody new", s.user("carol").ID, "new")
}

// A sync takes nothing away for settings that are not those any more.
func TestSyncOfOldSettings(t *testing.T) {
	server := ldaptest.Start(t, people)
	s := start(t)
	id := s.use(directoryOf(server, nil))
	must(t, s.tend(t.Context()))
	server.Modify(t, func(conn *ldap.Conn) error {
		if err := conn.Del(ldap.NewDelRequest("uid=bob,ou=people,"+ldaptest.Base, nil)); err != nil {
			return err
		}
		return conn.Del(ldap.NewDelRequest("cn=circle,ou=groups,"+ldaptest.Base, nil))
	})
	bob := s.user("bob").ID
	// sync calls an operation when the lease is looked at the nth time: the third time is before bob, the fourth before the group.
	sync := func(nth int, operation string, in map[string]any) error {
		t.Helper()
		in["ConfigurationId"] = id
		asked := 0
		s.Leased = func(context.Context, string) (bool, error) {
			if asked++; asked == nth {
				_, err := s.call(operation, in)
				must(t, err)
			}
			return true, nil
		}
		s.forward(2 * time.Hour)
		return s.tend(t.Context())
	}
	if err := sync(3, "DisableExternalIdPConfigurationForDirectory", map[string]any{}); !errors.Is(err, errStale) || s.user("bob").Disabled {
		t.Errorf("not in use any more: %v", err)
	}
	_, err := s.call("EnableExternalIdPConfigurationForDirectory", map[string]any{"ConfigurationId": id})
	must(t, err)
	in := directoryOf(server, nil)
	delete(in, "Type")
	if err := sync(4, "UpdateExternalIdPConfigurationForDirectory", in); !errors.Is(err, errStale) || !s.user("bob").Disabled || !s.groups(bob)["circle"] {
		t.Errorf("other settings: %v, %v", err, s.groups(bob))
	}
	if err := sync(0, "", map[string]any{}); err != nil || s.groups(bob)["circle"] {
		t.Errorf("at last: %v, %v", err, s.groups(bob))
	}
}
