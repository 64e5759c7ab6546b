package sources

import (
	"bytes"
	"context"
	"io"
	"maps"
	"net/http"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
)

// discovered is what an OpenID Connect provider has said of itself, or why there is nothing to be had of it. It is not changed.
type discovered struct {
	name     string // the configuration with its time of change
	provider *oidc.Provider
	client   *http.Client
	err      error
	at       time.Time
}

// discover asks an OpenID Connect provider what it is, or remembers. All who wait for it share one request, which goes on when one of
// them leaves.
func (s *Service) discover(ctx context.Context, c *configuration) (*oidc.Provider, *http.Client, error) {
	name := c.ID + c.Updated.String()
	s.docs.mu.Lock()
	d := s.docs.oidc
	s.docs.mu.Unlock()
	if d != nil && d.name == name {
		if age := s.Now().Sub(d.at).Abs(); age < askAgain || d.err == nil && age < discoveryFor {
			return d.provider, d.client, d.err
		}
	}
	found := s.docs.flight.DoChan(name, func() (any, error) {
		d := &discovered{name: name}
		d.provider, d.client, d.err = s.ask(context.WithoutCancel(ctx), c)
		d.at = s.Now()
		s.docs.mu.Lock()
		s.docs.oidc = d
		s.docs.mu.Unlock()
		return d, nil
	})
	select {
	case <-ctx.Done():
		return nil, nil, ctx.Err()
	case r := <-found:
		d := r.Val.(*discovered)
		return d.provider, d.client, d.err
	}
}

// ask asks a provider what it is. The client is for whatever else it is asked: the provider keeps it, for the keys that it fetches.
func (s *Service) ask(ctx context.Context, c *configuration) (*oidc.Provider, *http.Client, error) {
	if err := s.checkAddress(c.OIDC.Issuer); err != nil {
		return nil, nil, err
	}
	plain, err := s.clientWith(c.OIDC.CA)
	if err != nil {
		return nil, nil, err
	}
	client := *plain
	client.Transport = &sparing{next: plain.Transport, now: s.Now, answers: make(map[string]*answered)}
	found, err := oidc.NewProvider(oidc.ClientContext(ctx, &client), c.OIDC.Issuer)
	return found, &client, err
}

// sparing gives the answer of a moment ago to whoever asks for the same document again.
type sparing struct {
	next http.RoundTripper
	now  func() time.Time

	mu      sync.Mutex
	answers map[string]*answered // by addresses: there are two, of discovery and of keys
}

type answered struct {
	resp http.Response
	body []byte
	err  error
	at   time.Time
}

// RoundTrip implements http.RoundTripper. What is asked for with a token is no document that all get.
func (s *sparing) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Method != http.MethodGet || r.Header.Get("Authorization") != "" {
		return s.next.RoundTrip(r)
	}
	address, now := r.URL.String(), s.now()
	s.mu.Lock()
	defer s.mu.Unlock()
	maps.DeleteFunc(s.answers, func(_ string, a *answered) bool { return now.Sub(a.at).Abs() >= askAgain })
	a := s.answers[address]
	if a == nil {
		a = new(answered)
		a.err = a.read(s.next.RoundTrip(r))
		a.at = s.now()
		s.answers[address] = a
	}
	if a.err != nil {
		return nil, a.err
	}
	resp := a.resp
	resp.Request, resp.Header, resp.Body = r, a.resp.Header.Clone(), io.NopCloser(bytes.NewReader(a.body))
	return &resp, nil
}

func (a *answered) read(resp *http.Response, err error) error {
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	a.resp = *resp
	a.body, err = io.ReadAll(resp.Body)
	return err
}
