package sources

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/statordb/stator/internal/directory"
	"github.com/statordb/stator/internal/kv"
)

// The kinds of sources.
const (
	SAML = "SAML"
	OIDC = "OIDC"
	LDAP = "LDAP"
)

// configuration is a source. Its secrets are encrypted.
type configuration struct {
	ID, Name, Type   string
	Enabled          bool
	Created, Updated time.Time
	// CreateUsers makes users of people who come for the first time, and CreateGroups groups that are not there.
	CreateUsers, CreateGroups bool
	// MatchBy is how people are found who came not from here before: UserName or Email.
	MatchBy string
	// Attributes are names of attributes there, by those of the directory; GroupAttribute is the one that has groups.
	Attributes     map[string]string
	GroupAttribute string
	// Groups are display names of groups here, by names there. If there are any, no others count.
	Groups map[string]string
	// Grant is what it vouches for people with: another one whenever it is enabled, or becomes another provider. Sessions of before end.
	Grant string
	// Origin is how browsers reach the server, scheme and host, if the server's own settings do not say.
	Origin string

	SAML *samlSettings `json:",omitempty"`
	OIDC *oidcSettings `json:",omitempty"`
	LDAP *ldapSettings `json:",omitempty"`
	// Synced is how the last sync of an LDAP directory went.
	Synced *syncResult `json:",omitempty"`
}

type samlSettings struct {
	// Metadata is the provider's document, and URL where it is fetched from every day, "" if it was given.
	Metadata, URL string
	// Certificates are further ones that it signs with, by id, in DER.
	Certificates map[string][]byte `json:",omitempty"`
	// ProviderInitiated lets the provider sign people in without having been asked to.
	ProviderInitiated bool
	// Refreshed is when the document was fetched last.
	Refreshed time.Time
}

type oidcSettings struct {
	Issuer, ClientID string
	// Secret is sealed under the configuration's id, empty for a public client.
	Secret []byte `json:",omitempty"`
	Scopes []string
	// CA are the authorities of the provider's server, PEM, "" for the machine's.
	CA string
}

type ldapSettings struct {
	// URLs are tried in turn. An ldap:// URL is used with StartTLS, unless it is of this machine and that is off.
	URLs            []string
	StartTLS        bool
	CA              string
	ActiveDirectory bool
	BindDN          string
	Password        []byte // sealed under the configuration's id
	UserBase        string
	UserFilter      string
	GroupBase       string
	GroupFilter     string
	MemberAttribute string
	Nested          bool
	SyncMinutes     int32
	IDAttribute     string
}

// syncResult is how a sync went.
type syncResult struct {
	At                       time.Time
	Users, Groups            int32
	Created, Disabled, Wrong int32
	// Removed are groups that are gone there.
	Removed int32
	Error   string
}

func configurationKey(id string) []byte { return key("configuration", id) }

// secretName is what the secret of a configuration is sealed under.
func secretName(id string) string { return "sources/" + id }

// issuer is who gives the external ids of a configuration's people.
func (c *configuration) issuer() string {
	// By the configuration, and not by what a provider is called: two directories, or two configurations with other attributes for the
	// subject, do not speak of the same ids.
	return "stator-source:" + c.ID
}

// configurations returns all of them, by the time they were made.
func configurations(ctx context.Context, r kv.Reader) (all []*configuration, err error) {
	err = each(ctx, r, "configuration", func(_ string, c *configuration) bool {
		all = append(all, c)
		return true
	})
	slices.SortFunc(all, func(a, b *configuration) int { return a.Created.Compare(b.Created) })
	return all, err
}

// enabled returns the source that is in use, nil if people are in the built-in directory alone.
func enabled(ctx context.Context, r kv.Reader) (*configuration, error) {
	all, err := configurations(ctx, r)
	if i := slices.IndexFunc(all, func(c *configuration) bool { return c.Enabled }); err == nil && i >= 0 {
		return all[i], nil
	}
	return nil, err
}

func (s *Service) inUse(ctx context.Context) (c *configuration, err error) {
	err = s.db.View(ctx, func(r kv.Reader) error {
		c, err = enabled(ctx, r)
		return err
	})
	return c, err
}

// Source says where people sign in: kind is directory, saml, oidc or ldap, name what the administrator calls it, and grant the one of a
// [Proof], "" of the built-in directory.
func (s *Service) Source(ctx context.Context) (kind, name, grant string, err error) {
	c, err := s.inUse(ctx)
	if err != nil || c == nil {
		return "directory", "", "", err
	}
	return kinds[c.Type], c.Name, c.grant(), nil
}

// grantLength is how long a Grant is: nobody has to guess it, it only has to be another one. Tokens of sessions carry it.
const grantLength = 12

// grant is what a Proof of the source has.
func (c *configuration) grant() string { return c.ID + "/" + c.Grant }

// Vouches says whether the source of a grant still vouches for whom it has vouched for with it: it is in use, has been ever since, and is
// the same provider.
func (s *Service) Vouches(ctx context.Context, r kv.Reader, grant string) (bool, error) {
	id, _, _ := strings.Cut(grant, "/")
	c, err := get[configuration](ctx, r, configurationKey(id))
	return c != nil && c.Enabled && c.grant() == grant, err
}

// kinds are the kinds of sources as the access portal has them.
var kinds = map[string]string{SAML: "saml", OIDC: "oidc", LDAP: "ldap"}

// mapped are the attributes of the directory that a source can set, with how.
var mapped = map[string]func(*directory.User) *string{
	"UserName":          func(u *directory.User) *string { return &u.UserName },
	"GivenName":         func(u *directory.User) *string { return &u.Name.GivenName },
	"FamilyName":        func(u *directory.User) *string { return &u.Name.FamilyName },
	"DisplayName":       func(u *directory.User) *string { return &u.DisplayName },
	"NickName":          func(u *directory.User) *string { return &u.NickName },
	"Title":             func(u *directory.User) *string { return &u.Title },
	"UserType":          func(u *directory.User) *string { return &u.UserType },
	"PreferredLanguage": func(u *directory.User) *string { return &u.PreferredLanguage },
	"Locale":            func(u *directory.User) *string { return &u.Locale },
	"Timezone":          func(u *directory.User) *string { return &u.Timezone },
}

// enterprise are those of SCIM's enterprise extension, by their names here.
var enterprise = map[string]string{"EmployeeNumber": "employeeNumber", "CostCenter": "costCenter", "Organization": "organization",
	"Division": "division", "Department": "department", "Manager": "manager.value"}

// isAttribute says whether a name can be mapped.
func isAttribute(name string) bool {
	_, simple := mapped[name]
	_, extended := enterprise[name]
	return simple || extended || name == "Email" || name == "PhoneNumber" || name == "Subject"
}

// edit changes a configuration. It is no error if it is gone.
func (s *Service) edit(ctx context.Context, id string, fn func(*configuration) error) error {
	return s.db.Update(ctx, func(tx kv.Txn) error {
		if err := tx.Lock(ctx, configurationKey(id)); err != nil {
			return err
		}
		c, err := get[configuration](ctx, tx, configurationKey(id))
		if err != nil || c == nil {
			return err
		}
		if err := fn(c); err != nil {
			return err
		}
		return put(tx, configurationKey(id), c)
	})
}
