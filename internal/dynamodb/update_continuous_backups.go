package dynamodb

import (
	"context"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/table"
)

// recoveryDays is the recovery period if none is named, and the longest (API reference, PointInTimeRecoverySpecification).
const recoveryDays = 35

// recoveryPatience bounds the wait for point-in-time recovery to begin: as long as writes may take that are in flight, on all
// servers that share the engine (0019).
const recoveryPatience = 15 * time.Second

// updateContinuousBackups decodes UpdateContinuousBackups.
func (s *Service) updateContinuousBackups(req *awsapi.Request) (awsapi.Call, error) {
	var in dynamodb.UpdateContinuousBackupsInput
	if err := awsapi.DecodeJSON(req.Body, &in); err != nil {
		return nil, err
	}
	if err := tableName(in.TableName); err != nil {
		return nil, err
	}
	var v violations
	v.table(optional(in.TableName))
	spec := in.PointInTimeRecoverySpecification
	v.required("pointInTimeRecoverySpecification", spec != nil)
	if spec != nil {
		days := integer{spec.RecoveryPeriodInDays != nil, int64(aws.ToInt32(spec.RecoveryPeriodInDays))}
		v.atLeast("pointInTimeRecoverySpecification.recoveryPeriodInDays", days, 1)
		v.atMost("pointInTimeRecoverySpecification.recoveryPeriodInDays", days, recoveryDays)
		v.required("pointInTimeRecoverySpecification.pointInTimeRecoveryEnabled", spec.PointInTimeRecoveryEnabled != nil)
	}
	if err := v.err(); err != nil {
		return nil, err
	}
	days := 0
	if *spec.PointInTimeRecoveryEnabled {
		days = recoveryDays
		if spec.RecoveryPeriodInDays != nil {
			days = int(*spec.RecoveryPeriodInDays)
		}
	}
	return onTable(s, req, "dynamodb:UpdateContinuousBackups", *in.TableName, func(ctx context.Context) (*dynamodb.UpdateContinuousBackupsOutput, error) {
		scope, name, err := locate(req, *in.TableName)
		if err != nil {
			return nil, err
		}
		d, err := s.store.Change(ctx, scope, name, func(d *table.Descriptor) error {
			if d.Creating {
				return table.ErrCreating
			}
			s.store.SetRecovery(d, days)
			return nil
		})
		if err != nil {
			return nil, backupError(err, name)
		}
		waiting, cancel := context.WithTimeout(ctx, recoveryPatience)
		defer cancel()
		if begun, err := s.store.AwaitJournal(waiting, d); err == nil {
			d = begun // otherwise it is enabled all the same, and says from when on when that is known
		}
		return &dynamodb.UpdateContinuousBackupsOutput{ContinuousBackupsDescription: s.continuousBackups(d)}, nil
	}), nil
}
