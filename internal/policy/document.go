package policy

import (
	"bytes"
	"encoding/json"
	"slices"
)

// Document is a policy as it is written. Where AWS takes a value or a list of values, it has a list; nil stands for an
// element that is not there, an empty list for one that is there and empty.
type Document struct {
	Version    string // "" if it has none, which means 2008-10-17
	ID         string
	Statements []Statement
}

// Statement is one statement of a Document.
type Statement struct {
	Sid                     string
	Effect                  string
	Principal, NotPrincipal *Principals
	Action, NotAction       []string
	Resource, NotResource   []string
	Conditions              []Condition
	// Start and End are where the statement is in the bytes that it was read from.
	Start, End int
}

// Principals is a Principal or NotPrincipal element.
type Principals struct {
	// Any says that it is written as the string "*": everybody. There are no members then.
	Any     bool
	Members []PrincipalMember
}

// PrincipalMember is one value in a Principal element, such as the type AWS and an ARN.
type PrincipalMember struct{ Type, Value string }

// Condition is one key under one operator in a Condition element. All of a statement's have to hold.
type Condition struct {
	Operator, Key string
	Values        []string
}

// The versions of the language. Only the later has variables.
const (
	version2008 = "2008-10-17"
	version2012 = "2012-10-17"
)

// MapPrincipals replaces the value of every principal by what f returns for it. It is how a service puts unique ids in
// the place of ARNs when it stores a policy and back when it shows it, and how it checks that principals exist. It
// returns the first error of f.
func (d *Document) MapPrincipals(f func(typ, value string) (string, error)) error {
	for i := range d.Statements {
		for _, ps := range []*Principals{d.Statements[i].Principal, d.Statements[i].NotPrincipal} {
			if ps == nil {
				continue
			}
			for j, m := range ps.Members {
				value, err := f(m.Type, m.Value)
				if err != nil {
					return err
				}
				ps.Members[j].Value = value
			}
		}
	}
	return nil
}

// MarshalJSON writes the document with its elements in the order of AWS's documentation. Reading it gives the same
// document again.
func (d *Document) MarshalJSON() ([]byte, error) {
	w := writer{}
	w.open('{')
	if d.Version != "" {
		w.member("Version").text(d.Version)
	}
	if d.ID != "" {
		w.member("Id").text(d.ID)
	}
	if d.Statements != nil {
		w.member("Statement").open('[')
		for i := range d.Statements {
			w.next()
			w.statement(&d.Statements[i])
		}
		w.close(']')
	}
	w.close('}')
	return w.Bytes(), nil
}

type writer struct {
	bytes.Buffer
	first bool // the next thing is the first in its list or object
}

func (w *writer) open(c byte) {
	w.WriteByte(c)
	w.first = true
}

func (w *writer) close(c byte) {
	w.WriteByte(c)
	w.first = false
}

// next begins another element.
func (w *writer) next() {
	if !w.first {
		w.WriteByte(',')
	}
	w.first = false
}

func (w *writer) member(name string) *writer {
	w.next()
	w.text(name)
	w.WriteByte(':')
	return w
}

func (w *writer) text(s string) {
	e := json.NewEncoder(&w.Buffer)
	e.SetEscapeHTML(false)
	_ = e.Encode(s)         // a string always can be
	w.Truncate(w.Len() - 1) // the line end
}

func (w *writer) list(name string, values []string) {
	if values == nil {
		return
	}
	w.member(name)
	w.values(values)
}

func (w *writer) values(values []string) {
	if len(values) == 1 {
		w.text(values[0])
		return
	}
	w.open('[')
	for _, v := range values {
		w.next()
		w.text(v)
	}
	w.close(']')
}

func (w *writer) statement(s *Statement) {
	w.open('{')
	if s.Sid != "" {
		w.member("Sid").text(s.Sid)
	}
	if s.Effect != "" {
		w.member("Effect").text(s.Effect)
	}
	w.principals("Principal", s.Principal)
	w.principals("NotPrincipal", s.NotPrincipal)
	w.list("Action", s.Action)
	w.list("NotAction", s.NotAction)
	w.list("Resource", s.Resource)
	w.list("NotResource", s.NotResource)
	w.conditions(s.Conditions)
	w.close('}')
}

func (w *writer) principals(name string, ps *Principals) {
	switch {
	case ps == nil:
		return
	case ps.Any:
		w.member(name).text("*")
		return
	}
	w.member(name).open('{')
	var done []string
	for _, m := range ps.Members {
		if slices.Contains(done, m.Type) {
			continue
		}
		done = append(done, m.Type)
		values := []string{}
		for _, other := range ps.Members {
			if other.Type == m.Type {
				values = append(values, other.Value)
			}
		}
		w.list(m.Type, values)
	}
	w.close('}')
}

func (w *writer) conditions(conditions []Condition) {
	if len(conditions) == 0 {
		return
	}
	w.member("Condition").open('{')
	var done []string
	for _, c := range conditions {
		if slices.Contains(done, c.Operator) {
			continue
		}
		done = append(done, c.Operator)
		w.member(c.Operator).open('{')
		for _, other := range conditions {
			if other.Operator == c.Operator {
				w.member(other.Key)
				w.values(other.Values)
			}
		}
		w.close('}')
	}
	w.close('}')
}
