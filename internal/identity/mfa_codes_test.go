package identity

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/pquerna/otp/totp"

	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/kv"
	"github.com/statordb/stator/internal/policy"
)

// rfcSeed is the one of RFC 6238's vectors.
const rfcSeed = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"

// codeAt is the code of a device at a time.
func codeAt(t testing.TB, seed string, at time.Time) string {
	t.Helper()
	code, err := totp.GenerateCode(seed, at)
	if err != nil {
		t.Fatal(err)
	}
	return code
}

// The vectors of RFC 6238, appendix B, cut to six digits.
func TestCodesOfRFC6238(t *testing.T) {
	for at, code := range map[int64]string{59: "287082", 1111111109: "081804", 1111111111: "050471", 1234567890: "005924", 2000000000: "279037", 20000000000: "353130"} {
		now := time.Unix(at, 0)
		if !isCode(rfcSeed, stepOf(now), code) || isCode(rfcSeed, stepOf(now)+1, code) {
			t.Errorf("%d: %s", at, code)
		}
	}
	for _, bad := range []string{"", "28708", "2870822", "28708x"} {
		if isCode(rfcSeed, 1, bad) {
			t.Error(bad)
		}
	}
}

func TestCodesAreUsedOnce(t *testing.T) {
	now := time.Unix(1_800_000_000, 0) // the first second of a step
	var c MFACodes
	at := func(d time.Duration) string { return codeAt(t, rfcSeed, now.Add(d)) }
	for _, step := range []struct {
		code string
		want bool
	}{
		{at(-time.Minute), false},
		{at(-30 * time.Second), true},
		{at(-30 * time.Second), false}, // used
		{at(30 * time.Second), true},   // the device is ahead
		{at(0), false},                 // older than one that was used
		{at(30 * time.Second), false},
		{at(time.Minute), false},
	} {
		if got := c.Use(rfcSeed, step.code, now); got != step.want {
			t.Errorf("%s: %v", step.code, got)
		}
	}
	if c.Wrong != 1 { // the last: a used code is no guess
		t.Errorf("%+v", c)
	}
}

func TestSync(t *testing.T) {
	now := time.Unix(1_800_000_000, 0)
	steps := func(n int) time.Time { return now.Add(time.Duration(n) * 30 * time.Second) }
	for _, test := range []struct {
		first  int
		want   bool
		offset int64
	}{{-1, true, 0}, {-2, true, 0}, {0, true, 0}, {1, true, 2}, {-11, true, -10}, {19, true, 20}, {-21, true, -20}, {20, false, 0}, {-22, false, 0}} {
		var c MFACodes
		first, second := codeAt(t, rfcSeed, steps(test.first)), codeAt(t, rfcSeed, steps(test.first+1))
		if c.Sync(rfcSeed, second, first, now) || c.Sync(rfcSeed, first, first, now) {
			t.Errorf("%d: codes in another order were taken", test.first)
		}
		if got := c.Sync(rfcSeed, first, second, now); got != test.want || c.Offset != test.offset {
			t.Errorf("%d: %v %+v", test.first, got, c)
			continue
		}
		if !test.want {
			continue
		}
		if c.Sync(rfcSeed, first, second, now) {
			t.Errorf("%d: the same codes were taken twice", test.first)
		}
		if c.Use(rfcSeed, second, now) {
			t.Errorf("%d: the second code was taken again", test.first)
		}
		if !c.Use(rfcSeed, codeAt(t, rfcSeed, steps(test.first+2)), now.Add(30*time.Second)) {
			t.Errorf("%d: the next code was not taken", test.first)
		}
	}
}

func TestWrongCodesCloseADevice(t *testing.T) {
	now := time.Unix(1_800_000_000, 0)
	right := func() string { return codeAt(t, rfcSeed, now) }
	var c MFACodes
	guess := func() {
		t.Helper()
		if c.Use(rfcSeed, "x", now) {
			t.Fatal("a wrong code was taken")
		}
	}
	for range maxWrong - 1 {
		guess()
	}
	if !c.Use(rfcSeed, right(), now) || c.Wrong != 0 {
		t.Error("closed too early")
	}
	for range maxWrong {
		guess()
	}
	wait := minClosed
	for range 20 {
		closed := c
		now = now.Add(wait - time.Second)
		if guess(); c.Use(rfcSeed, right(), now) || c.Sync(rfcSeed, right(), codeAt(t, rfcSeed, now.Add(30*time.Second)), now) || c != closed {
			t.Fatalf("a closed device takes codes, or counts them: %+v", c)
		}
		now = now.Add(time.Second)
		guess()
		wait = min(2*wait, maxClosed)
	}
	now = now.Add(wait)
	if !c.Use(rfcSeed, right(), now) || c.Wrong != 0 || !c.Closed.IsZero() {
		t.Errorf("%+v", c)
	}
}

// phone is an authenticator app with one device.
type phone struct {
	t      testing.TB
	clock  *clock
	serial *string
	seed   string
}

func newPhone(t testing.TB, c *clock, made *iam.CreateVirtualMFADeviceOutput) *phone {
	return &phone{t, c, made.VirtualMFADevice.SerialNumber, string(made.VirtualMFADevice.Base32StringSeed)}
}

