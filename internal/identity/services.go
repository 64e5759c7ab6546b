package identity

import (
	"slices"
	"strings"
)

// The services of Stator, in the order of their namespaces. Reports name no others.
const (
	serviceDynamoDB = iota
	serviceIAM
	serviceSTS
	numServices
)

// service is a service as reports name it.
type service struct{ namespace, name string }

var services = [numServices]service{
	serviceDynamoDB: {"dynamodb", "Amazon DynamoDB"},
	serviceIAM:      {"iam", "AWS Identity and Access Management"},
	serviceSTS:      {"sts", "AWS Security Token Service"},
}

// dataPlane are the actions of DynamoDB whose use is not recorded one by one: "Action last accessed information is not
// available for any data plane event" (Refine permissions using last accessed information, IAM User Guide).
const dataPlane = " BatchExecuteStatement BatchGetItem BatchWriteItem DeleteItem ExecuteStatement ExecuteTransaction GetItem GetRecords " +
	"GetShardIterator PutItem Query Scan SearchVectors TransactGetItems TransactWriteItems UpdateItem "

// management are the other actions of DynamoDB, and all of STS.
const (
	managementDynamoDB = "CancelBulkOperation CreateBackup CreateGlobalTable CreateTable DeleteBackup DeleteResourcePolicy DeleteTable " +
		"DescribeBackup DescribeBulkOperation DescribeContinuousBackups DescribeContributorInsights DescribeEndpoints DescribeExport " +
		"DescribeGlobalTable DescribeGlobalTableSettings DescribeImport DescribeKinesisStreamingDestination DescribeLimits DescribeStream " +
		"DescribeTable DescribeTableReplicaAutoScaling DescribeTimeToLive DisableKinesisStreamingDestination EnableKinesisStreamingDestination " +
		"ExportTableToPointInTime GetResourcePolicy ImportTable ListBackups ListBulkOperations ListContributorInsights ListExports " +
		"ListGlobalTables ListImports ListStreams ListTables ListTagsOfResource PutResourcePolicy RestoreTableFromBackup " +
		"RestoreTableToPointInTime StartBulkPutItems TagResource UntagResource UpdateContinuousBackups UpdateContributorInsights " +
		"UpdateGlobalTable UpdateGlobalTableSettings UpdateKinesisStreamingDestination UpdateTable UpdateTableReplicaAutoScaling UpdateTimeToLive"
	managementSTS = "AssumeRole AssumeRoleWithSAML AssumeRoleWithWebIdentity AssumeRoot DecodeAuthorizationMessage GetAccessKeyInfo " +
		"GetCallerIdentity GetDelegatedAccessToken GetFederationToken GetSessionToken GetWebIdentityToken"
)

// TrackedActions are the actions of a service whose use is recorded one by one, in alphabetical order: all but the data
// plane's.
func TrackedActions(namespace string) (actions []string) {
	switch namespace {
	case "dynamodb":
		return strings.Fields(managementDynamoDB)
	case "iam":
		for _, op := range new(Store).Operations() {
			actions = append(actions, op.Name)
		}
	case "sts":
		return strings.Fields(managementSTS)
	}
	return actions
}

// serviceOf is a service's place in services, -1 if it is not there.
func serviceOf(namespace string) int {
	return slices.IndexFunc(services[:], func(s service) bool { return s.namespace == namespace })
}

// Activity is an operation as far as its use is recorded. The zero value is one whose use is not.
type Activity struct {
	service int    // its place in services, from 1
	action  string // as iam:CreateUser, "" for the data plane
}

// ActivityOf returns the activity of an operation.
func ActivityOf(namespace, operation string) Activity {
	a := Activity{service: serviceOf(namespace) + 1, action: namespace + ":" + operation}
	if a.service == serviceDynamoDB+1 && strings.Contains(dataPlane, " "+operation+" ") {
		a.action = ""
	}
	return a
}
