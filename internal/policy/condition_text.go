package policy

import (
	"encoding/base64"
	"strings"
)

// equalFold compares like StringEqualsIgnoreCase.
func (p *pattern) equalFold(text string, r *Request) outcome {
	if p.form == exact {
		return toOutcome(strings.EqualFold(text, p.text))
	}
	// There are no wildcards in it, so it has variables.
	var s strings.Builder
	for i := range p.parts {
		t := p.parts[i].text
		if p.parts[i].op == reference {
			var ok bool
			if t, ok = p.parts[i].variable.value(r); !ok {
				return unresolved
			}
		}
		s.WriteString(t)
	}
	return toOutcome(strings.EqualFold(text, s.String()))
}

// addText compiles a value of Bool, Null or BinaryEquals.
func (c *condition) addText(v string, special syntax) bool {
	switch c.family {
	case binary:
		b, err := base64.StdEncoding.DecodeString(v)
		if err != nil {
			return false
		}
		c.texts = append(c.texts, string(b))
		return true
	case boolean:
		p := newPattern(lowered(v), special&^wildcards)
		if p.form == exact && !isBool(p.text) {
			return false
		}
		c.patterns = append(c.patterns, p)
		return true
	}
	v = lowered(v)
	if !isBool(v) {
		return false
	}
	c.texts = append(c.texts, v)
	return true
}

func isBool(s string) bool { return s == "true" || s == "false" }

func boolText(b bool) string {
	if b {
		return "true"
	}
	return "false"
}

// matchText compares with the values of Null and BinaryEquals.
func (c *condition) matchText(value string) outcome {
	for _, t := range c.texts {
		if t == value {
			return yes
		}
	}
	if c.broken {
		return failed
	}
	return no
}

func (c *condition) matchBool(value string, r *Request) outcome {
	if !strings.EqualFold(value, "true") && !strings.EqualFold(value, "false") {
		return failed
	}
	result := no
	for i := range c.patterns {
		result = max(result, c.patterns[i].equalFold(value, r))
	}
	return result
}
