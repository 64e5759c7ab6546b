package identity

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/statordb/stator/internal/kv"
	"github.com/statordb/stator/internal/kv/pebblekv"
	"github.com/statordb/stator/internal/policy"
)

func memory(t testing.TB) kv.DB {
	t.Helper()
	db, err := pebblekv.OpenMemory(pebblekv.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if _, err := Check(context.Background(), db, func(problem string) { t.Error(problem) }); err != nil {
			t.Error(err)
		}
		_ = db.Close()
	})
	return twice{db}
}

// twice makes every change a second time, as an engine may after a conflict: nothing may be left of the first.
type twice struct{ kv.DB }

func (d twice) Update(ctx context.Context, fn func(kv.Txn) error) error {
	undone := errors.New("once more")
	if err := d.DB.Update(ctx, func(tx kv.Txn) error { return or(fn(tx), undone) }); err != undone {
		return err
	}
	return d.DB.Update(ctx, fn)
}

const account = "123456789012"

// begun returns a store after its first start.
func begun(t testing.TB, db kv.DB, opts Options) (*Store, First) {
	t.Helper()
	s, err := Open(t.Context(), db, opts)
	if err != nil {
		t.Fatal(err)
	}
	first, err := NewFirst(account)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Bootstrap(t.Context(), first); err != nil {
		t.Fatal(err)
	}
	return s, first
}

func TestBootstrap(t *testing.T) {
	db, key := memory(t), NewMasterKey()
	if ok, err := Initialized(t.Context(), db); ok || err != nil {
		t.Fatal(ok, err)
	}
	s, first := begun(t, db, Options{MasterKey: key})
	if ok, err := Initialized(t.Context(), db); !ok || err != nil {
		t.Fatal(ok, err)
	}
	if err := s.Bootstrap(t.Context(), first); !errors.Is(err, ErrAlreadyExists) {
		t.Errorf("second: %v", err)
	}
	secret, p, err := s.Lookup(t.Context(), first.Key.ID, "")
	if err != nil || secret != first.Key.Secret {
		t.Fatal(err)
	}
	if p.Account != account || p.ARN != "arn:aws:iam::123456789012:user/Administrator" || !strings.HasPrefix(p.ID, "AIDA") || len(p.ID) != 21 {
		t.Errorf("%+v", p)
	}
	if d := decide(p, "dynamodb:CreateTable"); !d.Allowed || d.Policy != administratorAccess {
		t.Errorf("%+v", d)
	}
	if got, err := s.Account(t.Context()); got != account || err != nil {
		t.Error(got, err)
	}

	// Another process with the same key finds the same, one with another key is refused.
	again, err := Open(t.Context(), db, Options{MasterKey: key})
	if err != nil {
		t.Fatal(err)
	}
	if secret, _, err := again.Lookup(t.Context(), first.Key.ID, ""); err != nil || secret != first.Key.Secret {
		t.Error(err)
	}
	if _, err := Open(t.Context(), db, Options{MasterKey: NewMasterKey()}); err == nil || !strings.Contains(err.Error(), "master key") {
		t.Errorf("wrong master key: %v", err)
	}
}

func TestLookupRefuses(t *testing.T) {
	s, first := begun(t, memory(t), Options{MasterKey: NewMasterKey()})
	for _, id := range []string{"", "AKIA", first.Key.ID + "A", strings.Repeat("A", 20), strings.Repeat("A", 1<<20)} {
		if _, _, err := s.Lookup(t.Context(), id, ""); !errors.Is(err, ErrUnknownKey) {
			t.Errorf("%.30q: %v", id, err)
		}
	}
	if _, _, err := s.Lookup(t.Context(), first.Key.ID, "token"); !errors.Is(err, ErrInvalidToken) {
		t.Error(err)
	}
}

// A change that is refused changes nothing, so that everybody else's answers stay.
func TestRefusedChangesKeepTheCache(t *testing.T) {
	s, first := begun(t, memory(t), Options{MasterKey: NewMasterKey()})
	c := openDoor(t, s).as(first.Key.ID, first.Key.Secret)
	_, _, err := s.Lookup(t.Context(), first.Key.ID, "")
	ok(t)(nil, err)
	cached := func() bool { _, there := s.cache.current().of.Load(first.Key.ID); return there }
	fails(t, "NoSuchEntity: The user with name Eve cannot be found.")(c.DeleteUser(t.Context(), &iam.DeleteUserInput{UserName: aws.String("Eve")}))
	if !cached() {
		t.Error("a refused change clears the cache")
	}
	ok(t)(c.CreateUser(t.Context(), &iam.CreateUserInput{UserName: aws.String("Eve")}))
	if cached() {
		t.Error("a change does not")
	}
}

