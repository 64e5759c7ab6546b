package sigv4

import (
	"net/url"
	"slices"
	"strings"
)

// query is a parsed query string, in the order sent.
type query []param

type param struct {
	name, value     string // decoded
	encName, encVal string // encoded for the canonical request
}

// parseQuery decodes a query string as net/url does, so that what is verified is what the application reads,
// with two differences: an invalid escape fails the request instead of dropping the parameter, which would let
// it through unsigned, and a semicolon is an ordinary byte, as some signers leave it bare in SignedHeaders.
func parseQuery(raw string) (query, *Error) {
	q := make(query, 0, strings.Count(raw, "&")+1)
	var bad *Error
	for raw != "" {
		var part string
		part, raw, _ = strings.Cut(raw, "&")
		if part == "" {
			continue
		}
		name, value, _ := strings.Cut(part, "=")
		n, err1 := url.QueryUnescape(name)
		v, err2 := url.QueryUnescape(value)
		if err1 != nil || err2 != nil {
			bad = errBadQuery
			continue
		}
		q = append(q, param{name: n, value: v})
	}
	return q, bad
}

// get returns the first value of a parameter.
func (q query) get(name string) (string, bool) {
	for i := range q {
		if q[i].name == name {
			return q[i].value, true
		}
	}
	return "", false
}

// appendCanonical appends the canonical query string: every name and value encoded, then sorted by encoded
// name and encoded value. drop names the parameters that are left out.
func (q query) appendCanonical(b []byte, drop ...string) []byte {
	if len(q) == 0 {
		return b
	}
	sorted := make(query, 0, len(q))
	for _, p := range q {
		if slices.Contains(drop, p.name) {
			continue
		}
		p.encName, p.encVal = encode(p.name), encode(p.value)
		sorted = append(sorted, p)
	}
	slices.SortFunc(sorted, func(x, y param) int {
		if c := strings.Compare(x.encName, y.encName); c != 0 {
			return c
		}
		return strings.Compare(x.encVal, y.encVal)
	})
	for i, p := range sorted {
		if i > 0 {
			b = append(b, '&')
		}
		b = append(b, p.encName...)
		b = append(b, '=')
		b = append(b, p.encVal...)
	}
	return b
}

func encode(s string) string {
	for i := range len(s) {
		if !unreserved(s[i]) {
			return string(appendEncoded(nil, s))
		}
	}
	return s
}

// appendEncoded appends s in the encoding called UriEncode on the page "Create a signed AWS API request" (IAM
// User Guide): everything but the unreserved characters of RFC 3986, in upper-case hex.
func appendEncoded(b []byte, s string) []byte {
	const hex = "0123456789ABCDEF"
	for i := range len(s) {
		if c := s[i]; unreserved(c) {
			b = append(b, c)
		} else {
			b = append(b, '%', hex[c>>4], hex[c&15])
		}
	}
	return b
}

func unreserved(c byte) bool {
	return isAlnum(c) || c == '-' || c == '.' || c == '_' || c == '~'
}
