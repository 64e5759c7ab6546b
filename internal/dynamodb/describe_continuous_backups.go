package dynamodb

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/table"
)

// describeContinuousBackups decodes DescribeContinuousBackups.
func (s *Service) describeContinuousBackups(req *awsapi.Request) (awsapi.Call, error) {
	var in dynamodb.DescribeContinuousBackupsInput
	if err := awsapi.DecodeJSON(req.Body, &in); err != nil {
		return nil, err
	}
	if err := tableNameAlone(in.TableName); err != nil {
		return nil, err
	}
	return onTable(s, req, "dynamodb:DescribeContinuousBackups", *in.TableName, func(ctx context.Context) (*dynamodb.DescribeContinuousBackupsOutput, error) {
		scope, name, err := locate(req, *in.TableName)
		if err != nil {
			return nil, err
		}
		d, err := s.store.Table(ctx, scope, name)
		if err != nil {
			return nil, backupError(err, name)
		}
		return &dynamodb.DescribeContinuousBackupsOutput{ContinuousBackupsDescription: s.continuousBackups(d)}, nil
	}), nil
}

// continuousBackups describes the point-in-time recovery of a table. Continuous backups themselves are always enabled, as on AWS.
func (s *Service) continuousBackups(d *table.Descriptor) *types.ContinuousBackupsDescription {
	p := &types.PointInTimeRecoveryDescription{PointInTimeRecoveryStatus: types.PointInTimeRecoveryStatusDisabled}
	if earliest, latest, ok := s.store.Restorable(d); ok {
		p.PointInTimeRecoveryStatus, p.RecoveryPeriodInDays = types.PointInTimeRecoveryStatusEnabled, aws.Int32(int32(d.Journal.Days))
		p.EarliestRestorableDateTime, p.LatestRestorableDateTime = timeOrNil(earliest), timeOrNil(latest)
	}
	return &types.ContinuousBackupsDescription{ContinuousBackupsStatus: types.ContinuousBackupsStatusEnabled, PointInTimeRecoveryDescription: p}
}
