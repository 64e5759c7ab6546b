package clients

import (
	"crypto"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base32"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"math/big"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials/stscreds"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"github.com/statordb/stator/tests/harness"
)

// What clients take credentials from, other than the server: an identity provider, a container's endpoint, a device.

// issuer is an OpenID Connect provider: discovery and keys over TLS, whose certificate no authority has signed, so that
// IAM knows it by its thumbprint alone.
type issuer struct {
	url, thumbprint string
	key             *rsa.PrivateKey
}

func startIssuer(t *testing.T) *issuer {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	must(t, "make a key", err)
	i := &issuer{key: key}
	answer := func(value func() any) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			_ = json.NewEncoder(w).Encode(value())
		}
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /.well-known/openid-configuration", answer(func() any {
		return map[string]any{
			"issuer": i.url, "jwks_uri": i.url + "/keys", "response_types_supported": []string{"id_token"},
			"subject_types_supported": []string{"public"}, "id_token_signing_alg_values_supported": []string{"RS256"},
		}
	}))
	mux.HandleFunc("GET /keys", answer(func() any {
		return map[string]any{"keys": []map[string]string{{
			"kty": "RSA", "use": "sig", "alg": "RS256", "kid": "the-only-key",
			"n": b64(key.N.Bytes()), "e": b64(big.NewInt(int64(key.E)).Bytes()),
		}}}
	}))
	server := httptest.NewTLSServer(mux)
	t.Cleanup(server.Close)
	sum := sha1.Sum(server.Certificate().Raw)
	i.url, i.thumbprint = server.URL, hex.EncodeToString(sum[:])
	return i
}

// register makes IAM know the issuer.
func (i *issuer) register(t *testing.T) {
	t.Helper()
	i.registerFor(t, "application")
}

func (i *issuer) registerFor(t *testing.T, audience string) {
	t.Helper()
	_, err := admin(t).CreateOpenIDConnectProvider(t.Context(), &iam.CreateOpenIDConnectProviderInput{
		Url: &i.url, ClientIDList: []string{audience}, ThumbprintList: []string{i.thumbprint},
	})
	must(t, "create OpenID Connect provider", err)
}

// trust lets the issuer's user alice of the application assume a role in an account.
func (i *issuer) trust(account string) string {
	name := strings.TrimPrefix(i.url, "https://")
	return fmt.Sprintf(`{"Effect":"Allow","Principal":{"Federated":"arn:aws:iam::%[1]s:oidc-provider/%[2]s"},
		"Action":"sts:AssumeRoleWithWebIdentity","Condition":{"StringEquals":{"%[2]s:aud":"application","%[2]s:sub":"alice"}}}`, account, name)
}

// trusting lets whoever the issuer vouches for assume a role on conditions, in which ISSUER is the issuer.
func (i *issuer) trusting(account, conditions string) string {
	name := strings.TrimPrefix(i.url, "https://")
	return fmt.Sprintf(`{"Effect":"Allow","Principal":{"Federated":"arn:aws:iam::%s:oidc-provider/%s"},"Action":"sts:AssumeRoleWithWebIdentity","Condition":%s}`,
		account, name, strings.ReplaceAll(conditions, "ISSUER", name))
}

// tokenFile is a file with a token of the issuer's user, as an orchestrator mounts one.
func (i *issuer) tokenFile(t *testing.T, subject string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "token")
	write(t, path, i.token(t, map[string]any{"sub": subject, "aud": "application"}))
	return path
}

// token is one of the issuer with those claims, besides those that all have.
func (i *issuer) token(t *testing.T, claims map[string]any) string {
	t.Helper()
	now := time.Now()
	all := map[string]any{"iss": i.url, "iat": now.Unix(), "nbf": now.Unix(), "exp": now.Add(10 * time.Minute).Unix()}
	maps.Copy(all, claims)
	h, _ := json.Marshal(map[string]any{"alg": "RS256", "typ": "JWT", "kid": "the-only-key"})
	c, _ := json.Marshal(all)
	text := b64(h) + "." + b64(c)
	sum := sha256.Sum256([]byte(text))
	signature, err := rsa.SignPKCS1v15(rand.Reader, i.key, crypto.SHA256, sum[:])
	must(t, "sign a token", err)
	return text + "." + b64(signature)
}

