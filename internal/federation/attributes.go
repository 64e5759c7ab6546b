package federation

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/beevik/etree"
)

// awsAttribute begins the names of the attributes that are meant for AWS. They are case-sensitive.
const awsAttribute = "https://aws.amazon.com/SAML/Attributes/"

// The bounds of SessionDuration, in seconds.
const (
	minSession = 900
	maxSession = 43200
)

// sessionName is what RoleSessionName and SourceIdentity must be.
var sessionName = regexp.MustCompile(`^[a-zA-Z_0-9+=,.@-]{2,64}$`)

// groupSID is for the key uid in the table, while the list of keys has one of its own for it: it sets both.
const groupSID = "http://schemas.microsoft.com/ws/2008/06/identity/claims/primarygroupsid"

// attributeKeys maps names of attributes to condition keys, from the tables of "Configure SAML assertions for the
// authentication response" (IAM User Guide). Three of its OIDs are misprinted; those are here as printed and as they
// are.
var attributeKeys = map[string]string{
	"urn:oid:1.3.6.1.4.1.5923.1.1.1.1":  "edupersonaffiliation",
	"urn:oid:1.3.6.1.4.1.5923.1.1.1.2":  "edupersonnickname",
	"urn:oid:1.3.6.1.4.1.5923.1.1.1.3":  "edupersonorgdn",
	"urn:oid:1.3.6.1.4.1.5923.1.1.1.4":  "edupersonorgunitdn",
	"urn:oid:1.3.6.1.4.1.5923.1.1.1.5":  "edupersonprimaryaffiliation",
	"urn:oid:1.3.6.1.4.1.5923.1.1.1.6":  "edupersonprincipalname",
	"urn:oid:1.3.6.1.4.1.5923.1.1.1.7":  "edupersonentitlement",
	"urn:oid:1.3.6.1.4.1.5923.1.1.1.8":  "edupersonprimaryorgunitdn",
	"urn:oid:1.3.6.1.4.1.5923.1.1.1.9":  "edupersonscopedaffiliation",
	"urn:oid:1.3.6.1.4.1.5923.1.1.1.10": "edupersontargetedid",
	"urn:oid:1.3.6.1.4.1.5923.1.1.1.11": "edupersonassurance",
	"urn:oid:1.3.6.1.4.1.5923.1.2.1.2":  "eduorghomepageuri",
	"urn:oid:1.3.6.1.4.1.5923.1.2.1.3":  "eduorgidentityauthnpolicyuri",
	"urn:oid:1.3.6.1.4.1.5923.1.2.1.4":  "eduorglegalname",
	"urn:oid:1.3.6.1.4.1.5923.1.2.1.5":  "eduorgsuperioruri",
	"urn:oid:1.3.6.1.4.1.5923.1.2.1.6":  "eduorgwhitepagesuri",
	"urn:oid:2.5.4.3":                   "cn",

	"http://schemas.xmlsoap.org/ws/2005/05/identity/claims/name":         "name",
	"http://schemas.xmlsoap.org/claims/CommonName":                       "commonname",
	"http://schemas.xmlsoap.org/ws/2005/05/identity/claims/givenname":    "givenname",
	"http://schemas.xmlsoap.org/ws/2005/05/identity/claims/surname":      "surname",
	"http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress": "mail",
	groupSID: "uid",

	"2.5.4.3":                    "commonname",
	"2.5.4.4":                    "surname",
	"2.4.5.42":                   "givenname",
	"2.5.4.42":                   "givenname",
	"2.5.4.45":                   "x500uniqueidentifier",
	"0.9.2342.19200300100.1.1":   "uid",
	"0.9.2342.19200300.100.1.1":  "uid",
	"0.9.2342.19200300100.1.3":   "mail",
	"0.9.2342.19200300.100.1.3":  "mail",
	"0.9.2342.19200300.100.1.45": "organizationstatus",
}