// code is the one of so many steps from now.
func (p *phone) code(steps int) *string {
	return aws.String(codeAt(p.t, p.seed, p.clock.now().Add(time.Duration(steps)*30*time.Second)))
}

func (p *phone) enable(user string) *iam.EnableMFADeviceInput {
	return &iam.EnableMFADeviceInput{UserName: &user, SerialNumber: p.serial, AuthenticationCode1: p.code(-1), AuthenticationCode2: p.code(0)}
}

// denied checks the message of STS's refusal.
func denied(t *testing.T, err error, message string) {
	t.Helper()
	var e *awsapi.Error
	if !errors.As(err, &e) || e.Code != "AccessDenied" || e.Status != 403 || e.Message != message {
		t.Errorf("got %v, want %s", err, message)
	}
}

const (
	invalidDevice = "MultiFactorAuthentication failed, unable to validate MFA code.  Please verify your MFA serial number is valid and associated with this user."
	invalidCode   = "MultiFactorAuthentication failed with invalid MFA one time pass code. "
)

func TestProveMFA(t *testing.T) {
	ctx, clock := t.Context(), newClock(noon)
	s, first := begun(t, memory(t), Options{MasterKey: NewMasterKey(), Now: clock.now})
	c := openDoor(t, s).as(first.Key.ID, first.Key.Secret)
	device := newPhone(t, clock, must[*iam.CreateVirtualMFADeviceOutput](t)(c.CreateVirtualMFADevice(ctx, &iam.CreateVirtualMFADeviceInput{VirtualMFADeviceName: aws.String("phone")})))
	_, p, err := s.Lookup(ctx, first.Key.ID, "")
	ok(t)(p, err)
	me := &p.Principal
	prove := func(p *policy.Principal, serial, code *string) error {
		at, err := s.proveMFA(ctx, p, serial, code)
		if (at != nil) != (err == nil && code != nil) || at != nil && !at.Equal(clock.now()) {
			t.Errorf("%v %v", at, err)
		}
		return err
	}
	denied(t, prove(me, device.serial, device.code(0)), invalidDevice) // it is nobody's
	ok(t)(c.EnableMFADevice(ctx, device.enable(adminUser)))
	if err := prove(me, nil, nil); err != nil {
		t.Error(err)
	}
	const both = "MultiFactorAuthentication failed, must provide both MFA serial number and one time pass code."
	denied(t, prove(me, device.serial, nil), both)
	denied(t, prove(me, nil, device.code(0)), both)
	denied(t, prove(me, device.serial, device.code(0)), invalidCode) // used to enable it
	clock.pass(30 * time.Second)

	generation := func() (n uint64) {
		ok(t)(nil, s.db.View(ctx, func(r kv.Reader) (err error) {
			n, _, err = get[uint64](ctx, r, generationKey())
			return err
		}))
		return n
	}
	before := generation()
	session := *me
	session.Session = &policy.Session{}
	if err := prove(&session, device.serial, device.code(0)); err != nil {
		t.Error(err)
	}
	denied(t, prove(me, device.serial, device.code(0)), invalidCode)
	if generation() != before {
		t.Error("a proof makes every server forget its cache")
	}
	clock.pass(30 * time.Second)
	other, role, root := *me, *me, *me
	other.ID, role.Type = "AIDAX", policy.RoleSession
	root.Type, root.ID = policy.Root, account
	for _, p := range []*policy.Principal{&other, &role, &root, {Type: policy.User, Account: "210987654321", ID: me.ID}} {
		denied(t, prove(p, device.serial, device.code(0)), invalidDevice)
	}
	for _, serial := range []string{"", "arn:aws:iam::123456789012:mfa/Phone", "arn:aws:iam::123456789012:mfa/x", "arn:aws:iam::210987654321:mfa/phone", "GAHT12345678"} {
		denied(t, prove(me, &serial, device.code(0)), invalidDevice)
	}

	// Of many at once one is right.
	var right atomic.Int32
	var all sync.WaitGroup
	code := device.code(0)
	for range 8 {
		all.Go(func() {
			if err := s.useMFA(context.Background(), account, me.ID, *device.serial, *code); err == nil {
				right.Add(1)
			}
		})
	}
	if all.Wait(); right.Load() != 1 {
		t.Errorf("a code was used %d times", right.Load())
	}

	// Wrong codes close it, on every server.
	clock.pass(30 * time.Minute)
	for range maxWrong {
		denied(t, prove(me, device.serial, aws.String("abcdef")), invalidCode)
	}
	clock.pass(minClosed - time.Second)
	denied(t, prove(me, device.serial, device.code(0)), invalidCode)
	fails(t, "InvalidAuthenticationCode: Authentication code for device is not valid.")(c.ResyncMFADevice(ctx, &iam.ResyncMFADeviceInput{
		UserName: aws.String(adminUser), SerialNumber: device.serial, AuthenticationCode1: device.code(0), AuthenticationCode2: device.code(1)}))
	clock.pass(time.Second)
	if err := prove(me, device.serial, device.code(0)); err != nil {
		t.Error(err)
	}
	ok(t)(c.DeactivateMFADevice(ctx, &iam.DeactivateMFADeviceInput{SerialNumber: device.serial}))
	clock.pass(30 * time.Second)
	denied(t, prove(me, device.serial, device.code(0)), invalidDevice)
}
