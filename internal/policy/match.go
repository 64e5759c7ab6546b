package policy

import "strings"

// arnFields is how many parts an ARN has: arn, partition, service, region, account, resource. The resource may
// itself have colons.
const arnFields = 6

// resource is a pattern of a Resource or NotResource element, cut at the colons: a wildcard stands for
// characters within one field ("IAM JSON policy elements: Resource", IAM User Guide).
type resource struct {
	all    bool // "*": the only pattern that matches an action on no resource in particular
	fields [arnFields]string
}

// newResource compiles a pattern. It reports false for one with a policy variable, which is not understood yet;
// the resource it then returns matches everything.
func newResource(pattern string) (resource, bool) {
	if pattern == "*" {
		return resource{all: true}, true
	}
	if strings.Contains(pattern, "${") {
		return resource{all: true}, false
	}
	var r resource
	n := copy(r.fields[:], strings.SplitN(pattern, ":", arnFields))
	for ; n < arnFields; n++ { // AWS completes an ARN with fewer fields by wildcards
		r.fields[n] = "*"
	}
	return r, true
}

func (r *resource) matches(arn string) bool {
	if r.all {
		return true
	}
	for i := range arnFields - 1 {
		field, rest, ok := strings.Cut(arn, ":")
		if !ok || !glob(r.fields[i], field, false) {
			return false
		}
		arn = rest
	}
	return glob(r.fields[arnFields-1], arn, false)
}

// glob matches text against a pattern in which * stands for any characters and ? for one. With fold, the case of
// ASCII letters in text is ignored; the pattern is then in lower case. It takes linear time but for the last *,
// to which it goes back, so no pattern is worse than quadratic.
func glob(pattern, text string, fold bool) bool {
	p, t := 0, 0
	star, mark := -1, 0 // the last * seen, and where in text the rest after it is tried
	for t < len(text) {
		if p < len(pattern) {
			switch c := pattern[p]; {
			case c == '*':
				star, mark = p, t
				p++
				continue
			case c == '?' || c == text[t] || fold && c == lower(text[t]):
				p++
				t++
				continue
			}
		}
		if star < 0 {
			return false
		}
		mark++
		p, t = star+1, mark
	}
	for p < len(pattern) && pattern[p] == '*' {
		p++
	}
	return p == len(pattern)
}

func lower(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		c += 'a' - 'A'
	}
	return c
}
