package agent

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// Options configure a Handler.
type Options struct {
	// Keeper has the credentials.
	Keeper *Keeper
	// RoleARN is the role that they are of, and Region the one that instance metadata names.
	RoleARN, Region string
	// Token is what clients of the container endpoint have to send.
	Token string
	// Metadata also serves instance metadata.
	Metadata bool
	// Logger gets what is refused.
	Logger *slog.Logger
}

// CredentialsPath is where the container endpoint is.
const CredentialsPath = "/credentials"

// patience is how long a client waits for credentials if there are none.
const patience = 5 * time.Second

// handler answers the clients of a host.
type handler struct {
	Options
	key [sha256.Size]byte // of the tokens for instance metadata
}

// NewHandler returns what answers clients: under CredentialsPath the container endpoint ("Container credential provider", AWS SDKs and
// Tools Reference Guide), and below /latest instance metadata, of version 2 alone ("Use the Instance Metadata Service", Amazon EC2 User
// Guide). It answers nobody who names the host otherwise than as this one's loopback address: a page of the web can't have a browser
// ask it.
func NewHandler(opts Options) http.Handler {
	h := &handler{Options: opts}
	rand.Read(h.key[:]) // never fails
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+CredentialsPath, h.container)
	if opts.Metadata {
		mux.HandleFunc("PUT /latest/api/token", h.newToken)
		for path, answer := range map[string]http.HandlerFunc{
			"meta-data/iam/security-credentials":             h.roleName,
			"meta-data/iam/security-credentials/{$}":         h.roleName,
			"meta-data/iam/security-credentials/" + h.role(): h.roleCredentials,
			"meta-data/placement/region":                     h.region,
			"dynamic/instance-identity/document":             h.document,
		} {
			mux.HandleFunc("GET /latest/"+path, h.withToken(answer))
		}
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		if !loopback(r.Host) {
			h.refuse(w, r, http.StatusForbidden, "the request is for another host")
			return
		}
		mux.ServeHTTP(w, r)
	})
}

// loopback says whether a host, with or without its port, is this machine's own name or loopback address.
func loopback(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	if strings.EqualFold(host, "localhost") {
		return true
	}
	addr, err := netip.ParseAddr(strings.Trim(host, "[]"))
	return err == nil && addr.IsLoopback()
}

// role is the name of the role.
func (h *handler) role() string { return h.RoleARN[strings.LastIndexByte(h.RoleARN, '/')+1:] }

// refuse answers who may not have what it asks for.
func (h *handler) refuse(w http.ResponseWriter, r *http.Request, status int, why string) {
	h.Logger.Warn("refused", "path", r.URL.Path, "from", r.RemoteAddr, "why", why)
	writeJSON(w, status, map[string]string{"code": http.StatusText(status), "message": why})
}

func writeJSON(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v) // an error means that the client is gone
}

// credentials are those that are good now. If there are none the client is told so, and that it may try again.
func (h *handler) credentials(w http.ResponseWriter, r *http.Request) (aws.Credentials, bool) {
	ctx, cancel := context.WithTimeout(r.Context(), patience)
	defer cancel()
	c, err := h.Keeper.Credentials(ctx)
	if err != nil {
		writeJSON(w, http.StatusServiceUnavailable, map[string]string{"code": "NoCredentials", "message": err.Error()})
	}
	return c, err == nil
}

// container answers with credentials who has the token.
func (h *handler) container(w http.ResponseWriter, r *http.Request) {
	if subtle.ConstantTimeCompare([]byte(r.Header.Get("Authorization")), []byte(h.Token)) != 1 {
		h.refuse(w, r, http.StatusUnauthorized, "the Authorization header does not have the token")
		return
	}
	if c, ok := h.credentials(w, r); ok {
		writeJSON(w, http.StatusOK, map[string]string{"AccessKeyId": c.AccessKeyID, "SecretAccessKey": c.SecretAccessKey, "Token": c.SessionToken,
			"Expiration": stamp(c.Expires), "RoleArn": h.RoleARN})
	}
}

func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// The headers of instance metadata, and the longest time that its tokens are good.
const (
	headerToken = "X-Aws-Ec2-Metadata-Token"
	headerTTL   = "X-Aws-Ec2-Metadata-Token-Ttl-Seconds"
	maxTTL      = 21600
)

// newToken gives out a token. Who comes through a proxy gets none: it may be one that somebody outside has made ask.
func (h *handler) newToken(w http.ResponseWriter, r *http.Request) {
	if _, there := r.Header["X-Forwarded-For"]; there {
		h.refuse(w, r, http.StatusForbidden, "the request comes through a proxy")
		return
	}
	seconds, err := strconv.Atoi(r.Header.Get(headerTTL))
	if err != nil || seconds < 1 || seconds > maxTTL {
		http.Error(w, "the header X-aws-ec2-metadata-token-ttl-seconds has to be 1 to 21600", http.StatusBadRequest)
		return
	}
	w.Header().Set(headerTTL, strconv.Itoa(seconds))
	_, _ = io.WriteString(w, h.sign(time.Now().Add(time.Duration(seconds)*time.Second)))
}

// sign makes a token: when it ends, and what nobody else can make for that. So none has to be kept.
func (h *handler) sign(end time.Time) string {
	raw := binary.BigEndian.AppendUint64(nil, uint64(end.Unix()))
	mac := hmac.New(sha256.New, h.key[:])
	mac.Write(raw)
	return base64.RawURLEncoding.EncodeToString(mac.Sum(raw))
}

// good says whether a token is one that was given out and has not ended.
func (h *handler) good(token string) bool {
	raw, err := base64.RawURLEncoding.DecodeString(token)
	if err != nil || len(raw) != 8+sha256.Size {
		return false
	}
	end := time.Unix(int64(binary.BigEndian.Uint64(raw)), 0)
	return hmac.Equal([]byte(token), []byte(h.sign(end))) && time.Now().Before(end)
}

// withToken lets through who has a token.
func (h *handler) withToken(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if !h.good(r.Header.Get(headerToken)) {
			h.refuse(w, r, http.StatusUnauthorized, "the header X-aws-ec2-metadata-token does not have a token that is good")
			return
		}
		next(w, r)
	}
}

func (h *handler) roleName(w http.ResponseWriter, _ *http.Request) {
	_, _ = io.WriteString(w, h.role())
}

func (h *handler) region(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, h.Region) }

func (h *handler) document(w http.ResponseWriter, _ *http.Request) {
	writeJSON(w, http.StatusOK, map[string]string{"region": h.Region})
}

func (h *handler) roleCredentials(w http.ResponseWriter, r *http.Request) {
	if c, ok := h.credentials(w, r); ok {
		writeJSON(w, http.StatusOK, map[string]string{"Code": "Success", "Type": "AWS-HMAC", "LastUpdated": stamp(time.Now()),
			"AccessKeyId": c.AccessKeyID, "SecretAccessKey": c.SecretAccessKey, "Token": c.SessionToken, "Expiration": stamp(c.Expires)})
	}
}
