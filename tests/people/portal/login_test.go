package portal

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/google/uuid"
)

// awsLogin is what "aws login" does, with a person who allows it: the result is in the tools' cache. The credentials are said to be
// over, so that whoever uses them refreshes them before. It returns the name of the login session.
func (h *home) awsLogin(b *browser) (session string) {
	h.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(h.T, err)
	const client, redirect, verifier = "arn:aws:signin:::devtools/same-device", "http://127.0.0.1:4321/oauth/callback", "0123456789-0123456789-0123456789-0123456789-0123456789"
	q := url.Values{"response_type": {"code"}, "client_id": {client}, "state": {"s"}, "code_challenge_method": {"SHA-256"}, "scope": {"openid"}, "redirect_uri": {redirect}}
	id := b.open(b.Endpoint + "/v1/authorize?" + q.Encode() + "&code_challenge=" + challenge(verifier))
	to, err := url.Parse(b.ask("POST", "/signin/login", fields{"Id": id, "Allow": true})["Location"].(string))
	must(h.T, err)
	at := b.Endpoint + "/v1/token"
	body, err := json.Marshal(fields{"clientId": client, "grantType": "authorization_code", "code": to.Query().Get("code"), "redirectUri": redirect, "codeVerifier": verifier})
	must(h.T, err)
	r, err := http.NewRequestWithContext(h.Context(), http.MethodPost, at, bytes.NewReader(body))
	must(h.T, err)
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("DPoP", h.proof(key, at))
	res, err := http.DefaultClient.Do(r)
	must(h.T, err)
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	must(h.T, err)
	if res.StatusCode != http.StatusOK {
		h.Fatalf("the token: %d %s", res.StatusCode, raw)
	}
	var out struct {
		AccessToken                      map[string]string
		TokenType, RefreshToken, IDToken string
	}
	must(h.T, json.Unmarshal(raw, &out))
	claims, err := base64.RawURLEncoding.DecodeString(strings.Split(out.IDToken, ".")[1])
	must(h.T, err)
	var id2 struct{ Sub string }
	must(h.T, json.Unmarshal(claims, &id2))
	der, err := x509.MarshalECPrivateKey(key)
	must(h.T, err)
	out.AccessToken["accountId"] = b.Account
	out.AccessToken["expiresAt"] = time.Now().Add(-time.Minute).UTC().Format(time.RFC3339)
	out.AccessToken["secretAccessKey"] = "of before"
	text, err := json.Marshal(fields{"accessToken": out.AccessToken, "tokenType": out.TokenType, "clientId": client, "refreshToken": out.RefreshToken, "idToken": out.IDToken,
		"dpopKey": string(pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: der}))})
	must(h.T, err)
	h.write(loginCache(id2.Sub), string(text))
	return id2.Sub
}

// proof is a DPoP proof.
func (h *home) proof(key *ecdsa.PrivateKey, at string) string {
	h.Helper()
	e := base64.RawURLEncoding
	point, err := key.PublicKey.Bytes()
	must(h.T, err)
	encode := func(v any) string {
		raw, err := json.Marshal(v)
		must(h.T, err)
		return e.EncodeToString(raw)
	}
	text := encode(fields{"typ": "dpop+jwt", "alg": "ES256", "jwk": fields{"kty": "EC", "crv": "P-256", "x": e.EncodeToString(point[1:33]), "y": e.EncodeToString(point[33:])}}) +
		"." + encode(fields{"htm": "POST", "htu": at, "iat": time.Now().Unix(), "jti": uuid.NewString()})
	sum := sha256.Sum256([]byte(text))
	r, s, err := ecdsa.Sign(rand.Reader, key, sum[:])
	must(h.T, err)
	return text + "." + e.EncodeToString(append(r.FillBytes(make([]byte, 32)), s.FillBytes(make([]byte, 32))...))
}
