package directory

import (
	"context"
	"maps"
	"slices"

	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/kv"
)

// createUser decodes CreateUser.
func (s *Store) createUser(req *awsapi.Request) (awsapi.Call, error) {
	in, v, err := read(req, checkNewUser)
	if err != nil {
		return nil, err
	}
	return s.call(v, "identitystore:CreateUser", *in.IdentityStoreId, func(ctx context.Context) (any, error) {
		u, err := in.user()
		if err != nil {
			return nil, err
		}
		u.CreatedBy, u.UpdatedBy = v.by(), v.by()
		err = s.Update(ctx, func(tx kv.Txn) error {
			u.ID = ""
			return s.PutUser(ctx, tx, u)
		})
		if err != nil {
			return nil, err
		}
		all := s.userShape(u, nil)
		return &userShape{IdentityStoreId: all.IdentityStoreId, UserId: all.UserId, UserArn: all.UserArn, Revision: all.Revision}, nil
	})
}

// checkNewUser checks the attributes in the order of the model.
func checkNewUser(in *userShape, v *input) {
	v.storeID(in.IdentityStoreId)
	v.sensitive("userName", in.UserName, maxUserName, namePattern)
	if in.Name != nil {
		v.texts("name", in.Name)
	}
	v.text("displayName", in.DisplayName)
	v.text("nickName", in.NickName)
	v.text("profileUrl", in.ProfileUrl)
	list(v, "emails", in.Emails, maxEmails)
	list(v, "addresses", in.Addresses, maxAddresses)
	list(v, "phoneNumbers", in.PhoneNumbers, maxPhones)
	v.text("userType", in.UserType)
	v.text("title", in.Title)
	v.text("preferredLanguage", in.PreferredLanguage)
	v.text("locale", in.Locale)
	v.text("timezone", in.Timezone)
	for _, p := range in.Photos {
		v.Required("photos.value", p.Value != nil)
	}
	list(v, "photos", in.Photos, maxPhotos)
	v.text("website", in.Website)
	v.text("birthdate", in.Birthdate)
	list(v, "roles", in.Roles, maxRoles)
	v.extensions(slices.Sorted(maps.Keys(in.Extensions)))
}

// extensions checks the names of extensions, of which there is one.
func (v *input) extensions(names []string) {
	for _, name := range names {
		v.Enum("extensions", &name, []string{enterpriseName})
	}
}

// user is the record of what was asked for. IAM Identity Center needs the names ("CreateUser", Identity Store API Reference).
func (in *userShape) user() (*User, error) {
	u := &User{}
	copyMembers(u, in)
	if in.Name != nil {
		copyMembers(&u.Name, in.Name)
	}
	u.Emails, u.Addresses, u.PhoneNumbers = copied[Email](in.Emails), copied[Address](in.Addresses), copied[PhoneNumber](in.PhoneNumbers)
	u.Photos, u.Roles = copied[Photo](in.Photos), copied[Role](in.Roles)
	for _, missing := range u.missing() {
		return nil, required(missing)
	}
	if doc := in.Extensions[enterpriseName]; doc != nil {
		var err error
		if u.Enterprise, err = readEnterprise(doc); err != nil {
			return nil, err
		}
	}
	return u, nil
}

func required(attribute string) error { return invalid(attribute + " is a required attribute") }

// missing are the attributes that a user needs who is made by a person, or by SCIM, and does not have.
func (u *User) missing() (all []string) {
	for _, a := range []struct{ name, value string }{{"userName", u.UserName}, {"displayName", u.DisplayName},
		{"name.givenName", u.Name.GivenName}, {"name.familyName", u.Name.FamilyName}} {
		if a.value == "" {
			all = append(all, a.name)
		}
	}
	return all
}
