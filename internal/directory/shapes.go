package directory

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"
	"time"
	"unicode"

	"github.com/aws/aws-sdk-go-v2/service/identitystore/types"

	"github.com/statordb/stator/internal/awsapi"
)

// The shapes of the API, as far as the SDK's types are not those of the wire: documents and unions.

type memberID struct{ UserId *string }

type alternateIdentifier struct {
	ExternalId      *types.ExternalId
	UniqueAttribute *struct {
		AttributePath  *string
		AttributeValue awsapi.Document
	}
}

type attributeOperation struct {
	AttributePath  *string
	AttributeValue awsapi.Document
}

// attributes are those of a user in requests.
type userShape struct {
	IdentityStoreId, UserId, UserArn, Revision *string
	UserName                                   *string
	ExternalIds                                []types.ExternalId
	Name                                       *types.Name
	DisplayName, NickName, ProfileUrl          *string
	Emails                                     []types.Email
	Addresses                                  []types.Address
	PhoneNumbers                               []types.PhoneNumber
	UserType, Title, PreferredLanguage, Locale *string
	Timezone                                   *string
	UserStatus                                 types.UserStatus
	Photos                                     []types.Photo
	Website, Birthdate                         *string
	Roles                                      []types.Role
	CreatedAt                                  *time.Time
	CreatedBy                                  *string
	UpdatedAt                                  *time.Time
	UpdatedBy                                  *string
	Extensions                                 map[string]awsapi.Document
}

type groupShape struct {
	IdentityStoreId, GroupId, GroupArn, Revision *string
	DisplayName                                  *string
	ExternalIds                                  []types.ExternalId
	Description                                  *string
	CreatedAt                                    *time.Time
	CreatedBy                                    *string
	UpdatedAt                                    *time.Time
	UpdatedBy                                    *string
}

type membershipShape struct {
	IdentityStoreId, MembershipId, MembershipArn, GroupId *string
	MemberId                                              *memberID
	CreatedAt                                             *time.Time
	CreatedBy                                             *string
	UpdatedAt                                             *time.Time
	UpdatedBy                                             *string
}

// copyMembers sets the members of dst, a pointer to a structure, from those of src that have the same name in any case: texts and
// truth values, that may be pointers on either side. Empty texts are nil where there are pointers.
func copyMembers(dst, src any) {
	to, from := reflect.ValueOf(dst).Elem(), reflect.Indirect(reflect.ValueOf(src))
	for i := range to.NumField() {
		if !to.Type().Field(i).IsExported() {
			continue
		}
		f := from.FieldByNameFunc(func(name string) bool { return strings.EqualFold(name, to.Type().Field(i).Name) })
		copyMember(to.Field(i), f)
	}
}

func copyMember(to, from reflect.Value) {
	if !from.IsValid() {
		return
	}
	if from.Kind() == reflect.Pointer && from.Type().Elem().Kind() == reflect.String {
		if from = from.Elem(); !from.IsValid() {
			return
		}
	}
	switch {
	case from.Kind() == reflect.String && to.Kind() == reflect.Pointer && to.Type().Elem().Kind() == reflect.String:
		if text := from.String(); text != "" {
			to.Set(reflect.ValueOf(&text))
		}
	case from.Kind() == to.Kind() && (to.Kind() == reflect.String || to.Kind() == reflect.Bool):
		to.Set(from)
	}
}

// copied is a list of structures of another type with the same members; nil if it is empty.
func copied[To, From any](list []From) (all []To) {
	for i := range list {
		var one To
		copyMembers(&one, &list[i])
		all = append(all, one)
	}
	return all
}

// texts checks the texts of a structure of the model, all of which may be the same.
func (v *input) texts(at string, structure any) {
	s := reflect.Indirect(reflect.ValueOf(structure))
	for i := range s.NumField() {
		member := s.Type().Field(i)
		if !member.IsExported() {
			continue
		}
		if text, ok := s.Field(i).Interface().(*string); ok {
			v.text(at+"."+lowerFirst(member.Name), text)
		}
	}
}

func lowerFirst(name string) string {
	r := []rune(name)
	r[0] = unicode.ToLower(r[0])
	return string(r)
}

// text checks an attribute of a person. What it is stays out of messages, as the model calls it sensitive.
func (v *input) text(at string, text *string) { v.sensitive(at, text, maxText, textPattern) }

func (v *input) sensitive(at string, text *string, high int, p awsapi.Pattern) {
	v.HideValues = true
	v.Length(at, text, 1, high)
	v.Pattern(at, text, p)
	v.HideValues = false
}

