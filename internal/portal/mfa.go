package portal

import (
	"context"
	"encoding/base64"
	"net/http"
	"time"

	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/directory"
	"github.com/statordb/stator/internal/kv"
	"github.com/statordb/stator/internal/signin"
)

func (p *Portal) devices(ctx context.Context, user string) (all []directory.MFADevice, err error) {
	err = p.DB.View(ctx, func(r kv.Reader) (err error) {
		all, err = p.Directory.MFADevices(ctx, r, user)
		return err
	})
	return all, err
}

// hasDevice says whether somebody has an MFA device that counts.
func (p *Portal) hasDevice(ctx context.Context, user string) (bool, error) {
	all, err := p.devices(ctx, user)
	return len(all) > 0, err
}

// getDevices shows somebody the MFA devices that are registered.
func (p *Portal) getDevices(x *signin.Call) (any, error) {
	h, err := p.caller(x)
	if err != nil {
		return nil, err
	}
	all, err := p.devices(x.Request().Context(), h.ID)
	if err != nil {
		return nil, err
	}
	type shown struct {
		ID      string `json:"Id"`
		Name    string
		Created time.Time
	}
	out := struct{ Devices []shown }{[]shown{}}
	for _, d := range all {
		out.Devices = append(out.Devices, shown{d.ID, d.Name, d.Registered})
	}
	return out, nil
}

// shown says whether somebody has shown an MFA device, and refuses who has an MFA device and has shown none, neither at the sign-in nor now, with a code: whoever comes upon a session
// without one must not put another device in the place of the person's ("AWS: Allows MFA-authenticated IAM users to manage their own MFA
// device", IAM User Guide, has the same of users of IAM).
func (p *Portal) shown(x *signin.Call, h *holder, code string) (bool, error) {
	if h.session.MFA {
		return true, nil
	}
	ctx := x.Request().Context()
	if has, err := p.hasDevice(ctx, h.ID); err != nil || !has {
		return false, err
	}
	if code == "" {
		return false, &awsapi.Error{Code: "MFARequired", Status: http.StatusForbidden, Message: "Enter a code of an MFA device that you have registered."}
	}
	guess, err := p.SignIn.Guess(x, "device/"+h.ID)
	if err != nil {
		return false, err
	}
	right, err := p.Directory.UseCode(ctx, h.ID, code)
	if err == nil && !right {
		err = &awsapi.Error{Code: "InvalidCode", Status: http.StatusBadRequest, Message: "The code is not valid, or not any more."}
	}
	guess.Ended(err)
	return right, err
}

// newDevice is what an authenticator app needs to know once.
type newDevice struct {
	ID             string `json:"Id"`
	Secret, QRCode string
}

// begun begins to register a device.
func (p *Portal) begun(ctx context.Context, user string, shown bool) (*newDevice, error) {
	m, err := p.Directory.BeginMFA(ctx, user, shown)
	if err != nil {
		return nil, err
	}
	return &newDevice{m.ID, m.Secret, "data:image/png;base64," + base64.StdEncoding.EncodeToString(m.QRCode)}, nil
}

// addDevice begins to register a device, or, with its id and a code that it shows, ends that. To begin, who has a device already gives a
// code of that, if none was given at the sign-in.
func (p *Portal) addDevice(x *signin.Call) (any, error) {
	var in struct {
		ID         string `json:"Id"`
		Code, Name string
	}
	if err := x.Read(&in); err != nil {
		return nil, err
	}
	h, err := p.caller(x)
	if err != nil {
		return nil, err
	}
	ctx := x.Request().Context()
	if in.ID == "" {
		shown, err := p.shown(x, h, in.Code)
		if err != nil {
			return nil, err
		}
		return p.begun(ctx, h.ID, shown)
	}
	guess, err := p.SignIn.Guess(x, "device/"+h.ID)
	if err != nil {
		return nil, err
	}
	err = p.Directory.ConfirmMFA(ctx, h.ID, in.ID, in.Code, in.Name)
	guess.Ended(err)
	return done{}, p.log(x, "CompleteVirtualMfaDeviceRegistration", h.User, nil, err)
}

// removeDevice deletes a device of who is signed in, and gives a code of it, or of another one, if none was given at the sign-in.
func (p *Portal) removeDevice(x *signin.Call) (any, error) {
	var in struct {
		ID   string `json:"Id"`
		Code string
	}
	if err := x.Read(&in); err != nil {
		return nil, err
	}
	h, err := p.caller(x)
	if err != nil {
		return nil, err
	}
	if _, err := p.shown(x, h, in.Code); err != nil {
		return nil, err
	}
	err = p.Directory.DeleteMFA(x.Request().Context(), h.ID, in.ID)
	return done{}, p.log(x, "DeleteMfaDeviceForUser", h.User, nil, err)
}
