package directory

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/statordb/stator/internal/awsapi"
)

// What attributes may be, by the model of the Identity Store API. Secrets are not in it, but people's data are: the model calls
// them sensitive, and messages leave them out.
var (
	namePattern  = awsapi.Regexp(`[\p{L}\p{M}\p{S}\p{N}\p{P}]+`)
	textPattern  = awsapi.Regexp(`[\p{L}\p{M}\p{S}\p{N}\p{P}\t\n\r \u00a0\u3000]+`)
	groupPattern = awsapi.Regexp(`[\p{L}\p{M}\p{S}\p{N}\p{P}\t\n\r \u00a0]+`)
)

const (
	maxUserName = 128
	maxText     = 1024
	maxExternal = 256
	// The most that there may be of each list of a user.
	maxEmails, maxAddresses, maxPhones, maxPhotos, maxRoles, maxExternals = 1, 1, 1, 3, 1, 10
)

// enterpriseNames are the attributes of SCIM's enterprise extension that a user can have ("User extension attributes", IAM
// Identity Center SCIM Implementation Developer Guide).
var enterpriseNames = []string{"employeeNumber", "costCenter", "organization", "division", "department", "manager.value"}

func invalid(message string) *awsapi.Error { return awsapi.Validation(message) }

// reserved says whether a name can't be that of a user or a group ("CreateUser", Identity Store API Reference).
func reserved(name string) bool {
	return strings.EqualFold(name, "Administrator") || strings.EqualFold(name, "AWSAdministrators")
}

// checks are the first thing wrong with the attributes of a user or a group.
type checks struct{ err error }

func (c *checks) fail(format string, args ...any) {
	if c.err == nil {
		c.err = invalid(fmt.Sprintf(format, args...))
	}
}

// text checks an attribute; an empty one is not there.
func (c *checks) text(name, value string, high int, p awsapi.Pattern) {
	switch {
	case value == "":
	case utf8.RuneCountInString(value) > high:
		c.fail("%s must have length less than or equal to %d", name, high)
	case !utf8.ValidString(value) || !p.Match(value):
		c.fail("%s must satisfy regular expression pattern: %s", name, p.Text)
	}
}

func (c *checks) count(name string, n, high int) {
	if n > high {
		c.fail("%s must have length less than or equal to %d", name, high)
	}
}

func (c *checks) texts(prefix string, pairs ...string) {
	for i := 0; i < len(pairs); i += 2 {
		c.text(prefix+pairs[i], pairs[i+1], maxText, textPattern)
	}
}

func (c *checks) externals(ids []ExternalID) {
	c.count("externalIds", len(ids), maxExternals)
	for i, x := range ids {
		if x.Issuer == "" || x.ID == "" {
			c.fail("externalIds must have an issuer and an id")
		}
		c.text("externalIds.issuer", x.Issuer, maxExternal, namePattern)
		c.text("externalIds.id", x.ID, maxExternal, namePattern)
		if slices.Contains(ids[:i], x) {
			c.fail("externalIds must differ")
		}
	}
}

// check says what no user can have, as a ValidationException.
func (u *User) check() error {
	c := &checks{}
	if u.UserName == "" {
		c.fail("userName is a required attribute")
	}
	c.text("userName", u.UserName, maxUserName, namePattern)
	if reserved(u.UserName) {
		c.fail("%s is a reserved name", u.UserName)
	}
	n := &u.Name
	c.texts("name.", "formatted", n.Formatted, "familyName", n.FamilyName, "givenName", n.GivenName, "middleName", n.MiddleName,
		"honorificPrefix", n.HonorificPrefix, "honorificSuffix", n.HonorificSuffix)
	c.texts("", "displayName", u.DisplayName, "nickName", u.NickName, "profileUrl", u.ProfileURL, "userType", u.UserType, "title", u.Title,
		"preferredLanguage", u.PreferredLanguage, "locale", u.Locale, "timezone", u.Timezone, "website", u.Website, "birthdate", u.Birthdate)
	c.count("emails", len(u.Emails), maxEmails)
	for _, e := range u.Emails {
		c.texts("emails.", "value", e.Value, "type", e.Type)
	}
	c.count("addresses", len(u.Addresses), maxAddresses)
	for _, a := range u.Addresses {
		c.texts("addresses.", "streetAddress", a.StreetAddress, "locality", a.Locality, "region", a.Region, "postalCode", a.PostalCode,
			"country", a.Country, "formatted", a.Formatted, "type", a.Type)
	}
	c.count("phoneNumbers", len(u.PhoneNumbers), maxPhones)
	for _, p := range u.PhoneNumbers {
		c.texts("phoneNumbers.", "value", p.Value, "type", p.Type)
	}
	c.count("photos", len(u.Photos), maxPhotos)
	for _, p := range u.Photos {
		c.texts("photos.", "value", p.Value, "type", p.Type, "display", p.Display)
		if p.Value == "" {
			c.fail("photos.value is a required attribute")
		}
	}
	c.count("roles", len(u.Roles), maxRoles)
	for _, r := range u.Roles {
		c.texts("roles.", "value", r.Value, "type", r.Type)
	}
	c.externals(u.ExternalIDs)
	for _, name := range slices.Sorted(maps.Keys(u.Enterprise)) {
		if !slices.Contains(enterpriseNames, name) {
			c.fail("the enterprise extension has no attribute of that name")
		}
		c.texts("", name, u.Enterprise[name])
	}
	return c.err
}

// check says what no group can have, as a ValidationException.
func (g *Group) check() error {
	c := &checks{}
	if g.DisplayName == "" {
		c.fail("displayName is a required attribute")
	}
	c.text("displayName", g.DisplayName, maxText, groupPattern)
	if reserved(g.DisplayName) {
		c.fail("%s is a reserved name", g.DisplayName)
	}
	c.texts("", "description", g.Description)
	c.externals(g.ExternalIDs)
	return c.err
}
