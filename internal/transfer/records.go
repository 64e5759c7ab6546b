package transfer

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/statordb/stator/internal/keyspace"
	"github.com/statordb/stator/internal/kv"
	"github.com/statordb/stator/internal/objects"
	"github.com/statordb/stator/internal/table"
)

// Status is how far a transfer is.
type Status string

// What a transfer can be.
const (
	InProgress Status = "IN_PROGRESS"
	Completed  Status = "COMPLETED"
	Failed     Status = "FAILED"
)

// recordFormat is the version of the JSON of the records.
const recordFormat = 1

// Common is what exports and imports have in common.
type Common struct {
	Format int `json:"format"`
	// ID is the last part of the ARN: the millisecond of its start in 14 digits, and eight random ones in hexadecimal.
	ID    string      `json:"id"`
	Scope table.Scope `json:"scope"`
	// Table is the table's name, TableID what DescribeTable shows as its id.
	Table   string `json:"table"`
	TableID string `json:"tableId"`
	// Bucket and Prefix are where the objects are.
	Bucket objects.Bucket `json:"bucket"`
	Prefix string         `json:"prefix,omitempty"`
	// Token is the client token.
	Token  string `json:"token"`
	Status Status `json:"status"`
	// FailureCode and FailureMessage are those of AWS where it has one.
	FailureCode    string    `json:"failureCode,omitempty"`
	FailureMessage string    `json:"failureMessage,omitempty"`
	Started        time.Time `json:"started"`
	Ended          time.Time `json:"ended,omitzero"`
}

// transfer is an *Export or an *Import.
type transfer interface {
	common() *Common
	direction() keyspace.Direction
	// run works on it until it is finished, or stops with an error to go on later.
	run(s *Service) error
}

func (c *Common) common() *Common { return c }

func keyOf(t transfer) []byte {
	c := t.common()
	return keyspace.Transfer(t.direction(), c.Scope.Account, c.Scope.Region, c.Table, c.ID)
}

func newID(now time.Time) string {
	var random [4]byte
	_, _ = rand.Read(random[:]) // it never fails
	return fmt.Sprintf("%014d-%s", now.UnixMilli(), hex.EncodeToString(random[:]))
}

func set(tx kv.Txn, t transfer) error {
	t.common().Format = recordFormat
	b, err := json.Marshal(t)
	if err != nil {
		return err
	}
	return tx.Set(keyOf(t), b)
}

func decode(key, value []byte) (transfer, error) {
	d, _, _, _, _, ok := keyspace.ParseTransfer(key)
	if !ok {
		return nil, fmt.Errorf("transfer: corrupt key %q", key)
	}
	var t transfer = new(Export)
	if d == keyspace.Import {
		t = new(Import)
	}
	if err := json.Unmarshal(value, t); err != nil {
		return nil, fmt.Errorf("transfer: corrupt record: %w", err)
	}
	if f := t.common().Format; f != recordFormat {
		return nil, fmt.Errorf("transfer: record of format %d", f)
	}
	return t, nil
}

// save writes the record of an unfinished transfer.
func (s *Service) save(t transfer) error {
	return s.db.Update(s.ctx, func(tx kv.Txn) error {
		if err := tx.Lock(s.ctx, keyOf(t)); err != nil {
			return err
		}
		return set(tx, t)
	})
}

// end finishes a transfer. The table of an import comes into use, with what was imported; what was held for an export is let go.
func (s *Service) end(t transfer, status Status, code, message string) error {
	if i, ok := t.(*Import); ok {
		if err := i.activate(s); err != nil {
			return err
		}
	}
	c := t.common()
	c.Status, c.FailureCode, c.FailureMessage, c.Ended = status, code, message, s.now()
	pending := keyspace.PendingTransfer(c.ID)
	err := s.db.Update(s.ctx, func(tx kv.Txn) error {
		if err := tx.Lock(s.ctx, keyOf(t), pending); err != nil {
			return err
		}
		if err := tx.Delete(pending); err != nil {
			return err
		}
		return set(tx, t)
	})
	if e, ok := t.(*Export); ok && err == nil {
		err = s.tables.Release(s.ctx, e.Point) // a sweep does if this does not
	}
	return err
}

// get reads a record. T is Export or Import.
func get[T any, P interface {
	*T
	transfer
}](ctx context.Context, s *Service, scope table.Scope, name, id string) (P, error) {
	want := P(new(T))
	key := keyspace.Transfer(want.direction(), scope.Account, scope.Region, name, id)
	var found transfer
	err := s.db.View(ctx, func(r kv.Reader) error {
		b, err := r.Get(ctx, key)
		if err != nil {
			return err
		}
		if b == nil {
			return ErrNotFound
		}
		found, err = decode(key, b)
		return err
	})
	if err != nil {
		return nil, err
	}
	return found.(P), nil
}