func b64(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

// container is what an orchestrator runs beside a container: an endpoint that answers whoever has its token with new
// keys of a role's session "task".
type container struct {
	url, token string
	role       part
	given      atomic.Int32 // how many keys it gave
}

func startContainer(t *testing.T, r part) *container {
	t.Helper()
	c := &container{role: r, token: "Bearer " + strings.ReplaceAll(t.Name(), "/", ".")}
	client := sts.NewFromConfig(config(t, harness.Shared(t).Config.Credentials))
	provider := stscreds.NewAssumeRoleProvider(client, r.arn, func(o *stscreds.AssumeRoleOptions) {
		o.RoleSessionName, o.Duration = "task", time.Hour // clients renew keys that end within 15 minutes
	})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		if q.Header.Get("Authorization") != c.token {
			w.WriteHeader(http.StatusUnauthorized)
			_ = json.NewEncoder(w).Encode(map[string]string{"code": "Unauthorized", "message": "no token"})
			return
		}
		keys, err := provider.Retrieve(q.Context())
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		c.given.Add(1)
		_ = json.NewEncoder(w).Encode(map[string]string{
			"AccessKeyId": keys.AccessKeyID, "SecretAccessKey": keys.SecretAccessKey, "Token": keys.SessionToken,
			"Expiration": keys.Expires.UTC().Format(time.RFC3339), "RoleArn": r.arn, "AccountId": keys.AccountID,
		})
	}))
	t.Cleanup(server.Close)
	c.url = server.URL + "/credentials"
	return c
}

// device is a virtual MFA device: a TOTP of RFC 6238 with 6 digits, 30 seconds and SHA-1.
type device struct {
	serial string
	secret []byte
}

// withDevice gives a user a new device. It uses up the codes of the last step and of this one.
func withDevice(t *testing.T, u person) device {
	t.Helper()
	out, err := admin(t).CreateVirtualMFADevice(t.Context(), &iam.CreateVirtualMFADeviceInput{VirtualMFADeviceName: &u.name})
	must(t, "create virtual MFA device", err)
	d := deviceOf(t, *out.VirtualMFADevice.SerialNumber, string(out.VirtualMFADevice.Base32StringSeed))
	_, err = admin(t).EnableMFADevice(t.Context(), &iam.EnableMFADeviceInput{
		UserName: &u.name, SerialNumber: &d.serial, AuthenticationCode1: aws.String(d.code(-1)), AuthenticationCode2: aws.String(d.code(0)),
	})
	must(t, "enable MFA device", err)
	return d
}

func deviceOf(t *testing.T, serial, seed string) device {
	t.Helper()
	secret, err := base32.StdEncoding.DecodeString(seed)
	must(t, "decode the seed", err)
	return device{serial, secret}
}

// code is what the device shows so many steps from now. The next one, which a server takes too, is good for one
// authentication after the device is enabled. No step ends within the next two seconds, if it can be helped.
func (d device) code(steps int) string {
	const step = 30 * time.Second
	if left := step - time.Duration(time.Now().UnixNano())%step; left < 2*time.Second {
		time.Sleep(left + 10*time.Millisecond)
	}
	mac := hmac.New(sha1.New, d.secret)
	_ = binary.Write(mac, binary.BigEndian, time.Now().Unix()/30+int64(steps))
	sum := mac.Sum(nil)
	at := sum[len(sum)-1] & 0xf
	return fmt.Sprintf("%06d", (binary.BigEndian.Uint32(sum[at:])&0x7fffffff)%1_000_000)
}
