package policy

import (
	"cmp"
	"strings"
)

// instant is a value of a Date condition. AWS takes years beyond those of time.Time, and times without all parts.
type instant struct {
	seconds int64 // since 1970 in UTC
	nanos   int64
}

func (t instant) compare(other instant) int {
	if c := cmp.Compare(t.seconds, other.seconds); c != 0 {
		return c
	}
	return cmp.Compare(t.nanos, other.nanos)
}

func (c *condition) matchDate(value string) outcome {
	t, ok := parseInstant(value)
	if !ok {
		return failed
	}
	for _, d := range c.dates {
		if c.order.holds(t.compare(d)) {
			return yes
		}
	}
	return no
}

// parseInstant reads a date of ISO 8601, or seconds since 1970 if it is digits alone.
func parseInstant(s string) (t instant, ok bool) {
	if s != "" && strings.Trim(s, "0123456789") == "" {
		t.seconds, ok = decimal(s, 0, 1<<63-1)
		return t, ok
	}
	day, clock := s, ""
	if i := strings.IndexAny(s, "tT"); i >= 0 {
		day, clock = s[:i], s[i+1:]
	}
	days, ok := parseDay(day)
	if !ok {
		return t, false
	}
	seconds, nanos, ok := parseClock(clock)
	return instant{days*86400 + seconds, nanos}, ok
}

// parseDay reads a year, a month of it or a day of it, as the days since 1970.
func parseDay(s string) (int64, bool) {
	s, negative := strings.CutPrefix(s, "-")
	year, rest, hasMonth := strings.Cut(s, "-")
	month, day, hasDay := strings.Cut(rest, "-")
	y, ok := decimal(year, 0, 292278993)
	m, d := int64(1), int64(1)
	if ok && hasMonth {
		m, ok = decimal(month, 1, 12)
	}
	if ok && hasDay {
		d, ok = decimal(day, 1, 31)
	}
	if negative {
		y = -y
		ok = ok && y >= -292275054
	}
	// The year begins in March here, so that the day that is not always there is its last.
	if m <= 2 {
		y, m = y-1, m+12
	}
	era := y / 400
	if y < 0 {
		era = (y - 399) / 400
	}
	yearOfEra := y - era*400
	dayOfYear := (153*(m-3)+2)/5 + d - 1
	return era*146097 + yearOfEra*365 + yearOfEra/4 - yearOfEra/100 + dayOfYear - 719468, ok
}

// parseClock reads hours, or hours and minutes, or those and seconds with a fraction, and a time zone. Without one,
// it is UTC.
func parseClock(s string) (seconds, nanos int64, ok bool) {
	s, offset, ok := cutZone(s)
	if s == "" || !ok {
		return -offset, 0, ok
	}
	hours, rest, hasMinutes := strings.Cut(s, ":")
	minutes, rest, hasSeconds := strings.Cut(rest, ":")
	h, ok := decimal(hours, 0, 23)
	var m, sec int64
	if ok && hasMinutes {
		m, ok = decimal(minutes, 0, 59)
	}
	if ok && hasSeconds {
		whole, fraction, hasFraction := strings.Cut(rest, ".")
		if sec, ok = decimal(whole, 0, 59); ok && hasFraction {
			nanos, ok = decimal(fraction, 0, 999_999_999)
			for range 9 - len(fraction) {
				nanos *= 10
			}
		}
	}
	return h*3600 + m*60 + sec - offset, nanos, ok
}

// cutZone takes Z, +hh, +hhmm or +hh:mm, or those with a minus, off the end of a time, as seconds east of UTC.
func cutZone(s string) (rest string, offset int64, ok bool) {
	if n := len(s); n > 0 && (s[n-1] == 'Z' || s[n-1] == 'z') {
		return s[:n-1], 0, true
	}
	i := strings.IndexAny(s, "+-")
	if i < 0 {
		return s, 0, true
	}
	zone := s[i+1:]
	hours, minutes := zone, "00"
	switch len(zone) {
	case 2:
	case 4:
		hours, minutes = zone[:2], zone[2:]
	case 5:
		if zone[2] != ':' {
			return s, 0, false
		}
		hours, minutes = zone[:2], zone[3:]
	default:
		return s, 0, false
	}
	h, ok := decimal(hours, 0, 23)
	if !ok {
		return s, 0, false
	}
	m, ok := decimal(minutes, 0, 59)
	offset = h*3600 + m*60
	if s[i] == '-' {
		offset = -offset
	}
	return s[:i], offset, ok
}

// decimal reads digits, as a number in a range.
func decimal(s string, least, most int64) (n int64, ok bool) {
	if s == "" {
		return 0, false
	}
	for i := range len(s) {
		c := int64(s[i]) - '0'
		if c < 0 || c > 9 || n > (most-c)/10 {
			return 0, false
		}
		n = n*10 + c
	}
	return n, n >= least
}
