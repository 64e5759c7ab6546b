package sources

import (
	"net/http"
	"strings"
	"testing"
	"time"
)

// TestSAML signs in at an identity provider, gets credentials of what a group there may be, and is signed out by the provider.
func TestSAML(t *testing.T) {
	s, p := start(t), startIDP(t)
	s.group("readers")
	s.use(map[string]any{"Name": "Example", "Type": "SAML", "CreateUsers": true, "GroupAttribute": "urn:oid:1.3.6.1.4.1.5923.1.1.1.1",
		"GroupMappings": map[string]string{"readers": "readers"}, "Saml": map[string]any{"Metadata": p.document()}})
	sp, err := s.call(s.admin, "GetAWSSPConfigurationForDirectory", map[string]any{})
	must(t, err)
	entity := s.url + "/sources/saml/metadata"
	if sp["EntityId"] != entity || s.browser().ask("GET", "/sources/saml/metadata", nil).text != sp["Metadata"] {
		t.Errorf("%v", sp)
	}
	p.providers[entity] = sp["Metadata"].(string)

	signIn := func() *browser {
		t.Helper()
		b := s.browser()
		a := b.ask("POST", "/signin/people/session", map[string]string{"UserName": "alice"})
		if a.str("State") != "Redirect" || !strings.HasPrefix(a.str("Location"), "/sources/login") {
			t.Fatalf("%s", a.text)
		}
		a = b.ask("GET", "/sources/login?return=/console/portal?tab=accounts", nil)
		a = b.ask("GET", a.to, nil) // at the provider
		a = b.post("/sources/saml/acs", form(a.text))
		if a.status != http.StatusSeeOther {
			t.Fatalf("%d %s", a.status, a.text)
		}
		if a = b.ask("GET", a.to, nil); a.to != "/console/portal?tab=accounts" {
			t.Fatalf("%d %s %s", a.status, a.to, a.text)
		}
		return b
	}
	p.ends = time.Now().UTC().Add(time.Hour).Truncate(time.Millisecond)
	ended := signIn().ask("GET", "/signin/people/session", nil)
	if ends, err := time.Parse(time.RFC3339, ended.str("Expires")); err != nil || !ends.Equal(p.ends) {
		t.Errorf("the session ends at %s, and that of the provider at %s", ended.str("Expires"), p.ends)
	}
	p.ends = time.Time{}
	b, other := signIn(), signIn()
	a := b.ask("GET", "/signin/people/session", nil)
	if a.body["SignedIn"] != true || a.str("UserName") != "alice" || a.str("Email") != "alice@example.com" {
		t.Errorf("%s", a.text)
	}
	c, a := b.credentials()
	if arn, err := s.whoIs(c); err != nil || !strings.HasSuffix(arn, "/alice") {
		t.Fatalf("%s %v %s", arn, err, a.text)
	}
	console := b.ask("POST", "/signin/people/console", map[string]string{"AccountId": account, "RoleName": "Reader"})
	if console.status != http.StatusOK {
		t.Fatalf("%s", console.text)
	}
	a = b.ask("GET", "/signin/session", nil)
	if a.body["SignedIn"] != true {
		t.Errorf("the console: %s", a.text)
	}
	// The person signs out here, and is sent to sign out there.
	if a = other.ask("DELETE", "/signin/people/session", nil); !strings.HasPrefix(a.str("Location"), p.web.URL+"/slo?SAMLRequest=") {
		t.Errorf("%d %s", a.status, a.text)
	}
	// The provider signs the person out: with it go the console and what was handed out.
	a = s.browser().ask("GET", p.logout(s.url+"/sources/saml/slo", "alice", "the-session"), nil)
	if !strings.HasPrefix(a.to, p.web.URL+"/slo?SAMLResponse=") {
		t.Errorf("%d %s %s", a.status, a.to, a.text)
	}
	if a = b.ask("GET", "/signin/people/session", nil); a.body["SignedIn"] != false {
		t.Errorf("signed in still: %s", a.text)
	}
	if a = b.ask("GET", "/signin/session", nil); a.body["SignedIn"] != false {
		t.Errorf("the console goes on: %s", a.text)
	}
}
