package cloudwatch

import (
	"slices"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"

	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/meter"
)

// The limits of GetMetricStatistics (API reference): the points of an answer, and the statistics of each.
const (
	maxStatistics  = 1440
	mostStatistics = 5
	mostExtended   = 10
)

// getMetricStatistics decodes GetMetricStatistics.
func (s *Service) getMetricStatistics(req *awsapi.Request) (awsapi.Call, error) {
	in := &cloudwatch.GetMetricStatisticsInput{}
	if err := req.Read(in); err != nil {
		return nil, err
	}
	switch {
	case aws.ToString(in.Namespace) == "":
		return nil, missing("Namespace")
	case aws.ToString(in.MetricName) == "":
		return nil, missing("MetricName")
	}
	if err := checkTimes(in.StartTime, in.EndTime); err != nil {
		return nil, err
	}
	if in.Period == nil {
		return nil, missing("Period")
	}
	if err := checkPeriod(*in.Period); err != nil {
		return nil, err
	}
	if err := checkDimensions(in.Dimensions); err != nil {
		return nil, err
	}
	switch {
	case len(in.Statistics)+len(in.ExtendedStatistics) == 0:
		return nil, combination("At least one of the parameters Statistics and ExtendedStatistics must be specified.")
	case len(in.Statistics) > 0 && len(in.ExtendedStatistics) > 0:
		return nil, combination("The parameters Statistics and ExtendedStatistics are mutually exclusive and you have specified both.")
	case len(in.Statistics) > mostStatistics:
		return nil, invalid("The collection Statistics must not have a size greater than 5.")
	case len(in.ExtendedStatistics) > mostExtended:
		return nil, invalid("The collection ExtendedStatistics must not have a size greater than 10.")
	}
	for _, name := range in.Statistics {
		if statistics[string(name)] == nil {
			return nil, invalid("The value " + awsapi.Shown(string(name)) + " for parameter Statistics.member.1 is not supported.")
		}
	}
	for _, name := range in.ExtendedStatistics {
		if _, ok := extended(name); !ok {
			return nil, invalid("The value " + awsapi.Shown(name) + " for parameter ExtendedStatistics.member.1 is not supported.")
		}
	}
	if n := int64(in.EndTime.Sub(*in.StartTime)/time.Second) / int64(*in.Period); n > maxStatistics {
		return nil, combination("You have requested up to " + thousands(n) + " datapoints, which exceeds the limit of 1,440. " +
			"You may reduce the datapoints requested by increasing Period, or decreasing the time range.")
	}
	return call(req, "GetMetricStatistics", func() (any, error) { return s.metricStatistics(req, in), nil }), nil
}

func (s *Service) metricStatistics(req *awsapi.Request, in *cloudwatch.GetMetricStatisticsInput) *cloudwatch.GetMetricStatisticsOutput {
	out := &cloudwatch.GetMetricStatisticsOutput{Label: in.MetricName, Datapoints: []types.Datapoint{}}
	t, metric, of, ok := find(req, in.Namespace, in.MetricName, in.Dimensions)
	if !ok || in.Unit != "" && string(in.Unit) != metric.Unit() {
		return out
	}
	for _, p := range s.points(t, metric, of, *in.StartTime, *in.EndTime, *in.Period) {
		if d, ok := datapoint(p, metric, in); ok {
			out.Datapoints = append(out.Datapoints, d)
		}
	}
	return out
}

// datapoint has the statistics that were asked for. It is not ok if there are none.
func datapoint(p meter.Point, m meter.Metric, in *cloudwatch.GetMetricStatisticsInput) (d types.Datapoint, ok bool) {
	d = types.Datapoint{Timestamp: aws.Time(p.Start), Unit: types.StandardUnit(m.Unit())}
	for name, to := range map[types.Statistic]**float64{
		types.StatisticSampleCount: &d.SampleCount, types.StatisticSum: &d.Sum, types.StatisticAverage: &d.Average,
		types.StatisticMinimum: &d.Minimum, types.StatisticMaximum: &d.Maximum,
	} {
		if slices.Contains(in.Statistics, name) {
			*to = aws.Float64(statistics[string(name)](p))
		}
	}
	for _, name := range in.ExtendedStatistics {
		of, _ := extended(name) // checked
		if value, ok := of(p); ok {
			if d.ExtendedStatistics == nil {
				d.ExtendedStatistics = map[string]float64{}
			}
			d.ExtendedStatistics[name] = value
		}
	}
	return d, len(in.Statistics)+len(d.ExtendedStatistics) > 0
}

// thousands prints a number with a comma before every three digits, as AWS does here.
func thousands(n int64) string {
	s := strconv.FormatInt(n, 10)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
