package kv_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/statordb/stator/internal/kv"
)

func TestRetryStopsAtTheFirstOtherResult(t *testing.T) {
	boom := errors.New("boom")
	for _, want := range []error{nil, boom} {
		n := 0
		err := kv.Retry(t.Context(), func() error {
			if n++; n < 5 {
				return fmt.Errorf("wrapped: %w", kv.ErrConflict)
			}
			return want
		})
		if !errors.Is(err, want) || n != 5 {
			t.Errorf("Retry = %v after %d attempts, want %v after 5", err, n, want)
		}
	}
}

func TestRetryGivesUp(t *testing.T) {
	n := 0
	err := kv.Retry(t.Context(), func() error { n++; return kv.ErrConflict })
	if !errors.Is(err, kv.ErrConflict) {
		t.Errorf("Retry = %v, want ErrConflict", err)
	}
	if n < 50 {
		t.Errorf("gave up after %d attempts only", n)
	}
}

func TestRetryEndsWithTheContext(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	err := kv.Retry(ctx, func() error { return kv.ErrConflict })
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Retry = %v, want the context's error", err)
	}
}
