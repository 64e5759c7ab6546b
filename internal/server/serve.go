package server

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"
)

// How long a client may take. Clients keep idle connections for up to a minute or so; the server must not be the one
// that gives them up first, or a request is sent into a closed connection.
const (
	headerTimeout  = 10 * time.Second
	requestTimeout = 2 * time.Minute // to send header and body
	answerTimeout  = 2 * time.Minute // from the end of the header until the answer is taken
	idleTimeout    = 3 * time.Minute
	maxHeader      = 64 << 10
)

// httpServer returns a server of h that no client can keep busy for long.
func (h *Handler) httpServer() *http.Server {
	return &http.Server{
		Handler:           h,
		ReadHeaderTimeout: headerTimeout,
		ReadTimeout:       requestTimeout,
		WriteTimeout:      answerTimeout,
		IdleTimeout:       idleTimeout,
		MaxHeaderBytes:    maxHeader,
		// What net/http logs is what clients do wrong: broken TLS handshakes, half requests.
		ErrorLog: slog.NewLogLogger(h.log.Handler(), slog.LevelDebug),
	}
}

// Serve answers requests on ln until ctx ends, and for Options.Drain from then on. Then it takes no new ones, and returns when
// those in flight are answered, or after grace. If ln gives TLS connections, their configuration must name h2 for HTTP/2.
func (h *Handler) Serve(ctx context.Context, ln net.Listener, grace time.Duration) error {
	srv := h.httpServer()
	var fresh sync.Map // connections that have sent nothing yet
	srv.ConnState = func(c net.Conn, state http.ConnState) {
		if state == http.StateNew {
			fresh.Store(c, nil)
		} else {
			fresh.Delete(c)
		}
	}
	failed := make(chan error, 1)
	go func() { failed <- srv.Serve(ln) }()
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	h.Drain()
	select {
	case err := <-failed:
		return err
	case <-time.After(h.drain):
	}
	// Shutdown would wait seconds for them.
	fresh.Range(func(c, _ any) bool {
		_ = c.(net.Conn).Close()
		return true
	})
	end, cancel := context.WithTimeout(context.WithoutCancel(ctx), grace)
	defer cancel()
	err := srv.Shutdown(end)
	if errors.Is(err, context.DeadlineExceeded) {
		h.log.Warn("requests were still in flight when the grace period ended", "grace", grace)
		err = srv.Close()
	}
	return err
}
