package dynamodb

import (
	"context"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/table"
)

// restoreTableToPointInTime decodes RestoreTableToPointInTime.
func (s *Service) restoreTableToPointInTime(req *awsapi.Request) (awsapi.Call, error) {
	var in dynamodb.RestoreTableToPointInTimeInput
	if err := awsapi.DecodeJSON(req.Body, &in); err != nil {
		return nil, err
	}
	o := overrides{in.TargetTableName, in.BillingModeOverride, in.GlobalSecondaryIndexOverride, in.LocalSecondaryIndexOverride,
		in.ProvisionedThroughputOverride, in.OnDemandThroughputOverride, in.SSESpecificationOverride}
	var v violations
	v.name("sourceTableName", optional(in.SourceTableName))
	v.length("sourceTableArn", optional(in.SourceTableArn), 1, 1024)
	v.overrides(&o)
	if err := v.err(); err != nil {
		return nil, err
	}
	source, err := sourceTable(req, &in)
	if err != nil {
		return nil, err
	}
	var at time.Time // the latest
	switch latest := aws.ToBool(in.UseLatestRestorableTime); {
	case latest && in.RestoreDateTime != nil:
		return nil, awsapi.Validation("Only one of RestoreDateTime and UseLatestRestorableTime may be specified")
	case !latest && in.RestoreDateTime == nil:
		return nil, awsapi.Validation("One of RestoreDateTime and UseLatestRestorableTime must be specified")
	case in.RestoreDateTime != nil:
		at = *in.RestoreDateTime
	}
	u := s.subject(req, source)
	scope, name, err := locate(req, source)
	if err != nil {
		return nil, err
	}
	if scope.Account != req.Caller.Account {
		return nil, errOtherAccount
	}
	c := control[*dynamodb.RestoreTableToPointInTimeOutput]{subject: &u}
	c.needs = append(c.needs, u.need("dynamodb:RestoreTableToPointInTime", "", tagged{&u, nil}))
	c.needs = append(c.needs, targetNeeds(req, *o.name)...)
	c.run = func(ctx context.Context) (*dynamodb.RestoreTableToPointInTimeOutput, error) {
		d, err := s.store.RestorePoint(ctx, scope, name, at, *o.name, func(d *table.Descriptor) (*table.Descriptor, error) {
			return o.target(d, req.Now)
		})
		if err != nil {
			return nil, restoreError(err, name, *o.name)
		}
		return &dynamodb.RestoreTableToPointInTimeOutput{TableDescription: restoring(d, req.Now)}, nil
	}
	return c, nil
}

// sourceTable is the table to restore, by name or by ARN.
func sourceTable(req *awsapi.Request, in *dynamodb.RestoreTableToPointInTimeInput) (string, error) {
	switch {
	case in.SourceTableArn == nil && in.SourceTableName == nil:
		return "", awsapi.Validation("One of SourceTableArn and SourceTableName must be specified")
	case in.SourceTableArn == nil:
		return *in.SourceTableName, nil
	case !isTableARN(*in.SourceTableArn):
		return "", refused("Invalid SourceTableArn: %s", awsapi.Shown(*in.SourceTableArn))
	}
	if _, name := place(req, *in.SourceTableArn); in.SourceTableName != nil && *in.SourceTableName != name {
		return "", awsapi.Validation("SourceTableArn and SourceTableName are of different tables")
	}
	return *in.SourceTableArn, nil
}
