package identity

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/x509"
	"encoding/base64"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/beevik/etree"
	dsig "github.com/russellhaering/goxmldsig"
)

// STS API Reference, AssumeRoleWithSAML; IAM User Guide, "SAML 2.0 federation" and "Configure SAML assertions for the
// authentication response".

const withSAML = "sts:AssumeRoleWithSAML"

func assumeSAML(t *testing.T, roleARN string, p idp, response string, change ...func(*sts.AssumeRoleWithSAMLInput)) (*sts.AssumeRoleWithSAMLOutput, error) {
	t.Helper()
	in := &sts.AssumeRoleWithSAMLInput{RoleArn: &roleARN, PrincipalArn: aws.String(p.arn()), SAMLAssertion: &response}
	for _, c := range change {
		c(in)
	}
	return anonymous().AssumeRoleWithSAML(t.Context(), in)
}

// samlRole is a provider that IAM knows, and a role that trusts it for the sign-in endpoint.
func samlRole(t *testing.T, statements ...string) (idp, part) {
	t.Helper()
	p := newIDP(t)
	p.register(t)
	return p, role(t, "role", p.trusting(withSAML, `{"StringEquals":{"SAML:aud":"`+signIn+`"}}`), statements...)
}

// pair is how the Role attribute names a role and its provider.
func pair(r part, p idp) []string { return []string{r.arn + "," + p.arn()} }

func TestSAML(t *testing.T) {
	t.Parallel()
	p, r := samlRole(t, allow("dynamodb:ListTables", "*"))
	before := time.Now()
	out, err := assumeSAML(t, r.arn, p, p.response(t, assertion{roles: pair(r, p)}))
	must(t, "assume", err)
	s := temporary(t, out.Credentials)
	sum := sha1.Sum([]byte(p.entity + account + "/" + p.name))
	for _, c := range []struct{ what, got, want string }{
		{"ARN", aws.ToString(out.AssumedRoleUser.Arn), "arn:aws:sts::" + account + ":assumed-role/" + r.name + "/alice"},
		{"id", aws.ToString(out.AssumedRoleUser.AssumedRoleId), r.id + ":alice"},
		{"caller", whoami(t, s), "arn:aws:sts::" + account + ":assumed-role/" + r.name + "/alice"},
		{"issuer", aws.ToString(out.Issuer), p.entity},
		{"subject", aws.ToString(out.Subject), "alice-subject"},
		{"subject type", aws.ToString(out.SubjectType), "persistent"},
		{"audience", aws.ToString(out.Audience), signIn},
		{"name qualifier", aws.ToString(out.NameQualifier), base64.StdEncoding.EncodeToString(sum[:])},
	} {
		if c.got != c.want {
			t.Errorf("%s %q, want %q", c.what, c.got, c.want)
		}
	}
	expires(t, "the default", *out.Credentials.Expiration, before, time.Hour)
	works(t, "what the role may", listTables(t, s))
	denied(t, "what it may not", listUsers(t, s))

	out, err = assumeSAML(t, r.arn, p, p.response(t, assertion{roles: []string{p.arn() + "," + r.arn}}))
	must(t, "the pair in the other order", err)
	temporary(t, out.Credentials)
	before = time.Now()
	out, err = assumeSAML(t, r.arn, p, p.response(t, assertion{roles: pair(r, p), attributes: map[string][]string{lastsURI: {"1800"}}}))
	must(t, "with a duration of its own", err)
	expires(t, "SessionDuration", *out.Credentials.Expiration, before, 30*time.Minute)
}

// The helper's responses are signed as a verifier expects it, so that a failure elsewhere is not the helper's.
func TestSAMLHelper(t *testing.T) {
	t.Parallel()
	p := newIDP(t)
	a := assertion{roles: []string{"arn:aws:iam::" + account + ":role/role," + p.arn()}}
	verify := func(response string) error {
		text, err := base64.StdEncoding.DecodeString(response)
		must(t, "decode", err)
		doc := etree.NewDocument()
		must(t, "parse", doc.ReadFromBytes(text))
		cert, err := x509.ParseCertificate(p.cert)
		must(t, "parse the certificate", err)
		_, err = dsig.NewDefaultValidationContext(&dsig.MemoryX509CertificateStore{Roots: []*x509.Certificate{cert}}).
			Validate(doc.Root().SelectElement("Assertion"))
		return err
	}
	works(t, "as it was signed", verify(p.response(t, a)))
	if verify(p.responseSignedBy(t, a, p.key, func(r *etree.Element) { r.FindElement("./Assertion/Subject/NameID").SetText("mallory") })) == nil {
		t.Error("a change passed")
	}
}

