package sources

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"math/big"
	"time"

	"github.com/statordb/stator/internal/federation"
	"github.com/statordb/stator/internal/kv"
)

// ownKey is the key of this server as a SAML service provider: it signs requests, and decrypts assertions.
type ownKey struct {
	// Key is PKCS #8, sealed under keyName. The certificate, in DER, only carries the public key.
	Key, Certificate []byte
}

const keyName = "sources/saml key"

// certificateLife is long: providers look at the dates, and to replace it is work on both sides.
const certificateLife = 10 * 365 * 24 * time.Hour

type signer struct {
	key         *rsa.PrivateKey
	certificate []byte
}

// signer returns the key, and makes it the first time.
func (s *Service) signer(ctx context.Context) (*signer, error) {
	var rec *ownKey
	read := func(r kv.Reader) (err error) {
		rec, err = get[ownKey](ctx, r, key("key"))
		return err
	}
	if err := s.db.View(ctx, read); err != nil {
		return nil, err
	}
	if rec == nil {
		made, err := s.newKey()
		if err != nil {
			return nil, err
		}
		err = s.db.Update(ctx, func(tx kv.Txn) error {
			if err := tx.Lock(ctx, key("key")); err != nil {
				return err
			}
			if err := read(tx); err != nil || rec != nil {
				return err
			}
			rec = made
			return put(tx, key("key"), made)
		})
		if err != nil {
			return nil, err
		}
	}
	plain, err := s.Unseal(rec.Key, keyName)
	if err != nil {
		return nil, err
	}
	parsed, err := x509.ParsePKCS8PrivateKey(plain)
	if err != nil {
		return nil, err
	}
	private, ok := parsed.(*rsa.PrivateKey)
	if !ok {
		return nil, errors.New("sources: the key for SAML is no RSA key")
	}
	return &signer{private, rec.Certificate}, nil
}

func (s *Service) newKey() (*ownKey, error) {
	private, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return nil, err
	}
	now := s.Now()
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120))
	if err != nil {
		return nil, err
	}
	template := &x509.Certificate{SerialNumber: serial, Subject: pkix.Name{CommonName: "Stator"}, NotBefore: now.Add(-time.Hour),
		NotAfter: now.Add(certificateLife), KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageKeyEncipherment}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &private.PublicKey, private)
	if err != nil {
		return nil, err
	}
	plain, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		return nil, err
	}
	return &ownKey{s.Seal(plain, keyName), der}, nil
}

// Where this server's SAML endpoints are below its origin.
const (
	metadataPath = "/sources/saml/metadata"
	acsPath      = "/sources/saml/acs"
	sloPath      = "/sources/saml/slo"
)

// provider is what this server is to a SAML provider.
func (k *signer) provider(origin string) *federation.ServiceProvider {
	return &federation.ServiceProvider{EntityID: origin + metadataPath, ACS: origin + acsPath, SLO: origin + sloPath, Keys: []*rsa.PrivateKey{k.key}}
}
