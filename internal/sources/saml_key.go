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

// ownKey is a key of this server as a SAML service provider: it signs requests, and decrypts assertions.
type ownKey struct {
	// Key is PKCS #8, sealed under keyName. The certificate, in DER, only carries the public key.
	Key, Certificate []byte
}

// ownKeys are the keys at a time. To another one leads a rotation of two steps, as providers have to know a key before it signs: the next
// one is published, and when all providers have read the metadata, it signs. What was encrypted with the one before can be read until the
// next rotation.
type ownKeys struct {
	ownKey
	Next, Previous *ownKey `json:",omitempty"`
}

const keyName = "sources/saml key"

// certificateLife is long: providers look at the dates, and to replace it is work on both sides.
const certificateLife = 10 * 365 * 24 * time.Hour

// signer is this server as a service provider, at a time.
type signer struct {
	key         *rsa.PrivateKey
	certificate []byte
	// published are the certificates that providers get to know, the one that signs first, and all are the keys that decrypt.
	published [][]byte
	all       []*rsa.PrivateKey
	of        *ownKeys
}

func readKeys(ctx context.Context, r kv.Reader) (*ownKeys, error) {
	return get[ownKeys](ctx, r, key("key"))
}

// signer returns the keys, and makes the first one the first time.
func (s *Service) signer(ctx context.Context) (*signer, error) {
	var rec *ownKeys
	err := s.db.View(ctx, func(r kv.Reader) (err error) {
		rec, err = readKeys(ctx, r)
		return err
	})
	if err == nil && rec == nil {
		rec, err = s.changeKeys(ctx, func(*ownKeys, *ownKey) error { return nil })
	}
	if err != nil {
		return nil, err
	}
	k := &signer{of: rec, certificate: rec.Certificate, published: [][]byte{rec.Certificate}}
	if k.key, err = s.open(&rec.ownKey); err != nil {
		return nil, err
	}
	k.all = []*rsa.PrivateKey{k.key}
	if rec.Next != nil {
		k.published = append(k.published, rec.Next.Certificate)
	}
	for _, other := range []*ownKey{rec.Next, rec.Previous} {
		if other == nil {
			continue
		}
		private, err := s.open(other)
		if err != nil {
			return nil, err
		}
		k.all = append(k.all, private)
	}
	return k, nil
}

// changeKeys changes the keys. It gives fn a new one, which is the first if there was none.
func (s *Service) changeKeys(ctx context.Context, fn func(keys *ownKeys, made *ownKey) error) (keys *ownKeys, err error) {
	made, err := s.newKey()
	if err != nil {
		return nil, err
	}
	err = s.db.Update(ctx, func(tx kv.Txn) error {
		if err := tx.Lock(ctx, key("key")); err != nil {
			return err
		}
		if keys, err = readKeys(ctx, tx); err != nil {
			return err
		}
		if keys == nil {
			keys = &ownKeys{ownKey: *made}
		}
		if err := fn(keys, made); err != nil {
			return err
		}
		return put(tx, key("key"), keys)
	})
	return keys, err
}

// open is the private key of one.
func (s *Service) open(of *ownKey) (*rsa.PrivateKey, error) {
	plain, err := s.Unseal(of.Key, keyName)
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
	return private, nil
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
	return &federation.ServiceProvider{EntityID: origin + metadataPath, ACS: origin + acsPath, SLO: origin + sloPath, Keys: k.all}
}
