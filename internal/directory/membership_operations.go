package directory

import (
	"context"
	"strings"

	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/kv"
)

// ids is the part of the shape that says which membership it is.
func (m *membershipShape) ids() *membershipShape {
	return &membershipShape{IdentityStoreId: m.IdentityStoreId, MembershipId: m.MembershipId, MembershipArn: m.MembershipArn}
}

type memberRequest struct {
	IdentityStoreId, GroupId *string
	MemberId                 *memberID
}

func checkMember(in *memberRequest, v *input) {
	v.storeID(in.IdentityStoreId)
	v.id("groupId", groupARN, in.GroupId)
	v.member(in.MemberId)
}

// createGroupMembership decodes CreateGroupMembership.
func (s *Store) createGroupMembership(req *awsapi.Request) (awsapi.Call, error) {
	in, v, err := read(req, checkMember)
	if err != nil {
		return nil, err
	}
	user := *in.MemberId.UserId
	return s.call(v, "identitystore:CreateGroupMembership", *in.IdentityStoreId, func(ctx context.Context) (any, error) {
		var m *Membership
		err := s.Update(ctx, func(tx kv.Txn) (err error) {
			m, err = s.AddMember(ctx, tx, *in.GroupId, user, v.by())
			return err
		})
		if err != nil {
			return nil, err
		}
		return s.membershipShape(m).ids(), nil
	}, groupARN+*in.GroupId, userARN+user)
}

// getGroupMembershipID decodes GetGroupMembershipId.
func (s *Store) getGroupMembershipID(req *awsapi.Request) (awsapi.Call, error) {
	in, v, err := read(req, checkMember)
	if err != nil {
		return nil, err
	}
	user := *in.MemberId.UserId
	return s.call(v, "identitystore:GetGroupMembershipId", *in.IdentityStoreId, func(ctx context.Context) (out any, err error) {
		err = s.View(ctx, func(r kv.Reader) error {
			m, err := s.MembershipOf(ctx, r, *in.GroupId, user)
			switch {
			case err != nil:
				return err
			case m == nil:
				return notFound(membershipType, "")
			}
			out = s.membershipShape(m).ids()
			return nil
		})
		return out, err
	}, membershipARN+"*", groupARN+*in.GroupId, userARN+user)
}

type membershipRequest struct{ IdentityStoreId, MembershipId *string }

func checkMembership(in *membershipRequest, v *input) {
	v.storeID(in.IdentityStoreId)
	v.id("membershipId", membershipARN, in.MembershipId)
}

// membership is Membership with the error for one that is not there.
func (s *Store) membership(ctx context.Context, r kv.Reader, id string) (*Membership, error) {
	m, err := s.Membership(ctx, r, id)
	if err == nil && m == nil {
		err = notFound(membershipType, id)
	}
	return m, err
}

// describeGroupMembership decodes DescribeGroupMembership.
func (s *Store) describeGroupMembership(req *awsapi.Request) (awsapi.Call, error) {
	in, v, err := read(req, checkMembership)
	if err != nil {
		return nil, err
	}
	return s.call(v, "identitystore:DescribeGroupMembership", *in.IdentityStoreId, func(ctx context.Context) (out any, err error) {
		err = s.View(ctx, func(r kv.Reader) error {
			m, err := s.membership(ctx, r, *in.MembershipId)
			if err == nil {
				out = s.membershipShape(m)
			}
			return err
		})
		return out, err
	}, membershipARN+*in.MembershipId)
}

// deleteGroupMembership decodes DeleteGroupMembership.
func (s *Store) deleteGroupMembership(req *awsapi.Request) (awsapi.Call, error) {
	in, v, err := read(req, checkMembership)
	if err != nil {
		return nil, err
	}
	return s.call(v, "identitystore:DeleteGroupMembership", *in.IdentityStoreId, func(ctx context.Context) (any, error) {
		return nil, s.Change(ctx, func(tx kv.Txn) error {
			m, err := s.membership(ctx, tx, *in.MembershipId)
			if err != nil {
				return err
			}
			return s.RemoveMember(ctx, tx, m.Group, m.User)
		})
	}, membershipARN+*in.MembershipId)
}

type membershipsResponse struct {
	GroupMemberships []membershipShape
	NextToken        *string
}

