package identity

import (
	"crypto"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"io"
	"log"
	"maps"
	"math/big"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
)

// issuer is an OpenID Connect provider: discovery and keys over TLS, whose certificate no authority has signed, so that
// IAM knows it by its thumbprint alone.
type issuer struct {
	url        string // the iss of its tokens
	thumbprint string
	key        *rsa.PrivateKey
}

const keyID = "the-only-key"

// rsaKey is one key for all tests: they are slow to make.
var rsaKey = sync.OnceValue(func() *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return key
})

// startIssuer starts an issuer at a URL with a path.
func startIssuer(t *testing.T) issuer {
	t.Helper()
	i := issuer{key: rsaKey()}
	answer := func(value func() any) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			_ = json.NewEncoder(w).Encode(value())
		}
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /tenant/.well-known/openid-configuration", answer(func() any {
		return map[string]any{
			"issuer": i.url, "jwks_uri": i.url + "/keys", "authorization_endpoint": i.url + "/authorize",
			"response_types_supported": []string{"id_token"}, "subject_types_supported": []string{"public"},
			"id_token_signing_alg_values_supported": []string{"RS256"}, "claims_supported": []string{"sub", "aud", "iss", "exp", "iat"},
		}
	}))
	mux.HandleFunc("GET /tenant/keys", answer(func() any {
		return map[string]any{"keys": []map[string]string{{
			"kty": "RSA", "use": "sig", "alg": "RS256", "kid": keyID,
			"n": b64(i.key.N.Bytes()), "e": b64(big.NewInt(int64(i.key.E)).Bytes()),
		}}}
	}))
	// Another issuer on the same host, whose keys are, for this server, the same.
	mux.HandleFunc("GET /TENANT/.well-known/openid-configuration", answer(func() any {
		return map[string]any{"issuer": strings.TrimSuffix(i.url, "/tenant") + "/TENANT", "jwks_uri": i.url + "/keys"}
	}))
	server := httptest.NewUnstartedServer(mux)
	server.Config.ErrorLog = log.New(io.Discard, "", 0) // one test is about a certificate that IAM refuses
	server.StartTLS()
	t.Cleanup(server.Close)
	i.url, i.thumbprint = server.URL+"/tenant", thumbprint(server.Certificate())
	return i
}

func thumbprint(c *x509.Certificate) string {
	sum := sha1.Sum(c.Raw)
	return hex.EncodeToString(sum[:])
}

// name is the issuer as condition keys and ARNs have it.
func (i issuer) name() string { return strings.TrimPrefix(i.url, "https://") }

func (i issuer) arn() string { return "arn:aws:iam::" + account + ":oidc-provider/" + i.name() }

// register makes IAM know the issuer, with those audiences.
func (i issuer) register(t *testing.T, audiences ...string) {
	t.Helper()
	out, err := admin().CreateOpenIDConnectProvider(t.Context(), &iam.CreateOpenIDConnectProviderInput{
		Url: &i.url, ClientIDList: audiences, ThumbprintList: []string{i.thumbprint},
	})
	must(t, "create OpenID Connect provider", err)
	if *out.OpenIDConnectProviderArn != i.arn() {
		t.Errorf("provider %s, want %s", *out.OpenIDConnectProviderArn, i.arn())
	}
	t.Cleanup(func() {
		_, _ = admin().DeleteOpenIDConnectProvider(t.Context(), &iam.DeleteOpenIDConnectProviderInput{OpenIDConnectProviderArn: aws.String(i.arn())})
	})
}

// trusting is a trust policy's statement for the issuer, with conditions given as claim=value.
func (i issuer) trusting(actions string, claims ...string) string {
	s := `{"Effect":"Allow","Principal":{"Federated":"` + i.arn() + `"},"Action":["` + strings.Join(strings.Fields(actions), `","`) + `"]`
	if len(claims) > 0 {
		equal := map[string]string{}
		for _, c := range claims {
			claim, value, _ := strings.Cut(c, "=")
			equal[i.name()+":"+claim] = value
		}
		text, _ := json.Marshal(map[string]any{"StringEquals": equal})
		s += `,"Condition":` + string(text)
	}
	return s + "}"
}

// claims are those of a good token, changed by more; a nil value takes a claim away.
func (i issuer) claims(more map[string]any) map[string]any {
	now := time.Now()
	all := map[string]any{"iss": i.url, "sub": "alice", "aud": "application", "iat": now.Unix(), "exp": now.Add(10 * time.Minute).Unix()}
	maps.Copy(all, more)
	maps.DeleteFunc(all, func(_ string, v any) bool { return v == nil })
	return all
}

// token is a good token, changed by more.
func (i issuer) token(more map[string]any) string {
	return signed(map[string]any{"alg": "RS256", "typ": "JWT", "kid": keyID}, i.claims(more), i.key)
}

// signed is a JWT. key is an *rsa.PrivateKey, a []byte for HS256, or nil for no signature.
func signed(header, claims map[string]any, key any) string {
	h, _ := json.Marshal(header)
	c, _ := json.Marshal(claims)
	text := b64(h) + "." + b64(c)
	sum := sha256.Sum256([]byte(text))
	var signature []byte
	switch key := key.(type) {
	case *rsa.PrivateKey:
		signature, _ = rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA256, sum[:])
	case []byte:
		mac := hmac.New(sha256.New, key)
		mac.Write([]byte(text))
		signature = mac.Sum(nil)
	}
	return text + "." + b64(signature)
}

func b64(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }
