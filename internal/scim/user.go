package scim

import (
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"github.com/statordb/stator/internal/directory"
)

// truth is a truth value, which some write as a string: "True".
type truth bool

// UnmarshalJSON implements json.Unmarshaler.
func (t *truth) UnmarshalJSON(b []byte) error {
	var v bool
	if json.Unmarshal(b, &v) == nil {
		*t = truth(v)
		return nil
	}
	var text string
	if err := json.Unmarshal(b, &text); err != nil {
		return err
	}
	v, err := strconv.ParseBool(strings.ToLower(text))
	*t = truth(v)
	return err
}

// manager is who somebody works for: an id, which some write as a string.
type manager struct {
	Value string `json:"value,omitempty"`
}

// UnmarshalJSON implements json.Unmarshaler.
func (m *manager) UnmarshalJSON(b []byte) error {
	if json.Unmarshal(b, &m.Value) == nil {
		return nil
	}
	type plain manager
	return json.Unmarshal(b, (*plain)(m))
}

type meta struct {
	ResourceType string    `json:"resourceType"`
	Created      time.Time `json:"created"`
	LastModified time.Time `json:"lastModified"`
	Location     string    `json:"location"`
}

type name struct {
	Formatted       string `json:"formatted,omitempty"`
	FamilyName      string `json:"familyName,omitempty"`
	GivenName       string `json:"givenName,omitempty"`
	MiddleName      string `json:"middleName,omitempty"`
	HonorificPrefix string `json:"honorificPrefix,omitempty"`
	HonorificSuffix string `json:"honorificSuffix,omitempty"`
}

// contact is an e-mail address or a telephone number.
type contact struct {
	Value   string `json:"value,omitempty"`
	Type    string `json:"type,omitempty"`
	Primary truth  `json:"primary,omitempty"`
}

type address struct {
	StreetAddress string `json:"streetAddress,omitempty"`
	Locality      string `json:"locality,omitempty"`
	Region        string `json:"region,omitempty"`
	PostalCode    string `json:"postalCode,omitempty"`
	Country       string `json:"country,omitempty"`
	Formatted     string `json:"formatted,omitempty"`
	Type          string `json:"type,omitempty"`
	Primary       truth  `json:"primary,omitempty"`
}

type enterprise struct {
	EmployeeNumber string   `json:"employeeNumber,omitempty"`
	CostCenter     string   `json:"costCenter,omitempty"`
	Organization   string   `json:"organization,omitempty"`
	Division       string   `json:"division,omitempty"`
	Department     string   `json:"department,omitempty"`
	Manager        *manager `json:"manager,omitempty"`
}

// user is a user as SCIM has it. What IAM Identity Center does not support (password, photos, ims, entitlements, x509Certificates) is
// passed over, and so are attributes that nobody knows.
type user struct {
	Schemas           []string    `json:"schemas"`
	ID                string      `json:"id,omitempty"`
	ExternalID        string      `json:"externalId,omitempty"`
	Meta              *meta       `json:"meta,omitempty"`
	UserName          string      `json:"userName,omitempty"`
	Name              *name       `json:"name,omitempty"`
	DisplayName       string      `json:"displayName,omitempty"`
	NickName          string      `json:"nickName,omitempty"`
	ProfileURL        string      `json:"profileUrl,omitempty"`
	Title             string      `json:"title,omitempty"`
	UserType          string      `json:"userType,omitempty"`
	PreferredLanguage string      `json:"preferredLanguage,omitempty"`
	Locale            string      `json:"locale,omitempty"`
	Timezone          string      `json:"timezone,omitempty"`
	Active            *truth      `json:"active,omitempty"`
	Emails            []contact   `json:"emails,omitempty"`
	Addresses         []address   `json:"addresses,omitempty"`
	PhoneNumbers      []contact   `json:"phoneNumbers,omitempty"`
	Enterprise        *enterprise `json:"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User,omitempty"`
}

// show is a user of the directory as SCIM has it.
func (x *call) show(u *directory.User) *user {
	active := truth(!u.Disabled)
	out := &user{Schemas: []string{userSchema}, ID: u.ID, ExternalID: x.ours(u.ExternalIDs), UserName: u.UserName, DisplayName: u.DisplayName,
		NickName: u.NickName, ProfileURL: u.ProfileURL, Title: u.Title, UserType: u.UserType, PreferredLanguage: u.PreferredLanguage,
		Locale: u.Locale, Timezone: u.Timezone, Active: &active, Meta: &meta{"User", u.Created, u.Updated, x.location("Users", u.ID)}}
	if u.Name != (directory.Name{}) {
		n := name(u.Name)
		out.Name = &n
	}
	for _, e := range u.Emails {
		out.Emails = append(out.Emails, contact{e.Value, e.Type, truth(e.Primary)})
	}
	for _, p := range u.PhoneNumbers {
		out.PhoneNumbers = append(out.PhoneNumbers, contact{p.Value, p.Type, truth(p.Primary)})
	}
	for _, a := range u.Addresses {
		out.Addresses = append(out.Addresses, address{a.StreetAddress, a.Locality, a.Region, a.PostalCode, a.Country, a.Formatted, a.Type, truth(a.Primary)})
	}
	if e := u.Enterprise; len(e) > 0 {
		out.Schemas = append(out.Schemas, enterpriseSchema)
		out.Enterprise = &enterprise{e["employeeNumber"], e["costCenter"], e["organization"], e["division"], e["department"], nil}
		if m := e["manager.value"]; m != "" {
			out.Enterprise.Manager = &manager{m}
		}
	}
	return out
}

// into makes a user of the directory what SCIM says, all of it. What SCIM has no attributes for stays.
func (in *user) into(x *call, u *directory.User) {
	u.UserName, u.DisplayName, u.NickName, u.ProfileURL, u.Title = in.UserName, in.DisplayName, in.NickName, in.ProfileURL, in.Title
	u.UserType, u.PreferredLanguage, u.Locale, u.Timezone = in.UserType, in.PreferredLanguage, in.Locale, in.Timezone
	u.ExternalIDs = x.withOurs(u.ExternalIDs, in.ExternalID)
	u.Disabled = in.Active != nil && !bool(*in.Active)
	u.Name = directory.Name{}
	if in.Name != nil {
		u.Name = directory.Name(*in.Name)
	}
	u.Emails, u.PhoneNumbers, u.Addresses, u.Enterprise = nil, nil, nil, nil
	for _, e := range in.Emails {
		u.Emails = append(u.Emails, directory.Email{Value: e.Value, Type: e.Type, Primary: bool(e.Primary)})
	}
	for _, p := range in.PhoneNumbers {
		u.PhoneNumbers = append(u.PhoneNumbers, directory.PhoneNumber{Value: p.Value, Type: p.Type, Primary: bool(p.Primary)})
	}
	for _, a := range in.Addresses {
		u.Addresses = append(u.Addresses, directory.Address{StreetAddress: a.StreetAddress, Locality: a.Locality, Region: a.Region, PostalCode: a.PostalCode,
			Country: a.Country, Formatted: a.Formatted, Type: a.Type, Primary: bool(a.Primary)})
	}
	if e := in.Enterprise; e != nil {
		u.Enterprise = map[string]string{"employeeNumber": e.EmployeeNumber, "costCenter": e.CostCenter, "organization": e.Organization,
			"division": e.Division, "department": e.Department}
		if e.Manager != nil {
			u.Enterprise["manager.value"] = e.Manager.Value
		}
		for name, value := range u.Enterprise {
			if value == "" {
				delete(u.Enterprise, name)
			}
		}
	}
}

// complete says what a user lacks that IAM Identity Center needs ("CreateUser", SCIM Implementation Developer Guide).
func complete(u *directory.User) error {
	for _, a := range []struct{ name, value string }{{"userName", u.UserName}, {"displayName", u.DisplayName},
		{"name.givenName", u.Name.GivenName}, {"name.familyName", u.Name.FamilyName}} {
		if a.value == "" {
			return badValue(a.name + " is a required attribute.")
		}
	}
	return nil
}
