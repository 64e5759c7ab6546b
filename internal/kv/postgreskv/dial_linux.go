package postgreskv

import "golang.org/x/sys/unix"

// limitSilence has a connection fail when what was sent was not confirmed for long.
func limitSilence(socket int) error {
	return unix.SetsockoptInt(socket, unix.IPPROTO_TCP, unix.TCP_USER_TIMEOUT, int(silence.Milliseconds()))
}
