package identity

import (
	"bytes"
	"encoding/base32"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
)

// IAM API Reference: the operations on MFA devices; IAM User Guide, "IAM and AWS STS quotas".

func TestCreateVirtualMFADevice(t *testing.T) {
	t.Parallel()
	for _, path := range []string{"", "/", "/division/"} {
		in := &iam.CreateVirtualMFADeviceInput{VirtualMFADeviceName: aws.String(named(t, "device"+strings.ReplaceAll(path, "/", "-")))}
		if path != "" {
			in.Path = &path
		}
		out, err := admin().CreateVirtualMFADevice(t.Context(), in)
		must(t, "create", err)
		d := out.VirtualMFADevice
		if want := "arn:aws:iam::" + account + ":mfa/" + strings.TrimPrefix(path, "/") + *in.VirtualMFADeviceName; *d.SerialNumber != want {
			t.Errorf("serial number %s, want %s", *d.SerialNumber, want)
		}
		if secret, err := base32.StdEncoding.DecodeString(string(d.Base32StringSeed)); err != nil || len(secret) < 20 {
			t.Errorf("a seed of %d bytes, error %v", len(secret), err)
		}
		if !bytes.HasPrefix(d.QRCodePNG, []byte("\x89PNG\r\n\x1a\n")) {
			t.Error("the QR code is no PNG")
		}
		if d.User != nil && d.User.Arn != nil || d.EnableDate != nil {
			t.Errorf("a new device is of %v since %v", d.User, d.EnableDate)
		}
		_, err = admin().CreateVirtualMFADevice(t.Context(), in)
		fails(t, "the same name again", err, 409, "EntityAlreadyExists")
	}
	for _, name := range []string{"", "with space", "slash/name"} {
		_, err := admin().CreateVirtualMFADevice(t.Context(), &iam.CreateVirtualMFADeviceInput{VirtualMFADeviceName: &name})
		fails(t, fmt.Sprintf("name %q", name), err, 400, "ValidationError", "'virtualMFADeviceName'")
	}
}

func TestEnableMFADevice(t *testing.T) {
	t.Parallel()
	u, other := user(t, "user"), user(t, "other")
	d := deviceOf(t, "device")
	enable := func(u person, d device, code1, code2 string) error {
		_, err := admin().EnableMFADevice(t.Context(), &iam.EnableMFADeviceInput{
			UserName: &u.name, SerialNumber: &d.serial, AuthenticationCode1: &code1, AuthenticationCode2: &code2,
		})
		return err
	}
	const invalid = "Authentication code for device is not valid"
	fails(t, "two wrong codes", enable(u, d, d.wrong(), d.wrong()), 403, "InvalidAuthenticationCode", invalid)
	fails(t, "the first is wrong", enable(u, d, d.wrong(), d.code(0)), 403, "InvalidAuthenticationCode", invalid)
	fails(t, "the second is wrong", enable(u, d, d.code(-1), d.wrong()), 403, "InvalidAuthenticationCode", invalid)
	fails(t, "one code twice", enable(u, d, d.code(0), d.code(0)), 403, "InvalidAuthenticationCode", invalid)
	fails(t, "codes that do not follow each other", enable(u, d, d.code(0), d.code(-1)), 403, "InvalidAuthenticationCode", invalid)
	fails(t, "five digits", enable(u, d, "12345", d.code(0)), 400, "ValidationError", "'authenticationCode1'")
	fails(t, "letters", enable(u, d, d.code(0), "abcdef"), 400, "ValidationError", "'authenticationCode2'")
	nobody := person{name: "nobody-made-this"}
	fails(t, "no such user", enable(nobody, d, d.code(-1), d.code(0)), 404, "NoSuchEntity", "The user with name nobody-made-this cannot be found.")
	none := device{serial: "arn:aws:iam::" + account + ":mfa/nobody-made-this", secret: d.secret}
	fails(t, "no such device", enable(u, none, d.code(-1), d.code(0)), 404, "NoSuchEntity")

	d = deviceOf(t, "fresh") // guesses may be limited
	works(t, "the right codes", enable(u, d, d.code(-1), d.code(0)))
	fails(t, "again", enable(u, d, d.code(-1), d.code(0)), 409, "EntityAlreadyExists")
	fails(t, "another user", enable(other, d, d.code(-1), d.code(0)), 409, "EntityAlreadyExists")
}

