package center

import (
	"net/http"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssoadmin"
	"github.com/aws/aws-sdk-go-v2/service/ssoadmin/types"

	"github.com/statordb/stator/internal/awsapi"
)

// createAccountAssignment decodes CreateAccountAssignment. "As part of a successful CreateAccountAssignment call, the specified
// permission set will automatically be provisioned to the account".
func (s *Store) createAccountAssignment(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[ssoadmin.CreateAccountAssignmentInput](req, "InstanceArn", "TargetId", "TargetType", "PermissionSetArn", "PrincipalType", "PrincipalId")
	if err != nil {
		return nil, err
	}
	on := []string{*in.PermissionSetArn, accountARN(*in.TargetId)}
	return s.writes(req, "CreateAccountAssignment", in.InstanceArn, on, func(e *edit) (any, error) {
		set, err := e.set(in.PermissionSetArn)
		if err != nil {
			return nil, err
		}
		p := principal{string(in.PrincipalType), *in.PrincipalId}
		err = e.there(p)
		if err == nil {
			err = s.provision(e.ctx, e.tx, e.inst, set, *in.TargetId)
		}
		if err == nil {
			err = e.assign(set.ID, *in.TargetId, p)
		}
		st := &statusRecord{Account: *in.TargetId, Set: set.ID, Type: p.typ, Principal: p.id}
		if err := e.note(creations, st, err); err != nil {
			return nil, err
		}
		return &ssoadmin.CreateAccountAssignmentOutput{AccountAssignmentCreationStatus: e.assignment(st, types.StatusValuesInProgress)}, nil
	})
}

// found says whether the identity store has a principal.
func (v *view) found(p principal) (bool, error) {
	if p.typ == userType {
		u, err := v.s.dir.User(v.ctx, v.r, p.id)
		return u != nil, err
	}
	g, err := v.s.dir.Group(v.ctx, v.r, p.id)
	return g != nil, err
}

// there is a *failure for a principal that the identity store does not have.
func (v *view) there(p principal) error {
	found, err := v.found(p)
	if err == nil && !found {
		err = failedWith(http.StatusNotFound, p.typ+" not found.")
	}
	return err
}

// withGroups are a principal and, of a user, the groups that it is in.
func (v *view) withGroups(p principal) ([]principal, error) {
	all := []principal{p}
	if p.typ != userType {
		return all, nil
	}
	groups, err := v.s.dir.GroupsOf(v.ctx, v.r, p.id)
	for _, g := range groups {
		all = append(all, principal{groupType, g})
	}
	return all, err
}

// assign writes an assignment. One that is there already stays as it is.
func (e *edit) assign(set, account string, p principal) error {
	at := assignedKey(account, set, p.typ, p.id)
	if there, err := find[assignmentRecord](e.ctx, e.r, at); err != nil || there != nil {
		return err
	}
	rec := assignmentRecord{e.s.now()}
	if err := put(e.tx, at, rec); err != nil {
		return err
	}
	return put(e.tx, assignedToKey(p.typ, p.id, account, set), rec)
}

// unassign deletes an assignment, and the role with the last one of the permission set in the account.
func (e *edit) unassign(set, account string, p principal) error {
	if err := e.forget(set, account, p); err != nil {
		return err
	}
	if more, err := some(e.ctx, e.r, "assigned", account, set); err != nil || more {
		return err
	}
	return e.s.deprovision(e.ctx, e.tx, set, account)
}

// forget deletes the records of an assignment.
func (e *edit) forget(set, account string, p principal) error {
	if err := e.tx.Delete(assignedKey(account, set, p.typ, p.id)); err != nil {
		return err
	}
	return e.tx.Delete(assignedToKey(p.typ, p.id, account, set))
}

