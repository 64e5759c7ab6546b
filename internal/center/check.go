package center

import (
	"context"
	"fmt"
	"strings"

	"github.com/statordb/stator/internal/keyspace"
	"github.com/statordb/stator/internal/kv"
)

// Check reads every record in db and reports what is not as it has to be: what can't be read, and what leads to something that
// does not lead back. It returns how many records there are.
func Check(ctx context.Context, db kv.DB, report func(problem string)) (records int64, err error) {
	err = db.View(ctx, func(r kv.Reader) error {
		start, end := keyspace.PeopleRange(word)
		return r.Scan(ctx, kv.Range{Start: start, End: end}, func(k, value []byte) (bool, error) {
			records++
			parts, ok := keyspace.ParsePeople(k)
			if !ok {
				report(fmt.Sprintf("center: a key that can't be read (key %x)", k))
				return true, nil
			}
			others, known := related(parts[1:])
			if !known {
				report("center: " + strings.Join(parts, "/") + ": unknown kind of record")
				return true, nil
			}
			values, err := r.GetMany(ctx, others)
			for i, other := range others {
				if err == nil && values[i] == nil {
					report(fmt.Sprintf("center: %s: there is no %s", strings.Join(parts, "/"), shown(other)))
				}
			}
			return true, err
		})
	})
	if err != nil {
		return records, err
	}
	return records, checkRecords(ctx, db, report)
}

func shown(k []byte) string {
	parts, _ := keyspace.ParsePeople(k)
	return strings.Join(parts, "/")
}

// related are the keys that have to be there with one. It reports false for a key of no kind.
func related(p []string) (others [][]byte, known bool) {
	switch {
	case len(p) == 1 && p[0] == "instance":
		return nil, true
	case len(p) == 2 && (p[0] == "set" || p[0] == "setname" || p[0] == "application" || p[0] == "issuer"):
		return [][]byte{instanceKey()}, true
	case len(p) == 3 && p[0] == "status":
		return [][]byte{instanceKey()}, true
	case len(p) == 3 && p[0] == "provisioned":
		return [][]byte{setKey(p[1]), inAccountKey(p[2], p[1])}, true
	case len(p) == 3 && p[0] == "inaccount":
		return [][]byte{provisionedKey(p[2], p[1])}, true
	case len(p) == 5 && p[0] == "assigned":
		return [][]byte{provisionedKey(p[2], p[1]), assignedToKey(p[3], p[4], p[1], p[2])}, true
	case len(p) == 5 && p[0] == "assignedto":
		return [][]byte{assignedKey(p[3], p[4], p[1], p[2])}, true
	case len(p) == 4 && p[0] == "appassigned":
		return [][]byte{applicationKey(p[1]), appAssignedToKey(p[2], p[3], p[1])}, true
	case len(p) == 4 && p[0] == "appassignedto":
		return [][]byte{appAssignedKey(p[3], p[1], p[2])}, true
	}
	return nil, false
}

// checkRecords reads the records whose contents matter: a permission set and its name lead to each other.
func checkRecords(ctx context.Context, db kv.DB, report func(problem string)) error {
	return db.View(ctx, func(r kv.Reader) error {
		err := each(ctx, r, func(rest []string, set *setRecord) (bool, error) {
			id, err := find[string](ctx, r, setNameKey(set.Name))
			if err == nil && (id == nil || *id != rest[0] || set.ID != rest[0]) {
				report("center: the name of permission set " + rest[0] + " does not lead to it")
			}
			return true, err
		}, "set")
		if err != nil {
			return err
		}
		return each(ctx, r, func(rest []string, id *string) (bool, error) {
			set, err := find[setRecord](ctx, r, setKey(*id))
			if err == nil && (set == nil || set.Name != rest[0]) {
				report("center: the name " + rest[0] + " leads to no permission set of that name")
			}
			return true, err
		}, "setname")
	})
}
