package sources

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/keyspace"
	"github.com/statordb/stator/internal/kv"
	"github.com/statordb/stator/internal/policy"
)

func encode(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

func decode(s string) ([]byte, error) { return base64.RawURLEncoding.DecodeString(s) }

// login sends a browser to the provider that people sign in at: GET /sources/login?return=/console/portal.
func (s *Service) login(x *call) error {
	c, err := s.inUse(x.context())
	if err != nil {
		return err
	}
	t := &trip{Return: destination(x.r.URL.Query().Get("return"))}
	switch {
	case c != nil && c.Type == SAML:
		return s.samlLogin(x, c, t)
	case c != nil && c.Type == OIDC:
		return s.oidcLogin(x, c, t)
	}
	return bad("People do not sign in at another site.")
}

// arrival is somebody who has proven to a provider who they are.
type arrival struct {
	Configuration string
	// Grant is what the provider vouched for the person with: it may be another provider by now.
	Grant  string
	Person person
	MFA    bool
	// Tags are session tags that the source gives.
	Tags []policy.Tag `json:",omitempty"`
	// Session is the provider's: its id there, when it ends, and the ID token that ends it.
	Session
	Expires time.Time
}

// Session is what is known of the session that a provider has with somebody.
type Session struct {
	// Subject and Index are whose it is, and which, in the words of the provider.
	Subject, Index, Format string
	// Qualifier and SPQualifier are those of a NameID.
	Qualifier, SPQualifier string `json:",omitempty"`
	// IDToken is sealed under the session's name.
	IDToken []byte `json:",omitempty"`
	// Ends is when the provider ends it; zero if it does not say.
	Ends time.Time
}

// enter signs somebody in to the access portal.
func (s *Service) enter(x *call, c *configuration, a *arrival, to string) error {
	user, err := s.admit(x.context(), c, &a.Person)
	if err != nil {
		if e, ok := errors.AsType[*awsapi.Error](err); ok {
			err = errors.New(e.Code + ": " + e.Message) // of the directory, and not for the person
		}
		return refused(err)
	}
	token, ends, err := s.Begin(x.context(), Proof{user, kinds[c.Type], c.grant(), a.MFA, a.Tags, a.Ends})
	if err != nil {
		return err
	}
	if err := s.remember(x.context(), c, user, token, ends, a.Session); err != nil {
		return errors.Join(err, s.End(context.WithoutCancel(x.context()), SessionID(token)))
	}
	if err := s.Enter(x.w, x.r, token); err != nil {
		return err
	}
	return x.redirect(to)
}

// sessionRecord leads from a session of the access portal to the provider's.
type sessionRecord struct {
	Session
	Configuration, User string
	// Until is when it is forgotten: when the session here ends at the latest. Nobody signs out of it then, on either side.
	Until time.Time
}

func sessionKey(id string) []byte { return key("session", id) }

// sessionOfKeys lead there from whose it is, and from which it is.
func sessionOfKeys(configuration, id string, of *Session) [][]byte {
	keys := [][]byte{key("sessionof", configuration, "subject", digest(of.Subject), id)}
	if of.Index != "" {
		keys = append(keys, key("sessionof", configuration, "index", digest(of.Index), id))
	}
	return keys
}

// idTokenName is what the ID token of a session is sealed under.
func idTokenName(id string) string { return "sources idtoken " + id }

func (s *Service) remember(ctx context.Context, c *configuration, user, token string, until time.Time, of Session) error {
	id := SessionID(token)
	if of.IDToken != nil {
		of.IDToken = s.Seal(of.IDToken, idTokenName(id))
	}
	return s.db.Update(ctx, func(tx kv.Txn) error {
		for _, k := range sessionOfKeys(c.ID, id, &of) {
			if err := tx.Set(k, []byte{}); err != nil {
				return err
			}
		}
		return put(tx, sessionKey(id), sessionRecord{of, c.ID, user, until})
	})
}

// forget removes what is known of a session.
func forget(tx kv.Txn, id string, of *sessionRecord) error {
	err := tx.Delete(sessionKey(id))
	for _, k := range sessionOfKeys(of.Configuration, id, &of.Session) {
		err = errors.Join(err, tx.Delete(k))
	}
	return err
}

// sessionsOf returns the sessions here, by id, of a subject of a source, those of the indexes if there are any, or those of the indexes if
// there is no subject.
func (s *Service) sessionsOf(ctx context.Context, c *configuration, subject string, indexes []string) (all map[string]*sessionRecord, err error) {
	type place struct{ kind, name string }
	var places []place
	if subject != "" {
		places = append(places, place{"subject", subject})
	} else {
		for _, index := range indexes {
			places = append(places, place{"index", index})
		}
	}
	err = s.db.View(ctx, func(r kv.Reader) error {
		all = make(map[string]*sessionRecord)
		for _, p := range places {
			ids, err := lasts(ctx, r, "sessionof", c.ID, p.kind, digest(p.name))
			if err != nil {
				return err
			}
			for _, id := range ids {
				of, err := get[sessionRecord](ctx, r, sessionKey(id))
				if err != nil {
					return err
				}
				if of != nil && (len(indexes) == 0 || slices.Contains(indexes, of.Index)) {
					all[id] = of
				}
			}
		}
		return nil
	})
	return all, err
}

// lasts returns the last parts of the keys under parts.
func lasts(ctx context.Context, r kv.Reader, parts ...string) (all []string, err error) {
	start, end := keyspace.PeopleRange(append([]string{word}, parts...)...)
	err = r.Scan(ctx, kv.Range{Start: start, End: end}, func(k, _ []byte) (bool, error) {
		parts, _ := keyspace.ParsePeople(k)
		all = append(all, parts[len(parts)-1])
		return true, nil
	})
	return all, err
}

// endSessions ends sessions here, because the provider has ended its own.
func (s *Service) endSessions(ctx context.Context, all map[string]*sessionRecord) error {
	for id, of := range all {
		if err := s.End(ctx, id); err != nil {
			return err
		}
		if err := s.db.Update(ctx, func(tx kv.Txn) error { return forget(tx, id, of) }); err != nil {
			return err
		}
	}
	return nil
}

// SignOut is for whoever ends a session here, by its id: it returns where the browser goes then to end the provider's, "" if there
// is nothing to end. It is called before the session ends, or after.
func (s *Service) SignOut(ctx context.Context, id string) (location string, err error) {
	var of *sessionRecord
	var c *configuration
	err = s.db.View(ctx, func(r kv.Reader) error {
		if of, err = get[sessionRecord](ctx, r, sessionKey(id)); err != nil || of == nil {
			return err
		}
		c, err = get[configuration](ctx, r, configurationKey(of.Configuration))
		return err
	})
	if err != nil || of == nil {
		return "", err
	}
	if err := s.db.Update(ctx, func(tx kv.Txn) error { return forget(tx, id, of) }); err != nil || c == nil {
		return "", err
	}
	switch c.Type {
	case SAML:
		return s.samlSignOutURL(ctx, c, &of.Session)
	case OIDC:
		return s.oidcSignOutURL(ctx, c, id, &of.Session)
	}
	return "", nil
}

// once remembers that a document was used, until it is worth nothing any more: it says false if it was before.
func (s *Service) once(ctx context.Context, c *configuration, id string, until time.Time) (first bool, err error) {
	k := key("used", digest(c.ID+" "+id))
	err = s.db.Update(ctx, func(tx kv.Txn) error {
		if err := tx.Lock(ctx, k); err != nil {
			return err
		}
		used, err := get[time.Time](ctx, tx, k)
		if first = err == nil && used == nil; !first {
			return err
		}
		return put(tx, k, until)
	})
	return first, err
}

var errReplayed = errors.New("what the provider has signed was used before")

// arrive keeps somebody until the browser comes with its cookie: it does not with a form from another site.
func (s *Service) arrive(ctx context.Context, state string, a *arrival) error {
	a.Expires = s.Now().Add(arrivalTime)
	plain, err := json.Marshal(a)
	if err != nil {
		return err
	}
	return s.db.Update(ctx, func(tx kv.Txn) error { return tx.Set(key("arrival", digest(state)), plain) })
}

// arrivalTime is for a browser that follows a redirect.
const arrivalTime = time.Minute

// finish lets in whom a form has brought: GET /sources/finish?state=….
func (s *Service) finish(x *call) error {
	state := x.r.URL.Query().Get("state")
	t, err := s.back(x, state)
	if err != nil {
		return err
	}
	k := key("arrival", digest(state))
	var a *arrival
	var c *configuration
	err = s.db.Update(x.context(), func(tx kv.Txn) error {
		if err := tx.Lock(x.context(), k); err != nil {
			return err
		}
		if a, err = get[arrival](x.context(), tx, k); err != nil || a == nil {
			return err
		}
		if c, err = get[configuration](x.context(), tx, configurationKey(a.Configuration)); err != nil {
			return err
		}
		return tx.Delete(k)
	})
	switch {
	case err != nil:
		return err
	case a == nil || !s.Now().Before(a.Expires):
		return refused(errors.New("nobody has come with this state, or too long ago"))
	case c == nil || !c.Enabled || c.grant() != a.Grant || a.Configuration != t.Configuration:
		return refused(errChanged)
	}
	return s.enter(x, c, a, t.Return)
}

var errChanged = errors.New("people sign in elsewhere since")
