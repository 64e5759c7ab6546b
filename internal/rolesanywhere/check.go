package rolesanywhere

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/statordb/stator/internal/keyspace"
	"github.com/statordb/stator/internal/kv"
)

// Check reads every record in db and reports what is not as it has to be: what can't be read, certificates and revocation lists
// included, and lists of trust anchors that are not there. It returns how many records there are.
func Check(ctx context.Context, db kv.DB, report func(problem string)) (records int64, err error) {
	err = db.View(ctx, func(r kv.Reader) error {
		records = 0
		start, end := keyspace.PeopleRange(word)
		return r.Scan(ctx, kv.Range{Start: start, End: end}, func(key, value []byte) (bool, error) {
			records++
			parts, ok := keyspace.ParsePeople(key)
			if !ok || len(parts) != 5 {
				report(fmt.Sprintf("rolesanywhere: a key that can't be read (key %x)", key))
				return true, nil
			}
			p, k, id := place{parts[1], parts[2]}, kind(parts[3]), parts[4]
			problem, err := problemOf(ctx, r, p, k, value)
			if problem != "" {
				report("rolesanywhere: " + p.arn(k, id) + ": " + problem)
			}
			return true, err
		})
	})
	return records, err
}

// problemOf is what is wrong with a record, "" if nothing is.
func problemOf(ctx context.Context, r kv.Reader, p place, k kind, value []byte) (problem string, err error) {
	switch k {
	case anchors:
		var a anchorRecord
		if err := json.Unmarshal(value, &a); err != nil {
			return err.Error(), nil
		}
		if _, err := authorities(a.Bundle); err != nil {
			return "its certificates can't be read: " + err.Error(), nil
		}
	case crls:
		var c crlRecord
		if err := json.Unmarshal(value, &c); err != nil {
			return err.Error(), nil
		}
		if _, err := parseList(c.Data); err != nil {
			return "it can't be read: " + err.Error(), nil
		}
		_, _, anchor, _ := parseARN(c.AnchorARN)
		there, err := r.Get(ctx, p.key(anchors, anchor))
		if err == nil && there == nil {
			problem = "its trust anchor is not there"
		}
		return problem, err
	case profiles:
		if err := json.Unmarshal(value, new(profileRecord)); err != nil {
			return err.Error(), nil
		}
	case subjects:
		if err := json.Unmarshal(value, new(subjectRecord)); err != nil {
			return err.Error(), nil
		}
	default:
		return "unknown kind of record", nil
	}
	return "", nil
}