// list checks the elements of a list of structures.
func list[T any](v *input, at string, elements []T, high int) {
	if elements == nil {
		return
	}
	v.HideValues = true
	v.Count(at, "", len(elements), 1, high)
	v.HideValues = false
	for i := range elements[:min(len(elements), high)] {
		v.texts(at+"."+string(rune('1'+i))+".member", &elements[i])
	}
}

// enterpriseName is the one extension that there is, and enterpriseUser its attributes.
const enterpriseName = "aws:identitystore:enterprise"

type enterpriseUser struct {
	EmployeeNumber string `json:"employeeNumber,omitempty"`
	CostCenter     string `json:"costCenter,omitempty"`
	Organization   string `json:"organization,omitempty"`
	Division       string `json:"division,omitempty"`
	Department     string `json:"department,omitempty"`
	Manager        *struct {
		Value string `json:"value,omitempty"`
	} `json:"manager,omitempty"`
}

// readStrictly reads a document into a structure. Members in any case are its own; those that it does not have are refused.
func readStrictly(doc []byte, dst any) error {
	d := json.NewDecoder(bytes.NewReader(doc))
	d.DisallowUnknownFields()
	return d.Decode(dst)
}

// readEnterprise reads the enterprise extension.
func readEnterprise(doc []byte) (map[string]string, error) {
	var e enterpriseUser
	if err := readStrictly(doc, &e); err != nil {
		return nil, invalid("The value of " + enterpriseName + " has attributes that it can't have")
	}
	all := map[string]string{"employeeNumber": e.EmployeeNumber, "costCenter": e.CostCenter, "organization": e.Organization,
		"division": e.Division, "department": e.Department}
	if e.Manager != nil {
		all["manager.value"] = e.Manager.Value
	}
	for name, value := range all {
		if value == "" {
			delete(all, name)
		}
	}
	return all, nil
}

func writeEnterprise(all map[string]string) awsapi.Document {
	e := enterpriseUser{EmployeeNumber: all["employeeNumber"], CostCenter: all["costCenter"], Organization: all["organization"],
		Division: all["division"], Department: all["department"]}
	if manager := all["manager.value"]; manager != "" {
		e.Manager = &struct {
			Value string `json:"value,omitempty"`
		}{manager}
	}
	doc, err := json.Marshal(e)
	if err != nil {
		panic(err) // it is texts
	}
	return doc
}

func externalShapes(ids []ExternalID) (all []types.ExternalId) {
	for _, x := range ids {
		all = append(all, types.ExternalId{Issuer: &x.Issuer, Id: &x.ID})
	}
	return all
}

// shape is the user as the API shows it, with its extension if that is asked for.
func (s *Store) userShape(u *User, extensions []string) *userShape {
	arn, rev := userARN+u.ID, revision(u)
	out := &userShape{IdentityStoreId: &s.id, UserId: &u.ID, UserArn: &arn, Revision: &rev, UserStatus: types.UserStatusEnabled,
		CreatedAt: &u.Created, UpdatedAt: &u.Updated}
	if u.Disabled {
		out.UserStatus = types.UserStatusDisabled
	}
	copyMembers(out, u)
	if u.Name != (Name{}) {
		out.Name = &types.Name{}
		copyMembers(out.Name, &u.Name)
	}
	out.Emails, out.Addresses, out.PhoneNumbers = copied[types.Email](u.Emails), copied[types.Address](u.Addresses), copied[types.PhoneNumber](u.PhoneNumbers)
	out.Photos, out.Roles, out.ExternalIds = copied[types.Photo](u.Photos), copied[types.Role](u.Roles), externalShapes(u.ExternalIDs)
	if len(extensions) > 0 && len(u.Enterprise) > 0 {
		out.Extensions = map[string]awsapi.Document{enterpriseName: writeEnterprise(u.Enterprise)}
	}
	return out
}

func (s *Store) groupShape(g *Group) *groupShape {
	arn, rev := groupARN+g.ID, revision(g)
	out := &groupShape{IdentityStoreId: &s.id, GroupId: &g.ID, GroupArn: &arn, Revision: &rev, CreatedAt: &g.Created, UpdatedAt: &g.Updated}
	copyMembers(out, g)
	out.ExternalIds = externalShapes(g.ExternalIDs)
	return out
}

func (s *Store) membershipShape(m *Membership) *membershipShape {
	arn := membershipARN + m.ID
	out := &membershipShape{IdentityStoreId: &s.id, MembershipId: &m.ID, MembershipArn: &arn, GroupId: &m.Group, MemberId: &memberID{&m.User},
		CreatedAt: &m.Created, UpdatedAt: &m.Created}
	if m.CreatedBy != "" {
		out.CreatedBy, out.UpdatedBy = &m.CreatedBy, &m.CreatedBy
	}
	return out
}
