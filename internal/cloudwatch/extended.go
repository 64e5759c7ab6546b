package cloudwatch

import (
	"math"
	"regexp"
	"strconv"
	"strings"

	"github.com/statordb/stator/internal/meter"
)

// The statistics of how values are spread ("CloudWatch statistics definitions", Amazon CloudWatch User Guide): percentiles, and
// what is computed of the values between two bounds. They are of SuccessfulRequestLatency, and right within some percent: of values
// it is known which are of about the same size. Of other metrics that is not kept, and they have no such statistics.

var (
	percentile = regexp.MustCompile(`^(p|tm|wm|tc|ts)(\d{1,2}(?:\.\d{1,10})?|100)$`)
	bounded    = regexp.MustCompile(`^(TM|WM|TC|TS|PR)\(([\d.]*)(%?):([\d.]*)(%?)\)$`)
)

// extended returns the statistic of a name.
func extended(name string) (statistic, bool) {
	if name == "IQM" || name == "iqm" {
		name = "TM(25%:75%)"
	}
	if m := percentile.FindStringSubmatch(name); m != nil {
		high, _ := strconv.ParseFloat(m[2], 64) // it is a number
		if m[1] == "p" {
			return ofSpread(func(d *distribution) float64 { return d.value(high / 100) }), true
		}
		return between(strings.ToUpper(m[1]), bound{}, bound{high, true, true}), true
	}
	m := bounded.FindStringSubmatch(name)
	if m == nil {
		return nil, false
	}
	low, ok := readBound(m[2], m[3])
	high, ok2 := readBound(m[4], m[5])
	switch {
	case !ok || !ok2 || !low.given && !high.given, low.given && high.given && (low.percent != high.percent || low.at >= high.at):
		return nil, false
	case m[1] == "PR" && (low.percent || high.percent):
		return nil, false
	}
	return between(m[1], low, high), true
}

// bound is one of the values that a statistic is of: a value, or a percentile.
type bound struct {
	at             float64
	percent, given bool
}

func readBound(number, percent string) (bound, bool) {
	if number == "" {
		return bound{}, percent == ""
	}
	at, err := strconv.ParseFloat(number, 64)
	return bound{at, percent != "", true}, err == nil && (percent == "" || at <= 100)
}

// ofSpread is a statistic of points of which it is known how their values are spread.
func ofSpread(of func(*distribution) float64) statistic {
	return func(p meter.Point) (float64, bool) {
		d := newDistribution(p)
		if d == nil {
			return 0, false
		}
		value := of(d)
		return value, !math.IsNaN(value)
	}
}

func between(name string, low, high bound) statistic {
	return ofSpread(func(d *distribution) float64 {
		from, to := d.rank(low, 0), d.rank(high, 1)
		count, sum := d.within(from, to)
		switch name {
		case "TC":
			return count
		case "TS":
			return sum
		case "PR":
			return (to - from) * 100
		case "WM":
			return (sum + from*d.count*d.value(from) + (1-to)*d.count*d.value(to)) / d.count
		}
		return sum / count // not a number, if there are no values
	})
}

// distribution is the values of a period. Those of a part are taken to be spread evenly over it.
type distribution struct {
	parts []meter.Part
	count float64
}

// newDistribution returns nil if it is not known how the values are spread.
func newDistribution(p meter.Point) *distribution {
	d := new(distribution)
	for part := range p.Parts() {
		d.parts = append(d.parts, part)
		d.count += float64(part.Count)
	}
	if d.count == 0 {
		return nil
	}
	return d
}

// value is the one that a share of the values, from 0 to 1, is below.
func (d *distribution) value(share float64) float64 {
	left := share * d.count
	for _, p := range d.parts {
		n := float64(p.Count)
		if left <= n {
			return p.Low + (p.High-p.Low)*left/n
		}
		left -= n
	}
	return d.parts[len(d.parts)-1].High
}

// rank is the share of the values that are not above a bound, or what it is without one.
func (d *distribution) rank(b bound, without float64) float64 {
	switch {
	case !b.given:
		return without
	case b.percent:
		return b.at / 100
	}
	below := 0.0
	for _, p := range d.parts {
		switch {
		case p.High <= b.at:
			below += float64(p.Count)
		case p.Low < b.at:
			below += float64(p.Count) * (b.at - p.Low) / (p.High - p.Low)
		}
	}
	return below / d.count
}

// within is the number and the sum of the values from one share on to another.
func (d *distribution) within(from, to float64) (count, sum float64) {
	before := 0.0
	for _, p := range d.parts {
		n := float64(p.Count)
		first, last := max(from*d.count-before, 0), min(to*d.count-before, n)
		if last > first {
			count += last - first
			sum += (last - first) * (p.Low + (p.High-p.Low)*(first+last)/(2*n))
		}
		before += n
	}
	return count, sum
}
