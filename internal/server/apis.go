package server

import (
	"slices"
	"strings"

	"github.com/statordb/stator/internal/awsapi"
)

// The content types of the JSON protocols. Each API has one of its own, and also takes and answers in plain JSON.
const (
	jsonAWS   = "application/x-amz-json-1.0"
	jsonAWS1  = "application/x-amz-json-1.1"
	jsonPlain = "application/json"
)

// api is an API of AWS: how requests name its operations, and how it words its answers. All that the front door knows
// of a service is in the table of them.
type api struct {
	// service is the Service of the operations, which is also the name in IAM actions and, unless signing is another one,
	// in credential scopes.
	service, signing string
	// protocol is that of the requests.
	protocol awsapi.Protocol
	// only are the operations, if others of the service are of another API.
	only []string
	// data are the operations on the data itself, and not on what it is kept in.
	data []string
	// global says that there is one endpoint for all regions.
	global bool
	// namespace is the one of the service's own errors, or of all its answers in XML. JSON 1.1 has none.
	namespace string

	// target is what X-Amz-Target has before the name of the operation, in the JSON protocols, or what the path has in CBOR.
	target string
	// contentType is the protocol's own.
	contentType string
	// checked says that answers have what only DynamoDB's have: a checksum, and request ids that are no UUIDs.
	checked bool

	// version names the API in the query protocol.
	version string

	// queryErrors says that errors are also named in a header, as they are in the query protocol that the API had once.
	queryErrors bool
	// oauthErrors says that errors have the form of OAuth's.
	oauthErrors bool
	// also is the same API in other protocols.
	also []*api
}

const namespaceDB = "com.amazonaws.dynamodb.v20120810"

// apis are all APIs. An operation is of the first one that can have it. Streams are a second API of DynamoDB, with the
// same IAM prefix and signing name. Which operations are on data is CloudTrail's distinction ("Logging DynamoDB
// operations by using AWS CloudTrail", DynamoDB Developer Guide).
var apis = []*api{
	{
		service: "dynamodb", target: "DynamoDBStreams_20120810.", contentType: jsonAWS, namespace: namespaceDB, checked: true,
		only: []string{"DescribeStream", "GetRecords", "GetShardIterator", "ListStreams"},
		data: []string{"GetRecords", "GetShardIterator"},
	},
	dynamo,
	{
		service: "organizations", target: "AWSOrganizationsV20161128.", contentType: jsonAWS1, global: true,
	},
	{
		service: "cloudwatch", signing: "monitoring", protocol: awsapi.CBOR, contentType: awsapi.ContentTypeCBOR, namespace: "com.amazonaws.cloudwatch",
		target: "/service/GraniteServiceVersion20100801/operation/", data: metricData, queryErrors: true,
		also: []*api{
			{
				service: "cloudwatch", signing: "monitoring", target: "GraniteServiceVersion20100801.", contentType: jsonAWS,
				namespace: "com.amazonaws.cloudwatch", data: metricData, queryErrors: true,
			},
			{
				service: "cloudwatch", signing: "monitoring", protocol: awsapi.Query, version: "2010-08-01",
				namespace: "http://monitoring.amazonaws.com/doc/2010-08-01/", data: metricData,
			},
		},
	},
	{
		// The SDKs do not agree on the name.
		service: "cloudtrail", target: "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.", contentType: jsonAWS1,
		also: []*api{{service: "cloudtrail", target: "CloudTrail_20131101.", contentType: jsonAWS1}},
	},
	{service: "identitystore", target: "AWSIdentityStore.", contentType: jsonAWS1},
	{service: "sso-directory", target: "SWBUPService.", contentType: jsonAWS1},
	{service: "ce", target: "AWSInsightsIndexService.", contentType: jsonAWS1, global: true},
	{service: "account", protocol: awsapi.REST, contentType: jsonPlain, global: true},
	{service: "access-analyzer", protocol: awsapi.REST, contentType: jsonPlain},
	{service: "sso-oauth", protocol: awsapi.REST, contentType: jsonPlain, oauthErrors: true},
	{
		// The access portal has the IAM prefix of IAM Identity Center itself.
		service: "sso", protocol: awsapi.REST, contentType: jsonPlain,
		only: []string{"GetRoleCredentials", "ListAccountRoles", "ListAccounts", "Logout"},
	},
	{service: "signin", protocol: awsapi.REST, contentType: jsonPlain},
	{service: "iam", protocol: awsapi.Query, version: "2010-05-08", namespace: "https://iam.amazonaws.com/doc/2010-05-08/", global: true},
	{service: "sts", protocol: awsapi.Query, version: "2011-06-15", namespace: "https://sts.amazonaws.com/doc/2011-06-15/"},
	{service: "sso", target: "SWBExternalService.", contentType: jsonAWS1},
}

// dynamo is also who answers what names no API at all.
var dynamo = &api{
	service: "dynamodb", target: "DynamoDB_20120810.", contentType: jsonAWS, namespace: namespaceDB, checked: true,
	data: []string{
		"BatchExecuteStatement", "BatchGetItem", "BatchWriteItem", "DeleteItem", "ExecuteStatement",
		"ExecuteTransaction", "GetItem", "PutItem", "Query", "Scan", "TransactGetItems", "TransactWriteItems",
		"UpdateItem",
	},
}

// metricData are the operations of CloudWatch on metrics themselves ("Logging Amazon CloudWatch API and console operations with
// AWS CloudTrail", Amazon CloudWatch User Guide).
var metricData = []string{"GetMetricData", "GetMetricStatistics", "GetMetricWidgetImage", "ListMetrics", "PutMetricData"}

// anyQuery is who answers in the query protocol as long as it is not known whom a request is for.
var anyQuery = &api{protocol: awsapi.Query, namespace: awsapi.FaultNamespace}

// apiOf returns the API that an operation is of.
func apiOf(service, operation string) *api {
	i := slices.IndexFunc(apis, func(a *api) bool {
		return a.service == service && (a.only == nil || slices.Contains(a.only, operation))
	})
	if i < 0 {
		panic("server: there is no API of the service " + service)
	}
	return apis[i]
}

// apiOfTarget returns the API that an X-Amz-Target is of, whether it has the operation or not.
func apiOfTarget(target string) *api {
	for _, a := range apis {
		for _, a := range append([]*api{a}, a.also...) {
			if a.target != "" && strings.HasPrefix(target, a.target) {
				return a
			}
		}
	}
	return dynamo
}

// query says whether the API speaks the query protocol.
func (a *api) query() bool { return a.protocol == awsapi.Query }

// scope is the name of the service in credential scopes.
func (a *api) scope() string {
	if a.signing != "" {
		return a.signing
	}
	return a.service
}

// takes says whether a request can have a content type.
func (a *api) takes(contentType string) bool {
	return contentType == a.contentType || contentType == jsonPlain
}

// region is the one that a request counts for that is signed for asked.
func (a *api) region(asked string) string {
	if a.global {
		return globalRegion
	}
	return asked
}

// mediaType is a Content-Type without its parameters.
func mediaType(contentType string) string {
	if contentType == jsonAWS { // nearly always
		return contentType
	}
	contentType, _, _ = strings.Cut(contentType, ";")
	return strings.TrimSpace(contentType)
}

// isJSON says whether a content type is one of the JSON protocols'.
func isJSON(contentType string) bool {
	return contentType == jsonAWS || contentType == jsonAWS1 || contentType == jsonPlain
}
