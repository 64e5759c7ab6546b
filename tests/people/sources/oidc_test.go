package sources

import (
	"maps"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/sts"
)

// settings are those of a server for a provider.
func (p *provider) settings(change map[string]any) map[string]any {
	of := map[string]any{"Issuer": p.web.URL, "ClientId": clientID, "ClientSecret": clientSecret, "CertificateAuthority": p.ca()}
	maps.Copy(of, change)
	return map[string]any{"Name": "Example", "Type": "OIDC", "CreateUsers": true, "GroupAttribute": "groups",
		"GroupMappings": map[string]string{"engineers": "Readers here"}, "Oidc": of}
}

// update changes a configuration.
func (s *site) update(id string, in map[string]any) {
	s.t.Helper()
	in = maps.Clone(in)
	in["ConfigurationId"] = id
	_, err := s.call(s.admin, "UpdateExternalIdPConfigurationForDirectory", in)
	must(s.t, err)
}

// signIn signs in at a provider, and returns the last page.
func (b *browser) signIn(p *provider) answer {
	b.s.t.Helper()
	a := b.ask("GET", "/sources/login?return=/console/portal?tab=accounts", nil)
	if !strings.HasPrefix(a.to, p.web.URL+"/authorize?") {
		return a
	}
	a = p.signIn(a.to, "alice's password")
	if !strings.HasPrefix(a.to, b.s.url+"/sources/oidc/callback?") {
		b.s.t.Fatalf("the provider sends the browser nowhere: %d %s %s", a.status, a.to, a.text)
	}
	return b.ask("GET", a.to, nil)
}

func (b *browser) isSignedIn(what string, a answer) {
	b.s.t.Helper()
	if who := b.ask("GET", "/signin/people/session", nil); a.to != "/console/portal?tab=accounts" || who.body["SignedIn"] != true || who.str("UserName") != "alice" {
		b.s.t.Fatalf("%s: %d %s %s: %s", what, a.status, a.to, a.text, who.text)
	}
}

func (b *browser) isRefused(what string, a answer) {
	b.s.t.Helper()
	if who := b.ask("GET", "/signin/people/session", nil); a.status < 400 || a.status >= 500 || who.body["SignedIn"] != false {
		b.s.t.Errorf("%s: %d %s %s: %s", what, a.status, a.to, a.text, who.text)
	}
}

// TestOIDC signs in at a provider with a client secret and PKCE, gets credentials of what a group there may be, and signs out at both.
func TestOIDC(t *testing.T) {
	s := start(t)
	p := startProvider(t, s.url)
	s.group("Readers here")
	id := s.use(p.settings(nil))
	b := s.browser()
	if a := b.ask("POST", "/signin/people/session", map[string]string{"UserName": "alice"}); a.str("State") != "Redirect" {
		t.Fatalf("%s", a.text)
	}
	b.isSignedIn("with a secret", b.signIn(p))
	who := b.ask("GET", "/signin/people/session", nil)
	if who.str("Email") != "alice@example.com" || who.str("DisplayName") != "Alice Archer" || who.body["MFA"] != false {
		t.Errorf("%s", who.text)
	}
	c, a := b.credentials()
	if arn, err := s.whoIs(c); err != nil || !strings.HasSuffix(arn, "/alice") {
		t.Fatalf("%s %v %s", arn, err, a.text)
	}
	// It goes on to the provider to sign out, which knows the client by the token, and sends the browser back.
	a = b.ask("DELETE", "/signin/people/session", nil)
	r, err := http.NewRequest(http.MethodGet, a.str("Location"), nil)
	must(t, err)
	if out := p.do(r); out.status != http.StatusFound || out.to != s.url+"/console/portal" {
		t.Errorf("%s: %d %s %s", a.text, out.status, out.to, out.text)
	}
	// Out of the group there.
	p.groups = []string{}
	b = s.browser()
	b.isSignedIn("out of the group", b.signIn(p))
	s.end("out of the group", c)

	p.rotate()
	b = s.browser()
	b.isSignedIn("another key", b.signIn(p))
	// Another secret than the provider's, and none at all: PKCE alone is for public clients.
	s.update(id, p.settings(map[string]any{"ClientSecret": "another"}))
	b = s.browser()
	b.isRefused("another secret", b.signIn(p))
	s.update(id, p.settings(map[string]any{"ClientId": "public", "ClientSecret": ""}))
	b = s.browser()
	b.isSignedIn("a public client", b.signIn(p))
}

// Of what a provider answers, a browser can change only what is refused then.
func TestOIDCRefused(t *testing.T) {
	s := start(t)
	p := startProvider(t, s.url)
	s.use(p.settings(nil))
	b := s.browser()
	to := b.ask("GET", "/sources/login", nil).to
	q := query(t, to)
	if q.Get("code_challenge_method") != "S256" || q.Get("code_challenge") == "" || q.Get("nonce") == "" || q.Get("state") == "" {
		t.Errorf("the request: %s", to)
	}
	if a := p.signIn(to, "wrong"); a.status != http.StatusForbidden {
		t.Fatalf("%d %s", a.status, a.to)
	}
	// A code is of one browser, one trip and one PKCE verifier.
	other := s.browser()
	theirs := p.signIn(other.ask("GET", "/sources/login", nil).to, "alice's password").to
	b.isRefused("another browser's", b.ask("GET", theirs, nil))
	mine := p.signIn(to, "alice's password").to
	mixed, own := query(t, theirs), query(t, mine)
	mixed.Set("state", own.Get("state"))
	b.isRefused("the code of another trip", b.ask("GET", "/sources/oidc/callback?"+mixed.Encode(), nil))
	b.isRefused("a trip that has ended", b.ask("GET", mine, nil))
	b.isSignedIn("in the end", b.signIn(p))
}

