package portal

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"math/big"
	"net/url"
	"strings"
	"time"

	"github.com/statordb/stator/internal/awsapi"
)

// A DPoP proof (RFC 9449) shows that who sends a token has the key that the token was made for. The clients of "aws login" have a
// key of P-256.

// proofHeader has the proof.
const proofHeader = "Dpop"

const (
	// proofAge is how old a proof may be, or how far in the future as the clocks of two machines differ.
	proofAge = 5 * time.Minute
	maxProof = 4096
	maxJTI   = 256
)

// proof is one that is right.
type proof struct {
	// key is the thumbprint of the key (RFC 7638), id what the proof may be used once by.
	key, id string
	ends    time.Time
}

// keySize is the size of a coordinate on P-256, in bytes.
const keySize = 32

// readProof verifies the proof that a request to a path of this server has; false if it has none that is right. The proof may have
// been used before.
func (p *Portal) readProof(req *awsapi.Request, method, path string) (*proof, bool) {
	texts := req.Header.Values(proofHeader)
	if len(texts) != 1 || len(texts[0]) > maxProof {
		return nil, false
	}
	parts := strings.Split(texts[0], ".")
	if len(parts) != 3 {
		return nil, false
	}
	var header struct {
		Typ, Alg string
		JWK      struct{ Kty, Crv, X, Y, D string }
		Crit     []string
	}
	var claims struct {
		HTM, HTU, JTI string
		IAT           float64
	}
	signature, err := base64.RawURLEncoding.DecodeString(parts[2])
	if err != nil || !readPart(parts[0], &header) || !readPart(parts[1], &claims) {
		return nil, false
	}
	jwk := header.JWK
	if header.Typ != "dpop+jwt" || header.Alg != "ES256" || len(header.Crit) > 0 || jwk.Kty != "EC" || jwk.Crv != "P-256" || jwk.D != "" || len(signature) != 2*keySize {
		return nil, false
	}
	x, okX := coordinate(jwk.X)
	y, okY := coordinate(jwk.Y)
	if !okX || !okY {
		return nil, false
	}
	key, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), append(append([]byte{4}, x...), y...))
	if err != nil {
		return nil, false
	}
	sum := sha256.Sum256([]byte(parts[0] + "." + parts[1]))
	r, s := new(big.Int).SetBytes(signature[:keySize]), new(big.Int).SetBytes(signature[keySize:])
	if !ecdsa.Verify(key, sum[:], r, s) {
		return nil, false
	}
	at := time.Unix(int64(claims.IAT), 0)
	age := p.now().Sub(at)
	if claims.HTM != method || !p.isHere(req, claims.HTU, path) || claims.JTI == "" || len(claims.JTI) > maxJTI || age > proofAge || age < -proofAge {
		return nil, false
	}
	return &proof{thumbprint(x, y), claims.JTI, at.Add(2 * proofAge)}, true
}

func readPart(part string, v any) bool {
	raw, err := base64.RawURLEncoding.DecodeString(part)
	return err == nil && json.Unmarshal(raw, v) == nil
}

// coordinate reads one of a key. The AWS SDK for Go leaves zeros at its beginning out.
func coordinate(text string) ([]byte, bool) {
	raw, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil || len(raw) > keySize {
		return nil, false
	}
	return append(make([]byte, keySize-len(raw), keySize), raw...), true
}

// thumbprint is that of a key (RFC 7638, section 3).
func thumbprint(x, y []byte) string {
	e := base64.RawURLEncoding
	sum := sha256.Sum256([]byte(`{"crv":"P-256","kty":"EC","x":"` + e.EncodeToString(x) + `","y":"` + e.EncodeToString(y) + `"}`))
	return e.EncodeToString(sum[:])
}

// isHere says whether a URL is of a path of this server, as the client knows it. A proxy that is not trusted may have had TLS.
func (p *Portal) isHere(req *awsapi.Request, text, path string) bool {
	u, err := url.Parse(text)
	if err != nil || u.Path != path || u.User != nil {
		return false
	}
	return (strings.EqualFold(u.Host, req.Host) || p.host != "" && strings.EqualFold(u.Host, p.host)) &&
		(u.Scheme == "https" || u.Scheme == "http" && !req.Secure)
}
