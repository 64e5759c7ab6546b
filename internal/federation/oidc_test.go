package federation

import (
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
)

func TestVerify(t *testing.T) {
	i := newIssuer(t)
	got, err := i.oidc().Verify(t.Context(), i.provider(), i.token(map[string]any{
		"aud": []string{"elsewhere", "other"}, "amr": []string{"pwd", "mfa"}, "email": "a@example.com",
		"https://aws.amazon.com/source_identity": "alice",
		"https://aws.amazon.com/tags": map[string]any{
			"principal_tags": map[string]any{"Team": []string{"blue"}, "Cost": "7"}, "transitive_tag_keys": []string{"Team"}},
		flatTag + "a/b": "flat",
		"https://aws.amazon.com/tags/transitive_tag_keys": []string{"a/b"},
	}))
	if err != nil {
		t.Fatal(err)
	}
	if got.Issuer != i.server.URL || got.Subject != "user" || got.Audience != "other" || len(got.Audiences) != 2 ||
		got.Email != "a@example.com" || !slices.Equal(got.AMR, []string{"pwd", "mfa"}) || got.SourceIdentity != "alice" ||
		got.Expiry.Unix() != i.now.Add(time.Hour).Unix() || got.IssuedAt.Unix() != i.now.Unix() {
		t.Errorf("got %+v", got)
	}
	if want := map[string]string{"Team": "blue", "Cost": "7", "a/b": "flat"}; !maps.Equal(got.Tags, want) {
		t.Errorf("tags %v", got.Tags)
	}
	if !slices.Equal(got.TransitiveTagKeys, []string{"Team", "a/b"}) {
		t.Errorf("transitive %v", got.TransitiveTagKeys)
	}
}

func TestAlgorithms(t *testing.T) {
	i := newIssuer(t)
	i.rotate("ec", ecKey())
	if _, err := i.oidc().Verify(t.Context(), i.provider(), i.token(nil)); err != nil {
		t.Fatal(err)
	}
	i.rotate("rsa", rsaKey())
	for _, alg := range []jose.SignatureAlgorithm{jose.RS384, jose.RS512} {
		if _, err := i.oidc().Verify(t.Context(), i.provider(), sign(t, alg, rsaKey(), "", i.claims(nil))); err != nil {
			t.Fatal(alg, err)
		}
	}
	_, err := i.oidc().Verify(t.Context(), i.provider(), sign(t, jose.PS256, rsaKey(), "rsa", i.claims(nil)))
	wantError(t, err, ErrInvalidToken, notJWT)
}

// The authorized party is the audience, and aud need not be.
func TestAuthorizedParty(t *testing.T) {
	i := newIssuer(t)
	got, err := i.oidc().Verify(t.Context(), i.provider(), i.token(map[string]any{"azp": "client", "aud": "api"}))
	if err != nil || got.Audience != "client" || !slices.Equal(got.Audiences, []string{"api"}) {
		t.Fatalf("%+v, %v", got, err)
	}
	_, err = i.oidc().Verify(t.Context(), i.provider(), i.token(map[string]any{"azp": "stranger"}))
	wantError(t, err, ErrInvalidToken, "Incorrect token audience")
}

func TestClaimsRefused(t *testing.T) {
	i := newIssuer(t)
	o := i.oidc()
	past := i.now.Add(-time.Second).Unix()
	for _, c := range []struct {
		name    string
		change  map[string]any
		kind    error
		message string
	}{
		{"audience", map[string]any{"aud": "stranger"}, ErrInvalidToken, "Incorrect token audience"},
		{"expired", map[string]any{"exp": past}, ErrExpired, fmt.Sprintf(
			"Token expired: current date/time %d must be before the expiration date/time%d", i.now.Unix(), past)},
		{"not yet", map[string]any{"nbf": i.now.Add(time.Hour).Unix()}, ErrInvalidToken, ""},
		{"future", map[string]any{"iat": i.now.Add(time.Hour).Unix()}, ErrInvalidToken, ""},
		{"issuer", map[string]any{"iss": "https://example.com"}, ErrInvalidToken, ""},
		{"issuer with a slash", map[string]any{"iss": i.server.URL + "/"}, ErrInvalidToken, ""},
		{"no issuer", map[string]any{"iss": nil}, ErrInvalidToken, "Missing a required claim: iss"},
		{"no subject", map[string]any{"sub": nil}, ErrInvalidToken, "Missing a required claim: sub"},
		{"no audience", map[string]any{"aud": nil}, ErrInvalidToken, "Missing a required claim: aud"},
		{"no expiry", map[string]any{"exp": nil}, ErrInvalidToken, "Missing a required claim: exp"},
		{"no issue time", map[string]any{"iat": nil}, ErrInvalidToken, "Missing a required claim: iat"},
		{"type", map[string]any{"aud": 7}, ErrInvalidToken, notJWT},
		{"two values", map[string]any{flatTag + "k": []string{"a", "b"}}, ErrInvalidToken, ""},
		{"one tag twice", map[string]any{flatTag + "k": "a", "https://aws.amazon.com/tags": map[string]any{
			"principal_tags": map[string]any{"k": "b"}}}, ErrInvalidToken, ""},
		{"tag of another type", map[string]any{flatTag + "k": 1}, ErrInvalidToken, notJWT},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := o.Verify(t.Context(), i.provider(), i.token(c.change))
			wantError(t, err, c.kind, c.message)
		})
	}
}

func TestForgedTokens(t *testing.T) {
	i := newIssuer(t)
	o := i.oidc()
	good := i.token(nil)
	parts := strings.Split(good, ".")
	enc := base64.RawURLEncoding.EncodeToString
	public := x509.MarshalPKCS1PublicKey(&rsaKey().PublicKey)
	for name, token := range map[string]string{
		"none":             enc([]byte(`{"alg":"none"}`)) + "." + parts[1] + ".",
		"none with a key":  enc([]byte(`{"alg":"none","kid":"one"}`)) + "." + parts[1] + "." + parts[2],
		"public as secret": sign(t, jose.HS256, public, "one", i.claims(nil)),
		"another's key":    sign(t, jose.RS256, otherRSA(), "one", i.claims(nil)),
		"key in the token": embedKey(t, i),
		"changed claims":   parts[0] + "." + enc(must(json.Marshal(i.claims(map[string]any{"sub": "root"})))) + "." + parts[2],
		"no signature":     parts[0] + "." + parts[1] + ".",
		"two parts":        parts[0] + "." + parts[1],
		"claim twice": parts[0] + "." + enc([]byte(`{"iss":"`+i.server.URL+`","iss":"`+i.server.URL+`"}`)) +
			"." + parts[2],
		"long":  good + strings.Repeat("A", maxToken),
		"empty": "",
	} {
		t.Run(name, func(t *testing.T) {
			_, err := o.Verify(t.Context(), i.provider(), token)
			wantError(t, err, ErrInvalidToken, "")
		})
	}
}

// embedKey signs with a key that the token itself brings along.
func embedKey(t *testing.T, i *issuer) string {
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.RS256, Key: otherRSA()}, &jose.SignerOptions{EmbedJWK: true})
	if err != nil {
		t.Fatal(err)
	}
	return must(must(signer.Sign(must(json.Marshal(i.claims(nil))))).CompactSerialize())
}

func TestPeek(t *testing.T) {
	i := newIssuer(t)
	if got, err := Peek(i.token(nil)); err != nil || got != i.server.URL {
		t.Fatal(got, err)
	}
	_, err := Peek("Atza|opaque")
	wantError(t, err, ErrInvalidToken, notJWT)
}
