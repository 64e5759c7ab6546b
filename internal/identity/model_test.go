package identity

import (
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/kv/pebblekv"
	"github.com/statordb/stator/internal/policy"
)

// The model of users, groups, keys, memberships and attachments: names in lower case, and what each has.
type modelUser struct {
	name     string
	groups   map[*modelGroup]bool
	keys     []string
	attached map[string]bool
}

type modelGroup struct {
	name     string
	attached map[string]bool
}

type model struct {
	s      *Store
	ops    map[string]awsapi.Operation
	users  map[string]*modelUser
	groups map[string]*modelGroup
}

// call makes a call, of an action and of names and values, and returns the code of its error, "" if it has none.
func (m *model) call(t *rapid.T, out any, action string, params ...string) string {
	form := url.Values{"Action": {action}}
	for i := 0; i < len(params); i += 2 {
		form.Set(params[i], params[i+1])
	}
	f, err := awsapi.ParseForm(form.Encode(), nil)
	if err != nil {
		t.Fatal(err)
	}
	call, err := m.ops[action].Decode(&awsapi.Request{Caller: &policy.Principal{Type: policy.Root, Account: account, ARN: "arn:aws:iam::" + account + ":root"}, Form: f})
	if err != nil {
		t.Fatal(err)
	}
	call.Needs()
	text, err := call.Run(context.Background(), nil)
	var e *awsapi.Error
	switch {
	case errors.As(err, &e):
		return e.Code
	case err != nil:
		t.Fatal(err)
	case out != nil:
		if err := xml.Unmarshal(text, out); err != nil {
			t.Fatal(err)
		}
	}
	return ""
}

func TestModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		db, err := pebblekv.OpenMemory(pebblekv.Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = db.Close() }()
		ctx := context.Background()
		s, err := Open(ctx, db, Options{MasterKey: NewMasterKey()})
		if err != nil {
			t.Fatal(err)
		}
		first, err := NewFirst(account)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Bootstrap(ctx, first); err != nil {
			t.Fatal(err)
		}
		m := &model{s: s, ops: map[string]awsapi.Operation{}, users: map[string]*modelUser{}, groups: map[string]*modelGroup{}}
		for _, op := range s.Operations() {
			m.ops[op.Name] = op
		}
		t.Repeat(map[string]func(*rapid.T){
			"create user": m.createUser, "delete user": m.deleteUser, "rename user": m.renameUser,
			"create group": m.createGroup, "delete group": m.deleteGroup,
			"add": m.add, "remove": m.removeMember, "create key": m.createKey, "delete key": m.deleteKey,
			"attach": m.attach, "detach": m.detach,
			"": func(t *rapid.T) { m.compare(t) },
		})
		if _, err := Check(ctx, db, func(problem string) { t.Error(problem) }); err != nil {
			t.Fatal(err)
		}
	})
}

func drawName(t *rapid.T) string {
	return rapid.SampledFrom([]string{"ann", "Ann", "bob", "cy", "Cy"}).Draw(t, "name")
}

func want(t *rapid.T, got, want string) {
	t.Helper()
	if got != want {
		t.Fatalf("got error %q, want %q", got, want)
	}
}

func (m *model) createUser(t *rapid.T) {
	name := drawName(t)
	code := m.call(t, nil, "CreateUser", "UserName", name)
	if m.users[strings.ToLower(name)] != nil {
		want(t, code, "EntityAlreadyExists")
		return
	}
	want(t, code, "")
	m.users[strings.ToLower(name)] = &modelUser{name, map[*modelGroup]bool{}, nil, map[string]bool{}}
}

func (m *model) deleteUser(t *rapid.T) {
	name := drawName(t)
	u := m.users[strings.ToLower(name)]
	code := m.call(t, nil, "DeleteUser", "UserName", name)
	switch {
	case u == nil:
		want(t, code, "NoSuchEntity")
	case len(u.groups)+len(u.keys)+len(u.attached) > 0:
		want(t, code, "DeleteConflict")
	default:
		want(t, code, "")
		delete(m.users, strings.ToLower(name))
	}
}