func TestSAMLTrust(t *testing.T) {
	t.Parallel()
	p := newIDP(t)
	p.register(t)
	other := p
	other.name += "-other"
	other.register(t)
	const no = "Not authorized to perform sts:AssumeRoleWithSAML"
	for _, c := range []struct {
		name, trust string
		ok          bool
	}{
		{"no conditions", p.trusting(withSAML, ""), true},
		{"audience", p.trusting(withSAML, `{"StringEquals":{"SAML:aud":"`+signIn+`"}}`), true},
		{"issuer", p.trusting(withSAML, `{"StringEquals":{"SAML:iss":"`+p.entity+`"}}`), true},
		{"subject", p.trusting(withSAML, `{"StringEquals":{"SAML:sub":"alice-subject","SAML:sub_type":"persistent"}}`), true},
		{"another subject", p.trusting(withSAML, `{"StringEquals":{"SAML:sub":"bob-subject"}}`), false},
		{"another audience", p.trusting(withSAML, `{"StringEquals":{"SAML:aud":"https://example.com/saml"}}`), false},
		{"another action", p.trusting("sts:AssumeRole", ""), false},
		{"another provider", other.trusting(withSAML, ""), false},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := role(t, "role", c.trust)
			_, err := assumeSAML(t, r.arn, p, p.response(t, assertion{roles: pair(r, p)}))
			if c.ok {
				works(t, "assume", err)
			} else {
				denied(t, "assume", err, no)
			}
		})
	}
	r := role(t, "role", p.trusting(withSAML, ""))
	_, err := assumeSAML(t, r.arn, p, p.response(t, assertion{roles: []string{"arn:aws:iam::" + account + ":role/another," + p.arn()}}))
	denied(t, "a role that the assertion does not have", err, no)
}

// An assertion may be meant for the server by the name that its operator gave it.
func TestSAMLPublicURL(t *testing.T) {
	t.Parallel()
	p := newIDP(t)
	p.register(t)
	r := role(t, "role", p.trusting(withSAML, ""))
	const here = "https://db.example.com/saml"
	out, err := assumeSAML(t, r.arn, p, p.response(t, assertion{roles: pair(r, p), audience: here, recipient: here}))
	must(t, "assume", err)
	if aws.ToString(out.Audience) != here {
		t.Errorf("audience %s", aws.ToString(out.Audience))
	}
}

func TestSAMLResponsesThatAreRefused(t *testing.T) {
	t.Parallel()
	p, r := samlRole(t)
	good := assertion{roles: pair(r, p)}
	stranger, err := rsa.GenerateKey(rand.Reader, 2048)
	must(t, "make a key", err)
	changed := func(change func(*assertion)) string {
		a := good
		change(&a)
		return p.response(t, a)
	}
	// wrapped puts a second assertion, which nobody signed, before the signed one.
	wrapped := func(r *etree.Element) {
		evil := r.SelectElement("Assertion").Copy()
		evil.RemoveChild(evil.SelectElement("Signature"))
		evil.CreateAttr("ID", "_evil")
		evil.FindElement("./Subject/NameID").SetText("mallory")
		r.InsertChildAt(r.SelectElement("Assertion").Index(), evil)
	}
	for _, c := range []struct {
		name, response, code string
	}{
		{"expired", changed(func(a *assertion) { a.valid = -time.Hour }), "ExpiredTokenException"},
		// The address of the server as the client has it is no proof of what the assertion is meant for.
		{"meant for the client's host", changed(func(a *assertion) {
			a.audience = site.url + "/saml"
			a.recipient = a.audience
		}), "InvalidIdentityToken"},
		{"another issuer", changed(func(a *assertion) { a.issuer = "https://other.example.com" }), "InvalidIdentityToken"},
		{"another recipient", changed(func(a *assertion) { a.recipient = "https://example.com/saml" }), "InvalidIdentityToken"},
		{"signed by another key", p.responseSignedBy(t, good, stranger, nil), "InvalidIdentityToken"},
		{"changed after it was signed", p.responseSignedBy(t, good, p.key, func(r *etree.Element) { r.FindElement("./Assertion/Subject/NameID").SetText("mallory") }), "InvalidIdentityToken"},
		{"not signed", p.responseSignedBy(t, good, p.key, func(r *etree.Element) {
			a := r.SelectElement("Assertion")
			a.RemoveChild(a.SelectElement("Signature"))
		}), "InvalidIdentityToken"},
		{"not base64", "***not base64***", "InvalidIdentityToken"},
		{"no XML", base64.StdEncoding.EncodeToString([]byte("this is no response")), "InvalidIdentityToken"},
	} {
		_, err := assumeSAML(t, r.arn, p, c.response)
		fails(t, c.name, err, 400, c.code)
	}
	out, err := assumeSAML(t, r.arn, p, p.responseSignedBy(t, good, p.key, wrapped))
	if err == nil && aws.ToString(out.Subject) != "alice-subject" {
		t.Errorf("a wrapped assertion gives a session to %s", aws.ToString(out.Subject))
	}
	other := p
	other.name = "nobody-made-this"
	_, err = assumeSAML(t, r.arn, other, p.response(t, good))
	if got := answered(err); got.status/100 != 4 {
		t.Errorf("no such provider: %v", err)
	}
	_, err = assumeSAML(t, r.arn, p, p.response(t, good), func(in *sts.AssumeRoleWithSAMLInput) { in.DurationSeconds = aws.Int32(3601) })
	fails(t, "too long", err, 400, "ValidationError", "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.")
	works(t, "the good response", func() error { _, err := assumeSAML(t, r.arn, p, p.response(t, good)); return err }())
	_, err = admin().DeleteSAMLProvider(t.Context(), &iam.DeleteSAMLProviderInput{SAMLProviderArn: aws.String(p.arn())})
	must(t, "delete SAML provider", err)
	if _, err = assumeSAML(t, r.arn, p, p.response(t, good)); answered(err).status/100 != 4 {
		t.Errorf("a provider that was deleted: %v", err)
	}
}

