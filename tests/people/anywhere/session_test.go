package anywhere

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509/pkix"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/rolesanywhere"
	"github.com/aws/aws-sdk-go-v2/service/rolesanywhere/types"

	"github.com/statordb/stator"
	"github.com/statordb/stator/statortest"
)

func TestSession(t *testing.T) {
	w := newWorld(t)
	m := w.root.issue(t, template("host-1.example.com"), newKey(t))
	a, conf := w.session(t, m)
	name := fmt.Sprintf("%x", m.cert.SerialNumber.Bytes())
	want := strings.Replace(strings.Replace(w.role, ":iam:", ":sts:", 1), ":role/", ":assumed-role/", 1) + "/" + name
	if got := whoami(t, conf); got != want || a.Set[0].User.ARN != want {
		t.Errorf("the session is of %s and said to be of %s, want %s", got, a.Set[0].User.ARN, want)
	}
	if s := a.Set[0]; s.SourceIdentity != "host-1.example.com" || s.RoleARN != w.role || s.PackedPolicySize == nil || !strings.HasSuffix(s.User.AssumedRoleID, ":"+name) {
		t.Errorf("the set is %+v", s)
	}
	if left := time.Until(a.Set[0].Credentials.Expiration); left > time.Hour || left < 59*time.Minute {
		t.Errorf("it ends in %v", left)
	}
	if _, err := dynamodb.NewFromConfig(conf).ListTables(t.Context(), nil); err != nil {
		t.Error(err)
	}
	if _, err := iam.NewFromConfig(conf).ListUsers(t.Context(), nil); err == nil {
		t.Error("it may do what its role may not")
	}

	subject, err := w.api.GetSubject(t.Context(), &rolesanywhere.GetSubjectInput{SubjectId: aws.String(a.SubjectARN[strings.LastIndexByte(a.SubjectARN, '/')+1:])})
	must(t, err)
	if s := subject.Subject; *s.X509Subject != "CN=host-1.example.com,O=Example" || len(s.Credentials) != 1 || *s.Credentials[0].Failed || *s.Credentials[0].X509CertificateData != certPEM(m.cert) {
		t.Errorf("the subject is %+v", s)
	}
	list, err := w.api.ListSubjects(t.Context(), nil)
	if err != nil || len(list.Subjects) != 1 {
		t.Errorf("%v %v", list, err)
	}
}

func TestKeysAndChains(t *testing.T) {
	w := newWorld(t)
	small, err := rsa.GenerateKey(rand.Reader, 2048)
	must(t, err)
	p384, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	must(t, err)
	w.session(t, w.root.issue(t, template("rsa"), small))
	w.session(t, w.root.issue(t, template("p384"), p384))

	below := newAuthority(t, "Below", w.root)
	lowest := newAuthority(t, "Lowest", below)
	m := lowest.issue(t, template("deep"), newKey(t))
	w.refused(t, "without the chain", m, request{}, denied, untrusted)
	m.chain = append(m.chain, lowest.cert, below.cert)
	w.session(t, m)
	m.chain[0], m.chain[1] = m.chain[1], m.chain[0]
	w.session(t, m)

	// The anchor may be an authority that another has signed.
	w.anchor = w.newAnchor(t, below.pem())
	m.chain = m.chain[1:]
	w.session(t, m)
}

