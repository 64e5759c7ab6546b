package costexplorer

import (
	"context"
	"slices"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/costexplorer"
	"github.com/aws/aws-sdk-go-v2/service/costexplorer/types"

	"github.com/statordb/stator/internal/awsapi"
)

// costs are the metrics that are no usage: all of them are nothing.
var costs = []string{"AmortizedCost", "BlendedCost", "NetAmortizedCost", "NetUnblendedCost", "UnblendedCost"}

const (
	usageQuantity    = "UsageQuantity"
	normalizedAmount = "NormalizedUsageAmount"
)

// maxPeriods bounds the periods of one answer. Figures are kept for 15 days; a year of empty ones is as much as anyone shows.
const maxPeriods = 400

// getCostAndUsage decodes GetCostAndUsage.
func (s *Service) getCostAndUsage(req *awsapi.Request) (awsapi.Call, error) {
	in := &costexplorer.GetCostAndUsageInput{}
	if err := req.Read(in); err != nil {
		return nil, err
	}
	return s.usage(req, "GetCostAndUsage", in)
}

// usage is what both operations do.
func (s *Service) usage(req *awsapi.Request, name string, in *costexplorer.GetCostAndUsageInput) (awsapi.Call, error) {
	q, err := newQuery(in, name == "GetCostAndUsageWithResources")
	if err != nil {
		return nil, err
	}
	return s.call(req, name, func(ctx context.Context) (any, error) {
		return &costexplorer.GetCostAndUsageOutput{
			DimensionValueAttributes: []types.DimensionValuesWithAttributes{},
			GroupDefinitions:         in.GroupBy,
			ResultsByTime:            s.results(ctx, req.Caller.Account, q),
		}, nil
	}), nil
}

// query is a request that has been checked.
type query struct {
	periods []period
	layout  string // of the times in the answer
	hourly  bool
	metrics []string
	groups  []types.GroupDefinition
	filter  *types.Expression
}

// period is a part of the time that is asked for.
type period struct{ start, end time.Time }

// The forms of times (API reference, DateInterval).
const (
	dayLayout  = "2006-01-02"
	hourLayout = "2006-01-02T15:04:05Z"
)

func newQuery(in *costexplorer.GetCostAndUsageInput, resources bool) (*query, error) {
	q := &query{layout: dayLayout, groups: in.GroupBy, filter: in.Filter}
	switch {
	case in.TimePeriod == nil || in.TimePeriod.Start == nil || in.TimePeriod.End == nil:
		return nil, invalid("TimePeriod with Start and End is required")
	case !slices.Contains(in.Granularity.Values(), in.Granularity):
		return nil, invalid("Granularity is required: MONTHLY, DAILY or HOURLY")
	case len(in.Metrics) == 0:
		return nil, invalid("At least one metric is required")
	case len(in.GroupBy) > 2:
		return nil, invalid("Number of GroupBy definitions can not be greater than 2")
	case in.NextPageToken != nil:
		return nil, failure("InvalidNextTokenException", "The pagination token is invalid. Try again without a pagination token.")
	}
	if values(in.Filter) > maxValues {
		return nil, invalid("Filter has more than " + strconv.Itoa(maxValues) + " values")
	}
	for _, m := range in.Metrics {
		if !slices.Contains(costs, m) && m != usageQuantity && m != normalizedAmount {
			return nil, invalid("Invalid metric: " + awsapi.Shown(m))
		}
	}
	for _, g := range in.GroupBy {
		if g.Key == nil || g.Type == types.GroupDefinitionTypeDimension && !groupable(*g.Key, resources) ||
			g.Type != types.GroupDefinitionTypeDimension && g.Type != types.GroupDefinitionTypeTag {
			return nil, invalid("Group Definition is not valid: " + awsapi.Shown(string(g.Type)) + " " + awsapi.Shown(aws.ToString(g.Key)))
		}
	}
	if err := checkFilter(in.Filter, resources); err != nil {
		return nil, err
	}
	// One that is named twice is one.
	q.metrics = slices.Compact(slices.Sorted(slices.Values(in.Metrics)))
	return q, q.setPeriods(in.TimePeriod, in.Granularity)
}

// setPeriods cuts the time that is asked for into months, days or hours.
func (q *query) setPeriods(asked *types.DateInterval, g types.Granularity) error {
	if g == types.GranularityHourly {
		q.hourly, q.layout = true, hourLayout
	}
	parse := func(s string) (time.Time, error) {
		t, err := time.Parse(q.layout, s)
		if err != nil && q.hourly {
			t, err = time.Parse(dayLayout, s)
		}
		return t, err
	}
	start, err := parse(*asked.Start)
	if err != nil {
		return invalid("Start time " + awsapi.Shown(*asked.Start) + " is invalid. Valid format is: " + q.layout + ".")
	}
	end, err := parse(*asked.End)
	if err != nil {
		return invalid("End time " + awsapi.Shown(*asked.End) + " is invalid. Valid format is: " + q.layout + ".")
	}
	if !start.Before(end) {
		return invalid("Start date (and hour) should be before end date (and hour)")
	}
	for at := start; at.Before(end); {
		var next time.Time
		switch g {
		case types.GranularityHourly:
			next = at.Truncate(time.Hour).Add(time.Hour)
		case types.GranularityDaily:
			next = at.AddDate(0, 0, 1)
		default:
			next = time.Date(at.Year(), at.Month()+1, 1, 0, 0, 0, 0, time.UTC)
		}
		if next.After(end) {
			next = end
		}
		if len(q.periods) == maxPeriods {
			return invalid("The time period has more than " + strconv.Itoa(maxPeriods) + " periods")
		}
		q.periods = append(q.periods, period{at, next})
		at = next
	}
	return nil
}
