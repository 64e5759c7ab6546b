// Package cloudwatch is the CloudWatch API as far as it reads metrics: those of DynamoDB, in the namespace AWS/DynamoDB, which
// the server measures itself. There are no alarms and no metrics of others.
//
// It imports meter, where the figures are, awsapi and policy. The main rule: what somebody asks for is looked up under the
// account and the region of the request, so that nobody sees figures of another account.
package cloudwatch

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"

	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/meter"
	"github.com/statordb/stator/internal/policy"
)

// Service holds what the operations need.
type Service struct{ meter *meter.Store }

// New returns the service over what was measured.
func New(m *meter.Store) *Service { return &Service{m} }

// Operations returns every operation of the CloudWatch API, in alphabetical order. One without Decode is not there yet.
func (s *Service) Operations() []awsapi.Operation {
	there := map[string]func(*awsapi.Request) (awsapi.Call, error){
		"GetMetricData":       s.getMetricData,
		"GetMetricStatistics": s.getMetricStatistics,
		"ListMetrics":         s.listMetrics,
	}
	var all []awsapi.Operation
	for _, name := range strings.Fields(operations) {
		all = append(all, awsapi.Operation{Service: "cloudwatch", Name: name, Decode: there[name]})
	}
	return all
}

const operations = `AssociateDatasetKmsKey CreateResourceMetricsConfiguration DeleteAlarmMuteRule DeleteAlarms DeleteAnomalyDetector
	DeleteDashboards DeleteInsightRules DeleteMetricStream DeleteResourceMetricsConfiguration
	DescribeAlarmContributors DescribeAlarmHistory DescribeAlarms DescribeAlarmsForMetric DescribeAnomalyDetectors
	DescribeInsightRules DisableAlarmActions DisableInsightRules DisassociateDatasetKmsKey EnableAlarmActions
	EnableInsightRules GetAlarmMuteRule GetDashboard GetDataset GetInsightRuleReport GetMetricData GetMetricStatistics
	GetMetricStream GetMetricWidgetImage GetOTelEnrichment GetResourceMetricsConfiguration ListAlarmMuteRules
	ListDashboards ListManagedInsightRules ListMetricStreams ListMetrics ListTagsForResource PutAlarmMuteRule
	PutAnomalyDetector PutCompositeAlarm PutDashboard PutInsightRule PutLogAlarm PutManagedInsightRules PutMetricAlarm
	PutMetricData PutMetricStream SetAlarmState StartMetricStreams StartOTelEnrichment StopMetricStreams
	StopOTelEnrichment TagResource UntagResource UpdateOTelEnrichment UpdateResourceMetricsConfiguration`

// The namespaces: of the API's answers in XML, and of DynamoDB's metrics.
const (
	xmlNamespace = "http://monitoring.amazonaws.com/doc/2010-08-01/"
	dynamoDB     = "AWS/DynamoDB"
)

// call is a call of an operation: none of them is on a resource.
func call(req *awsapi.Request, name string, do func() (any, error)) awsapi.Call {
	return &awsapi.Simple{Request: req, Operation: name, Namespace: xmlNamespace,
		Need: policy.Need{Action: "cloudwatch:" + name, Resource: "*"},
		Do:   func(context.Context) (any, error) { return do() }}
}

// The errors of the service.
func missing(parameter string) error {
	return failure("MissingRequiredParameterException", "The parameter "+parameter+" is required.")
}

func invalid(message string) error { return failure("InvalidParameterValueException", message) }

func combination(message string) error {
	return failure("InvalidParameterCombinationException", message)
}

func failure(code, message string) error {
	return &awsapi.Error{Code: code, Status: http.StatusBadRequest, Message: message}
}

// The dimensions of DynamoDB's metrics.
const (
	tableName = "TableName"
	indexName = "GlobalSecondaryIndexName"
	operation = "Operation"
)

// find is where the metric with these dimensions is; it is not ok if DynamoDB has none.
func find(req *awsapi.Request, namespace, name *string, dimensions []types.Dimension) (t meter.Table, m meter.Metric, of meter.Of, ok bool) {
	t = meter.Table{Account: req.Caller.Account, Region: req.Region}
	m, ok = meter.Named(aws.ToString(name))
	if !ok || aws.ToString(namespace) != dynamoDB {
		return t, m, of, false
	}
	for _, d := range dimensions {
		to := map[string]*string{tableName: &t.Name, indexName: &of.Index, operation: &of.Operation}[aws.ToString(d.Name)]
		if to == nil || *to != "" {
			return t, m, of, false
		}
		*to = aws.ToString(d.Value)
	}
	return t, m, of, true
}

// dimensionsOf are the dimensions of a series, in the order of their names.
func dimensionsOf(s meter.Series) []types.Dimension {
	dimensions := []types.Dimension{}
	for _, d := range [][2]string{{indexName, s.Index}, {operation, s.Operation}, {tableName, s.Name}} {
		if d[1] != "" {
			dimensions = append(dimensions, types.Dimension{Name: aws.String(d[0]), Value: aws.String(d[1])})
		}
	}
	return dimensions
}

// checkDimensions checks what was given as dimensions: at most 30, each with a name and a value.
func checkDimensions(dimensions []types.Dimension) error {
	const most = 30
	if len(dimensions) > most {
		return invalid("The parameter Dimensions must have at most 30 elements.")
	}
	if slices.ContainsFunc(dimensions, func(d types.Dimension) bool { return aws.ToString(d.Name) == "" || aws.ToString(d.Value) == "" }) {
		return missing("Dimensions.member.1.Value")
	}
	return nil
}
