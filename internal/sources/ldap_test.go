package sources

import (
	"fmt"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-ldap/ldap/v3"

	"github.com/statordb/stator/internal/directory"
	"github.com/statordb/stator/internal/sources/ldaptest"
)

const people = `dn: dc=example,dc=com
objectClass: dcObject
objectClass: organization
dc: example
o: Example

dn: cn=reader,dc=example,dc=com
objectClass: organizationalRole
objectClass: simpleSecurityObject
cn: reader
userPassword: reads

dn: ou=people,dc=example,dc=com
objectClass: organizationalUnit
ou: people

dn: ou=groups,dc=example,dc=com
objectClass: organizationalUnit
ou: groups

dn: cn=Alice (Ops)\, Dr.,ou=people,dc=example,dc=com
objectClass: inetOrgPerson
cn: Alice (Ops), Dr.
sn: Archer
givenName: Alice
uid: alice
mail: alice@example.com
employeeNumber: 7
departmentNumber: blue
userPassword: alice's password

dn: uid=bob,ou=people,dc=example,dc=com
objectClass: inetOrgPerson
cn: Bob
sn: Builder
uid: bob
mail: bob@example.com
userPassword: bob's password

dn: cn=engineers,ou=groups,dc=example,dc=com
objectClass: groupOfNames
cn: engineers
member: cn=Alice (Ops)\, Dr.,ou=people,dc=example,dc=com

dn: cn=staff,ou=groups,dc=example,dc=com
objectClass: groupOfNames
cn: staff
member: CN=Engineers, OU=groups, DC=example,DC=com
member: uid=bob,ou=people,dc=example,dc=com

dn: cn=everybody,ou=groups,dc=example,dc=com
objectClass: groupOfNames
cn: everybody
member: cn=staff,ou=groups,dc=example,dc=com
member: cn=everybody,ou=groups,dc=example,dc=com
member: cn=circle,ou=groups,dc=example,dc=com

dn: cn=circle,ou=groups,dc=example,dc=com
objectClass: groupOfNames
cn: circle
member: cn=everybody,ou=groups,dc=example,dc=com
`

func directoryOf(server *ldaptest.Server, more map[string]any) map[string]any {
	settings := map[string]any{"Urls": []string{server.LDAPS}, "CertificateAuthority": server.CA, "BindDn": "cn=reader," + ldaptest.Base,
		"BindPassword": "reads", "UserBase": "ou=people," + ldaptest.Base, "GroupBase": "ou=groups," + ldaptest.Base}
	for k, v := range more {
		settings[k] = v
	}
	return map[string]any{"Name": "Example's directory", "Type": "LDAP", "CreateUsers": true, "CreateGroups": true, "Ldap": settings}
}

func TestLDAP(t *testing.T) {
	server := ldaptest.Start(t, people)
	for name, settings := range map[string]map[string]any{
		"ldaps":    nil,
		"StartTLS": {"Urls": []string{server.LDAP}},
		"second":   {"Urls": []string{"ldaps://127.0.0.1:1", server.LDAPS}},
	} {
		t.Run(name, func(t *testing.T) {
			s := start(t)
			s.use(directoryOf(server, settings))
			id, err := s.SignIn(t.Context(), "alice", "alice's password")
			must(t, err)
			u := s.user("alice")
			if u == nil || u.ID != id || u.Emails[0].Value != "alice@example.com" || u.Name.FamilyName != "Archer" ||
				u.Enterprise["employeeNumber"] != "7" || u.Enterprise["department"] != "blue" || len(u.ExternalIDs) != 1 {
				t.Errorf("%+v", u)
			}
			s.isGroups("nested", id, "engineers", "staff", "everybody", "circle")
			again, err := s.SignIn(t.Context(), "ALICE", "alice's password")
			if err != nil || again != id {
				t.Errorf("again: %s, %v", again, err)
			}
		})
	}
}

