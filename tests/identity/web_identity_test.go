package identity

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"fmt"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/sts"
)

// STS API Reference, AssumeRoleWithWebIdentity; IAM User Guide, "OIDC federation" and the keys for it in "IAM and AWS
// STS condition context keys".

const withWebIdentity = "sts:AssumeRoleWithWebIdentity"

// anonymous signs nothing.
func anonymous() *sts.Client {
	c := config(aws.Credentials{})
	c.Credentials = aws.AnonymousCredentials{}
	return sts.NewFromConfig(c)
}

func assumeWeb(t *testing.T, roleARN, token string, change ...func(*sts.AssumeRoleWithWebIdentityInput)) (*sts.AssumeRoleWithWebIdentityOutput, error) {
	t.Helper()
	in := &sts.AssumeRoleWithWebIdentityInput{RoleArn: &roleARN, RoleSessionName: aws.String("session"), WebIdentityToken: &token}
	for _, c := range change {
		c(in)
	}
	return anonymous().AssumeRoleWithWebIdentity(t.Context(), in)
}

// webIdentity is an issuer that IAM knows, and a role that trusts its tokens for the audience "application".
func webIdentity(t *testing.T, statements ...string) (issuer, part) {
	t.Helper()
	i := startIssuer(t)
	i.register(t, "application")
	return i, role(t, "role", i.trusting(withWebIdentity, "aud=application"), statements...)
}

func TestWebIdentity(t *testing.T) {
	t.Parallel()
	i, r := webIdentity(t, allow("dynamodb:ListTables", "*"))
	before := time.Now()
	out, err := assumeWeb(t, r.arn, i.token(nil))
	must(t, "assume", err)
	s := temporary(t, out.Credentials)
	if got, want := aws.ToString(out.AssumedRoleUser.Arn), "arn:aws:sts::"+account+":assumed-role/"+r.name+"/session"; got != want || whoami(t, s) != want {
		t.Errorf("session %s, want %s", got, want)
	}
	if got, want := aws.ToString(out.AssumedRoleUser.AssumedRoleId), r.id+":session"; got != want {
		t.Errorf("id %s, want %s", got, want)
	}
	if got := aws.ToString(out.SubjectFromWebIdentityToken); got != "alice" {
		t.Errorf("subject %q", got)
	}
	if got := aws.ToString(out.Audience); got != "application" {
		t.Errorf("audience %q", got)
	}
	if got := aws.ToString(out.Provider); !strings.HasSuffix(got, i.name()) { // the iss, or the provider's ARN
		t.Errorf("provider %q", got)
	}
	expires(t, "the default", *out.Credentials.Expiration, before, time.Hour)
	works(t, "what the role may", listTables(t, s))
	denied(t, "what it may not", listUsers(t, s))
	_, err = assumeWeb(t, r.arn, i.token(nil))
	works(t, "the same issuer again", err)
}

