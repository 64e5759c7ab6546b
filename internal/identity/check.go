package identity

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/statordb/stator/internal/keyspace"
	"github.com/statordb/stator/internal/kv"
	"github.com/statordb/stator/internal/policy"
)

// Check reads every record in db and reports what is not as it has to be. It needs no master key, and so does not
// look at secrets. It returns how many records there are.
func Check(ctx context.Context, db kv.DB, report func(problem string)) (records int64, err error) {
	err = db.View(ctx, func(r kv.Reader) error {
		start, end := keyspace.IdentityRange()
		return r.Scan(ctx, kv.Range{Start: start, End: end}, func(key, value []byte) (bool, error) {
			records++
			parts, ok := keyspace.ParseIdentity(key)
			if !ok || len(parts) == 0 {
				report(fmt.Sprintf("identity: a key that can't be read (key %x)", key))
				return true, nil
			}
			problem, err := checkRecord(ctx, r, parts, value)
			if problem != "" {
				report(fmt.Sprintf("identity: %s: %s", strings.Join(parts, "/"), problem))
			}
			return true, err
		})
	})
	return records, err
}

// checkRecord returns what is wrong with a record, "" if nothing.
func checkRecord(ctx context.Context, r kv.Reader, parts []string, value []byte) (problem string, err error) {
	decode := func(to any) bool {
		if err := json.Unmarshal(value, to); err != nil {
			problem = err.Error()
		}
		return problem == ""
	}
	switch kind := parts[0]; {
	case kind == "mark" && len(parts) == 1:
		decode(new(markRecord))
	case kind == "generation" && len(parts) == 1:
		decode(new(uint64))
	case kind == "account" && len(parts) == 2:
		decode(new(accountRecord))
	case kind == "group" && len(parts) == 3:
		var g groupRecord
		if decode(&g) {
			problem = g.problem()
		}
	case kind == "user" && len(parts) == 3:
		var u userRecord
		if !decode(&u) {
			break
		}
		problem = u.problem()
		for _, name := range u.Groups {
			if _, ok, err := get[groupRecord](ctx, r, groupKey(parts[1], name)); err != nil || !ok {
				return "its group " + name + " is not there", err
			}
		}
	case kind == "accesskey" && len(parts) == 2:
		var k accessKeyRecord
		if !decode(&k) {
			break
		}
		if _, ok, err := get[userRecord](ctx, r, userKey(k.Account, k.User)); err != nil || !ok {
			return "its user " + k.User + " is not there", err
		}
	default:
		problem = "unknown kind of record"
	}
	return problem, nil
}

// problem returns what is wrong with the policies, "" if nothing.
func (g *grants) problem() string {
	for _, arn := range g.Attached {
		if managed(arn) == nil {
			return "its policy " + arn + " is not there"
		}
	}
	for name, document := range g.Inline {
		if _, err := policy.Parse(name, document); err != nil {
			return "its policy " + name + " can't be read: " + err.Error()
		}
	}
	return ""
}
