package scim

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"

	"github.com/statordb/stator/internal/directory"
	"github.com/statordb/stator/internal/kv"
)

type member struct {
	Value string `json:"value"`
}

// group is a group as SCIM has it. Answers never list its members: there may be any number ("GetGroup", SCIM Implementation
// Developer Guide).
type group struct {
	Schemas     []string `json:"schemas"`
	ID          string   `json:"id,omitempty"`
	ExternalID  string   `json:"externalId,omitempty"`
	Meta        *meta    `json:"meta,omitempty"`
	DisplayName string   `json:"displayName,omitempty"`
	Members     []member `json:"members"`
}

func (x *call) showGroup(g *directory.Group) *group {
	return &group{Schemas: []string{groupSchema}, ID: g.ID, ExternalID: x.ours(g.ExternalIDs), DisplayName: g.DisplayName, Members: []member{},
		Meta: &meta{"Group", g.Created, g.Updated, x.location("Groups", g.ID)}}
}

// maxMembers is how many memberships one request may change.
const maxMembers = 100

func tooManyMembers() error {
	return badValue("One request can change 100 memberships at the most.")
}

// findGroup reads the group that a request is on.
func (h *Handler) findGroup(x *call, r kv.Reader) (*directory.Group, error) {
	g, err := h.people.Group(x.r.Context(), r, strings.ToLower(x.r.PathValue("id")))
	if err == nil && g == nil {
		err = &failure{http.StatusNotFound, "", "Group not found."}
	}
	return g, err
}

// getGroup answers GET /Groups/{id}.
func (h *Handler) getGroup(x *call) error {
	var out *group
	err := h.people.View(x.r.Context(), func(r kv.Reader) error {
		g, err := h.findGroup(x, r)
		if err == nil {
			out = x.showGroup(g)
		}
		return err
	})
	if err != nil {
		return err
	}
	return x.respond(http.StatusOK, out)
}

// createGroup answers POST /Groups.
func (h *Handler) createGroup(x *call) error {
	var in group
	if err := x.read(&in); err != nil {
		return err
	}
	if len(in.Members) > maxMembers {
		return tooManyMembers()
	}
	g := &directory.Group{DisplayName: in.DisplayName, ExternalIDs: x.withOurs(nil, in.ExternalID), CreatedBy: x.by(), UpdatedBy: x.by()}
	err := h.people.Update(x.r.Context(), func(tx kv.Txn) error {
		g.ID = ""
		if err := h.people.PutGroup(x.r.Context(), tx, g); err != nil {
			return err
		}
		return h.add(x, tx, g.ID, in.Members)
	})
	if err != nil {
		return err
	}
	x.made = g.ID
	x.w.Header().Set("Location", x.location("Groups", g.ID))
	return x.respond(http.StatusCreated, x.showGroup(g))
}