func TestTags(t *testing.T) {
	w := newWorld(t)
	c := template("tagged")
	c.Subject.OrganizationalUnit = []string{"first", "second"}
	c.Subject.ExtraNames = []pkix.AttributeTypeAndValue{{Type: []int{0, 9, 2342, 19200300, 100, 1, 1}, Value: "user"}}
	c.DNSNames, c.URIs = []string{"a.example.com", "b.example.com"}, []*url.URL{parseURL(t, "spiffe://example.com/a")}
	m := w.root.issue(t, c, newKey(t))
	for _, condition := range []string{
		`{"StringEquals":{"aws:PrincipalTag/x509Subject/CN":"tagged","aws:PrincipalTag/x509Subject/OU":"first","aws:PrincipalTag/x509Subject/UID":"user"}}`,
		`{"StringEquals":{"aws:PrincipalTag/x509Issuer/CN":"Root","aws:PrincipalTag/x509Issuer/O":"Example"}}`,
		`{"StringEquals":{"aws:PrincipalTag/x509SAN/DNS":"a.example.com","aws:PrincipalTag/x509SAN/URI":"spiffe://example.com/a"}}`,
		`{"StringEquals":{"aws:RequestTag/x509Subject/CN":"tagged","sts:SourceIdentity":"tagged"}}`,
		`{"ArnEquals":{"aws:SourceArn":"` + *w.anchor.TrustAnchorArn + `"},"StringEquals":{"aws:SourceAccount":"` + w.Credentials.Account + `"}}`,
	} {
		w.trust(t, condition)
		w.session(t, m)
	}
	for _, condition := range []string{
		`{"StringEquals":{"aws:PrincipalTag/x509Subject/CN":"other"}}`,
		`{"StringEquals":{"aws:PrincipalTag/x509SAN/DNS":"b.example.com"}}`, // the first one counts
		`{"ArnEquals":{"aws:SourceArn":"arn:aws:rolesanywhere:eu-central-1:` + w.Credentials.Account + `:trust-anchor/other"}}`,
		`{"StringEquals":{"aws:SourceAccount":"111111111111"}}`,
	} {
		w.trust(t, condition)
		w.refused(t, condition, m, request{}, denied, "Unable to assume role for "+w.role)
	}
	w.trust(t, `{}`)

	// The session has them, and keeps them from the next session's reach.
	_, err := w.iam.PutRolePolicy(t.Context(), &iam.PutRolePolicyInput{RoleName: &w.roleName, PolicyName: aws.String("p"), PolicyDocument: aws.String(
		`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"dynamodb:ListTables","Resource":"*","Condition":{"StringEquals":{"aws:PrincipalTag/x509Subject/CN":"tagged","aws:SourceIdentity":"tagged"}}}]}`)})
	must(t, err)
	_, conf := w.session(t, m)
	if _, err := dynamodb.NewFromConfig(conf).ListTables(t.Context(), nil); err != nil {
		t.Error(err)
	}
	_, conf = w.session(t, w.root.issue(t, template("another"), newKey(t)))
	if _, err := dynamodb.NewFromConfig(conf).ListTables(t.Context(), nil); err == nil {
		t.Error("another certificate may do the same")
	}

	// What can't be a tag is refused, unless it is not mapped.
	c = template("John M. Smith (EMP12345)")
	m = w.root.issue(t, c, newKey(t))
	w.refused(t, "a name with parentheses", m, request{}, denied, "Some attributes failed to be mapped into session tags. Issuer: [  ]; Subject: [ CN ]; SAN: [  ]")
	_, err = w.api.DeleteAttributeMapping(t.Context(), &rolesanywhere.DeleteAttributeMappingInput{ProfileId: w.profile.ProfileId, CertificateField: types.CertificateFieldX509Subject})
	must(t, err)
	_, err = w.api.PutAttributeMapping(t.Context(), &rolesanywhere.PutAttributeMappingInput{ProfileId: w.profile.ProfileId, CertificateField: types.CertificateFieldX509Subject,
		MappingRules: []types.MappingRule{{Specifier: aws.String("O")}}})
	must(t, err)
	a, _ := w.session(t, m)
	if a.Set[0].SourceIdentity != "" {
		t.Errorf("the source identity is %s", a.Set[0].SourceIdentity)
	}
	w.trust(t, `{"StringEquals":{"aws:PrincipalTag/x509Subject/O":"Example"}}`)
	w.session(t, m)
	w.trust(t, `{"StringLike":{"aws:PrincipalTag/x509Subject/CN":"*"}}`)
	w.refused(t, "a tag that is not mapped", m, request{}, denied, "Unable to assume role")
}

func TestTrust(t *testing.T) {
	w := newWorld(t)
	m := w.root.issue(t, template("host"), newKey(t))
	for _, missing := range []string{`"sts:TagSession",`, `,"sts:SetSourceIdentity"`, `"sts:AssumeRole",`} {
		_, err := w.iam.UpdateAssumeRolePolicy(t.Context(), &iam.UpdateAssumeRolePolicyInput{RoleName: &w.roleName, PolicyDocument: aws.String(strings.Replace(trustAll, missing, "", 1))})
		must(t, err)
		w.refused(t, "without "+missing, m, request{}, denied, "Unable to assume role for "+w.role)
	}
	_, err := w.iam.UpdateAssumeRolePolicy(t.Context(), &iam.UpdateAssumeRolePolicyInput{RoleName: &w.roleName, PolicyDocument: aws.String(strings.Replace(trustAll, "rolesanywhere", "ec2", 1))})
	must(t, err)
	w.refused(t, "for another service", m, request{}, denied, "Unable to assume role")
}