func TestMFADeviceLists(t *testing.T) {
	t.Parallel()
	u := user(t, "user")
	before := time.Now().Add(-time.Second)
	a, b, free := deviceOf(t, "a"), deviceOf(t, "b"), deviceOf(t, "free")
	a.enable(t, u)
	b.enable(t, u)
	list, err := admin().ListMFADevices(t.Context(), &iam.ListMFADevicesInput{UserName: &u.name})
	must(t, "list", err)
	var serials []string
	for _, d := range list.MFADevices {
		serials = append(serials, *d.SerialNumber)
		if *d.UserName != u.name || d.EnableDate.Before(before.Truncate(time.Second)) || d.EnableDate.After(time.Now().Add(time.Second)) {
			t.Errorf("device %+v", d)
		}
	}
	if slices.Sort(serials); !slices.Equal(serials, []string{a.serial, b.serial}) {
		t.Errorf("devices %v", serials)
	}
	// Without a user name it is the caller.
	u.may(t, admin(), "own", allow("iam:ListMFADevices", "*"))
	list, err = iamOf(u.creds).ListMFADevices(t.Context(), &iam.ListMFADevicesInput{})
	if err != nil || len(list.MFADevices) != 2 {
		t.Errorf("own devices %+v, error %v", list, err)
	}
	_, err = admin().ListMFADevices(t.Context(), &iam.ListMFADevicesInput{UserName: aws.String("nobody-made-this")})
	fails(t, "list of nobody", err, 404, "NoSuchEntity")

	for _, c := range []struct {
		status         types.AssignmentStatusType
		assigned, free bool
	}{{"", true, true}, {types.AssignmentStatusTypeAny, true, true}, {types.AssignmentStatusTypeAssigned, true, false}, {types.AssignmentStatusTypeUnassigned, false, true}} {
		found := virtualDevices(t, c.status)
		if got, ok := found[a.serial]; ok != c.assigned {
			t.Errorf("%s: an assigned device is listed: %v", c.status, ok)
		} else if ok && (got.User == nil || aws.ToString(got.User.Arn) != u.arn || got.EnableDate == nil) {
			t.Errorf("%s: %+v", c.status, got)
		}
		if got, ok := found[free.serial]; ok != c.free {
			t.Errorf("%s: an unassigned device is listed: %v", c.status, ok)
		} else if ok && (got.User != nil && got.User.Arn != nil || got.EnableDate != nil) {
			t.Errorf("%s: %+v", c.status, got)
		}
		for _, d := range found {
			if len(d.Base32StringSeed) > 0 || len(d.QRCodePNG) > 0 {
				t.Errorf("%s: a list shows the secret of %s", c.status, *d.SerialNumber)
			}
		}
	}
	_, err = admin().ListVirtualMFADevices(t.Context(), &iam.ListVirtualMFADevicesInput{AssignmentStatus: "Nonsense"})
	fails(t, "a status that is none", err, 400, "ValidationError", "'assignmentStatus'")
}

