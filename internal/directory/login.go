package directory

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"math/big"
	"net/http"
	"strings"
	"sync"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/identity"
	"github.com/statordb/stator/internal/kv"
)

// loginRecord is the password of a user.
type loginRecord struct {
	// Hash is of argon2id, with its parameters and its salt.
	Hash string
	// Once says that it was made by an administrator and is good for setting another one, until Expires.
	Once    bool      `json:",omitempty"`
	Expires time.Time `json:",omitzero"`
	// Changed is when it was set, and Old are the hashes of those before, the latest first.
	Changed time.Time
	Old     []string `json:",omitempty"`
}

func loginKey(user string) []byte { return key("login", user) }

// Passwords are from 8 to 64 characters long, with one of each of four sorts, and not one of the last three ("Password
// requirements when managing identities in IAM Identity Center", IAM Identity Center User Guide).
const (
	minPassword, maxPassword = 8, 64
	oldPasswords             = 3
)

// onceLifetime is how long a password is good that an administrator hands on.
const onceLifetime = 7 * 24 * time.Hour

func passwordRefused(message string) *awsapi.Error {
	return &awsapi.Error{Code: "PasswordPolicyViolation", Status: http.StatusBadRequest, Message: message}
}

func checkPassword(password, userName string) error {
	n := utf8.RuneCountInString(password)
	has := func(is func(rune) bool) bool { return strings.ContainsFunc(password, is) }
	other := func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }
	switch {
	case !utf8.ValidString(password) || n < minPassword || n > maxPassword:
		return passwordRefused("The password has to have from 8 to 64 characters")
	case !has(unicode.IsLower) || !has(unicode.IsUpper) || !has(unicode.IsDigit) || !has(other):
		return passwordRefused("The password has to have a lowercase letter, an uppercase letter, a number, and a character that is none of these")
	case strings.EqualFold(password, userName):
		return passwordRefused("The password has to be another than the user name")
	}
	return nil
}

// newLogin is what the login of a user becomes with another password, if it can have that. It takes long, and is not called in a
// transaction. Old is nil if there was none. When it was set putLogin says.
func (s *Store) newLogin(ctx context.Context, u *User, old *loginRecord, password string) (l *loginRecord, err error) {
	if err := checkPassword(password, u.UserName); err != nil {
		return nil, err
	}
	err = s.opts.Hash(ctx, func() error {
		l = new(loginRecord)
		if old != nil {
			l.Old = append(l.Old, old.Hash)
			l.Old = append(l.Old, old.Old...)
			l.Old = l.Old[:min(len(l.Old), oldPasswords)]
		}
		for _, hash := range l.Old {
			if identity.IsPassword(hash, password) {
				return passwordRefused("The password has to be another than the last three")
			}
		}
		l.Hash = identity.HashPassword(password)
		return nil
	})
	return l, err
}

// same says whether two logins have the same password. Either may be nil.
func (l *loginRecord) same(other *loginRecord) bool {
	if l == nil || other == nil {
		return l == other
	}
	return l.Hash == other.Hash
}

// nobodysHash is tried for those who have no password, so that they take as long as others.
var nobodysHash = sync.OnceValue(func() string { return identity.HashPassword(newToken()) })

// isPassword says whether a password is that of a login, which may be nil.
func (s *Store) isPassword(ctx context.Context, l *loginRecord, password string) (right bool, err error) {
	hash := nobodysHash()
	if l != nil && (!l.Once || s.opts.Now().Before(l.Expires)) {
		hash = l.Hash
	}
	err = s.opts.Hash(ctx, func() error {
		right = len(password) <= 4*maxPassword && identity.IsPassword(hash, password)
		return nil
	})
	return right, err
}

// newToken makes 32 random bytes as text.
func newToken() string {
	var b [32]byte
	rand.Read(b[:]) // never fails
	return base64.RawURLEncoding.EncodeToString(b[:])
}

// newOncePassword makes a password that checkPassword takes and a person can type.
func newOncePassword() string {
	sorts := []string{"abcdefghijkmnpqrstuvwxyz", "ABCDEFGHJKLMNPQRSTUVWXYZ", "23456789", "!#%+=?@"}
	all := strings.Join(sorts, "")
	password := make([]byte, 0, 16)
	for i := range 16 {
		of := all
		if i < len(sorts) {
			of = sorts[i]
		}
		password = append(password, of[random(len(of))])
	}
	for i := range password {
		j := i + random(len(password)-i)
		password[i], password[j] = password[j], password[i]
	}
	return string(password)
}

func random(n int) int {
	i, err := rand.Int(rand.Reader, big.NewInt(int64(n)))
	if err != nil {
		panic(err) // crypto/rand's reader never fails
	}
	return int(i.Int64())
}

// Over says whether what a user began at a time is over, though the user may be well: it has been disabled since then, or has got
// another password.
func (s *Store) Over(ctx context.Context, r kv.Reader, u *User, began time.Time) (bool, error) {
	if u.Suspended.After(began) {
		return true, nil
	}
	l, _, err := get[loginRecord](ctx, r, loginKey(u.ID))
	return l.Changed.After(began), err
}

// StillPassword says whether the password of a user is the one that was set at a time, Proven's, and keeps it so until the transaction
// ends: a sign-in takes long, and must not outlive what ends all that began with the password.
func (s *Store) StillPassword(ctx context.Context, tx kv.Txn, userID string, changed time.Time) (bool, error) {
	if err := tx.Lock(ctx, loginKey(userID)); err != nil {
		return false, err
	}
	l, _, err := get[loginRecord](ctx, tx, loginKey(userID))
	return l.Changed.Equal(changed), err
}

// putLogin writes a login that was made from was, and forgets the links that could set another password. The transaction is
// Change's. The error is a ConflictException if the password is another one meanwhile, or the user can't have one any more.
func (s *Store) putLogin(ctx context.Context, tx kv.Txn, userID string, was, becomes *loginRecord) error {
	if err := tx.Lock(ctx, userKey(userID), loginKey(userID)); err != nil {
		return err
	}
	u, err := s.User(ctx, tx, userID)
	if err != nil {
		return err
	}
	now, err := find[loginRecord](ctx, tx, loginKey(userID))
	if err != nil {
		return err
	}
	if u == nil || u.Disabled || !now.same(was) {
		return &awsapi.Error{Code: "ConflictException", Status: http.StatusConflict, Message: "The user has been changed meanwhile. Try again."}
	}
	if err := s.forgetLinks(ctx, tx, userID); err != nil {
		return err
	}
	becomes.Changed = s.now() // not before the lock: whatever has begun until now is over
	return put(tx, loginKey(userID), becomes)
}

// forgetLogin deletes what proves who a user is.
func (s *Store) forgetLogin(ctx context.Context, tx kv.Txn, userID string) error {
	if err := s.forgetLinks(ctx, tx, userID); err != nil {
		return err
	}
	devices, err := lasts(ctx, tx, "device", userID)
	if err != nil {
		return err
	}
	for _, id := range devices {
		if err := tx.Delete(deviceKey(userID, id)); err != nil {
			return err
		}
	}
	return tx.Delete(loginKey(userID))
}
