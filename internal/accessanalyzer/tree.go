package accessanalyzer

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// node is a value of a document, and where it is.
type node struct {
	kind       kind
	text       string // of what is no list and no object, as it is meant
	members    []member
	elements   []*node
	start, end int // bytes
}

type kind string

// The kinds, as findings name them.
const (
	object  kind = "object"
	array   kind = "array"
	text    kind = "string"
	number  kind = "number"
	boolean kind = "boolean"
	null    kind = "null"
)

type member struct {
	name  string
	start int // of the name, with its quotes
	value *node
}

// maxDepth is the deepest that a document is read. None that means anything is half as deep.
const maxDepth = 32

var errDepth = errors.New("accessanalyzer: too deep")

// parse reads a document. The error is a *json.SyntaxError, or errDepth.
func parse(document string) (*node, error) {
	data := []byte(document)
	var whole json.RawMessage // finds what is no JSON, and where
	if err := json.Unmarshal(data, &whole); err != nil {
		return nil, err
	}
	p := parser{data, json.NewDecoder(bytes.NewReader(data))}
	p.UseNumber()
	return p.value(0)
}

type parser struct {
	data []byte
	*json.Decoder
}

// next reads a token of what is known to be JSON.
func (p *parser) next() (t json.Token, start int, err error) {
	start = int(p.InputOffset())
	for start < len(p.data) && strings.IndexByte(" \t\r\n,:", p.data[start]) >= 0 {
		start++
	}
	t, err = p.Token()
	return t, start, err
}

func (p *parser) value(depth int) (n *node, err error) {
	if depth > maxDepth {
		return nil, errDepth
	}
	t, start, err := p.next()
	if err != nil {
		return nil, err
	}
	n = &node{start: start}
	switch t := t.(type) {
	case json.Delim:
		n.kind = array
		if t == '{' {
			n.kind = object
		}
		for p.More() {
			m := member{}
			if n.kind == object {
				name, at, err := p.next()
				if err != nil {
					return nil, err
				}
				m.name, m.start = name.(string), at
			}
			if m.value, err = p.value(depth + 1); err != nil {
				return nil, err
			}
			if n.kind == object {
				n.members = append(n.members, m)
			} else {
				n.elements = append(n.elements, m.value)
			}
		}
		_, _, err = p.next()
	case string:
		n.kind, n.text = text, t
	case json.Number:
		n.kind, n.text = number, t.String()
	case bool:
		n.kind, n.text = boolean, "false"
		if t {
			n.text = "true"
		}
	default:
		n.kind = null
	}
	n.end = int(p.InputOffset())
	return n, err
}

// member returns the member of a name, nil if there is none.
func (n *node) member(name string) *member {
	for i := range n.members {
		if n.members[i].name == name {
			return &n.members[i]
		}
	}
	return nil
}

// where finds lines and columns. What is asked comes in no order; documents are short.
type where struct{ document string }

// position of a byte. Columns and offsets count characters as JavaScript does, in UTF-16.
func (w where) position(at int) position {
	at = min(at, len(w.document))
	before := w.document[:at]
	line := strings.LastIndexByte(before, '\n') + 1
	return position{Line: strings.Count(before, "\n") + 1, Column: units(before[line:]), Offset: units(before)}
}

func units(s string) (n int) {
	if len(s) == utf8.RuneCountInString(s) {
		return len(s)
	}
	for _, r := range s {
		n += max(utf16.RuneLen(r), 1)
	}
	return n
}
