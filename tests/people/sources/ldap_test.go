package sources

import (
	"strings"
	"testing"

	"github.com/go-ldap/ldap/v3"

	"github.com/statordb/stator/internal/sources/ldaptest"
)

const people = `dn: dc=example,dc=com
objectClass: dcObject
objectClass: organization
dc: example
o: Example

dn: ou=people,dc=example,dc=com
objectClass: organizationalUnit
ou: people

dn: uid=alice,ou=people,dc=example,dc=com
objectClass: inetOrgPerson
cn: Alice
sn: Archer
uid: alice
mail: alice@example.com
userPassword: alice's password

dn: cn=readers,dc=example,dc=com
objectClass: groupOfNames
cn: readers
member: uid=alice,ou=people,dc=example,dc=com
`

// TestLDAP goes the whole way: a password of the directory, a group of it that has a permission set, credentials; and their end, when the
// person is out of the group, and gone.
func TestLDAP(t *testing.T) {
	server := ldaptest.Start(t, people)
	s := start(t)
	s.group("Readers here")
	in := map[string]any{"Name": "Example", "Type": "LDAP", "CreateUsers": true, "GroupMappings": map[string]string{"readers": "Readers here"},
		"Ldap": map[string]any{"Urls": []string{server.LDAPS}, "CertificateAuthority": server.CA, "BindDn": ldaptest.Admin, "BindPassword": ldaptest.Password,
			"UserBase": "ou=people," + ldaptest.Base, "GroupBase": ldaptest.Base, "SyncIntervalInMinutes": 1}}
	nobody := s.admin
	nobody.SecretAccessKey = strings.Repeat("A", 40)
	if _, err := s.call(nobody, "CreateExternalIdPConfigurationForDirectory", in); err == nil {
		t.Error("an unsigned request is answered")
	}
	id := s.use(in)
	b := s.browser()
	if a := b.ask("GET", "/signin/people/session", nil); a.body["Source"].(map[string]any)["Kind"] != "ldap" {
		t.Errorf("%s", a.text)
	}
	for user, password := range map[string]string{"alice": "wrong", "*": "alice's password", "bob": "alice's password"} {
		if a := b.ask("POST", "/signin/people/session", map[string]string{"UserName": user, "Password": password}); a.status != 401 || a.str("Code") != "AuthenticationFailed" {
			t.Errorf("%s: %d %s", user, a.status, a.text)
		}
	}
	a := b.ask("POST", "/signin/people/session", map[string]string{"UserName": "alice", "Password": "alice's password"})
	if a.str("State") != "SignedIn" {
		t.Fatalf("%d %s", a.status, a.text)
	}
	c, a := b.credentials()
	if arn, err := s.whoIs(c); err != nil || !strings.Contains(arn, "/AWSReservedSSO_Reader_") || !strings.HasSuffix(arn, "/alice") {
		t.Fatalf("%s, %v, %d %s", arn, err, a.status, a.text)
	}
	// Out of the group: with the next sign-in.
	server.Modify(t, func(conn *ldap.Conn) error { return conn.Del(ldap.NewDelRequest("cn=readers,"+ldaptest.Base, nil)) })
	a = s.browser().ask("POST", "/signin/people/session", map[string]string{"UserName": "alice", "Password": "alice's password"})
	if a.str("State") != "SignedIn" {
		t.Fatalf("%d %s", a.status, a.text)
	}
	s.end("out of the group", c)
	if _, a := b.credentials(); a.status < 400 {
		t.Errorf("out of the group: %s", a.text)
	}
	out, err := s.call(s.admin, "DescribeExternalIdPConfigurationForDirectory", map[string]any{"ConfigurationId": id})
	must(t, err)
	if l := out["Configuration"].(map[string]any)["Ldap"].(map[string]any); l["BindPassword"] != nil || l["BindDn"] != ldaptest.Admin {
		t.Errorf("%v", l)
	}
}
