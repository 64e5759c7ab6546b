package identity

import (
	"crypto/rand"
	"encoding/base32"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"math/big"
	"strconv"
	"strings"
)

// AccessKey is an access key with its secret, as its owner gets it once.
type AccessKey struct{ ID, Secret string }

// String keeps the secret out of logs.
func (k AccessKey) String() string { return k.ID }

// GoString does too.
func (k AccessKey) GoString() string { return k.ID }

const (
	longTerm    = "AKIA" // the prefixes of access keys ("IAM identifiers", IAM User Guide)
	temporary   = "ASIA"
	accessKeyID = 20 // bytes
	secretKey   = 40 // bytes
)

// AWS writes ids in this alphabet, and in an access key's the account: 40 bits after the first.
var idEncoding = base32.StdEncoding

// NewAccessKey makes a random long-term access key of an account.
func NewAccessKey(account string) (AccessKey, error) { return newAccessKey(longTerm, account) }

func newAccessKey(prefix, account string) (AccessKey, error) {
	n, err := parseAccount(account)
	if err != nil {
		return AccessKey{}, err
	}
	var id [10]byte
	rand.Read(id[:])
	head := uint64(id[5]&0x7f) | n<<7 | 1<<47
	var b [8]byte
	binary.BigEndian.PutUint64(b[:], head)
	copy(id[:6], b[2:])
	var secret [secretKey * 3 / 4]byte
	rand.Read(secret[:])
	return AccessKey{prefix + idEncoding.EncodeToString(id[:]), base64.StdEncoding.EncodeToString(secret[:])}, nil
}

// Check says what is wrong with the form of an access key that was given from outside.
func (k AccessKey) Check() error {
	id, ok := strings.CutPrefix(k.ID, longTerm)
	if _, err := idEncoding.DecodeString(id); !ok || err != nil || len(k.ID) != accessKeyID {
		return errors.New("an access key id is AKIA and 16 letters or digits 2 to 7")
	}
	if len(k.Secret) < secretKey {
		return errors.New("a secret access key has 40 characters")
	}
	return nil
}

// Account returns the account that the id of a well-formed access key names.
func (k AccessKey) Account() string { return accountOfKey(k.ID) }

// accountOfKey returns the account that an access key id names, "" if it can't be one.
func accountOfKey(key string) string {
	if len(key) != accessKeyID {
		return ""
	}
	id, err := idEncoding.DecodeString(key[len(longTerm):])
	if err != nil {
		return ""
	}
	n := binary.BigEndian.Uint64(append([]byte{0, 0}, id[:6]...)) >> 7 & (1<<40 - 1)
	return formatAccount(n)
}

// NewAccount makes a random account id.
func NewAccount() string {
	// From 10^11, so that no tool that reads it as a number loses a leading zero.
	n, err := rand.Int(rand.Reader, big.NewInt(9e11))
	if err != nil {
		panic(err) // crypto/rand's reader never fails
	}
	return formatAccount(n.Uint64() + 1e11)
}

// CheckAccount says whether text is an account id: 12 digits.
func CheckAccount(text string) error {
	_, err := parseAccount(text)
	return err
}

func parseAccount(text string) (uint64, error) {
	n, err := strconv.ParseUint(text, 10, 64)
	if err != nil || len(text) != 12 {
		return 0, errors.New("an account id has 12 digits")
	}
	return n, nil
}

func formatAccount(n uint64) string {
	s := strconv.FormatUint(n, 10)
	return strings.Repeat("0", max(0, 12-len(s))) + s
}

// newID makes a unique id: AIDA for users, AGPA for groups.
func newID(prefix string) string {
	var b [11]byte
	rand.Read(b[:])
	return prefix + idEncoding.EncodeToString(b[:])[:17]
}

// newToken makes a one-time token.
func newToken() string { return rand.Text() }
