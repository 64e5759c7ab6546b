package table

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/statordb/stator/internal/attribute"
	"github.com/statordb/stator/internal/keyspace"
	"github.com/statordb/stator/internal/kv"
)

func TestTokens(t *testing.T) {
	ctx := context.Background()
	clock := newClock()
	db := openDB(t)
	s := openStore(t, db, Options{Now: clock.now})
	d := must[*Descriptor](t)(s.Create(ctx, simple("t")))
	n := 0
	count := Write{Table: d, Key: item(t, `{"p":{"S":"p"},"s":{"N":"1"}}`), Apply: func(old attribute.Value) (attribute.Value, error) {
		n = 1
		if old != nil {
			i, _ := old.Field("n").Number().Int64()
			n = int(i) + 1
		}
		return item(t, `{"p":{"S":"p"},"s":{"N":"1"},"n":{"N":"%d"}}`, n), nil
	}}
	try := func(token, hash string, want error, wantN int) {
		t.Helper()
		tok := &Token{Scope: testScope, Value: token, Lifetime: 10 * time.Minute}
		copy(tok.Hash[:], hash)
		if _, err := s.Write(ctx, []Write{count}, tok); !errors.Is(err, want) {
			t.Errorf("%s %s: %v, want %v", token, hash, err, want)
		}
		if got, _ := get(t, s, d, count.Key).Field("n").Number().Int64(); int(got) != wantN {
			t.Errorf("%s %s: done %d times, want %d", token, hash, got, wantN)
		}
	}
	try("a", "x", nil, 1)
	try("a", "x", ErrRepeated, 1)
	try("a", "y", ErrTokenMismatch, 1)
	try("b", "x", nil, 2)
	clock.forward(10*time.Minute - 1)
	try("a", "x", ErrRepeated, 2)
	clock.forward(1)
	try("a", "y", nil, 3) // expired, though not removed yet
	checkStore(t, db)
	if n := must[int](t)(s.expireTokens(ctx)); n != 1 {
		t.Errorf("%d tokens expired, want b", n)
	}
	try("a", "y", ErrRepeated, 3)
	try("b", "y", nil, 4)
	refuse := Write{Table: d, Key: count.Key, Apply: func(attribute.Value) (attribute.Value, error) { return nil, errors.New("no") }}
	if _, err := s.Write(ctx, []Write{refuse}, &Token{Scope: testScope, Value: "c", Lifetime: time.Hour}); !errors.Is(err, ErrRefused) {
		t.Error(err)
	}
	try("c", "z", nil, 5) // a refused change does not use up its token
	for i := range 2*expireBatch + 10 {
		must[[]Written](t)(s.Write(ctx, nil, &Token{Scope: testScope, Value: fmt.Sprint("many", i), Lifetime: time.Minute}))
	}
	clock.forward(time.Minute)
	if n := must[int](t)(s.expireTokens(ctx)); n != 2*expireBatch+10 {
		t.Errorf("%d tokens expired", n)
	}
	if sum := checkStore(t, db); sum.Tokens != 3 {
		t.Errorf("%d tokens left", sum.Tokens)
	}
	clock.forward(time.Hour)
	must[int](t)(s.expireTokens(ctx))
	start, end := keyspace.Tokens()
	left := 0
	err := db.View(ctx, func(r kv.Reader) error {
		return r.Scan(ctx, kv.Range{Start: start, End: end}, func(_, _ []byte) (bool, error) { left++; return true, nil })
	})
	if err != nil || left != 0 {
		t.Errorf("%d tokens left: %v", left, err)
	}
}
