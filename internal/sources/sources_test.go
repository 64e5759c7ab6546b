package sources

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/directory"
	"github.com/statordb/stator/internal/identity"
	"github.com/statordb/stator/internal/kv"
	"github.com/statordb/stator/internal/kv/pebblekv"
	"github.com/statordb/stator/internal/policy"
)

// sessionTime is how long sessions last of which the source does not say when they end.
const sessionTime = 8 * time.Hour

// site is a server with its outside source, and an access portal that only notes who is signed in.
type site struct {
	*Service
	t   *testing.T
	web *httptest.Server
	log *strings.Builder

	mu       sync.Mutex
	sessions map[string]Proof // by the ids of sessions
	mfa      bool             // of the last one
	tags     []policy.Tag     // likewise
	ahead    time.Duration    // of the clock
}

func start(t *testing.T) *site {
	t.Helper()
	db, err := pebblekv.OpenMemory(pebblekv.Options{})
	must(t, err)
	t.Cleanup(func() { _ = db.Close() })
	people, err := directory.Open(t.Context(), db, directory.Options{})
	must(t, err)
	seals, err := identity.Open(t.Context(), db, identity.Options{MasterKey: identity.NewMasterKey()})
	must(t, err)
	s := &site{t: t, sessions: map[string]Proof{}, log: &strings.Builder{}}
	s.web = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/sources/") {
			s.ServeHTTP(w, r)
			return
		}
		_, _ = io.WriteString(w, "a page")
	}))
	t.Cleanup(s.web.Close)
	s.Service = New(db, Options{Directory: people, Seal: seals.Seal, Unseal: seals.Unseal, PublicURL: s.web.URL, AllowLoopbackHTTP: true,
		Now: func() time.Time {
			s.mu.Lock()
			defer s.mu.Unlock()
			return time.Now().Add(s.ahead)
		},
		Logger: slog.New(slog.NewTextHandler(lockedWriter{s}, nil)),
		Begin: func(_ context.Context, by Proof) (string, time.Time, error) {
			s.mu.Lock()
			defer s.mu.Unlock()
			made := token()
			s.sessions[SessionID(made)], s.mfa, s.tags = by, by.MFA, by.Tags
			ends := time.Now().Add(s.ahead + sessionTime)
			if !by.Until.IsZero() && by.Until.Before(ends) {
				ends = by.Until
			}
			return made, ends, nil
		},
		Enter: func(w http.ResponseWriter, _ *http.Request, token string) error {
			http.SetCookie(w, &http.Cookie{Name: "people", Value: token, Path: "/"})
			return nil
		},
		End: func(_ context.Context, id string) error {
			s.mu.Lock()
			defer s.mu.Unlock()
			delete(s.sessions, id)
			return nil
		}})
	t.Cleanup(func() {
		must(t, s.Close())
		_, err := Check(context.Background(), db, func(problem string) { t.Error(problem) })
		must(t, err)
	})
	return s
}

type lockedWriter struct{ s *site }

func (w lockedWriter) Write(b []byte) (int, error) {
	w.s.mu.Lock()
	defer w.s.mu.Unlock()
	return w.s.log.Write(b)
}

func (s *site) forward(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ahead += d
}

