package cloudwatch

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/meter"
	"github.com/statordb/stator/internal/policy"
)

const (
	account = "111122223333"
	region  = "us-east-1"
)

// start is a round hour.
var start = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// fixture is the service over a meter with a clock of its own.
type fixture struct {
	t     *testing.T
	now   time.Time
	meter *meter.Store
	*Service
}

func newFixture(t *testing.T) *fixture {
	f := &fixture{t: t, now: start}
	f.meter = meter.New(func() time.Time { return f.now })
	f.Service = New(f.meter)
	return f
}

var things = meter.Table{Account: account, Region: region, Name: "things"}

// latencies measures GetItem on a table.
func (f *fixture) latencies(values ...float64) {
	for _, v := range values {
		f.meter.Add(things, meter.SuccessfulRequestLatency, meter.Of{Operation: "GetItem"}, v)
	}
}

// ask calls an operation for an account, with its input in JSON.
func (f *fixture) ask(caller, operation, input string) (map[string]any, error) {
	f.t.Helper()
	all := f.Operations()
	op := all[slices.IndexFunc(all, func(o awsapi.Operation) bool { return o.Name == operation })]
	call, err := op.Decode(&awsapi.Request{Caller: &policy.Principal{Account: caller}, Region: region, Body: []byte(input)})
	if err != nil {
		return nil, err
	}
	if need := call.Needs(); len(need) != 1 || need[0].Action != "cloudwatch:"+operation {
		f.t.Errorf("%s needs %v", operation, need)
	}
	answer, err := call.Run(context.Background(), nil)
	if err != nil {
		return nil, err
	}
	var out map[string]any
	if err := json.Unmarshal(answer, &out); err != nil {
		f.t.Fatalf("%s: %v", answer, err)
	}
	return out, nil
}

// statistics asks for a statistic of the latency, in periods of an hour.
func (f *fixture) statistic(name string) []any {
	f.t.Helper()
	out, err := f.ask(account, "GetMetricData", `{"StartTime":`+seconds(start)+`,"EndTime":`+seconds(start.Add(time.Hour))+`,"MetricDataQueries":[{"Id":"a","MetricStat":{"Stat":"`+name+`","Period":3600,
		"Metric":{"Namespace":"AWS/DynamoDB","MetricName":"SuccessfulRequestLatency","Dimensions":[{"Name":"TableName","Value":"things"},{"Name":"Operation","Value":"GetItem"}]}}}]}`)
	if err != nil {
		f.t.Fatalf("%s: %v", name, err)
	}
	return out["MetricDataResults"].([]any)[0].(map[string]any)["Values"].([]any)
}

func seconds(t time.Time) string {
	text, _ := json.Marshal(t.Unix())
	return string(text)
}

