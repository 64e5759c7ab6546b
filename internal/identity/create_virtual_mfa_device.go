package identity

import (
	"bytes"
	"crypto/rand"
	"image/png"
	"net/url"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/boombuler/barcode"
	"github.com/boombuler/barcode/qr"

	"github.com/statordb/stator/internal/awsapi"
)

// seedSize is the length of a seed: 64 characters in base32, as AWS's have.
const seedSize = 40

// otpURL is what a QR code says: "otpauth://totp/$virtualMFADeviceName@$AccountName?secret=$Base32String", with the
// service before the name and as the issuer, as AWS has it.
func otpURL(name, account, seed string) string {
	const issuer = "Stator"
	return "otpauth://totp/" + issuer + ":" + url.PathEscape(name+"@"+account) + "?secret=" + seed + "&issuer=" + issuer
}

// QRCode is a picture in PNG of a text, each of its squares 6 pixels wide, with the margin of four that readers need.
func QRCode(text string) ([]byte, error) {
	code, err := qr.Encode(text, qr.M, qr.Auto)
	if err != nil {
		return nil, err
	}
	side := 6 * (code.Bounds().Dx() + 2*4)
	if code, err = barcode.Scale(code, side, side); err != nil {
		return nil, err
	}
	var picture bytes.Buffer
	err = png.Encode(&picture, code)
	return picture.Bytes(), err
}

// createVirtualMFADevice decodes CreateVirtualMFADevice. Its answer is the only one that has the seed.
func (s *Store) createVirtualMFADevice(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[iam.CreateVirtualMFADeviceInput](req, "VirtualMFADeviceName")
	if err != nil {
		return nil, err
	}
	tags, err := newTags(in.Tags)
	if err != nil {
		return nil, err
	}
	return s.write(req, "CreateVirtualMFADevice", created(mfaKind, in.Path, in.VirtualMFADeviceName), func(e *edit) (any, error) {
		a, err := e.accountOf()
		if err != nil {
			return nil, err
		}
		name := pathOr(in.Path)[1:] + *in.VirtualMFADeviceName
		d := &mfaRecord{entity: e.newEntity("MFAD", nil, &name, tags)}
		serial := d.arn(e.account, mfaKind)
		var bad awsapi.Violations // of which no call could speak
		constraints["SerialNumber"].checkText(&bad, "serialNumber", &serial, maxSerial)
		if err := bad.Err(awsapi.ValidationError); err != nil {
			return nil, err
		}
		random := make([]byte, seedSize)
		rand.Read(random) // never fails
		seed := idEncoding.EncodeToString(random)
		d.Seed = s.seal.seal([]byte(seed), mfaSeedName(d.ID))
		if err := create(e, mfaKind, d, "VirtualMFADevicesPerAccount", maxDevices); err != nil {
			return nil, err
		}
		label := a.Alias
		if label == "" {
			label = e.account
		}
		picture, err := QRCode(otpURL(*in.VirtualMFADeviceName, label, seed))
		return &iam.CreateVirtualMFADeviceOutput{VirtualMFADevice: &types.VirtualMFADevice{
			SerialNumber: aws.String(serial), Base32StringSeed: []byte(seed), QRCodePNG: picture, Tags: showTags(tags),
		}}, err
	}, requestTags(in.Tags))
}
