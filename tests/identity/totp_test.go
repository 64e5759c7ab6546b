package identity

import (
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base32"
	"encoding/binary"
	"fmt"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/aws/aws-sdk-go-v2/service/sts"
)

// device is a virtual MFA device: a TOTP of RFC 6238 with 6 digits, 30 seconds and SHA-1.
type device struct {
	serial string
	secret []byte
}

const step = 30 * time.Second

// deviceOf makes a virtual device that is nobody's yet.
func deviceOf(t *testing.T, name string, marked ...types.Tag) device {
	t.Helper()
	out, err := admin().CreateVirtualMFADevice(t.Context(), &iam.CreateVirtualMFADeviceInput{
		VirtualMFADeviceName: aws.String(named(t, name)), Tags: marked,
	})
	must(t, "create virtual MFA device", err)
	secret, err := base32.StdEncoding.DecodeString(string(out.VirtualMFADevice.Base32StringSeed))
	must(t, "decode the seed", err)
	return device{serial: *out.VirtualMFADevice.SerialNumber, secret: secret}
}

// code is what the device shows so many steps from now. No step ends within the next second, if it can be helped.
func (d device) code(steps int) string {
	if left := step - time.Duration(time.Now().UnixNano())%step; left < time.Second {
		time.Sleep(left + 10*time.Millisecond)
	}
	return d.at(time.Now().Unix()/30 + int64(steps))
}

func (d device) at(counter int64) string {
	mac := hmac.New(sha1.New, d.secret)
	_ = binary.Write(mac, binary.BigEndian, counter)
	sum := mac.Sum(nil)
	at := sum[len(sum)-1] & 0xf
	return fmt.Sprintf("%06d", (binary.BigEndian.Uint32(sum[at:])&0x7fffffff)%1_000_000)
}

// wrong is a code that the device shows at no time near.
func (d device) wrong() string {
	near := map[string]bool{}
	for i := -200; i <= 200; i++ {
		near[d.code(i)] = true
	}
	for n := 0; ; n++ {
		if c := fmt.Sprintf("%06d", n); !near[c] {
			return c
		}
	}
}

// enable gives the device to a user. It uses up the codes of the last step and of this one: the next is left for one
// authentication.
func (d device) enable(t *testing.T, u person) {
	t.Helper()
	_, err := admin().EnableMFADevice(t.Context(), &iam.EnableMFADeviceInput{
		UserName: &u.name, SerialNumber: &d.serial, AuthenticationCode1: aws.String(d.code(-1)), AuthenticationCode2: aws.String(d.code(0)),
	})
	must(t, "enable MFA device", err)
}

// withDevice gives a user a new device.
func withDevice(t *testing.T, u person) device {
	t.Helper()
	d := deviceOf(t, u.name)
	d.enable(t, u)
	return d
}

// authenticate asks for a session token with the device's next code. It works once for each device.
func (d device) authenticate(t *testing.T, u person) aws.Credentials {
	t.Helper()
	out, err := d.try(t, u, d.code(1))
	must(t, "get session token with MFA", err)
	return temporary(t, out.Credentials)
}

func (d device) try(t *testing.T, u person, code string) (*sts.GetSessionTokenOutput, error) {
	t.Helper()
	return stsOf(u.creds).GetSessionToken(t.Context(), &sts.GetSessionTokenInput{SerialNumber: &d.serial, TokenCode: &code})
}

// The vectors of RFC 6238, so that a failure elsewhere is not this helper's.
func TestTOTP(t *testing.T) {
	t.Parallel()
	d := device{secret: []byte("12345678901234567890")}
	for at, want := range map[int64]string{59: "287082", 1111111109: "081804", 1234567890: "005924", 2000000000: "279037"} {
		if got := d.at(at / 30); got != want {
			t.Errorf("at %d: %s, want %s", at, got, want)
		}
	}
}