// Statistics are those of all values, within the width of a bucket.
func TestExtendedStatistics(t *testing.T) {
	f := newFixture(t)
	rng := rand.New(rand.NewPCG(1, 2))
	var values []float64
	for range 10_000 {
		values = append(values, math.Exp(rng.NormFloat64()))
	}
	f.latencies(values...)
	slices.Sort(values)
	n := float64(len(values))
	sum := func(from, to float64) (s float64) {
		for _, v := range values[int(from*n):int(to*n)] {
			s += v
		}
		return s
	}
	at := func(share float64) float64 { return values[int(share*n)] }
	rank := func(v float64) float64 {
		i, _ := slices.BinarySearch(values, v)
		return float64(i) / n
	}
	for name, want := range map[string]float64{
		"p0.0": values[0], "p10": at(.1), "p50": at(.5), "p90": at(.9), "p99": at(.99), "p99.9": at(.999), "p100": values[len(values)-1],
		"tm90": sum(0, .9) / n / .9, "ts90": sum(0, .9), "tc90": .9 * n, "wm98": (sum(0, .98) + .02*n*at(.98)) / n,
		"TM(10%:90%)": sum(.1, .9) / n / .8, "TM(:90%)": sum(0, .9) / n / .9, "TM(10%:)": sum(.1, 1) / n / .9, "IQM": sum(.25, .75) / n * 2,
		"TM(0.5:2)": sum(rank(.5), rank(2)) / n / (rank(2) - rank(.5)), "TC(:1)": rank(1) * n, "TS(1:)": sum(rank(1), 1),
		"WM(10%:90%)": (sum(.1, .9) + .1*n*at(.1) + .1*n*at(.9)) / n, "PR(:1)": rank(1) * 100, "PR(0.5:2)": (rank(2) - rank(.5)) * 100,
	} {
		got := f.statistic(name)
		if len(got) != 1 || math.Abs(got[0].(float64)-want) > .05*want {
			t.Errorf("%s: %v, want about %v", name, got, want)
		}
	}
	for _, name := range []string{"TM(1000:2000)"} { // no values between
		if got := f.statistic(name); len(got) != 0 {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// All values alike: there is nothing to guess.
func TestStatisticsOfOneValue(t *testing.T) {
	f := newFixture(t)
	f.latencies(3, 3, 3)
	for name, want := range map[string]float64{"p0": 3, "p50": 3, "p100": 3, "IQM": 3, "wm50": 3, "tc50": 1.5, "PR(:3)": 100, "PR(:2.9)": 0, "SampleCount": 3, "Average": 3} {
		if got := f.statistic(name); len(got) != 1 || got[0] != want {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
	}
}

func TestBadStatistics(t *testing.T) {
	for _, name := range []string{"", "p", "p101", "p-1", "p5O", "p50.12345678901", "TM", "TM()", "TM(:)", "TM(5%:10)", "TM(90%:10%)", "TM(10:10)", "TM(1:101%)", "TM(1..2:3)",
		"PR(1%:2%)", "PR(%:1)", "median", "sum", "pp50", "p50 "} {
		if _, ok := statisticOf(name); ok {
			t.Errorf("there is a statistic %q", name)
		}
	}
}

// Counts have no percentiles: it is not kept how they are spread.
func TestOnlyLatenciesHavePercentiles(t *testing.T) {
	f := newFixture(t)
	f.meter.Add(things, meter.ConsumedReadCapacityUnits, meter.Of{}, 1)
	times := `"StartTime":` + seconds(start) + `,"EndTime":` + seconds(start.Add(time.Hour)) + `,"Period":60,"Namespace":"AWS/DynamoDB","Dimensions":[{"Name":"TableName","Value":"things"}],`
	for statistic, want := range map[string]int{`"Statistics":["Sum","Average"]`: 1, `"ExtendedStatistics":["p50"]`: 0} {
		out, err := f.ask(account, "GetMetricStatistics", `{`+times+`"MetricName":"ConsumedReadCapacityUnits",`+statistic+`}`)
		if err != nil || len(out["Datapoints"].([]any)) != want {
			t.Errorf("%s: %v, %v", statistic, out, err)
		}
	}
	f.latencies(1, 2, 4)
	out, err := f.ask(account, "GetMetricStatistics", `{`+strings.Replace(times, `}]`, `},{"Name":"Operation","Value":"GetItem"}]`, 1)+`"MetricName":"SuccessfulRequestLatency","ExtendedStatistics":["p0","p100"]}`)
	if err != nil {
		t.Fatal(err)
	}
	points := out["Datapoints"].([]any)
	if got := points[0].(map[string]any)["ExtendedStatistics"].(map[string]any); len(points) != 1 || got["p0"] != 1.0 || got["p100"] != 4.0 {
		t.Errorf("%v", points)
	}
}

// Pages have all the points, each once.
func TestGetMetricDataPages(t *testing.T) {
	f := newFixture(t)
	for i := range 10 {
		f.now = start.Add(time.Duration(i) * time.Minute)
		f.latencies(float64(i))
		f.meter.Add(things, meter.ReturnedItemCount, meter.Of{Operation: "Scan"}, float64(100+i))
	}
	query := func(id, metric, operation string) string {
		return `{"Id":"` + id + `","MetricStat":{"Stat":"Sum","Period":60,"Metric":{"Namespace":"AWS/DynamoDB","MetricName":"` + metric +
			`","Dimensions":[{"Name":"TableName","Value":"things"},{"Name":"Operation","Value":"` + operation + `"}]}}}`
	}
	var got []float64
	next := ""
	for range 20 {
		out, err := f.ask(account, "GetMetricData", `{"ScanBy":"TimestampAscending","MaxDatapoints":3,"StartTime":`+seconds(start)+`,"EndTime":`+seconds(start.Add(time.Hour))+next+
			`,"MetricDataQueries":[`+query("a", "SuccessfulRequestLatency", "GetItem")+`,`+query("b", "ReturnedItemCount", "Scan")+`]}`)
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for _, r := range out["MetricDataResults"].([]any) {
			for _, v := range r.(map[string]any)["Values"].([]any) {
				got = append(got, v.(float64))
				n++
			}
		}
		if n > 3 {
			t.Errorf("%d points in a page", n)
		}
		token, ok := out["NextToken"].(string)
		if !ok {
			break
		}
		next = `,"NextToken":"` + token + `"`
	}
	if len(got) != 20 || got[0] != 0 || got[9] != 9 || got[10] != 100 || got[19] != 109 {
		t.Errorf("%v", got)
	}
}

// Nobody sees another account's metrics, by whatever member.
func TestOtherAccounts(t *testing.T) {
	f := newFixture(t)
	f.latencies(1)
	out, err := f.ask("444455556666", "ListMetrics", `{"OwningAccount":"`+account+`","IncludeLinkedAccounts":true}`)
	if err != nil || len(out["Metrics"].([]any)) != 0 {
		t.Errorf("%v, %v", out, err)
	}
	out, err = f.ask("444455556666", "GetMetricData", `{"StartTime":`+seconds(start)+`,"EndTime":`+seconds(start.Add(time.Hour))+`,"MetricDataQueries":[{"Id":"a","AccountId":"`+account+`","MetricStat":{"Stat":"Sum","Period":60,
		"Metric":{"Namespace":"AWS/DynamoDB","MetricName":"SuccessfulRequestLatency","Dimensions":[{"Name":"TableName","Value":"things"},{"Name":"Operation","Value":"GetItem"}]}}}]}`)
	if err != nil || len(out["MetricDataResults"].([]any)[0].(map[string]any)["Values"].([]any)) != 0 {
		t.Errorf("%v, %v", out, err)
	}
}

func TestBadInput(t *testing.T) {
	f := newFixture(t)
	const times = `"StartTime":0,"EndTime":3600,`
	stat := func(members string) string {
		return `{` + times + `"MetricDataQueries":[{"Id":"a","MetricStat":{` + members + `}}]}`
	}
	const metric = `"Metric":{"Namespace":"AWS/DynamoDB","MetricName":"UserErrors"}`
	many := strings.TrimSuffix(strings.Repeat(`{"Id":"a","MetricStat":{}},`, maxQueries+1), ",")
	for _, c := range []struct{ operation, input, code string }{
		{"GetMetricData", `{}`, "MissingRequiredParameterException"},
		{"GetMetricData", `{"StartTime":60,"EndTime":60,"MetricDataQueries":[{}]}`, "InvalidParameterValueException"},
		{"GetMetricData", `{` + times + `"MetricDataQueries":[]}`, "MissingRequiredParameterException"},
		{"GetMetricData", `{` + times + `"MetricDataQueries":[` + many + `]}`, "InvalidParameterValueException"},
		{"GetMetricData", `{` + times + `"MetricDataQueries":[{"Id":"A"}]}`, "InvalidParameterValueException"},
		{"GetMetricData", `{` + times + `"MetricDataQueries":[{"Id":"a"}]}`, "InvalidParameterCombinationException"},
		{"GetMetricData", stat(`"Period":60,"Stat":"Sum"`), "MissingRequiredParameterException"},
		{"GetMetricData", stat(metric + `,"Period":61,"Stat":"Sum"`), "InvalidParameterValueException"},
		{"GetMetricData", stat(metric + `,"Period":60,"Stat":"Middle"`), "InvalidParameterValueException"},
		{"GetMetricData", stat(metric + `,"Period":60`), "MissingRequiredParameterException"},
		{"GetMetricData", strings.Replace(stat(metric+`,"Period":60,"Stat":"Sum"`), `{`, `{"MaxDatapoints":0,`, 1), "InvalidParameterValueException"},
		{"GetMetricData", strings.Replace(stat(metric+`,"Period":60,"Stat":"Sum"`), `{`, `{"NextToken":"x",`, 1), "InvalidNextToken"},
		{"GetMetricStatistics", `{` + times + `"Namespace":"AWS/DynamoDB","MetricName":"UserErrors","Period":60}`, "InvalidParameterCombinationException"},
		{"GetMetricStatistics", `{` + times + `"Namespace":"AWS/DynamoDB","MetricName":"UserErrors","Period":60,"Statistics":["Sum"],"ExtendedStatistics":["p50"]}`, "InvalidParameterCombinationException"},
		{"GetMetricStatistics", `{` + times + `"Namespace":"AWS/DynamoDB","MetricName":"UserErrors","Period":60,"ExtendedStatistics":["p1","p2","p3","p4","p5","p6","p7","p8","p9","p10","p11"]}`, "InvalidParameterValueException"},
		{"GetMetricStatistics", `{` + times + `"Namespace":"AWS/DynamoDB","MetricName":"UserErrors","Period":1,"Statistics":["Sum"]}`, "InvalidParameterCombinationException"},
		{"GetMetricStatistics", `{` + times + `"MetricName":"UserErrors","Period":60,"Statistics":["Sum"]}`, "MissingRequiredParameterException"},
		{"ListMetrics", `{"NextToken":"x"}`, "InvalidNextToken"},
		{"ListMetrics", `{"Dimensions":[{}]}`, "MissingRequiredParameterException"},
	} {
		_, err := f.ask(account, c.operation, c.input)
		if e, ok := errors.AsType[*awsapi.Error](err); !ok || e.Code != c.code || e.Status != 400 {
			t.Errorf("%s %.200s: %v, want %s", c.operation, c.input, err, c.code)
		}
	}
}
