package dynamodb

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/policy"
	"github.com/statordb/stator/internal/table"
)

// restoreTableFromBackup decodes RestoreTableFromBackup.
func (s *Service) restoreTableFromBackup(req *awsapi.Request) (awsapi.Call, error) {
	var in dynamodb.RestoreTableFromBackupInput
	if err := awsapi.DecodeJSON(req.Body, &in); err != nil {
		return nil, err
	}
	o := overrides{in.TargetTableName, in.BillingModeOverride, in.GlobalSecondaryIndexOverride, in.LocalSecondaryIndexOverride,
		in.ProvisionedThroughputOverride, in.OnDemandThroughputOverride, in.SSESpecificationOverride}
	var v violations
	v.backupARN("backupArn", in.BackupArn)
	v.overrides(&o)
	if err := v.err(); err != nil {
		return nil, err
	}
	ref, err := parseBackup(req, *in.BackupArn)
	if err != nil {
		return nil, err
	}
	return control[*dynamodb.RestoreTableFromBackupOutput]{
		needs: append([]policy.Need{ref.need("dynamodb:RestoreTableFromBackup")}, targetNeeds(req, *o.name)...),
		run: func(ctx context.Context) (*dynamodb.RestoreTableFromBackupOutput, error) {
			d, err := s.store.RestoreBackup(ctx, ref.scope, ref.table, ref.id, *o.name, func(b *table.Backup) (*table.Descriptor, error) {
				return o.target(b.Source, req.Now)
			})
			if err != nil {
				return nil, restoreError(err, ref.arn, *o.name)
			}
			return &dynamodb.RestoreTableFromBackupOutput{TableDescription: restoring(d, req.Now)}, nil
		},
	}, nil
}