func TestWebIdentityTrust(t *testing.T) {
	t.Parallel()
	i := startIssuer(t)
	i.register(t, "application", "other")
	another := startIssuer(t)
	another.register(t, "application")
	user := user(t, "user")
	const no = "Not authorized to perform sts:AssumeRoleWithWebIdentity"
	for _, c := range []struct {
		name, trust string
		claims      map[string]any
		ok          bool
	}{
		{"no conditions", i.trusting(withWebIdentity), nil, true},
		{"audience and subject", i.trusting(withWebIdentity, "aud=application", "sub=alice"), nil, true},
		{"another subject", i.trusting(withWebIdentity, "aud=application", "sub=bob"), nil, false},
		{"another of the audiences", i.trusting(withWebIdentity, "aud=application"), map[string]any{"aud": "other"}, false},
		{"audience in a list", i.trusting(withWebIdentity, "aud=application"), map[string]any{"aud": []string{"application"}}, true},
		{"another provider", another.trusting(withWebIdentity), nil, false},
		{"condition on another provider's key", strings.ReplaceAll(i.trusting(withWebIdentity, "sub=alice"), i.name()+":sub", another.name()+":sub"), nil, false},
		{"another action", i.trusting("sts:AssumeRole"), nil, false},
		{"no temporary credentials yet", strings.Replace(i.trusting(withWebIdentity, "sub=alice"), `"Condition":{`,
			`"Condition":{"Null":{"aws:TokenIssueTime":"true","aws:MultiFactorAuthPresent":"true"},`, 1), nil, true},
		{"a user", trusting("Allow", user.arn, withWebIdentity, ""), nil, false},
		{"subject like", `{"Effect":"Allow","Principal":{"Federated":"` + i.arn() + `"},"Action":"` + withWebIdentity + `","Condition":{"StringLike":{"` + i.name() + `:sub":"repo:octo-org/*"}}}`,
			map[string]any{"sub": "repo:octo-org/octo-repo:ref:refs/heads/main"}, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := assumeWeb(t, role(t, "role", c.trust).arn, i.token(c.claims))
			if c.ok {
				works(t, "assume", err)
			} else {
				denied(t, "assume", err, no)
			}
		})
	}
	_, err := assumeWeb(t, "arn:aws:iam::"+account+":role/nobody-made-this", i.token(nil))
	denied(t, "no such role", err, no)
}

// What a provider says of a session has the bounds that it would have in a request.
func TestWebIdentityBounds(t *testing.T) {
	t.Parallel()
	i := startIssuer(t)
	i.register(t, "application")
	r := role(t, "role", i.trusting(withWebIdentity+" sts:TagSession sts:SetSourceIdentity"))
	many := map[string]any{}
	for n := range 51 {
		many[fmt.Sprint(n)] = []string{"v"}
	}
	for _, c := range []struct {
		what   string
		claims map[string]any
		ok     bool
	}{
		{"good ones", map[string]any{sourceClaim: "Alice", tagsClaim: map[string]any{"principal_tags": map[string]any{"Team": []string{"a"}}}}, true},
		{"a source identity with spaces", map[string]any{sourceClaim: "Alice and Bob"}, false},
		{"a long source identity", map[string]any{sourceClaim: strings.Repeat("a", 65)}, false},
		{"a long value", map[string]any{tagsClaim: map[string]any{"principal_tags": map[string]any{"Team": []string{strings.Repeat("a", 257)}}}}, false},
		{"a key with a line break", map[string]any{tagsClaim: map[string]any{"principal_tags": map[string]any{"Te\nam": []string{"a"}}}}, false},
		{"many tags", map[string]any{tagsClaim: map[string]any{"principal_tags": many}}, false},
	} {
		_, err := assumeWeb(t, r.arn, i.token(c.claims))
		if c.ok {
			works(t, c.what, err)
		} else {
			fails(t, c.what, err, 400, "InvalidIdentityToken")
		}
	}
}

const (
	sourceClaim = "https://aws.amazon.com/source_identity"
	tagsClaim   = "https://aws.amazon.com/tags"
)

// One host has many issuers, whose paths may differ in case alone: none of them vouches for the users of another.
func TestWebIdentityIssuerInAnotherCase(t *testing.T) {
	t.Parallel()
	i, r := webIdentity(t)
	another := i
	another.url = strings.TrimSuffix(i.url, "/tenant") + "/TENANT"
	other, err := assumeWeb(t, r.arn, another.token(nil))
	if err == nil {
		t.Errorf("it is believed: %s", aws.ToString(other.Provider))
	}
	fails(t, "another issuer", err, 400, "InvalidIdentityToken", "No OpenIDConnect provider found in your account for "+another.url)
}

