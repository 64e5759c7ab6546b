package center

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssoadmin"
	"github.com/aws/aws-sdk-go-v2/service/ssoadmin/types"

	"github.com/statordb/stator/internal/awsapi"
)

// assignedApplication are the principals that an application is assigned to.
func (v *view) assignedApplication(app string) (all []principal, err error) {
	err = each(v.ctx, v.r, func(rest []string, _ *assignmentRecord) (bool, error) {
		all = append(all, principal{rest[0], rest[1]})
		return true, nil
	}, "appassigned", app)
	return all, err
}

func (e *edit) unassignApplication(app string, p principal) error {
	if err := e.tx.Delete(appAssignedKey(app, p.typ, p.id)); err != nil {
		return err
	}
	return e.tx.Delete(appAssignedToKey(p.typ, p.id, app))
}

// createApplicationAssignment decodes CreateApplicationAssignment.
func (s *Store) createApplicationAssignment(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[ssoadmin.CreateApplicationAssignmentInput](req, "ApplicationArn", "PrincipalId", "PrincipalType")
	if err != nil {
		return nil, err
	}
	p := principal{string(in.PrincipalType), *in.PrincipalId}
	return s.changesApplication(req, "CreateApplicationAssignment", in.ApplicationArn, &ssoadmin.CreateApplicationAssignmentOutput{}, func(e *edit, app *applicationRecord) error {
		if found, err := e.found(p); err != nil || !found {
			return or(err, missing(p.typ+" "+p.id+" not found."))
		}
		at := appAssignedKey(app.ID, p.typ, p.id)
		if there, err := find[assignmentRecord](e.ctx, e.r, at); err != nil {
			return err
		} else if there != nil {
			return conflict("The application is assigned to " + p.typ + " " + p.id + " already.")
		}
		rec := assignmentRecord{s.now()}
		if err := put(e.tx, at, rec); err != nil {
			return err
		}
		return put(e.tx, appAssignedToKey(p.typ, p.id, app.ID), rec)
	})
}

// deleteApplicationAssignment decodes DeleteApplicationAssignment.
func (s *Store) deleteApplicationAssignment(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[ssoadmin.DeleteApplicationAssignmentInput](req, "ApplicationArn", "PrincipalId", "PrincipalType")
	if err != nil {
		return nil, err
	}
	p := principal{string(in.PrincipalType), *in.PrincipalId}
	return s.changesApplication(req, "DeleteApplicationAssignment", in.ApplicationArn, &ssoadmin.DeleteApplicationAssignmentOutput{}, func(e *edit, app *applicationRecord) error {
		if err := e.assignedTo(app, p); err != nil {
			return err
		}
		return e.unassignApplication(app.ID, p)
	})
}

// assignedTo is the error for an assignment that is not there.
func (v *view) assignedTo(app *applicationRecord, p principal) error {
	there, err := find[assignmentRecord](v.ctx, v.r, appAssignedKey(app.ID, p.typ, p.id))
	if err == nil && there == nil {
		err = missing("The application is not assigned to " + p.typ + " " + p.id + ".")
	}
	return err
}

// describeApplicationAssignment decodes DescribeApplicationAssignment.
func (s *Store) describeApplicationAssignment(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[ssoadmin.DescribeApplicationAssignmentInput](req, "ApplicationArn", "PrincipalId", "PrincipalType")
	if err != nil {
		return nil, err
	}
	return s.readsApplication(req, "DescribeApplicationAssignment", in.ApplicationArn, func(v *view, app *applicationRecord) (any, error) {
		if err := v.assignedTo(app, principal{string(in.PrincipalType), *in.PrincipalId}); err != nil {
			return nil, err
		}
		return &ssoadmin.DescribeApplicationAssignmentOutput{ApplicationArn: in.ApplicationArn, PrincipalType: in.PrincipalType, PrincipalId: in.PrincipalId}, nil
	})
}

// listApplicationAssignments decodes ListApplicationAssignments.
func (s *Store) listApplicationAssignments(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[ssoadmin.ListApplicationAssignmentsInput](req, "ApplicationArn")
	if err != nil {
		return nil, err
	}
	return s.readsApplication(req, "ListApplicationAssignments", in.ApplicationArn, func(v *view, app *applicationRecord) (any, error) {
		all, err := v.assignedApplication(app.ID)
		if err != nil {
			return nil, err
		}
		var list []types.ApplicationAssignment
		for _, p := range all {
			list = append(list, types.ApplicationAssignment{ApplicationArn: in.ApplicationArn, PrincipalType: types.PrincipalType(p.typ), PrincipalId: aws.String(p.id)})
		}
		page, err := pageOf(list, func(a types.ApplicationAssignment) string { return string(a.PrincipalType) + "/" + *a.PrincipalId }, in.NextToken, in.MaxResults)
		if err != nil {
			return nil, err
		}
		return &ssoadmin.ListApplicationAssignmentsOutput{ApplicationAssignments: page.items, NextToken: page.next}, nil
	})
}

// listApplicationAssignmentsForPrincipal decodes ListApplicationAssignmentsForPrincipal: those of a user are its own and those of
// the groups that it is in.
func (s *Store) listApplicationAssignmentsForPrincipal(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[ssoadmin.ListApplicationAssignmentsForPrincipalInput](req, "InstanceArn", "PrincipalId", "PrincipalType")
	if err != nil {
		return nil, err
	}
	return s.reads(req, "ListApplicationAssignmentsForPrincipal", in.InstanceArn, nil, func(v *view) (any, error) {
		all, err := v.withGroups(principal{string(in.PrincipalType), *in.PrincipalId})
		if err != nil {
			return nil, err
		}
		var list []types.ApplicationAssignmentForPrincipal
		for _, p := range all {
			err := each(v.ctx, v.r, func(rest []string, _ *assignmentRecord) (bool, error) {
				arn := v.inst.applicationARN(rest[0])
				if in.Filter == nil || in.Filter.ApplicationArn == nil || *in.Filter.ApplicationArn == arn {
					list = append(list, types.ApplicationAssignmentForPrincipal{ApplicationArn: aws.String(arn), PrincipalId: aws.String(p.id), PrincipalType: types.PrincipalType(p.typ)})
				}
				return true, nil
			}, "appassignedto", p.typ, p.id)
			if err != nil {
				return nil, err
			}
		}
		page, err := pageOf(list, func(a types.ApplicationAssignmentForPrincipal) string {
			return *a.ApplicationArn + "/" + string(a.PrincipalType) + "/" + *a.PrincipalId
		}, in.NextToken, in.MaxResults)
		if err != nil {
			return nil, err
		}
		return &ssoadmin.ListApplicationAssignmentsForPrincipalOutput{ApplicationAssignments: page.items, NextToken: page.next}, nil
	})
}
