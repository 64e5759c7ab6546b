package center

import (
	"errors"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssoadmin"
	"github.com/aws/aws-sdk-go-v2/service/ssoadmin/types"
	"github.com/google/uuid"

	"github.com/statordb/stator/internal/awsapi"
)

// On AWS assignments and provisioning go on after the answer, and a status says how they went. Here they are done in the same
// transaction; the answer says IN_PROGRESS all the same, as clients expect, and the status says how it went.

// statusRecord is how a request went.
type statusRecord struct {
	ID      string
	Created time.Time
	// Failure is why it failed, "" if it did not.
	Failure string `json:",omitempty"`
	// Account is where, Set the id of the permission set, and Type and Principal whom it was for, if it was for somebody.
	Account, Set    string
	Type, Principal string `json:",omitempty"`
}

// The kinds of statuses.
const (
	creations     = "creation"
	deletions     = "deletion"
	provisionings = "provisioning"
)

// maxStatuses is how many statuses of a kind are kept: the oldest go.
const maxStatuses = 1000

func statusKey(kind, id string) []byte { return key("status", kind, id) }

func (st *statusRecord) state() types.StatusValues {
	if st.Failure != "" {
		return types.StatusValuesFailed
	}
	return types.StatusValuesSucceeded
}

// note keeps how a request went. What err says besides a *failure is returned: then nothing has been done. Ids sort by time.
func (e *edit) note(kind string, st *statusRecord, err error) error {
	if f, ok := errors.AsType[*failure](err); ok {
		st.Failure = f.reason
	} else if err != nil {
		return err
	}
	id, err := uuid.NewV7()
	if err != nil {
		return err
	}
	st.ID, st.Created = id.String(), e.s.now()
	var ids []string
	err = each(e.ctx, e.r, func(rest []string, _ *statusRecord) (bool, error) {
		ids = append(ids, rest[0])
		return true, nil
	}, "status", kind)
	if err != nil {
		return err
	}
	for i := 0; i+maxStatuses <= len(ids); i++ {
		if err := e.tx.Delete(statusKey(kind, ids[i])); err != nil {
			return err
		}
	}
	return put(e.tx, statusKey(kind, st.ID), st)
}

// status reads how a request went.
func (v *view) status(kind, id string) (*statusRecord, error) {
	st, err := find[statusRecord](v.ctx, v.r, statusKey(kind, id))
	if err == nil && st == nil {
		err = missing("Could not find the status of the request with id " + id)
	}
	return st, err
}

// statuses is a page of how requests went, those of a state only if that is not "".
func (v *view) statuses(kind string, filter *types.OperationStatusFilter, token *string, most *int32) (*page[statusRecord], error) {
	var list []statusRecord
	err := each(v.ctx, v.r, func(_ []string, st *statusRecord) (bool, error) {
		if filter == nil || filter.Status == "" || filter.Status == st.state() {
			list = append(list, *st)
		}
		return true, nil
	}, "status", kind)
	if err != nil {
		return nil, err
	}
	return pageOf(list, func(st statusRecord) string { return st.ID }, token, most)
}

// assignment is a status as the API shows it.
func (v *view) assignment(st *statusRecord, state types.StatusValues) *types.AccountAssignmentOperationStatus {
	shown := &types.AccountAssignmentOperationStatus{Status: state, RequestId: aws.String(st.ID), TargetId: aws.String(st.Account), TargetType: types.TargetTypeAwsAccount,
		PermissionSetArn: aws.String(setARN(v.inst.ID, st.Set)), PrincipalType: types.PrincipalType(st.Type), PrincipalId: aws.String(st.Principal), CreatedDate: aws.Time(st.Created)}
	if state == types.StatusValuesFailed {
		shown.FailureReason = aws.String(st.Failure)
	}
	return shown
}

