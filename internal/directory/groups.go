package directory

import (
	"context"
	"encoding/json"

	"github.com/statordb/stator/internal/kv"
)

// Group reads a group, nil if there is none.
func (s *Store) Group(ctx context.Context, r kv.Reader, id string) (*Group, error) {
	return find[Group](ctx, r, groupKey(id))
}

// GroupByName reads the group of a name, in any case.
func (s *Store) GroupByName(ctx context.Context, r kv.Reader, displayName string) (*Group, error) {
	return follow[Group](ctx, r, nameKey(groupKind, displayName), groupKey)
}

// GroupByExternalID reads the group to which an issuer gave an id.
func (s *Store) GroupByExternalID(ctx context.Context, r kv.Reader, issuer, id string) (*Group, error) {
	return follow[Group](ctx, r, externalKey(groupKind, ExternalID{issuer, id}), groupKey)
}

// EachGroup calls fn with the groups in the order of their ids, from the one after an id on, "" for all, until it returns false.
func (s *Store) EachGroup(ctx context.Context, r kv.Reader, after string, fn func(*Group) (bool, error)) error {
	return each(ctx, r, after, func(_ string, value []byte) (bool, error) {
		var g Group
		if err := json.Unmarshal(value, &g); err != nil {
			return false, err
		}
		return fn(&g)
	}, "group")
}

// GroupPage returns some groups, and how many there are in all, as UserPage does users.
func (s *Store) GroupPage(ctx context.Context, r kv.Reader, skip, most int) ([]*Group, int, error) {
	return part[Group](ctx, r, "group", "groups", skip, most)
}

// PutGroup makes a group, whose ID is empty and is set then, or replaces the one of that id, as PutUser does with users.
func (s *Store) PutGroup(ctx context.Context, tx kv.Txn, g *Group) error {
	if err := g.check(); err != nil {
		return err
	}
	now := s.now()
	var old *Group
	if g.ID == "" {
		if err := count(ctx, tx, "groups", 1, maxGroups); err != nil {
			return err
		}
		g.ID, g.Created = newID(), now
	} else {
		if err := tx.Lock(ctx, groupKey(g.ID)); err != nil {
			return err
		}
		var err error
		if old, err = s.Group(ctx, tx, g.ID); err != nil {
			return err
		}
		if old == nil {
			return notFound(groupType, g.ID)
		}
		g.Created, g.CreatedBy = old.Created, old.CreatedBy
	}
	g.Updated = now
	if err := s.index(ctx, tx, g.ID, old.indexes(), g.indexes()); err != nil {
		return err
	}
	return put(tx, groupKey(g.ID), g)
}

// DeleteGroup deletes a group with its memberships. The transaction is Change's.
func (s *Store) DeleteGroup(ctx context.Context, tx kv.Txn, id string) error {
	if err := tx.Lock(ctx, groupKey(id), countKey("groups")); err != nil {
		return err
	}
	g, err := s.Group(ctx, tx, id)
	if err != nil {
		return err
	}
	if g == nil {
		return notFound(groupType, id)
	}
	// There may be many members: nothing is asked about each alone, or it would take too long for one transaction.
	err = each(ctx, tx, "", func(user string, value []byte) (bool, error) {
		var membership string
		if err := json.Unmarshal(value, &membership); err != nil {
			return false, err
		}
		return true, forgetMember(tx, membership, id, user)
	}, "member", id)
	if err != nil {
		return err
	}
	if err := s.index(ctx, tx, id, g.indexes(), nil); err != nil {
		return err
	}
	if err := count(ctx, tx, "groups", -1, maxGroups); err != nil {
		return err
	}
	return tx.Delete(groupKey(id))
}

func (g *Group) indexes() []unique {
	if g == nil {
		return nil
	}
	return append([]unique{{nameKey(groupKind, g.DisplayName), duplicate("Duplicate GroupDisplayName")}}, externals(groupKind, g.ExternalIDs)...)
}