func TestDuration(t *testing.T) {
	w := newWorld(t)
	m := w.root.issue(t, template("host"), newKey(t))
	lasts := func(want time.Duration, more ...any) {
		t.Helper()
		a, _ := w.session(t, m, more...)
		if left := time.Until(a.Set[0].Credentials.Expiration); left > want || left < want-time.Minute {
			t.Errorf("it ends in %v, want %v", left, want)
		}
	}
	lasts(15*time.Minute, "durationSeconds", 900)
	lasts(time.Hour, "durationSeconds", 7200) // the profile's
	_, err := w.api.UpdateProfile(t.Context(), &rolesanywhere.UpdateProfileInput{ProfileId: w.profile.ProfileId, DurationSeconds: aws.Int32(43200)})
	must(t, err)
	lasts(2 * time.Hour) // the role's
	w.refused(t, "too short", m, request{body: w.body("durationSeconds", 899)}, "ValidationException", "Value '899' at 'durationSeconds'")
	w.refused(t, "too long", m, request{body: w.body("durationSeconds", 43201)}, "ValidationException", "Member must have value less than or equal to 43200")
}

func TestSessionNameAndPolicies(t *testing.T) {
	w := newWorld(t)
	m := w.root.issue(t, template("host"), newKey(t))
	w.refused(t, "a name that is not accepted", m, request{body: w.body("roleSessionName", "mine")}, denied, "Not authorized to set roleSessionName.")
	_, err := w.api.UpdateProfile(t.Context(), &rolesanywhere.UpdateProfileInput{ProfileId: w.profile.ProfileId, AcceptRoleSessionName: aws.Bool(true),
		SessionPolicy: aws.String(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"dynamodb:ListTables","Resource":"*"}]}`)})
	must(t, err)
	_, conf := w.session(t, m, "roleSessionName", "mine")
	if got := whoami(t, conf); !strings.HasSuffix(got, "/mine") {
		t.Error(got)
	}
	db := dynamodb.NewFromConfig(conf)
	if _, err := db.ListTables(t.Context(), nil); err != nil {
		t.Error(err)
	}
	if _, err := db.DescribeLimits(t.Context(), nil); err == nil {
		t.Error("the session policy does not limit it")
	}
	_, err = w.api.UpdateProfile(t.Context(), &rolesanywhere.UpdateProfileInput{ProfileId: w.profile.ProfileId, ManagedPolicyArns: []string{"arn:aws:iam::aws:policy/IAMReadOnlyAccess"}})
	must(t, err)
	_, conf = w.session(t, m)
	if _, err := dynamodb.NewFromConfig(conf).DescribeLimits(t.Context(), nil); err == nil {
		t.Error("the managed policy does not limit it")
	}
	w.refused(t, "another role", m, request{body: w.body("roleArn", w.role+"-other")}, denied, "The profile does not have the role")
}

// TestAudit has no secret in the audit log, and who it was.
func TestAudit(t *testing.T) {
	path := filepath.Join(t.TempDir(), "audit.log")
	w := newWorld(t, statortest.WithOptions(func(o *stator.Options) { o.Audit.Path = path }))
	a, _ := w.session(t, w.root.issue(t, template("host-1"), newKey(t)))
	c := a.Set[0].Credentials
	for deadline := time.Now().Add(10 * time.Second); ; {
		text, err := os.ReadFile(path)
		must(t, err)
		_, event, ok := strings.Cut(string(text), `"eventName":"CreateSession"`)
		if ok && strings.Contains(event, "\n") {
			event, _, _ = strings.Cut(event, "\n")
			for _, want := range []string{w.role, *w.anchor.TrustAnchorArn, a.SubjectARN, `"awsRegion":"` + region + `"`, `"recipientAccountId":"` + w.Credentials.Account + `"`} {
				if !strings.Contains(event, want) {
					t.Errorf("%s is not in the log: %s", want, event)
				}
			}
			if strings.Contains(string(text), c.SecretAccessKey) || strings.Contains(string(text), c.SessionToken) {
				t.Errorf("a secret is in the log: %s", event)
			}
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("the log has no CreateSession:\n%s", text)
		}
		time.Sleep(10 * time.Millisecond)
	}
}