// provisioning is a status as the API shows it.
func (v *view) provisioning(st *statusRecord, state types.StatusValues) *types.PermissionSetProvisioningStatus {
	shown := &types.PermissionSetProvisioningStatus{Status: state, RequestId: aws.String(st.ID), AccountId: named(st.Account),
		PermissionSetArn: aws.String(setARN(v.inst.ID, st.Set)), CreatedDate: aws.Time(st.Created)}
	if state == types.StatusValuesFailed {
		shown.FailureReason = aws.String(st.Failure)
	}
	return shown
}

func assignmentMetadata(list []statusRecord) []types.AccountAssignmentOperationStatusMetadata {
	shown := []types.AccountAssignmentOperationStatusMetadata{}
	for _, st := range list {
		shown = append(shown, types.AccountAssignmentOperationStatusMetadata{Status: st.state(), RequestId: aws.String(st.ID), CreatedDate: aws.Time(st.Created)})
	}
	return shown
}

// describeAccountAssignmentCreationStatus decodes DescribeAccountAssignmentCreationStatus.
func (s *Store) describeAccountAssignmentCreationStatus(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[ssoadmin.DescribeAccountAssignmentCreationStatusInput](req, "InstanceArn", "AccountAssignmentCreationRequestId")
	if err != nil {
		return nil, err
	}
	return s.reads(req, "DescribeAccountAssignmentCreationStatus", in.InstanceArn, nil, func(v *view) (any, error) {
		st, err := v.status(creations, *in.AccountAssignmentCreationRequestId)
		if err != nil {
			return nil, err
		}
		return &ssoadmin.DescribeAccountAssignmentCreationStatusOutput{AccountAssignmentCreationStatus: v.assignment(st, st.state())}, nil
	})
}

// describeAccountAssignmentDeletionStatus decodes DescribeAccountAssignmentDeletionStatus.
func (s *Store) describeAccountAssignmentDeletionStatus(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[ssoadmin.DescribeAccountAssignmentDeletionStatusInput](req, "InstanceArn", "AccountAssignmentDeletionRequestId")
	if err != nil {
		return nil, err
	}
	return s.reads(req, "DescribeAccountAssignmentDeletionStatus", in.InstanceArn, nil, func(v *view) (any, error) {
		st, err := v.status(deletions, *in.AccountAssignmentDeletionRequestId)
		if err != nil {
			return nil, err
		}
		return &ssoadmin.DescribeAccountAssignmentDeletionStatusOutput{AccountAssignmentDeletionStatus: v.assignment(st, st.state())}, nil
	})
}

// listAccountAssignmentCreationStatus decodes ListAccountAssignmentCreationStatus.
func (s *Store) listAccountAssignmentCreationStatus(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[ssoadmin.ListAccountAssignmentCreationStatusInput](req, "InstanceArn")
	if err != nil {
		return nil, err
	}
	return s.reads(req, "ListAccountAssignmentCreationStatus", in.InstanceArn, nil, func(v *view) (any, error) {
		p, err := v.statuses(creations, in.Filter, in.NextToken, in.MaxResults)
		if err != nil {
			return nil, err
		}
		return &ssoadmin.ListAccountAssignmentCreationStatusOutput{AccountAssignmentsCreationStatus: assignmentMetadata(p.items), NextToken: p.next}, nil
	})
}

// listAccountAssignmentDeletionStatus decodes ListAccountAssignmentDeletionStatus.
func (s *Store) listAccountAssignmentDeletionStatus(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[ssoadmin.ListAccountAssignmentDeletionStatusInput](req, "InstanceArn")
	if err != nil {
		return nil, err
	}
	return s.reads(req, "ListAccountAssignmentDeletionStatus", in.InstanceArn, nil, func(v *view) (any, error) {
		p, err := v.statuses(deletions, in.Filter, in.NextToken, in.MaxResults)
		if err != nil {
			return nil, err
		}
		return &ssoadmin.ListAccountAssignmentDeletionStatusOutput{AccountAssignmentsDeletionStatus: assignmentMetadata(p.items), NextToken: p.next}, nil
	})
}

