package scim

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"github.com/statordb/stator/internal/directory"
)

// operation is one of PATCH (RFC 7644, section 3.5.2).
type operation struct {
	Op    string
	Path  string
	Value json.RawMessage
}

// The operations. Some write them with a capital.
const (
	opAdd     = "add"
	opReplace = "replace"
	opRemove  = "remove"
)

// maxOperations bounds the operations of one request.
const maxOperations = 100

// operations reads the body of PATCH.
func (x *call) operations() ([]operation, error) {
	var in struct{ Operations []operation }
	if err := x.read(&in); err != nil {
		return nil, err
	}
	if len(in.Operations) == 0 || len(in.Operations) > maxOperations {
		return nil, badValue("There are from 1 to 100 operations in a request.")
	}
	for i := range in.Operations {
		op := &in.Operations[i]
		op.Op = strings.ToLower(op.Op)
		null := len(op.Value) == 0 || string(op.Value) == "null"
		switch {
		case op.Op != opAdd && op.Op != opReplace && op.Op != opRemove:
			return nil, malformed("The operation is add, replace or remove.")
		case op.Op == opRemove && op.Path == "":
			return nil, &failure{400, "noTarget", "The path is required for a remove operation."}
		case op.Op != opRemove && null:
			return nil, badValue("A value is required for add and replace.")
		}
	}
	return in.Operations, nil
}

