package signin

import (
	"crypto/sha256"
	"errors"
	"net/http"
	"net/netip"
	"strings"
	"sync"

	lru "github.com/hashicorp/golang-lru/v2"
	"golang.org/x/time/rate"

	"github.com/statordb/stator/internal/awsapi"
)

// How often somebody may guess: so often at once from one source or for one name, and so often in a second from then on.
const (
	sourceBurst  = 30
	sourceSecond = 1.0 / 10
	nameBurst    = 10
	nameSecond   = 1.0 / 60
	guessedNames = 10_000
	// guessingSources are watched, those that have tried last.
	guessingSources = 10_000
	knownPairs      = 10_000
)

// guesses bounds how often a password can be tried, from one source and for one user, who may be there or not. Whoever
// guesses one user's from many sources locks it, but not for sources from which it has signed in before: those have a bound
// of their own, and no bad neighbour uses it up with other names. It is in memory: each server has its own.
type guesses struct {
	mu sync.Mutex
	// The limiters have a token for each failure that is still free.
	sources *lru.Cache[netip.Prefix, *rate.Limiter]
	names   *lru.Cache[guessed, *rate.Limiter]
	known   *lru.Cache[guessed, struct{}] // names with sources
}

// guessed is the hash of a name: what strangers type is as long as they like.
type guessed [sha256.Size]byte

func newGuesses() *guesses {
	return &guesses{sources: newest[netip.Prefix, *rate.Limiter](guessingSources), names: newest[guessed, *rate.Limiter](guessedNames),
		known: newest[guessed, struct{}](knownPairs)}
}

// newest makes a cache that keeps what was used last.
func newest[K comparable, V any](size int) *lru.Cache[K, V] {
	c, err := lru.New[K, V](size)
	if err != nil {
		panic(err) // the sizes are constants
	}
	return c
}

func tooMany() *awsapi.Error {
	return &awsapi.Error{Code: "TooManyAttempts", Status: http.StatusTooManyRequests, Message: "Too many attempts have failed. Try again in some minutes."}
}

// sourceOf is where a request comes from: an IPv4 address, or what one customer has of IPv6 at least.
func sourceOf(x *Call) netip.Prefix {
	bits := 64
	if x.Source.Is4() {
		bits = 32
	}
	source, _ := x.Source.Prefix(bits) // none, if it has no address
	return source
}

// Guess begins an attempt to be a name, which may be of nobody. The error is that there were too many.
func (h *Handler) Guess(x *Call, name string) (*Guess, error) { return h.guesses.begin(x, name) }

// Guess is an attempt that may be made. It counts as a failure from the beginning, so that many at once count too, until it
// is known to be none.
type Guess struct {
	of     *guesses
	x      *Call
	pair   guessed // the name with the source; zero if it is nobody's in particular
	counts []*rate.Reservation
}

// begin begins an attempt to be a name; "" if it is nobody in particular. The error is that there were too many.
func (g *guesses) begin(x *Call, name string) (*Guess, error) {
	source := sourceOf(x)
	a := &Guess{of: g, x: x}
	g.mu.Lock()
	defer g.mu.Unlock()
	var who guessed
	if name != "" {
		name = strings.ToLower(name)
		who, a.pair = sha256.Sum256([]byte(name)), sha256.Sum256([]byte(source.String()+" "+name))
	}
	if name != "" && g.known.Contains(a.pair) {
		who = a.pair
	} else if !count(a, g.sources, source, sourceSecond, sourceBurst) {
		return nil, tooMany()
	}
	if name != "" && !count(a, g.names, who, nameSecond, nameBurst) {
		a.Right()
		return nil, tooMany()
	}
	return a, nil
}

// count counts an attempt for one of those that are limited. It returns false, and counts nothing, if there were too many.
func count[K comparable](a *Guess, limited *lru.Cache[K, *rate.Limiter], key K, second rate.Limit, burst int) bool {
	l, ok := limited.Get(key)
	if !ok {
		l = rate.NewLimiter(second, burst)
		limited.Add(key, l)
	}
	one := l.ReserveN(a.x.Time, 1)
	if one.DelayFrom(a.x.Time) > 0 {
		one.CancelAt(a.x.Time)
		return false
	}
	a.counts = append(a.counts, one)
	return true
}

// Right says that it was no failure.
func (a *Guess) Right() {
	for _, one := range a.counts {
		one.CancelAt(a.x.Time)
	}
}

// Succeeded says that somebody is who it wanted to be.
func (a *Guess) Succeeded() {
	a.Right()
	a.of.mu.Lock()
	defer a.of.mu.Unlock()
	if a.pair != (guessed{}) {
		a.of.known.Add(a.pair, struct{}{})
	}
}

// Ended says what came of it: err is that of what was tried.
func (a *Guess) Ended(err error) {
	if e, ok := errors.AsType[*awsapi.Error](err); ok {
		switch e.Code {
		case "AuthenticationFailed", "InvalidCode", "InvalidClientTokenId", "InvalidSigninToken":
			return // it counts already
		}
	}
	a.Right()
}
