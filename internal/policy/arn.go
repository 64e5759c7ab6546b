package policy

import "strings"

// An ARN has six fields: arn, partition, service, region, account and resource. The last may itself have colons.
const arnFields = 6

type arn [arnFields]string

// splitARN splits s at its first colons. It reports false if there are too few.
func splitARN(s string) (a arn, ok bool) {
	for i := range arnFields - 1 {
		n := strings.IndexByte(s, ':')
		if n < 0 {
			return a, false
		}
		a[i], s = s[:n], s[n+1:]
	}
	a[arnFields-1] = s
	return a, true
}

func (a *arn) account() string { return a[4] }

// arnPattern is a pattern of ARNs, cut at the colons: a wildcard stands for characters within one field ("IAM JSON
// policy elements: Resource", IAM User Guide). In the last field, which is all the rest, it stands for colons too.
type arnPattern struct {
	everything bool // "*", which alone matches what is no ARN
	fields     [arnFields]pattern
}

// newARNPattern compiles a pattern. One with fewer fields than an ARN has is completed by wildcards, as AWS does.
func newARNPattern(s string, special syntax) arnPattern {
	if strings.Trim(s, "*") == "" && s != "" {
		return arnPattern{everything: true}
	}
	var a arnPattern
	n := 0
	for ; n < arnFields-1; n++ {
		end := fieldEnd(s, special)
		if end < 0 {
			break
		}
		a.fields[n], s = newPattern(s[:end], special), s[end+1:]
	}
	a.fields[n] = newPattern(s, special)
	for n++; n < arnFields; n++ {
		a.fields[n] = pattern{form: all}
	}
	return a
}

// fieldEnd is where the next colon is that does not belong to a variable; -1 if there is none.
func fieldEnd(s string, special syntax) int {
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case ':':
			return i
		case '$':
			if special&variables != 0 {
				if _, n := cutVariable(s[i:]); n > 0 {
					i += n - 1
				}
			}
		}
	}
	return -1
}

// match compares the fields of an ARN, if the text that they are of is one.
func (p *arnPattern) match(a *arn, isARN bool, r *Request) outcome {
	if p.everything {
		return yes
	}
	if !isARN {
		return no
	}
	result := yes
	for i := range a {
		result = min(result, p.fields[i].match(a[i], r))
	}
	return result
}

// fields is how many fields a pattern has.
func fields(s string, special syntax) int {
	n := 1
	for {
		end := fieldEnd(s, special)
		if end < 0 {
			return n
		}
		n++
		s = s[end+1:]
	}
}
