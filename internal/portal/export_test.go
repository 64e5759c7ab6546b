package portal

import (
	"context"
	"net/netip"
	"strconv"
	"time"

	"github.com/statordb/stator/internal/kv"
)

// Sweep removes what is over, as Start does from time to time.
func (p *Portal) Sweep(ctx context.Context) error { return p.sweep(ctx) }

// MayStart says whether a source may begin a device authorization.
func (p *Portal) MayStart(from netip.Addr, now time.Time) bool { return p.mayStart(from, now) }

// MaxSessions is how many sessions somebody may have.
const MaxSessions = maxSessions

// The bounds of what is kept lest it is used twice.
const (
	MaxProofs     = maxProofs
	MaxAssertions = maxAssertions
)

// Use notes n proofs as used that are good for a minute, of a session of the console, or of a person with an application.
func (p *Portal) Use(ctx context.Context, n int, user, application string) error {
	return p.DB.Update(ctx, func(tx kv.Txn) error {
		for i := range n {
			if err := keep(tx, owner(user, application), proofKind, strconv.Itoa(i), ending{p.now().Add(time.Minute)}); err != nil {
				return err
			}
		}
		return nil
	})
}
