package dynamodb

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/policy"
)

// describeBackup decodes DescribeBackup.
func (s *Service) describeBackup(req *awsapi.Request) (awsapi.Call, error) {
	var in dynamodb.DescribeBackupInput
	if err := awsapi.DecodeJSON(req.Body, &in); err != nil {
		return nil, err
	}
	ref, err := backupOf(req, in.BackupArn)
	if err != nil {
		return nil, err
	}
	return control[*dynamodb.DescribeBackupOutput]{
		needs: []policy.Need{ref.need("dynamodb:DescribeBackup")},
		run: func(ctx context.Context) (*dynamodb.DescribeBackupOutput, error) {
			b, err := s.store.Backup(ctx, ref.scope, ref.table, ref.id)
			if err != nil {
				return nil, backupError(err, ref.arn)
			}
			return &dynamodb.DescribeBackupOutput{BackupDescription: backupDescription(b)}, nil
		},
	}, nil
}