// virtualDevices pages through all virtual devices with small pages.
func virtualDevices(t *testing.T, status types.AssignmentStatusType) map[string]types.VirtualMFADevice {
	t.Helper()
	found := map[string]types.VirtualMFADevice{}
	pages := iam.NewListVirtualMFADevicesPaginator(admin(), &iam.ListVirtualMFADevicesInput{AssignmentStatus: status, MaxItems: aws.Int32(3)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(t.Context())
		must(t, "list virtual devices", err)
		for _, d := range page.VirtualMFADevices {
			found[*d.SerialNumber] = d
		}
	}
	return found
}

func TestGetMFADevice(t *testing.T) {
	t.Parallel()
	u, other := user(t, "user"), user(t, "other")
	d := withDevice(t, u)
	out, err := admin().GetMFADevice(t.Context(), &iam.GetMFADeviceInput{SerialNumber: &d.serial, UserName: &u.name})
	must(t, "get", err)
	if *out.SerialNumber != d.serial || aws.ToString(out.UserName) != u.name || out.EnableDate == nil {
		t.Errorf("device %+v", out)
	}
	_, err = admin().GetMFADevice(t.Context(), &iam.GetMFADeviceInput{SerialNumber: &d.serial, UserName: &other.name})
	fails(t, "another user's", err, 404, "NoSuchEntity")
	_, err = admin().GetMFADevice(t.Context(), &iam.GetMFADeviceInput{SerialNumber: aws.String("arn:aws:iam::" + account + ":mfa/nobody-made-this")})
	fails(t, "no such device", err, 404, "NoSuchEntity")
}

func TestDeactivateAndDeleteMFADevice(t *testing.T) {
	t.Parallel()
	u, other := user(t, "user"), user(t, "other")
	d := withDevice(t, u)
	deactivate := func(u person) error {
		_, err := admin().DeactivateMFADevice(t.Context(), &iam.DeactivateMFADeviceInput{UserName: &u.name, SerialNumber: &d.serial})
		return err
	}
	remove := func() error {
		_, err := admin().DeleteVirtualMFADevice(t.Context(), &iam.DeleteVirtualMFADeviceInput{SerialNumber: &d.serial})
		return err
	}
	fails(t, "delete a device in use", remove(), 409, "DeleteConflict")
	fails(t, "deactivate another user's", deactivate(other), 404, "NoSuchEntity")
	_, err := admin().DeleteAccessKey(t.Context(), &iam.DeleteAccessKeyInput{UserName: &u.name, AccessKeyId: &u.creds.AccessKeyID})
	must(t, "delete access key", err)
	_, err = admin().DeleteUser(t.Context(), &iam.DeleteUserInput{UserName: &u.name})
	fails(t, "delete a user with a device", err, 409, "DeleteConflict")
	works(t, "deactivate", deactivate(u))
	fails(t, "deactivate again", deactivate(u), 404, "NoSuchEntity")
	_, err = admin().DeleteUser(t.Context(), &iam.DeleteUserInput{UserName: &u.name})
	works(t, "delete the user", err)
	if _, ok := virtualDevices(t, types.AssignmentStatusTypeUnassigned)[d.serial]; !ok {
		t.Error("the device is not nobody's again")
	}
	works(t, "delete", remove())
	fails(t, "delete again", remove(), 404, "NoSuchEntity")
}

func TestResyncMFADevice(t *testing.T) {
	t.Parallel()
	u := user(t, "user")
	d := withDevice(t, u)
	resync := func(d device, code1, code2 string) error {
		_, err := admin().ResyncMFADevice(t.Context(), &iam.ResyncMFADeviceInput{
			UserName: &u.name, SerialNumber: &d.serial, AuthenticationCode1: &code1, AuthenticationCode2: &code2,
		})
		return err
	}
	fails(t, "wrong codes", resync(d, d.wrong(), d.wrong()), 403, "InvalidAuthenticationCode")
	fails(t, "no such device", resync(device{serial: "arn:aws:iam::" + account + ":mfa/nobody-made-this"}, "123456", "654321"), 404, "NoSuchEntity")
	works(t, "two codes in a row", resync(d, d.code(1), d.code(2)))
}

// A user may have eight devices.
func TestMFADeviceQuota(t *testing.T) {
	t.Parallel()
	u := user(t, "user")
	for i := range 8 {
		deviceOf(t, fmt.Sprint(i)).enable(t, u)
	}
	ninth := deviceOf(t, "ninth")
	_, err := admin().EnableMFADevice(t.Context(), &iam.EnableMFADeviceInput{
		UserName: &u.name, SerialNumber: &ninth.serial, AuthenticationCode1: aws.String(ninth.code(-1)), AuthenticationCode2: aws.String(ninth.code(0)),
	})
	fails(t, "the ninth", err, 409, "LimitExceeded")
}

func TestMFADeviceTags(t *testing.T) {
	t.Parallel()
	d := deviceOf(t, "device", marks("Department=Engineering")...)
	list := func() []string {
		t.Helper()
		out, err := admin().ListMFADeviceTags(t.Context(), &iam.ListMFADeviceTagsInput{SerialNumber: &d.serial})
		must(t, "list tags", err)
		var pairs []string
		for _, tag := range out.Tags {
			pairs = append(pairs, *tag.Key+"="+*tag.Value)
		}
		slices.Sort(pairs)
		return pairs
	}
	if got := list(); !slices.Equal(got, []string{"Department=Engineering"}) {
		t.Errorf("tags %v", got)
	}
	_, err := admin().TagMFADevice(t.Context(), &iam.TagMFADeviceInput{SerialNumber: &d.serial, Tags: marks("Department=Sales", "Site=Berlin")})
	must(t, "tag", err)
	if got := list(); !slices.Equal(got, []string{"Department=Sales", "Site=Berlin"}) {
		t.Errorf("tags %v", got)
	}
	_, err = admin().UntagMFADevice(t.Context(), &iam.UntagMFADeviceInput{SerialNumber: &d.serial, TagKeys: []string{"Department"}})
	must(t, "untag", err)
	if got := list(); !slices.Equal(got, []string{"Site=Berlin"}) {
		t.Errorf("tags %v", got)
	}
	_, err = admin().ListMFADeviceTags(t.Context(), &iam.ListMFADeviceTagsInput{SerialNumber: aws.String("arn:aws:iam::" + account + ":mfa/nobody-made-this")})
	fails(t, "no such device", err, 404, "NoSuchEntity")
}
