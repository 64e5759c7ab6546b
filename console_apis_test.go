package stator_test

import (
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail"
	cloudtrailtypes "github.com/aws/aws-sdk-go-v2/service/cloudtrail/types"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	cloudwatchtypes "github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	"github.com/aws/aws-sdk-go-v2/service/costexplorer"
	costtypes "github.com/aws/aws-sdk-go-v2/service/costexplorer/types"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/statordb/stator"
)

// busyTable makes the table things with a global index and uses it: 3 puts, 2 gets, a query of the index, a scan, a failed condition and
// a request that is no good.
func busyTable(t *testing.T, conf aws.Config) {
	t.Helper()
	db := dynamodb.NewFromConfig(conf)
	must := func(_ any, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	text := func(s string) types.AttributeValue { return &types.AttributeValueMemberS{Value: s} }
	must(db.CreateTable(t.Context(), &dynamodb.CreateTableInput{
		TableName: aws.String("things"), BillingMode: types.BillingModePayPerRequest,
		AttributeDefinitions: []types.AttributeDefinition{
			{AttributeName: aws.String("id"), AttributeType: types.ScalarAttributeTypeS}, {AttributeName: aws.String("kind"), AttributeType: types.ScalarAttributeTypeS}},
		KeySchema: []types.KeySchemaElement{{AttributeName: aws.String("id"), KeyType: types.KeyTypeHash}},
		GlobalSecondaryIndexes: []types.GlobalSecondaryIndex{{IndexName: aws.String("kinds"), Projection: &types.Projection{ProjectionType: types.ProjectionTypeAll},
			KeySchema: []types.KeySchemaElement{{AttributeName: aws.String("kind"), KeyType: types.KeyTypeHash}}}},
		Tags: []types.Tag{{Key: aws.String("team"), Value: aws.String("blue")}},
	}))
	for _, id := range []string{"1", "2", "3"} {
		must(db.PutItem(t.Context(), &dynamodb.PutItemInput{TableName: aws.String("things"),
			Item: map[string]types.AttributeValue{"id": text(id), "kind": text("k")}}))
	}
	for range 2 {
		must(db.GetItem(t.Context(), &dynamodb.GetItemInput{TableName: aws.String("things"), ConsistentRead: aws.Bool(true),
			Key: map[string]types.AttributeValue{"id": text("1")}}))
	}
	must(db.Query(t.Context(), &dynamodb.QueryInput{TableName: aws.String("things"), IndexName: aws.String("kinds"),
		KeyConditionExpression: aws.String("kind = :k"), ExpressionAttributeValues: map[string]types.AttributeValue{":k": text("k")}}))
	must(db.Scan(t.Context(), &dynamodb.ScanInput{TableName: aws.String("things")}))
	_, err := db.PutItem(t.Context(), &dynamodb.PutItemInput{TableName: aws.String("things"), Item: map[string]types.AttributeValue{"id": text("1")},
		ConditionExpression: aws.String("attribute_not_exists(id)")})
	if c, _ := code(err); c != "ConditionalCheckFailedException" {
		t.Fatal(err)
	}
	_, err = db.GetItem(t.Context(), &dynamodb.GetItemInput{TableName: aws.String("things"), Key: map[string]types.AttributeValue{"no": text("1")}})
	if c, _ := code(err); c != "ValidationException" {
		t.Fatal(err)
	}
}

// figures are a metric's sums and numbers of values, of the last hour together.
func figures(t *testing.T, conf aws.Config, metric, statistic string, dimensions ...string) float64 {
	t.Helper()
	stat := &cloudwatchtypes.MetricStat{Period: aws.Int32(3600), Stat: &statistic,
		Metric: &cloudwatchtypes.Metric{Namespace: aws.String("AWS/DynamoDB"), MetricName: &metric}}
	for pair := range slices.Chunk(dimensions, 2) {
		stat.Metric.Dimensions = append(stat.Metric.Dimensions, cloudwatchtypes.Dimension{Name: &pair[0], Value: &pair[1]})
	}
	out, err := cloudwatch.NewFromConfig(conf).GetMetricData(t.Context(), &cloudwatch.GetMetricDataInput{
		StartTime: aws.Time(time.Now().Add(-time.Hour)), EndTime: aws.Time(time.Now().Add(time.Hour)),
		MetricDataQueries: []cloudwatchtypes.MetricDataQuery{{Id: aws.String("m"), MetricStat: stat}},
	})
	if err != nil {
		t.Fatal(err)
	}
	sum := 0.0
	for _, v := range out.MetricDataResults[0].Values {
		sum += v
	}
	return sum
}

func TestCloudWatchMetrics(t *testing.T) {
	s := open(t, stator.Options{})
	defer s.Close()
	conf := config(t, s)
	busyTable(t, conf)
	inTable := []string{"TableName", "things"}
	for _, c := range []struct {
		metric, statistic string
		dimensions        []string
		want              float64
	}{
		{"ConsumedWriteCapacityUnits", "Sum", inTable, 4}, // 3 puts and a failed one
		{"ConsumedWriteCapacityUnits", "Sum", []string{"TableName", "things", "GlobalSecondaryIndexName", "kinds"}, 3},
		{"ConsumedReadCapacityUnits", "Sum", inTable, 2.5},
		{"ConsumedReadCapacityUnits", "Maximum", inTable, 1},
		{"ConsumedReadCapacityUnits", "SampleCount", []string{"GlobalSecondaryIndexName", "kinds", "TableName", "things"}, 1},
		{"SuccessfulRequestLatency", "SampleCount", append(inTable, "Operation", "PutItem"), 3},
		{"SuccessfulRequestLatency", "SampleCount", append(inTable, "Operation", "GetItem"), 2},
		{"ReturnedItemCount", "p99", append(inTable, "Operation", "Scan"), 0},
		{"SuccessfulRequestLatency", "tc100", append(inTable, "Operation", "GetItem"), 2},
		{"ReturnedItemCount", "Sum", append(inTable, "Operation", "Query"), 3},
		{"ReturnedItemCount", "Average", append(inTable, "Operation", "Scan"), 3},
		{"ConditionalCheckFailedRequests", "Sum", inTable, 1},
		{"UserErrors", "Sum", nil, 1},
		{"ThrottledRequests", "Sum", append(inTable, "Operation", "GetItem"), 0},
		{"UserErrors", "Sum", inTable, 0},
		{"NoSuchMetric", "Sum", inTable, 0},
	} {
		if got := figures(t, conf, c.metric, c.statistic, c.dimensions...); got != c.want {
			t.Errorf("%s of %s %v: %v, want %v", c.statistic, c.metric, c.dimensions, got, c.want)
		}
	}
	if p50, p100 := figures(t, conf, "SuccessfulRequestLatency", "p50", append(inTable, "Operation", "PutItem")...),
		figures(t, conf, "SuccessfulRequestLatency", "Maximum", append(inTable, "Operation", "PutItem")...); p50 <= 0 || p100 < p50 {
		t.Errorf("the median is %v, the slowest %v", p50, p100)
	}
	if mean, most := figures(t, conf, "SuccessfulRequestLatency", "Average", append(inTable, "Operation", "PutItem")...),
		figures(t, conf, "SuccessfulRequestLatency", "Maximum", append(inTable, "Operation", "PutItem")...); mean <= 0 || most < mean {
		t.Errorf("latency %v, at most %v", mean, most)
	}
	elsewhere := conf
	elsewhere.Region = "us-west-2"
	if got := figures(t, elsewhere, "ConsumedWriteCapacityUnits", "Sum", inTable...); got != 0 {
		t.Errorf("another region shows %v", got)
	}
}

func TestThrottledRequestsAreMeasured(t *testing.T) {
	s := open(t, stator.Options{Throttle: true})
	defer s.Close()
	conf := config(t, s)
	db := dynamodb.NewFromConfig(conf)
	if _, err := db.CreateTable(t.Context(), &dynamodb.CreateTableInput{
		TableName: aws.String("slow"), ProvisionedThroughput: &types.ProvisionedThroughput{ReadCapacityUnits: aws.Int64(1), WriteCapacityUnits: aws.Int64(1)},
		AttributeDefinitions: []types.AttributeDefinition{{AttributeName: aws.String("id"), AttributeType: types.ScalarAttributeTypeS}},
		KeySchema:            []types.KeySchemaElement{{AttributeName: aws.String("id"), KeyType: types.KeyTypeHash}},
	}); err != nil {
		t.Fatal(err)
	}
	big := map[string]types.AttributeValue{"id": &types.AttributeValueMemberS{Value: "1"}, "a": &types.AttributeValueMemberS{Value: strings.Repeat("x", 390<<10)}}
	refused := 0.0
	for range 3 {
		if _, err := db.PutItem(t.Context(), &dynamodb.PutItemInput{TableName: aws.String("slow"), Item: big}); err != nil {
			refused++
		}
	}
	if refused == 0 {
		t.Fatal("nothing was throttled")
	}
	for _, got := range []float64{
		figures(t, conf, "ThrottledRequests", "Sum", "TableName", "slow", "Operation", "PutItem"),
		figures(t, conf, "WriteThrottleEvents", "Sum", "TableName", "slow"),
	} {
		if got != refused {
			t.Errorf("%v, want %v", got, refused)
		}
	}
	if got := figures(t, conf, "UserErrors", "Sum"); got != 0 {
		t.Errorf("%v user errors", got)
	}
}

// The same API in the protocol that old clients speak, and its errors in every one.
func TestCloudWatchProtocols(t *testing.T) {
	s := open(t, stator.Options{})
	defer s.Close()
	conf := config(t, s)
	busyTable(t, conf)
	send := func(path, contentType, body string, headers ...string) (*http.Response, string) {
		req, err := http.NewRequestWithContext(t.Context(), "POST", *conf.BaseEndpoint+path, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", contentType)
		for pair := range slices.Chunk(headers, 2) {
			req.Header.Set(pair[0], pair[1])
		}
		key, _ := conf.Credentials.Retrieve(t.Context())
		sum := sha256.Sum256([]byte(body))
		if err := v4.NewSigner().SignHTTP(t.Context(), key, req, hex.EncodeToString(sum[:]), "monitoring", conf.Region, time.Now()); err != nil {
			t.Fatal(err)
		}
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		answer, err := io.ReadAll(res.Body)
		if err != nil {
			t.Fatal(err)
		}
		return res, string(answer)
	}
	form := url.Values{"Version": {"2010-08-01"}, "Namespace": {"AWS/DynamoDB"}, "MetricName": {"ReturnedItemCount"},
		"Dimensions.member.1.Name": {"Operation"}, "Dimensions.member.1.Value": {"Scan"}}
	form.Set("Action", "ListMetrics")
	if res, body := send("/", "application/x-www-form-urlencoded", form.Encode()); res.StatusCode != 200 ||
		!strings.Contains(body, `<ListMetricsResponse xmlns="http://monitoring.amazonaws.com/doc/2010-08-01/"><ListMetricsResult><Metrics><member><Dimensions><member><Name>Operation</Name><Value>Scan</Value></member>`) {
		t.Error(res.StatusCode, body)
	}
	const target = "GraniteServiceVersion20100801.ListMetrics"
	if res, body := send("/", "application/x-amz-json-1.0", `{"MetricName":"UserErrors"}`, "X-Amz-Target", target); res.StatusCode != 200 ||
		body != `{"Metrics":[{"Dimensions":[],"MetricName":"UserErrors","Namespace":"AWS/DynamoDB"}]}` {
		t.Error(res.StatusCode, body)
	}
	if res, body := send("/", "application/x-amz-json-1.0", `{"RecentlyActive":"PT4H"}`, "X-Amz-Target", target); res.StatusCode != 400 ||
		res.Header.Get("X-Amzn-Query-Error") != "InvalidParameterValue;Sender" || !strings.Contains(body, `com.amazonaws.cloudwatch#InvalidParameterValueException`) {
		t.Error(res.StatusCode, res.Header, body)
	}
	form.Set("RecentlyActive", "PT4H")
	if res, body := send("/", "application/x-www-form-urlencoded", form.Encode()); res.StatusCode != 400 || !strings.Contains(body, `<Code>InvalidParameterValue</Code>`) {
		t.Error(res.StatusCode, body)
	}
	const path = "/service/GraniteServiceVersion20100801/operation/"
	if res, body := send(path+"ListMetrics", "application/cbor", "\xbf\xff", "Smithy-Protocol", "rpc-v2-cbor"); res.StatusCode != 200 ||
		res.Header.Get("Smithy-Protocol") != "rpc-v2-cbor" || res.Header.Get("Content-Type") != "application/cbor" || !strings.Contains(body, "UserErrors") {
		t.Error(res.StatusCode, res.Header, body)
	}
	for _, bad := range []string{"\x9f", strings.Repeat("\x81", 100_000), "\xa1", "hello", "\x9b\xff\xff\xff\xff\xff\xff\xff\xff"} {
		if res, body := send(path+"ListMetrics", "application/cbor", bad, "Smithy-Protocol", "rpc-v2-cbor"); res.StatusCode != 400 || !strings.Contains(body, "SerializationException") {
			t.Errorf("%d %q", res.StatusCode, body)
		}
	}
	if res, body := send(path+"DescribeAlarms", "application/cbor", "\xa0", "Smithy-Protocol", "rpc-v2-cbor"); res.StatusCode != 400 || !strings.Contains(body, "UnknownOperationException") {
		t.Errorf("%d %q", res.StatusCode, body)
	}
}

// A user needs a permission for each, and what was used is told to nobody but the root user unless the account says otherwise.
func TestConsoleAPIsAreAuthorised(t *testing.T) {
	s := open(t, stator.Options{})
	defer s.Close()
	conf := config(t, s)
	users := iam.NewFromConfig(conf)
	if _, err := users.CreateUser(t.Context(), &iam.CreateUserInput{UserName: aws.String("u")}); err != nil {
		t.Fatal(err)
	}
	key, err := users.CreateAccessKey(t.Context(), &iam.CreateAccessKeyInput{UserName: aws.String("u")})
	if err != nil {
		t.Fatal(err)
	}
	own := signedBy(conf, *key.AccessKey.AccessKeyId, *key.AccessKey.SecretAccessKey)
	ask := func() []error {
		_, metrics := cloudwatch.NewFromConfig(own).ListMetrics(t.Context(), &cloudwatch.ListMetricsInput{})
		_, events := cloudtrail.NewFromConfig(own).LookupEvents(t.Context(), &cloudtrail.LookupEventsInput{})
		_, usage := costexplorer.NewFromConfig(own).GetCostAndUsage(t.Context(), today())
		return []error{metrics, events, usage}
	}
	for i, err := range ask() {
		if c, _ := code(err); !strings.HasPrefix(c, "AccessDenied") || !strings.Contains(err.Error(), "is not authorized to perform: "+[]string{"cloudwatch:ListMetrics", "cloudtrail:LookupEvents", "ce:GetCostAndUsage"}[i]) {
			t.Error(err)
		}
	}
	if _, err := users.PutUserPolicy(t.Context(), &iam.PutUserPolicyInput{UserName: aws.String("u"), PolicyName: aws.String("p"), PolicyDocument: aws.String(
		`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["cloudwatch:ListMetrics","cloudtrail:LookupEvents","ce:*"],"Resource":"*"}]}`)}); err != nil {
		t.Fatal(err)
	}
	errs := ask()
	if errs[0] != nil || errs[1] != nil {
		t.Error(errs)
	}
	if c, _ := code(errs[2]); c != "AccessDeniedException" || !strings.Contains(errs[2].Error(), "User not enabled for cost explorer access") {
		t.Error(errs[2])
	}
}

func today() *costexplorer.GetCostAndUsageInput {
	now := time.Now().UTC()
	return &costexplorer.GetCostAndUsageInput{
		Granularity: costtypes.GranularityDaily, Metrics: []string{"UsageQuantity", "UnblendedCost"},
		// Midnight may be between.
		TimePeriod: &costtypes.DateInterval{Start: aws.String(now.AddDate(0, 0, -1).Format(time.DateOnly)), End: aws.String(now.AddDate(0, 0, 2).Format(time.DateOnly))},
	}
}

func TestCostExplorerShowsUsage(t *testing.T) {
	s := open(t, stator.Options{Auth: stator.AuthOpen})
	defer s.Close()
	web := httptest.NewServer(s)
	defer web.Close()
	conf := aws.Config{BaseEndpoint: aws.String(web.URL), Region: "eu-west-1", RetryMaxAttempts: 1,
		Credentials: credentials.NewStaticCredentialsProvider("any", "key", "")}
	busyTable(t, conf)
	in := today()
	in.GroupBy = []costtypes.GroupDefinition{{Type: costtypes.GroupDefinitionTypeDimension, Key: aws.String("USAGE_TYPE")}, {Type: costtypes.GroupDefinitionTypeTag, Key: aws.String("team")}}
	out, err := costexplorer.NewFromConfig(conf).GetCostAndUsage(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, r := range out.ResultsByTime {
		for _, g := range r.Groups {
			got[strings.Join(g.Keys, " ")] = *g.Metrics["UsageQuantity"].Amount + " " + *g.Metrics["UsageQuantity"].Unit + " " + *g.Metrics["UnblendedCost"].Amount
		}
	}
	if len(got) != 2 || got["EU-ReadRequestUnits team$blue"] != "3 ReadRequestUnits 0" || got["EU-WriteRequestUnits team$blue"] != "7 WriteRequestUnits 0" {
		t.Error(got)
	}
	detailed, err := costexplorer.NewFromConfig(conf).GetCostAndUsageWithResources(t.Context(), &costexplorer.GetCostAndUsageWithResourcesInput{
		Granularity: costtypes.GranularityMonthly, Metrics: in.Metrics, TimePeriod: in.TimePeriod,
		GroupBy: []costtypes.GroupDefinition{{Type: costtypes.GroupDefinitionTypeDimension, Key: aws.String("RESOURCE_ID")}},
		Filter:  &costtypes.Expression{Dimensions: &costtypes.DimensionValues{Key: costtypes.DimensionUsageType, Values: []string{"EU-WriteRequestUnits"}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	found := ""
	for _, r := range detailed.ResultsByTime {
		for _, g := range r.Groups {
			found += g.Keys[0] + " " + *g.Metrics["UsageQuantity"].Amount
		}
	}
	if found != "arn:aws:dynamodb:eu-west-1:000000000000:table/things 7" {
		t.Error(found)
	}
}

// Events come page by page, the latest first, and tell nothing of another region or account.
func TestLookupEvents(t *testing.T) {
	s := open(t, stator.Options{Audit: stator.AuditOptions{Path: t.TempDir() + "/audit.log"}})
	defer s.Close()
	conf := config(t, s)
	busyTable(t, conf)
	conf.Region = "us-east-1"
	users := iam.NewFromConfig(conf)
	for _, name := range []string{"a", "b", "c"} {
		if _, err := users.CreateUser(t.Context(), &iam.CreateUserInput{UserName: &name}); err != nil {
			t.Fatal(err)
		}
	}
	trail := cloudtrail.NewFromConfig(conf)
	lookup := func(key cloudtrailtypes.LookupAttributeKey, value string) (names []string) {
		in := &cloudtrail.LookupEventsInput{MaxResults: aws.Int32(2), LookupAttributes: []cloudtrailtypes.LookupAttribute{{AttributeKey: key, AttributeValue: &value}}}
		for pages := cloudtrail.NewLookupEventsPaginator(trail, in); pages.HasMorePages(); {
			page, err := pages.NextPage(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			for _, e := range page.Events {
				resource := ""
				if len(e.Resources) > 0 {
					resource = *e.Resources[0].ResourceName
				}
				names = append(names, *e.EventName+" "+resource+" "+*e.Username)
			}
		}
		return names
	}
	created := []string{"CreateUser c Administrator", "CreateUser b Administrator", "CreateUser a Administrator"}
	for _, c := range []struct {
		key   cloudtrailtypes.LookupAttributeKey
		value string
		want  []string
	}{
		{"EventName", "CreateUser", created},
		{"EventSource", "iam.amazonaws.com", created},
		{"ReadOnly", "false", created},
		{"Username", "Administrator", append([]string{}, created...)},
		{"ResourceName", "b", created[1:2]},
		{"ResourceType", "AWS::IAM::User", created},
		{"EventName", "CreateTable", nil}, // in another region
		{"Username", "nobody", nil},
	} {
		got := slices.DeleteFunc(lookup(c.key, c.value), func(s string) bool { return strings.HasPrefix(s, "LookupEvents") })
		if !slices.Equal(got, c.want) {
			t.Errorf("%s %s: %q, want %q", c.key, c.value, got, c.want)
		}
	}
	for _, c := range []struct {
		code string
		in   cloudtrail.LookupEventsInput
	}{
		{"InvalidMaxResultsException", cloudtrail.LookupEventsInput{MaxResults: aws.Int32(51)}},
		{"InvalidTimeRangeException", cloudtrail.LookupEventsInput{StartTime: aws.Time(time.Now()), EndTime: aws.Time(time.Now().Add(-time.Hour))}},
		{"InvalidNextTokenException", cloudtrail.LookupEventsInput{NextToken: aws.String("abc")}},
		{"InvalidLookupAttributesException", cloudtrail.LookupEventsInput{LookupAttributes: []cloudtrailtypes.LookupAttribute{{AttributeKey: "Color", AttributeValue: aws.String("red")}}}},
	} {
		if _, err := trail.LookupEvents(t.Context(), &c.in); err == nil || !strings.Contains(err.Error(), c.code) {
			t.Errorf("%v, want %s", err, c.code)
		}
	}
	out, err := trail.LookupEvents(t.Context(), &cloudtrail.LookupEventsInput{EndTime: aws.Time(time.Now().Add(-time.Hour))})
	if err != nil || len(out.Events) != 0 {
		t.Error(out, err)
	}
}
