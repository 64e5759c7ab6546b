package sigv4

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

const (
	algorithm = "AWS4-HMAC-SHA256"
	scopeEnd  = "aws4_request"
	isoBasic  = "20060102T150405Z"
)

// claim is what a request says of its signature, in either form, before anything is proven.
type claim struct {
	presigned     bool
	algorithm     string
	credential    string // the element as sent
	signedHeaders string // as sent: it is a line of the canonical request, so it is never rewritten
	signature     string
	date          string // as sent: the X-Amz-Date parameter or header, or the Date header
	token         string
	expires       string // presigned only; empty if absent
	query         query  // of the whole URL, in both forms
}

// readClaim finds the signature in a request, and checks that all its elements are there. The order of the
// checks, here and in the callers, is the order in which DynamoDB answers.
func readClaim(r *http.Request) (claim, *Error) {
	var c claim
	var badQuery *Error
	if r.URL.RawQuery != "" {
		c.query, badQuery = parseQuery(r.URL.RawQuery)
		_, c.presigned = c.query.get("X-Amz-Algorithm")
	}
	header, hasHeader := first(r.Header, "Authorization")
	header = strings.TrimSpace(header)
	switch {
	case hasHeader && c.presigned:
		return c, errBoth
	case !c.presigned && !strings.HasPrefix(header, "AWS4-"):
		return c, ErrMissing
	case badQuery != nil:
		return c, badQuery
	case c.presigned:
		return c, c.fromQuery(r)
	}
	return c, c.fromHeader(r, header)
}

func (c *claim) fromHeader(r *http.Request, header string) *Error {
	a, bad := parseAuthorization(header)
	c.algorithm, c.credential, c.signedHeaders, c.signature = a.algorithm, a.credential, a.signedHeaders, a.signature
	c.token, _ = first(r.Header, "X-Amz-Security-Token")
	if bad != nil {
		return bad
	}
	var hasDate bool
	if c.date, hasDate = first(r.Header, "X-Amz-Date"); !hasDate {
		c.date, hasDate = first(r.Header, "Date")
	}
	return missingParts(a, hasDate, header)
}

func (c *claim) fromQuery(r *http.Request) *Error {
	var b strings.Builder
	for _, p := range [...]struct {
		name string
		to   *string
	}{
		{"X-Amz-Algorithm", &c.algorithm}, {"X-Amz-Credential", &c.credential}, {"X-Amz-Signature", &c.signature},
		{"X-Amz-SignedHeaders", &c.signedHeaders}, {"X-Amz-Date", &c.date},
	} {
		if *p.to, _ = c.query.get(p.name); *p.to == "" {
			b.WriteString("AWS query-string parameters must include '" + p.name + "'. ")
		}
	}
	if b.Len() > 0 {
		b.WriteString("Re-examine the query-string parameters.")
		return incomplete(b.String())
	}
	c.expires, _ = c.query.get("X-Amz-Expires")
	var inQuery bool
	if c.token, inQuery = c.query.get("X-Amz-Security-Token"); !inQuery {
		c.token, _ = first(r.Header, "X-Amz-Security-Token")
	}
	return nil
}

// authorization is a parsed Authorization header.
type authorization struct {
	algorithm        string
	credential       string
	signedHeaders    string
	hasSignedHeaders bool // DynamoDB takes an empty list as present and then misses Host in it
	signature        string
}

// parseAuthorization parses "ALGORITHM key=value, key=value, ...". SDKs put a comma, a space or both between
// the pairs, and DynamoDB takes all three. Unknown keys are ignored.
func parseAuthorization(header string) (a authorization, err *Error) {
	var rest string
	for a.algorithm, rest, _ = strings.Cut(header, " "); rest != ""; {
		end := strings.IndexAny(rest, ", \t")
		part := rest
		if end >= 0 {
			part, rest = rest[:end], rest[end+1:]
		} else {
			rest = ""
		}
		if part == "" {
			continue
		}
		key, value, ok := strings.Cut(part, "=")
		if !ok {
			return a, notKeyValue(part, header)
		}
		switch key {
		case "Credential":
			a.credential = value
		case "SignedHeaders":
			a.signedHeaders, a.hasSignedHeaders = value, true
		case "Signature":
			a.signature = value
		}
	}
	return a, nil
}

// parseCredential splits keyid/date/region/service/term. DynamoDB ignores slashes at the end.
func parseCredential(s string) (c Credential, terminator string, ok bool) {
	rest := strings.TrimRight(s, "/")
	for _, to := range [...]*string{&c.AccessKeyID, &c.Date, &c.Region, &c.Service} {
		if *to, rest, ok = strings.Cut(rest, "/"); !ok {
			return c, "", false
		}
	}
	return c, rest, c.AccessKeyID != "" && !strings.Contains(rest, "/")
}

// parseDate reads the time of a signature. The basic ISO form is the rule; a Date header may be in HTTP's own
// format ("Create a signed AWS API request", IAM User Guide: the date header is one of the two places).
func parseDate(s string) (time.Time, bool) {
	if len(s) == len(isoBasic) { // time.Parse would take fractions of a second too
		t, err := time.Parse(isoBasic, s)
		return t, err == nil
	}
	t, err := http.ParseTime(s)
	return t, err == nil && t.Year() >= 1000 && t.Year() <= 9999
}

// validity returns for how long after its date a signature is good. The messages are S3's: DynamoDB's are not
// documented.
func (c *claim) validity() (time.Duration, *Error) {
	if c.expires == "" {
		return MaxSkew, nil
	}
	n, err := strconv.ParseInt(c.expires, 10, 64)
	switch {
	case err != nil:
		return 0, incomplete("X-Amz-Expires should be a number")
	case n < 1:
		return 0, incomplete("X-Amz-Expires must be greater than 0")
	case n > int64(MaxExpires/time.Second):
		return 0, incomplete("X-Amz-Expires must be less than a week (in seconds); " +
			"that is, the given X-Amz-Expires must be less than 604800 seconds")
	}
	return time.Duration(n) * time.Second, nil
}

// validRegion says whether s can name a region. Any name can, since a region is a namespace here, as long as
// it is safe inside an ARN.
func validRegion(s string) bool {
	if s == "" || len(s) > 64 {
		return false
	}
	for i := range len(s) {
		if c := s[i]; !isAlnum(c) && c != '-' && c != '_' {
			return false
		}
	}
	return true
}

// allowed says whether a request signed for service may be meant for one of services; none given means any.
func allowed(service string, services []string) bool {
	for _, s := range services {
		if s == service {
			return true
		}
	}
	return len(services) == 0 && service != ""
}

func isAlnum(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9'
}

// first returns the first value of a header, given in canonical form.
func first(h http.Header, key string) (string, bool) {
	if v := h[key]; len(v) > 0 {
		return v[0], true
	}
	return "", false
}

func stamp(t time.Time) string { return t.UTC().Format(isoBasic) }

// span writes a duration as DynamoDB does, in minutes; a presigned request may have odd seconds.
func span(d time.Duration) string {
	if d%time.Minute != 0 {
		return strconv.FormatInt(int64(d/time.Second), 10) + " sec."
	}
	return strconv.FormatInt(int64(d/time.Minute), 10) + " min."
}
