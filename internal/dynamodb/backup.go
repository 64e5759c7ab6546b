package dynamodb

import (
	"errors"
	"net/http"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/policy"
	"github.com/statordb/stator/internal/table"
)

// What operations on backups have in common. Their errors have codes of their own, also those that are about tables (API
// reference, CreateBackup and others).

// backupRef is a backup that a request names.
type backupRef struct {
	arn       string
	scope     table.Scope
	table, id string
}

func backupARN(scope table.Scope, name, id string) string {
	return arn(scope, name, "") + "/backup/" + id
}

// The bounds of the length of a BackupArn (API reference, DescribeBackup).
const (
	minBackupARN = 37
	maxBackupARN = 1024
)

func (v *violations) backupARN(at string, arn *string) {
	v.required(at, arn != nil)
	v.length(at, optional(arn), minBackupARN, maxBackupARN)
}

// parseBackup reads the ARN of a backup in this region and the caller's account.
func parseBackup(req *awsapi.Request, arn string) (backupRef, error) {
	parts := arnParts(arn)
	if parts == nil || parts[1] != "aws" || parts[2] != "dynamodb" || parts[3] != req.Region {
		return backupRef{}, refused("Invalid BackupArn: %s", awsapi.Shown(arn))
	}
	path := strings.Split(parts[5], "/")
	if len(path) != 4 || path[0] != "table" || path[2] != "backup" || !nameCharacters(path[1]) || !nameCharacters(path[3]) {
		return backupRef{}, refused("Invalid BackupArn: %s", awsapi.Shown(arn))
	}
	if parts[4] != req.Caller.Account {
		return backupRef{}, errOtherAccount
	}
	return backupRef{arn, table.Scope{Account: parts[4], Region: parts[3]}, path[1], path[3]}, nil
}

// backupOf reads the BackupArn of an operation that is on one backup.
func backupOf(req *awsapi.Request, arn *string) (backupRef, error) {
	var v violations
	v.backupARN("backupArn", arn)
	if err := v.err(); err != nil {
		return backupRef{}, err
	}
	return parseBackup(req, *arn)
}

// need is a permission on the backup.
func (b *backupRef) need(action string) policy.Need {
	return policy.Need{Action: action, Resource: b.arn}
}

// backupError turns the errors of the store into what operations on backups say of a table or a backup.
func backupError(err error, subject string) error {
	code, message := "", ""
	switch {
	case errors.Is(err, table.ErrNotFound):
		code, message = "TableNotFoundException", "Table not found: "+subject
	case errors.Is(err, table.ErrExists):
		code, message = "TableAlreadyExistsException", "Table already exists: "+subject
	case errors.Is(err, table.ErrNoBackup):
		code, message = "BackupNotFoundException", "Backup not found: "+subject
	case errors.Is(err, table.ErrBackupInUse):
		code, message = "BackupInUseException", "Backup is being created, deleted or restored: "+subject
	case errors.Is(err, table.ErrCreating):
		code, message = "TableInUseException", "Table is being created: "+subject
	case errors.Is(err, table.ErrNoRecovery):
		code, message = "PointInTimeRecoveryUnavailableException", "Point in time recovery is not enabled for table: "+subject
	case errors.Is(err, table.ErrMoment):
		code, message = "InvalidRestoreTimeException", "The restore time is not between EarliestRestorableDateTime and LatestRestorableDateTime of table: "+subject
	case errors.Is(err, table.ErrRestores):
		return limitExceeded("Too many restores at a time: an account can restore 50 tables simultaneously")
	default:
		return err
	}
	return &awsapi.Error{Code: code, Status: http.StatusBadRequest, Message: message}
}

func backupType(b *table.Backup) types.BackupType {
	if b.System {
		return types.BackupTypeSystem
	}
	return types.BackupTypeUser
}

func backupDetails(b *table.Backup) *types.BackupDetails {
	return &types.BackupDetails{
		BackupArn: aws.String(backupARN(b.Scope, b.Table, b.ID)), BackupName: aws.String(b.Name),
		BackupCreationDateTime: aws.Time(b.Created), BackupExpiryDateTime: timeOrNil(b.Expires),
		BackupSizeBytes: aws.Int64(b.Count.Bytes), BackupStatus: types.BackupStatus(b.Status), BackupType: backupType(b),
	}
}

func backupDescription(b *table.Backup) *types.BackupDescription {
	d := b.Source
	return &types.BackupDescription{
		BackupDetails: backupDetails(b),
		SourceTableDetails: &types.SourceTableDetails{
			TableName: aws.String(d.Name), TableId: aws.String(d.UUID), TableArn: aws.String(arn(d.Scope, d.Name, "")),
			TableCreationDateTime: aws.Time(d.Created), KeySchema: keySchema([]table.KeyAttribute{d.Partition}, keyAttributes(d)[1:]),
			BillingMode: types.BillingMode(d.Settings.BillingMode), ProvisionedThroughput: units(d.Settings.Throughput),
			OnDemandThroughput: maximum(d.Settings.Throughput),
			ItemCount:          aws.Int64(b.Count.Items), TableSizeBytes: aws.Int64(b.Count.Bytes),
		},
		SourceTableFeatureDetails: sourceFeatures(d),
	}
}

func sourceFeatures(d *table.Descriptor) *types.SourceTableFeatureDetails {
	f := &types.SourceTableFeatureDetails{SSEDescription: encryption(&d.Settings)}
	if d.Stream != nil {
		f.StreamDescription = &types.StreamSpecification{StreamEnabled: aws.Bool(true), StreamViewType: types.StreamViewType(d.Stream.View)}
	}
	if d.TTL != nil {
		f.TimeToLiveDescription = &types.TimeToLiveDescription{AttributeName: aws.String(d.TTL.Attribute), TimeToLiveStatus: types.TimeToLiveStatus(d.TTL.State)}
	}
	for _, x := range d.Indexes {
		if x.Local {
			f.LocalSecondaryIndexes = append(f.LocalSecondaryIndexes, types.LocalSecondaryIndexInfo{
				IndexName: aws.String(x.Name), KeySchema: keySchema(x.Partition, x.Sort), Projection: projection(x)})
		} else {
			f.GlobalSecondaryIndexes = append(f.GlobalSecondaryIndexes, types.GlobalSecondaryIndexInfo{
				IndexName: aws.String(x.Name), KeySchema: keySchema(x.Partition, x.Sort), Projection: projection(x),
				ProvisionedThroughput: units(x.Throughput), OnDemandThroughput: maximum(x.Throughput)})
		}
	}
	return f
}

// units are the provisioned units as they are asked for.
func units(t table.Throughput) *types.ProvisionedThroughput {
	return &types.ProvisionedThroughput{ReadCapacityUnits: aws.Int64(t.Read), WriteCapacityUnits: aws.Int64(t.Write)}
}

// restoreSummary says what a table was restored from.
func restoreSummary(d *table.Descriptor) *types.RestoreSummary {
	r := d.Restore
	s := &types.RestoreSummary{RestoreDateTime: aws.Time(r.At), RestoreInProgress: aws.Bool(d.Creating), SourceTableArn: aws.String(arn(d.Scope, r.Table, ""))}
	if r.Backup != "" {
		s.SourceBackupArn = aws.String(backupARN(d.Scope, r.Table, r.Backup))
	}
	return s
}
