package identity

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"net/http"
	"strings"
	"sync"

	"golang.org/x/crypto/argon2"

	"github.com/statordb/stator/internal/awsapi"
)

// The parameters of argon2id for new hashes (OWASP Password Storage Cheat Sheet). Each hash carries its own, so that
// they can be raised.
const (
	hashTime    = 2
	hashMemory  = 19 << 10 // KiB
	hashThreads = 1
	hashSalt    = 16
	hashSize    = 32
)

// How many passwords are hashed at a time, and how many calls may wait for their turn, with hashMemory each at most.
const (
	maxHashing = 2
	maxWaiting = 100
)

// Hash runs fn, which hashes passwords, when it is its turn. Too many calls that wait are refused.
func (s *Store) Hash(ctx context.Context, fn func() error) error {
	if !s.waiting.TryAcquire(1) {
		return &awsapi.Error{Code: "Throttling", Status: http.StatusTooManyRequests, Message: "Too many passwords are being checked. Try again."}
	}
	defer s.waiting.Release(1)
	if err := s.hashing.Acquire(ctx, 1); err != nil {
		return err
	}
	defer s.hashing.Release(1)
	return fn()
}

// nobodysHash is tried for those who have no password, so that they take as long as others.
var nobodysHash = sync.OnceValue(func() string { return HashPassword(newToken()) })

// HashPassword hashes a password with a new salt, in the usual text form of argon2.
func HashPassword(password string) string {
	salt := make([]byte, hashSalt)
	rand.Read(salt) // never fails
	sum := argon2.IDKey([]byte(password), salt, hashTime, hashMemory, hashThreads, hashSize)
	e := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, hashMemory, hashTime, hashThreads,
		e.EncodeToString(salt), e.EncodeToString(sum))
}

// IsPassword says whether a hash is of a password.
func IsPassword(hash, password string) bool {
	parts := strings.Split(hash, "$")
	if len(parts) != 6 || parts[1] != "argon2id" {
		return false
	}
	var version int
	var memory, time uint32
	var threads uint8
	if _, err := fmt.Sscanf(parts[2], "v=%d", &version); err != nil || version != argon2.Version {
		return false
	}
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &memory, &time, &threads); err != nil || time == 0 || threads == 0 {
		return false
	}
	salt, err := base64.RawStdEncoding.DecodeString(parts[4])
	if err != nil {
		return false
	}
	want, err := base64.RawStdEncoding.DecodeString(parts[5])
	if err != nil || len(want) == 0 {
		return false
	}
	got := argon2.IDKey([]byte(password), salt, time, memory, threads, uint32(len(want)))
	return subtle.ConstantTimeCompare(got, want) == 1
}
