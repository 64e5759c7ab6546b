package stator

import (
	"context"
	"net/http"
	"time"

	"github.com/statordb/stator/internal/audit"
	"github.com/statordb/stator/internal/center"
	"github.com/statordb/stator/internal/directory"
	"github.com/statordb/stator/internal/identity"
	"github.com/statordb/stator/internal/kv"
	"github.com/statordb/stator/internal/portal"
	"github.com/statordb/stator/internal/server"
	"github.com/statordb/stator/internal/signin"
	"github.com/statordb/stator/internal/sources"
)

// openPeople opens what knows the people who sign in, and what they may be.
func (s *Server) openPeople(ctx context.Context, opts Options) (err error) {
	options := directory.Options{Change: s.identities.Change, Seal: s.identities.Seal, Unseal: s.identities.Unseal, Hash: s.identities.Hash,
		PublicURL: opts.PublicURL, Logger: opts.Logger}
	s.managementAccount = server.OpenAccount
	if opts.Auth == AuthIAM {
		if s.managementAccount, err = s.identities.Account(ctx); err != nil {
			return err
		}
		options.Home = s.home
	}
	mail, err := mailer(opts)
	if err != nil {
		return err
	}
	if mail != nil && opts.PublicURL == "" { // what a request says of the address may be anybody's invention
		opts.Logger.Warn("links in mails to people have a path alone, as the server does not know how they reach it: give --public-url")
	}
	if mail != nil {
		options.Mail = func(ctx context.Context, to, subject, text string) error {
			return mail.Send(ctx, signin.Mail{To: to, Subject: subject, Text: text})
		}
	}
	if s.directory, err = directory.Open(ctx, s.db, options); err != nil {
		return err
	}
	s.center, err = center.Open(ctx, s.db, center.Options{Identities: s.identities, Directory: s.directory})
	return err
}

// openPortal opens what people have once they have signed in. Its pages are those of s.signIn.
func (s *Server) openPortal(opts Options, log *audit.Log) *portal.Portal {
	p := portal.New(portal.Options{
		DB: s.db, Identities: s.identities, Directory: s.directory, Center: s.center, Change: s.identities.Change, Seal: s.identities.Seal, Unseal: s.identities.Unseal,
		Leased: s.store.Lease, SignIn: s.signIn, PublicURL: opts.PublicURL, Region: opts.Region, Audit: log, Logger: opts.Logger,
		Source: s.source, Vouches: s.sources.Vouches,
	})
	p.Start()
	return p
}

// openSources opens where people come from who are not in the built-in directory alone.
func (s *Server) openSources(opts Options) *sources.Service {
	options := sources.Options{Directory: s.directory, Seal: s.identities.Seal, Unseal: s.identities.Unseal, Leased: s.store.Lease,
		Begin: func(ctx context.Context, by sources.Proof) (string, time.Time, error) {
			return s.portal.Begin(ctx, portal.Proof{User: by.User, Source: by.Source, Grant: by.Grant, MFA: by.MFA, Tags: by.Tags, Until: by.Until})
		},
		Enter: func(w http.ResponseWriter, r *http.Request, token string) error {
			return s.portal.SetCookie(s.signIn.CallOf(w, r), token)
		},
		End:       func(ctx context.Context, session string) error { return s.portal.End(ctx, session) },
		PublicURL: opts.PublicURL, Logger: opts.Logger}
	if opts.Auth == AuthIAM {
		options.Manages = func(ctx context.Context, r kv.Reader, account string) (bool, error) {
			home, _, err := s.home(ctx, r)
			return home == account, err
		}
	}
	return sources.New(s.db, options)
}

// source says where people come from now.
func (s *Server) source(ctx context.Context) (from portal.Source, err error) {
	if from.Kind, from.Name, from.Grant, err = s.sources.Source(ctx); err != nil {
		return from, err
	}
	from.SignOut = s.sources.SignOut
	if from.Kind == "ldap" {
		from.Password = s.sources.SignIn
	}
	return from, nil
}

// home says whose the people are, and in which region: those of the instance of IAM Identity Center, or, as long as there is none,
// the management account's in all regions.
func (s *Server) home(ctx context.Context, r kv.Reader) (account, region string, err error) {
	switch i, err := s.center.Instance(ctx, r); {
	case err != nil:
		return "", "", err
	case i != nil:
		return i.OwnerAccount, i.Region, nil
	}
	return s.managementAccount, "", nil
}

// personAllowed says whether a session of a person is still allowed: one of the console ends with that in the access portal, and any with
// the outside source that the person came from.
func (s *Server) personAllowed(ctx context.Context, r kv.Reader, p identity.PersonRef) (bool, error) {
	if p.Portal != "" {
		if alive, err := s.portal.Alive(ctx, r, p.Portal); err != nil || !alive {
			return false, err
		}
	}
	if p.Grant != "" {
		if vouched, err := s.sources.Vouches(ctx, r, p.Grant); err != nil || !vouched {
			return false, err
		}
	}
	return s.center.Allowed(ctx, r, p)
}
