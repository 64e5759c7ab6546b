package server

import (
	"net/netip"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/hashicorp/golang-lru/v2/simplelru"
	"golang.org/x/time/rate"
)

// FailureLimiter bounds how often one source may fail to prove who it is. Only failures count. While a source has failed
// too often, its attempts are to be refused before anything is looked up, except those that name somebody (an access key
// id) who has lately succeeded from there: a bad neighbour behind the same address locks nobody out. Naming somebody proves nothing; such an attempt may be made, and fails or
// succeeds like any other.
//
// Ask Allow before an attempt, and tell Failed or Succeeded after it. A source is an IPv4 address, or the /64 of an IPv6
// address, which is what one customer has at least; whatever has no address is one source together. Memory is bounded:
// the sources that have not failed for longest are forgotten first, and any after an hour. As long as nobody has failed,
// a call is one atomic load.
type FailureLimiter struct {
	burst   int
	refill  rate.Limit
	count   atomic.Int64 // of sources
	mu      sync.RWMutex // for sources and their last
	sources *simplelru.LRU[netip.Addr, *failing]
}

// failing is a source that has failed.
type failing struct {
	failures *rate.Limiter // has a token for each failure that is still free
	last     time.Time     // of the failures
	mu       sync.Mutex
	// good are the names that succeeded since the first failure, the last one first.
	good [goodNames]string
}

const (
	goodNames   = 16
	forgetAfter = time.Hour
)

// NewFailureLimiter returns a limiter for so many sources at a time. A source may fail burst times at once, and
// perSecond times a second from then on.
func NewFailureLimiter(burst int, perSecond float64, sources int) *FailureLimiter {
	list, err := simplelru.NewLRU[netip.Addr, *failing](sources, nil)
	if err != nil {
		panic(err) // there is no room for even one
	}
	return &FailureLimiter{burst: burst, refill: rate.Limit(perSecond), sources: list}
}

// Idle says whether no source has failed lately. Then the other methods have nothing to do, and a caller for whom a
// source takes time to find out may leave them out.
func (l *FailureLimiter) Idle() bool { return l.count.Load() == 0 }

// Sources is how many sources have failed lately.
func (l *FailureLimiter) Sources(now time.Time) int {
	if l.Idle() {
		return 0
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.forget(now)
	return l.sources.Len()
}

// Allow says whether a source may make an attempt. Name, which is asked only if it matters, returns who the attempt is
// for, or "".
func (l *FailureLimiter) Allow(source netip.Addr, now time.Time, name func() string) bool {
	s := l.find(source)
	return s == nil || s.failures.TokensAt(now) >= 1 || s.knows(name())
}

// Failed counts a failure of a source.
func (l *FailureLimiter) Failed(source netip.Addr, now time.Time) {
	source = site(source)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.forget(now)
	s, ok := l.sources.Get(source)
	if !ok {
		s = &failing{failures: rate.NewLimiter(l.refill, l.burst)}
		l.sources.Add(source, s)
		l.count.Store(int64(l.sources.Len()))
	}
	s.last = now
	s.failures.AllowN(now, 1)
}

// Succeeded remembers that an attempt for somebody succeeded, if the source has failed before.
func (l *FailureLimiter) Succeeded(source netip.Addr, name string) {
	if s := l.find(source); s != nil {
		s.remember(name)
	}
}

func (l *FailureLimiter) find(source netip.Addr) *failing {
	if l.Idle() {
		return nil
	}
	l.mu.RLock()
	defer l.mu.RUnlock()
	s, _ := l.sources.Peek(site(source)) // the order is that of the failures
	return s
}

// forget drops the sources that have not failed for long. The lock is held.
func (l *FailureLimiter) forget(now time.Time) {
	for {
		_, oldest, ok := l.sources.GetOldest()
		if !ok || now.Sub(oldest.last) < forgetAfter {
			break
		}
		l.sources.RemoveOldest()
	}
	l.count.Store(int64(l.sources.Len()))
}

// site is what counts as one source.
func site(a netip.Addr) netip.Addr {
	if !a.Is6() {
		return a
	}
	p, err := a.WithZone("").Prefix(64)
	if err != nil {
		return a
	}
	return p.Addr()
}

func (s *failing) knows(name string) bool {
	if name == "" {
		return false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, g := range s.good {
		if g == name {
			return true
		}
	}
	return false
}

func (s *failing) remember(name string) {
	if name == "" {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	at := 0
	for at < len(s.good)-1 && s.good[at] != name {
		at++
	}
	if s.good[at] == name {
		name = s.good[at]
	} else {
		name = strings.Clone(name) // a part of a request's header
	}
	copy(s.good[1:at+1], s.good[:at])
	s.good[0] = name
}