func TestWebIdentityTokensThatAreRefused(t *testing.T) {
	t.Parallel()
	i, r := webIdentity(t)
	stranger, err := rsa.GenerateKey(rand.Reader, 2048)
	must(t, "make a key", err)
	public, err := x509.MarshalPKIXPublicKey(&i.key.PublicKey)
	must(t, "marshal a key", err)
	good := strings.Split(i.token(nil), ".")
	evil := strings.Split(i.token(map[string]any{"sub": "mallory"}), ".")
	header := func(alg string) map[string]any { return map[string]any{"alg": alg, "typ": "JWT", "kid": keyID} }
	now := time.Now()
	for _, c := range []struct {
		name, token, code, text string
	}{
		{"no JWT", "not-a-token", "InvalidIdentityToken", "The ID Token provided is not a valid JWT"},
		{"another audience", i.token(map[string]any{"aud": "another"}), "InvalidIdentityToken", "Incorrect token audience"},
		{"no audience", i.token(map[string]any{"aud": nil}), "InvalidIdentityToken", ""},
		{"no subject", i.token(map[string]any{"sub": nil}), "InvalidIdentityToken", ""},
		{"no issuer", i.token(map[string]any{"iss": nil}), "InvalidIdentityToken", ""},
		{"no expiry", i.token(map[string]any{"exp": nil}), "InvalidIdentityToken", ""},
		{"an issuer that nobody registered", i.token(map[string]any{"iss": i.url + "/other"}), "InvalidIdentityToken", "No OpenIDConnect provider found in your account for " + i.url + "/other"},
		{"expired", i.token(map[string]any{"iat": now.Add(-2 * time.Hour).Unix(), "exp": now.Add(-time.Hour).Unix()}), "ExpiredTokenException", "Token expired: current date/time"},
		{"payload of another token", good[0] + "." + evil[1] + "." + good[2], "InvalidIdentityToken", ""},
		{"no signature", good[0] + "." + good[1] + ".", "InvalidIdentityToken", ""},
		{"a signature changed", good[0] + "." + good[1] + "." + flip(good[2]), "InvalidIdentityToken", ""},
		{"another key under that name", signed(header("RS256"), i.claims(nil), stranger), "InvalidIdentityToken", ""},
		{"a key that is not there", signed(map[string]any{"alg": "RS256", "kid": "other"}, i.claims(nil), stranger), "InvalidIdentityToken", ""},
		{"algorithm none", signed(header("none"), i.claims(nil), nil), "InvalidIdentityToken", ""},
		{"HMAC with the public key", signed(header("HS256"), i.claims(nil), public), "InvalidIdentityToken", ""},
	} {
		_, err := assumeWeb(t, r.arn, c.token)
		fails(t, c.name, err, 400, c.code, c.text)
	}
}

func TestWebIdentityThumbprint(t *testing.T) {
	t.Parallel()
	i := startIssuer(t)
	right := i.thumbprint
	i.thumbprint = strings.Repeat("0", 40)
	i.register(t, "application")
	r := role(t, "role", i.trusting(withWebIdentity))
	_, err := assumeWeb(t, r.arn, i.token(nil))
	fails(t, "another thumbprint", err, 400, "InvalidIdentityToken", "OpenIDConnect provider's HTTPS certificate doesn't match configured thumbprint")
	_, err = admin().UpdateOpenIDConnectProviderThumbprint(t.Context(), &iam.UpdateOpenIDConnectProviderThumbprintInput{
		OpenIDConnectProviderArn: aws.String(i.arn()), ThumbprintList: []string{right},
	})
	must(t, "update thumbprint", err)
	_, err = assumeWeb(t, r.arn, i.token(nil))
	works(t, "the right thumbprint", err)

	_, err = admin().RemoveClientIDFromOpenIDConnectProvider(t.Context(), &iam.RemoveClientIDFromOpenIDConnectProviderInput{
		OpenIDConnectProviderArn: aws.String(i.arn()), ClientID: aws.String("application"),
	})
	must(t, "remove client id", err)
	_, err = assumeWeb(t, r.arn, i.token(nil))
	fails(t, "an audience that was removed", err, 400, "InvalidIdentityToken", "Incorrect token audience")
	_, err = admin().DeleteOpenIDConnectProvider(t.Context(), &iam.DeleteOpenIDConnectProviderInput{OpenIDConnectProviderArn: aws.String(i.arn())})
	must(t, "delete provider", err)
	_, err = assumeWeb(t, r.arn, i.token(nil))
	fails(t, "a provider that was deleted", err, 400, "InvalidIdentityToken", "No OpenIDConnect provider found in your account")
}