// readAttributes reads the attribute statements of a verified assertion.
func (a *Assertion) readAttributes(assertion *etree.Element) error {
	a.Tags, a.keys = make(map[string]string), make(map[string][]string)
	for _, statement := range children(assertion, nsAssertion, "AttributeStatement") {
		if len(children(statement, nsAssertion, "EncryptedAttribute")) > 0 {
			return invalid("Encrypted SAML assertions are not supported", nil)
		}
		for _, attribute := range children(statement, nsAssertion, "Attribute") {
			var values []string
			for _, v := range children(attribute, nsAssertion, "AttributeValue") {
				values = append(values, text(v))
			}
			if err := a.readAttribute(attribute.SelectAttrValue("Name", ""), values); err != nil {
				return err
			}
		}
	}
	switch {
	case a.RoleSessionName == "":
		return invalid("RoleSessionName is required in AuthnResponse", nil)
	case !sessionName.MatchString(a.RoleSessionName):
		return invalid("RoleSessionName in AuthnResponse must match [a-zA-Z_0-9+=,.@-]{2,64}", nil)
	case a.SourceIdentity != "" &&
		(!sessionName.MatchString(a.SourceIdentity) || strings.HasPrefix(a.SourceIdentity, "aws:")):
		return invalid(`Source Identity must match [a-zA-Z_0-9+=,.@-]{2,64} and not begin with "aws:"`, nil)
	}
	return nil
}

func (a *Assertion) readAttribute(name string, values []string) error {
	short, ours := strings.CutPrefix(name, awsAttribute)
	if !ours {
		// "Only one claim will be mapped", the page says of several for one key: here, the first.
		if key, ok := attributeKeys[name]; ok && a.keys[key] == nil && len(values) > 0 {
			a.keys[key] = values
		}
		if name == groupSID && len(values) > 0 {
			a.keys["primarygroupsid"] = values
		}
		return nil
	}
	switch short {
	case "Role":
		for _, v := range values {
			if pair, ok := rolePair(v); ok {
				a.Roles = append(a.Roles, pair)
			}
		}
		return nil
	case "TransitiveTagKeys":
		a.TransitiveTagKeys = append(a.TransitiveTagKeys, values...)
		return nil
	case "RoleSessionName":
		return single(&a.RoleSessionName, short, values)
	case "SourceIdentity":
		return single(&a.SourceIdentity, short, values)
	case "SessionDuration":
		var seconds string
		if err := single(&seconds, short, values); err != nil {
			return err
		}
		n, err := strconv.Atoi(seconds)
		if err != nil || n < minSession || n > maxSession || a.SessionDuration != 0 {
			return invalid("SessionDuration in AuthnResponse must be one number from 900 to 43200", err)
		}
		a.SessionDuration = time.Duration(n) * time.Second
		return nil
	}
	if key, ok := strings.CutPrefix(short, "PrincipalTag:"); ok {
		if _, twice := a.Tags[key]; twice || len(values) != 1 {
			return invalid("Session tags must have exactly one value", nil)
		}
		a.Tags[key] = values[0]
	}
	return nil
}

// single sets an attribute that has one value and comes once.
func single(to *string, name string, values []string) error {
	if len(values) != 1 || values[0] == "" || *to != "" {
		return invalid(name+" in AuthnResponse must have exactly one value", nil)
	}
	*to = values[0]
	return nil
}

// rolePair reads a value of the Role attribute: the ARNs of a role and of a provider, in either order. A value that is
// not that gives the user nothing.
func rolePair(value string) (pair RolePair, ok bool) {
	first, second, _ := strings.Cut(value, ",")
	for _, arn := range []string{strings.TrimSpace(first), strings.TrimSpace(second)} {
		parts := strings.SplitN(arn, ":", 6)
		if len(parts) != 6 || parts[0] != "arn" || parts[2] != "iam" {
			return RolePair{}, false
		}
		switch {
		case strings.HasPrefix(parts[5], "role/"):
			pair.RoleARN = arn
		case strings.HasPrefix(parts[5], "saml-provider/"):
			pair.ProviderARN = arn
		}
	}
	return pair, pair.RoleARN != "" && pair.ProviderARN != ""
}