// IAM User Guide, "IAM tutorial: Use SAML session tags for ABAC".
func TestSAMLTagsAndSource(t *testing.T) {
	t.Parallel()
	p := newIDP(t)
	p.register(t)
	r := role(t, "role", p.trusting(withSAML+" sts:TagSession sts:SetSourceIdentity", `{"StringLike":{"aws:RequestTag/Project":"*"}}`),
		ifTag("Project", "Automation"), allow(both+" sts:SetSourceIdentity", "*"),
		statement("Allow", "dynamodb:DescribeLimits", "*", `{"StringEquals":{"aws:SourceIdentity":"DiegoRamirez"}}`),
		statement("Allow", "iam:ListUsers", "*", `{"StringEquals":{"aws:FederatedProvider":"`+p.arn()+`"}}`))
	next := role(t, "next", trusting("Allow", root, both+" sts:SetSourceIdentity", ""), ifTag("Project", "Automation"))
	out, err := assumeSAML(t, r.arn, p, p.response(t, assertion{roles: pair(r, p), attributes: map[string][]string{
		tagURI + "Project": {"Automation"}, tagURI + "CostCenter": {"12345"}, transURI: {"Project"}, sourceID: {"DiegoRamirez"},
	}}))
	must(t, "with tags", err)
	if aws.ToString(out.SourceIdentity) != "DiegoRamirez" {
		t.Errorf("source identity %v", out.SourceIdentity)
	}
	s := temporary(t, out.Credentials)
	works(t, "tag", listTables(t, s))
	works(t, "source identity", describeLimits(t, s))
	works(t, "aws:FederatedProvider", listUsers(t, s))
	works(t, "transitive tag", listTables(t, session(t, s, next.arn)))
	_, err = assumeSAML(t, r.arn, p, p.response(t, assertion{roles: pair(r, p)}))
	denied(t, "without the tag", err)

	plain := role(t, "plain", p.trusting(withSAML, ""))
	for name, value := range map[string]string{tagURI + "Project": "Automation", sourceID: "DiegoRamirez"} {
		_, err = assumeSAML(t, plain.arn, p, p.response(t, assertion{roles: pair(plain, p), attributes: map[string][]string{name: {value}}}))
		denied(t, name+" without permission", err)
	}
}

func TestSAMLSessionPolicy(t *testing.T) {
	t.Parallel()
	p, r := samlRole(t, allow("dynamodb:ListTables dynamodb:DescribeLimits", "*"))
	out, err := assumeSAML(t, r.arn, p, p.response(t, assertion{roles: pair(r, p)}), func(in *sts.AssumeRoleWithSAMLInput) {
		in.Policy = aws.String(doc(allow("dynamodb:ListTables", "*")))
	})
	must(t, "assume", err)
	s := temporary(t, out.Credentials)
	works(t, "what both allow", listTables(t, s))
	deniedData(t, "what the session policy does not allow", describeLimits(t, s), "because no session policy allows")
}
