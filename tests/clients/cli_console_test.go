package clients

import (
	"strings"
	"testing"
	"time"

	"github.com/statordb/stator/tests/harness"
)

// What an administrator asks of the APIs that a console reads, with nothing but the endpoint told to the CLI.
func TestCLIConsoleAPIs(t *testing.T) {
	t.Parallel()
	h, b := manager(t), create(t)
	h.aws(t, "dynamodb", "put-item", "--table-name", b.name, "--item", `{"id":{"S":"1"}}`)
	start, end := time.Now().Add(-time.Hour).UTC().Format(time.RFC3339), time.Now().Add(time.Hour).UTC().Format(time.RFC3339)

	listed := h.aws(t, "cloudwatch", "list-metrics", "--namespace", "AWS/DynamoDB", "--dimensions", "Name=TableName,Value="+b.name, "--query", "Metrics[].MetricName", "--output", "text")
	if !strings.Contains(listed, "ConsumedWriteCapacityUnits") || !strings.Contains(listed, "SuccessfulRequestLatency") {
		t.Error(listed)
	}
	query := `[{"Id":"a","MetricStat":{"Metric":{"Namespace":"AWS/DynamoDB","MetricName":"ConsumedWriteCapacityUnits","Dimensions":[{"Name":"TableName","Value":"` + b.name + `"}]},"Period":3600,"Stat":"Sum"}}]`
	if got := h.aws(t, "cloudwatch", "get-metric-data", "--start-time", start, "--end-time", end, "--metric-data-queries", query, "--query", "sum(MetricDataResults[0].Values)"); got != "1.0" && got != "1" {
		t.Error(got)
	}
	statistics := h.aws(t, "cloudwatch", "get-metric-statistics", "--namespace", "AWS/DynamoDB", "--metric-name", "SuccessfulRequestLatency", "--dimensions", "Name=TableName,Value="+b.name, "Name=Operation,Value=PutItem",
		"--start-time", start, "--end-time", end, "--period", "3600", "--statistics", "SampleCount", "Average", "--query", "Datapoints[].[SampleCount,Unit]", "--output", "text")
	if statistics != "1\tMilliseconds" && statistics != "1.0\tMilliseconds" { // the protocol decides
		t.Errorf("%q", statistics)
	}

	events := h.aws(t, "cloudtrail", "lookup-events", "--lookup-attributes", "AttributeKey=ResourceName,AttributeValue="+b.name, "--query", "Events[].[EventName,EventSource,Username]", "--output", "text")
	if !strings.Contains(events, "CreateTable\tdynamodb.amazonaws.com\tAdministrator") {
		t.Error(events)
	}

	found := h.aws(t, "accessanalyzer", "validate-policy", "--policy-type", "IDENTITY_POLICY", "--policy-document", *doc(allow("dynamodb:GetItm", "*")), "--query", "findings[].[issueCode,findingType,findingDetails]", "--output", "text")
	if found != "INVALID_ACTION\tERROR\tThe action dynamodb:GetItm does not exist. Did you mean dynamodb:GetItem?" {
		t.Error(found)
	}
}

// What was used is told to whom everything belongs. Without authentication that is everybody.
func TestCLICostAndUsage(t *testing.T) {
	t.Parallel()
	s := harness.Start(t, "--auth=open", "--engine=memory")
	h := withCLI(t, "", "").with(s.Env...)
	h.aws(t, "dynamodb", "create-table", "--table-name", "things", "--billing-mode", "PAY_PER_REQUEST",
		"--key-schema", "AttributeName=id,KeyType=HASH", "--attribute-definitions", "AttributeName=id,AttributeType=S")
	h.aws(t, "dynamodb", "put-item", "--table-name", "things", "--item", `{"id":{"S":"1"}}`)
	now := time.Now().UTC()
	if got := h.aws(t, "ce", "get-cost-and-usage", "--granularity", "DAILY", "--metrics", "UsageQuantity", "--group-by", "Type=DIMENSION,Key=USAGE_TYPE",
		"--time-period", "Start="+now.AddDate(0, 0, -1).Format(time.DateOnly)+",End="+now.AddDate(0, 0, 2).Format(time.DateOnly),
		"--query", "ResultsByTime[].Groups[].[Keys[0],Metrics.UsageQuantity.Amount,Metrics.UsageQuantity.Unit]", "--output", "text"); got != "WriteRequestUnits\t1\tWriteRequestUnits" {
		t.Errorf("%q", got)
	}
}
