package kv

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"
)

const (
	// maxAttempts is generous: with the waits below, a transaction gives up after some seconds in which others
	// won every time.
	maxAttempts = 256
	firstWait   = 50 * time.Microsecond
	longestWait = 20 * time.Millisecond
)

// Retry runs attempt until it returns something else than ErrConflict, and returns that. Between attempts it waits
// a random time, longer each time, so that those who conflicted do not meet again. It ends with the context's
// error when ctx ends, and with an ErrConflict after very many attempts.
//
// Engines build DB.Update on it, so that all of them are equally patient.
func Retry(ctx context.Context, attempt func() error) error {
	for n := 1; ; n++ {
		err := attempt()
		if err == nil || !errors.Is(err, ErrConflict) {
			return err
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if n == maxAttempts {
			return fmt.Errorf("gave up after %d attempts: %w", n, err)
		}
		if err := pause(ctx, n); err != nil {
			return err
		}
	}
}

// pause waits before the attempt after the n-th.
func pause(ctx context.Context, n int) error {
	ceiling := longestWait
	if n < 10 { // a larger shift would be over longestWait anyway, and overflow in the end
		ceiling = min(firstWait<<n, longestWait)
	}
	timer := time.NewTimer(rand.N(ceiling))
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
