package identity

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"strings"
)

// MasterKey encrypts the secrets at rest. It is not in the engine.
type MasterKey [32]byte

// NewMasterKey makes a random one.
func NewMasterKey() (k MasterKey) {
	rand.Read(k[:]) // never fails
	return k
}

// ParseMasterKey reads what Encode wrote.
func ParseMasterKey(text string) (k MasterKey, err error) {
	b, err := base64.StdEncoding.DecodeString(strings.TrimSpace(text))
	if err != nil || len(b) != len(k) {
		return k, errors.New("a master key is 32 bytes in base64") // never with the text in it
	}
	return MasterKey(b), nil
}

// Encode returns the key as text.
func (k MasterKey) Encode() string { return base64.StdEncoding.EncodeToString(k[:]) }

// String keeps the key out of logs.
func (k MasterKey) String() string { return "(master key)" }

// GoString does too.
func (k MasterKey) GoString() string { return k.String() }

// sealVersion is the first byte of what is sealed: AES-256-GCM with a random nonce.
const sealVersion = 1

var errSeal = errors.New("identity: a secret can't be decrypted")

// sealer encrypts secrets, each bound to a name, so that nobody with access to the engine can put the secret of
// one key under another.
type sealer struct{ aead cipher.AEAD }

func newSealer(k MasterKey) (sealer, error) {
	block, err := aes.NewCipher(k[:])
	if err != nil {
		return sealer{}, err
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	return sealer{aead}, err
}

func (s sealer) seal(secret []byte, name string) []byte {
	return s.aead.Seal([]byte{sealVersion}, nil, secret, []byte(name))
}

func (s sealer) open(sealed []byte, name string) ([]byte, error) {
	if len(sealed) == 0 || sealed[0] != sealVersion {
		return nil, errSeal
	}
	secret, err := s.aead.Open(nil, nil, sealed[1:], []byte(name))
	if err != nil {
		return nil, errSeal
	}
	return secret, nil
}
