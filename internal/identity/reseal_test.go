package identity

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/statordb/stator/internal/keyspace"
	"github.com/statordb/stator/internal/kv"
)

// After a rotation everything opens with the new key alone, session tokens that were given out before included, and
// nothing is left that was sealed with the old one.
func TestRotation(t *testing.T) {
	db, old, current := memory(t), NewMasterKey(), NewMasterKey()
	s, first := begun(t, db, Options{MasterKey: old})
	c := openDoor(t, s).as(first.Key.ID, first.Key.Secret)
	ok(t)(c.CreateVirtualMFADevice(t.Context(), &iam.CreateVirtualMFADeviceInput{VirtualMFADeviceName: aws.String("d")}))
	var key AccessKey
	var token string
	if err := db.View(t.Context(), func(r kv.Reader) (err error) {
		v := &view{ctx: t.Context(), r: r, s: s, account: account}
		begun := &session{Account: account}
		begun.lasting(s.now(), nil, userSession)
		key, token, err = v.issue(begun, 0)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	before := seals(t, db, old)
	if before < 4 { // the mark, the access key, the token key, the seed
		t.Fatalf("%d records are sealed", before)
	}
	if _, err := Open(t.Context(), db, Options{MasterKey: current, OldKeys: []MasterKey{old}}); err != nil {
		t.Fatal(err)
	}
	if n := seals(t, db, old); n != 0 {
		t.Errorf("%d records are still sealed with the old key", n)
	}
	if n := seals(t, db, current); n != before+1 { // there is a new token key
		t.Errorf("%d records are sealed with the new key, %d were with the old", n, before)
	}
	again, err := Open(t.Context(), db, Options{MasterKey: current})
	if err != nil {
		t.Fatal(err)
	}
	if secret, _, err := again.Lookup(t.Context(), first.Key.ID, ""); err != nil || secret != first.Key.Secret {
		t.Error(err)
	}
	if secret, p, err := again.Lookup(t.Context(), key.ID, token); err != nil || secret != key.Secret || p.ID != account {
		t.Error(err)
	}
	if _, err := Open(t.Context(), db, Options{MasterKey: old}); err == nil {
		t.Error("the old key still opens")
	}
}

// seals counts the records with something that was sealed with a key, whatever the member.
func seals(t *testing.T, db kv.DB, key MasterKey) (n int) {
	t.Helper()
	seal, err := newSealer(key)
	if err != nil {
		t.Fatal(err)
	}
	start, end := keyspace.IdentityRange()
	err = db.View(t.Context(), func(r kv.Reader) error {
		return r.Scan(t.Context(), kv.Range{Start: start, End: end}, func(_, value []byte) (bool, error) {
			if !strings.HasPrefix(string(value), "{") {
				return true, nil
			}
			var members map[string]any
			if err := json.Unmarshal(value, &members); err != nil {
				return false, err
			}
			for _, m := range members {
				text, ok := m.(string)
				if raw, err := json.Marshal(text); ok && err == nil {
					var sealed []byte
					if json.Unmarshal(raw, &sealed) == nil && seal.current(sealed) {
						n++
					}
				}
			}
			return true, nil
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}