func query(t *testing.T, address string) url.Values {
	t.Helper()
	u, err := url.Parse(address)
	must(t, err)
	return u.Query()
}

// TestWebIdentity is a job of a CI system, which gets a token from its provider and no key of anybody ("Create an OpenID Connect (OIDC)
// identity provider in IAM", IAM User Guide). The claims are those of GitHub Actions ("OpenID Connect reference", GitHub Docs).
func TestWebIdentity(t *testing.T) {
	s := start(t)
	p := startProvider(t, s.url)
	made, err := s.iam().CreateOpenIDConnectProvider(t.Context(), &iam.CreateOpenIDConnectProviderInput{Url: &p.web.URL,
		ClientIDList: []string{"sts.amazonaws.com"}, ThumbprintList: []string{p.thumbprint()}})
	must(t, err)
	issuer := strings.TrimPrefix(p.web.URL, "https://")
	role, err := s.iam().CreateRole(t.Context(), &iam.CreateRoleInput{RoleName: aws.String("deploy"), AssumeRolePolicyDocument: aws.String(
		`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"Federated":"` + *made.OpenIDConnectProviderArn + `"},"Action":"sts:AssumeRoleWithWebIdentity",` +
			`"Condition":{"StringEquals":{"` + issuer + `:aud":"sts.amazonaws.com"},"StringLike":{"` + issuer + `:sub":"repo:octo-org/octo-repo:*"}}}}`)})
	must(t, err)
	nobody := s.config(s.admin)
	nobody.Credentials = aws.AnonymousCredentials{}
	assume := func(token string) (aws.Credentials, error) {
		out, err := sts.NewFromConfig(nobody).AssumeRoleWithWebIdentity(t.Context(), &sts.AssumeRoleWithWebIdentityInput{RoleArn: role.Role.Arn,
			RoleSessionName: aws.String("job"), WebIdentityToken: &token})
		if err != nil {
			return aws.Credentials{}, err
		}
		return aws.Credentials{AccessKeyID: *out.Credentials.AccessKeyId, SecretAccessKey: *out.Credentials.SecretAccessKey, SessionToken: *out.Credentials.SessionToken}, nil
	}
	const branch, fork = "repo:octo-org/octo-repo:ref:refs/heads/main", "repo:mallory/octo-repo:ref:refs/heads/main"
	claims := map[string]any{"repository": "octo-org/octo-repo", "ref": "refs/heads/main", "workflow": "deploy", "runner_environment": "github-hosted"}
	c, err := assume(p.machineToken(branch, claims))
	must(t, err)
	if arn, err := s.whoIs(c); err != nil || arn != "arn:aws:sts::"+account+":assumed-role/deploy/job" {
		t.Errorf("%s, %v", arn, err)
	}
	p.rotate()
	_, err = assume(p.machineToken(branch, claims))
	must(t, err)
	refused := func(what, token, code string) {
		t.Helper()
		if _, err := assume(token); err == nil || !strings.Contains(err.Error(), code) {
			t.Errorf("%s: %v", what, err)
		}
	}
	refused("a fork", p.machineToken(fork, claims), "AccessDenied")
	token := p.machineToken(branch, claims)
	stranger := startProvider(t, s.url)
	refused("another provider", stranger.machineToken(branch, claims), "InvalidIdentityToken")
	parts, theirs := strings.Split(token, "."), strings.Split(p.machineToken(fork, claims), ".")
	refused("claims of another token", theirs[0]+"."+parts[1]+"."+theirs[2], "InvalidIdentityToken")
}

// TestSourceEnds ends what began with a source, when people sign in elsewhere from then on.
func TestSourceEnds(t *testing.T) {
	s := start(t)
	p, other := startProvider(t, s.url), startProvider(t, s.url)
	s.group("Readers here")
	id := s.use(p.settings(nil))
	do := func(name string) {
		t.Helper()
		_, err := s.call(s.admin, name+"ExternalIdPConfigurationForDirectory", map[string]any{"ConfigurationId": id})
		must(t, err)
	}
	for what, end := range map[string]func(){
		"disabled":         func() { do("Disable") },
		"enabled again":    func() { do("Disable"); do("Enable") },
		"another provider": func() { s.update(id, other.settings(nil)) },
	} {
		s.update(id, p.settings(nil))
		do("Enable")
		b := s.browser()
		b.isSignedIn(what, b.signIn(p))
		c, _ := b.credentials()
		_, err := s.whoIs(c)
		must(t, err)
		if a := b.ask("POST", "/signin/people/console", map[string]string{"AccountId": account, "RoleName": "Reader"}); a.status != http.StatusOK {
			t.Fatalf("%s: %s", what, a.text)
		}
		// What changes nothing of who vouches for people ends nothing.
		s.update(id, p.settings(map[string]any{"Scopes": []string{"profile", "email", "phone"}}))
		if a := b.ask("GET", "/signin/session", nil); a.body["SignedIn"] != true {
			t.Fatalf("%s: the console: %s", what, a.text)
		}
		end()
		s.end(what, c)
		for _, page := range []string{"/signin/people/session", "/signin/session"} {
			if a := b.ask("GET", page, nil); a.body["SignedIn"] != false {
				t.Errorf("%s: %s: %s", what, page, a.text)
			}
		}
		if _, a := b.credentials(); a.status < 400 {
			t.Errorf("%s: new credentials: %s", what, a.text)
		}
	}
}
