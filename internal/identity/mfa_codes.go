package identity

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/hotp"

	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/keyspace"
	"github.com/statordb/stator/internal/kv"
	"github.com/statordb/stator/internal/policy"
)

// mfaRecord is a virtual MFA device. Its name is its path and its name without the first slash, so that its ARN is that
// of any entity.
type mfaRecord struct {
	entity
	// Seed is the secret that the device shares with us, in base32, sealed under mfaSeedName.
	Seed []byte
	// Owner is the id of the user it is enabled for, the account for the root user, "" for nobody.
	Owner   string    `json:",omitempty"`
	Enabled time.Time `json:",omitzero"`
	MFACodes
}

// MFACodes is what is known of the codes of a device, and part of its record. Whoever has Use or Sync take codes writes it down, also if
// they were wrong.
type MFACodes struct {
	// Used is the step of the last code that was right. It and all before it prove nothing any more.
	Used int64 `json:",omitempty"`
	// Offset is how many steps the device's clock is ahead of ours.
	Offset int64 `json:",omitempty"`
	// Wrong is how many codes in a row were wrong, and Closed until when none is looked at.
	Wrong  int       `json:",omitempty"`
	Closed time.Time `json:",omitzero"`
}

func mfaSeedName(id string) string { return "mfa/" + id }

// deviceKey is the index of the MFA devices that are enabled for a user, or for the root user.
func deviceKey(account, owner, id string) []byte {
	return keyspace.Identity("device", account, owner, id)
}

// The codes are those of RFC 6238 as authenticator apps make them: HMAC-SHA-1, a step of 30 seconds, six digits.
const (
	mfaStep = 30 // seconds
	// mfaSkew is how many steps a code may be early or late, and mfaSync how many the first two codes of a device, or
	// those that bring it back into step.
	mfaSkew = 1
	mfaSync = 20
)

// A device of which maxWrong codes in a row were wrong is closed: nothing proves anything for a while, which doubles
// with each further wrong code. Whoever guesses gets about 100 tries a day at one in 333,000 each; whoever has the device
// waits a quarter of an hour at most. It is stored, so that it holds on every server. An answer does not tell a closed device from
// a wrong code: a guess made meanwhile must not be known to have been right.
const (
	maxWrong  = 5
	minClosed = 30 * time.Second
	maxClosed = 15 * time.Minute
)

// isCode says whether a code is the one of a step. It takes as long for a wrong one.
func isCode(seed string, step int64, code string) bool {
	ok, err := hotp.ValidateCustom(code, uint64(step), seed, hotp.ValidateOpts{Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1})
	return ok && err == nil
}

func stepOf(now time.Time) int64 { return now.Unix() / mfaStep }

// Use takes a code, if it is right and neither it nor a later one was used.
func (c *MFACodes) Use(seed, code string, now time.Time) bool {
	if now.Before(c.Closed) {
		return false
	}
	at, used := stepOf(now)+c.Offset, int64(0)
	for step := at - mfaSkew; step <= at+mfaSkew; step++ {
		if isCode(seed, step, code) {
			used = step
		}
	}
	if used != 0 && used <= c.Used {
		return false // not a guess: someone is in a hurry
	}
	return c.took(used, now)
}

// Sync takes two codes of which one comes after the other, and learns from them what time it is on the device. Of codes
// that were made too long ago it learns the wrong time, and has to be brought into step again, as on AWS.
func (c *MFACodes) Sync(seed, first, second string, now time.Time) bool {
	if now.Before(c.Closed) {
		return false
	}
	at, used := stepOf(now), int64(0)
	for away := int64(mfaSync); away >= 0; away-- { // the nearest is the last
		for _, step := range []int64{at - away, at + away} {
			if isCode(seed, step-1, first) && isCode(seed, step, second) && step-1 > c.Used {
				used = step
			}
		}
	}
	if used != 0 {
		if c.Offset = used - at; -mfaSkew <= c.Offset && c.Offset <= mfaSkew {
			c.Offset = 0 // it took a moment to type them
		}
	}
	return c.took(used, now)
}