// list reads records of a scope, of one table or of all if name is "", that come after one (of its table and id) if after is not nil.
func list[T any, P interface {
	*T
	transfer
}](ctx context.Context, s *Service, scope table.Scope, name string, after *Common, limit int) (found []P, more bool, err error) {
	d := P(new(T)).direction()
	start, end := keyspace.Transfers(d, scope.Account, scope.Region, name)
	if after != nil {
		if from := keyspace.After(keyspace.Transfer(d, scope.Account, scope.Region, after.Table, after.ID)); bytes.Compare(from, start) > 0 {
			start = from
		}
	}
	err = s.db.View(ctx, func(r kv.Reader) error {
		found, more = nil, false
		return r.Scan(ctx, kv.Range{Start: start, End: end, Limit: limit + 1}, func(key, value []byte) (bool, error) {
			if len(found) == limit {
				more = true
				return false, nil
			}
			t, err := decode(key, value)
			if err != nil {
				return false, err
			}
			found = append(found, t.(P))
			return true, nil
		})
	})
	return found, more, err
}

// unfinished is the place of an unfinished transfer.
type unfinished struct {
	id  string
	key []byte
}

// pending returns the unfinished transfers, the oldest first. Limits keep them few.
func (s *Service) pending(ctx context.Context) (found []unfinished, err error) {
	start, end := keyspace.PendingTransfers()
	err = s.db.View(ctx, func(r kv.Reader) error {
		found = nil
		return r.Scan(ctx, kv.Range{Start: start, End: end}, func(key, value []byte) (bool, error) {
			found = append(found, unfinished{string(key[len(start):]), bytes.Clone(value)})
			return true, nil
		})
	})
	return found, err
}

// run reads the record and works on the transfer.
func (u unfinished) run(s *Service) error {
	var t transfer
	err := s.db.View(s.ctx, func(r kv.Reader) error {
		b, err := r.Get(s.ctx, u.key)
		if err == nil && b == nil {
			err = ErrNotFound
		}
		if err != nil {
			return err
		}
		t, err = decode(u.key, b)
		return err
	})
	if err != nil {
		return err
	}
	if t.common().Status != InProgress { // another server finished it
		return nil
	}
	err = t.run(s)
	if err == nil || s.ctx.Err() != nil || errors.Is(err, errLeaseLost) {
		return err
	}
	var f *failure
	if errors.As(err, &f) {
		return s.end(t, Failed, f.code, f.message)
	}
	if s.lastTry(u.id) {
		s.log.Error("transfer: an export or import failed", "id", u.id, "error", err)
		return s.end(t, Failed, "InternalServerError", "The object store or the table can't be used. The server's log says why.")
	}
	return err
}

// failure is an error that ends a transfer: trying again would not help.
type failure struct{ code, message string }

// Error implements error.
func (f *failure) Error() string { return f.code + ": " + f.message }

// tokenLifetime is how long a client token is remembered (API reference, ExportTableToPointInTime and ImportTable).
const tokenLifetime = 8 * time.Hour

// tokenRecord is what is known of a client token. Key is that of its transfer.
type tokenRecord struct {
	Hash  [32]byte  `json:"hash"`
	Key   []byte    `json:"key"`
	Until time.Time `json:"until"`
}

// used returns what was begun with a token before, nil if nothing was.
func (s *Service) used(ctx context.Context, scope table.Scope, token string, hash [32]byte) (t transfer, err error) {
	err = s.db.View(ctx, func(r kv.Reader) error {
		b, err := r.Get(ctx, keyspace.TransferToken(scope.Account, scope.Region, token))
		if err != nil || b == nil {
			return err
		}
		var rec tokenRecord
		if err := json.Unmarshal(b, &rec); err != nil {
			return err
		}
		if !s.now().Before(rec.Until) {
			return nil
		}
		if rec.Hash != hash {
			return ErrConflict
		}
		b, err = r.Get(ctx, rec.Key)
		if err != nil || b == nil {
			return err
		}
		t, err = decode(rec.Key, b)
		return err
	})
	return t, err
}

// errRepeated: another request with the token has begun at the same time.
var errRepeated = errors.New("transfer: token just used")

// begin writes the record of a new transfer, its place among the unfinished ones, and its token.
func (s *Service) begin(ctx context.Context, t transfer, hash [32]byte) error {
	c := t.common()
	token, pending := keyspace.TransferToken(c.Scope.Account, c.Scope.Region, c.Token), keyspace.PendingTransfer(c.ID)
	b, err := json.Marshal(tokenRecord{hash, keyOf(t), s.now().Add(tokenLifetime)})
	if err != nil {
		return err
	}
	err = s.db.Update(ctx, func(tx kv.Txn) error {
		if err := tx.Lock(ctx, token, pending, keyOf(t)); err != nil {
			return err
		}
		old, err := tx.Get(ctx, token)
		if err != nil {
			return err
		}
		var rec tokenRecord
		if old != nil {
			if err := json.Unmarshal(old, &rec); err != nil {
				return err
			}
			if s.now().Before(rec.Until) {
				return errRepeated
			}
		}
		if err := set(tx, t); err != nil {
			return err
		}
		if err := tx.Set(pending, keyOf(t)); err != nil {
			return err
		}
		return tx.Set(token, b)
	})
	if err == nil {
		s.poke()
	}
	return err
}

// count returns how many transfers of that direction are unfinished in a scope, and whether one is of that table.
func (s *Service) count(ctx context.Context, d keyspace.Direction, scope table.Scope, name string) (n int, of bool, err error) {
	pending, err := s.pending(ctx)
	for _, p := range pending {
		direction, account, region, table, _, ok := keyspace.ParseTransfer(p.key)
		if ok && direction == d && account == scope.Account && region == scope.Region {
			n++
			of = of || table == name
		}
	}
	return n, of, err
}
