// Package dynamodb is the DynamoDB API: one file for each operation, with its input, its checks in AWS's order,
// the permissions it needs and what it does, and the table of all the operations that AWS has.
//
// The hot operations read their bodies straight into the storage form and write their answers straight from it. The
// control plane uses the AWS SDK's own input and output types. It reaches data through package table only, and
// knows nothing of keys, of engines, or of who the caller is.
package dynamodb

import (
	"time"

	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/meter"
	"github.com/statordb/stator/internal/table"
	"github.com/statordb/stator/internal/transfer"
)

// Service holds what the operations need.
type Service struct {
	store      *table.Store
	principals Principals // nil if nobody is known: then policies name users and roles by ARN
	streams    streamAccess
	transfers  *transfer.Service
	throttle   *throttle    // nil if nothing limits throughput
	meter      *meter.Store // nil if nobody measures
	sized      time.Time    // the hour in which Sample looked at sizes
}

// New returns the service over a store. Principals may be nil.
func New(store *table.Store, principals Principals) *Service {
	return &Service{store: store, principals: principals}
}

// Transfers has exports and imports done by t. It is called before the operations are used.
func (s *Service) Transfers(t *transfer.Service) { s.transfers = t }

// idempotencyLifetime is how long a ClientRequestToken is remembered (API reference, TransactWriteItems).
const idempotencyLifetime = 10 * time.Minute

// Operations returns every operation of the DynamoDB API and of that for DynamoDB Streams, in alphabetical order. One without Decode is not there yet.
func (s *Service) Operations() []awsapi.Operation {
	op := func(name string, decode func(*awsapi.Request) (awsapi.Call, error)) awsapi.Operation {
		return awsapi.Operation{Service: "dynamodb", Name: name, Decode: decode, Observe: s.observer(name)}
	}
	return []awsapi.Operation{
		op("BatchExecuteStatement", s.batchExecuteStatement),
		op("BatchGetItem", s.batchGetItem),
		op("BatchWriteItem", s.batchWriteItem),
		op("CancelBulkOperation", nil),
		op("CreateBackup", s.createBackup),
		op("CreateGlobalTable", nil),
		op("CreateTable", s.createTable),
		op("DeleteBackup", s.deleteBackup),
		op("DeleteItem", s.deleteItem),
		op("DeleteResourcePolicy", s.deleteResourcePolicy),
		op("DeleteTable", s.deleteTable),
		op("DescribeBackup", s.describeBackup),
		op("DescribeBulkOperation", nil),
		op("DescribeContinuousBackups", s.describeContinuousBackups),
		op("DescribeContributorInsights", nil),
		op("DescribeEndpoints", s.describeEndpoints),
		op("DescribeExport", s.describeExport),
		op("DescribeGlobalTable", nil),
		op("DescribeGlobalTableSettings", nil),
		op("DescribeImport", s.describeImport),
		op("DescribeKinesisStreamingDestination", nil),
		op("DescribeLimits", s.describeLimits),
		op("DescribeStream", s.describeStream),
		op("DescribeTable", s.describeTable),
		op("DescribeTableReplicaAutoScaling", nil),
		op("DescribeTimeToLive", s.describeTimeToLive),
		op("DisableKinesisStreamingDestination", nil),
		op("EnableKinesisStreamingDestination", nil),
		op("ExecuteStatement", s.executeStatement),
		op("ExecuteTransaction", s.executeTransaction),
		op("ExportTableToPointInTime", s.exportTableToPointInTime),
		op("GetItem", s.getItem),
		op("GetRecords", s.getRecords),
		op("GetResourcePolicy", s.getResourcePolicy),
		op("GetShardIterator", s.getShardIterator),
		op("ImportTable", s.importTable),
		op("ListBackups", s.listBackups),
		op("ListBulkOperations", nil),
		op("ListContributorInsights", nil),
		op("ListExports", s.listExports),
		op("ListGlobalTables", nil),
		op("ListImports", s.listImports),
		op("ListStreams", s.listStreams),
		op("ListTables", s.listTables),
		op("ListTagsOfResource", s.listTagsOfResource),
		op("PutItem", s.putItem),
		op("PutResourcePolicy", s.putResourcePolicy),
		op("Query", s.query),
		op("RestoreTableFromBackup", s.restoreTableFromBackup),
		op("RestoreTableToPointInTime", s.restoreTableToPointInTime),
		op("Scan", s.scan),
		op("SearchVectors", nil),
		op("StartBulkPutItems", nil),
		op("TagResource", s.tagResource),
		op("TransactGetItems", s.transactGetItems),
		op("TransactWriteItems", s.transactWriteItems),
		op("UntagResource", s.untagResource),
		op("UpdateContinuousBackups", s.updateContinuousBackups),
		op("UpdateContributorInsights", nil),
		op("UpdateGlobalTable", nil),
		op("UpdateGlobalTableSettings", nil),
		op("UpdateItem", s.updateItem),
		op("UpdateKinesisStreamingDestination", nil),
		op("UpdateTable", s.updateTable),
		op("UpdateTableReplicaAutoScaling", nil),
		op("UpdateTimeToLive", s.updateTimeToLive),
	}
}
