package stator

import (
	"maps"
	"net/http"

	"github.com/statordb/stator/internal/audit"
	"github.com/statordb/stator/internal/console"
	"github.com/statordb/stator/internal/identity"
	"github.com/statordb/stator/internal/scim"
	"github.com/statordb/stator/internal/signin"
)

// mailer returns what sends mails, nil if nothing does.
func mailer(opts Options) (signin.Sender, error) {
	if opts.SMTPURL == "" {
		return nil, nil
	}
	return signin.SMTP(opts.SMTPURL, opts.SMTPFrom)
}

// openSites returns the handlers of what browsers see, by path.
func (s *Server) openSites(opts Options) (map[string]http.Handler, error) {
	var log *audit.Log
	if s.audit != nil {
		log = s.audit.Log
	}
	mail, err := mailer(opts)
	if err != nil {
		return nil, err
	}
	s.signIn = signin.New(signin.Options{
		Identities: s.identities,
		OpenAuth:   opts.Auth == AuthOpen,
		SignUp:     opts.SignUp,
		Region:     opts.Region,
		PublicURL:  opts.PublicURL,
		Version:    opts.Version,
		Mail:       mail,
		API:        http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { s.handler.ServeHTTP(w, r) }),
		Claimed:    func() { forgetSetupToken(opts) },
		Audit:      log,
		Logger:     opts.Logger,
	})
	provisioning := scim.New(scim.Options{People: s.directory, Account: s.managementAccount, Region: opts.Region, Audit: log, Logger: opts.Logger})
	s.sources = s.openSources(opts)
	s.portal = s.openPortal(opts, log)
	s.sources.Start()
	sites := map[string]http.Handler{scim.Path: provisioning, "/signin": s.signIn, "/federation": s.signIn, "/saml": s.signIn, "/sources": s.sources, "/console": console.Handler()}
	maps.Copy(sites, s.portal.Sites())
	return sites, nil
}

// forgetSetupToken removes the file of a token that is worth nothing any more.
func forgetSetupToken(opts Options) {
	if opts.Data == "" {
		return
	}
	if err := identity.Folder(opts.Data).RemoveSetupToken(); err != nil {
		opts.Logger.Warn("the used setup token could not be removed", "error", err)
	}
}
