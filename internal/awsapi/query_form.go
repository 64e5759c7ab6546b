package awsapi

import (
	"iter"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"
)

// Form is the parameters of a request of the query protocol. Its zero value has none.
type Form struct {
	params []parameter // sorted by name; no name is twice
}

type parameter struct{ name, value string }

// What a form may have. Bodies are bounded before they come here, but a body of the largest size can still name
// millions of parameters, or one parameter of millions of levels.
const (
	maxParameters = 10_000
	maxNameLength = 1 << 10
)

// ParseForm reads the parameters of a request: those of the query string, with which a GET request sends all of
// them, and those of a body in application/x-www-form-urlencoded. Of a parameter that is there more than once, the
// first one counts, as for AWS; the query string comes before the body.
func ParseForm(query string, body []byte) (Form, error) {
	var f Form
	for _, encoded := range []string{query, string(body)} {
		for pair := range strings.SplitSeq(encoded, "&") {
			if pair == "" {
				continue
			}
			p, ok := parsePair(pair)
			if !ok || len(f.params) == maxParameters {
				return Form{}, malformedQuery()
			}
			f.params = append(f.params, p)
		}
	}
	slices.SortStableFunc(f.params, func(a, b parameter) int { return strings.Compare(a.name, b.name) })
	f.params = slices.CompactFunc(f.params, func(a, b parameter) bool { return a.name == b.name })
	return f, nil
}

func parsePair(pair string) (p parameter, ok bool) {
	name, value, _ := strings.Cut(pair, "=")
	name, err := url.QueryUnescape(name)
	if err != nil || len(name) > maxNameLength || !utf8.ValidString(name) {
		return p, false
	}
	value, err = url.QueryUnescape(value)
	return parameter{name, value}, err == nil && utf8.ValidString(value)
}

// malformedQuery is the error for what is no form ("Common Errors", AWS Security Token Service API Reference).
func malformedQuery() *Error {
	return &Error{Code: "MalformedQueryString", Status: http.StatusNotFound,
		Message: "The query string contains a syntax error."}
}

// Value returns the value of a parameter, and whether it is there.
func (f Form) Value(name string) (string, bool) {
	n := f.root().member(name)
	return n.value, n.set
}

// All are the parameters in the order of their names.
func (f Form) All() iter.Seq2[string, string] {
	return func(yield func(string, string) bool) {
		for _, p := range f.params {
			if !yield(p.name, p.value) {
				return
			}
		}
	}
}

// Action is the name of the operation; empty if there is none.
func (f Form) Action() string { return f.root().member("Action").value }

// Version is the version of the API, a date; empty if there is none. It tells the services apart that share a front
// door: actions of different services may have one name.
func (f Form) Version() string { return f.root().member("Version").value }

// MissingAction is the error for a form that names no operation.
func MissingAction() *Error {
	return &Error{Code: "MissingAction", Status: http.StatusBadRequest,
		Message: "The request is missing an action or a required parameter."}
}

// InvalidAction is the error for a form that names an operation which its version of the API does not have.
func (f Form) InvalidAction() *Error {
	return &Error{Code: "InvalidAction", Status: http.StatusBadRequest,
		Message: "Could not find operation " + f.Action() + " for version " + f.Version()}
}

// node is a place in the tree that the dots in the names of parameters make. The tree is not built: a node is the run
// of parameters below it, which is one because they are sorted. So the work for a parameter that no input type has is
// none, and its depth does not matter.
type node struct {
	value string
	set   bool        // the parameter with exactly this name is there
	below []parameter // those with this name, a dot, and more
	at    int         // where in their names the more begins
}

func (f Form) root() node { return node{below: f.params} }

func (n node) there() bool { return n.set || len(n.below) > 0 }

// member returns the node of this name below n.
func (n node) member(name string) node {
	compare := func(p parameter, name string) int { return strings.Compare(p.name[n.at:], name) }
	from, found := slices.BinarySearchFunc(n.below, name, compare)
	var m node
	if found {
		m.value, m.set = n.below[from].value, true
	}
	dotted := name + "."
	first, _ := slices.BinarySearchFunc(n.below[from:], dotted, compare)
	m.below = n.below[from+first:]
	m.at = n.at + len(dotted)
	// What begins with the name and a dot comes before everything that does not and is greater.
	end, _ := slices.BinarySearchFunc(m.below, true, func(p parameter, _ bool) int {
		if strings.HasPrefix(p.name[n.at:], dotted) {
			return -1
		}
		return 1
	})
	m.below = m.below[:end]
	return m
}