// provisionPermissionSet decodes ProvisionPermissionSet.
func (s *Store) provisionPermissionSet(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[ssoadmin.ProvisionPermissionSetInput](req, "InstanceArn", "PermissionSetArn", "TargetType")
	if err != nil {
		return nil, err
	}
	on, one := []string{*in.PermissionSetArn}, in.TargetType == types.ProvisionTargetTypeAwsAccount
	switch {
	case one && in.TargetId == nil:
		return nil, awsapi.Validation("TargetId is required for the TargetType AWS_ACCOUNT.")
	case !one && in.TargetId != nil:
		return nil, awsapi.Validation("TargetId can't be given for the TargetType ALL_PROVISIONED_ACCOUNTS.")
	case one:
		on = append(on, accountARN(*in.TargetId))
	}
	var failed error // the first of those of accounts: the others are provisioned all the same
	to := func(e *edit, set *setRecord, account string) error {
		err := s.provision(e.ctx, e.tx, e.inst, set, account)
		if _, ok := errors.AsType[*failure](err); err != nil && !ok {
			return err
		}
		failed = or(failed, err)
		return nil
	}
	c := &call{s: s, req: req, name: "ProvisionPermissionSet", instance: *in.InstanceArn, on: append([]string{*in.InstanceArn}, on...)}
	if !one {
		c.steps = func(e *edit, after string) (next string, err error) {
			set, err := e.set(in.PermissionSetArn)
			if err != nil {
				return "", err
			}
			accounts, err := provisionedIn(e.view, set.ID, after)
			if err != nil {
				return "", err
			}
			for _, account := range accounts {
				if err := to(e, set, account); err != nil {
					return "", err
				}
				next = account
			}
			if len(accounts) < maxStep {
				next = ""
			}
			return next, nil
		}
	}
	c.change = func(e *edit) (any, error) {
		set, err := e.set(in.PermissionSetArn)
		if err == nil && one {
			failed = nil
			err = to(e, set, *in.TargetId)
		}
		if err != nil {
			return nil, err
		}
		st := &statusRecord{Account: aws.ToString(in.TargetId), Set: set.ID}
		if err := e.note(provisionings, st, failed); err != nil {
			return nil, err
		}
		return &ssoadmin.ProvisionPermissionSetOutput{PermissionSetProvisioningStatus: e.provisioning(st, types.StatusValuesInProgress)}, nil
	}
	return c, nil
}

// provisionedIn are the next accounts, after one, that a permission set is provisioned in.
func provisionedIn(v *view, set, after string) (accounts []string, err error) {
	err = each(v.ctx, v.r, func(rest []string, _ *provisionedRecord) (bool, error) {
		if rest[0] > after {
			accounts = append(accounts, rest[0])
		}
		return len(accounts) < maxStep, nil
	}, "provisioned", set)
	return accounts, err
}

// describePermissionSetProvisioningStatus decodes DescribePermissionSetProvisioningStatus.
func (s *Store) describePermissionSetProvisioningStatus(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[ssoadmin.DescribePermissionSetProvisioningStatusInput](req, "InstanceArn", "ProvisionPermissionSetRequestId")
	if err != nil {
		return nil, err
	}
	return s.reads(req, "DescribePermissionSetProvisioningStatus", in.InstanceArn, nil, func(v *view) (any, error) {
		st, err := v.status(provisionings, *in.ProvisionPermissionSetRequestId)
		if err != nil {
			return nil, err
		}
		return &ssoadmin.DescribePermissionSetProvisioningStatusOutput{PermissionSetProvisioningStatus: v.provisioning(st, st.state())}, nil
	})
}

