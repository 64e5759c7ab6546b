package main

import (
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strings"
)

// announcement is what a server leaves in its data folder for the env command.
type announcement struct {
	Endpoint string `json:"endpoint"`
	Region   string `json:"region"`
	Auth     string `json:"auth"`
}

// endpointFile is where it is in the data folder. There is nothing secret in it.
const endpointFile = "endpoint.json"

func (a announcement) write(data string) error {
	text, err := json.MarshalIndent(a, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(data, endpointFile), append(text, '\n'), 0o600)
}

func readAnnouncement(data string) (a announcement, err error) {
	path := filepath.Join(data, endpointFile)
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return a, fmt.Errorf("no server has run on %s yet; start one with: stator serve --data %s", data, data)
	}
	if err != nil {
		return a, err
	}
	if err := json.Unmarshal(text, &a); err != nil {
		return a, fmt.Errorf("%s: %w", path, err)
	}
	return a, nil
}

// endpointOf is the URL by which clients on this machine reach the listener.
func endpointOf(ln net.Listener, c *config) string {
	host, port, err := net.SplitHostPort(ln.Addr().String())
	if err != nil {
		host, port = ln.Addr().String(), ""
	}
	if ip := net.ParseIP(host); ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	if c.tlsCert == "" {
		return "http://" + net.JoinHostPort(host, port)
	}
	// Clients check the name in the certificate.
	if given, _, err := net.SplitHostPort(c.listen); err == nil && given != "" && net.ParseIP(given) == nil {
		host = given
	} else if cert, err := tls.LoadX509KeyPair(c.tlsCert, c.tlsKey); err == nil && len(cert.Leaf.DNSNames) > 0 &&
		!strings.Contains(cert.Leaf.DNSNames[0], "*") {
		host = cert.Leaf.DNSNames[0]
	}
	return "https://" + net.JoinHostPort(host, port)
}
