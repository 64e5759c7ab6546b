package portal

import (
	"context"

	"github.com/statordb/stator/internal/kv"
	"github.com/statordb/stator/internal/signin"
)

// deviceOf finds what a user code is for.
func (p *Portal) deviceOf(ctx context.Context, r kv.Reader, typed string) (hash string, d *device, err error) {
	u, err := live[userCode](ctx, r, p.now(), userCodeKind, typed)
	if err != nil || u == nil {
		return "", nil, err
	}
	d, err = live[device](ctx, r, p.now(), deviceKind, u.Device)
	return u.Device, d, err
}

// typedCode counts an attempt to find a user code: it is short enough to be guessed otherwise.
func (p *Portal) typedCode(x *signin.Call, typed string) (*signin.Guess, string, *holder, error) {
	h, err := p.caller(x)
	if err != nil {
		return nil, "", nil, err
	}
	guess, err := p.SignIn.Guess(x, "device/"+h.ID)
	return guess, cleanUserCode(typed), h, err
}

// getDevice says what a tool wants that shows a user code.
func (p *Portal) getDevice(x *signin.Call) (any, error) {
	guess, typed, _, err := p.typedCode(x, x.Request().FormValue("user_code"))
	if err != nil {
		return nil, err
	}
	var d *device
	err = p.DB.View(x.Request().Context(), func(r kv.Reader) (err error) {
		_, d, err = p.deviceOf(x.Request().Context(), r, typed)
		return err
	})
	switch {
	case err != nil:
		return nil, err
	case d == nil:
		return nil, badCode() // the guess counts
	}
	guess.Right()
	return struct {
		ClientName string
		Scopes     []string
		State      deviceState
	}{d.ClientName, allowing(d.Scopes, false), d.state(p.now())}, nil
}

// decideDevice takes what somebody says to it.
func (p *Portal) decideDevice(x *signin.Call) (any, error) {
	var in struct {
		UserCode string
		Allow    bool
	}
	if err := x.Read(&in); err != nil {
		return nil, err
	}
	guess, typed, h, err := p.typedCode(x, in.UserCode)
	if err != nil {
		return nil, err
	}
	ctx := x.Request().Context()
	var hash string
	var d *device
	err = p.DB.View(ctx, func(r kv.Reader) (err error) {
		hash, d, err = p.deviceOf(ctx, r, typed)
		return err
	})
	switch {
	case err != nil:
		return nil, err
	case d == nil:
		return nil, badCode()
	}
	guess.Right()
	err = p.DB.Update(ctx, func(tx kv.Txn) error {
		if err := tx.Lock(ctx, recordKey(deviceKind, hash)); err != nil {
			return err
		}
		d, err = live[device](ctx, tx, p.now(), deviceKind, hash)
		if err != nil || d == nil {
			return or(err, gone())
		}
		if d.state(p.now()) != devicePending {
			return nil // it says what has become of it
		}
		d.State = deviceDenied
		if in.Allow {
			d.State, d.User, d.Session = deviceAllowed, h.ID, h.id
		}
		return put(tx, recordKey(deviceKind, hash), d)
	})
	if err != nil {
		return nil, err
	}
	return struct{ State deviceState }{d.state(p.now())}, nil
}
