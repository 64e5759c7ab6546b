package stator

import (
	"context"

	"github.com/statordb/stator/internal/audit"
	"github.com/statordb/stator/internal/center"
	"github.com/statordb/stator/internal/directory"
	"github.com/statordb/stator/internal/identity"
	"github.com/statordb/stator/internal/kv"
	"github.com/statordb/stator/internal/portal"
)

// openPeople opens what knows the people who sign in, and what they may be.
func (s *Server) openPeople(ctx context.Context, opts Options) (err error) {
	s.directory, err = directory.Open(ctx, s.db, directory.Options{
		Change: s.identities.Change, Seal: s.identities.Seal, Unseal: s.identities.Unseal, PublicURL: opts.PublicURL, Logger: opts.Logger})
	if err != nil {
		return err
	}
	s.center, err = center.Open(ctx, s.db, center.Options{Identities: s.identities, Directory: s.directory, Logger: opts.Logger})
	return err
}

// openPortal opens what people have once they have signed in. Its pages are those of s.signIn.
func (s *Server) openPortal(opts Options, log *audit.Log) *portal.Portal {
	p := portal.New(portal.Options{
		DB: s.db, Identities: s.identities, Directory: s.directory, Center: s.center, Change: s.identities.Change, Seal: s.identities.Seal, Unseal: s.identities.Unseal,
		Leased: s.store.Lease, SignIn: s.signIn, PublicURL: opts.PublicURL, Region: opts.Region, Audit: log, Logger: opts.Logger,
	})
	p.Start()
	return p
}

// personAllowed says whether a session of a person is still allowed: one of the console ends with that in the access portal.
func (s *Server) personAllowed(ctx context.Context, r kv.Reader, p identity.PersonRef) (bool, error) {
	if p.Portal != "" {
		if alive, err := s.portal.Alive(ctx, r, p.Portal); err != nil || !alive {
			return false, err
		}
	}
	return s.center.Allowed(ctx, r, p.User, p.Account, p.PermissionSet)
}