// listPermissionSetProvisioningStatus decodes ListPermissionSetProvisioningStatus.
func (s *Store) listPermissionSetProvisioningStatus(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[ssoadmin.ListPermissionSetProvisioningStatusInput](req, "InstanceArn")
	if err != nil {
		return nil, err
	}
	return s.reads(req, "ListPermissionSetProvisioningStatus", in.InstanceArn, nil, func(v *view) (any, error) {
		p, err := v.statuses(provisionings, in.Filter, in.NextToken, in.MaxResults)
		if err != nil {
			return nil, err
		}
		list := []types.PermissionSetProvisioningStatusMetadata{}
		for _, st := range p.items {
			list = append(list, types.PermissionSetProvisioningStatusMetadata{Status: st.state(), RequestId: aws.String(st.ID), CreatedDate: aws.Time(st.Created)})
		}
		return &ssoadmin.ListPermissionSetProvisioningStatusOutput{PermissionSetsProvisioningStatus: list, NextToken: p.next}, nil
	})
}

// provisionedAs says whether what an account has of a permission set is what the permission set is now.
func (p *provisionedRecord) provisionedAs(set *setRecord) types.ProvisioningStatus {
	if p.Version == set.Version {
		return types.ProvisioningStatusLatestPermissionSetProvisioned
	}
	return types.ProvisioningStatusLatestPermissionSetNotProvisioned
}

// listAccountsForProvisionedPermissionSet decodes ListAccountsForProvisionedPermissionSet.
func (s *Store) listAccountsForProvisionedPermissionSet(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[ssoadmin.ListAccountsForProvisionedPermissionSetInput](req, "InstanceArn", "PermissionSetArn")
	if err != nil {
		return nil, err
	}
	return s.reads(req, "ListAccountsForProvisionedPermissionSet", in.InstanceArn, []string{*in.PermissionSetArn}, func(v *view) (any, error) {
		set, err := v.set(in.PermissionSetArn)
		if err != nil {
			return nil, err
		}
		var list []string
		err = each(v.ctx, v.r, func(rest []string, there *provisionedRecord) (bool, error) {
			if in.ProvisioningStatus == "" || in.ProvisioningStatus == there.provisionedAs(set) {
				list = append(list, rest[0])
			}
			return true, nil
		}, "provisioned", set.ID)
		if err != nil {
			return nil, err
		}
		p, err := pageOf(list, self, in.NextToken, in.MaxResults)
		if err != nil {
			return nil, err
		}
		return &ssoadmin.ListAccountsForProvisionedPermissionSetOutput{AccountIds: p.items, NextToken: p.next}, nil
	})
}

// listPermissionSetsProvisionedToAccount decodes ListPermissionSetsProvisionedToAccount.
func (s *Store) listPermissionSetsProvisionedToAccount(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[ssoadmin.ListPermissionSetsProvisionedToAccountInput](req, "InstanceArn", "AccountId")
	if err != nil {
		return nil, err
	}
	return s.reads(req, "ListPermissionSetsProvisionedToAccount", in.InstanceArn, []string{accountARN(*in.AccountId)}, func(v *view) (any, error) {
		var list []string
		err := each(v.ctx, v.r, func(rest []string, _ *bool) (bool, error) {
			set, err := find[setRecord](v.ctx, v.r, setKey(rest[0]))
			if err != nil || set == nil {
				return err == nil, err
			}
			there, err := find[provisionedRecord](v.ctx, v.r, provisionedKey(rest[0], *in.AccountId))
			if err != nil || there == nil {
				return err == nil, err
			}
			if in.ProvisioningStatus == "" || in.ProvisioningStatus == there.provisionedAs(set) {
				list = append(list, setARN(v.inst.ID, set.ID))
			}
			return true, nil
		}, "inaccount", *in.AccountId)
		if err != nil {
			return nil, err
		}
		p, err := pageOf(list, self, in.NextToken, in.MaxResults)
		if err != nil {
			return nil, err
		}
		return &ssoadmin.ListPermissionSetsProvisionedToAccountOutput{PermissionSets: p.items, NextToken: p.next}, nil
	})
}
