package costexplorer

import (
	"math"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/costexplorer"
	"github.com/aws/aws-sdk-go-v2/service/costexplorer/types"

	"github.com/statordb/stator/internal/meter"
)

// 3 GB that are there for a day are a tenth of a gigabyte-month of 30 days, however often they were looked at; what another account
// has is none of it.
func TestStorageIsCountedByTheMonth(t *testing.T) {
	now := time.Date(2026, 4, 10, 0, 0, 0, 0, time.UTC)
	m := meter.New(func() time.Time { return now })
	mine := meter.Table{Account: "111122223333", Region: "us-east-1", Name: "things"}
	for range 24 {
		m.Add(mine, meter.StoredBytes, meter.Of{}, 2<<30)
		m.Add(mine, meter.StoredBytes, meter.Of{}, 4<<30)
		m.Add(meter.Table{Account: "444455556666", Region: "us-east-1", Name: "things"}, meter.StoredBytes, meter.Of{}, 1<<40)
		now = now.Add(time.Hour)
	}
	q, err := newQuery(&costexplorer.GetCostAndUsageInput{
		Granularity: types.GranularityMonthly, Metrics: []string{usageQuantity},
		TimePeriod: &types.DateInterval{Start: aws.String("2026-04-01"), End: aws.String("2026-05-02")},
	}, false)
	if err != nil {
		t.Fatal(err)
	}
	results := New(m, Options{}).results(t.Context(), mine.Account, q)
	if len(results) != 2 || *results[1].TimePeriod.Start != "2026-05-01" || *results[1].TimePeriod.End != "2026-05-02" {
		t.Fatalf("%+v", results)
	}
	got := results[0].Total[usageQuantity]
	amount, err := strconv.ParseFloat(*got.Amount, 64)
	if err != nil || *got.Unit != "GB-Mo" || math.Abs(amount-.1) > 1e-9 {
		t.Errorf("%s %s", *got.Amount, *got.Unit)
	}
	if *results[1].Total[usageQuantity].Amount != "0" {
		t.Errorf("%+v", results[1].Total)
	}
}

func TestFilters(t *testing.T) {
	l := &line{table: meter.Table{Account: "1", Region: "eu-central-1", Name: "t"}, tags: map[string]string{"team": "blue"}, kind: kinds[0]}
	is := func(key types.Dimension, value string) types.Expression {
		return types.Expression{Dimensions: &types.DimensionValues{Key: key, Values: []string{value}}}
	}
	yes, no := is("USAGE_TYPE", "EUC1-ReadRequestUnits"), is("SERVICE", "Amazon S3")
	for i, c := range []struct {
		e    types.Expression
		want bool
	}{
		{yes, true}, {no, false}, {types.Expression{Not: &no}, true},
		{types.Expression{And: []types.Expression{yes, no}}, false}, {types.Expression{Or: []types.Expression{no, yes}}, true},
		{types.Expression{Tags: &types.TagValues{Key: aws.String("team"), Values: []string{"blue"}}}, true},
		{types.Expression{Tags: &types.TagValues{Key: aws.String("team"), MatchOptions: []types.MatchOption{"ABSENT"}}}, false},
		{types.Expression{Tags: &types.TagValues{Key: aws.String("cost"), MatchOptions: []types.MatchOption{"ABSENT"}}}, true},
	} {
		if err := checkFilter(&c.e, false); err != nil || matches(&c.e, l) != c.want {
			t.Errorf("%d: %v, want %v (%v)", i, !c.want, c.want, err)
		}
	}
	for _, bad := range []types.Expression{{}, is("RESOURCE_ID", "x"), is("PLATFORM", "x"), {And: []types.Expression{{}}}, {Not: &no, Or: []types.Expression{yes}}} {
		if checkFilter(&bad, false) == nil {
			t.Errorf("%+v is taken", bad)
		}
	}
}

// What is asked for is bounded, so that no request is work without end.
func TestQueriesAreBounded(t *testing.T) {
	input := func() *costexplorer.GetCostAndUsageInput {
		return &costexplorer.GetCostAndUsageInput{Granularity: types.GranularityDaily, Metrics: []string{usageQuantity},
			TimePeriod: &types.DateInterval{Start: aws.String("2026-04-01"), End: aws.String("2026-04-02")}}
	}
	in := input()
	for range 1000 {
		in.Metrics = append(in.Metrics, usageQuantity, "UnblendedCost")
	}
	if q, err := newQuery(in, false); err != nil || len(q.metrics) != 2 {
		t.Errorf("%v %v", q, err)
	}
	service := types.Expression{Dimensions: &types.DimensionValues{Key: types.DimensionService, Values: make([]string, 10)}}
	for what, filter := range map[string]*types.Expression{
		"values": {Dimensions: &types.DimensionValues{Key: types.DimensionService, Values: make([]string, maxValues)}},
		"tags":   {Tags: &types.TagValues{Key: aws.String("team"), Values: make([]string, maxValues)}},
		"parts":  {Or: slices.Repeat([]types.Expression{service}, maxValues/10)},
	} {
		in := input()
		in.Filter = filter
		if _, err := newQuery(in, false); err == nil {
			t.Errorf("too many %s are taken", what)
		}
	}
	in = input()
	in.Filter = &types.Expression{And: slices.Repeat([]types.Expression{service}, 10)}
	if _, err := newQuery(in, false); err != nil {
		t.Error(err)
	}
	in = input()
	in.TimePeriod.End = aws.String("2036-04-02")
	if _, err := newQuery(in, false); err == nil {
		t.Error("ten years by the day are taken")
	}
}
