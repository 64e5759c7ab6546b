package sources

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/statordb/stator/internal/keyspace"
	"github.com/statordb/stator/internal/kv"
)

// Check reads the records of all sources, and reports those that are not as they have to be.
func Check(ctx context.Context, db kv.DB, report func(problem string)) (records int64, err error) {
	err = db.View(ctx, func(r kv.Reader) error {
		records = 0
		inUse := 0
		start, end := keyspace.PeopleRange(word)
		err := r.Scan(ctx, kv.Range{Start: start, End: end}, func(k, value []byte) (bool, error) {
			parts, ok := keyspace.ParsePeople(k)
			if !ok || len(parts) < 2 {
				report(fmt.Sprintf("%x is no key of a source of people", k))
				return true, nil
			}
			records++
			var into any
			switch parts[1] {
			case "configuration":
				into = new(configuration)
			case "key":
				into = new(ownKeys)
			case "session":
				into = new(sessionRecord)
			case "used":
				into = new(time.Time)
			case "arrival":
				into = new(arrival)
			case "sessionof":
				return true, nil
			}
			if into == nil || json.Unmarshal(value, into) != nil {
				report(fmt.Sprintf("a record %q of a source of people can't be read", parts[1]))
			}
			if c, ok := into.(*configuration); ok && c.Enabled {
				inUse++
			}
			return true, nil
		})
		if inUse > 1 {
			report(fmt.Sprintf("%d sources of people are in use: one can be", inUse))
		}
		return err
	})
	return records, err
}
