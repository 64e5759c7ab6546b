package costexplorer

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/costexplorer/types"

	"github.com/statordb/stator/internal/meter"
)

// line is what was used of one table in one period, as a line of a bill.
type line struct {
	table    meter.Table
	tags     map[string]string
	kind     usageKind
	quantity float64
}

// usageKind is a kind of usage, with the names that bills have ("Amazon DynamoDB pricing", and usage types in the AWS Cost and
// Usage Report).
type usageKind struct {
	usageType, operation, unit string
	metric                     meter.Metric
}

var kinds = []usageKind{
	{"ReadRequestUnits", "PayPerRequestThroughput", "ReadRequestUnits", meter.ConsumedReadCapacityUnits},
	{"WriteRequestUnits", "PayPerRequestThroughput", "WriteRequestUnits", meter.ConsumedWriteCapacityUnits},
	{"TimedStorage-ByteHrs", "StandardStorage", "GB-Mo", meter.StoredBytes},
}

const serviceName = "Amazon DynamoDB"

// regionCodes are what usage types of a region begin with; those of us-east-1 begin with nothing.
var regionCodes = map[string]string{
	"us-east-2": "USE2", "us-west-1": "USW1", "us-west-2": "USW2", "ca-central-1": "CAN1", "sa-east-1": "SAE1",
	"eu-west-1": "EU", "eu-west-2": "EUW2", "eu-west-3": "EUW3", "eu-central-1": "EUC1", "eu-central-2": "EUC2", "eu-north-1": "EUN1",
	"eu-south-1": "EUS1", "ap-northeast-1": "APN1", "ap-northeast-2": "APN2", "ap-northeast-3": "APN3", "ap-southeast-1": "APS1",
	"ap-southeast-2": "APS2", "ap-south-1": "APS3", "ap-east-1": "APE1", "me-south-1": "MES1", "af-south-1": "AFS1",
}

// usageType is the kind with the region's code before it, or the region's name if it has no code.
func (l *line) usageType() string {
	if l.table.Region == "us-east-1" {
		return l.kind.usageType
	}
	code, ok := regionCodes[l.table.Region]
	if !ok {
		code = l.table.Region
	}
	return code + "-" + l.kind.usageType
}

func (l *line) arn() string {
	return "arn:aws:dynamodb:" + l.table.Region + ":" + l.table.Account + ":table/" + l.table.Name
}

// dimension is the line's value of a dimension, not ok if lines have none of it.
func (l *line) dimension(name string) (value string, ok bool) {
	switch types.Dimension(name) {
	case types.DimensionService:
		return serviceName, true
	case types.DimensionServiceCode:
		return "AmazonDynamoDB", true
	case types.DimensionUsageType:
		return l.usageType(), true
	case types.DimensionOperation:
		return l.kind.operation, true
	case types.DimensionRegion:
		return l.table.Region, true
	case types.DimensionLinkedAccount:
		return l.table.Account, true
	case types.DimensionRecordType:
		return "Usage", true
	case types.DimensionResourceId:
		return l.arn(), true
	}
	return "", false
}

// groupable says whether lines can be grouped by a dimension, and filtered by it.
func groupable(dimension string, resources bool) bool {
	_, ok := (&line{}).dimension(dimension)
	return ok && (resources || dimension != string(types.DimensionResourceId))
}

// source is what was used of one table, by the hour.
type source struct {
	line
	points []meter.Point
}

