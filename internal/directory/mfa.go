package directory

import (
	"context"
	"crypto/rand"
	"encoding/base32"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/identity"
	"github.com/statordb/stator/internal/kv"
)

// device is an authenticator app of a user.
type device struct {
	ID   string
	Name string `json:",omitempty"`
	// Seed is the secret that the app shares with us, in base32, sealed under seedName.
	Seed []byte
	// Registered is when its first code was right; zero until then.
	Registered time.Time `json:",omitzero"`
	// Shown says that whoever began to register it had shown another one.
	Shown bool `json:",omitempty"`
	identity.MFACodes
}

func deviceKey(user, id string) []byte { return key("device", user, id) }

func seedName(user, id string) string { return "directory/mfa/" + user + "/" + id }

// maxDevices is how many devices a user can have ("Available MFA types for IAM Identity Center", IAM Identity Center User Guide).
const maxDevices = 8

// seedSize is the length of a seed in bytes: that of the hash.
const seedSize = 20

// MFADevice is a device as people see it.
type MFADevice struct {
	ID, Name   string
	Registered time.Time
}

// MFASecret is what an app needs to know once.
type MFASecret struct {
	ID string
	// Secret is in base32, and QRCode a picture of it in PNG.
	Secret string
	QRCode []byte
}

// devices reads those of a user, or of those only the ones that are registered.
func (s *Store) devices(ctx context.Context, r kv.Reader, userID string, registered bool) (all []device, err error) {
	err = each(ctx, r, "", func(_ string, value []byte) (bool, error) {
		var d device
		if err := json.Unmarshal(value, &d); err != nil {
			return false, err
		}
		if !registered || !d.Registered.IsZero() {
			all = append(all, d)
		}
		return true, nil
	}, "device", userID)
	return all, err
}

// MFADevices returns the devices of a user that are registered.
func (s *Store) MFADevices(ctx context.Context, r kv.Reader, userID string) (all []MFADevice, err error) {
	found, err := s.devices(ctx, r, userID, true)
	for _, d := range found {
		all = append(all, MFADevice{d.ID, d.Name, d.Registered})
	}
	return all, err
}

// BeginMFA makes the secret of a new device of a user, which counts for nothing until ConfirmMFA; one that was begun before is
// forgotten. Shown says that the user has shown a device that is registered, which counts if there is one by then. The error is ResourceNotFoundException or ServiceQuotaExceededException.
func (s *Store) BeginMFA(ctx context.Context, userID string, shown bool) (*MFASecret, error) {
	if s.opts.Seal == nil {
		return nil, errors.New("directory: there is nothing to encrypt secrets with")
	}
	random := make([]byte, seedSize)
	rand.Read(random) // never fails
	m := &MFASecret{ID: newID(), Secret: base32.StdEncoding.EncodeToString(random)}
	var u *User
	err := s.Update(ctx, func(tx kv.Txn) (err error) {
		if err := tx.Lock(ctx, userKey(userID)); err != nil {
			return err
		}
		if u, err = s.user(ctx, tx, userID); err != nil {
			return err
		}
		all, err := s.devices(ctx, tx, userID, false)
		if err != nil {
			return err
		}
		n := 0
		for _, d := range all {
			if !d.Registered.IsZero() {
				n++
			} else if err := tx.Delete(deviceKey(userID, d.ID)); err != nil {
				return err
			}
		}
		if n >= maxDevices {
			return quotaExceeded("A user can have eight MFA devices.")
		}
		return put(tx, deviceKey(userID, m.ID), device{ID: m.ID, Seed: s.opts.Seal([]byte(m.Secret), seedName(userID, m.ID)), Shown: shown})
	})
	if err != nil {
		return nil, err
	}
	const issuer = "Stator"
	m.QRCode, err = identity.QRCode("otpauth://totp/" + issuer + ":" + url.PathEscape(u.UserName) + "?secret=" + m.Secret + "&issuer=" + issuer)
	return m, err
}

// maxDeviceName is the longest name of a device, in characters.
const maxDeviceName = 128

