package center

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssoadmin"
	"github.com/aws/aws-sdk-go-v2/service/ssoadmin/types"

	"github.com/statordb/stator/internal/awsapi"
)

// newAttributes are the access control attributes of a request.
func newAttributes(in *types.InstanceAccessControlAttributeConfiguration) (all []attribute, err error) {
	seen := map[string]bool{}
	for _, a := range in.AccessControlAttributes {
		from := a.Value.Source[0]
		if _, ok := parseSource(from); !ok {
			return nil, awsapi.Validation("The attribute source " + awsapi.Shown(from) + " is not valid.")
		}
		if seen[*a.Key] {
			return nil, awsapi.Validation("The attribute key " + *a.Key + " is there more than once.")
		}
		seen[*a.Key] = true
		all = append(all, attribute{*a.Key, from})
	}
	return all, nil
}

// setAttributes is a request that sets the attributes. Enabled is whether there have to be any already.
func (s *Store) setAttributes(req *awsapi.Request, name string, instance *string, in *types.InstanceAccessControlAttributeConfiguration, enabled bool, out any) (awsapi.Call, error) {
	all, err := newAttributes(in)
	if err != nil {
		return nil, err
	}
	return s.writes(req, name, instance, nil, func(e *edit) (any, error) {
		if e.inst.ABAC && !enabled {
			return nil, conflict("The instance has a configuration of access control attributes already.")
		}
		if enabled {
			if err := e.inst.configured(); err != nil {
				return nil, err
			}
		}
		e.inst.ABAC, e.inst.Attributes = true, all
		return out, put(e.tx, instanceKey(), e.inst)
	})
}

func (i *instanceRecord) configured() error {
	if !i.ABAC {
		return missing("The instance has no configuration of access control attributes.")
	}
	return nil
}

// createInstanceAccessControlAttributeConfiguration decodes the operation of that name.
func (s *Store) createInstanceAccessControlAttributeConfiguration(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[ssoadmin.CreateInstanceAccessControlAttributeConfigurationInput](req, "InstanceArn", "InstanceAccessControlAttributeConfiguration")
	if err != nil {
		return nil, err
	}
	return s.setAttributes(req, "CreateInstanceAccessControlAttributeConfiguration", in.InstanceArn, in.InstanceAccessControlAttributeConfiguration, false,
		&ssoadmin.CreateInstanceAccessControlAttributeConfigurationOutput{})
}

// updateInstanceAccessControlAttributeConfiguration decodes the operation of that name.
func (s *Store) updateInstanceAccessControlAttributeConfiguration(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[ssoadmin.UpdateInstanceAccessControlAttributeConfigurationInput](req, "InstanceArn", "InstanceAccessControlAttributeConfiguration")
	if err != nil {
		return nil, err
	}
	return s.setAttributes(req, "UpdateInstanceAccessControlAttributeConfiguration", in.InstanceArn, in.InstanceAccessControlAttributeConfiguration, true,
		&ssoadmin.UpdateInstanceAccessControlAttributeConfigurationOutput{})
}

// describeInstanceAccessControlAttributeConfiguration decodes the operation of that name.
func (s *Store) describeInstanceAccessControlAttributeConfiguration(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[ssoadmin.DescribeInstanceAccessControlAttributeConfigurationInput](req, "InstanceArn")
	if err != nil {
		return nil, err
	}
	return s.reads(req, "DescribeInstanceAccessControlAttributeConfiguration", in.InstanceArn, nil, func(v *view) (any, error) {
		if err := v.inst.configured(); err != nil {
			return nil, err
		}
		list := []types.AccessControlAttribute{}
		for _, a := range v.inst.Attributes {
			list = append(list, types.AccessControlAttribute{Key: aws.String(a.Key), Value: &types.AccessControlAttributeValue{Source: []string{a.Source}}})
		}
		return &ssoadmin.DescribeInstanceAccessControlAttributeConfigurationOutput{Status: types.InstanceAccessControlAttributeConfigurationStatusEnabled,
			InstanceAccessControlAttributeConfiguration: &types.InstanceAccessControlAttributeConfiguration{AccessControlAttributes: list}}, nil
	})
}

// deleteInstanceAccessControlAttributeConfiguration decodes the operation of that name.
func (s *Store) deleteInstanceAccessControlAttributeConfiguration(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[ssoadmin.DeleteInstanceAccessControlAttributeConfigurationInput](req, "InstanceArn")
	if err != nil {
		return nil, err
	}
	return s.writes(req, "DeleteInstanceAccessControlAttributeConfiguration", in.InstanceArn, nil, func(e *edit) (any, error) {
		if err := e.inst.configured(); err != nil {
			return nil, err
		}
		e.inst.ABAC, e.inst.Attributes = false, nil
		return &ssoadmin.DeleteInstanceAccessControlAttributeConfigurationOutput{}, put(e.tx, instanceKey(), e.inst)
	})
}