// Those who come late are cached too, however many temporary keys came before.
func TestCacheOfManyKeys(t *testing.T) {
	var c cache
	for i := range 3*cacheSize + 2 {
		a := c.current()
		c.add(a, fmt.Sprint(i), &cached{})
		n := 0
		if i%1000 == 0 {
			a.of.Range(func(any, any) bool { n++; return true })
		}
		if n > cacheSize {
			t.Fatalf("%d answers", n)
		}
	}
	if _, ok := c.current().of.Load(fmt.Sprint(3*cacheSize + 1)); !ok {
		t.Error("the last one is not there")
	}
}

func TestSecretsAreEncrypted(t *testing.T) {
	db := memory(t)
	_, first := begun(t, db, Options{MasterKey: NewMasterKey()})
	err := db.View(t.Context(), func(r kv.Reader) error {
		return r.Scan(t.Context(), kv.Range{Start: []byte{0}, End: []byte{0xff}}, func(key, value []byte) (bool, error) {
			for _, secret := range []string{first.Key.Secret, first.SetupToken} {
				if bytes.Contains(value, []byte(secret)) {
					t.Errorf("in the clear at %q", key)
				}
			}
			return true, nil
		})
	})
	if err != nil {
		t.Error(err)
	}
	if text := fmt.Sprintf("%v %+v %#v", first.Key, first.Key, first.Key); strings.Contains(text, first.Key.Secret) {
		t.Error("a secret prints itself")
	}

	// A secret moved under another key does not open.
	seal, _ := newSealer(NewMasterKey())
	sealed := seal.seal([]byte("s"), "a")
	if got, err := seal.open(sealed, "a"); string(got) != "s" || err != nil {
		t.Error(got, err)
	}
	for name, bad := range map[string][]byte{"b": sealed, "a": sealed[:len(sealed)-1]} {
		if got, err := seal.open(bad, name); err == nil {
			t.Errorf("%q", got)
		}
	}
	for _, bad := range [][]byte{nil, {sealVersion}, {9, 9}} {
		if _, err := seal.open(bad, "a"); err == nil {
			t.Error(bad)
		}
	}
}

// Every change is seen at once where it was made, and elsewhere within two seconds.
func TestChangesAreSeen(t *testing.T) {
	db, key := memory(t), NewMasterKey()
	clock := new(atomic.Int64)
	now := func() time.Time { return time.Unix(0, clock.Load()) }
	here, first := begun(t, db, Options{MasterKey: key, Now: now})
	there, err := Open(t.Context(), db, Options{MasterKey: key, Now: now})
	if err != nil {
		t.Fatal(err)
	}
	expect := func(s *Store, id string, want error) {
		t.Helper()
		if _, _, err := s.Lookup(t.Context(), id, ""); !errors.Is(err, want) {
			t.Errorf("%v, want %v", err, want)
		}
	}
	step := func(want error, id string, change func() error) {
		t.Helper()
		_, _, _ = here.Lookup(t.Context(), id, "")
		_, _, _ = there.Lookup(t.Context(), id, "")
		if err := change(); err != nil {
			t.Fatal(err)
		}
		expect(here, id, want)
		clock.Add(int64(2 * time.Second))
		expect(there, id, want)
	}
	ctx := t.Context()
	c := openDoor(t, here).as(first.Key.ID, first.Key.Secret)
	// The administrator must be able to sign, so the keys of another user come and go.
	ok(t)(c.CreateUser(ctx, &iam.CreateUserInput{UserName: aws.String("Bob")}))
	bob := must[*iam.CreateAccessKeyOutput](t)(c.CreateAccessKey(ctx, &iam.CreateAccessKeyInput{UserName: aws.String("Bob")})).AccessKey
	id := *bob.AccessKeyId
	status := func(status types.StatusType) func() error {
		return func() error {
			_, err := c.UpdateAccessKey(ctx, &iam.UpdateAccessKeyInput{UserName: aws.String("Bob"), AccessKeyId: bob.AccessKeyId, Status: status})
			return err
		}
	}
	step(ErrUnknownKey, id, status(types.StatusTypeInactive))
	step(nil, id, status(types.StatusTypeActive))
	may := func(s *Store) bool {
		_, p, err := s.Lookup(ctx, id, "")
		if err != nil {
			t.Fatal(err)
		}
		return decide(p, "dynamodb:GetItem").Allowed
	}
	if may(here) || may(there) {
		t.Error("a new user may do something")
	}
	step(nil, id, func() error {
		_, err := c.PutUserPolicy(ctx, &iam.PutUserPolicyInput{UserName: aws.String("Bob"), PolicyName: aws.String("p"), PolicyDocument: aws.String(allowGet)})
		return err
	})
	if !may(here) || !may(there) {
		t.Error("the new policy has no effect")
	}
	step(ErrUnknownKey, id, func() error {
		_, err := c.DeleteAccessKey(ctx, &iam.DeleteAccessKeyInput{UserName: aws.String("Bob"), AccessKeyId: bob.AccessKeyId})
		return err
	})
}

