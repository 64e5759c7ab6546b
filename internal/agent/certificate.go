package agent

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// Certificate is a Source: the sessions that IAM Roles Anywhere gives for a certificate. Its files are read each time, so that a
// certificate which is renewed in its place is the next one that is used.
type Certificate struct {
	// Endpoint is the URL of the server, and HTTP asks it.
	Endpoint string
	HTTP     aws.HTTPClient
	Region   string
	// CertificateFile and KeyFile are in PEM. ChainFile, or what follows the certificate in its own file, are those that lead to the
	// trust anchor.
	CertificateFile, KeyFile, ChainFile string
	TrustAnchorARN, ProfileARN, RoleARN string
	// SessionName is "" for the certificate's serial number; the profile has to allow any other.
	SessionName string
	// Duration is how long a session is, 0 for as long as the profile says.
	Duration time.Duration
}

// maxAnswer is the longest answer that is read.
const maxAnswer = 256 << 10

// Retrieve implements Source.
func (s *Certificate) Retrieve(ctx context.Context) (c aws.Credentials, err error) {
	pair, err := tls.LoadX509KeyPair(s.CertificateFile, s.KeyFile)
	if err != nil {
		return c, fmt.Errorf("the certificate %s and its key %s: %w", s.CertificateFile, s.KeyFile, err)
	}
	if s.ChainFile != "" {
		more, err := readChain(s.ChainFile)
		if err != nil {
			return c, err
		}
		pair.Certificate = append(pair.Certificate[:1], more...)
	}
	in := map[string]any{"trustAnchorArn": s.TrustAnchorARN, "profileArn": s.ProfileARN, "roleArn": s.RoleARN}
	if s.SessionName != "" {
		in["roleSessionName"] = s.SessionName
	}
	if s.Duration > 0 {
		in["durationSeconds"] = int(s.Duration / time.Second)
	}
	body, err := json.Marshal(in)
	if err != nil {
		return c, err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, strings.TrimSuffix(s.Endpoint, "/")+"/sessions", bytes.NewReader(body))
	if err != nil {
		return c, err
	}
	if err := signX509(r, body, pair, s.Region, time.Now()); err != nil {
		return c, err
	}
	res, err := s.HTTP.Do(r)
	if err != nil {
		return c, err
	}
	defer res.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer))
	if err != nil {
		return c, err
	}
	return readSession(res, answer)
}

// readSession reads the answer of CreateSession.
func readSession(res *http.Response, answer []byte) (c aws.Credentials, err error) {
	if res.StatusCode/100 != 2 {
		var failed struct{ Message string }
		if json.Unmarshal(answer, &failed) != nil || failed.Message == "" {
			failed.Message = res.Status
		}
		return c, fmt.Errorf("CreateSession: %s: %s", res.Header.Get("X-Amzn-Errortype"), failed.Message)
	}
	var out struct {
		CredentialSet []struct {
			Credentials struct {
				AccessKeyID, SecretAccessKey, SessionToken string
				Expiration                                 time.Time
			}
		}
	}
	if json.Unmarshal(answer, &out) != nil || len(out.CredentialSet) == 0 {
		return c, errors.New("CreateSession: the answer has no credentials")
	}
	got := out.CredentialSet[0].Credentials
	return aws.Credentials{AccessKeyID: got.AccessKeyID, SecretAccessKey: got.SecretAccessKey, SessionToken: got.SessionToken, CanExpire: true, Expires: got.Expiration}, nil
}

// readChain reads certificates in PEM, and returns them in DER.
func readChain(file string) (chain [][]byte, err error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	for {
		var block *pem.Block
		if block, text = pem.Decode(text); block == nil {
			break
		}
		if block.Type == "CERTIFICATE" {
			chain = append(chain, block.Bytes)
		}
	}
	if chain == nil {
		return nil, fmt.Errorf("%s has no certificates in PEM", file)
	}
	return chain, nil
}

// signX509 signs a request with the key of a certificate ("The IAM Roles Anywhere authentication signing process", IAM Roles
// Anywhere User Guide). The URL has no query.
func signX509(r *http.Request, body []byte, pair tls.Certificate, region string, now time.Time) error {
	own, err := x509.ParseCertificate(pair.Certificate[0])
	if err != nil {
		return err
	}
	algorithm := "AWS4-X509-RSA-SHA256"
	switch pair.PrivateKey.(type) {
	case *rsa.PrivateKey:
	case *ecdsa.PrivateKey:
		algorithm = "AWS4-X509-ECDSA-SHA256"
	default:
		return errors.New("the key of the certificate is neither RSA nor of an elliptic curve that ECDSA has")
	}
	date := now.UTC().Format("20060102T150405Z")
	headers := map[string]string{"content-type": "application/json", "host": r.URL.Host, "x-amz-date": date, "x-amz-x509": base64.StdEncoding.EncodeToString(own.Raw)}
	var chain []string
	for _, der := range pair.Certificate[1:] {
		chain = append(chain, base64.StdEncoding.EncodeToString(der))
	}
	if chain != nil {
		headers["x-amz-x509-chain"] = strings.Join(chain, ",")
	}
	var names []string
	for name, value := range headers {
		names = append(names, name)
		r.Header.Set(name, value)
	}
	r.Header.Del("Host") // it goes its own way
	slices.Sort(names)
	text := r.Method + "\n" + r.URL.EscapedPath() + "\n\n"
	for _, name := range names {
		text += name + ":" + headers[name] + "\n"
	}
	signed := strings.Join(names, ";")
	text += "\n" + signed + "\n" + hexSum(body)
	scope := date[:8] + "/" + region + "/rolesanywhere/aws4_request"
	sum := sha256.Sum256([]byte(algorithm + "\n" + date + "\n" + scope + "\n" + hexSum([]byte(text))))
	signature, err := pair.PrivateKey.(crypto.Signer).Sign(rand.Reader, sum[:], crypto.SHA256)
	if err != nil {
		return err
	}
	r.Header.Set("Authorization", algorithm+" Credential="+own.SerialNumber.String()+"/"+scope+", SignedHeaders="+signed+", Signature="+hex.EncodeToString(signature))
	return nil
}

func hexSum(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}
