package stator

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/statordb/stator/internal/identity"
	"github.com/statordb/stator/internal/server"
)

// openIdentities opens the identities, and makes the first ones at the first start.
func (s *Server) openIdentities(ctx context.Context, opts Options) (*identity.Store, server.Auth, error) {
	begun, err := identity.Initialized(ctx, s.db)
	if err != nil {
		return nil, nil, err
	}
	keys, err := masterKeys(opts, begun)
	if err != nil {
		return nil, nil, err
	}
	ids, err := identity.Open(ctx, s.db, identity.Options{MasterKey: keys[0], OldKeys: keys[1:], PublicURL: opts.PublicURL, Logger: opts.Logger,
		NewEmail: func(to, code string) error { return s.signIn.MailNewEmail(to, code) },
		Changed:  func(c identity.RootChange) { s.signIn.MailChange(c) },
		Person:   s.personAllowed,
		Leased:   s.store.Lease})
	if err != nil {
		return nil, nil, err
	}
	switch {
	case opts.Auth == AuthOpen:
		// The account of everything has no first start: a later one with IAM makes its own.
		s.credentials = Credentials{AccessKeyID: "open", SecretAccessKey: "open", Account: server.OpenAccount}
		return ids, server.Open(opts.Region), nil
	case begun:
		err = s.recall(ctx, ids, opts)
	default:
		err = s.firstStart(ctx, ids, opts)
		if errors.Is(err, identity.ErrAlreadyExists) { // another server was first, whose master key has to be this one's
			s.credentials = Credentials{}
			return s.openIdentities(ctx, opts)
		}
	}
	return ids, server.IAM(ids), err
}

// masterKeys finds the master keys, or makes one if nothing has been encrypted yet.
func masterKeys(opts Options, begun bool) (keys []identity.MasterKey, err error) {
	if opts.MasterKey != "" {
		return identity.ParseMasterKeys(opts.MasterKey)
	}
	if opts.Engine == EngineMemory || opts.Data == "" {
		return []identity.MasterKey{identity.NewMasterKey()}, nil
	}
	folder := identity.Folder(opts.Data)
	keys, err = folder.MasterKeys()
	if !errors.Is(err, fs.ErrNotExist) {
		return keys, err
	}
	if begun {
		return nil, fmt.Errorf("%s is missing: without it the access keys can't be read", folder.MasterKeyPath())
	}
	if err := os.MkdirAll(opts.Data, 0o700); err != nil { // there is none yet without authentication
		return nil, err
	}
	keys = []identity.MasterKey{identity.NewMasterKey()}
	return keys, folder.WriteMasterKey(keys[0])
}

// RotateMasterKey makes a new master key in the data folder of opts, and encrypts all secrets in the engine with it. No server
// has the engine open; those that share it get the new key before they start. If it is interrupted, the folder still opens, and
// it can be called again.
func RotateMasterKey(ctx context.Context, opts Options) error {
	if err := opts.complete(); err != nil {
		return err
	}
	folder := identity.Folder(opts.Data)
	old, err := folder.MasterKeys()
	if err != nil {
		return err
	}
	db, err := openExisting(ctx, opts)
	if err != nil {
		return err
	}
	key := identity.NewMasterKey()
	err = folder.WriteMasterKeys(append([]identity.MasterKey{key}, old...)...)
	if err == nil {
		_, err = identity.Open(ctx, db, identity.Options{MasterKey: key, OldKeys: old})
	}
	// The old keys go only when what they encrypted has been written, and on disk.
	if err = errors.Join(err, db.Close()); err != nil {
		return err
	}
	return folder.WriteMasterKeys(key)
}

// firstStart makes the first account. Its access key is the one in the data folder, if there is one already: then a
// server in memory has the same key each time, and nobody's only copy of a key is ever overwritten. The error is
// identity.ErrAlreadyExists if another server made it meanwhile; then the folder has nothing of this try.
func (s *Server) firstStart(ctx context.Context, ids *identity.Store, opts Options) error {
	folder := identity.Folder(opts.Data)
	first, err := identity.NewFirst(opts.Account)
	if err != nil {
		return err
	}
	file := ""
	var made []string
	if opts.Data != "" {
		file = folder.CredentialsPath()
		switch key, err := folder.AccessKey(); {
		case err == nil:
			err = key.Check()
			if err == nil && opts.Account != "" && opts.Account != key.Account() {
				err = fmt.Errorf("its access key is of account %s, not %s", key.Account(), opts.Account)
			}
			if err != nil {
				return fmt.Errorf("%s: %w; move it away to have a new one made", file, err)
			}
			first.Key, first.Account = key, key.Account()
		case errors.Is(err, fs.ErrNotExist):
			if err := folder.WriteAccessKey(first.Key); err != nil {
				return err
			}
			made = append(made, file)
		default:
			return err
		}
		if err := folder.WriteSetupToken(first.SetupToken); err != nil {
			return err
		}
		made = append(made, folder.SetupTokenPath())
	}
	s.credentials = Credentials{first.Key.ID, first.Key.Secret, first.Account, file}
	err = ids.Bootstrap(ctx, first)
	if errors.Is(err, identity.ErrAlreadyExists) {
		for _, file := range made {
			if err := os.Remove(file); err != nil {
				return err
			}
		}
	}
	return err
}

// recall finds what an earlier start made.
func (s *Server) recall(ctx context.Context, ids *identity.Store, opts Options) error {
	account, err := ids.Account(ctx)
	if err != nil {
		return err
	}
	if opts.Account != "" && opts.Account != account {
		return fmt.Errorf("the data belongs to account %s, not %s", account, opts.Account)
	}
	s.credentials.Account = account
	folder := identity.Folder(opts.Data)
	if claimed, err := ids.Claimed(ctx); err != nil {
		return err
	} else if claimed { // it may have ended between the claim and this
		forgetSetupToken(opts)
	}
	// The file is the operator's, who may have taken it away.
	if key, err := folder.AccessKey(); err == nil {
		s.credentials = Credentials{key.ID, key.Secret, account, folder.CredentialsPath()}
	}
	return nil
}
