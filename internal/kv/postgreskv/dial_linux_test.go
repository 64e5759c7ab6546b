package postgreskv

import (
	"net"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// A connection to a machine that is gone is given up in half a minute, whether something was sent or not.
func TestSilenceIsLimited(t *testing.T) {
	t.Parallel()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = ln.Close() }()
	conf, _, err := parse("postgres://stator@" + ln.Addr().String() + "/postgres")
	if err != nil {
		t.Fatal(err)
	}
	c, err := conf.ConnConfig.DialFunc(t.Context(), "tcp", ln.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	raw, err := c.(syscall.Conn).SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	option := func(name int) (value int) {
		if failed := raw.Control(func(fd uintptr) { value, err = unix.GetsockoptInt(int(fd), unix.IPPROTO_TCP, name) }); failed != nil || err != nil {
			t.Fatal(failed, err)
		}
		return value
	}
	if ms := option(unix.TCP_USER_TIMEOUT); ms == 0 || ms > 30_000 {
		t.Errorf("what is sent is repeated for %d ms", ms)
	}
	if s := option(unix.TCP_KEEPIDLE) + option(unix.TCP_KEEPINTVL)*option(unix.TCP_KEEPCNT); s > 30 {
		t.Errorf("a silent server is asked for %d s", s)
	}
}
