package identity

import (
	"bytes"
	"encoding/csv"
	"encoding/xml"
	"image/png"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/pquerna/otp"

	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/kv"
	"github.com/statordb/stator/internal/kv/pebblekv"
	"github.com/statordb/stator/internal/policy"
)

const (
	phoneSerial = "arn:aws:iam::123456789012:mfa/team/phone"
	badCode     = "InvalidAuthenticationCode: Authentication code for device is not valid."
	notTheirs   = "NoSuchEntity: MFA Device invalid for user."
)

func TestVirtualMFADevices(t *testing.T) {
	ctx, clock := t.Context(), newClock(noon)
	db := memory(t)
	s, first := begun(t, db, Options{MasterKey: NewMasterKey(), Now: clock.now})
	d := openDoor(t, s)
	c := d.as(first.Key.ID, first.Key.Secret)
	bob, me := aws.String("Bob"), aws.String(adminUser)
	ok(t)(c.CreateUser(ctx, &iam.CreateUserInput{UserName: bob, Path: aws.String("/x/")}))
	create := &iam.CreateVirtualMFADeviceInput{VirtualMFADeviceName: aws.String("phone"), Path: aws.String("/team/"), Tags: []types.Tag{{Key: aws.String("k"), Value: aws.String("v")}}}
	made := must[*iam.CreateVirtualMFADeviceOutput](t)(c.CreateVirtualMFADevice(ctx, create))
	device := newPhone(t, clock, made)
	if *device.serial != phoneSerial || len(device.seed) != 64 || len(made.VirtualMFADevice.Tags) != 1 {
		t.Errorf("%+v", made.VirtualMFADevice.SerialNumber)
	}
	if picture, err := png.Decode(bytes.NewReader(made.VirtualMFADevice.QRCodePNG)); err != nil || picture.Bounds().Dx() < 300 || picture.Bounds().Dx() != picture.Bounds().Dy() {
		t.Error(err)
	} else if r, _, _, _ := picture.At(23, 23).RGBA(); r == 0 {
		t.Error("no margin")
	} else if r, _, _, _ := picture.At(24, 24).RGBA(); r != 0 {
		t.Error("no finder pattern in the corner")
	}
	// A name is of its path; case makes no difference.
	ok(t)(c.CreateVirtualMFADevice(ctx, &iam.CreateVirtualMFADeviceInput{VirtualMFADeviceName: aws.String("phone")}))
	create.VirtualMFADeviceName = aws.String("PHONE")
	fails(t, "EntityAlreadyExists: MFADevice entity at the same path and name already exists.")(c.CreateVirtualMFADevice(ctx, create))
	if _, err := c.CreateVirtualMFADevice(ctx, &iam.CreateVirtualMFADeviceInput{VirtualMFADeviceName: aws.String("x"), Path: aws.String("/a!/")}); err == nil {
		t.Error("a device was made that no call could name")
	}

	// Enabling.
	none := aws.String("arn:aws:iam::123456789012:mfa/none")
	noDevice := "NoSuchEntity: VirtualMFADevice with serial number " + *none + " does not exist."
	fails(t, noDevice)(c.EnableMFADevice(ctx, &iam.EnableMFADeviceInput{UserName: bob, SerialNumber: none, AuthenticationCode1: device.code(-1), AuthenticationCode2: device.code(0)}))
	fails(t, "NoSuchEntity: The user with name Eve cannot be found.")(c.EnableMFADevice(ctx, device.enable("Eve")))
	wrong := device.enable("Bob")
	wrong.AuthenticationCode1 = wrong.AuthenticationCode2
	fails(t, badCode)(c.EnableMFADevice(ctx, wrong))
	wrong.AuthenticationCode1 = aws.String("12345")
	fails(t, "ValidationError: 1 validation error detected: Value '12345' at 'authenticationCode1' failed to satisfy constraint: Member must have length greater than or equal to 6")(c.EnableMFADevice(ctx, wrong))
	ok(t)(c.EnableMFADevice(ctx, device.enable("bob")))
	fails(t, "EntityAlreadyExists: MFA Device is already in use.")(c.EnableMFADevice(ctx, device.enable(adminUser)))
	fails(t, "DeleteConflict: MFA VirtualDevice in use. Must deactivate first.")(c.DeleteVirtualMFADevice(ctx, &iam.DeleteVirtualMFADeviceInput{SerialNumber: device.serial}))
	fails(t, "DeleteConflict: Cannot delete entity, must delete MFA device first.")(c.DeleteUser(ctx, &iam.DeleteUserInput{UserName: bob}))

	// Lists.
	list := must[*iam.ListMFADevicesOutput](t)(c.ListMFADevices(ctx, &iam.ListMFADevicesInput{UserName: bob})).MFADevices
	if len(list) != 1 || *list[0].SerialNumber != phoneSerial || *list[0].UserName != "Bob" || !list[0].EnableDate.Equal(clock.now()) {
		t.Errorf("%+v", list)
	}
	if list := must[*iam.ListMFADevicesOutput](t)(c.ListMFADevices(ctx, &iam.ListMFADevicesInput{})).MFADevices; len(list) != 0 {
		t.Errorf("%+v", list)
	}
	for status, want := range map[types.AssignmentStatusType]string{"": "phone team/phone", "Any": "phone team/phone", "Assigned": "team/phone", "Unassigned": "phone"} {
		if got := virtual(t, c, status, 1); got != want {
			t.Errorf("%s: %s, want %s", status, got, want)
		}
	}
	shown := must[*iam.ListVirtualMFADevicesOutput](t)(c.ListVirtualMFADevices(ctx, nil)).VirtualMFADevices
	if shown[0].User != nil || shown[0].EnableDate != nil || *shown[1].User.Arn != "arn:aws:iam::123456789012:user/x/Bob" || shown[1].EnableDate == nil || shown[1].Base32StringSeed != nil || shown[1].Tags != nil {
		t.Errorf("%+v", shown)
	}
	got := must[*iam.GetMFADeviceOutput](t)(c.GetMFADevice(ctx, &iam.GetMFADeviceInput{SerialNumber: device.serial, UserName: bob}))
	if *got.UserName != "Bob" || *got.SerialNumber != phoneSerial || got.EnableDate == nil {
		t.Errorf("%+v", got)
	}
	fails(t, notTheirs)(c.GetMFADevice(ctx, &iam.GetMFADeviceInput{SerialNumber: device.serial}))
	sum := must[*iam.GetAccountSummaryOutput](t)(c.GetAccountSummary(ctx, nil)).SummaryMap
	if sum["MFADevices"] != 2 || sum["MFADevicesInUse"] != 1 || sum["AccountMFAEnabled"] != 0 {
		t.Errorf("%+v", sum)
	}
	if got := mfaActive(t, c); got != "<root_account>:false Administrator:false Bob:true" {
		t.Error(got)
	}

	// The user is renamed, and the device still is its.
	ok(t)(c.UpdateUser(ctx, &iam.UpdateUserInput{UserName: bob, NewUserName: aws.String("Robert")}))
	bob = aws.String("Robert")
	resync := &iam.ResyncMFADeviceInput{UserName: bob, SerialNumber: device.serial, AuthenticationCode1: device.code(5), AuthenticationCode2: device.code(6)}
	ok(t)(c.ResyncMFADevice(ctx, resync))
	fails(t, badCode)(c.ResyncMFADevice(ctx, resync))
	resync.UserName = me
	fails(t, notTheirs)(c.ResyncMFADevice(ctx, resync))

	// Tags.
	ok(t)(c.TagMFADevice(ctx, &iam.TagMFADeviceInput{SerialNumber: device.serial, Tags: []types.Tag{{Key: aws.String("a"), Value: aws.String("b")}}}))
	ok(t)(c.UntagMFADevice(ctx, &iam.UntagMFADeviceInput{SerialNumber: device.serial, TagKeys: []string{"k"}}))
	if tags := must[*iam.ListMFADeviceTagsOutput](t)(c.ListMFADeviceTags(ctx, &iam.ListMFADeviceTagsInput{SerialNumber: device.serial})).Tags; len(tags) != 1 || *tags[0].Key != "a" {
		t.Errorf("%+v", tags)
	}
	fails(t, noDevice)(c.ListMFADeviceTags(ctx, &iam.ListMFADeviceTagsInput{SerialNumber: none}))

	// Away with it.
	fails(t, notTheirs)(c.DeactivateMFADevice(ctx, &iam.DeactivateMFADeviceInput{SerialNumber: device.serial}))
	ok(t)(c.DeactivateMFADevice(ctx, &iam.DeactivateMFADeviceInput{SerialNumber: device.serial, UserName: bob}))
	fails(t, notTheirs)(c.DeactivateMFADevice(ctx, &iam.DeactivateMFADeviceInput{SerialNumber: device.serial, UserName: bob}))
	clock.pass(time.Hour)
	ok(t)(c.EnableMFADevice(ctx, device.enable("Robert"))) // again
	ok(t)(c.DeactivateMFADevice(ctx, &iam.DeactivateMFADeviceInput{SerialNumber: device.serial, UserName: bob}))
	ok(t)(c.DeleteUser(ctx, &iam.DeleteUserInput{UserName: bob}))
	ok(t)(c.DeleteVirtualMFADevice(ctx, &iam.DeleteVirtualMFADeviceInput{SerialNumber: device.serial}))
	fails(t, "NoSuchEntity: VirtualMFADevice with serial number "+phoneSerial+" does not exist.")(c.DeleteVirtualMFADevice(ctx, &iam.DeleteVirtualMFADeviceInput{SerialNumber: device.serial}))
	if got := virtual(t, c, "", 100); got != "phone" {
		t.Error(got)
	}
}

