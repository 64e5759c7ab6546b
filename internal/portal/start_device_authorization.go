package portal

import (
	"context"
	"crypto/rand"
	"math/big"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"golang.org/x/time/rate"

	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/kv"
	"github.com/statordb/stator/internal/policy"
)

// A device authorization, as AWS's are.
const (
	deviceLife     = 10 * time.Minute
	deviceInterval = time.Second
	// deviceRemembered is how long it is known of one that is over that it has been.
	deviceRemembered = 10 * time.Minute
)

// How many a source can begin at once, and in a second from then on, and how many all sources of a server: each is kept for twenty
// minutes, and anybody can begin one, from as many addresses as a network has.
const (
	startBurst      = 30
	startsSecond    = 1.0 / 2
	startingSources = 10_000
	allStartsBurst  = 5000
	allStartsSecond = 20.0
)

// deviceState is what has become of a device authorization.
type deviceState string

const (
	devicePending deviceState = "Pending"
	deviceAllowed deviceState = "Allowed"
	deviceDenied  deviceState = "Denied"
	deviceExpired deviceState = "Expired"
	// deviceUsed is one whose tokens have been handed out. To the person it is still allowed.
	deviceUsed deviceState = "Used"
)

// device is an authorization that a tool without a browser waits for.
type device struct {
	ending // when it is forgotten
	// Until is when its codes end.
	Until time.Time
	// Client is the hash of the id of the client.
	Client, ClientName string
	Scopes             []string
	UserCode           string
	State              deviceState
	// Next is when the tool may ask again. It may be early once.
	Next time.Time
	// User and Session are who has allowed it, Family is that of its tokens.
	User, Session, Family string
}

// userCode leads from a user code to the device code's hash.
type userCode struct {
	ending
	Device string
}

func (d *device) state(now time.Time) deviceState {
	switch {
	case d.State == deviceUsed:
		return deviceAllowed
	case !now.Before(d.Until):
		return deviceExpired
	}
	return d.State
}

type startDeviceAuthorizationInput struct {
	ClientID     *string `json:"clientId"`
	ClientSecret *string `json:"clientSecret"`
	StartURL     *string `json:"startUrl"`
}

type startDeviceAuthorizationOutput struct {
	DeviceCode              string `json:"deviceCode"`
	UserCode                string `json:"userCode"`
	VerificationURI         string `json:"verificationUri"`
	VerificationURIComplete string `json:"verificationUriComplete"`
	ExpiresIn               int    `json:"expiresIn"`
	Interval                int    `json:"interval"`
}

// startDeviceAuthorization decodes StartDeviceAuthorization.
func (p *Portal) startDeviceAuthorization(req *awsapi.Request) (awsapi.Call, error) {
	in := new(startDeviceAuthorizationInput)
	if err := readOAuth(req, in); err != nil {
		return nil, err
	}
	c, bad := p.proven(in.ClientID, in.ClientSecret)
	if bad != nil {
		return refused(bad), nil
	}
	public := p.public(req.Secure, req.Host)
	return &unsigned{nobody, func(ctx context.Context) (any, error) {
		if !c.may(deviceGrant) {
			return nil, oauthError("UnauthorizedClientException", "The client is not registered for device codes")
		}
		i, err := p.instance(ctx)
		if err != nil {
			return nil, err
		}
		if i == nil || in.StartURL == nil || !isStart(*in.StartURL) {
			return nil, invalidRequest("Invalid start URL provided")
		}
		if !p.mayStart(req.Source, req.Now) {
			return nil, oauthError("SlowDownException", "Too many device authorizations were begun")
		}
		code, typed, err := p.startDevice(ctx, c)
		if err != nil {
			return nil, err
		}
		page := public + "/console/device"
		return &startDeviceAuthorizationOutput{code, typed, page, page + "?user_code=" + typed, int(deviceLife.Seconds()), int(deviceInterval.Seconds())}, nil
	}}, nil
}

// refused is a call whose sender has not proven to be who it says.
func refused(err *awsapi.Error) awsapi.Call {
	return &unsigned{who: func(context.Context) (*policy.Principal, error) { return nil, err }}
}

// isStart says whether a URL is of the access portal. There is one portal, whatever the server is called.
func isStart(text string) bool {
	u, err := url.Parse(text)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != "" && strings.TrimRight(u.Path, "/") == startPath
}

func (p *Portal) mayStart(from netip.Addr, now time.Time) bool {
	bits := 64
	if from.Is4() {
		bits = 32
	}
	source, _ := from.Prefix(bits) // none, if it has no address
	l, ok := p.starts.Get(source)
	if !ok {
		l = rate.NewLimiter(startsSecond, startBurst)
		if had, there, _ := p.starts.PeekOrAdd(source, l); there {
			l = had
		}
	}
	if !l.AllowN(now, 1) {
		return false
	}
	may := p.allStarts.AllowN(now, 1)
	if !may {
		p.crowded.Do(func() {
			p.Logger.Warn("so many device authorizations are begun that some are refused", "source", source)
		})
	}
	return may
}

// startDevice begins an authorization, and returns its device code and its user code.
func (p *Portal) startDevice(ctx context.Context, c *client) (code, typed string, err error) {
	code, hash := newSecret()
	err = p.DB.Update(ctx, func(tx kv.Txn) error {
		typed = newUserCode()
		if err := tx.Lock(ctx, recordKey(deviceKind, hash), recordKey(userCodeKind, typed)); err != nil {
			return err
		}
		now := p.now()
		if taken, err := live[userCode](ctx, tx, now, userCodeKind, typed); err != nil || taken != nil {
			if err == nil {
				err = kv.ErrConflict // once in a thousand million times
			}
			return err
		}
		until := now.Add(deviceLife)
		forgotten := ending{until.Add(deviceRemembered)}
		err := put(tx, recordKey(deviceKind, hash), &device{ending: forgotten, Until: until, Client: digest(c.id), ClientName: c.Name,
			Scopes: c.Scopes, UserCode: typed, State: devicePending})
		if err != nil {
			return err
		}
		return put(tx, recordKey(userCodeKind, typed), &userCode{forgotten, hash})
	})
	return code, typed, err
}

// letters are easy to tell from each other, and make no words (RFC 8628, section 6.1).
const letters = "BCDFGHJKLMNPQRSTVWXZ"

// newUserCode makes a code like BCDF-GHJK.
func newUserCode() string {
	code := make([]byte, 0, 9)
	for i := range 8 {
		if i == 4 {
			code = append(code, '-')
		}
		n, err := rand.Int(rand.Reader, big.NewInt(int64(len(letters))))
		if err != nil {
			panic(err) // crypto/rand's reader never fails
		}
		code = append(code, letters[n.Int64()])
	}
	return string(code)
}

// cleanUserCode is a code as somebody typed it, as it is kept.
func cleanUserCode(typed string) string {
	var plain []byte
	for _, r := range strings.ToUpper(typed) {
		if strings.ContainsRune(letters, r) && len(plain) < 8 {
			plain = append(plain, byte(r))
		}
	}
	if len(plain) != 8 {
		return ""
	}
	return string(plain[:4]) + "-" + string(plain[4:])
}