// listGroupMemberships decodes ListGroupMemberships.
func (s *Store) listGroupMemberships(req *awsapi.Request) (awsapi.Call, error) {
	type request struct {
		IdentityStoreId, GroupId *string
		MaxResults               *int32
		NextToken                *string
	}
	in, v, err := read(req, func(in *request, v *input) {
		v.storeID(in.IdentityStoreId)
		v.id("groupId", groupARN, in.GroupId)
		v.page(in.MaxResults, in.NextToken)
	})
	if err != nil {
		return nil, err
	}
	return s.call(v, "identitystore:ListGroupMemberships", *in.IdentityStoreId, func(ctx context.Context) (out any, err error) {
		err = s.View(ctx, func(r kv.Reader) error {
			if _, err := s.group(ctx, r, *in.GroupId); err != nil {
				return err
			}
			out, err = s.memberships(ctx, r, in.MaxResults, in.NextToken, "member", *in.GroupId)
			return err
		})
		return out, err
	}, membershipARN+"*", groupARN+*in.GroupId)
}

// listGroupMembershipsForMember decodes ListGroupMembershipsForMember.
func (s *Store) listGroupMembershipsForMember(req *awsapi.Request) (awsapi.Call, error) {
	type request struct {
		IdentityStoreId *string
		MemberId        *memberID
		MaxResults      *int32
		NextToken       *string
	}
	in, v, err := read(req, func(in *request, v *input) {
		v.storeID(in.IdentityStoreId)
		v.member(in.MemberId)
		v.page(in.MaxResults, in.NextToken)
	})
	if err != nil {
		return nil, err
	}
	user := *in.MemberId.UserId
	return s.call(v, "identitystore:ListGroupMembershipsForMember", *in.IdentityStoreId, func(ctx context.Context) (out any, err error) {
		err = s.View(ctx, func(r kv.Reader) error {
			if _, err := s.user(ctx, r, user); err != nil {
				return err
			}
			out, err = s.memberships(ctx, r, in.MaxResults, in.NextToken, "memberof", user)
			return err
		})
		return out, err
	}, membershipARN+"*", userARN+user)
}

// memberships is a page of those that an index leads to.
func (s *Store) memberships(ctx context.Context, r kv.Reader, max *int32, token *string, index, id string) (*membershipsResponse, error) {
	from, err := after(token)
	if err != nil {
		return nil, err
	}
	p := newPage[membershipShape](max)
	err = each(ctx, r, from, func(other string, _ []byte) (bool, error) {
		group, user := id, other
		if index == "memberof" {
			group, user = other, id
		}
		m, err := s.MembershipOf(ctx, r, group, user)
		if err != nil || m == nil {
			return true, err
		}
		return p.add(other, *s.membershipShape(m)), nil
	}, index, id)
	return &membershipsResponse{p.items, p.next()}, err
}

// isMemberInGroups decodes IsMemberInGroups.
func (s *Store) isMemberInGroups(req *awsapi.Request) (awsapi.Call, error) {
	type request struct {
		IdentityStoreId *string
		MemberId        *memberID
		GroupIds        []string
	}
	const maxAsked = 100
	in, v, err := read(req, func(in *request, v *input) {
		v.storeID(in.IdentityStoreId)
		v.member(in.MemberId)
		if v.Required("groupIds", in.GroupIds != nil); in.GroupIds != nil {
			v.Count("groupIds", "["+strings.Join(in.GroupIds, ", ")+"]", len(in.GroupIds), 1, maxAsked)
		}
		for i := range in.GroupIds {
			v.id("groupIds", groupARN, &in.GroupIds[i])
		}
	})
	if err != nil {
		return nil, err
	}
	user := *in.MemberId.UserId
	type result struct {
		GroupId          string
		MemberId         *memberID
		MembershipExists bool
	}
	type response struct{ Results []result }
	resources := []string{membershipARN + "*", userARN + user}
	for _, id := range in.GroupIds {
		resources = append(resources, groupARN+id)
	}
	return s.call(v, "identitystore:IsMemberInGroups", *in.IdentityStoreId, func(ctx context.Context) (any, error) {
		out := &response{Results: []result{}}
		err := s.View(ctx, func(r kv.Reader) error {
			if _, err := s.user(ctx, r, user); err != nil {
				return err
			}
			for _, id := range in.GroupIds {
				is, err := s.IsMember(ctx, r, id, user)
				if err != nil {
					return err
				}
				out.Results = append(out.Results, result{id, in.MemberId, is})
			}
			return nil
		})
		return out, err
	}, resources...)
}
