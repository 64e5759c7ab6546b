package cloudwatch

import (
	"encoding/base64"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"

	"github.com/statordb/stator/internal/awsapi"
)

// The limits of GetMetricData (API reference).
const (
	maxQueries    = 500
	maxDatapoints = 100_800
	maxQueryID    = 255
)

var queryID = regexp.MustCompile(`^[a-z][A-Za-z0-9_]*$`)

// getMetricData decodes GetMetricData.
func (s *Service) getMetricData(req *awsapi.Request) (awsapi.Call, error) {
	in := &cloudwatch.GetMetricDataInput{}
	if err := req.Read(in); err != nil {
		return nil, err
	}
	if err := checkTimes(in.StartTime, in.EndTime); err != nil {
		return nil, err
	}
	switch n := len(in.MetricDataQueries); {
	case n == 0:
		return nil, missing("MetricDataQueries")
	case n > maxQueries:
		return nil, invalid("The collection MetricDataQueries must not have a size greater than " + strconv.Itoa(maxQueries) + ".")
	case in.MaxDatapoints != nil && (*in.MaxDatapoints < 1 || *in.MaxDatapoints > maxDatapoints):
		return nil, invalid("The parameter MaxDatapoints must be between 1 and " + strconv.Itoa(maxDatapoints) + ".")
	}
	seen := map[string]bool{}
	for i := range in.MetricDataQueries {
		q := &in.MetricDataQueries[i]
		if err := checkQuery(q, "MetricDataQueries.member."+strconv.Itoa(i+1)+"."); err != nil {
			return nil, err
		}
		if seen[*q.Id] {
			return nil, invalid("The value for MetricDataQueries.member." + strconv.Itoa(i+1) + ".Id is not unique: " + *q.Id + ".")
		}
		seen[*q.Id] = true
	}
	skip, err := readToken(in.NextToken)
	if err != nil {
		return nil, err
	}
	return call(req, "GetMetricData", func() (any, error) { return s.metricData(req, in, skip), nil }), nil
}

func checkQuery(q *types.MetricDataQuery, at string) error {
	switch {
	case q.Id == nil:
		return missing(at + "Id")
	case len(*q.Id) > maxQueryID || !queryID.MatchString(*q.Id):
		return invalid("The value " + awsapi.Shown(*q.Id) + " for parameter " + at + "Id is not matching the expected pattern ^[a-z][a-zA-Z0-9_]*$.")
	case q.Expression != nil && q.MetricStat != nil:
		return combination("The parameters " + at + "Expression and " + at + "MetricStat are mutually exclusive and you have specified both.")
	case q.Expression != nil:
		return invalid("Stator has no metric math and no Metrics Insights: " + at + "Expression can not be used.")
	case q.MetricStat == nil:
		return combination("At least one of the parameters " + at + "Expression and " + at + "MetricStat must be specified.")
	}
	at += "MetricStat."
	switch m := q.MetricStat; {
	case m.Metric == nil:
		return missing(at + "Metric")
	case aws.ToString(m.Metric.Namespace) == "":
		return missing(at + "Metric.Namespace")
	case aws.ToString(m.Metric.MetricName) == "":
		return missing(at + "Metric.MetricName")
	case m.Period == nil:
		return missing(at + "Period")
	case m.Stat == nil:
		return missing(at + "Stat")
	}
	if _, ok := statisticOf(*q.MetricStat.Stat); !ok {
		return invalid("The value " + awsapi.Shown(*q.MetricStat.Stat) + " for parameter " + at + "Stat is not supported.")
	}
	if err := checkPeriod(*q.MetricStat.Period); err != nil {
		return err
	}
	return checkDimensions(q.MetricStat.Metric.Dimensions)
}

// metricData is one page of the answer, which begins after so many points.
func (s *Service) metricData(req *awsapi.Request, in *cloudwatch.GetMetricDataInput, skip int) *cloudwatch.GetMetricDataOutput {
	room := maxDatapoints
	if in.MaxDatapoints != nil {
		room = int(*in.MaxDatapoints)
	}
	out := &cloudwatch.GetMetricDataOutput{MetricDataResults: []types.MetricDataResult{}, Messages: []types.MessageData{}}
	next := skip + room
	for i := range in.MetricDataQueries {
		q := &in.MetricDataQueries[i]
		if q.ReturnData != nil && !*q.ReturnData {
			continue
		}
		points := s.answer(req, in, q)
		r := types.MetricDataResult{Id: q.Id, Label: q.Label, StatusCode: types.StatusCodeComplete,
			Timestamps: []time.Time{}, Values: []float64{}}
		if r.Label == nil {
			r.Label = q.MetricStat.Metric.MetricName
		}
		n := min(skip, len(points))
		skip, points = skip-n, points[n:]
		if len(points) > room {
			points, r.StatusCode = points[:room], types.StatusCodePartialData
			out.NextToken = newToken(next)
		}
		room -= len(points)
		for _, p := range points {
			r.Timestamps = append(r.Timestamps, p.at)
			r.Values = append(r.Values, p.value)
		}
		out.MetricDataResults = append(out.MetricDataResults, r)
	}
	return out
}

// datum is a value of an answer.
type datum struct {
	at    time.Time
	value float64
}

// answer is what a query asks for, in the order that is asked for.
func (s *Service) answer(req *awsapi.Request, in *cloudwatch.GetMetricDataInput, q *types.MetricDataQuery) (data []datum) {
	m := q.MetricStat
	t, metric, of, ok := find(req, m.Metric.Namespace, m.Metric.MetricName, m.Metric.Dimensions)
	if !ok || m.Unit != "" && string(m.Unit) != metric.Unit() ||
		q.AccountId != nil && *q.AccountId != req.Caller.Account {
		return nil
	}
	value, _ := statisticOf(*m.Stat) // checked
	for _, p := range s.points(t, metric, of, *in.StartTime, *in.EndTime, *m.Period) {
		if v, ok := value(p); ok {
			data = append(data, datum{p.Start, v})
		}
	}
	if in.ScanBy != types.ScanByTimestampAscending {
		slices.Reverse(data)
	}
	return data
}

const tokenPrefix = "from "

// newToken is a NextToken: what was answered already.
func newToken(n int) *string {
	return aws.String(base64.RawURLEncoding.EncodeToString([]byte(tokenPrefix + strconv.Itoa(n))))
}

func readToken(token *string) (n int, err error) {
	if token == nil {
		return 0, nil
	}
	b, err := base64.RawURLEncoding.DecodeString(*token)
	digits, ok := strings.CutPrefix(string(b), tokenPrefix)
	if err == nil && ok {
		if n, err = strconv.Atoi(digits); err == nil && n > 0 && n < 1<<30 {
			return n, nil
		}
	}
	return 0, failure("InvalidNextToken", "The token that you specified is not valid.")
}
