package signin

import (
	"errors"
	"net"
	"net/http"

	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/identity"
)

// The cookie has the session's token. It lasts as long as the browser, as the server knows when the session ends. Over TLS
// its name makes browsers see to it that nobody but this very server can have set it, and no other is looked at: one that
// somebody on the network has planted without TLS has another name. Without TLS the name has the port, as cookies of all ports of
// a machine are one.
const (
	sessionCookie = "stator-session"
	securePrefix  = "__Host-"
)

func (x *Call) cookieName(name string) string {
	if x.Secure {
		return securePrefix + name
	}
	if _, port, err := net.SplitHostPort(x.r.Host); err == nil && port != "" {
		return name + "-" + port
	}
	return name
}

// Cookie is what the browser has in a cookie that SetCookie gave it, "" if it has none.
func (x *Call) Cookie(name string) string {
	c, err := x.r.Cookie(x.cookieName(name))
	if err != nil {
		return ""
	}
	return c.Value
}

// SetCookie gives the browser a cookie that no script can read, and takes it back if the value is "".
func (x *Call) SetCookie(name, value string, site http.SameSite) {
	c := &http.Cookie{Name: x.cookieName(name), Value: value, Path: "/", HttpOnly: true, Secure: x.Secure, SameSite: site}
	if value == "" {
		c.MaxAge = -1
	}
	http.SetCookie(x.w, c)
}

// token is the session's that the browser has, "" if it has none.
func (x *Call) token() string { return x.Cookie(sessionCookie) }

func (x *Call) setToken(token string) { x.SetCookie(sessionCookie, token, http.SameSiteStrictMode) }

// SignedIn returns the session of the console that the browser has, nil if there is none.
func (h *Handler) SignedIn(x *Call) (*identity.Console, error) {
	token := x.token()
	if token == "" {
		return nil, nil
	}
	c, err := h.Identities.Console(x.r.Context(), token)
	if errors.Is(err, identity.ErrNoConsole) {
		return nil, nil
	}
	return c, err
}

func notSignedIn() *awsapi.Error {
	return &awsapi.Error{Code: "NotSignedIn", Status: http.StatusUnauthorized, Message: "You are not signed in, or your session has ended."}
}
