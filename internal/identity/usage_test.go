package identity

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/statordb/stator/internal/kv"
	"github.com/statordb/stator/internal/policy"
)

// clock is a clock that a test sets. The door takes signatures of the real time, whatever it says.
type clock struct{ at atomic.Pointer[time.Time] }

func newClock(at time.Time) *clock {
	c := new(clock)
	c.at.Store(&at)
	return c
}

func (c *clock) now() time.Time { return *c.at.Load() }

func (c *clock) pass(d time.Duration) {
	at := c.now().Add(d)
	c.at.Store(&at)
}

var noon = time.Date(2030, 5, 6, 12, 0, 0, 0, time.UTC)

// adminAt is admin with a clock.
func adminAt(t testing.TB, db kv.DB) (*iam.Client, *door, First, *clock) {
	t.Helper()
	c := newClock(noon)
	s, first := begun(t, db, Options{MasterKey: NewMasterKey(), Now: c.now})
	d := openDoor(t, s)
	return d.as(first.Key.ID, first.Key.Secret), d, first, c
}

// newUser makes a user with a key, and returns its principal.
func newUser(t testing.TB, c *iam.Client, s *Store, name string) (*Principal, AccessKey) {
	t.Helper()
	ctx := t.Context()
	ok(t)(c.CreateUser(ctx, &iam.CreateUserInput{UserName: &name}))
	k := must[*iam.CreateAccessKeyOutput](t)(c.CreateAccessKey(ctx, &iam.CreateAccessKeyInput{UserName: &name})).AccessKey
	_, p, err := s.Lookup(ctx, *k.AccessKeyId, "")
	if err != nil {
		t.Fatal(err)
	}
	return p, AccessKey{*k.AccessKeyId, *k.SecretAccessKey}
}

// assume is a session of a role.
func assume(t testing.TB, s *Store, r *types.Role, session string) *Principal {
	t.Helper()
	p := &Principal{Principal: policy.Principal{Type: policy.RoleSession, Account: account, ID: *r.RoleId + ":" + session,
		ARN: "arn:aws:sts::" + account + ":assumed-role/" + *r.RoleName + "/" + session, Entity: *r.Arn, EntityID: *r.RoleId}}
	s.uses.attach("ASIA234567ABCDEFGHIJ", p)
	return p
}