// add puts users into a group; those that are in it already stay.
func (h *Handler) add(x *call, tx kv.Txn, groupID string, members []member) error {
	for _, m := range members {
		id := strings.ToLower(m.Value)
		is, err := h.people.IsMember(x.r.Context(), tx, groupID, id)
		if err == nil && !is {
			_, err = h.people.AddMember(x.r.Context(), tx, groupID, id, x.by())
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// remove takes users out of a group; those that are not in it are passed over.
func (h *Handler) remove(x *call, tx kv.Txn, groupID string, members []member) error {
	for _, m := range members {
		id := strings.ToLower(m.Value)
		is, err := h.people.IsMember(x.r.Context(), tx, groupID, id)
		if err == nil && is {
			err = h.people.RemoveMember(x.r.Context(), tx, groupID, id)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// patchGroup answers PATCH /Groups/{id}.
func (h *Handler) patchGroup(x *call) error {
	ops, err := x.operations()
	if err != nil {
		return err
	}
	change := h.people.Update
	if slices.ContainsFunc(ops, func(op operation) bool { return op.Op == opRemove }) {
		change = h.people.Change
	}
	err = change(x.r.Context(), func(tx kv.Txn) error {
		g, err := h.findGroup(x, tx)
		if err != nil {
			return err
		}
		p := &groupPatch{h: h, x: x, tx: tx, g: g}
		for _, op := range ops {
			if err := p.do(op); err != nil {
				return err
			}
		}
		if !p.named {
			return nil
		}
		g.UpdatedBy = x.by()
		return h.people.PutGroup(x.r.Context(), tx, g)
	})
	if err == nil {
		x.w.WriteHeader(http.StatusNoContent)
	}
	return err
}

// groupPatch is what PATCH does to a group, operation by operation.
type groupPatch struct {
	h  *Handler
	x  *call
	tx kv.Txn
	g  *directory.Group
	// changed is how many memberships it has changed, and named says that the group itself is another.
	changed int
	named   bool
}

func (p *groupPatch) do(op operation) error {
	if op.Path != "" {
		at, err := parsePath(op.Path)
		if err != nil {
			return err
		}
		return p.attribute(op.Op, at, op.Value)
	}
	var values map[string]json.RawMessage
	if json.Unmarshal(op.Value, &values) != nil {
		return badValue("Without a path, the value has to be an object of attributes.")
	}
	for name, value := range values {
		switch name := attributeName(name); name {
		case "id", "schemas", "meta":
		default:
			if err := p.attribute(op.Op, path{name: name}, value); err != nil {
				return err
			}
		}
	}
	return nil
}

func (p *groupPatch) attribute(op string, at path, value json.RawMessage) error {
	var text string
	switch {
	case at.name == "members" && at.sub == "":
		return p.members(op, at, value)
	case at.name == "displayname" && at.sub == "" && op != opRemove:
		if json.Unmarshal(value, &text) != nil || text == "" {
			return badValue("displayName is a string that is not empty.")
		}
		p.g.DisplayName, p.named = text, true
		return nil
	case at.name == "externalid" && at.sub == "":
		if op != opRemove && (json.Unmarshal(value, &text) != nil || text == "") {
			return badValue("externalId is a string that is not empty.")
		}
		p.g.ExternalIDs, p.named = p.x.withOurs(p.g.ExternalIDs, text), true
		return nil
	}
	return badPath("The attribute can't be changed.")
}

// members adds or removes those that are named. Neither can all be removed at once, nor replaced ("Limitations from SCIM
// specification").
func (p *groupPatch) members(op string, at path, value json.RawMessage) error {
	var members []member
	switch {
	case op == opReplace:
		return badValue("Members can't be replaced: add and remove them.")
	case at.which != nil && op == opRemove && at.which.attribute == "value":
		members = []member{{at.which.value}}
	case at.which != nil:
		return badPath("Members are removed by members[value eq \"id\"].")
	case json.Unmarshal(value, &members) != nil:
		var one member
		if json.Unmarshal(value, &one) != nil {
			return badValue("Members are a list of objects with a value.")
		}
		members = []member{one}
	}
	if op == opRemove && len(members) == 0 {
		return badValue("All members can't be removed at once.")
	}
	if p.changed += len(members); p.changed > maxMembers {
		return tooManyMembers()
	}
	if op == opRemove {
		return p.h.remove(p.x, p.tx, p.g.ID, members)
	}
	return p.h.add(p.x, p.tx, p.g.ID, members)
}

// deleteGroup answers DELETE /Groups/{id}.
func (h *Handler) deleteGroup(x *call) error {
	err := h.people.Change(x.r.Context(), func(tx kv.Txn) error {
		g, err := h.findGroup(x, tx)
		if err != nil {
			return err
		}
		return h.people.DeleteGroup(x.r.Context(), tx, g.ID)
	})
	if err == nil {
		x.w.WriteHeader(http.StatusNoContent)
	}
	return err
}

// listGroups answers GET /Groups.
func (h *Handler) listGroups(x *call) error {
	ctx := x.r.Context()
	known := []string{"id", "displayname", "externalid", "members", "members.value", "member"}
	page := func(r kv.Reader, skip, most int) (all []*group, total int, err error) {
		found, total, err := h.people.GroupPage(ctx, r, skip, most)
		for _, g := range found {
			all = append(all, x.showGroup(g))
		}
		return all, total, err
	}
	each := func(r kv.Reader, filter []equals, yield func(show func() *group)) error {
		matches := func(g *directory.Group) (bool, error) {
			for _, one := range filter {
				is, err := false, error(nil)
				switch one.attribute {
				case "id":
					is = strings.EqualFold(g.ID, one.value)
				case "displayname":
					is = strings.EqualFold(g.DisplayName, one.value)
				case "externalid":
					is = x.ours(g.ExternalIDs) == one.value
				default:
					is, err = h.people.IsMember(ctx, r, g.ID, strings.ToLower(one.value))
				}
				if !is || err != nil {
					return false, err
				}
			}
			return true, nil
		}
		show := func(g *directory.Group) (bool, error) {
			is, err := matches(g)
			if is && err == nil {
				yield(func() *group { return x.showGroup(g) })
			}
			return err == nil, err
		}
		var g *directory.Group
		var err error
		switch one := filter[0]; one.attribute { // each condition leads straight to the groups that there can be
		case "id":
			g, err = h.people.Group(ctx, r, strings.ToLower(one.value))
		case "displayname":
			g, err = h.people.GroupByName(ctx, r, one.value)
		case "externalid":
			g, err = h.people.GroupByExternalID(ctx, r, x.tenant.Issuer(), one.value)
		default:
			return h.groupsOf(x, r, one.value, show)
		}
		if err == nil && g != nil {
			_, err = show(g)
		}
		return err
	}
	return list(h, x, lister[group]{page, each, func(one equals) bool { return slices.Contains(known, one.attribute) }})
}

// groupsOf shows the groups that a user is in.
func (h *Handler) groupsOf(x *call, r kv.Reader, userID string, show func(*directory.Group) (bool, error)) error {
	ids, err := h.people.GroupsOf(x.r.Context(), r, strings.ToLower(userID))
	for _, id := range ids {
		g, err := h.people.Group(x.r.Context(), r, id)
		if err == nil && g != nil {
			_, err = show(g)
		}
		if err != nil {
			return err
		}
	}
	return err
}
