package postgreskv

import (
	"net"
	"syscall"
	"time"
)

// A machine that lost its power, or a network that was cut, tells nobody. What was sent to it would be sent again for a quarter of
// an hour before the connection counts as lost, and as long nobody would ask the server that took over.
const (
	// connectPatience is how long a host may take to accept a connection before the next one is tried.
	connectPatience = 5 * time.Second
	// silence is how long what was sent may stay without confirmation. The server's own settings say the same of this side.
	silence = 25 * time.Second
)

var dialer = net.Dialer{
	KeepAliveConfig: net.KeepAliveConfig{Enable: true, Idle: 10 * time.Second, Interval: 5 * time.Second, Count: 3},
	Control: func(network, _ string, c syscall.RawConn) error {
		if network == "unix" {
			return nil
		}
		var err error
		if failed := c.Control(func(fd uintptr) { err = limitSilence(int(fd)) }); failed != nil {
			return failed
		}
		return err
	},
}
