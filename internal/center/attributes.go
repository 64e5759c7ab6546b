package center

import (
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/statordb/stator/internal/directory"
)

// The sources of access control attributes ("Attributes for access control", IAM Identity Center User Guide): ${path:…} is a path
// to an attribute of SCIM, as in ${path:name.familyName}, ${path:emails[primary eq true].value}, ${path:addresses[type eq
// "work"].region} and ${path:enterprise.costCenter}; ${user:…} are the short names of a few.

// shortNames are the attributes that ${user:…} has.
var shortNames = map[string]string{
	"email": "emails[primary eq true].value", "familyname": "name.familyName", "firstname": "name.givenName", "givenname": "name.givenName",
	"middlename": "name.middleName", "name": "displayName", "displayname": "displayName", "preferredusername": "userName", "subject": "userName",
}

// sourceForm takes a source apart: path or user, the attribute, its filter by a sub-attribute, and the sub-attribute.
var sourceForm = regexp.MustCompile(`^\$\{(path|user):([A-Za-z]+)(?:\[(\w+) eq (?:"([^"\]]*)"|(\w+))\])?(?:\.([A-Za-z]+(?:\.[A-Za-z]+)?))?\}$`)

// source is where the value of an attribute comes from. Its texts are in lower case.
type source struct{ attribute, filter, wanted, sub string }

// parseSource reads a source. It reports false for what is none.
func parseSource(text string) (source, bool) {
	m := sourceForm.FindStringSubmatch(text)
	if m == nil {
		return source{}, false
	}
	if m[1] == "user" {
		path, ok := shortNames[strings.ToLower(m[2])]
		if !ok || m[3] != "" || m[6] != "" {
			return source{}, false
		}
		return parseSource("${path:" + path + "}")
	}
	low := strings.ToLower
	return source{low(m[2]), low(m[3]), low(m[4] + m[5]), low(m[6])}, true
}

// maxTagValue is the longest value of a session tag, in characters. What is longer is left out rather than cut.
const maxTagValue = 256

// valueOf is the value that a source has for a user, "" for none.
func valueOf(u *directory.User, text string) string {
	src, ok := parseSource(text)
	if !ok {
		return ""
	}
	value := src.of(u)
	if utf8.RuneCountInString(value) > maxTagValue {
		return ""
	}
	return value
}

func (s source) of(u *directory.User) string {
	switch s.attribute {
	case "name":
		return map[string]string{"formatted": u.Name.Formatted, "familyname": u.Name.FamilyName, "givenname": u.Name.GivenName,
			"middlename": u.Name.MiddleName, "honorificprefix": u.Name.HonorificPrefix, "honorificsuffix": u.Name.HonorificSuffix}[s.sub]
	case "enterprise":
		for name, value := range u.Enterprise {
			if strings.EqualFold(name, s.sub) {
				return value
			}
		}
		return ""
	}
	if s.sub == "" {
		return map[string]string{"username": u.UserName, "displayname": u.DisplayName, "nickname": u.NickName, "profileurl": u.ProfileURL,
			"usertype": u.UserType, "title": u.Title, "preferredlanguage": u.PreferredLanguage, "locale": u.Locale, "timezone": u.Timezone,
			"website": u.Website, "birthdate": u.Birthdate}[s.attribute]
	}
	for _, one := range several(u, s.attribute) {
		if s.filter == "" || strings.EqualFold(one[s.filter], s.wanted) {
			return one[s.sub]
		}
	}
	return ""
}

// several are the values of an attribute that has many, each by the names of its sub-attributes in lower case.
func several(u *directory.User, attribute string) (all []map[string]string) {
	add := func(typ string, primary bool, of map[string]string) {
		of["type"], of["primary"] = typ, strconv.FormatBool(primary)
		all = append(all, of)
	}
	switch attribute {
	case "emails":
		for _, e := range u.Emails {
			add(e.Type, e.Primary, map[string]string{"value": e.Value})
		}
	case "phonenumbers":
		for _, p := range u.PhoneNumbers {
			add(p.Type, p.Primary, map[string]string{"value": p.Value})
		}
	case "roles":
		for _, r := range u.Roles {
			add(r.Type, r.Primary, map[string]string{"value": r.Value})
		}
	case "addresses":
		for _, a := range u.Addresses {
			add(a.Type, a.Primary, map[string]string{"streetaddress": a.StreetAddress, "locality": a.Locality, "region": a.Region,
				"postalcode": a.PostalCode, "country": a.Country, "formatted": a.Formatted})
		}
	}
	return all
}
