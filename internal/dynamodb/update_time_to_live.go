package dynamodb

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/table"
)

// updateTimeToLive decodes UpdateTimeToLive.
func (s *Service) updateTimeToLive(req *awsapi.Request) (awsapi.Call, error) {
	in := &dynamodb.UpdateTimeToLiveInput{}
	if err := awsapi.DecodeJSON(req.Body, in); err != nil {
		return nil, err
	}
	if err := tableName(in.TableName); err != nil {
		return nil, err
	}
	var v violations
	v.table(optional(in.TableName))
	spec := in.TimeToLiveSpecification
	v.required("timeToLiveSpecification", spec != nil)
	if spec != nil {
		v.required("timeToLiveSpecification.attributeName", spec.AttributeName != nil)
		v.length("timeToLiveSpecification.attributeName", optional(spec.AttributeName), 1, maxAttributeOfKey)
		v.required("timeToLiveSpecification.enabled", spec.Enabled != nil)
	}
	if err := v.err(); err != nil {
		return nil, err
	}
	return onTable(s, req, "dynamodb:UpdateTimeToLive", *in.TableName, func(ctx context.Context) (*dynamodb.UpdateTimeToLiveOutput, error) {
		scope, name, err := locate(req, *in.TableName)
		if err != nil {
			return nil, err
		}
		_, err = s.change(ctx, scope, name, func(d *table.Descriptor) error {
			return changeTTL(d, *spec.AttributeName, aws.ToBool(spec.Enabled))
		})
		if err != nil {
			return nil, catalogueError(err, name)
		}
		return &dynamodb.UpdateTimeToLiveOutput{TimeToLiveSpecification: spec}, nil
	}), nil
}

// changeTTL asks for a change of Time To Live. What is asked for is compared with what is there before it is looked at whether
// the change before this one is done.
func changeTTL(d *table.Descriptor, attr string, enable bool) error {
	t := d.TTL
	on := t != nil && t.State != table.TTLDisabling
	switch {
	case on && t.Attribute != attr:
		return awsapi.Validation("TimeToLive is active on a different AttributeName: current AttributeName is " + t.Attribute)
	case on && enable:
		return awsapi.Validation("TimeToLive is already enabled")
	case !on && !enable:
		return awsapi.Validation("TimeToLive is already disabled")
	case t != nil && t.State != table.TTLEnabled:
		return awsapi.Validation("Time to live has been modified multiple times within a fixed interval")
	case enable:
		d.TTL = &table.TTL{Attribute: attr}
	default:
		d.TTL.State = table.TTLDisabling
	}
	return nil
}