// A look-up that began before a change never leaves its answer in the cache after the change.
func TestLookupsDuringChanges(t *testing.T) {
	s, first := begun(t, memory(t), Options{MasterKey: NewMasterKey()})
	var stop atomic.Bool
	var readers sync.WaitGroup
	for range 4 {
		readers.Go(func() {
			for !stop.Load() {
				_, _, _ = s.Lookup(t.Context(), first.Key.ID, "")
			}
		})
	}
	for i := range 200 {
		active := i%2 == 1
		err := s.Change(t.Context(), func(tx kv.Txn) error {
			k, _, err := get[accessKeyRecord](t.Context(), tx, accessKeyKey(first.Key.ID))
			if err != nil {
				return err
			}
			k.Inactive = !active
			return put(tx, accessKeyKey(first.Key.ID), k)
		})
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := s.Lookup(t.Context(), first.Key.ID, ""); (err == nil) != active {
			t.Fatalf("change %d: %v", i, err)
		}
	}
	stop.Store(true)
	readers.Wait()
}

func TestUnreadablePolicyDenies(t *testing.T) {
	db := memory(t)
	err := db.View(t.Context(), func(r kv.Reader) error {
		v := &view{ctx: t.Context(), r: r, account: account}
		for _, g := range []grants{
			{Attached: []string{administratorAccess, managedByAWS + "Gone"}},
			{Attached: []string{administratorAccess}, Inline: map[string]string{"p": "{"}},
		} {
			policies, err := v.policies(nil, &g)
			if err != nil {
				return err
			}
			if d := decide(&Principal{Policies: policy.Policies{Identity: policies}}, "dynamodb:GetItem"); d.Allowed {
				t.Errorf("%+v: %+v", g, d)
			}
			c := checker{view: *v}
			if err := c.grants(userKind, "AIDA", &g); err != nil || len(c.problems) == 0 {
				t.Errorf("Check does not see it: %v", err)
			}
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

func TestAccessKeys(t *testing.T) {
	for _, account := range []string{"000000000000", "123456789012", "999999999999", NewAccount()} {
		k, err := NewAccessKey(account)
		if err != nil || k.Check() != nil || len(k.ID) != 20 || len(k.Secret) != 40 {
			t.Errorf("%s: %v %v", account, k, err)
		}
		if got := k.Account(); got != account {
			t.Errorf("%s: the id says %s", account, got)
		}
	}
	for _, account := range []string{"", "1", "12345678901a", "-12345678901", "1234567890123"} {
		if _, err := NewAccessKey(account); err == nil {
			t.Errorf("%q was taken", account)
		}
	}
	for _, k := range []AccessKey{{}, {"AKIA", "s"}, {"ASIA234567ABCDEFGHIJ", strings.Repeat("s", 40)}, {"AKIA234567ABCDEFGHI1", strings.Repeat("s", 40)}, {"AKIA234567ABCDEFGHIJ", "short"}} {
		if k.Check() == nil {
			t.Errorf("%v was taken", k)
		}
	}
}

func TestFolder(t *testing.T) {
	f := Folder(t.TempDir())
	if _, err := f.MasterKeys(); err == nil {
		t.Error("there is a master key")
	}
	key := NewMasterKey()
	if err := f.WriteMasterKey(key); err != nil {
		t.Fatal(err)
	}
	if got, err := f.MasterKeys(); len(got) != 1 || got[0] != key || err != nil {
		t.Error(err)
	}
	if err := f.WriteMasterKey(NewMasterKey()); err == nil {
		t.Error("a master key was replaced")
	}
	k, _ := NewAccessKey(account)
	if err := f.WriteAccessKey(k); err != nil {
		t.Fatal(err)
	}
	if got, err := f.AccessKey(); got != k || err != nil {
		t.Error(err)
	}
	odd := "# comment\n[other]\naws_access_key_id=x\n[ default ]\naws_access_key_id=a\n  aws_secret_access_key = b/c+d=\n[more]\naws_secret_access_key=y"
	if got := parseCredentials([]byte(odd)); got != (AccessKey{"a", "b/c+d="}) {
		t.Errorf("%s %q", got.ID, got.Secret)
	}
	if _, err := ParseMasterKeys("c2hvcnQ="); err == nil {
		t.Error("a short master key was taken")
	}
	if text := fmt.Sprintf("%v %+v %#v %s", key, key, key, key); strings.Contains(text, key.Encode()) || strings.Contains(text, fmt.Sprint(key[0], key[1])) {
		t.Error("a master key prints itself")
	}
}

func BenchmarkLookup(b *testing.B) {
	s, first := begun(b, memory(b), Options{MasterKey: NewMasterKey()})
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := s.Lookup(b.Context(), first.Key.ID, ""); err != nil {
			b.Fatal(err)
		}
	}
}
