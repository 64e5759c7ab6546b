package signin

import (
	"net/netip"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/statordb/stator/internal/server"
)

// Long names are remembered like short ones.
func TestLongNames(t *testing.T) {
	held := func() uint64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	const names, size = 4000, 16 << 10
	g, now, before := newGuesses(), time.Now(), held()
	for i := range names {
		x := &Call{Info: server.Info{Source: netip.AddrFrom4([4]byte{10, 0, byte(i >> 8), byte(i)}), Time: now}}
		a, err := g.begin(x, strings.Repeat("x", size)+strconv.Itoa(i))
		if err != nil {
			t.Fatal(err)
		}
		a.Succeeded()
	}
	if grown := int64(held()) - int64(before); grown > names*size/4 {
		t.Errorf("%d names take %d bytes", names, grown)
	}
	runtime.KeepAlive(g)
}
