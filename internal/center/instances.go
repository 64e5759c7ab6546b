package center

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssoadmin"
	"github.com/aws/aws-sdk-go-v2/service/ssoadmin/types"

	"github.com/statordb/stator/internal/awsapi"
)

// createInstance decodes CreateInstance. The management account makes the organization's instance with it.
func (s *Store) createInstance(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[ssoadmin.CreateInstanceInput](req)
	if err != nil {
		return nil, err
	}
	tags, err := newTags(nil, in.Tags)
	if err != nil {
		return nil, err
	}
	// "arn:aws:sso:::instance/*" is what a policy names that lets somebody make one.
	return &call{s: s, req: req, name: "CreateInstance", on: []string{"arn:aws:sso:::instance/*"}, tags: tags, open: true, change: func(e *edit) (any, error) {
		management, err := s.ids.ManagementAccount(e.ctx, e.r)
		if err != nil {
			return nil, err
		}
		if management != req.Caller.Account {
			return nil, denied("The instance of IAM Identity Center is made by the management account of the organization.")
		}
		switch there, err := find[instanceRecord](e.ctx, e.r, instanceKey()); {
		case err != nil:
			return nil, err
		case there != nil && there.Token != "" && there.Token == aws.ToString(in.ClientToken): // asked once more
			return &ssoadmin.CreateInstanceOutput{InstanceArn: aws.String(there.arn())}, nil
		case there != nil:
			return nil, conflict("Instance of IAM Identity Center already exists in " + there.Region + ".")
		}
		inst := &instanceRecord{ID: "ssoins-" + newID(), Owner: management, Name: aws.ToString(in.Name), Region: req.Region, Created: s.now(), Tags: tags,
			Token: aws.ToString(in.ClientToken)}
		return &ssoadmin.CreateInstanceOutput{InstanceArn: aws.String(inst.arn())}, put(e.tx, instanceKey(), inst)
	}}, nil
}

// listInstances decodes ListInstances: an account sees its own instances, and that of its organization.
func (s *Store) listInstances(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[ssoadmin.ListInstancesInput](req)
	if err != nil {
		return nil, err
	}
	return &call{s: s, req: req, name: "ListInstances", on: []string{"*"}, open: true, read: func(v *view) (any, error) {
		list := []types.InstanceMetadata{}
		member, err := s.ids.Member(v.ctx, v.r, req.Caller.Account)
		if err != nil {
			return nil, err
		}
		if v.inst != nil && member != nil {
			i := v.inst
			list = append(list, types.InstanceMetadata{InstanceArn: aws.String(i.arn()), IdentityStoreId: aws.String(s.dir.ID()),
				OwnerAccountId: aws.String(i.Owner), Name: named(i.Name), CreatedDate: aws.Time(i.Created), Status: types.InstanceStatusActive})
		}
		p, err := pageOf(list, func(i types.InstanceMetadata) string { return *i.InstanceArn }, in.NextToken, in.MaxResults)
		if err != nil {
			return nil, err
		}
		return &ssoadmin.ListInstancesOutput{Instances: p.items, NextToken: p.next}, nil
	}}, nil
}

// named is a text that is left out if it is empty.
func named(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}

// describeInstance decodes DescribeInstance.
func (s *Store) describeInstance(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[ssoadmin.DescribeInstanceInput](req, "InstanceArn")
	if err != nil {
		return nil, err
	}
	return s.reads(req, "DescribeInstance", in.InstanceArn, nil, func(v *view) (any, error) {
		i := v.inst
		return &ssoadmin.DescribeInstanceOutput{InstanceArn: aws.String(i.arn()), IdentityStoreId: aws.String(s.dir.ID()), OwnerAccountId: aws.String(i.Owner),
			Name: named(i.Name), CreatedDate: aws.Time(i.Created), Status: types.InstanceStatusActive}, nil
	})
}

// updateInstance decodes UpdateInstance. There are no keys of AWS KMS to encrypt it with.
func (s *Store) updateInstance(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[ssoadmin.UpdateInstanceInput](req, "InstanceArn")
	if err != nil {
		return nil, err
	}
	if in.EncryptionConfiguration != nil {
		return nil, awsapi.Validation("The instance is encrypted with the server's own key.")
	}
	return s.writes(req, "UpdateInstance", in.InstanceArn, nil, func(e *edit) (any, error) {
		if in.Name != nil {
			e.inst.Name = *in.Name
		}
		return nil, put(e.tx, instanceKey(), e.inst)
	})
}

// deleteInstance decodes DeleteInstance, with everything that is in the instance. The people in the identity store stay.
func (s *Store) deleteInstance(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[ssoadmin.DeleteInstanceInput](req, "InstanceArn")
	if err != nil {
		return nil, err
	}
	return &call{s: s, req: req, name: "DeleteInstance", instance: *in.InstanceArn, on: []string{*in.InstanceArn}, steps: (*edit).deleteRoles,
		change: func(e *edit) (any, error) { return nil, e.deleteAll() }}, nil
}

// deleteRoles deletes some of the roles, with their assignments: from the first on, as those before are gone.
func (e *edit) deleteRoles(string) (next string, err error) {
	var roles [][2]string
	err = each(e.ctx, e.r, func(rest []string, _ *provisionedRecord) (bool, error) {
		roles = append(roles, [2]string{rest[0], rest[1]})
		return len(roles) < maxStep, nil
	}, "provisioned")
	if err != nil {
		return "", err
	}
	for _, r := range roles {
		set, account := r[0], r[1]
		err := each(e.ctx, e.r, func(rest []string, _ *assignmentRecord) (bool, error) {
			return true, e.forget(set, account, principal{rest[0], rest[1]})
		}, "assigned", account, set)
		if err != nil {
			return "", err
		}
		if err := e.s.deprovision(e.ctx, e.tx, set, account); err != nil {
			return "", err
		}
		next = set
	}
	if len(roles) < maxStep {
		next = ""
	}
	return next, nil
}

// deleteAll deletes all records.
func (e *edit) deleteAll() error {
	var keys [][]byte
	err := each(e.ctx, e.r, func(rest []string, _ *any) (bool, error) {
		keys = append(keys, key(rest...))
		return true, nil
	})
	if err != nil {
		return err
	}
	for _, k := range keys {
		if err := e.tx.Delete(k); err != nil {
			return err
		}
	}
	return nil
}