func flush(t testing.TB, s *Store) {
	t.Helper()
	if err := s.flush(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func lastUsed(t testing.TB, c *iam.Client, id string) types.AccessKeyLastUsed {
	t.Helper()
	return *must[*iam.GetAccessKeyLastUsedOutput](t)(c.GetAccessKeyLastUsed(t.Context(), &iam.GetAccessKeyLastUsedInput{AccessKeyId: &id})).AccessKeyLastUsed
}

func wantUsed(t testing.TB, got types.AccessKeyLastUsed, at time.Time, service, region string) {
	t.Helper()
	if got.LastUsedDate == nil || !got.LastUsedDate.Equal(at) || *got.ServiceName != service || *got.Region != region {
		t.Errorf("%v %s %s, want %v %s %s", got.LastUsedDate, *got.ServiceName, *got.Region, at, service, region)
	}
}

func TestAccessKeyLastUsed(t *testing.T) {
	db := memory(t)
	c, d, first, now := adminAt(t, db)
	bob, key := newUser(t, c, d.s, "Bob")
	if got := lastUsed(t, c, key.ID); got.LastUsedDate != nil || *got.ServiceName != "N/A" || *got.Region != "N/A" {
		t.Errorf("not used yet: %+v", got)
	}
	bob.Use(ActivityOf("dynamodb", "GetItem"), "eu-west-1", now.now())
	wantUsed(t, lastUsed(t, c, key.ID), noon, "dynamodb", "eu-west-1") // before it is written
	flush(t, d.s)
	wantUsed(t, lastUsed(t, c, key.ID), noon, "dynamodb", "eu-west-1")

	now.pass(time.Minute)
	if _, err := d.as(key.ID, key.Secret).ListUsers(t.Context(), &iam.ListUsersInput{}); err == nil {
		t.Error("Bob may do something")
	}
	wantUsed(t, lastUsed(t, c, key.ID), noon.Add(time.Minute), "iam", "us-east-1") // refused, and yet used

	// A second request within a second is not noted; one after a cleared cache is.
	now.pass(time.Minute)
	bob.Use(ActivityOf("dynamodb", "GetItem"), "eu-west-1", now.now())
	bob.Use(ActivityOf("dynamodb", "GetItem"), "eu-west-2", now.now().Add(usePrecision-1))
	wantUsed(t, lastUsed(t, c, key.ID), noon.Add(2*time.Minute), "dynamodb", "eu-west-1")
	d.s.cache.clear()
	_, again, err := d.s.Lookup(t.Context(), key.ID, "")
	if err != nil {
		t.Fatal(err)
	}
	again.Use(ActivityOf("dynamodb", "GetItem"), "eu-west-3", now.now().Add(time.Second))
	wantUsed(t, lastUsed(t, c, key.ID), noon.Add(2*time.Minute+time.Second), "dynamodb", "eu-west-3")

	// Notes of another server that are older change nothing.
	other, err := Open(t.Context(), db, Options{MasterKey: NewMasterKey(), Now: now.now})
	if err == nil || other != nil {
		t.Fatal("opened with another master key")
	}
	flush(t, d.s)
	other = &Store{db: db, seal: d.s.seal, now: now.now, log: orDiscard(nil), start: noon}
	_, late, err := other.Lookup(t.Context(), key.ID, "")
	if err != nil {
		t.Fatal(err)
	}
	late.Use(ActivityOf("dynamodb", "GetItem"), "us-west-1", noon)
	late.Use(ActivityOf("sts", "GetCallerIdentity"), "us-west-1", now.now().Add(2*time.Second))
	if err := other.Close(); err != nil {
		t.Fatal(err)
	}
	wantUsed(t, lastUsed(t, c, key.ID), noon.Add(2*time.Minute+2*time.Second), "sts", "us-west-1")
	for range 2 {
		ok(t)(c.GenerateCredentialReport(t.Context(), nil))
	}
	rows, err := csv.NewReader(bytes.NewReader(must[*iam.GetCredentialReportOutput](t)(c.GetCredentialReport(t.Context(), nil)).Content)).ReadAll()
	if err != nil || len(rows) != 4 {
		t.Fatal(rows, err)
	}
	if got := rows[3]; got[0] != "Bob" || got[4] != "N/A" || got[10] != "2030-05-06T12:02:02+00:00" || got[11] != "us-west-1" || got[12] != "sts" || got[15] != "N/A" {
		t.Errorf("%q", got)
	}
	if got := rows[2]; got[0] != adminUser || got[12] != "iam" {
		t.Errorf("%q", got)
	}
	wantUsed(t, lastUsed(t, c, first.Key.ID), now.now(), "iam", "us-east-1")

	// What is deleted has no record any more, and gets none afterwards.
	ok(t)(c.DeleteAccessKey(t.Context(), &iam.DeleteAccessKeyInput{UserName: aws.String("Bob"), AccessKeyId: &key.ID}))
	again.Use(ActivityOf("dynamodb", "GetItem"), "eu-west-1", now.now().Add(time.Hour))
	flush(t, d.s)
	ok(t)(c.DeleteUser(t.Context(), &iam.DeleteUserInput{UserName: aws.String("Bob")}))
	again.Use(ActivityOf("dynamodb", "GetItem"), "eu-west-1", now.now().Add(2*time.Hour))
	flush(t, d.s)
	err = db.View(t.Context(), func(r kv.Reader) error {
		for _, id := range []string{key.ID, bob.ID} {
			if value, err := r.Get(t.Context(), useKey(account, id)); err != nil || value != nil {
				t.Errorf("%s: %s %v", id, value, err)
			}
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

func TestRoleLastUsed(t *testing.T) {
	c, d, _, now := adminAt(t, memory(t))
	ctx := t.Context()
	name := aws.String("App")
	r := must[*iam.CreateRoleOutput](t)(c.CreateRole(ctx, &iam.CreateRoleInput{RoleName: name, AssumeRolePolicyDocument: aws.String(trustRoot)})).Role
	get := func() *types.RoleLastUsed {
		t.Helper()
		details := must[*iam.GetAccountAuthorizationDetailsOutput](t)(c.GetAccountAuthorizationDetails(ctx, nil)).RoleDetailList[0].RoleLastUsed
		used := must[*iam.GetRoleOutput](t)(c.GetRole(ctx, &iam.GetRoleInput{RoleName: name})).Role.RoleLastUsed
		if aws.ToString(details.Region) != aws.ToString(used.Region) || !aws.ToTime(details.LastUsedDate).Equal(aws.ToTime(used.LastUsedDate)) {
			t.Errorf("%+v, and the details say %+v", used, details)
		}
		return used
	}
	if used := get(); used.LastUsedDate != nil || used.Region != nil {
		t.Errorf("%+v", used)
	}
	assume(t, d.s, r, "one").Use(ActivityOf("dynamodb", "PutItem"), "eu-west-1", now.now())
	flush(t, d.s)
	assume(t, d.s, r, "two").Use(ActivityOf("sts", "GetCallerIdentity"), "eu-west-2", now.now().Add(time.Second))
	if used := get(); used.LastUsedDate == nil || !used.LastUsedDate.Equal(noon.Add(time.Second)) || *used.Region != "eu-west-2" {
		t.Errorf("%+v", used)
	}
	now.pass(usePeriod + time.Minute)
	if used := get(); used.LastUsedDate != nil {
		t.Errorf("of 400 days ago: %+v", used)
	}
	flush(t, d.s)
	ok(t)(c.DeleteRole(ctx, &iam.DeleteRoleInput{RoleName: name})) // and Check finds no record of use
}

// What can't be written is kept, and a start writes it in time.
func TestUsesAreKept(t *testing.T) {
	db := &failing{DB: memory(t)}
	c, d, first, now := adminAt(t, db)
	_, p, err := d.s.Lookup(t.Context(), first.Key.ID, "")
	if err != nil {
		t.Fatal(err)
	}
	d.s.Start()
	p.Use(ActivityOf("dynamodb", "GetItem"), "eu-west-1", now.now())
	db.fails.Store(true)
	if err := d.s.flush(t.Context()); !errors.Is(err, errFails) {
		t.Error(err)
	}
	db.fails.Store(false)
	p.Use(ActivityOf("dynamodb", "CreateTable"), "eu-west-1", now.now().Add(time.Second))
	if err := d.s.Close(); err != nil {
		t.Fatal(err)
	}
	if len(d.s.uses.pending) != 0 {
		t.Error(d.s.uses.pending)
	}
	wantUsed(t, lastUsed(t, c, first.Key.ID), noon.Add(time.Second), "dynamodb", "eu-west-1")
}

var errFails = errors.New("it fails")

type failing struct {
	kv.DB
	fails atomic.Bool
}

func (f *failing) Update(ctx context.Context, fn func(kv.Txn) error) error {
	if f.fails.Load() {
		return errFails
	}
	return f.DB.Update(ctx, fn)
}

// Many requests at once, while notes are written and keys come and go: nothing is lost or left.
func TestUseConcurrently(t *testing.T) {
	c, d, first, now := adminAt(t, memory(t))
	_, p, err := d.s.Lookup(t.Context(), first.Key.ID, "")
	if err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	const n = 500
	for i := range 4 {
		all.Go(func() {
			for j := range n {
				p.Use(ActivityOf("dynamodb", []string{"GetItem", "DescribeTable"}[i%2]), "eu-west-1", noon.Add(time.Duration(j)*time.Second))
			}
		})
	}
	all.Go(func() {
		for range 20 {
			if err := d.s.flush(t.Context()); err != nil {
				t.Error(err)
			}
		}
	})
	all.Go(func() {
		for range 5 {
			q, key := newUser(t, c, d.s, "Eve")
			q.Use(ActivityOf("dynamodb", "GetItem"), "eu-west-1", now.now())
			ok(t)(c.DeleteAccessKey(t.Context(), &iam.DeleteAccessKeyInput{UserName: aws.String("Eve"), AccessKeyId: &key.ID}))
			ok(t)(c.DeleteUser(t.Context(), &iam.DeleteUserInput{UserName: aws.String("Eve")}))
		}
	})
	all.Wait()
	flush(t, d.s)
	wantUsed(t, lastUsed(t, c, first.Key.ID), noon.Add((n-1)*time.Second), "dynamodb", "eu-west-1")
}

// Writing notes makes nobody forget what is cached.
func TestUseIsNoChange(t *testing.T) {
	_, d, first, now := adminAt(t, memory(t))
	_, p, err := d.s.Lookup(t.Context(), first.Key.ID, "")
	if err != nil {
		t.Fatal(err)
	}
	p.Use(ActivityOf("dynamodb", "GetItem"), "eu-west-1", now.now())
	flush(t, d.s)
	now.pass(time.Hour)
	if _, again, err := d.s.Lookup(t.Context(), first.Key.ID, ""); err != nil || again != p {
		t.Error("the principal was looked up again", err)
	}
}

func TestTrackedActions(t *testing.T) {
	for _, test := range []struct {
		service, operation string
		want               Activity
	}{
		{"dynamodb", "GetItem", Activity{1, ""}}, {"dynamodb", "CreateTable", Activity{1, "dynamodb:CreateTable"}},
		{"iam", "GetUser", Activity{2, "iam:GetUser"}}, {"sts", "AssumeRole", Activity{3, "sts:AssumeRole"}}, {"s3", "GetObject", Activity{0, "s3:GetObject"}},
	} {
		if got := ActivityOf(test.service, test.operation); got != test.want {
			t.Errorf("%s %s: %+v", test.service, test.operation, got)
		}
	}
}

func BenchmarkUse(b *testing.B) {
	_, d, first, _ := adminAt(b, memory(b))
	_, p, err := d.s.Lookup(b.Context(), first.Key.ID, "")
	if err != nil {
		b.Fatal(err)
	}
	get, describe := ActivityOf("dynamodb", "GetItem"), ActivityOf("dynamodb", "DescribeTable")
	region := "eu-west-1"
	b.Run("data", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			p.Use(get, region, noon)
		}
	})
	b.Run("data/parallel", func(b *testing.B) {
		b.ReportAllocs()
		b.RunParallel(func(pb *testing.PB) {
			for pb.Next() {
				p.Use(get, region, noon)
			}
		})
	})
	b.Run("each-noted", func(b *testing.B) {
		b.ReportAllocs()
		at := noon
		for b.Loop() {
			at = at.Add(time.Second)
			p.Use(get, region, at)
		}
	})
	b.Run("management", func(b *testing.B) {
		b.ReportAllocs()
		at := noon
		for b.Loop() {
			at = at.Add(time.Microsecond)
			p.Use(describe, region, at)
		}
	})
}
