package server

import (
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// source is the address that the request came from; the zero Addr if it did not come over TCP.
func (x *exchange) source() netip.Addr {
	if !x.sourceKnown {
		x.from, x.sourceKnown = x.h.source(x.r), true
	}
	return x.from
}

// source is the address that a request came from; the zero Addr if it did not come over TCP. What is in X-Forwarded-For
// counts only as far as proxies have said it that the operator trusts: each adds the address that it saw at the end.
func (h *Handler) source(r *http.Request) netip.Addr {
	from, ok := remoteAddr(r)
	if !ok {
		return netip.Addr{}
	}
	if contains(h.trusted, from) {
		hops := strings.Split(strings.Join(r.Header["X-Forwarded-For"], ","), ",")
		for i := len(hops) - 1; i >= 0 && contains(h.trusted, from); i-- {
			hop, ok := parseHop(strings.TrimSpace(hops[i]))
			if !ok {
				break
			}
			from = hop
		}
	}
	return from
}

// parseHop parses an address as proxies write it. Some add the port.
func parseHop(s string) (netip.Addr, bool) {
	a, err := netip.ParseAddr(s)
	if err != nil {
		var at netip.AddrPort
		at, err = netip.ParseAddrPort(s)
		a = at.Addr()
	}
	return a.Unmap().WithZone(""), err == nil
}

// addrText is an address as policies and logs have it; "" for the zero Addr.
func addrText(a netip.Addr) string {
	if !a.IsValid() {
		return ""
	}
	return a.String()
}

// secure says whether the client used TLS, as far as the server or a proxy that it trusts can know.
func (h *Handler) secure(r *http.Request) bool {
	if r.TLS != nil {
		return true
	}
	from, ok := remoteAddr(r)
	return ok && contains(h.trusted, from) && strings.EqualFold(header(r, "X-Forwarded-Proto"), "https")
}

func contains(networks []netip.Prefix, a netip.Addr) bool {
	for _, n := range networks {
		if n.Contains(a) {
			return true
		}
	}
	return false
}

// unmapped returns the networks with those of IPv4 in IPv6 (::ffff:0:0/96) as the ones of IPv4 that they are: so are the
// addresses that they are compared with.
func unmapped(networks []netip.Prefix) []netip.Prefix {
	networks = slices.Clone(networks)
	for i, n := range networks {
		if n.Addr().Is4In6() && n.Bits() >= 96 {
			networks[i] = netip.PrefixFrom(n.Addr().Unmap(), n.Bits()-96)
		}
	}
	return networks
}

func remoteAddr(r *http.Request) (netip.Addr, bool) {
	at, err := netip.ParseAddrPort(r.RemoteAddr)
	return at.Addr().Unmap().WithZone(""), err == nil
}
