package policy

import (
	"strings"
	"unicode/utf8"
)

// outcome is what comparing a value of the request with one of the policy gives.
type outcome uint8

const (
	no outcome = iota
	// unresolved: the policy's value has a variable that has no value in this request. It equals nothing.
	unresolved
	// failed: one of the values is not what the comparison is for. Nobody can say whether they match.
	failed
	yes
)

func toOutcome(matches bool) outcome {
	if matches {
		return yes
	}
	return no
}

// pattern is a compiled string of the language.
type pattern struct {
	form form
	text string // of an exact and a prefix pattern
	// parts are those of a mixed pattern.
	parts []part
}

type form uint8

const (
	exact  form = iota // nothing special: the text itself
	prefix             // the text, then *
	all                // *
	mixed              // anything else
)

type part struct {
	op   op
	text string // of a literal
	// variable is what a variable stands for.
	variable variable
}

type op uint8

const (
	literal op = iota
	star
	question
	reference
)

// syntax says what is special in a string.
type syntax uint8

const (
	wildcards syntax = 1 << iota // * and ?
	variables                    // ${...}, which version 2012-10-17 has
)

// newPattern compiles a string.
func newPattern(s string, special syntax) pattern {
	var parts []part
	var text strings.Builder
	add := func(p part) {
		if text.Len() > 0 {
			parts = append(parts, part{op: literal, text: text.String()})
			text.Reset()
		}
		if p.op == star && len(parts) > 0 && parts[len(parts)-1].op == star {
			return // ** is *
		}
		parts = append(parts, p)
	}
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '*' && special&wildcards != 0:
			add(part{op: star})
		case c == '?' && special&wildcards != 0:
			add(part{op: question})
		case c == '$' && special&variables != 0:
			v, end := cutVariable(s[i:])
			switch {
			case end == 0:
				text.WriteByte(c)
			case v.is != "":
				text.WriteString(v.is)
				i += end - 1
			default:
				add(part{op: reference, variable: v})
				i += end - 1
			}
		default:
			text.WriteByte(c)
		}
	}
	if len(parts) == 0 {
		return pattern{form: exact, text: text.String()}
	}
	if text.Len() > 0 {
		parts = append(parts, part{op: literal, text: text.String()})
	}
	switch {
	case len(parts) == 1 && parts[0].op == star:
		return pattern{form: all}
	case len(parts) == 2 && parts[0].op == literal && parts[1].op == star:
		return pattern{form: prefix, text: parts[0].text}
	}
	return pattern{form: mixed, parts: parts}
}

// match compares text with the pattern. What a variable stands for is taken literally.
func (p *pattern) match(text string, r *Request) outcome {
	switch p.form {
	case exact:
		return toOutcome(text == p.text)
	case prefix:
		return toOutcome(strings.HasPrefix(text, p.text))
	case all:
		return yes
	}
	for i := range p.parts {
		if p.parts[i].op == reference {
			if _, ok := p.parts[i].variable.value(r); !ok {
				return unresolved
			}
		}
	}
	return toOutcome(glob(p.parts, text, r, false))
}

// matchFold is match for a pattern in lower case that has no variables. The case of ASCII letters in text is ignored.
func (p *pattern) matchFold(text string) bool {
	switch p.form {
	case exact:
		return len(text) == len(p.text) && hasPrefixFold(text, p.text)
	case prefix:
		return hasPrefixFold(text, p.text)
	case all:
		return true
	}
	return glob(p.parts, text, nil, true)
}

// glob matches text against parts. It takes linear time but for the last *, to which it goes back, so no pattern is
// worse than quadratic.
func glob(parts []part, text string, r *Request, fold bool) bool {
	p, t := 0, 0
	back, mark := -1, 0 // the part after the last *, and where in text it is tried
	for {
		fits := false
		switch {
		case p == len(parts):
			if t == len(text) {
				return true
			}
		case parts[p].op == star:
			if p++; p == len(parts) {
				return true
			}
			back, mark = p, t
			fits = true
		case parts[p].op == question:
			if fits = t < len(text); fits {
				t += width(text[t:])
				p++
			}
		default:
			s := parts[p].text
			if parts[p].op == reference {
				s, _ = parts[p].variable.value(r)
			}
			if fits = strings.HasPrefix(text[t:], s) || fold && hasPrefixFold(text[t:], s); fits {
				t += len(s)
				p++
			}
		}
		if fits {
			continue
		}
		if back < 0 || mark == len(text) {
			return false
		}
		mark += width(text[mark:])
		p, t = back, mark
	}
}

// width is the length of the first character of s, which is what ? stands for.
func width(s string) int {
	if s[0] < utf8.RuneSelf {
		return 1
	}
	_, n := utf8.DecodeRuneInString(s)
	return n
}

// hasPrefixFold says whether s begins with a prefix in lower case.
func hasPrefixFold(s, prefix string) bool {
	if len(s) < len(prefix) {
		return false
	}
	for i := range len(prefix) {
		if lower(s[i]) != prefix[i] {
			return false
		}
	}
	return true
}

func lower(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		c += 'a' - 'A'
	}
	return c
}

// lowered is s with its ASCII letters in lower case.
func lowered(s string) string {
	b := []byte(s)
	for i, c := range b {
		b[i] = lower(c)
	}
	return string(b)
}
