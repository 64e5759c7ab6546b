package center

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssoadmin"
	"github.com/aws/aws-sdk-go-v2/service/ssoadmin/types"

	"github.com/statordb/stator/internal/awsapi"
)

const (
	// maxSets is AWS's quota of permission sets of an instance.
	maxSets = 2000
	// defaultDuration is how long sessions are if nobody says otherwise.
	defaultDuration = "PT1H"
)

// changed says that accounts no longer have what the permission set is, and saves it.
func (e *edit) changed(set *setRecord) error {
	set.Version++
	return put(e.tx, setKey(set.ID), set)
}

func (v *view) showSet(set *setRecord) *types.PermissionSet {
	return &types.PermissionSet{Name: aws.String(set.Name), PermissionSetArn: aws.String(setARN(v.inst.ID, set.ID)), Description: named(set.Description),
		CreatedDate: aws.Time(set.Created), SessionDuration: aws.String(set.Duration), RelayState: named(set.RelayState)}
}

// createPermissionSet decodes CreatePermissionSet.
func (s *Store) createPermissionSet(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[ssoadmin.CreatePermissionSetInput](req, "InstanceArn", "Name")
	if err != nil {
		return nil, err
	}
	tags, err := newTags(nil, in.Tags)
	if err != nil {
		return nil, err
	}
	set := setRecord{Name: *in.Name, Description: aws.ToString(in.Description), Duration: defaultDuration, RelayState: aws.ToString(in.RelayState), Tags: tags}
	if in.SessionDuration != nil {
		if _, err := parseDuration(*in.SessionDuration); err != nil {
			return nil, err
		}
		set.Duration = *in.SessionDuration
	}
	return &call{s: s, req: req, name: "CreatePermissionSet", instance: *in.InstanceArn, on: []string{*in.InstanceArn}, tags: tags, change: func(e *edit) (any, error) {
		made := set
		made.ID, made.Created = "ps-"+newID(), s.now()
		if id, err := find[string](e.ctx, e.r, setNameKey(made.Name)); err != nil {
			return nil, err
		} else if id != nil {
			return nil, conflict("PermissionSet with name " + made.Name + " already exists.")
		}
		n := 0
		if err := each(e.ctx, e.r, func([]string, *string) (bool, error) { n++; return true, nil }, "setname"); err != nil {
			return nil, err
		}
		if n >= maxSets {
			return nil, overQuota("An instance has at most 2000 permission sets.")
		}
		if err := put(e.tx, setNameKey(made.Name), made.ID); err != nil {
			return nil, err
		}
		return &ssoadmin.CreatePermissionSetOutput{PermissionSet: e.showSet(&made)}, put(e.tx, setKey(made.ID), made)
	}}, nil
}

// describePermissionSet decodes DescribePermissionSet.
func (s *Store) describePermissionSet(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[ssoadmin.DescribePermissionSetInput](req, "InstanceArn", "PermissionSetArn")
	if err != nil {
		return nil, err
	}
	return s.reads(req, "DescribePermissionSet", in.InstanceArn, []string{*in.PermissionSetArn}, func(v *view) (any, error) {
		set, err := v.set(in.PermissionSetArn)
		if err != nil {
			return nil, err
		}
		return &ssoadmin.DescribePermissionSetOutput{PermissionSet: v.showSet(set)}, nil
	})
}

// updatePermissionSet decodes UpdatePermissionSet.
func (s *Store) updatePermissionSet(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[ssoadmin.UpdatePermissionSetInput](req, "InstanceArn", "PermissionSetArn")
	if err != nil {
		return nil, err
	}
	if in.SessionDuration != nil {
		if _, err := parseDuration(*in.SessionDuration); err != nil {
			return nil, err
		}
	}
	return s.writes(req, "UpdatePermissionSet", in.InstanceArn, []string{*in.PermissionSetArn}, func(e *edit) (any, error) {
		set, err := e.set(in.PermissionSetArn)
		if err != nil {
			return nil, err
		}
		for to, given := range map[*string]*string{&set.Description: in.Description, &set.Duration: in.SessionDuration, &set.RelayState: in.RelayState} {
			if given != nil {
				*to = *given
			}
		}
		return nil, e.changed(set)
	})
}

// deletePermissionSet decodes DeletePermissionSet: one that is in no account.
func (s *Store) deletePermissionSet(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[ssoadmin.DeletePermissionSetInput](req, "InstanceArn", "PermissionSetArn")
	if err != nil {
		return nil, err
	}
	return s.writes(req, "DeletePermissionSet", in.InstanceArn, []string{*in.PermissionSetArn}, func(e *edit) (any, error) {
		set, err := e.set(in.PermissionSetArn)
		if err != nil {
			return nil, err
		}
		if used, err := some(e.ctx, e.r, "provisioned", set.ID); err != nil {
			return nil, err
		} else if used {
			return nil, conflict("Could not delete because PermissionSet has ApplicationProfile associated with it")
		}
		if err := e.tx.Delete(setNameKey(set.Name)); err != nil {
			return nil, err
		}
		return nil, e.tx.Delete(setKey(set.ID))
	})
}

// listPermissionSets decodes ListPermissionSets.
func (s *Store) listPermissionSets(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[ssoadmin.ListPermissionSetsInput](req, "InstanceArn")
	if err != nil {
		return nil, err
	}
	return s.reads(req, "ListPermissionSets", in.InstanceArn, nil, func(v *view) (any, error) {
		var list []string
		err := each(v.ctx, v.r, func(_ []string, id *string) (bool, error) {
			list = append(list, setARN(v.inst.ID, *id))
			return true, nil
		}, "setname")
		if err != nil {
			return nil, err
		}
		p, err := pageOf(list, self, in.NextToken, in.MaxResults)
		if err != nil {
			return nil, err
		}
		return &ssoadmin.ListPermissionSetsOutput{PermissionSets: p.items, NextToken: p.next}, nil
	})
}

func self(s string) string { return s }
