package policy

import "net/netip"

// network is a value of an IpAddress condition: addresses that begin alike.
type network = netip.Prefix

// parseNetwork reads a CIDR block, or an address for the block of it alone.
func parseNetwork(s string) (network, bool) {
	if p, err := netip.ParsePrefix(s); err == nil {
		a, bits := p.Addr(), p.Bits()
		if a.Is4In6() && bits >= 96 {
			a, bits = a.Unmap(), bits-96
		}
		return netip.PrefixFrom(a, bits).Masked(), true
	}
	a, ok := parseAddress(s)
	return netip.PrefixFrom(a, a.BitLen()), ok
}

// parseAddress reads an address. That of a zone is none: a policy can't name zones.
func parseAddress(s string) (netip.Addr, bool) {
	a, err := netip.ParseAddr(s)
	return a.Unmap(), err == nil && a.Zone() == ""
}

func (c *condition) matchAddress(value string) outcome {
	a, ok := parseAddress(value)
	if !ok {
		return failed
	}
	for _, n := range c.networks {
		if n.Contains(a) {
			return yes
		}
	}
	return no
}
