package table

import (
	"context"
	"encoding/binary"
	"fmt"
	"time"

	"github.com/statordb/stator/internal/keyspace"
	"github.com/statordb/stator/internal/kv"
)

// Token makes a change happen once, however often the request for it is repeated.
type Token struct {
	Scope Scope
	Value string
	// Hash is of the request: the same token with another is an error.
	Hash [32]byte
	// Lifetime is how long the store remembers the token.
	Lifetime time.Duration
}

// What is stored under a token: the hash, and when it expires, in nanoseconds since 1970.
const tokenSize = 32 + 8

func (t *Token) key() []byte { return keyspace.Token(t.Scope.Account, t.Scope.Region, t.Value) }

// useToken remembers the token, whose key is locked. It is ErrRepeated or ErrTokenMismatch if that was done before.
func (s *Store) useToken(ctx context.Context, tx kv.Txn, t *Token, key []byte) error {
	now := s.now()
	b, err := tx.Get(ctx, key)
	if err != nil {
		return err
	}
	if b != nil {
		if len(b) != tokenSize {
			return fmt.Errorf("%w: idempotency token", ErrCorrupt)
		}
		expires := int64(binary.BigEndian.Uint64(b[32:]))
		switch {
		case expires <= now.UnixNano():
			if err := tx.Delete(keyspace.Expiry(expires, key)); err != nil {
				return err
			}
		case [32]byte(b[:32]) == t.Hash:
			return ErrRepeated
		default:
			return ErrTokenMismatch
		}
	}
	expires := now.Add(t.Lifetime).UnixNano()
	value := binary.BigEndian.AppendUint64(t.Hash[:len(t.Hash):len(t.Hash)], uint64(expires))
	if err := tx.Set(key, value); err != nil {
		return err
	}
	return tx.Set(keyspace.Expiry(expires, key), nil)
}

const (
	expireEvery = 30 * time.Second
	expireBatch = 200
	// tokenLease is the name of the work on tokens. To look whether there is any takes no lease.
	tokenLease = "tokens"
)

// expireLoop removes expired tokens. Nothing depends on when it does.
func (s *Store) expireLoop() {
	for s.sleep(expireEvery) {
		if _, err := s.expireTokens(s.ctx); err != nil && s.ctx.Err() == nil {
			s.log.Warn("table: expired idempotency tokens not removed", "error", err)
		}
	}
}

// expireTokens removes all tokens that are expired by now, if this server is the one who does, and returns how many.
func (s *Store) expireTokens(ctx context.Context) (int, error) {
	removed := 0
	start, end := keyspace.Expiries(s.now().UnixNano() + 1)
	for {
		var queue, locks [][]byte
		err := s.db.View(ctx, func(r kv.Reader) error {
			queue, locks = nil, nil
			return r.Scan(ctx, kv.Range{Start: start, End: end, Limit: expireBatch}, func(key, _ []byte) (bool, error) {
				_, token, ok := keyspace.ParseExpiry(key)
				if !ok {
					return false, fmt.Errorf("%w: key %q", ErrCorrupt, key)
				}
				queue, locks = append(queue, append([]byte(nil), key...)), append(locks, token)
				return len(queue) < expireBatch, nil
			})
		})
		if err != nil || len(queue) == 0 {
			return removed, err
		}
		held, err := s.lease(ctx, tokenLease)
		if err != nil || !held[0] {
			return removed, err
		}
		err = s.db.Update(ctx, func(tx kv.Txn) error {
			if err := tx.Lock(ctx, locks...); err != nil {
				return err
			}
			tokens, err := tx.GetMany(ctx, locks)
			if err != nil {
				return err
			}
			for i, key := range queue {
				if err := tx.Delete(key); err != nil {
					return err
				}
				// A token that was used again since has a later time, and another key in the queue.
				at, _, _ := keyspace.ParseExpiry(key)
				if b := tokens[i]; len(b) == tokenSize && int64(binary.BigEndian.Uint64(b[32:])) == at {
					if err := tx.Delete(locks[i]); err != nil {
						return err
					}
				}
			}
			return nil
		})
		if err != nil {
			return removed, err
		}
		removed += len(queue)
		start = keyspace.After(queue[len(queue)-1]) // not over what was just deleted
	}
}
