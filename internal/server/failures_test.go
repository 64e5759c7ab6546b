package server

import (
	"fmt"
	"net/netip"
	"slices"
	"sync"
	"testing"
	"time"
)

func named(name string) func() string { return func() string { return name } }

func TestFailureLimiter(t *testing.T) {
	now := time.Unix(1_795_303_017, 0)
	source, other := netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("192.0.2.2")
	l := NewFailureLimiter(3, 1, 10)
	nobody := func() string { t.Error("the name does not matter here"); return "" }

	l.Succeeded(source, "early") // nobody has failed: it is not kept
	for range 3 {
		if !l.Allow(source, now, nobody) {
			t.Fatal("refused too early")
		}
		l.Failed(source, now)
	}
	if l.Idle() || l.Sources(now) != 1 {
		t.Error("the source is not counted")
	}
	if l.Allow(source, now, named("early")) || l.Allow(source, now, named("")) {
		t.Error("allowed beyond the burst")
	}
	if !l.Allow(other, now, nobody) {
		t.Error("another source is refused")
	}
	// What succeeded is let through, whatever the others do, and the last sixteen of it.
	l.Succeeded(source, "good")
	if !l.Allow(source, now, named("good")) || l.Allow(source, now, named("bad")) {
		t.Error("the good are not told from the bad")
	}
	for i := range goodNames {
		l.Succeeded(source, "good") // in use, so it is not the one forgotten
		l.Succeeded(source, fmt.Sprint("good", i))
	}
	for name, want := range map[string]bool{"good": true, "good0": false, "good1": true, "good15": true} {
		if l.Allow(source, now, named(name)) != want {
			t.Errorf("%s: %v", name, !want)
		}
	}
	// A second gives one more failure.
	now = now.Add(time.Second)
	if !l.Allow(source, now, nobody) {
		t.Error("refused after a second")
	}
	l.Failed(source, now)
	if l.Allow(source, now, named("bad")) {
		t.Error("allowed two in a second")
	}
	// Much later it is as if nothing had been.
	now = now.Add(forgetAfter)
	if l.Sources(now) != 0 || !l.Idle() {
		t.Error("not forgotten")
	}
}

func TestFailureLimiterSources(t *testing.T) {
	now := time.Unix(1_795_303_017, 0)
	for _, c := range []struct {
		a, b string
		same bool
	}{
		{"192.0.2.1", "192.0.2.1", true},
		{"192.0.2.1", "192.0.2.2", false},
		{"2001:db8:0:1::1", "2001:db8:0:1:ffff::2", true},
		{"2001:db8:0:1::1", "2001:db8:0:2::1", false},
		{"", "", true}, // without an address
		{"", "192.0.2.1", false},
	} {
		l := NewFailureLimiter(1, 1, 10)
		a, _ := netip.ParseAddr(c.a)
		b, _ := netip.ParseAddr(c.b)
		l.Failed(a, now)
		if l.Allow(b, now, named("")) == c.same {
			t.Errorf("%q and %q: one source is %v", c.a, c.b, !c.same)
		}
	}
	// Those that have not failed for longest give way, and what they succeed in does not keep them.
	l := NewFailureLimiter(1, 1, 3)
	at := func(i byte) netip.Addr { return netip.AddrFrom4([4]byte{192, 0, 2, i}) }
	for i := range byte(3) {
		l.Failed(at(i), now)
	}
	l.Failed(at(1), now)
	l.Succeeded(at(0), "x")
	l.Failed(at(3), now)
	var refused []byte
	for i := range byte(4) {
		if !l.Allow(at(i), now, named("")) {
			refused = append(refused, i)
		}
	}
	if !slices.Equal(refused, []byte{1, 2, 3}) || l.Sources(now) != 3 {
		t.Errorf("%v of %d", refused, l.Sources(now))
	}
}

func TestFailureLimiterConcurrently(t *testing.T) {
	l := NewFailureLimiter(100, 30, 50)
	var wg sync.WaitGroup
	for g := range byte(8) {
		wg.Go(func() {
			for i := range 1000 {
				source, now := netip.AddrFrom4([4]byte{10, 0, g, byte(i)}), time.Now()
				if l.Allow(source, now, named("k")) {
					l.Failed(source, now)
				}
				l.Succeeded(source, fmt.Sprint(i%20))
			}
		})
	}
	wg.Wait()
	if n := l.Sources(time.Now()); n != 50 {
		t.Errorf("%d sources", n)
	}
}
