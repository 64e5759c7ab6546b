package identity

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"fmt"
	"math/big"
	"net/http"
	"time"

	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/keyspace"
)

// Codes that are mailed to people, to see whether an address is theirs. A short one is easy to type, and to guess, so that it may
// be wrong few times only.
const (
	codeLifetime  = 15 * time.Minute
	maxWrongCodes = 5
)

// mailedCode is what is known of a code. It is worth nothing beside another one's name.
type mailedCode struct {
	// Hash is the code's with its name; nil if no code is right.
	Hash    []byte `json:",omitempty"`
	Expires time.Time
	Wrong   int `json:",omitempty"`
}

// newCode makes a code of six digits.
func newCode() string {
	n, err := rand.Int(rand.Reader, big.NewInt(1e6))
	if err != nil {
		panic(err) // crypto/rand's reader never fails
	}
	return fmt.Sprintf("%06d", n)
}

func hashCode(name, code string) []byte {
	sum := sha256.Sum256([]byte(name + "/" + code))
	return sum[:]
}

// take says whether a code is the right one, and counts it if not.
func (c *mailedCode) take(name, code string, now time.Time) bool {
	if !now.Before(c.Expires) || c.Wrong >= maxWrongCodes {
		return false
	}
	if c.Hash == nil || subtle.ConstantTimeCompare(c.Hash, hashCode(name, code)) != 1 {
		c.Wrong++
		return false
	}
	return true
}

func wrongMailedCode() *awsapi.Error {
	return badRequest("InvalidCode", "The code is not valid, or not any more.")
}

func tooManyRequests() *awsapi.Error {
	return &awsapi.Error{Code: "TooManyAttempts", Status: http.StatusTooManyRequests, Message: "Too many attempts. Try again in some minutes."}
}

// The records of what waits for a code or a choice, all with a member Expires: they are removed after it.
const (
	signUpKind   = "signup"      // by its id
	resetKind    = "reset"       // by account
	newEmailKind = "newemail"    // by account
	usedKind     = "signintoken" // by its id: used sign-in tokens, and used SAML assertions
	choiceKind   = "samlchoice"  // by the hash of the browser's secret
)

func waitingKey(kind, id string) []byte { return keyspace.Identity(kind, id) }
