package scim

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http"
	"strings"

	"github.com/statordb/stator/internal/directory"
	"github.com/statordb/stator/internal/kv"
)

// find reads the user that a request is on.
func (h *Handler) find(x *call, r kv.Reader) (*directory.User, error) {
	u, err := h.people.User(x.r.Context(), r, strings.ToLower(x.r.PathValue("id")))
	if err == nil && u == nil {
		err = &failure{http.StatusNotFound, "", "User not found."}
	}
	return u, err
}

// getUser answers GET /Users/{id}.
func (h *Handler) getUser(x *call) error {
	var out *user
	err := h.people.View(x.r.Context(), func(r kv.Reader) error {
		u, err := h.find(x, r)
		if err == nil {
			out = x.show(u)
		}
		return err
	})
	if err != nil {
		return err
	}
	return x.respond(http.StatusOK, out)
}

// createUser answers POST /Users.
func (h *Handler) createUser(x *call) error {
	var in user
	if err := x.read(&in); err != nil {
		return err
	}
	u := &directory.User{CreatedBy: x.by(), UpdatedBy: x.by()}
	in.into(x, u)
	if err := complete(u); err != nil {
		return err
	}
	err := h.people.Update(x.r.Context(), func(tx kv.Txn) error {
		u.ID = ""
		return h.people.PutUser(x.r.Context(), tx, u)
	})
	if err != nil {
		return err
	}
	x.made = u.ID
	x.w.Header().Set("Location", x.location("Users", u.ID))
	return x.respond(http.StatusCreated, x.show(u))
}

// change changes the user that a request is on, and answers with what became of it. Directories send everybody again and again, most often
// with nothing new: that is not written, and if nothing of it gives access, or attributes that sessions are tagged with, nobody has to be looked up
// anew for it.
func (h *Handler) change(x *call, fn func(u *directory.User) error) error {
	var out *user
	apply := func(r kv.Reader, tx kv.Txn, most difference) error {
		u, err := h.find(x, r)
		if err != nil {
			return err
		}
		before := x.show(u)
		if err := fn(u); err != nil {
			return err
		}
		if err := complete(u); err != nil {
			return err
		}
		is, err := differ(before, x.show(u))
		if is == none && u.Disabled && u.UpdatedBy != x.by() { // whoever has disabled somebody last may enable them again
			is = names
		}
		if err == nil && is > most {
			err = errMore
		}
		if err == nil && is != none {
			u.UpdatedBy = x.by()
			err = h.people.PutUser(x.r.Context(), tx, u)
		}
		out = x.show(u)
		return err
	}
	ctx := x.r.Context()
	err := h.people.View(ctx, func(r kv.Reader) error { return apply(r, nil, none) })
	if errors.Is(err, errMore) {
		err = h.people.Update(ctx, func(tx kv.Txn) error { return apply(tx, tx, names) })
	}
	if errors.Is(err, errMore) {
		err = h.people.Change(ctx, func(tx kv.Txn) error { return apply(tx, tx, access) })
	}
	if err != nil {
		return err
	}
	return x.respond(http.StatusOK, out)
}

// difference is what a change is about.
type difference int

const (
	none   difference = iota
	names             // what the directory elsewhere calls somebody, and that it is the one which wants them disabled
	access            // whether somebody may do something, and all attributes: sessions can be tagged with any of them
)

// errMore is for a change that is about more than its transaction is for.
var errMore = errors.New("scim: the change needs another transaction")

// differ compares a user before and after a change.
func differ(before, after *user) (difference, error) {
	a, b := *before, *after
	a.Meta, b.Meta, a.ExternalID, b.ExternalID = nil, nil, "", ""
	was, err := json.Marshal(a)
	if err != nil {
		return none, err
	}
	is, err := json.Marshal(b)
	switch {
	case !bytes.Equal(was, is):
		return access, err
	case before.ExternalID != after.ExternalID:
		return names, err
	}
	return none, err
}

