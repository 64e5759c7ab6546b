package server

import (
	"net/http"
	"net/netip"
	"strings"
)

// sourceIP is the address that a request came from; empty if it did not come over TCP. What is in X-Forwarded-For counts
// only as far as proxies have said it that the operator trusts: each adds the address that it saw at the end.
func (h *Handler) sourceIP(r *http.Request) string {
	from, ok := remoteAddr(r)
	if !ok {
		return ""
	}
	if h.trusts(from) {
		hops := strings.Split(strings.Join(r.Header["X-Forwarded-For"], ","), ",")
		for i := len(hops) - 1; i >= 0 && h.trusts(from); i-- {
			hop, err := netip.ParseAddr(strings.TrimSpace(hops[i]))
			if err != nil {
				break
			}
			from = hop.Unmap().WithZone("")
		}
	}
	return from.String()
}

// secure says whether the client used TLS, as far as the server or a proxy that it trusts can know.
func (h *Handler) secure(r *http.Request) bool {
	if r.TLS != nil {
		return true
	}
	from, ok := remoteAddr(r)
	return ok && h.trusts(from) && strings.EqualFold(header(r, "X-Forwarded-Proto"), "https")
}

func (h *Handler) trusts(proxy netip.Addr) bool {
	for _, p := range h.trusted {
		if p.Contains(proxy) {
			return true
		}
	}
	return false
}

func remoteAddr(r *http.Request) (netip.Addr, bool) {
	at, err := netip.ParseAddrPort(r.RemoteAddr)
	return at.Addr().Unmap().WithZone(""), err == nil
}
