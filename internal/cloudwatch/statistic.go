package cloudwatch

import (
	"strconv"
	"time"

	"github.com/statordb/stator/internal/meter"
)

// statistic is computed of a period. It is not ok if the period has none.
type statistic func(p meter.Point) (value float64, ok bool)

// statisticOf returns the statistic of a name.
func statisticOf(name string) (statistic, bool) {
	if simple := statistics[name]; simple != nil {
		return func(p meter.Point) (float64, bool) { return simple(p), true }, true
	}
	return extended(name)
}

// statistics are those that every metric has.
var statistics = map[string]func(p meter.Point) float64{
	"SampleCount": func(p meter.Point) float64 { return float64(p.Count) },
	"Sum":         func(p meter.Point) float64 { return p.Sum },
	"Average":     func(p meter.Point) float64 { return p.Sum / float64(p.Count) },
	"Minimum":     func(p meter.Point) float64 { return p.Min },
	"Maximum":     func(p meter.Point) float64 { return p.Max },
}

// maxPeriod is the longest period, in seconds (API reference, GetMetricStatistics).
const maxPeriod = 86400

// checkPeriod checks a period in seconds.
func checkPeriod(seconds int32) error {
	switch {
	case seconds < 1:
		return invalid("The parameter Period must be greater than or equal to 1.")
	case seconds > maxPeriod:
		return invalid("The parameter Period must be less than or equal to " + strconv.Itoa(maxPeriod) + ".")
	case seconds%60 != 0 && seconds != 1 && seconds != 5 && seconds != 10 && seconds != 20 && seconds != 30:
		return invalid("The parameter Period must be 1, 5, 10, 20, 30 or a multiple of 60.")
	}
	return nil
}

// checkTimes checks the range that is asked for.
func checkTimes(start, end *time.Time) error {
	switch {
	case start == nil:
		return missing("StartTime")
	case end == nil:
		return missing("EndTime")
	case !start.Before(*end):
		return invalid("The parameter StartTime must be less than the parameter EndTime.")
	}
	return nil
}

// points are those of a metric. Nothing is measured more often than every minute. The beginning is rounded down.
func (s *Service) points(t meter.Table, m meter.Metric, of meter.Of, start, end time.Time, seconds int32) []meter.Point {
	if seconds < 60 {
		return nil
	}
	period := time.Duration(seconds) * time.Second
	// Periods begin at multiples of them since the epoch.
	from := time.Unix(start.Unix()-mod(start.Unix(), int64(seconds)), 0)
	return s.meter.Points(t, m, of, from, end, period)
}

func mod(a, b int64) int64 { return (a%b + b) % b }
