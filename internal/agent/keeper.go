package agent

import (
	"context"
	"errors"
	"log/slog"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// How long a try may take, and how long it is until the next after one that failed.
const (
	tryTimeout = 30 * time.Second
	firstPause = time.Second
	maxPause   = time.Minute
)

// maxMargin is how long before their end credentials are renewed at the most if nobody says: clients renew what they have in the
// last quarter of an hour, and should be given what is newer then.
const maxMargin = 20 * time.Minute

// Keeper keeps the credentials of a source fresh. It is safe for concurrent use.
type Keeper struct {
	source Source
	margin time.Duration
	log    *slog.Logger

	mu      sync.Mutex
	current aws.Credentials // zero until there are some
	err     error           // of the last try
	tried   chan struct{}   // closed when the next try is done
	wake    chan struct{}   // has an element if somebody waits for a try
}

// NewKeeper returns a keeper, which does nothing until Run. Credentials are renewed margin before they end, or a little earlier, so
// that not all hosts ask at once; 0 is a third of their time, of 20 minutes at the most.
func NewKeeper(source Source, margin time.Duration, log *slog.Logger) *Keeper {
	return &Keeper{source: source, margin: margin, log: log, tried: make(chan struct{}), wake: make(chan struct{}, 1)}
}

// Run renews the credentials until ctx ends. When that fails it tries again, with longer and longer pauses, and what is there stays
// good until its own end.
func (k *Keeper) Run(ctx context.Context) {
	pause := firstPause
	for ctx.Err() == nil {
		if err := k.try(ctx); err != nil {
			k.log.Warn("no new credentials", "error", err, "valid_until", k.until())
			sleep(ctx, spread(pause), nil)
			pause = min(2*pause, maxPause)
			continue
		}
		pause = firstPause
		sleep(ctx, k.rest(), k.wake)
	}
}

// try asks the source once.
func (k *Keeper) try(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, tryTimeout)
	defer cancel()
	c, err := k.source.Retrieve(ctx)
	if err == nil && !time.Now().Before(c.Expires) {
		err = errors.New("the new credentials have expired already: is the clock of this host right?")
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.err = err; err == nil {
		k.current = c
		k.log.Info("new credentials", "access_key", c.AccessKeyID, "valid_until", c.Expires)
	}
	close(k.tried)
	k.tried = make(chan struct{})
	return err
}

func (k *Keeper) until() time.Time {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.current.Expires
}

// rest is how long it is until the next renewal.
func (k *Keeper) rest() time.Duration {
	left := time.Until(k.until())
	margin := k.margin
	if margin == 0 {
		margin = min(left/3, maxMargin)
	}
	return left - margin - spread(margin/10)
}

// spread is a time of half of d to the whole.
func spread(d time.Duration) time.Duration {
	if d < 2 {
		return d
	}
	return d/2 + rand.N(d/2)
}

// sleep waits until d is over, ctx ends or wake has something, which may be nil.
func sleep(ctx context.Context, d time.Duration, wake <-chan struct{}) {
	timer := time.NewTimer(max(d, firstPause)) // credentials that are always about to end are not asked for all the time
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-wake:
	case <-timer.C:
	}
}

// Credentials returns the credentials that are good now. If there are none it waits for the next try, as long as ctx allows, and
// the error says why that failed.
func (k *Keeper) Credentials(ctx context.Context) (aws.Credentials, error) {
	c, tried, ok := k.now()
	if ok {
		return c, nil
	}
	// The host may have slept, and the timer with it.
	select {
	case k.wake <- struct{}{}:
	default:
	}
	select {
	case <-tried:
	case <-ctx.Done():
	}
	c, _, ok = k.now()
	if ok {
		return c, nil
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.err != nil {
		return aws.Credentials{}, k.err
	}
	return aws.Credentials{}, errors.New("there are no credentials yet")
}

// now are the credentials that are there, whether they are good, and what tells of the next try.
func (k *Keeper) now() (aws.Credentials, <-chan struct{}, bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.current, k.tried, time.Now().Before(k.current.Expires)
}