func (m *model) renameUser(t *rapid.T) {
	from, to := drawName(t), drawName(t)
	u, other := m.users[strings.ToLower(from)], m.users[strings.ToLower(to)]
	code := m.call(t, nil, "UpdateUser", "UserName", from, "NewUserName", to)
	switch {
	case u == nil:
		want(t, code, "NoSuchEntity")
	case other != nil && other != u:
		want(t, code, "EntityAlreadyExists")
	default:
		want(t, code, "")
		delete(m.users, strings.ToLower(from))
		u.name = to
		m.users[strings.ToLower(to)] = u
	}
}

func (m *model) createGroup(t *rapid.T) {
	name := drawName(t)
	code := m.call(t, nil, "CreateGroup", "GroupName", name)
	if m.groups[strings.ToLower(name)] != nil {
		want(t, code, "EntityAlreadyExists")
		return
	}
	want(t, code, "")
	m.groups[strings.ToLower(name)] = &modelGroup{name, map[string]bool{}}
}

func (m *model) members(g *modelGroup) (names []string) {
	for _, u := range m.users {
		if u.groups[g] {
			names = append(names, u.name)
		}
	}
	slices.Sort(names)
	return names
}

func (m *model) deleteGroup(t *rapid.T) {
	name := drawName(t)
	g := m.groups[strings.ToLower(name)]
	code := m.call(t, nil, "DeleteGroup", "GroupName", name)
	switch {
	case g == nil:
		want(t, code, "NoSuchEntity")
	case len(m.members(g))+len(g.attached) > 0:
		want(t, code, "DeleteConflict")
	default:
		want(t, code, "")
		delete(m.groups, strings.ToLower(name))
	}
}

// pair draws a user and a group, and makes a call on them, which fails if one is not there.
func (m *model) pair(t *rapid.T, action string) (u *modelUser, g *modelGroup, ok bool) {
	user, group := drawName(t), drawName(t)
	u, g = m.users[strings.ToLower(user)], m.groups[strings.ToLower(group)]
	code := m.call(t, nil, action, "UserName", user, "GroupName", group)
	if u == nil || g == nil {
		want(t, code, "NoSuchEntity")
		return nil, nil, false
	}
	want(t, code, "")
	return u, g, true
}

func (m *model) add(t *rapid.T) {
	if u, g, ok := m.pair(t, "AddUserToGroup"); ok {
		u.groups[g] = true
	}
}

func (m *model) removeMember(t *rapid.T) {
	if u, g, ok := m.pair(t, "RemoveUserFromGroup"); ok {
		delete(u.groups, g)
	}
}

func (m *model) createKey(t *rapid.T) {
	name := drawName(t)
	u := m.users[strings.ToLower(name)]
	var out struct {
		ID string `xml:"CreateAccessKeyResult>AccessKey>AccessKeyId"`
	}
	code := m.call(t, &out, "CreateAccessKey", "UserName", name)
	switch {
	case u == nil:
		want(t, code, "NoSuchEntity")
	case len(u.keys) == maxAccessKeys:
		want(t, code, "LimitExceeded")
	default:
		want(t, code, "")
		u.keys = append(u.keys, out.ID)
	}
}

func (m *model) deleteKey(t *rapid.T) {
	name := drawName(t)
	u := m.users[strings.ToLower(name)]
	if u == nil || len(u.keys) == 0 {
		want(t, m.call(t, nil, "DeleteAccessKey", "UserName", name, "AccessKeyId", "AKIA234567ABCDEFGHIJ"), "NoSuchEntity")
		return
	}
	want(t, m.call(t, nil, "DeleteAccessKey", "UserName", name, "AccessKeyId", u.keys[0]), "")
	u.keys = u.keys[1:]
}

