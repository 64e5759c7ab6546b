package signin

import (
	"errors"
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
// guesses one user's from many sources locks it, but not for sources from which it has signed in before: those have a bound
// of their own, and no bad neighbour uses it up with other names. It is in memory: each server has its own.
type guesses struct {
	sources *server.FailureLimiter

	mu    sync.Mutex
	names *lru.Cache[string, *rate.Limiter] // has a token for each failure that is still free
	known *lru.Cache[string, struct{}]      // names with sources
}

func newGuesses() *guesses {
	names, err := lru.New[string, *rate.Limiter](guessedNames)
	if err != nil {
		panic(err) // the size is a constant
	}
	known, err := lru.New[string, struct{}](knownPairs)
	if err != nil {
		panic(err)
	}
	return &guesses{sources: server.NewFailureLimiter(sourceBurst, sourceSecond, failedSources), names: names, known: known}
}

func tooMany() *awsapi.Error {
	return &awsapi.Error{Code: "TooManyAttempts", Status: http.StatusTooManyRequests, Message: "Too many attempts have failed. Try again in some minutes."}
}

// sourceOf is where a request comes from: an IPv4 address, or what one customer has of IPv6 at least.
func sourceOf(x *call) netip.Prefix {
	bits := 64
	if x.Source.Is4() {
		bits = 32
	}
	source, _ := x.Source.Prefix(bits) // none, if it has no address
	return source
}

// guess is an attempt that may be made. It counts as a failure from the beginning, so that many at once count too, until it
// is known to be none.
type guess struct {
	of    *guesses
	x     *call
	pair  string // the name with the source; "" if it is nobody's in particular
	count *rate.Reservation
}

func nobody() string { return "" }

// begin begins an attempt to be a name; "" if it is nobody in particular. The error is that there were too many.
func (g *guesses) begin(x *call, name string) (*guess, error) {
	if name == "" {
		if !g.sources.Allow(x.Source, x.Time, nobody) {
			return nil, tooMany()
		}
		return &guess{of: g, x: x}, nil
	}
	name = strings.ToLower(name)
	a := &guess{of: g, x: x, pair: sourceOf(x).String() + " " + name}
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.known.Contains(a.pair) {
		name = a.pair
	} else if !g.sources.Allow(x.Source, x.Time, nobody) {
		return nil, tooMany()
	}
	l, ok := g.names.Get(name)
	if !ok {
		l = rate.NewLimiter(nameSecond, nameBurst)
		g.names.Add(name, l)
	}
	a.count = l.ReserveN(x.Time, 1)
	if a.count.DelayFrom(x.Time) > 0 {
		a.count.CancelAt(x.Time)
		return nil, tooMany()
	}
	return a, nil
}

// failed says that it was a failure.
func (a *guess) failed() { a.of.sources.Failed(a.x.Source, a.x.Time) }

// right says that it was none.
func (a *guess) right() {
	if a.count != nil {
		a.count.CancelAt(a.x.Time)
	}
}

// succeeded says that somebody is who it wanted to be.
func (a *guess) succeeded() {
	a.right()
	a.of.mu.Lock()
	defer a.of.mu.Unlock()
	if a.pair != "" {
		a.of.known.Add(a.pair, struct{}{})
	}
}

// ended says what came of it: err is that of what was tried.
func (a *guess) ended(err error) {
	if e, ok := errors.AsType[*awsapi.Error](err); ok {
		switch e.Code {
		case "AuthenticationFailed", "InvalidCode", "InvalidClientTokenId", "InvalidSigninToken":
			a.failed()
			return
		}
	}
	a.right()
}