// putUser answers PUT /Users/{id}.
func (h *Handler) putUser(x *call) error {
	var in user
	if err := x.read(&in); err != nil {
		return err
	}
	if in.ID != "" && !strings.EqualFold(in.ID, x.r.PathValue("id")) {
		return &failure{http.StatusBadRequest, "mutability", "The id of a user can't be changed."}
	}
	return h.change(x, func(u *directory.User) error {
		in.into(x, u)
		return nil
	})
}

// patchUser answers PATCH /Users/{id}.
func (h *Handler) patchUser(x *call) error {
	ops, err := x.operations()
	if err != nil {
		return err
	}
	return h.change(x, func(u *directory.User) error {
		for _, op := range ops {
			if err := x.patchUser(u, op); err != nil {
				return err
			}
		}
		return nil
	})
}

// deleteUser answers DELETE /Users/{id}.
func (h *Handler) deleteUser(x *call) error {
	err := h.people.Change(x.r.Context(), func(tx kv.Txn) error {
		u, err := h.find(x, tx)
		if err != nil {
			return err
		}
		return h.people.DeleteUser(x.r.Context(), tx, u.ID)
	})
	if err == nil {
		x.w.WriteHeader(http.StatusNoContent)
	}
	return err
}

// listUsers answers GET /Users.
func (h *Handler) listUsers(x *call) error {
	ctx := x.r.Context()
	page := func(r kv.Reader, skip, most int) (all []*user, total int, err error) {
		found, total, err := h.people.UserPage(ctx, r, skip, most)
		for _, u := range found {
			all = append(all, x.show(u))
		}
		return all, total, err
	}
	each := func(r kv.Reader, filter []equals, yield func(show func() *user)) error {
		matches := func(u *directory.User) (bool, error) {
			for _, one := range filter {
				if is, err := x.userIs(u, one); !is || err != nil {
					return false, err
				}
			}
			return true, nil
		}
		for _, one := range filter { // one of them may lead straight to the only user that there can be
			var u *directory.User
			var err error
			switch one.attribute {
			case "id":
				u, err = h.people.User(ctx, r, strings.ToLower(one.value))
			case "username":
				u, err = h.people.UserByName(ctx, r, one.value)
			case "externalid":
				u, err = h.people.UserByExternalID(ctx, r, x.tenant.Issuer(), one.value)
			case "emails", "emails.value":
				u, err = h.people.UserByEmail(ctx, r, one.value)
			default:
				continue
			}
			if err != nil || u == nil {
				return err
			}
			is, err := matches(u)
			if is && err == nil {
				yield(func() *user { return x.show(u) })
			}
			return err
		}
		return h.people.EachUser(ctx, r, "", func(u *directory.User) (bool, error) {
			is, err := matches(u)
			if is && err == nil {
				yield(func() *user { return x.show(u) })
			}
			return err == nil, err
		})
	}
	return list(h, x, lister[user]{page, each, func(one equals) bool {
		_, err := x.userIs(&directory.User{}, one)
		return err == nil
	}})
}

// userIs says whether a condition is true of a user. The error is that there are no such conditions.
func (x *call) userIs(u *directory.User, one equals) (bool, error) {
	switch one.attribute {
	case "id":
		return strings.EqualFold(u.ID, one.value), nil
	case "username":
		return strings.EqualFold(u.UserName, one.value), nil
	case "externalid":
		return x.ours(u.ExternalIDs) == one.value, nil
	case "displayname":
		return strings.EqualFold(u.DisplayName, one.value), nil
	case "active":
		return strings.EqualFold(one.value, "true") == !u.Disabled, nil
	case "emails", "emails.value":
		return len(u.Emails) > 0 && strings.EqualFold(u.Emails[0].Value, one.value), nil
	case "manager", "manager.value", "enterprise.manager", "enterprise.manager.value":
		return u.Enterprise["manager.value"] == one.value, nil
	}
	return false, badFilter("Users can't be filtered by that attribute.")
}