func TestWebIdentityParameters(t *testing.T) {
	t.Parallel()
	i, r := webIdentity(t, allow("dynamodb:ListTables dynamodb:DescribeLimits", "*"))
	type in = sts.AssumeRoleWithWebIdentityInput
	_, err := assumeWeb(t, r.arn, i.token(nil), func(i *in) { i.DurationSeconds = aws.Int32(3601) })
	fails(t, "too long", err, 400, "ValidationError", "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.")
	_, err = assumeWeb(t, r.arn, i.token(nil), func(i *in) { i.DurationSeconds = aws.Int32(899) })
	fails(t, "too short", err, 400, "ValidationError", "'durationSeconds' failed to satisfy constraint: Member must have value greater than or equal to 900")
	_, err = assumeWeb(t, r.arn, i.token(nil), func(i *in) { i.RoleSessionName = aws.String("a b") })
	fails(t, "session name", err, 400, "ValidationError", "'roleSessionName'")
	_, err = assumeWeb(t, r.arn, "abc")
	fails(t, "token of three characters", err, 400, "ValidationError", "'webIdentityToken' failed to satisfy constraint: Member must have length greater than or equal to 4")
	out, err := assumeWeb(t, r.arn, i.token(nil), func(i *in) { i.Policy = aws.String(doc(allow("dynamodb:ListTables", "*"))) })
	must(t, "with a session policy", err)
	s := temporary(t, out.Credentials)
	works(t, "what both allow", listTables(t, s))
	deniedData(t, "what the session policy does not allow", describeLimits(t, s), "because no session policy allows")
}

// The token can carry session tags and a source identity: IAM User Guide, "Pass session tags using
// AssumeRoleWithWebIdentity".
func TestWebIdentityTagsAndSource(t *testing.T) {
	t.Parallel()
	i := startIssuer(t)
	i.register(t, "application")
	const all = withWebIdentity + " sts:TagSession sts:SetSourceIdentity"
	r := role(t, "role", i.trusting(all), ifTag("Project", "Automation"), allow(both+" sts:SetSourceIdentity", "*"),
		statement("Allow", "dynamodb:DescribeLimits", "*", `{"StringEquals":{"aws:SourceIdentity":"alice"}}`),
		statement("Allow", "iam:ListUsers", "*", `{"StringEquals":{"aws:FederatedProvider":"`+i.arn()+`"}}`))
	next := role(t, "next", trusting("Allow", root, both+" sts:SetSourceIdentity", ""), ifTag("Project", "Automation"))
	extra := map[string]any{
		"https://aws.amazon.com/tags": map[string]any{
			"principal_tags": map[string]any{"Project": []string{"Automation"}, "CostCenter": []string{"987654"}}, "transitive_tag_keys": []string{"Project"},
		},
		"https://aws.amazon.com/source_identity": "alice",
	}
	out, err := assumeWeb(t, r.arn, i.token(extra))
	must(t, "with tags", err)
	if aws.ToString(out.SourceIdentity) != "alice" {
		t.Errorf("source identity %v", out.SourceIdentity)
	}
	s := temporary(t, out.Credentials)
	works(t, "tag", listTables(t, s))
	works(t, "source identity", describeLimits(t, s))
	works(t, "aws:FederatedProvider", listUsers(t, s))
	works(t, "transitive tag", listTables(t, session(t, s, next.arn)))
	out, err = assumeWeb(t, r.arn, i.token(nil))
	must(t, "without tags", err)
	deniedData(t, "without tags", listTables(t, temporary(t, out.Credentials)))

	plain := role(t, "plain", i.trusting(withWebIdentity))
	for claim := range maps.Keys(extra) {
		_, err = assumeWeb(t, plain.arn, i.token(map[string]any{claim: extra[claim]}))
		denied(t, claim+" without permission", err)
	}
}
