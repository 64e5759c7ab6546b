package agent

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// source gives out credentials that are good for a time, or fails while it is down.
type source struct {
	good  time.Duration
	down  atomic.Bool
	asked atomic.Int32
}

func (s *source) Retrieve(context.Context) (aws.Credentials, error) {
	s.asked.Add(1)
	if s.down.Load() {
		return aws.Credentials{}, errors.New("the server is away")
	}
	return aws.Credentials{AccessKeyID: "ASIA", SecretAccessKey: "the-secret", SessionToken: "the-token", CanExpire: true, Expires: time.Now().Add(s.good)}, nil
}

// keep runs a keeper in a bubble of its own time.
func keep(t *testing.T, s *source, margin time.Duration, test func(t *testing.T, k *Keeper)) {
	var log strings.Builder
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithCancel(t.Context())
		defer stop()
		k := NewKeeper(s, margin, slog.New(slog.NewTextHandler(&log, nil)))
		go k.Run(ctx)
		synctest.Wait()
		test(t, k)
		stop()
		synctest.Wait()
	})
	if strings.Contains(log.String(), "the-") {
		t.Errorf("a secret is in the log:\n%s", log.String())
	}
}

func TestRenewedAheadOfTime(t *testing.T) {
	for _, c := range []struct{ good, margin, want time.Duration }{
		{time.Hour, 0, 20 * time.Minute},
		{15 * time.Minute, 0, 5 * time.Minute},
		{12 * time.Hour, time.Hour, time.Hour},
	} {
		s := &source{good: c.good}
		keep(t, s, c.margin, func(t *testing.T, k *Keeper) {
			first := k.until()
			time.Sleep(c.good - c.want - c.want/10 - time.Second)
			synctest.Wait()
			if !k.until().Equal(first) {
				t.Errorf("credentials of %v were renewed %v before their end", c.good, time.Until(first))
			}
			time.Sleep(c.want/10 + time.Second)
			synctest.Wait()
			if left := time.Until(k.until()); k.until().Equal(first) || left < c.good-c.want/10-time.Second {
				t.Errorf("credentials of %v were not renewed %v before their end", c.good, time.Until(first))
			}
		})
	}
}

func TestServerAway(t *testing.T) {
	s := &source{good: time.Hour}
	keep(t, s, 0, func(t *testing.T, k *Keeper) {
		first := k.until()
		s.down.Store(true)
		time.Sleep(time.Hour - time.Second)
		if c, err := k.Credentials(t.Context()); err != nil || !c.Expires.Equal(first) {
			t.Errorf("what is still good is not given out: %v", err)
		}
		if n := s.asked.Load(); n < 5 || n > 60 {
			t.Errorf("the source was asked %d times while it was down", n)
		}
		time.Sleep(2 * time.Second)
		ctx, cancel := context.WithTimeout(t.Context(), patience)
		defer cancel()
		if c, err := k.Credentials(ctx); err == nil || err.Error() != "the server is away" || c.SecretAccessKey != "" {
			t.Errorf("credentials that have expired: %v", err)
		}
		s.down.Store(false)
		time.Sleep(2 * maxPause)
		if _, err := k.Credentials(t.Context()); err != nil {
			t.Error(err)
		}
	})
}

func TestWaitForTheFirst(t *testing.T) {
	s := &source{good: time.Hour}
	s.down.Store(true)
	keep(t, s, 0, func(t *testing.T, k *Keeper) {
		go func() {
			time.Sleep(time.Second / 2)
			s.down.Store(false)
		}()
		ctx, cancel := context.WithTimeout(t.Context(), patience)
		defer cancel()
		if _, err := k.Credentials(ctx); err != nil {
			t.Error(err)
		}
	})
}

// A host that was suspended finds its credentials expired, with the timer still running.
func TestAsleep(t *testing.T) {
	s := &source{good: time.Hour}
	keep(t, s, 0, func(t *testing.T, k *Keeper) {
		k.mu.Lock()
		k.current.Expires = time.Now().Add(-time.Minute)
		k.mu.Unlock()
		if _, err := k.Credentials(t.Context()); err != nil || s.asked.Load() != 2 {
			t.Errorf("asked %d times: %v", s.asked.Load(), err)
		}
	})
}

// Credentials that are good for less than the margin are not renewed all the time.
func TestMarginTooLong(t *testing.T) {
	s := &source{good: time.Minute}
	keep(t, s, time.Hour, func(t *testing.T, _ *Keeper) {
		time.Sleep(time.Minute)
		if n := s.asked.Load(); n > 61 {
			t.Errorf("asked %d times in a minute", n)
		}
	})
}
