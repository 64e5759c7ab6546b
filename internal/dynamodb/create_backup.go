package dynamodb

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/statordb/stator/internal/awsapi"
)

// createBackup decodes CreateBackup.
func (s *Service) createBackup(req *awsapi.Request) (awsapi.Call, error) {
	var in dynamodb.CreateBackupInput
	if err := awsapi.DecodeJSON(req.Body, &in); err != nil {
		return nil, err
	}
	if err := tableName(in.TableName); err != nil {
		return nil, err
	}
	var v violations
	v.table(optional(in.TableName))
	v.required("backupName", in.BackupName != nil)
	v.name("backupName", optional(in.BackupName))
	if err := v.err(); err != nil {
		return nil, err
	}
	return onTable(s, req, "dynamodb:CreateBackup", *in.TableName, func(ctx context.Context) (*dynamodb.CreateBackupOutput, error) {
		scope, name, err := locate(req, *in.TableName)
		if err != nil {
			return nil, err
		}
		if scope.Account != req.Caller.Account {
			return nil, errOtherAccount
		}
		b, err := s.store.CreateBackup(ctx, scope, name, *in.BackupName)
		if err != nil {
			return nil, backupError(err, name)
		}
		return &dynamodb.CreateBackupOutput{BackupDetails: backupDetails(b)}, nil
	}), nil
}
