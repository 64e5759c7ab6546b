package main

import (
	"fmt"
	"net/netip"
	"strings"
)

// networks is a flag that is a list of networks, given with commas, with many flags, or both. It is a flag.Value.
type networks []netip.Prefix

// Set implements flag.Value. An address is the network of it alone. An empty list is a mistake: an unset variable of a
// shell must not mean everybody.
func (n *networks) Set(list string) error {
	for s := range strings.SplitSeq(list, ",") {
		p, err := parseNetwork(strings.TrimSpace(s))
		if err != nil {
			return err
		}
		*n = append(*n, p)
	}
	return nil
}

func parseNetwork(s string) (netip.Prefix, error) {
	if a, err := netip.ParseAddr(s); err == nil && a.Zone() == "" {
		return netip.PrefixFrom(a, a.BitLen()), nil
	}
	p, err := netip.ParsePrefix(s)
	if err != nil {
		return p, fmt.Errorf("%q is no network such as 10.0.0.0/8 or 2001:db8::/32, and no address", s)
	}
	if p != p.Masked() {
		return p, fmt.Errorf("%q is an address in the network %s: which of them is meant?", s, p.Masked())
	}
	return p, nil
}

// String implements flag.Value.
func (n *networks) String() string {
	var all []string
	for _, p := range *n {
		all = append(all, p.String())
	}
	return strings.Join(all, ",")
}