// results are the answer: one element for each period.
func (s *Service) results(ctx context.Context, account string, q *query) []types.ResultByTime {
	sources := s.sources(ctx, account, q)
	var all []types.ResultByTime
	for _, p := range q.periods {
		r := types.ResultByTime{Estimated: true, Groups: []types.Group{}, Total: map[string]types.MetricValue{},
			TimePeriod: &types.DateInterval{Start: aws.String(p.start.Format(q.layout)), End: aws.String(p.end.Format(q.layout))}}
		groups := map[string][]line{}
		var lines []line
		for _, src := range sources {
			l := src.line
			if l.quantity = src.quantityIn(p); l.quantity == 0 {
				continue
			}
			lines = append(lines, l)
			key := strings.Join(q.keys(&l), "\x00")
			groups[key] = append(groups[key], l)
		}
		if len(q.groups) == 0 {
			r.Total = q.values(lines)
		}
		for _, key := range slices.Sorted(maps.Keys(groups)) {
			if len(q.groups) > 0 {
				r.Groups = append(r.Groups, types.Group{Keys: strings.Split(key, "\x00"), Metrics: q.values(groups[key])})
			}
		}
		all = append(all, r)
	}
	return all
}

// sources are those that the filter lets through.
func (s *Service) sources(ctx context.Context, account string, q *query) []source {
	var all []source
	from, to := q.periods[0].start, q.periods[len(q.periods)-1].end
	for _, t := range s.meter.Tables(account, "") {
		if t.Name == "" {
			continue
		}
		tags := s.opts.Tags(ctx, t.Account, t.Region, t.Name)
		for _, k := range kinds {
			src := source{line: line{table: t, tags: tags, kind: k}}
			if !matches(q.filter, &src.line) {
				continue
			}
			src.points = s.meter.Points(t, k.metric, meter.Of{}, from, to, time.Hour)
			if k.metric != meter.StoredBytes {
				src.points = append(src.points, s.indexPoints(t, k.metric, from, to)...)
			}
			all = append(all, src)
		}
	}
	return all
}

// indexPoints are those of a table's global indexes, which are part of what it costs.
func (s *Service) indexPoints(t meter.Table, m meter.Metric, from, to time.Time) (all []meter.Point) {
	for _, one := range s.meter.SeriesOf(t) {
		if one.Metric == m && one.Index != "" {
			all = append(all, s.meter.Points(t, m, one.Of, from, to, time.Hour)...)
		}
	}
	return all
}

// quantityIn is what was used in a period: units, or for storage gigabytes times the part of the month that they were there.
func (s *source) quantityIn(p period) (sum float64) {
	for _, point := range s.points {
		if point.Start.Before(p.start) || !point.Start.Before(p.end) {
			continue
		}
		if s.kind.metric != meter.StoredBytes {
			sum += point.Sum
			continue
		}
		month := time.Date(point.Start.Year(), point.Start.Month(), 1, 0, 0, 0, 0, time.UTC)
		hours := month.AddDate(0, 1, 0).Sub(month).Hours()
		sum += point.Sum / float64(point.Count) / (1 << 30) / hours
	}
	return sum
}

// keys are the group that a line is in.
func (q *query) keys(l *line) []string {
	keys := make([]string, len(q.groups))
	for i, g := range q.groups {
		if g.Type == types.GroupDefinitionTypeTag {
			keys[i] = *g.Key + "$" + l.tags[*g.Key]
		} else {
			keys[i], _ = l.dimension(*g.Key)
		}
	}
	return keys
}

// values are the metrics of lines together. Quantities of different units have none.
func (q *query) values(lines []line) map[string]types.MetricValue {
	quantity, unit := 0.0, "N/A"
	for i, l := range lines {
		quantity += l.quantity
		if i == 0 {
			unit = l.kind.unit
		} else if unit != l.kind.unit {
			unit = "N/A"
		}
	}
	values := map[string]types.MetricValue{}
	for _, m := range q.metrics {
		switch m {
		case usageQuantity:
			values[m] = types.MetricValue{Amount: aws.String(strconv.FormatFloat(quantity, 'f', -1, 64)), Unit: aws.String(unit)}
		case normalizedAmount: // of sizes of instances, of which there are none
			values[m] = types.MetricValue{Amount: aws.String("0"), Unit: aws.String("N/A")}
		default:
			values[m] = types.MetricValue{Amount: aws.String("0"), Unit: aws.String("USD")}
		}
	}
	return values
}
