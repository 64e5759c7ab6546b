package main

import (
	"io"
	"net/http"
	"strings"
	"syscall"
	"testing"
)

func TestNetworks(t *testing.T) {
	var n networks
	for _, list := range []string{"10.0.0.0/8, 2001:db8::/32", "192.0.2.7"} {
		if err := n.Set(list); err != nil {
			t.Fatal(err)
		}
	}
	if got := n.String(); got != "10.0.0.0/8,2001:db8::/32,192.0.2.7/32" {
		t.Error(got)
	}
	for _, bad := range []string{"", "10.0.0.0/8,", "10.0.0.0/33", "10.1.0.0/8", "fe80::1%eth0", "localhost"} {
		if err := n.Set(bad); err == nil {
			t.Errorf("%q is a network", bad)
		}
	}
}

// The proxy is this machine, and says who the request is from.
func TestAllowCIDR(t *testing.T) {
	p := startServer(t, "--engine=memory", "--auth=open", "--allow-cidr=192.0.2.0/24,198.51.100.7", "--allow-cidr", "203.0.113.0/24",
		"--trusted-proxies=127.0.0.1")
	for source, want := range map[string]int{"": 403, "192.0.2.9": 200, "198.51.100.7": 200, "198.51.100.8": 403, "203.0.113.1": 200} {
		req, err := http.NewRequest("GET", p.endpoint+"/", nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("X-Forwarded-For", source)
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(res.Body)
		res.Body.Close()
		if res.StatusCode != want {
			t.Errorf("%s: %d %s", source, res.StatusCode, body)
		}
	}
	res, err := http.Get(p.endpoint + "/healthz")
	if err != nil || res.StatusCode != 200 {
		t.Errorf("health: %v %v", res, err)
	}
	p.stop(t, syscall.SIGTERM)
	if !strings.Contains(p.log.String(), "stopped") {
		t.Error(p.log)
	}
}