// virtual are the names of the virtual devices of a status, read in pages.
func virtual(t *testing.T, c *iam.Client, status types.AssignmentStatusType, size int32) string {
	t.Helper()
	var names []string
	for pages := iam.NewListVirtualMFADevicesPaginator(c, &iam.ListVirtualMFADevicesInput{AssignmentStatus: status, MaxItems: &size}); pages.HasMorePages(); {
		for _, d := range must[*iam.ListVirtualMFADevicesOutput](t)(pages.NextPage(t.Context())).VirtualMFADevices {
			names = append(names, strings.TrimPrefix(*d.SerialNumber, "arn:aws:iam::123456789012:mfa/"))
		}
	}
	return strings.Join(names, " ")
}

// mfaActive is the column of that name of a new credential report.
func mfaActive(t *testing.T, c *iam.Client) string {
	t.Helper()
	ok(t)(c.GenerateCredentialReport(t.Context(), nil))
	report := must[*iam.GetCredentialReportOutput](t)(c.GetCredentialReport(t.Context(), nil))
	rows, err := csv.NewReader(bytes.NewReader(report.Content)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for _, row := range rows[1:] {
		list = append(list, row[0]+":"+row[7])
	}
	return strings.Join(list, " ")
}

func TestMFAQuota(t *testing.T) {
	ctx, clock := t.Context(), newClock(noon)
	s, first := begun(t, memory(t), Options{MasterKey: NewMasterKey(), Now: clock.now})
	c := openDoor(t, s).as(first.Key.ID, first.Key.Secret)
	for i := range maxDevicesOfUser + 1 {
		device := newPhone(t, clock, must[*iam.CreateVirtualMFADeviceOutput](t)(c.CreateVirtualMFADevice(ctx, &iam.CreateVirtualMFADeviceInput{VirtualMFADeviceName: aws.String("d" + strconv.Itoa(i))})))
		if i < maxDevicesOfUser {
			ok(t)(c.EnableMFADevice(ctx, device.enable(adminUser)))
			continue
		}
		fails(t, "LimitExceeded: Cannot exceed quota for MFADevicesPerUser: 8")(c.EnableMFADevice(ctx, device.enable(adminUser)))
	}
	one := must[*iam.ListMFADevicesOutput](t)(c.ListMFADevices(ctx, &iam.ListMFADevicesInput{MaxItems: aws.Int32(3)}))
	two := must[*iam.ListMFADevicesOutput](t)(c.ListMFADevices(ctx, &iam.ListMFADevicesInput{Marker: one.Marker}))
	if len(one.MFADevices) != 3 || len(two.MFADevices) != 5 || two.IsTruncated || *two.MFADevices[0].SerialNumber != "arn:aws:iam::123456789012:mfa/d3" {
		t.Errorf("%+v %+v", one, two)
	}
}

// The root user has devices like any user, and nobody else can touch them.
func TestMFAOfRoot(t *testing.T) {
	ctx, clock := t.Context(), newClock(noon)
	s, first := begun(t, memory(t), Options{MasterKey: NewMasterKey(), Now: clock.now})
	d := openDoor(t, s)
	c := d.as(first.Key.ID, first.Key.Secret)
	root := &policy.Principal{Type: policy.Root, Account: account, ID: account, ARN: "arn:aws:iam::" + account + ":root"}
	call := func(out any, action string, params ...string) error {
		t.Helper()
		form := url.Values{"Action": {action}}
		for i := 0; i < len(params); i += 2 {
			form.Set(params[i], params[i+1])
		}
		f, err := awsapi.ParseForm(form.Encode(), nil)
		ok(t)(f, err)
		call, err := d.ops[action].Decode(&awsapi.Request{Caller: root, Form: f})
		if err != nil {
			return err
		}
		if need := call.Needs()[0]; strings.HasSuffix(action, "MFADevice") && !strings.HasPrefix(action, "Create") && need.Resource != root.ARN {
			t.Errorf("%s is on %s", action, need.Resource)
		}
		text, err := call.Run(ctx, nil)
		if err == nil && out != nil {
			err = xml.Unmarshal(text, out)
		}
		return err
	}
	device := newPhone(t, clock, must[*iam.CreateVirtualMFADeviceOutput](t)(c.CreateVirtualMFADevice(ctx, &iam.CreateVirtualMFADeviceInput{VirtualMFADeviceName: aws.String("root-account-mfa-device")})))
	ok(t)(nil, call(nil, "EnableMFADevice", "SerialNumber", *device.serial, "AuthenticationCode1", *device.code(-1), "AuthenticationCode2", *device.code(0)))
	var list struct {
		Serials []string `xml:"ListMFADevicesResult>MFADevices>member>SerialNumber"`
	}
	ok(t)(nil, call(&list, "ListMFADevices"))
	if len(list.Serials) != 1 || list.Serials[0] != "arn:aws:iam::123456789012:mfa/root-account-mfa-device" {
		t.Error(list)
	}
	shown := must[*iam.ListVirtualMFADevicesOutput](t)(c.ListVirtualMFADevices(ctx, nil)).VirtualMFADevices
	if len(shown) != 1 || *shown[0].User.Arn != root.ARN || *shown[0].User.UserId != account {
		t.Errorf("%+v", shown)
	}
	if sum := must[*iam.GetAccountSummaryOutput](t)(c.GetAccountSummary(ctx, nil)).SummaryMap; sum["AccountMFAEnabled"] != 1 || sum["MFADevicesInUse"] != 1 {
		t.Errorf("%+v", sum)
	}
	if got := mfaActive(t, c); got != "<root_account>:true Administrator:false" {
		t.Error(got)
	}
	clock.pass(30 * time.Second)
	if at, err := s.proveMFA(ctx, root, device.serial, device.code(0)); err != nil || at == nil {
		t.Error(err)
	}
	fails(t, notTheirs)(c.DeactivateMFADevice(ctx, &iam.DeactivateMFADeviceInput{SerialNumber: device.serial}))
	fails(t, notTheirs)(c.DeactivateMFADevice(ctx, &iam.DeactivateMFADeviceInput{SerialNumber: device.serial, UserName: aws.String(adminUser)}))
	ok(t)(nil, call(nil, "ResyncMFADevice", "SerialNumber", *device.serial, "AuthenticationCode1", *device.code(1), "AuthenticationCode2", *device.code(2)))
	ok(t)(nil, call(nil, "DeactivateMFADevice", "SerialNumber", *device.serial))
	// A user has to be named by all others.
	form, err := awsapi.ParseForm("Action=EnableMFADevice&AuthenticationCode1=123456&AuthenticationCode2=123456&SerialNumber="+*device.serial, nil)
	ok(t)(form, err)
	if _, err := d.ops["EnableMFADevice"].Decode(&awsapi.Request{Caller: &policy.Principal{Type: policy.User}, Form: form}); err == nil {
		t.Error("a device was enabled for nobody")
	}
}

// Devices are resources of their own; what is done with them for a user is on the user.
func TestMFANeeds(t *testing.T) {
	c, d := admin(t)
	ctx := t.Context()
	serial := must[*iam.CreateVirtualMFADeviceOutput](t)(c.CreateVirtualMFADevice(ctx, &iam.CreateVirtualMFADeviceInput{VirtualMFADeviceName: aws.String("phone"),
		Path: aws.String("/team/"), Tags: []types.Tag{{Key: aws.String("k"), Value: aws.String("v")}}})).VirtualMFADevice.SerialNumber
	const user = "arn:aws:iam::123456789012:user/Administrator"
	codes := "&UserName=Administrator&AuthenticationCode1=123456&AuthenticationCode2=123456&SerialNumber=" + *serial
	for query, resource := range map[string]string{
		"CreateVirtualMFADevice&Path=/a/&VirtualMFADeviceName=b":                         "arn:aws:iam::123456789012:mfa/a/b",
		"DeleteVirtualMFADevice&SerialNumber=" + *serial:                                 phoneSerial,
		"TagMFADevice&Tags.member.1.Key=a&Tags.member.1.Value=b&SerialNumber=" + *serial: phoneSerial,
		"UntagMFADevice&TagKeys.member.1=a&SerialNumber=" + *serial:                      phoneSerial,
		"ListMFADeviceTags&SerialNumber=" + *serial:                                      phoneSerial,
		"EnableMFADevice" + codes:                                                        user,
		"ResyncMFADevice" + codes:                                                        user,
		"DeactivateMFADevice" + codes:                                                    user,
		"GetMFADevice" + codes:                                                           user,
		"ListMFADevices&UserName=Administrator":                                          user,
		"ListVirtualMFADevices":                                                          "*",
	} {
		form, err := awsapi.ParseForm("Action="+query, nil)
		ok(t)(form, err)
		call, err := d.ops[form.Action()].Decode(&awsapi.Request{Caller: &policy.Principal{Type: policy.User, Account: account}, Form: form})
		ok(t)(call, err)
		need := call.Needs()[0]
		if need.Action != "iam:"+form.Action() || need.Resource != resource {
			t.Errorf("%s: %+v", query, need)
		}
		conditions, _ := need.Conditions.(policy.MapContext)
		if tagged := conditions["aws:resourcetag/k"] != nil; tagged != (resource == phoneSerial) {
			t.Errorf("%s: %+v", query, conditions)
		}
	}
}

func TestOTPURL(t *testing.T) {
	key, err := otp.NewKeyFromURL(otpURL("a+b=c,d@e", account, rfcSeed))
	if err != nil || key.Issuer() != "Stator" || key.AccountName() != "a+b=c,d@e@"+account || key.Secret() != rfcSeed || key.Type() != "totp" || key.Period() != mfaStep {
		t.Error(key, err)
	}
	for _, n := range []int{1, 256, 500} {
		if _, err := QRCode(otpURL(strings.Repeat("n", n), account, strings.Repeat("A", 64))); err != nil {
			t.Error(n, err)
		}
	}
}

func TestSeedsAreEncrypted(t *testing.T) {
	db := memory(t)
	s, first := begun(t, db, Options{MasterKey: NewMasterKey()})
	c := openDoor(t, s).as(first.Key.ID, first.Key.Secret)
	seed := must[*iam.CreateVirtualMFADeviceOutput](t)(c.CreateVirtualMFADevice(t.Context(), &iam.CreateVirtualMFADeviceInput{VirtualMFADeviceName: aws.String("phone")})).VirtualMFADevice.Base32StringSeed
	raw, err := idEncoding.DecodeString(string(seed))
	ok(t)(raw, err)
	ok(t)(nil, db.View(t.Context(), func(r kv.Reader) error {
		return r.Scan(t.Context(), kv.Range{Start: []byte{0}, End: []byte{0xff}}, func(key, value []byte) (bool, error) {
			if bytes.Contains(value, seed) || bytes.Contains(value, raw) {
				t.Errorf("in the clear at %q", key)
			}
			return true, nil
		})
	}))
}

// A device that its owner does not know of, or the other way round, is found by Check.
func TestCheckFindsLostDevices(t *testing.T) {
	ctx, clock := t.Context(), newClock(noon)
	db, err := pebblekv.OpenMemory(pebblekv.Options{})
	ok(t)(db, err)
	defer func() { _ = db.Close() }()
	s, first := begun(t, db, Options{MasterKey: NewMasterKey(), Now: clock.now})
	c := openDoor(t, s).as(first.Key.ID, first.Key.Secret)
	device := newPhone(t, clock, must[*iam.CreateVirtualMFADeviceOutput](t)(c.CreateVirtualMFADevice(ctx, &iam.CreateVirtualMFADeviceInput{VirtualMFADeviceName: aws.String("phone")})))
	ok(t)(c.EnableMFADevice(ctx, device.enable(adminUser)))
	problems := func(change func(*edit, *mfaRecord) error) (list []string) {
		t.Helper()
		ok(t)(nil, s.edit(ctx, account, func(e *edit) error {
			d, err := e.device(device.serial)
			if err != nil {
				return err
			}
			return change(e, d)
		}))
		_, err := Check(ctx, db, func(problem string) { list = append(list, problem) })
		ok(t)(nil, err)
		return list
	}
	if got := problems(func(*edit, *mfaRecord) error { return nil }); got != nil {
		t.Error(got)
	}
	owner := ""
	if got := problems(func(e *edit, d *mfaRecord) error {
		owner, d.Owner = d.Owner, ""
		return save(e, mfaKind, d)
	}); len(got) != 1 || !strings.HasSuffix(got[0], "the user does not have the device") {
		t.Error(got)
	}
	if got := problems(func(e *edit, d *mfaRecord) error {
		d.Owner = owner
		if err := e.tx.Delete(deviceKey(account, owner, d.ID)); err != nil {
			return err
		}
		return save(e, mfaKind, d)
	}); len(got) != 1 || !strings.HasSuffix(got[0], "its entry at "+owner+" is not there") {
		t.Error(got)
	}
	if got := problems(func(e *edit, d *mfaRecord) error {
		d.Owner = "AIDAX"
		return save(e, mfaKind, d)
	}); len(got) != 2 || !strings.Contains(got[0], "its owner AIDAX is not there") {
		t.Error(got)
	}
}
