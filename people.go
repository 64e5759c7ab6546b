package stator

import (
	"context"

	"github.com/statordb/stator/internal/center"
	"github.com/statordb/stator/internal/directory"
	"github.com/statordb/stator/internal/identity"
	"github.com/statordb/stator/internal/kv"
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

// personAllowed says whether a session of a person is still allowed.
func (s *Server) personAllowed(ctx context.Context, r kv.Reader, p identity.PersonRef) (bool, error) {
	return s.center.Allowed(ctx, r, p.User, p.Account, p.PermissionSet)
}
