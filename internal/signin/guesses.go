package signin

import (
	"net/http"
	"net/netip"
	"strings"
	"sync"

	lru "github.com/hashicorp/golang-lru/v2"
	"golang.org/x/time/rate"

	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/server"
)

// How often somebody may guess: so often at once from one source or for one name, and so often in a second from then on.
const (
	sourceBurst   = 30
	sourceSecond  = 1.0 / 10
	nameBurst     = 10
	nameSecond    = 1.0 / 60
	guessedNames  = 10_000
	failedSources = 10_000
	knownPairs    = 10_000
)

// guesses bounds how often a password can be tried, from one source and for one user, who may be there or not. Whoever
// guesses one user's from many sources locks it, but not for sources from which it has signed in before. It is in memory: each
// server has its own.
type guesses struct {
	sources *server.FailureLimiter

	mu    sync.Mutex
	names *lru.Cache[string, *rate.Limiter] // has a token for each failure that is still free
	known *lru.Cache[pair, struct{}]
}

// pair is a name that has signed in from a source.
type pair struct {
	name   string
	source netip.Prefix
}

func newGuesses() *guesses {
	names, err := lru.New[string, *rate.Limiter](guessedNames)
	if err != nil {
		panic(err) // the size is a constant
	}
	known, err := lru.New[pair, struct{}](knownPairs)
	if err != nil {
		panic(err)
	}
	return &guesses{sources: server.NewFailureLimiter(sourceBurst, sourceSecond, failedSources), names: names, known: known}
}

func tooMany() *awsapi.Error {
	return &awsapi.Error{Code: "TooManyAttempts", Status: http.StatusTooManyRequests, Message: "Too many attempts have failed. Try again in some minutes."}
}

// pairOf is a name and where a request comes from: an IPv4 address, or what one customer has of IPv6 at least.
func pairOf(x *call, name string) pair {
	bits := 64
	if x.Source.Is4() {
		bits = 32
	}
	source, _ := x.Source.Prefix(bits) // none, if it has no address
	return pair{name, source}
}

// allow says whether somebody may try to be a name; "" if it is nobody in particular.
func (g *guesses) allow(x *call, name string) bool {
	name = strings.ToLower(name)
	if !g.sources.Allow(x.Source, x.Time, func() string { return name }) {
		return false
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	l, ok := g.names.Peek(name)
	return !ok || l.TokensAt(x.Time) >= 1 || g.known.Contains(pairOf(x, name))
}

func (g *guesses) failed(x *call, name string) {
	name = strings.ToLower(name)
	g.sources.Failed(x.Source, x.Time)
	if name == "" {
		return
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	l, ok := g.names.Get(name)
	if !ok {
		l = rate.NewLimiter(nameSecond, nameBurst)
		g.names.Add(name, l)
	}
	l.AllowN(x.Time, 1)
}

func (g *guesses) succeeded(x *call, name string) {
	name = strings.ToLower(name)
	g.sources.Succeeded(x.Source, name)
	g.mu.Lock()
	defer g.mu.Unlock()
	g.known.Add(pairOf(x, name), struct{}{})
}