// ConfirmMFA registers a device that BeginMFA made, with the code that it shows. The name is what the user calls it. The error is
// InvalidCode, ResourceNotFoundException or ValidationException, or MFARequired if the user has got a device that was not shown.
func (s *Store) ConfirmMFA(ctx context.Context, userID, id, code, name string) error {
	if err := checkDeviceName(name); err != nil {
		return err
	}
	right := false
	err := s.Update(ctx, func(tx kv.Txn) error {
		right = false
		if err := tx.Lock(ctx, userKey(userID)); err != nil { // one device after another
			return err
		}
		d, err := s.device(ctx, tx, userID, id)
		if err != nil {
			return err
		}
		if !d.Registered.IsZero() {
			return noDevice()
		}
		if others, err := s.devices(ctx, tx, userID, true); err != nil {
			return err
		} else if len(others) > 0 && !d.Shown {
			return &awsapi.Error{Code: "MFARequired", Status: http.StatusForbidden, Message: "You have registered an MFA device meanwhile. Begin again, with a code of it."}
		}
		seed, err := s.opts.Unseal(d.Seed, seedName(userID, id))
		if err != nil {
			return err
		}
		if right = d.Use(string(seed), code, s.opts.Now()); right {
			d.Name, d.Registered, d.Shown = name, s.now(), false
		}
		return put(tx, deviceKey(userID, id), d)
	})
	if err == nil && !right {
		err = &awsapi.Error{Code: "InvalidCode", Status: http.StatusBadRequest, Message: "The code is not valid, or not any more."}
	}
	return err
}

func checkDeviceName(name string) error {
	if !utf8.ValidString(name) || utf8.RuneCountInString(name) > maxDeviceName || name != "" && !textPattern.Match(name) {
		return invalid("The name of a device has 128 characters at the most")
	}
	return nil
}

func noDevice() *awsapi.Error {
	return &awsapi.Error{Code: "ResourceNotFoundException", Status: http.StatusBadRequest, Message: "MFA device not found."}
}

// device locks and reads a device; the error says that it is not there.
func (s *Store) device(ctx context.Context, tx kv.Txn, userID, id string) (*device, error) {
	if len(id) > maxID {
		return nil, noDevice()
	}
	if err := tx.Lock(ctx, deviceKey(userID, id)); err != nil {
		return nil, err
	}
	d, err := find[device](ctx, tx, deviceKey(userID, id))
	if err == nil && d == nil {
		err = noDevice()
	}
	return d, err
}

// RenameMFA gives a device another name.
func (s *Store) RenameMFA(ctx context.Context, userID, id, name string) error {
	if err := checkDeviceName(name); err != nil {
		return err
	}
	return s.Update(ctx, func(tx kv.Txn) error {
		d, err := s.device(ctx, tx, userID, id)
		if err != nil {
			return err
		}
		d.Name = name
		return put(tx, deviceKey(userID, id), d)
	})
}

// DeleteMFA deletes a device of a user.
func (s *Store) DeleteMFA(ctx context.Context, userID, id string) error {
	return s.Update(ctx, func(tx kv.Txn) error {
		if _, err := s.device(ctx, tx, userID, id); err != nil {
			return err
		}
		return tx.Delete(deviceKey(userID, id))
	})
}

// UseCode takes a code of any device of a user, once. One that is of none counts as wrong for each of them. It is a transaction of
// its own: a wrong code has to be counted whatever becomes of the sign-in.
func (s *Store) UseCode(ctx context.Context, userID, code string) (right bool, err error) {
	code = strings.TrimSpace(code)
	err = s.Update(ctx, func(tx kv.Txn) error {
		right = false
		ids, err := lasts(ctx, tx, "device", userID)
		if err != nil {
			return err
		}
		keys := make([][]byte, len(ids))
		for i, id := range ids {
			keys[i] = deviceKey(userID, id)
		}
		if err := tx.Lock(ctx, keys...); err != nil {
			return err
		}
		all, err := s.devices(ctx, tx, userID, true)
		if err != nil {
			return err
		}
		now := s.opts.Now()
		wrong := make([]device, 0, len(all))
		for _, d := range all {
			if !slices.Contains(ids, d.ID) {
				continue // it came meanwhile, and is not locked
			}
			seed, err := s.opts.Unseal(d.Seed, seedName(userID, d.ID))
			if err != nil {
				return err
			}
			if right = d.Use(string(seed), code, now); right {
				return put(tx, deviceKey(userID, d.ID), d)
			}
			wrong = append(wrong, d)
		}
		for _, d := range wrong {
			if err := put(tx, deviceKey(userID, d.ID), d); err != nil {
				return err
			}
		}
		return nil
	})
	return right && err == nil, err
}