// patchUser does an operation on a user. One without a path has a value of several attributes.
func (x *call) patchUser(u *directory.User, op operation) error {
	if op.Path != "" {
		p, err := parsePath(op.Path)
		if err != nil {
			return err
		}
		return x.patchAttribute(u, op.Op, p, op.Value)
	}
	var values map[string]json.RawMessage
	if json.Unmarshal(op.Value, &values) != nil {
		return badValue("Without a path, the value has to be an object of attributes.")
	}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		if strings.EqualFold(name, "schemas") || strings.EqualFold(name, "id") || strings.EqualFold(name, "meta") {
			continue
		}
		p, err := parsePath(name)
		if err == nil {
			err = x.patchAttribute(u, op.Op, p, values[name])
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// lists are the attributes of which a user has one value at the most.
var lists = []string{"emails", "addresses", "phonenumbers"}

// texts are the attributes that are a text, or, as name, a structure of texts.
var texts = []string{"username", "displayname", "nickname", "profileurl", "title", "usertype", "preferredlanguage", "locale", "timezone", "name"}

// patchAttribute sets an attribute, or removes it.
func (x *call) patchAttribute(u *directory.User, op string, p path, value json.RawMessage) error {
	if op == opRemove {
		value = nil
	}
	switch {
	case p.name == "active" && p.sub == "" && op != opRemove:
		var active truth
		if json.Unmarshal(value, &active) != nil {
			return badValue("active is true or false.")
		}
		u.Disabled = !bool(active)
		return nil
	case p.name == "externalid" && p.sub == "":
		var id string
		if value != nil && (json.Unmarshal(value, &id) != nil || id == "") {
			return badValue("externalId is a string that is not empty.")
		}
		u.ExternalIDs = x.withOurs(u.ExternalIDs, id)
		return nil
	case p.name == "enterprise":
		return x.patchEnterprise(u, op, p.sub, value)
	case slices.Contains(lists, p.name):
		return x.patchList(u, op, p, value)
	case slices.Contains(texts, p.name) && p.which == nil:
		return x.patchText(u, op, p, value)
	}
	return badPath("The attribute can't be changed.")
}

// patchText sets a text, or the parts of a name that the value has: the others stay.
func (x *call) patchText(u *directory.User, op string, p path, value json.RawMessage) error {
	if p.name == "username" && op == opRemove {
		return &failure{400, "mutability", "userName can't be removed."}
	}
	if p.name != "name" || p.sub != "" || op == opRemove {
		at := p.name
		if p.sub != "" {
			at += "." + p.sub
		}
		return u.Set(at, emptyIsNone(value))
	}
	var parts map[string]json.RawMessage
	if json.Unmarshal(value, &parts) != nil {
		return badValue("name is an object.")
	}
	for _, part := range slices.Sorted(maps.Keys(parts)) {
		if err := u.Set("name."+part, emptyIsNone(parts[part])); err != nil {
			return err
		}
	}
	return nil
}

// emptyIsNone is a value, or none if it is an empty text: directories write that for what somebody does not have.
func emptyIsNone(value json.RawMessage) json.RawMessage {
	if string(value) == `""` {
		return nil
	}
	return value
}

// patchEnterprise sets attributes of the enterprise extension.
func (x *call) patchEnterprise(u *directory.User, op, sub string, value json.RawMessage) error {
	const extension = "aws:identitystore:enterprise"
	set := func(name string, value json.RawMessage) error {
		if name, _, _ := strings.Cut(strings.ToLower(name), "."); name == "manager" {
			var m manager
			if value != nil && json.Unmarshal(value, &m) != nil {
				return badValue("manager is an object with a value.")
			}
			doc := []byte("null")
			if m.Value != "" {
				var err error
				if doc, err = json.Marshal(m); err != nil {
					return err
				}
			}
			return u.Set(extension+".manager", doc)
		}
		return u.Set(extension+"."+name, emptyIsNone(value))
	}
	if sub != "" {
		return set(sub, value)
	}
	if op == opRemove {
		u.Enterprise = nil
		return nil
	}
	var all map[string]json.RawMessage
	if json.Unmarshal(value, &all) != nil {
		return badValue("The enterprise extension is an object.")
	}
	for _, name := range slices.Sorted(maps.Keys(all)) {
		if err := set(name, all[name]); err != nil {
			return err
		}
	}
	return nil
}

// patchList sets or removes the one value that a list has, or a part of it. One that a path does not mean is not touched: there is
// room for no other.
func (x *call) patchList(u *directory.User, op string, p path, value json.RawMessage) error {
	has, means, kind := listValue(u, p)
	switch {
	case op == opRemove && (!has || !means): // it is not there
		return nil
	case op == opRemove && p.sub == "":
		return u.Set(p.name, nil)
	case op == opRemove:
		return u.Set(p.name+"."+p.sub, nil)
	case has && !means:
		return badValue("Only one value is permitted for " + p.name + ".")
	case p.sub != "":
		if !has && kind != "" {
			text, err := json.Marshal(kind)
			if err != nil {
				return err
			}
			if err := u.Set(p.name+".type", text); err != nil {
				return err
			}
		}
		return u.Set(p.name+"."+p.sub, truths(p.sub, value))
	}
	// A list of one, or that one.
	if len(value) > 0 && value[0] != '[' {
		value = slices.Concat([]byte{'['}, value, []byte{']'})
	}
	if p.name == "addresses" {
		var all []address
		if json.Unmarshal(value, &all) != nil {
			return badValue("The value of addresses is not valid.")
		}
		in := user{Addresses: all}
		only := directory.User{}
		in.into(x, &only)
		u.Addresses = only.Addresses
		return nil
	}
	var all []contact
	if json.Unmarshal(value, &all) != nil {
		return badValue("The value of " + p.name + " is not valid.")
	}
	in, only := user{Emails: all, PhoneNumbers: all}, directory.User{}
	in.into(x, &only)
	if p.name == "emails" {
		u.Emails = only.Emails
	} else {
		u.PhoneNumbers = only.PhoneNumbers
	}
	return nil
}

// truths is the value of a part of a list's value; primary may be a string.
func truths(sub string, value json.RawMessage) json.RawMessage {
	var t truth
	if sub != "primary" || json.Unmarshal(value, &t) != nil {
		return emptyIsNone(value)
	}
	if t {
		return json.RawMessage("true")
	}
	return json.RawMessage("false")
}

// listValue says whether a user has a value in a list, whether a path means it, and which type a new one gets.
func listValue(u *directory.User, p path) (has, means bool, kind string) {
	var value, of string
	var primary bool
	switch {
	case p.name == "emails" && len(u.Emails) > 0:
		has, value, of, primary = true, u.Emails[0].Value, u.Emails[0].Type, u.Emails[0].Primary
	case p.name == "phonenumbers" && len(u.PhoneNumbers) > 0:
		has, value, of, primary = true, u.PhoneNumbers[0].Value, u.PhoneNumbers[0].Type, u.PhoneNumbers[0].Primary
	case p.name == "addresses" && len(u.Addresses) > 0:
		has, of, primary = true, u.Addresses[0].Type, u.Addresses[0].Primary
	}
	if p.which == nil {
		return has, true, ""
	}
	switch p.which.attribute {
	case "type":
		return has, strings.EqualFold(of, p.which.value), p.which.value
	case "primary":
		return has, primary == strings.EqualFold(p.which.value, "true"), ""
	case "value":
		return has, strings.EqualFold(value, p.which.value), ""
	}
	return has, false, ""
}
