package tests

import (
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/accessanalyzer"
	analyzertypes "github.com/aws/aws-sdk-go-v2/service/accessanalyzer/types"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	watchtypes "github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	dbtypes "github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/statordb/stator/tests/engine"
)

// consoleDifferences are those of CloudWatch, CloudTrail, IAM Access Analyzer and Cost Explorer.
var consoleDifferences = []difference{
	{
		title:  "Metrics are those of a server since its start",
		aws:    "CloudWatch keeps metrics for 15 months, those by the minute for 15 days, and shows them within minutes.",
		stator: "Each server has the metrics of its own requests in memory: 3 hours by the minute, a day by 5 minutes, 15 days by the hour, at the most 64 MiB, beyond which the tables go that were used the longest time ago. A restart forgets them. They are there at once. Usage in Cost Explorer is made of the same figures, and costs nothing.",
		why:    "Nothing has to be written for them. What has to be kept for long is read from /metrics by a monitoring system.",
		identity: func(t *testing.T, _ aws.Config) {
			conf := engine.Start(t).Config
			db := dynamodb.NewFromConfig(conf)
			count := func(of aws.Config) int {
				out, err := cloudwatch.NewFromConfig(of).ListMetrics(t.Context(), &cloudwatch.ListMetricsInput{MetricName: aws.String("ConsumedWriteCapacityUnits")})
				if err != nil {
					t.Fatal(err)
				}
				return len(out.Metrics)
			}
			create(t, db, "things")
			put(t, db, map[string]dbtypes.AttributeValue{"id": text("1")})
			if here, there := count(conf), count(engine.Start(t).Config); here == 0 || there != 0 {
				t.Errorf("%d metrics here, %d on another server", here, there)
			}
		},
	},
	{
		title:  "There is no metric math, and percentiles are not exact",
		aws:    "GetMetricData has expressions and Metrics Insights queries, and percentiles of all values.",
		stator: "An Expression is refused. Percentiles and trimmed statistics, of SuccessfulRequestLatency, are right within 9 %.",
		why:    "What is kept of latencies is how many there were of about the same size: all of them would take too much memory. Clients compute on what they get.",
		identity: func(t *testing.T, conf aws.Config) {
			_, err := cloudwatch.NewFromConfig(conf).GetMetricData(t.Context(), &cloudwatch.GetMetricDataInput{
				StartTime: aws.Time(time.Unix(0, 0)), EndTime: aws.Time(time.Unix(60, 0)),
				MetricDataQueries: []watchtypes.MetricDataQuery{{Id: aws.String("a"), Expression: aws.String("1+1")}}})
			if err == nil || !strings.Contains(err.Error(), "no metric math") {
				t.Error(err)
			}
		},
	},
	{
		title:  "LookupEvents reads the audit log",
		aws:    "CloudTrail shows 90 days of management events, some minutes after they happened.",
		stator: "Events are there at once, for as long as the files of the audit log are kept. Without an audit log there are none. A page may have fewer events than asked for, or none, and a token.",
		why:    "There is one record of what was done. A call reads a bounded part of it.",
		identity: func(t *testing.T, conf aws.Config) {
			out, err := cloudtrail.NewFromConfig(conf).LookupEvents(t.Context(), &cloudtrail.LookupEventsInput{})
			if err != nil || len(out.Events) != 0 {
				t.Error(out, err)
			}
		},
	},
	{
		title:  "ValidatePolicy knows what Stator has",
		aws:    "Every action, resource type and condition key of all services is known.",
		stator: "Actions and resources of DynamoDB, IAM and STS, and global condition keys are known; of other services only the form is checked. Private addresses in aws:SourceIp are fine. Policies of organizations and of S3 are refused.",
		why:    "A finding must be true, and servers on private networks are what Stator is for.",
		identity: func(t *testing.T, conf aws.Config) {
			out, err := accessanalyzer.NewFromConfig(conf).ValidatePolicy(t.Context(), &accessanalyzer.ValidatePolicyInput{
				PolicyType: analyzertypes.PolicyTypeIdentityPolicy, PolicyDocument: aws.String(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow",
					"Action":["lambda:Nonsense","dynamodb:GetItem"],"Resource":"*","Condition":{"IpAddress":{"aws:SourceIp":"10.0.0.0/8"}}}]}`)})
			if err != nil || len(out.Findings) != 0 {
				t.Error(out, err)
			}
		},
	},
}