func TestLDAPRefused(t *testing.T) {
	server := ldaptest.Start(t, people)
	s := start(t)
	s.use(directoryOf(server, nil))
	for name, try := range map[string][2]string{
		"wrong":              {"alice", "bob's password"},
		"none":               {"alice", ""},
		"nobody":             {"carol", "carol's password"},
		"nobody and none":    {"", ""},
		"all":                {"*", "alice's password"},
		"a prefix":           {"al*", "alice's password"},
		"another filter":     {"alice)(uid=*", "alice's password"},
		"closing it":         {"alice))(|(uid=*", "alice's password"},
		"an escape":          {`\61lice`, "alice's password"},
		"a null":             {"alice\x00", "alice's password"},
		"a null's password":  {"alice", "\x00"},
		"a DN":               {"uid=bob,ou=people,dc=example,dc=com", "bob's password"},
		"the reader":         {"reader", "reads"},
		"a very long name":   {strings.Repeat("a", 1<<20), "x"},
		"a long password":    {"alice", strings.Repeat("a", 1<<20)},
		"the administrator":  {"admin", ldaptest.Password},
		"with spaces around": {"bob,", "bob's password"},
	} {
		id, err := s.SignIn(t.Context(), try[0], try[1])
		if code(err) != "AuthenticationFailed" {
			t.Errorf("%s: %q, %v", name, id, err)
		}
		if e, same := err, bindFailed(nil); e != nil && e.(interface{ Error() string }).Error() != same.Error() && !strings.Contains(e.Error(), same.Message) {
			t.Errorf("%s: %v", name, err)
		}
	}
	// Locked by the password policy.
	server.Modify(t, func(conn *ldap.Conn) error {
		m := ldap.NewModifyRequest("uid=bob,ou=people,"+ldaptest.Base, []ldap.Control{ldap.NewControlString("1.3.6.1.4.1.4203.666.5.12", true, "")})
		m.Add("pwdAccountLockedTime", []string{"000001010000Z"})
		return conn.Modify(m)
	})
	if id, err := s.SignIn(t.Context(), "bob", "bob's password"); code(err) != "AuthenticationFailed" {
		t.Errorf("a locked account: %q, %v", id, err)
	}
	// Whoever may not be made here.
	out, err := s.call("ListExternalIdPConfigurationsForDirectory", map[string]any{})
	must(t, err)
	in := directoryOf(server, nil)
	delete(in, "Type")
	in["CreateUsers"], in["ConfigurationId"] = false, out["Configurations"].([]any)[0].(map[string]any)["ConfigurationId"]
	_, err = s.call("UpdateExternalIdPConfigurationForDirectory", in)
	must(t, err)
	if id, err := s.SignIn(t.Context(), "alice", "alice's password"); code(err) != "AccessDenied" {
		t.Errorf("somebody unknown: %q, %v", id, err)
	}
	s.put(&directory.User{UserName: "alice", DisplayName: "Alice"})
	_, err = s.SignIn(t.Context(), "alice", "alice's password")
	must(t, err)
	if len(s.user("alice").ExternalIDs) != 1 {
		t.Error("the user is not the source's")
	}
	u := s.user("alice")
	u.Disabled = true
	s.put(u)
	if id, err := s.SignIn(t.Context(), "alice", "alice's password"); code(err) != "AccessDenied" {
		t.Errorf("a disabled user: %q, %v", id, err)
	}
}

