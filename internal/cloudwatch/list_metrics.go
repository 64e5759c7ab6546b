package cloudwatch

import (
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"

	"github.com/statordb/stator/internal/awsapi"
)

// The page of ListMetrics, and how long a metric is listed after its last value (API reference).
const (
	maxListed   = 500
	listedFor   = 14 * 24 * time.Hour
	recentlyFor = 3 * time.Hour
)

// listMetrics decodes ListMetrics.
func (s *Service) listMetrics(req *awsapi.Request) (awsapi.Call, error) {
	in := &cloudwatch.ListMetricsInput{}
	if err := req.Read(in); err != nil {
		return nil, err
	}
	switch {
	case in.RecentlyActive != "" && in.RecentlyActive != types.RecentlyActivePt3h:
		return nil, invalid("The value " + awsapi.Shown(string(in.RecentlyActive)) + " for parameter RecentlyActive is not supported.")
	case len(in.Dimensions) > 10:
		return nil, invalid("The parameter Dimensions must have at most 10 elements.")
	}
	for _, d := range in.Dimensions {
		if aws.ToString(d.Name) == "" {
			return nil, missing("Dimensions.member.1.Name")
		}
	}
	skip, err := readToken(in.NextToken)
	if err != nil {
		return nil, err
	}
	return call(req, "ListMetrics", func() (any, error) { return s.metrics(req, in, skip), nil }), nil
}

func (s *Service) metrics(req *awsapi.Request, in *cloudwatch.ListMetricsInput, skip int) *cloudwatch.ListMetricsOutput {
	out := &cloudwatch.ListMetricsOutput{Metrics: []types.Metric{}}
	if in.Namespace != nil && *in.Namespace != dynamoDB || in.OwningAccount != nil && *in.OwningAccount != req.Caller.Account {
		return out
	}
	within := listedFor
	if in.RecentlyActive != "" {
		within = recentlyFor
	}
	since := s.meter.Now().Add(-within)
	n := 0
	for _, one := range s.meter.Series(req.Caller.Account, req.Region) {
		name := one.Metric.Name()
		dimensions := dimensionsOf(one)
		if name == "" || one.Last.Before(since) || in.MetricName != nil && *in.MetricName != name || !have(dimensions, in.Dimensions) {
			continue
		}
		if n++; n <= skip {
			continue
		}
		if len(out.Metrics) == maxListed {
			out.NextToken = newToken(skip + maxListed)
			return out
		}
		out.Metrics = append(out.Metrics, types.Metric{Namespace: aws.String(dynamoDB), MetricName: aws.String(name), Dimensions: dimensions})
	}
	return out
}

// have says whether all dimensions that are asked for are there, with any value if none is given.
func have(there []types.Dimension, asked []types.DimensionFilter) bool {
	for _, f := range asked {
		if !slices.ContainsFunc(there, func(d types.Dimension) bool {
			return *d.Name == *f.Name && (f.Value == nil || *f.Value == *d.Value)
		}) {
			return false
		}
	}
	return true
}
