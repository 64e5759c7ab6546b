package dynamodb

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/policy"
	"github.com/statordb/stator/internal/table"
)

// backupsAtOnce is how many backups ListBackups lists at once (API reference, ListBackups).
const backupsAtOnce = 100

var backupTypeValues = []string{"USER", "SYSTEM", "AWS_BACKUP", "ALL"}

// listBackups decodes ListBackups.
func (s *Service) listBackups(req *awsapi.Request) (awsapi.Call, error) {
	var in dynamodb.ListBackupsInput
	if err := awsapi.DecodeJSON(req.Body, &in); err != nil {
		return nil, err
	}
	limit := integer{in.Limit != nil, int64(aws.ToInt32(in.Limit))}
	var v violations
	if in.TableName != nil {
		v.table(optional(in.TableName))
	}
	v.atLeast("limit", limit, 1)
	v.atMost("limit", limit, backupsAtOnce)
	v.length("exclusiveStartBackupArn", optional(in.ExclusiveStartBackupArn), minBackupARN, maxBackupARN)
	v.enum("backupType", enumText(in.BackupType), backupTypeValues)
	if err := v.err(); err != nil {
		return nil, err
	}
	if !limit.set {
		limit.value = backupsAtOnce
	}
	scope, name := table.Scope{Account: req.Caller.Account, Region: req.Region}, ""
	if in.TableName != nil {
		var err error
		if scope, name, err = locate(req, *in.TableName); err != nil {
			return nil, err
		}
		if scope.Account != req.Caller.Account {
			return nil, errOtherAccount
		}
	}
	var after table.BackupName
	if in.ExclusiveStartBackupArn != nil {
		ref, err := parseBackup(req, *in.ExclusiveStartBackupArn)
		if err != nil {
			return nil, err
		}
		if name != "" && ref.table != name {
			return nil, awsapi.Validation("ExclusiveStartBackupArn is of another table: " + ref.arn)
		}
		after = table.BackupName{Table: ref.table, ID: ref.id}
	}
	return control[*dynamodb.ListBackupsOutput]{
		needs: []policy.Need{{Action: "dynamodb:ListBackups", Resource: "*"}},
		run: func(ctx context.Context) (*dynamodb.ListBackupsOutput, error) {
			out := &dynamodb.ListBackupsOutput{BackupSummaries: []types.BackupSummary{}}
			err := s.store.EachBackup(ctx, scope, name, after, func(b *table.Backup) bool {
				if !listed(b, &in) {
					return true
				}
				if len(out.BackupSummaries) == int(limit.value) {
					out.LastEvaluatedBackupArn = out.BackupSummaries[limit.value-1].BackupArn
					return false
				}
				out.BackupSummaries = append(out.BackupSummaries, backupSummary(b))
				return true
			})
			if err != nil {
				return nil, err
			}
			return out, nil
		},
	}, nil
}

// listed says whether a backup is among those that are asked for: those of users, if nothing is said. There are none of AWS Backup.
func listed(b *table.Backup, in *dynamodb.ListBackupsInput) bool {
	switch in.BackupType {
	case types.BackupTypeFilterAll:
	case types.BackupTypeFilterSystem:
		if !b.System {
			return false
		}
	case types.BackupTypeFilterAwsBackup:
		return false
	default:
		if b.System {
			return false
		}
	}
	return (in.TimeRangeLowerBound == nil || !b.Created.Before(*in.TimeRangeLowerBound)) &&
		(in.TimeRangeUpperBound == nil || b.Created.Before(*in.TimeRangeUpperBound))
}

func backupSummary(b *table.Backup) types.BackupSummary {
	return types.BackupSummary{
		TableName: aws.String(b.Table), TableId: aws.String(b.Source.UUID), TableArn: aws.String(arn(b.Scope, b.Table, "")),
		BackupArn: aws.String(backupARN(b.Scope, b.Table, b.ID)), BackupName: aws.String(b.Name),
		BackupCreationDateTime: aws.Time(b.Created), BackupExpiryDateTime: timeOrNil(b.Expires),
		BackupSizeBytes: aws.Int64(b.Count.Bytes), BackupStatus: types.BackupStatus(b.Status), BackupType: backupType(b),
	}
}
