package policy

import (
	"cmp"
	"strconv"
	"strings"
)

// number is a value of a Numeric condition. Whole numbers of 64 bits are exact, others as near as a float64 is.
type number struct {
	whole   int64
	isWhole bool
	float   float64
}

func parseNumber(s string) (number, bool) {
	if i, ok := parseWhole(s); ok {
		return number{whole: i, isWhole: true, float: float64(i)}, true
	}
	// ParseFloat knows more than decimal numbers.
	if s == "" || len(s) > 64 || strings.Trim(s, "+-.0123456789eE") != "" {
		return number{}, false
	}
	f, err := strconv.ParseFloat(s, 64)
	return number{float: f}, err == nil
}

// parseWhole is strconv.ParseInt without an error to allocate.
func parseWhole(s string) (int64, bool) {
	digits := strings.TrimPrefix(s, "-")
	if len(digits) == 0 || len(digits) > 18 || strings.Trim(digits, "0123456789") != "" {
		return 0, false
	}
	n, err := strconv.ParseInt(s, 10, 64)
	return n, err == nil
}

func (n number) compare(other number) int {
	if n.isWhole && other.isWhole {
		return cmp.Compare(n.whole, other.whole)
	}
	return cmp.Compare(n.float, other.float)
}

func (c *condition) matchNumber(value string) outcome {
	n, ok := parseNumber(value)
	if !ok {
		return failed
	}
	for _, m := range c.numbers {
		if c.order.holds(n.compare(m)) {
			return yes
		}
	}
	return no
}
