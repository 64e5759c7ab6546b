package stator

import (
	"context"
	"errors"

	"github.com/statordb/stator/internal/directory"
	"github.com/statordb/stator/internal/identity"
	"github.com/statordb/stator/internal/kv"
	"github.com/statordb/stator/internal/signin"
)

// openDirectory opens the people of the organization. They are the management account's: those of others see none of them.
func (s *Server) openDirectory(ctx context.Context, opts Options, mail signin.Sender) (*directory.Store, error) {
	options := directory.Options{
		Change:    s.identities.Change,
		Seal:      s.identities.Seal,
		Unseal:    s.identities.Unseal,
		Hash:      s.identities.Hash,
		PublicURL: opts.PublicURL,
		Logger:    opts.Logger,
	}
	if opts.Auth == AuthIAM {
		options.Home = func(ctx context.Context, _ kv.Reader) (account, region string, err error) {
			account, err = s.identities.Account(ctx)
			if errors.Is(err, identity.ErrNoSuchEntity) {
				err = nil
			}
			return account, "", err
		}
	}
	if mail != nil {
		options.Mail = func(ctx context.Context, to, subject, text string) error {
			return mail.Send(ctx, signin.Mail{To: to, Subject: subject, Text: text})
		}
	}
	return directory.Open(ctx, s.db, options)
}