// holder draws a user or a group, and a policy.
func (m *model) holder(t *rapid.T) (kind, name, arn string, attached map[string]bool) {
	name = drawName(t)
	arn = rapid.SampledFrom([]string{administratorAccess, managedByAWS + "ReadOnlyAccess"}).Draw(t, "policy")
	if rapid.Bool().Draw(t, "user") {
		if u := m.users[strings.ToLower(name)]; u != nil {
			attached = u.attached
		}
		return "User", name, arn, attached
	}
	if g := m.groups[strings.ToLower(name)]; g != nil {
		attached = g.attached
	}
	return "Group", name, arn, attached
}

func (m *model) attach(t *rapid.T) {
	kind, name, arn, attached := m.holder(t)
	code := m.call(t, nil, "Attach"+kind+"Policy", kind+"Name", name, "PolicyArn", arn)
	if attached == nil {
		want(t, code, "NoSuchEntity")
		return
	}
	want(t, code, "")
	attached[arn] = true
}

func (m *model) detach(t *rapid.T) {
	kind, name, arn, attached := m.holder(t)
	code := m.call(t, nil, "Detach"+kind+"Policy", kind+"Name", name, "PolicyArn", arn)
	if !attached[arn] {
		want(t, code, "NoSuchEntity")
		return
	}
	want(t, code, "")
	delete(attached, arn)
}

// compare reads everything back, and looks up every key.
func (m *model) compare(t *rapid.T) {
	var users struct {
		Names []string `xml:"ListUsersResult>Users>member>UserName"`
	}
	m.call(t, &users, "ListUsers")
	names := []string{adminUser}
	for _, u := range m.users {
		names = append(names, u.name)
	}
	same(t, "users", users.Names, names)
	for _, g := range m.groups {
		var got struct {
			Names []string `xml:"GetGroupResult>Users>member>UserName"`
		}
		want(t, m.call(t, &got, "GetGroup", "GroupName", g.name), "")
		same(t, "members of "+g.name, got.Names, m.members(g))
	}
	for _, u := range m.users {
		policies := len(u.attached)
		for g := range u.groups {
			policies += len(g.attached)
		}
		var got struct {
			IDs []string `xml:"ListAccessKeysResult>AccessKeyMetadata>member>AccessKeyId"`
		}
		want(t, m.call(t, &got, "ListAccessKeys", "UserName", u.name), "")
		same(t, "keys of "+u.name, got.IDs, u.keys)
		for _, id := range u.keys {
			_, p, err := m.s.Lookup(context.Background(), id, "")
			if err != nil || p.ARN != "arn:aws:iam::"+account+":user/"+u.name || len(p.Policies.Identity) != policies {
				t.Fatalf("%s: %+v %v, want %d policies", u.name, p, err, policies)
			}
		}
	}
	for _, arn := range []string{administratorAccess, managedByAWS + "ReadOnlyAccess"} {
		var got struct {
			Users  []string `xml:"ListEntitiesForPolicyResult>PolicyUsers>member>UserName"`
			Groups []string `xml:"ListEntitiesForPolicyResult>PolicyGroups>member>GroupName"`
		}
		want(t, m.call(t, &got, "ListEntitiesForPolicy", "PolicyArn", arn), "")
		var users, groups []string
		for u := range maps.Values(m.users) {
			if u.attached[arn] {
				users = append(users, u.name)
			}
		}
		for g := range maps.Values(m.groups) {
			if g.attached[arn] {
				groups = append(groups, g.name)
			}
		}
		if arn == administratorAccess {
			groups = append(groups, adminGroup)
		}
		same(t, "users of "+arn, got.Users, users)
		same(t, "groups of "+arn, got.Groups, groups)
	}
}

func same(t *rapid.T, what string, got, want []string) {
	t.Helper()
	slices.Sort(got)
	slices.Sort(want)
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Fatalf("%s: %q, want %q", what, got, want)
	}
}
