package dynamodb

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/policy"
)

// deleteBackup decodes DeleteBackup.
func (s *Service) deleteBackup(req *awsapi.Request) (awsapi.Call, error) {
	var in dynamodb.DeleteBackupInput
	if err := awsapi.DecodeJSON(req.Body, &in); err != nil {
		return nil, err
	}
	ref, err := backupOf(req, in.BackupArn)
	if err != nil {
		return nil, err
	}
	return control[*dynamodb.DeleteBackupOutput]{
		needs: []policy.Need{ref.need("dynamodb:DeleteBackup")},
		run: func(ctx context.Context) (*dynamodb.DeleteBackupOutput, error) {
			b, err := s.store.Backup(ctx, ref.scope, ref.table, ref.id)
			if err == nil && b.System {
				return nil, awsapi.Validation("Backups of type SYSTEM can't be deleted: " + ref.arn)
			}
			if err == nil {
				b, err = s.store.DeleteBackup(ctx, ref.scope, ref.table, ref.id)
			}
			if err != nil {
				return nil, backupError(err, ref.arn)
			}
			d := backupDescription(b)
			d.BackupDetails.BackupStatus = types.BackupStatusDeleted
			return &dynamodb.DeleteBackupOutput{BackupDescription: d}, nil
		},
	}, nil
}
