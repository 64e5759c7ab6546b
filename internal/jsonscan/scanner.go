// Package jsonscan reads JSON as the AWS JSON protocols send it: one pass over a body that is already in memory,
// no tree, no reflection, no copy of a string without escapes. It exists because the bodies of the hot
// operations go straight into the storage form, and because what AWS refuses (duplicate names, invalid UTF-8,
// a type in the wrong place) has to be refused at the place where it stands, in AWS's words.
//
// It imports nothing of ours. A Scanner never recurses deeper than [MaxDepth].
package jsonscan

import (
	"bytes"
	"unicode/utf8"
)

// MaxDepth bounds nesting. 32 levels of DynamoDB lists and maps take two levels of JSON each; what is nested deeper by far
// than that is still read, so that it can be refused in AWS's words.
const MaxDepth = 500

// Kind is the kind of the next JSON value.
type Kind byte

// The kinds. Invalid stands for the end of the input and for whatever starts no value.
const (
	Invalid Kind = iota
	Null
	False
	True
	Number
	String
	Array
	Object
)

// Scanner reads one JSON text. Make one with New.
type Scanner struct {
	data  []byte
	pos   int
	depth int
}

// New returns a scanner of data, which the caller must not change while anything read from it is in use.
func New(data []byte) *Scanner { return &Scanner{data: data} }

// Peek returns the kind of the next value without reading it.
func (s *Scanner) Peek() Kind {
	s.space()
	if s.pos >= len(s.data) {
		return Invalid
	}
	switch c := s.data[s.pos]; {
	case c == '"':
		return String
	case c == '{':
		return Object
	case c == '[':
		return Array
	case c == '-' || '0' <= c && c <= '9':
		return Number
	case c == 't':
		return True
	case c == 'f':
		return False
	case c == 'n':
		return Null
	}
	return Invalid
}

// Object reads an object and calls fn for each member, with the name, when the member's value is next. fn must read
// that value. The name is valid until fn returns.
func (s *Scanner) Object(fn func(name []byte) error) error {
	if err := s.enter('{'); err != nil {
		return err
	}
	defer s.leave()
	if s.take('}') {
		return nil
	}
	var seen names
	for {
		s.space()
		name, err := s.string()
		if err != nil {
			return err
		}
		if !seen.add(name) {
			return &Error{Message: "Duplicate field '" + string(name) + "'"}
		}
		if !s.take(':') {
			return errSyntax
		}
		if err := fn(name); err != nil {
			return err
		}
		if s.take(',') {
			continue
		}
		if s.take('}') {
			return nil
		}
		return errSyntax
	}
}

// Array reads an array and calls fn before each element. fn must read that element.
func (s *Scanner) Array(fn func() error) error {
	if err := s.enter('['); err != nil {
		return err
	}
	defer s.leave()
	if s.take(']') {
		return nil
	}
	for {
		if err := fn(); err != nil {
			return err
		}
		if s.take(',') {
			continue
		}
		if s.take(']') {
			return nil
		}
		return errSyntax
	}
}

// Literal reads null, true or false.
func (s *Scanner) Literal() error {
	for _, word := range [...]string{"null", "true", "false"} {
		if len(s.data)-s.pos >= len(word) && string(s.data[s.pos:s.pos+len(word)]) == word {
			s.pos += len(word)
			return nil
		}
	}
	return errSyntax
}

// Text reads a string. The result is a view of the input where it has no escapes.
func (s *Scanner) Text() ([]byte, error) {
	s.space()
	return s.string()
}

// Digits reads a number and returns it as it is written.
func (s *Scanner) Digits() ([]byte, error) {
	s.space()
	start := s.pos
	s.skip('-')
	if s.skip('0') {
		if s.pos < len(s.data) && isDigit(s.data[s.pos]) {
			return nil, errSyntax
		}
	} else if !s.digits() {
		return nil, errSyntax
	}
	if s.skip('.') && !s.digits() {
		return nil, errSyntax
	}
	if s.skip('e') || s.skip('E') {
		if !s.skip('-') {
			s.skip('+')
		}
		if !s.digits() {
			return nil, errSyntax
		}
	}
	return s.data[start:s.pos], nil
}

// Skip reads the next value, whatever it is, and forgets it.
func (s *Scanner) Skip() error {
	switch s.Peek() {
	case Object:
		return s.Object(func([]byte) error { return s.Skip() })
	case Array:
		return s.Array(s.Skip)
	case String:
		_, err := s.Text()
		return err
	case Number:
		_, err := s.Digits()
		return err
	case Invalid:
		return errSyntax
	}
	return s.Literal()
}

// Raw reads the next value, whatever it is, and returns its text, which is part of the data.
func (s *Scanner) Raw() ([]byte, error) {
	s.space()
	start := s.pos
	err := s.Skip()
	return s.data[start:s.pos:s.pos], err
}

// End reports an error if anything but space follows.
func (s *Scanner) End() error {
	s.space()
	if s.pos != len(s.data) {
		return errSyntax
	}
	return nil
}

func (s *Scanner) enter(open byte) error {
	s.space()
	if !s.skip(open) {
		return errSyntax
	}
	if s.depth++; s.depth > MaxDepth {
		return errDepth
	}
	return nil
}

func (s *Scanner) leave() { s.depth-- }

func (s *Scanner) space() {
	for s.pos < len(s.data) {
		switch s.data[s.pos] {
		case ' ', '\t', '\n', '\r':
			s.pos++
		default:
			return
		}
	}
}

func (s *Scanner) take(c byte) bool {
	s.space()
	return s.skip(c)
}

func (s *Scanner) skip(c byte) bool {
	if s.pos < len(s.data) && s.data[s.pos] == c {
		s.pos++
		return true
	}
	return false
}

func (s *Scanner) digits() bool {
	start := s.pos
	for s.pos < len(s.data) && isDigit(s.data[s.pos]) {
		s.pos++
	}
	return s.pos > start
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// string reads a string at the current position.
func (s *Scanner) string() ([]byte, error) {
	if !s.skip('"') {
		return nil, errSyntax
	}
	rest := s.data[s.pos:]
	for i, c := range rest {
		switch {
		case c == '"':
			s.pos += i + 1
			if !utf8.Valid(rest[:i]) {
				return nil, errUTF8
			}
			return rest[:i:i], nil
		case c == '\\':
			return s.unescape(i)
		case c < 0x20:
			return nil, errSyntax
		}
	}
	return nil, errSyntax
}

// names is the set of names of one object: a list while it is short, as nearly all are, a map after that.
type names struct {
	few  [8][]byte
	n    int
	many map[string]struct{}
}

func (s *names) add(name []byte) bool {
	if s.many == nil {
		for i := range s.n {
			if bytes.Equal(s.few[i], name) {
				return false
			}
		}
		if s.n < len(s.few) {
			s.few[s.n] = name
			s.n++
			return true
		}
		s.many = make(map[string]struct{}, 4*len(s.few))
		for _, old := range s.few {
			s.many[string(old)] = struct{}{}
		}
	}
	if _, there := s.many[string(name)]; there {
		return false
	}
	s.many[string(name)] = struct{}{}
	return true
}
