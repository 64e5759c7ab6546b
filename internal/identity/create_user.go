package identity

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/statordb/stator/internal/awsapi"
)

const maxUsers = 5000

// createUser decodes CreateUser.
func (s *Store) createUser(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[iam.CreateUserInput](req, "UserName")
	if err != nil {
		return nil, err
	}
	tags, err := newTags(in.Tags)
	if err != nil {
		return nil, err
	}
	return s.write(req, "CreateUser", created(userKind, in.Path, in.UserName), func(e *edit) (any, error) {
		u := &userRecord{entity: e.newEntity("AIDA", in.Path, in.UserName, tags)}
		if err := create(e, userKind, u, "UsersPerAccount", maxUsers); err != nil {
			return nil, err
		}
		if in.PermissionsBoundary != nil {
			if err := e.setBoundary(userKind, u.ID, &u.grants, *in.PermissionsBoundary); err != nil {
				return nil, err
			}
			if err := save(e, userKind, u); err != nil {
				return nil, err
			}
		}
		return &iam.CreateUserOutput{User: showUser(e.view, u, true)}, nil
	}, requestTags(in.Tags), boundaryARN(in.PermissionsBoundary))
}

// showUser renders a user. Lists leave out the tags and the boundary, as AWS does.
func showUser(v *view, u *userRecord, full bool) *types.User {
	user := &types.User{
		Arn: aws.String(u.arn(v.account, userKind)), CreateDate: aws.Time(u.Created), Path: aws.String(u.Path),
		UserId: aws.String(u.ID), UserName: aws.String(u.Name),
	}
	if u.Login != nil {
		user.PasswordLastUsed = u.Login.Used
	}
	if full {
		user.Tags, user.PermissionsBoundary = showTags(u.Tags), showBoundary(u.Boundary)
	}
	return user
}