func (s *site) logged(text string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return strings.Contains(s.log.String(), text)
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// call calls an operation as somebody who may.
func (s *site) call(name string, in map[string]any) (map[string]any, error) {
	s.t.Helper()
	if in["IdentityStoreId"] == nil {
		in["IdentityStoreId"] = s.Directory.ID()
	}
	body, err := json.Marshal(in)
	must(s.t, err)
	for _, op := range s.Operations() {
		if op.Name != name {
			continue
		}
		c, err := op.Decode(&awsapi.Request{Body: body, Caller: &policy.Principal{Account: "111122223333"}, Now: s.Now()})
		if err != nil {
			return nil, err
		}
		if needs := c.Needs(); len(needs) != 1 || needs[0].Action != "sso-directory:"+name {
			s.t.Errorf("%s needs %+v", name, needs)
		}
		answer, err := c.Run(s.t.Context(), nil)
		if err != nil {
			return nil, err
		}
		out := map[string]any{}
		must(s.t, json.Unmarshal(answer, &out))
		return out, nil
	}
	s.t.Fatalf("there is no operation %s", name)
	return nil, nil
}

// use makes a configuration and enables it.
func (s *site) use(in map[string]any) (id string) {
	s.t.Helper()
	out, err := s.call("CreateExternalIdPConfigurationForDirectory", in)
	must(s.t, err)
	id = out["ConfigurationId"].(string)
	_, err = s.call("EnableExternalIdPConfigurationForDirectory", map[string]any{"ConfigurationId": id})
	must(s.t, err)
	return id
}

// user is a user by its name, nil if there is none.
func (s *site) user(name string) (u *directory.User) {
	s.t.Helper()
	must(s.t, s.Directory.View(s.t.Context(), func(r kv.Reader) (err error) {
		u, err = s.Directory.UserByName(s.t.Context(), r, name)
		return err
	}))
	return u
}

// groups are the names of the groups of a user, in the order of their ids.
func (s *site) groups(user string) map[string]bool {
	s.t.Helper()
	names := map[string]bool{}
	must(s.t, s.Directory.View(s.t.Context(), func(r kv.Reader) error {
		ids, err := s.Directory.GroupsOf(s.t.Context(), r, user)
		for _, id := range ids {
			g, err := s.Directory.Group(s.t.Context(), r, id)
			if err != nil {
				return err
			}
			names[g.DisplayName] = true
		}
		return err
	}))
	return names
}

func (s *site) put(u *directory.User) *directory.User {
	s.t.Helper()
	must(s.t, s.Directory.Change(s.t.Context(), func(tx kv.Txn) error { return s.Directory.PutUser(s.t.Context(), tx, u) }))
	return u
}

func (s *site) isGroups(what, user string, want ...string) {
	s.t.Helper()
	got := s.groups(user)
	for _, name := range want {
		if !got[name] {
			s.t.Errorf("%s: not in %s: %v", what, name, got)
		}
	}
	if len(got) != len(want) {
		s.t.Errorf("%s: in %v, want %v", what, got, want)
	}
}

// browser keeps cookies, and goes nowhere by itself. What another site has it send has no cookies, as with SameSite=Lax.
type browser struct {
	t      *testing.T
	s      *site
	client *http.Client
}

func (s *site) browser() *browser {
	jar, err := cookiejar.New(nil)
	must(s.t, err)
	return &browser{s.t, s, &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

type page struct {
	status int
	to     string
	body   string
}

func (p page) String() string { return fmt.Sprintf("%d %s %.300s", p.status, p.to, p.body) }

func (b *browser) do(r *http.Request, cookies bool) page {
	b.t.Helper()
	client := b.client
	if !cookies {
		client = &http.Client{CheckRedirect: b.client.CheckRedirect}
	}
	resp, err := client.Do(r)
	must(b.t, err)
	defer resp.Body.Close()
	if !cookies {
		b.client.Jar.SetCookies(r.URL, resp.Cookies())
	}
	body, err := io.ReadAll(resp.Body)
	must(b.t, err)
	to := resp.Header.Get("Location")
	if strings.HasPrefix(to, "/") {
		to = r.URL.Scheme + "://" + r.URL.Host + to
	}
	return page{resp.StatusCode, to, string(body)}
}

func (b *browser) get(address string) page {
	b.t.Helper()
	if strings.HasPrefix(address, "/") {
		address = b.s.web.URL + address
	}
	r, err := http.NewRequest(http.MethodGet, address, nil)
	must(b.t, err)
	return b.do(r, true)
}

// post sends a form from another site.
func (b *browser) post(address string, form url.Values) page {
	b.t.Helper()
	r, err := http.NewRequest(http.MethodPost, address, strings.NewReader(form.Encode()))
	must(b.t, err)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return b.do(r, false)
}

// signedIn is the user whose session the browser has, "" if it has none that counts.
func (b *browser) signedIn() (user string) {
	b.t.Helper()
	id := b.session()
	b.s.mu.Lock()
	by := b.s.sessions[id]
	b.s.mu.Unlock()
	must(b.t, b.s.db.View(b.t.Context(), func(r kv.Reader) error {
		ok, err := b.s.Vouches(b.t.Context(), r, by.Grant)
		if ok {
			user = by.User
		}
		return err
	}))
	return user
}

func (b *browser) session() string {
	u, _ := url.Parse(b.s.web.URL)
	for _, c := range b.client.Jar.Cookies(u) {
		if c.Name == "people" {
			return SessionID(c.Value)
		}
	}
	return ""
}

func (b *browser) isSignedIn(what string, p page, name string) {
	b.t.Helper()
	u := b.s.user(name)
	if u == nil || b.signedIn() != u.ID {
		b.t.Fatalf("%s: %s is not signed in: %v\n%s", what, name, p, b.s.log)
	}
}

func (b *browser) isRefused(what string, p page) {
	b.t.Helper()
	if p.status < 400 || p.status >= 500 || b.signedIn() != "" {
		b.t.Errorf("%s: %v, signed in: %q", what, p, b.signedIn())
	}
}

func code(err error) string {
	e, _ := err.(*awsapi.Error)
	if e == nil {
		return ""
	}
	return e.Code
}
