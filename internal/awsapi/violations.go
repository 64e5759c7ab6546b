package awsapi

import (
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"
)

// The codes under which the services report violations: IAM and STS the first, DynamoDB the second.
const (
	ValidationError     = "ValidationError"
	ValidationException = "ValidationException"
)

// AWS reports ten violations at the most. Of what they show, what is beyond maxShown bytes is cut off: a hostile request
// must not make a large answer.
const (
	maxViolations = 10
	maxShown      = 4 << 10
)

// Shown is as much of a client's text as an error shows.
func Shown(s string) string {
	if len(s) <= maxShown {
		return s
	}
	return strings.ToValidUTF8(s[:maxShown], "")
}

// Violations collects the violations of the constraints that a service's model puts on its members. AWS reports them
// together, before anything else is checked: "2 validation errors detected: …". The order of the calls is the order
// in which they are reported. At is the path of a member, as in tags.1.member.key: every name with a small first
// letter, list elements counted from 1. A member that is nil violates nothing but Required.
//
// The zero value is empty and ready to use.
type Violations struct {
	// HideValues leaves the values out of the messages while it is set, for members that are secrets.
	HideValues bool

	found []string
}

// Add adds a violation of a constraint that is none of the others. Value is the whole of what is shown, with its
// quotes if it has them.
func (v *Violations) Add(value, at, constraint string) {
	if len(v.found) < maxViolations {
		v.found = append(v.found, "Value "+Shown(value)+" at '"+Shown(at)+"' failed to satisfy constraint: "+constraint)
	}
}

func (v *Violations) add(value, at, constraint string) {
	if v.HideValues {
		if len(v.found) < maxViolations {
			v.found = append(v.found, "Value at '"+Shown(at)+"' failed to satisfy constraint: "+constraint)
		}
		return
	}
	v.Add("'"+value+"'", at, constraint)
}

// Required checks that a member is there.
func (v *Violations) Required(at string, there bool) {
	if !there {
		v.Add("null", at, "Member must not be null")
	}
}

// Length checks the length of a text in characters.
func (v *Violations) Length(at string, text *string, low, high int) {
	if text != nil {
		v.bounds(at, *text, utf8.RuneCountInString(*text), low, high)
	}
}

// Count checks the number of elements of a list or of a map that is there; shown is how AWS prints it.
func (v *Violations) Count(at, shown string, n, low, high int) { v.bounds(at, shown, n, low, high) }

func (v *Violations) bounds(at, shown string, n, low, high int) {
	switch {
	case n < low:
		v.add(shown, at, "Member must have length greater than or equal to "+strconv.Itoa(low))
	case n > high:
		v.add(shown, at, "Member must have length less than or equal to "+strconv.Itoa(high))
	}
}

// Pattern checks that the whole of a text matches.
func (v *Violations) Pattern(at string, text *string, p Pattern) {
	if text != nil && !p.Match(*text) {
		v.add(*text, at, "Member must satisfy regular expression pattern: "+p.Text)
	}
}

// Enum checks that a text is one of those allowed, which are in AWS's own order.
func (v *Violations) Enum(at string, text *string, allowed []string) {
	if text != nil && !slices.Contains(allowed, *text) {
		v.add(*text, at, "Member must satisfy enum value set: ["+strings.Join(allowed, ", ")+"]")
	}
}

// AtLeast checks the lower bound of a number.
func (v *Violations) AtLeast(at string, n *int64, low int64) {
	if n != nil && *n < low {
		v.add(strconv.FormatInt(*n, 10), at, "Member must have value greater than or equal to "+strconv.FormatInt(low, 10))
	}
}

// AtMost checks the upper bound of a number.
func (v *Violations) AtMost(at string, n *int64, high int64) {
	if n != nil && *n > high {
		v.add(strconv.FormatInt(*n, 10), at, "Member must have value less than or equal to "+strconv.FormatInt(high, 10))
	}
}

// Err returns the one error for all, nil if there is nothing to report.
func (v *Violations) Err(code string) error {
	n := len(v.found)
	if n == 0 {
		return nil
	}
	message := " validation errors detected: "
	if n == 1 {
		message = " validation error detected: "
	}
	return &Error{Code: code, Status: http.StatusBadRequest,
		Message: strconv.Itoa(n) + message + strings.Join(v.found, "; ")}
}

// Choice is the text of an enumeration of the AWS SDK for Go, nil if it is not there.
func Choice[E ~string](e E) *string {
	if e == "" {
		return nil
	}
	s := string(e)
	return &s
}

// Wide is the number n as the bounds of Violations take it.
func Wide(n *int32) *int64 {
	if n == nil {
		return nil
	}
	wide := int64(*n)
	return &wide
}

// Pattern is a constraint on the characters of a text.
type Pattern struct {
	// Text is the regular expression as AWS's model and its messages have it, in the syntax of Java.
	Text string
	// Match says whether the whole of a text satisfies it.
	Match func(string) bool
}

// unicodeEscape is an escape of Java's regular expressions that Go's do not have.
var unicodeEscape = regexp.MustCompile(`\\u([0-9A-Fa-f]{4})`)

// Regexp is a pattern of AWS's model. It is compiled when a text is first held against it: of the hundreds that there are, a server
// needs few, and none to start. It panics then if Go can't, as with a look-ahead: such a pattern needs a Match of its own.
func Regexp(text string) Pattern {
	compiled := sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`\A(?:` + unicodeEscape.ReplaceAllString(text, `\x{$1}`) + `)\z`)
	})
	return Pattern{text, func(s string) bool { return compiled().MatchString(s) }}
}
