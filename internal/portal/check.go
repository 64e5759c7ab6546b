package portal

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/statordb/stator/internal/keyspace"
	"github.com/statordb/stator/internal/kv"
)

// Check reads every record in db and reports what is not as it has to be: what can't be read, and what leads to something that is not
// there, or is not led to. What is over may be gone in part. It returns how many records there are.
func Check(ctx context.Context, db kv.DB, report func(problem string)) (records int64, err error) {
	now := time.Now()
	err = db.View(ctx, func(r kv.Reader) error {
		records = 0
		start, end := keyspace.PeopleRange(word)
		return r.Scan(ctx, kv.Range{Start: start, End: end}, func(key, value []byte) (bool, error) {
			records++
			parts, ok := keyspace.ParsePeople(key)
			if !ok {
				report(fmt.Sprintf("portal: a key that can't be read (key %x)", key))
				return true, nil
			}
			var e ending
			with, ok := related(parts[1:], value)
			if !ok || json.Unmarshal(value, &e) != nil {
				report(fmt.Sprintf("portal: a record of kind %q can't be read", parts[1:2]))
				return true, nil
			}
			if with == nil || !now.Before(e.Expires) {
				return true, nil
			}
			there, err := r.Get(ctx, with)
			if err == nil && there == nil {
				report(fmt.Sprintf("portal: a record of kind %q leads to one that is not there, or is not led to", parts[1:2]))
			}
			return true, err
		})
	})
	return records, err
}

// related is the key that has to be there with one, nil for none. It reports false for what can't be read, or is of no kind. Ids are
// hashes of what people have, and are not shown.
func related(parts []string, value []byte) (with []byte, ok bool) {
	if len(parts) == 4 && parts[0] == ofKind {
		return recordKey(parts[2], parts[3]), true
	}
	if len(parts) != 2 {
		return nil, false
	}
	kind, id := parts[0], parts[1]
	switch kind {
	case sessionKind:
		s, ok := readAs[session](value)
		if s.Source == bearerGrant { // it is counted with the application's, which it does not name
			return nil, ok
		}
		return ofKey(s.User, kind, id), ok
	case familyKind:
		f, ok := readAs[family](value)
		return ofKey(owner(f.User, f.Application), kind, id), ok
	case codeKind:
		c, ok := readAs[code](value)
		return ofKey(c.User, kind, id), ok
	case deviceKind:
		d, ok := readAs[device](value)
		return recordKey(userCodeKind, d.UserCode), ok
	case userCodeKind:
		u, ok := readAs[userCode](value)
		return recordKey(deviceKind, u.Device), ok
	case loginCodeKind:
		c, ok := readAs[loginCode](value)
		return ofKey(c.Console, kind, id), ok
	case loginKind:
		l, ok := readAs[login](value)
		return ofKey(l.Console, kind, id), ok
	case proofKind:
		return nil, true
	}
	return nil, false
}

func readAs[T any](value []byte) (record T, ok bool) {
	err := json.Unmarshal(value, &record)
	return record, err == nil
}
