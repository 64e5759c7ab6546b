package directory

import (
	"bytes"
	"context"
	"encoding/json"
	"reflect"
	"slices"
	"strings"

	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/kv"
)

const maxOperations = 100

// checkOperations checks what is to become of attributes.
func (v *input) checkOperations(all []attributeOperation) {
	if v.Required("operations", all != nil); all == nil {
		return
	}
	v.HideValues = true
	v.Count("operations", "", len(all), 1, maxOperations)
	v.HideValues = false
	for _, op := range all {
		v.Required("operations.attributePath", op.AttributePath != nil)
		v.Length("operations.attributePath", op.AttributePath, 1, maxPath)
		v.Pattern("operations.attributePath", op.AttributePath, pathPattern)
	}
}

// updateUser decodes UpdateUser.
func (s *Store) updateUser(req *awsapi.Request) (awsapi.Call, error) {
	type request struct {
		IdentityStoreId, UserId *string
		Operations              []attributeOperation
		Revision                *string
	}
	in, v, err := read(req, func(in *request, v *input) {
		v.storeID(in.IdentityStoreId)
		v.id("userId", userARN, in.UserId)
		v.checkOperations(in.Operations)
	})
	if err != nil {
		return nil, err
	}
	return s.call(v, "identitystore:UpdateUser", *in.IdentityStoreId, func(ctx context.Context) (any, error) {
		var out *userShape
		err := s.Change(ctx, func(tx kv.Txn) error {
			u, err := s.user(ctx, tx, *in.UserId)
			if err == nil {
				err = expect(u, in.Revision)
			}
			if err != nil {
				return err
			}
			before := u.missing()
			for _, op := range in.Operations {
				if err := u.Set(*op.AttributePath, op.AttributeValue); err != nil {
					return err
				}
			}
			for _, name := range u.missing() {
				if !slices.Contains(before, name) {
					return required(name)
				}
			}
			u.UpdatedBy = v.by()
			if err := s.PutUser(ctx, tx, u); err != nil {
				return err
			}
			all := s.userShape(u, nil)
			out = &userShape{IdentityStoreId: all.IdentityStoreId, UserId: all.UserId, UserArn: all.UserArn, Revision: all.Revision}
			return nil
		})
		return out, err
	}, userARN+*in.UserId)
}

// settable are the attributes that Set sets.
var settable = []string{"userName", "name", "displayName", "nickName", "profileUrl", "userType", "title", "preferredLanguage", "locale",
	"timezone", "website", "birthdate", "emails", "addresses", "phoneNumbers", "photos", "roles"}

// Set sets the attribute of a path, in any case, to a value in JSON, or removes it if that is null or not there. Paths are those
// of the Identity Store API and of SCIM: title, name.givenName, emails, emails.value, aws:identitystore:enterprise.division. The
// error is a ValidationException. What the value may be is checked when the user is put.
func (u *User) Set(path string, value []byte) error {
	if rest, ok := cutFold(path, enterpriseName); ok {
		return u.setEnterprise(strings.TrimPrefix(rest, "."), value)
	}
	name, sub, nested := strings.Cut(path, ".")
	if !slices.ContainsFunc(settable, func(s string) bool { return strings.EqualFold(s, name) }) {
		return unknownPath(path)
	}
	f := reflect.ValueOf(u).Elem().FieldByNameFunc(func(n string) bool { return strings.EqualFold(n, name) })
	if !nested {
		return setField(f, path, value)
	}
	if f.Kind() == reflect.Slice { // there is one at the most that can be meant
		if f.Len() == 0 {
			f.Set(reflect.MakeSlice(f.Type(), 1, 1))
		}
		f = f.Index(0)
	}
	if f.Kind() != reflect.Struct {
		return unknownPath(path)
	}
	f = f.FieldByNameFunc(func(n string) bool { return strings.EqualFold(n, sub) })
	if !f.IsValid() {
		return unknownPath(path)
	}
	return setField(f, path, value)
}

func unknownPath(path string) error {
	return invalid("Attribute path " + awsapi.Shown(path) + " is not supported")
}

func absent(value []byte) bool {
	value = bytes.TrimSpace(value)
	return len(value) == 0 || string(value) == "null"
}

func setField(f reflect.Value, path string, value []byte) error {
	f.SetZero()
	if absent(value) {
		return nil
	}
	if err := readStrictly(value, f.Addr().Interface()); err != nil || f.Kind() != reflect.Bool && f.IsZero() {
		return invalid("The value of attribute " + path + " is not valid")
	}
	return nil
}

func cutFold(path, prefix string) (rest string, ok bool) {
	if len(path) < len(prefix) || !strings.EqualFold(path[:len(prefix)], prefix) {
		return "", false
	}
	rest = path[len(prefix):]
	return rest, rest == "" || rest[0] == '.'
}

// setEnterprise sets one attribute of the enterprise extension, or all of them if there is no name.
func (u *User) setEnterprise(name string, value []byte) (err error) {
	if name == "" {
		if u.Enterprise = nil; !absent(value) {
			u.Enterprise, err = readEnterprise(value)
		}
		return err
	}
	all := map[string]string{}
	for n, v := range u.Enterprise {
		all[n] = v
	}
	if strings.EqualFold(name, "manager") {
		delete(all, "manager.value")
		u.Enterprise = all
		if absent(value) {
			return nil
		}
		var manager struct{ Value string }
		if readStrictly(value, &manager) != nil || manager.Value == "" {
			return invalid("The value of attribute manager is not valid")
		}
		all["manager.value"] = manager.Value
		return nil
	}
	i := slices.IndexFunc(enterpriseNames, func(n string) bool { return strings.EqualFold(n, name) })
	if i < 0 {
		return unknownPath(enterpriseName + "." + name)
	}
	var text string
	switch {
	case absent(value):
		delete(all, enterpriseNames[i])
	case json.Unmarshal(value, &text) != nil || text == "":
		return invalid("The value of attribute " + enterpriseNames[i] + " is not valid")
	default:
		all[enterpriseNames[i]] = text
	}
	u.Enterprise = all
	return nil
}