// deleteAccountAssignment decodes DeleteAccountAssignment.
func (s *Store) deleteAccountAssignment(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[ssoadmin.DeleteAccountAssignmentInput](req, "InstanceArn", "TargetId", "TargetType", "PermissionSetArn", "PrincipalType", "PrincipalId")
	if err != nil {
		return nil, err
	}
	on := []string{*in.PermissionSetArn, accountARN(*in.TargetId)}
	return s.writes(req, "DeleteAccountAssignment", in.InstanceArn, on, func(e *edit) (any, error) {
		set, err := e.set(in.PermissionSetArn)
		if err != nil {
			return nil, err
		}
		p := principal{string(in.PrincipalType), *in.PrincipalId}
		there, err := find[assignmentRecord](e.ctx, e.r, assignedKey(*in.TargetId, set.ID, p.typ, p.id))
		if err == nil && there == nil {
			err = missing("The assignment of the PermissionSet to " + p.typ + " " + p.id + " in account " + *in.TargetId + " does not exist.")
		}
		if err != nil {
			return nil, err
		}
		if err := e.unassign(set.ID, *in.TargetId, p); err != nil {
			return nil, err
		}
		st := &statusRecord{Account: *in.TargetId, Set: set.ID, Type: p.typ, Principal: p.id}
		if err := e.note(deletions, st, nil); err != nil {
			return nil, err
		}
		return &ssoadmin.DeleteAccountAssignmentOutput{AccountAssignmentDeletionStatus: e.assignment(st, types.StatusValuesInProgress)}, nil
	})
}

// listAccountAssignments decodes ListAccountAssignments. Those to somebody who is not there any more are among them, so that they
// can be deleted.
func (s *Store) listAccountAssignments(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[ssoadmin.ListAccountAssignmentsInput](req, "InstanceArn", "AccountId", "PermissionSetArn")
	if err != nil {
		return nil, err
	}
	on := []string{*in.PermissionSetArn, accountARN(*in.AccountId)}
	return s.reads(req, "ListAccountAssignments", in.InstanceArn, on, func(v *view) (any, error) {
		set, err := v.set(in.PermissionSetArn)
		if err != nil {
			return nil, err
		}
		var list []types.AccountAssignment
		err = each(v.ctx, v.r, func(rest []string, _ *assignmentRecord) (bool, error) {
			list = append(list, types.AccountAssignment{AccountId: in.AccountId, PermissionSetArn: in.PermissionSetArn,
				PrincipalType: types.PrincipalType(rest[0]), PrincipalId: aws.String(rest[1])})
			return true, nil
		}, "assigned", *in.AccountId, set.ID)
		if err != nil {
			return nil, err
		}
		p, err := pageOf(list, func(a types.AccountAssignment) string { return string(a.PrincipalType) + "/" + *a.PrincipalId }, in.NextToken, in.MaxResults)
		if err != nil {
			return nil, err
		}
		return &ssoadmin.ListAccountAssignmentsOutput{AccountAssignments: p.items, NextToken: p.next}, nil
	})
}

// listAccountAssignmentsForPrincipal decodes ListAccountAssignmentsForPrincipal: those of a user are its own and those of the
// groups that it is in.
func (s *Store) listAccountAssignmentsForPrincipal(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[ssoadmin.ListAccountAssignmentsForPrincipalInput](req, "InstanceArn", "PrincipalId", "PrincipalType")
	if err != nil {
		return nil, err
	}
	on := []string(nil)
	if in.Filter != nil && in.Filter.AccountId != nil {
		on = append(on, accountARN(*in.Filter.AccountId))
	}
	return s.reads(req, "ListAccountAssignmentsForPrincipal", in.InstanceArn, on, func(v *view) (any, error) {
		all, err := v.withGroups(principal{string(in.PrincipalType), *in.PrincipalId})
		if err != nil {
			return nil, err
		}
		var list []types.AccountAssignmentForPrincipal
		for _, p := range all {
			err := each(v.ctx, v.r, func(rest []string, _ *assignmentRecord) (bool, error) {
				if len(on) == 0 || *in.Filter.AccountId == rest[0] {
					list = append(list, types.AccountAssignmentForPrincipal{AccountId: aws.String(rest[0]), PermissionSetArn: aws.String(setARN(v.inst.ID, rest[1])),
						PrincipalId: aws.String(p.id), PrincipalType: types.PrincipalType(p.typ)})
				}
				return true, nil
			}, "assignedto", p.typ, p.id)
			if err != nil {
				return nil, err
			}
		}
		p, err := pageOf(list, func(a types.AccountAssignmentForPrincipal) string {
			return *a.AccountId + "/" + *a.PermissionSetArn + "/" + string(a.PrincipalType) + "/" + *a.PrincipalId
		}, in.NextToken, in.MaxResults)
		if err != nil {
			return nil, err
		}
		return &ssoadmin.ListAccountAssignmentsForPrincipalOutput{AccountAssignments: p.items, NextToken: p.next}, nil
	})
}
