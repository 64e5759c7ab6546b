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
	secureCookie = "__Host-stator-session"
	plainCookie  = "stator-session"
)

func (x *call) cookieName() string {
	if x.Secure {
		return secureCookie
	}
	if _, port, err := net.SplitHostPort(x.r.Host); err == nil && port != "" {
		return plainCookie + "-" + port
	}
	return plainCookie
}

// token is the session's that the browser has, "" if it has none.
func (x *call) token() string {
	c, err := x.r.Cookie(x.cookieName())
	if err != nil {
		return ""
	}
	return c.Value
}

func (x *call) setToken(token string) {
	c := &http.Cookie{Name: x.cookieName(), Value: token, Path: "/", HttpOnly: true, Secure: x.Secure, SameSite: http.SameSiteStrictMode}
	if token == "" {
		c.MaxAge = -1
	}
	http.SetCookie(x.w, c)
}

// signedIn returns the session of the browser, nil if there is none.
func (h *Handler) signedIn(x *call) (*identity.Console, error) {
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
