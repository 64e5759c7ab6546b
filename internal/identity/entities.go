package identity

import (
	"encoding/json"
	"errors"

	"github.com/statordb/stator/internal/keyspace"
	"github.com/statordb/stator/internal/kv"
	"github.com/statordb/stator/internal/policy"
)

// named records are found by the index of names and kept by their ids.
type record interface{ base() *entity }

// byID reads an entity; a nil one is not there.
func byID[T any](v *view, k kind, id string) (*T, error) {
	rec, ok, err := get[T](v.ctx, v.r, entityKey(v.account, k, id))
	if err != nil || !ok {
		return nil, err
	}
	return &rec, nil
}

// idOf returns the id under a name, "" if there is none.
func (v *view) idOf(k kind, name string) (string, error) {
	id, _, err := get[string](v.ctx, v.r, nameKey(v.account, k, name))
	return id, err
}

// byName reads an entity; a nil one is not there.
func byName[T any](v *view, k kind, name string) (*T, error) {
	id, err := v.idOf(k, name)
	if err != nil || id == "" {
		return nil, err
	}
	return byID[T](v, k, id)
}

// find is byName with AWS's error for what is not there.
func find[T any](v *view, k kind, name string) (*T, error) {
	rec, err := byName[T](v, k, name)
	if err == nil && rec == nil {
		err = notFound(k, name)
	}
	return rec, err
}

func (v *view) user(name string) (*userRecord, error)   { return find[userRecord](v, userKind, name) }
func (v *view) group(name string) (*groupRecord, error) { return find[groupRecord](v, groupKind, name) }
func (v *view) role(name string) (*roleRecord, error)   { return find[roleRecord](v, roleKind, name) }
func (v *view) profile(name string) (*profileRecord, error) {
	return find[profileRecord](v, profileKind, name)
}

// base reads what all kinds have, and the boundary of those that have one. It is nil if there is no such entity.
func (v *view) base(k kind, name string) (*entity, string, error) {
	type bounded struct {
		entity
		Boundary string
	}
	rec, err := byName[bounded](v, k, name)
	if err != nil || rec == nil {
		return nil, "", err
	}
	return &rec.entity, rec.Boundary, nil
}

// isUser says whether the caller is an IAM user.
func (v *view) isUser() bool { return v.req.Caller.Type == policy.User }

// caller reads the user that makes the call.
func (v *view) caller() (*userRecord, error) {
	if !v.isUser() {
		return nil, validationError("Must specify userName when calling with non-User credentials")
	}
	u, err := byID[userRecord](v, userKind, v.req.Caller.ID)
	if err == nil && u == nil {
		err = notFound(userKind, v.req.Caller.Name)
	}
	return u, err
}

// userOrCaller reads the user of a name, or without one the caller.
func (v *view) userOrCaller(name *string) (*userRecord, error) {
	if name == nil {
		return v.caller()
	}
	return v.user(*name)
}

// each calls fn with the entities of a kind in the order of their names, from the one after a name on, until it
// returns false.
func each[T any](v *view, k kind, after string, fn func(*T) (more bool, err error)) error {
	start, end := keyspace.IdentityRange("name", v.account, string(k))
	if after != "" {
		start = keyspace.Successor(nameKey(v.account, k, after))
	}
	return v.r.Scan(v.ctx, kv.Range{Start: start, End: end}, func(_, value []byte) (bool, error) {
		var id string
		if err := json.Unmarshal(value, &id); err != nil {
			return false, err
		}
		rec, err := byID[T](v, k, id)
		if err != nil {
			return false, err
		}
		if rec == nil {
			return false, errors.New("identity: the index of names leads nowhere")
		}
		return fn(rec)
	})
}

// count returns how many keys begin with parts.
func (v *view) count(parts ...string) (n int, err error) {
	start, end := keyspace.IdentityRange(parts...)
	err = v.r.Scan(v.ctx, kv.Range{Start: start, End: end}, func(_, _ []byte) (bool, error) {
		n++
		return true, nil
	})
	return n, err
}

// lasts returns the last parts of the keys that begin with parts: what an index leads to.
func (v *view) lasts(parts ...string) (lasts []string, err error) {
	start, end := keyspace.IdentityRange(parts...)
	err = v.r.Scan(v.ctx, kv.Range{Start: start, End: end}, func(key, _ []byte) (bool, error) {
		all, ok := keyspace.ParseIdentity(key)
		if !ok {
			return false, errors.New("identity: a key that can't be read")
		}
		lasts = append(lasts, all[len(all)-1])
		return true, nil
	})
	return lasts, err
}

// create writes a new entity under its name.
func create[T record](e *edit, k kind, rec T, quota string, limit int) error {
	b := rec.base()
	if id, err := e.idOf(k, b.Name); err != nil {
		return err
	} else if id != "" {
		return taken(k, b.Name)
	}
	n, err := e.count("name", e.account, string(k))
	if err != nil {
		return err
	}
	if n >= limit {
		return overQuota(quota, limit)
	}
	if err := put(e.tx, nameKey(e.account, k, b.Name), b.ID); err != nil {
		return err
	}
	return save(e, k, rec)
}

// save writes an entity that is under its name already.
func save[T record](e *edit, k kind, rec T) error {
	return put(e.tx, entityKey(e.account, k, rec.base().ID), rec)
}

// rename gives an entity another name and path, each if it is not nil.
func rename[T record](e *edit, k kind, rec T, name, path *string) error {
	b := rec.base()
	if path != nil {
		b.Path = *path
	}
	if name != nil && *name != b.Name {
		if id, err := e.idOf(k, *name); err != nil {
			return err
		} else if id != "" && id != b.ID {
			return taken(k, *name)
		}
		if err := e.tx.Delete(nameKey(e.account, k, b.Name)); err != nil {
			return err
		}
		b.Name = *name
		if err := put(e.tx, nameKey(e.account, k, b.Name), b.ID); err != nil {
			return err
		}
	}
	return save(e, k, rec)
}

// remove deletes an entity and its name.
func remove(e *edit, k kind, b *entity) error {
	if err := e.tx.Delete(nameKey(e.account, k, b.Name)); err != nil {
		return err
	}
	if err := e.forget(b.ID); err != nil {
		return err
	}
	return e.tx.Delete(entityKey(e.account, k, b.ID))
}

// newEntity is what a new entity begins with.
func (e *edit) newEntity(prefix string, path, name *string, tags []tag) entity {
	return entity{ID: newID(prefix), Name: *name, Path: pathOr(path), Created: e.now, Tags: tags}
}