// What LDAP servers are at, and what is trusted.
func TestLDAPServers(t *testing.T) {
	server := ldaptest.Start(t, people)
	s := start(t)
	refuses := func(what, want string, settings map[string]any) {
		t.Helper()
		out, err := s.call("CreateExternalIdPConfigurationForDirectory", directoryOf(server, settings))
		if err == nil {
			_, err = s.call("EnableExternalIdPConfigurationForDirectory", map[string]any{"ConfigurationId": out["ConfigurationId"]})
		}
		if code(err) != "ValidationException" || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", what, err)
		}
	}
	refuses("another authority", "does not answer", map[string]any{"CertificateAuthority": ""})
	refuses("another's password", "refuses", map[string]any{"BindPassword": "x"})
	refuses("no base", "refuses", map[string]any{"UserBase": "ou=nowhere," + ldaptest.Base})
	refuses("without TLS", "StartTLS", map[string]any{"Urls": []string{"ldap://ldap.example.com"}, "StartTls": false})
	refuses("no LDAP", "Urls", map[string]any{"Urls": []string{"https://ldap.example.com"}})
	refuses("a link-local address", "does not answer", map[string]any{"Urls": []string{"ldaps://169.254.169.254"}})
	refuses("a filter", "UserFilter", map[string]any{"UserFilter": "(uid=*"})
	refuses("two filters", "UserFilter", map[string]any{"UserFilter": "(uid=*)(cn=*)"})
	refuses("an attribute", "attribute", map[string]any{"MemberAttribute": "member=*)(x"})
	refuses("nothing", "UserBase", map[string]any{"UserBase": ""})

	id := s.use(directoryOf(server, nil))
	// What is secret is shown to nobody, and goes to no other server.
	out, err := s.call("DescribeExternalIdPConfigurationForDirectory", map[string]any{"ConfigurationId": id})
	must(t, err)
	if text := fmt.Sprint(out); strings.Contains(text, "reads") || !strings.Contains(text, "cn=reader") {
		t.Errorf("shown: %s", text)
	}
	in := directoryOf(server, map[string]any{"Urls": []string{"ldaps://evil.example.com"}, "BindPassword": ""})
	in["ConfigurationId"] = id
	if _, err := s.call("UpdateExternalIdPConfigurationForDirectory", in); code(err) != "ValidationException" {
		t.Errorf("the password would go to another server: %v", err)
	}
	in = directoryOf(server, map[string]any{"BindPassword": ""})
	in["ConfigurationId"] = id
	_, err = s.call("UpdateExternalIdPConfigurationForDirectory", in)
	must(t, err)
	_, err = s.SignIn(t.Context(), "bob", "bob's password")
	must(t, err)
	other := directoryOf(server, nil)
	out, err = s.call("CreateExternalIdPConfigurationForDirectory", other)
	must(t, err)
	if _, err := s.call("EnableExternalIdPConfigurationForDirectory", map[string]any{"ConfigurationId": out["ConfigurationId"]}); code(err) != "ConflictException" {
		t.Errorf("two at once: %v", err)
	}
	if _, err := s.call("DeleteExternalIdPConfigurationForDirectory", map[string]any{"ConfigurationId": id}); code(err) != "ConflictException" {
		t.Errorf("deleted in use: %v", err)
	}
	// A connection that has died while it waited is no reason to refuse anybody; a server that is gone is no wrong password.
	s.pools.mu.Lock()
	for _, conn := range s.pools.idle {
		_ = conn.Close()
	}
	s.pools.mu.Unlock()
	_, err = s.SignIn(t.Context(), "bob", "bob's password")
	must(t, err)
	server.Stop()
	if _, err := s.SignIn(t.Context(), "bob", "bob's password"); code(err) != "ServiceUnavailable" {
		t.Errorf("without a server: %v", err)
	}
}

// A server that takes connections and says nothing keeps nobody for ever, and few connections.
func TestLDAPSilence(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	defer ln.Close()
	var mu sync.Mutex
	open := 0
	go func() {
		for {
			if _, err := ln.Accept(); err != nil {
				return
			}
			mu.Lock()
			open++
			mu.Unlock()
		}
	}()
	s := start(t)
	s.pools.timeout = 300 * time.Millisecond
	out, err := s.call("CreateExternalIdPConfigurationForDirectory", directoryOf(&ldaptest.Server{LDAPS: "ldap://" + ln.Addr().String()},
		map[string]any{"StartTls": false}))
	must(t, err)
	must(t, s.edit(t.Context(), out["ConfigurationId"].(string), func(c *configuration) error {
		c.Enabled = true
		return nil
	}))
	var all sync.WaitGroup
	for range 3 * maxConnections {
		all.Go(func() {
			if _, err := s.SignIn(t.Context(), "alice", "x"); code(err) != "ServiceUnavailable" {
				t.Error(err)
			}
		})
	}
	all.Wait()
	mu.Lock()
	defer mu.Unlock()
	if open > 2*maxConnections {
		t.Errorf("%d connections", open)
	}
}
