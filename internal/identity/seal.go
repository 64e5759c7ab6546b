package identity

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/sha256"
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

// ParseMasterKeys reads master keys as Encode writes them, separated by white space, the one in use first.
func ParseMasterKeys(text string) (keys []MasterKey, err error) {
	for _, word := range strings.Fields(text) {
		b, err := base64.StdEncoding.DecodeString(word)
		if err != nil || len(b) != len(MasterKey{}) {
			return nil, errNoMasterKey // never with the text in it
		}
		keys = append(keys, MasterKey(b))
	}
	if keys == nil {
		return nil, errNoMasterKey
	}
	return keys, nil
}

var errNoMasterKey = errors.New("a master key is 32 bytes in base64")

// Encode returns the key as text.
func (k MasterKey) Encode() string { return base64.StdEncoding.EncodeToString(k[:]) }

// String keeps the key out of logs.
func (k MasterKey) String() string { return "(master key)" }

// GoString does too.
func (k MasterKey) GoString() string { return k.String() }

// sealVersion is the first byte of what is sealed: the id of the key follows, and AES-256-GCM with a random nonce.
const sealVersion = 1

// sealID is the size of the id of a key in what is sealed, in bytes.
const sealID = 4

var errSeal = errors.New("identity: a secret can't be decrypted")

// sealer encrypts secrets, each bound to a name, so that nobody with access to the engine can put the secret of
// one key under another.
type sealer struct {
	// keys are those that it can decrypt with; it encrypts with the first.
	keys []sealKey
}

type sealKey struct {
	id   [sealID]byte
	aead cipher.AEAD
}

func newSealer(keys ...MasterKey) (s sealer, err error) {
	for _, k := range keys {
		block, err := aes.NewCipher(k[:])
		if err != nil {
			return s, err
		}
		aead, err := cipher.NewGCMWithRandomNonce(block)
		if err != nil {
			return s, err
		}
		sum := sha256.Sum256(append([]byte("stator key id"), k[:]...))
		s.keys = append(s.keys, sealKey{[sealID]byte(sum[:]), aead})
	}
	return s, nil
}

func (s sealer) seal(secret []byte, name string) []byte {
	key := &s.keys[0]
	return key.aead.Seal(append([]byte{sealVersion}, key.id[:]...), nil, secret, []byte(name))
}

func (s sealer) open(sealed []byte, name string) ([]byte, error) {
	if len(sealed) <= sealID || sealed[0] != sealVersion {
		return nil, errSeal
	}
	for i := range s.keys {
		if key := &s.keys[i]; string(key.id[:]) == string(sealed[1:1+sealID]) {
			if secret, err := key.aead.Open(nil, nil, sealed[1+sealID:], []byte(name)); err == nil {
				return secret, nil
			}
		}
	}
	return nil, errSeal
}

// sealed is the size of n bytes when they are sealed.
func sealed(n int) int { return 1 + sealID + 12 + n + 16 }

// current says whether something was encrypted with the key in use.
func (s sealer) current(sealed []byte) bool {
	return len(sealed) > sealID && string(s.keys[0].id[:]) == string(sealed[1:1+sealID])
}
