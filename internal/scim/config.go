package scim

import (
	"net/http"
	"strings"
)

// serviceProviderConfig answers GET /ServiceProviderConfig (RFC 7643, section 5).
func (h *Handler) serviceProviderConfig(x *call) error {
	type supported struct {
		Supported bool `json:"supported"`
	}
	type bulk struct {
		supported
		MaxOperations  int `json:"maxOperations"`
		MaxPayloadSize int `json:"maxPayloadSize"`
	}
	type filter struct {
		supported
		MaxResults int `json:"maxResults"`
	}
	type scheme struct {
		Type        string `json:"type"`
		Name        string `json:"name"`
		Description string `json:"description"`
		SpecURI     string `json:"specUri"`
		Primary     bool   `json:"primary"`
	}
	return x.respond(http.StatusOK, struct {
		Schemas        []string  `json:"schemas"`
		Authentication []scheme  `json:"authenticationSchemes"`
		Patch          supported `json:"patch"`
		Bulk           bulk      `json:"bulk"`
		Filter         filter    `json:"filter"`
		ChangePassword supported `json:"changePassword"`
		Sort           supported `json:"sort"`
		ETag           supported `json:"etag"`
	}{
		Schemas: []string{"urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"},
		Authentication: []scheme{{"oauthbearertoken", "OAuth Bearer Token", "Authentication scheme using the OAuth Bearer Token Standard",
			"https://www.rfc-editor.org/info/rfc6750", true}},
		Patch:  supported{true},
		Bulk:   bulk{supported{false}, 1, maxBody},
		Filter: filter{supported{true}, maxPage},
	})
}

// all is a list of resources that are always the same.
type all struct {
	Schemas      []string `json:"schemas"`
	TotalResults int      `json:"totalResults"`
	ItemsPerPage int      `json:"itemsPerPage"`
	StartIndex   int      `json:"startIndex"`
	Resources    []any    `json:"Resources"`
}

func newAll(resources ...any) all {
	return all{[]string{listSchema}, len(resources), len(resources), 1, resources}
}

// resourceTypes answers GET /ResourceTypes (RFC 7643, section 6).
func (h *Handler) resourceTypes(x *call) error {
	type extension struct {
		Schema   string `json:"schema"`
		Required bool   `json:"required"`
	}
	type resource struct {
		Schemas    []string    `json:"schemas"`
		ID         string      `json:"id"`
		Name       string      `json:"name"`
		Endpoint   string      `json:"endpoint"`
		Schema     string      `json:"schema"`
		Extensions []extension `json:"schemaExtensions,omitempty"`
	}
	of := []string{"urn:ietf:params:scim:schemas:core:2.0:ResourceType"}
	return x.respond(http.StatusOK, newAll(
		resource{of, "User", "User", "/Users", userSchema, []extension{{enterpriseSchema, false}}},
		resource{of, "Group", "Group", "/Groups", groupSchema, nil}))
}

// attribute is one of a schema (RFC 7643, section 7).
type attribute struct {
	Name          string      `json:"name"`
	Type          string      `json:"type"`
	MultiValued   bool        `json:"multiValued"`
	Required      bool        `json:"required"`
	CaseExact     bool        `json:"caseExact"`
	Mutability    string      `json:"mutability"`
	Returned      string      `json:"returned"`
	Uniqueness    string      `json:"uniqueness"`
	SubAttributes []attribute `json:"subAttributes,omitempty"`
}

// attributes are those of a list of names: userName! is required, emails* has several values, active? is a truth value, and
// userName= unique. Sub has the parts of those that have some.
func attributes(names string, sub map[string]string) (all []attribute) {
	for _, word := range strings.Fields(names) {
		name := strings.TrimRight(word, "!*?=")
		a := attribute{Name: name, Type: "string", MultiValued: strings.Contains(word, "*"), Required: strings.Contains(word, "!"),
			Mutability: "readWrite", Returned: "default", Uniqueness: "none"}
		if strings.Contains(word, "?") {
			a.Type = "boolean"
		}
		if strings.Contains(word, "=") {
			a.Uniqueness = "server"
		}
		if parts := sub[name]; parts != "" {
			a.Type, a.SubAttributes = "complex", attributes(parts, nil)
		}
		all = append(all, a)
	}
	return all
}

// schemas answers GET /Schemas.
func (h *Handler) schemas(x *call) error {
	type schema struct {
		Schemas    []string    `json:"schemas"`
		ID         string      `json:"id"`
		Name       string      `json:"name"`
		Attributes []attribute `json:"attributes"`
	}
	of := []string{"urn:ietf:params:scim:schemas:core:2.0:Schema"}
	const contact = "value type primary?"
	return x.respond(http.StatusOK, newAll(
		schema{of, userSchema, "User", attributes("userName!= name! displayName! nickName profileUrl title userType preferredLanguage locale timezone active? emails* addresses* phoneNumbers*",
			map[string]string{"name": "formatted familyName! givenName! middleName honorificPrefix honorificSuffix", "emails": contact, "phoneNumbers": contact,
				"addresses": "streetAddress locality region postalCode country formatted type primary?"})},
		schema{of, groupSchema, "Group", attributes("displayName!= members*", map[string]string{"members": "value"})},
		schema{of, enterpriseSchema, "EnterpriseUser", attributes("employeeNumber costCenter organization division department manager", map[string]string{"manager": "value"})}))
}