// took notes that the code of a step was used, or, if it is 0, that one was wrong.
func (c *MFACodes) took(step int64, now time.Time) bool {
	if step != 0 {
		c.Used, c.Wrong, c.Closed = step, 0, time.Time{}
		return true
	}
	if c.Wrong++; c.Wrong >= maxWrong {
		c.Closed = now.Add(min(minClosed<<min(c.Wrong-maxWrong, 10), maxClosed))
	}
	return false
}

var (
	errNoDevice  = errors.New("identity: no such MFA device of this user")
	errWrongCode = errors.New("identity: wrong MFA code")
)

// useMFA takes a code of a device of a user, or of the root user, whose id is the account. The error is errNoDevice,
// errWrongCode, or the engine's.
//
// It is a transaction of its own, and must not be called within another: a wrong code has to be counted whatever becomes
// of the request. It changes nothing that is cached, and so does not go through Store.change: it holds the lock of the
// device alone. All that changes devices there writes the same key, so that the two never miss each other.
func (s *Store) useMFA(ctx context.Context, account, owner, serial, code string) error {
	var id string
	err := s.db.View(ctx, func(r kv.Reader) (err error) {
		v := &view{ctx: ctx, r: r, s: s, account: account}
		name, ok := v.providerName(mfaKind, serial)
		if ok && len(serial) <= maxSerial {
			id, err = v.idOf(mfaKind, name)
		}
		return err
	})
	if err != nil {
		return err
	}
	if id == "" || owner == "" {
		return errNoDevice
	}
	right := false
	err = s.db.Update(ctx, func(tx kv.Txn) error {
		key := entityKey(account, mfaKind, id)
		if err := tx.Lock(ctx, key); err != nil {
			return err
		}
		d, ok, err := get[mfaRecord](ctx, tx, key)
		if err != nil {
			return err
		}
		if !ok || d.Owner != owner || d.arn(account, mfaKind) != serial {
			return errNoDevice
		}
		seed, err := s.seal.open(d.Seed, mfaSeedName(id))
		if err != nil {
			return err
		}
		before := d.MFACodes
		right = d.Use(string(seed), code, s.now())
		if d.MFACodes == before {
			return nil
		}
		return put(tx, key, d)
	})
	if err == nil && !right {
		err = errWrongCode
	}
	return err
}

// proveMFA proves for an STS call that its caller has an MFA device, and returns since when that is so: now; nil if the
// caller did not try to. The errors are those of STS. Like useMFA it must not be called within a transaction, and only
// once for a request: the code is used then.
func (s *Store) proveMFA(ctx context.Context, p *policy.Principal, serial, code *string) (*time.Time, error) {
	denied := func(message string) error {
		return &awsapi.Error{Code: "AccessDenied", Status: http.StatusForbidden, Message: "MultiFactorAuthentication failed" + message}
	}
	switch {
	case serial == nil && code == nil:
		return nil, nil
	case serial == nil || code == nil:
		return nil, denied(", must provide both MFA serial number and one time pass code.")
	}
	switch err := s.useMFA(ctx, p.Account, deviceOwner(p), *serial, *code); {
	case errors.Is(err, errNoDevice): // AWS's words, with its spaces
		return nil, denied(", unable to validate MFA code.  Please verify your MFA serial number is valid and associated with this user.")
	case errors.Is(err, errWrongCode):
		return nil, denied(" with invalid MFA one time pass code. ")
	case err != nil:
		return nil, err
	}
	now := whole(s.now())
	return &now, nil
}

// deviceOwner is whose devices a principal can use: its own, "" if it has none, as a session of a role.
func deviceOwner(p *policy.Principal) string {
	switch p.Type {
	case policy.User:
		return p.ID
	case policy.Root:
		return p.Account
	}
	return ""
}
