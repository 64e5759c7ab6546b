package directory

import (
	"context"
	"strconv"

	"github.com/statordb/stator/internal/kv"
)

// GroupsOf returns the ids of the groups that a user is in, in order.
func (s *Store) GroupsOf(ctx context.Context, r kv.Reader, userID string) ([]string, error) {
	return lasts(ctx, r, "memberof", userID)
}

// Members returns the ids of the users in a group, in order.
func (s *Store) Members(ctx context.Context, r kv.Reader, groupID string) ([]string, error) {
	return lasts(ctx, r, "member", groupID)
}

// IsMember says whether a user is in a group.
func (s *Store) IsMember(ctx context.Context, r kv.Reader, groupID, userID string) (bool, error) {
	value, err := r.Get(ctx, memberKey(groupID, userID))
	return value != nil, err
}

// Membership reads a membership by its id, nil if there is none.
func (s *Store) Membership(ctx context.Context, r kv.Reader, id string) (*Membership, error) {
	return find[Membership](ctx, r, membershipKey(id))
}

// MembershipOf reads the membership of a user in a group, nil if it is not in it.
func (s *Store) MembershipOf(ctx context.Context, r kv.Reader, groupID, userID string) (*Membership, error) {
	return follow[Membership](ctx, r, memberKey(groupID, userID), membershipKey)
}

// AddMember puts a user into a group, in the name of by. The error is ResourceNotFoundException if either is not there,
// ConflictException if the user is in it already, or ServiceQuotaExceededException.
func (s *Store) AddMember(ctx context.Context, tx kv.Txn, group, user, by string) (*Membership, error) {
	// Whoever deletes one of them writes its key.
	if err := tx.Lock(ctx, groupKey(group), userKey(user)); err != nil {
		return nil, err
	}
	found, err := tx.GetMany(ctx, [][]byte{groupKey(group), userKey(user), memberKey(group, user)})
	switch {
	case err != nil:
		return nil, err
	case found[0] == nil:
		return nil, notFound(groupType, group)
	case found[1] == nil:
		return nil, notFound(userType, user)
	case found[2] != nil:
		return nil, duplicate("Member and Group relationship already exists.")
	}
	groups, err := s.GroupsOf(ctx, tx, user)
	if err != nil {
		return nil, err
	}
	if len(groups) >= maxGroupsOfUser {
		return nil, quotaExceeded("A user can be in " + strconv.Itoa(maxGroupsOfUser) + " groups.")
	}
	m := &Membership{ID: newID(), Group: group, User: user, Created: s.now(), CreatedBy: by}
	if err := put(tx, membershipKey(m.ID), m); err != nil {
		return nil, err
	}
	if err := put(tx, memberKey(group, user), m.ID); err != nil {
		return nil, err
	}
	return m, put(tx, memberOfKey(user, group), m.ID)
}

// RemoveMember takes a user out of a group. The transaction is Change's. A user that is not in it is ResourceNotFoundException.
func (s *Store) RemoveMember(ctx context.Context, tx kv.Txn, group, user string) error {
	if err := tx.Lock(ctx, memberKey(group, user)); err != nil {
		return err
	}
	id, ok, err := get[string](ctx, tx, memberKey(group, user))
	if err != nil {
		return err
	}
	if !ok {
		return notFound(membershipType, "")
	}
	return forgetMember(tx, id, group, user)
}

// forgetMember deletes the records of a membership.
func forgetMember(tx kv.Txn, id, group, user string) error {
	for _, key := range [][]byte{membershipKey(id), memberKey(group, user), memberOfKey(user, group)} {
		if err := tx.Delete(key); err != nil {
			return err
		}
	}
	return nil
}
