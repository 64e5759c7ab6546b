package sigv4

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

// appendCanonicalRequest appends the text whose hash is signed:
//
//	METHOD
//	path, each segment encoded
//	query, encoded and sorted
//	name:value        of each signed header, in the order of SignedHeaders
//
//	SignedHeaders
//	hex SHA-256 of the body
//
// The hash is always that of the body received. A client's X-Amz-Content-Sha256 is a header like any other: only
// S3 and its UNSIGNED-PAYLOAD give it a meaning.
func (c *claim) appendCanonicalRequest(b []byte, r *http.Request, body []byte, drop ...string) ([]byte, *Error) {
	if r.Method == "" {
		b = append(b, http.MethodGet...)
	} else {
		b = append(b, r.Method...)
	}
	b = append(b, '\n')
	b = appendPath(b, wirePath(r.URL))
	b = append(b, '\n')
	b = c.query.appendCanonical(b, drop...)
	b = append(b, '\n')
	for rest, more := c.signedHeaders, true; more; {
		var name string
		name, rest, more = strings.Cut(rest, ";")
		b = append(b, name...)
		b = append(b, ':')
		var ok bool
		if b, ok = appendHeader(b, r, body, name); !ok {
			return b, notSent(name)
		}
		b = append(b, '\n')
	}
	b = append(b, '\n')
	b = append(b, c.signedHeaders...)
	b = append(b, '\n')
	sum := sha256.Sum256(body)
	return hex.AppendEncode(b, sum[:]), nil
}

// wirePath returns the path as the client sent it. RawPath holds it when it is not what Go would have written;
// it is believed only if it decodes to Path, which is what the application routes by.
func wirePath(u *url.URL) string {
	if u.RawPath != "" {
		if p, err := url.PathUnescape(u.RawPath); err == nil && p == u.Path {
			return u.RawPath
		}
	}
	return u.EscapedPath()
}

// appendPath appends the canonical path: the segments of the path as sent, without empty and dot segments, each
// encoded. A client encodes a segment for the wire and once more for the signature ("each path segment must be
// URI-encoded twice except for Amazon S3 requests"), so the second encoding is the one done here.
func appendPath(b []byte, path string) []byte {
	if path == "" || path == "/" {
		return append(b, '/')
	}
	start := len(b)
	last := ""
	for rest, more := path, true; more; {
		last, rest, more = strings.Cut(rest, "/")
		switch last {
		case "", ".":
		case "..":
			// Back to before the slash of the segment before; encoded segments have no slash of their own.
			for i := len(b) - 1; i >= start; i-- {
				if b[i] == '/' {
					b = b[:i]
					break
				}
			}
		default:
			b = append(b, '/')
			b = appendEncoded(b, last)
		}
	}
	if last == "" || last == "." || last == ".." || len(b) == start {
		b = append(b, '/')
	}
	return b
}

// appendHeader appends the canonical value of a signed header: all its values, trimmed and with runs of spaces
// made one, joined by commas. It returns false if the request does not have the header.
func appendHeader(b []byte, r *http.Request, body []byte, name string) ([]byte, bool) {
	switch name {
	case "host", ":authority":
		return appendTrimmed(b, r.Host), true // Go's server moves it out of the headers
	case "transfer-encoding":
		return append(b, strings.Join(r.TransferEncoding, ",")...), len(r.TransferEncoding) > 0 // and this one
	}
	values, ok := headerValues(r.Header, name)
	if !ok {
		if name == "content-length" { // a proxy may have sent the body on in chunks
			return strconv.AppendInt(b, int64(len(body)), 10), true
		}
		return b, false
	}
	for i, v := range values {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendTrimmed(b, v)
	}
	return b, true
}

// headerValues looks a lower-case name up, without the allocation of http.CanonicalHeaderKey. A name in
// another case is not found: in SignedHeaders all are lower case.
func headerValues(h http.Header, name string) ([]string, bool) {
	var buf [64]byte
	if len(name) > len(buf) {
		values, ok := h[http.CanonicalHeaderKey(name)]
		return values, ok
	}
	upper := true
	for i := range len(name) {
		c := name[i]
		switch {
		case 'A' <= c && c <= 'Z':
			return nil, false
		case upper && 'a' <= c && c <= 'z':
			c -= 'a' - 'A'
		}
		buf[i] = c
		upper = c == '-'
	}
	values, ok := h[string(buf[:len(name)])]
	return values, ok
}

func appendTrimmed(b []byte, v string) []byte {
	v = strings.Trim(v, " \t")
	if !strings.Contains(v, "  ") {
		return append(b, v...)
	}
	for i := range len(v) {
		if v[i] != ' ' || v[i-1] != ' ' { // the first byte is no space, so i-1 is in range when it is read
			b = append(b, v[i])
		}
	}
	return b
}

// unsignedHeader returns the name of an X-Amz- header that the request has and the signature does not cover, or
// "". All must be covered ("Elements of an AWS API request signature", IAM User Guide), X-Amz-Target above all:
// without that, whoever sees a GetItem on plain HTTP could send it again as a DeleteItem. Exempt are the
// session token, which services let clients add after signing and the look-up compares, and headers that decide
// nothing here: the date (what counts is in the string to sign, or in the query), the hash of the body (always
// computed) and the user agent.
func unsignedHeader(h http.Header, signedHeaders string) string {
	for name := range h {
		if len(name) <= 6 || name[:6] != "X-Amz-" {
			continue
		}
		switch name {
		case "X-Amz-Security-Token", "X-Amz-Date", "X-Amz-Content-Sha256", "X-Amz-User-Agent":
			continue
		}
		if !listed(signedHeaders, name) {
			return strings.ToLower(name)
		}
	}
	return ""
}

// listed says whether a SignedHeaders list has a header, whatever the case of its letters.
func listed(list, name string) bool {
	for more := true; more; {
		var item string
		if item, list, more = strings.Cut(list, ";"); len(item) == len(name) && strings.EqualFold(item, name) {
			return true
		}
	}
	return false
}
