package center

import (
	"context"
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/statordb/stator/internal/directory"
	"github.com/statordb/stator/internal/identity"
	"github.com/statordb/stator/internal/kv"
	"github.com/statordb/stator/internal/policy"
)

// AccountAccess is an account, and what a person may be there.
type AccountAccess struct {
	Account, AccountName, Email string
	// Roles are in the order of their names.
	Roles []RoleAccess
}

// RoleAccess is a permission set that a person may have.
type RoleAccess struct {
	// Name is that of the permission set, which the APIs call the role's.
	Name, PermissionSetARN, RelayState string
	Duration                           time.Duration
}

// Accounts returns what a person may be, in the order of the ids of accounts. Who is not there, or disabled, may be nothing.
func (s *Store) Accounts(ctx context.Context, userID string) (all []AccountAccess, err error) {
	err = s.db.View(ctx, func(r kv.Reader) (err error) {
		all, err = s.accounts(ctx, r, userID)
		return err
	})
	return all, err
}

func (s *Store) accounts(ctx context.Context, r kv.Reader, userID string) (all []AccountAccess, err error) {
	u, err := s.active(ctx, r, userID)
	if err != nil || u == nil {
		return nil, err
	}
	principals, err := s.principals(ctx, r, userID)
	if err != nil {
		return nil, err
	}
	inst, err := find[instanceRecord](ctx, r, instanceKey())
	if err != nil || inst == nil {
		return nil, err
	}
	var roles []assigned
	seen := map[assigned]bool{}
	for _, p := range principals {
		err := each(ctx, r, func(rest []string, _ *assignmentRecord) (bool, error) {
			if role := (assigned{rest[0], rest[1]}); !seen[role] {
				seen[role] = true
				roles = append(roles, role)
			}
			return true, nil
		}, "assignedto", p.typ, p.id)
		if err != nil {
			return nil, err
		}
	}
	return s.shownTo(ctx, r, inst, roles)
}

// assigned is a permission set in an account.
type assigned struct{ account, set string }

// shownTo is what somebody may be who has the roles, in few round trips to the engine: a person may have thousands.
func (s *Store) shownTo(ctx context.Context, r kv.Reader, inst *instanceRecord, roles []assigned) (all []AccountAccess, err error) {
	slices.SortFunc(roles, func(a, b assigned) int { return strings.Compare(a.account, b.account) })
	var accounts, ids []string
	var there [][]byte
	for _, role := range roles {
		accounts, ids = append(accounts, role.account), append(ids, role.set)
		there = append(there, provisionedKey(role.set, role.account))
	}
	slices.Sort(ids)
	ids = slices.Compact(ids)
	members, err := s.ids.Members(ctx, r, slices.Compact(accounts)...)
	if err != nil {
		return nil, err
	}
	sets, err := findMany[setRecord](ctx, r, ids, setKey)
	if err != nil {
		return nil, err
	}
	provisioned, err := r.GetMany(ctx, there)
	if err != nil {
		return nil, err
	}
	for i, role := range roles {
		member, set := members[role.account], sets[role.set]
		if member == nil || !member.Open || set == nil || provisioned[i] == nil {
			continue
		}
		var as provisionedRecord
		if err := json.Unmarshal(provisioned[i], &as); err != nil {
			return nil, err
		}
		if len(all) == 0 || all[len(all)-1].Account != role.account {
			all = append(all, AccountAccess{Account: role.account, AccountName: member.Name, Email: member.Email})
		}
		in := &all[len(all)-1]
		in.Roles = append(in.Roles, RoleAccess{set.Name, setARN(inst.ID, role.set), set.RelayState, time.Duration(as.Seconds) * time.Second})
	}
	for i := range all {
		slices.SortFunc(all[i].Roles, func(a, b RoleAccess) int { return strings.Compare(a.Name, b.Name) })
	}
	return all, nil
}

// principal is a user or a group.
type principal struct{ typ, id string }

// active is a user who may be something; nil if there is no such user, or it is disabled.
func (s *Store) active(ctx context.Context, r kv.Reader, id string) (*directory.User, error) {
	u, err := s.dir.User(ctx, r, id)
	if err != nil || u == nil || u.Disabled {
		return nil, err
	}
	return u, nil
}

// principals are a user, and the groups that it is in.
func (s *Store) principals(ctx context.Context, r kv.Reader, userID string) ([]principal, error) {
	groups, err := s.dir.GroupsOf(ctx, r, userID)
	all := []principal{{userType, userID}}
	for _, g := range groups {
		all = append(all, principal{groupType, g})
	}
	return all, err
}

// Allowed says whether a person may have a session now: the user is there and enabled, and has not been disabled or got another
// password since the sign-in; it or a group that it is in is assigned, and the account is open. An assignment that was taken away
// and given again counts for sessions from before, too.
func (s *Store) Allowed(ctx context.Context, r kv.Reader, p identity.PersonRef) (bool, error) {
	inst, err := find[instanceRecord](ctx, r, instanceKey())
	if err != nil || inst == nil {
		return false, err
	}
	set, ok := inst.setID(p.PermissionSet)
	if !ok {
		return false, nil
	}
	member, err := s.ids.Member(ctx, r, p.Account)
	if err != nil || member == nil || !member.Open {
		return false, err
	}
	there, err := find[provisionedRecord](ctx, r, provisionedKey(set, p.Account))
	if err != nil || there == nil {
		return false, err
	}
	u, err := s.active(ctx, r, p.User)
	if err != nil || u == nil {
		return false, err
	}
	if over, err := s.dir.Over(ctx, r, u, p.Began); err != nil || over {
		return false, err
	}
	principals, err := s.principals(ctx, r, p.User)
	if err != nil {
		return false, err
	}
	var keys [][]byte
	for _, as := range principals {
		keys = append(keys, assignedKey(p.Account, set, as.typ, as.id))
	}
	values, err := r.GetMany(ctx, keys)
	return slices.ContainsFunc(values, func(v []byte) bool { return v != nil }), err
}

// Caller is a person who has signed in, and asks for a role.
type Caller struct {
	// User is the id of the person. Name is what the session of the role is called; the user's name if it is "".
	User, Name string
	// Began is when the person signed in.
	Began time.Time
	// Grant is what an outside source vouches for the person with, "" for the built-in directory.
	Grant string
	// Tags are session tags that an outside source gave; those of the instance's access control attributes win.
	Tags []policy.Tag
	// Portal is the id of the person's session in the access portal, and Until when that ends: a session of the console ends with it.
	Portal string
	Until  time.Time
}

// RoleCredentials makes temporary credentials for a person who may have a permission set in an account, under the permission
// set's name. The error is identity.ErrNotAllowed if the person may not.
func (s *Store) RoleCredentials(ctx context.Context, c Caller, account, permissionSetName string) (identity.PersonCredentials, error) {
	of, _, err := s.session(ctx, c, account, permissionSetName)
	if err != nil {
		return identity.PersonCredentials{}, err
	}
	made, err := s.ids.CredentialsForPerson(ctx, *of)
	if err != nil {
		return identity.PersonCredentials{}, err
	}
	return *made, nil
}

// RoleConsole begins a session of the console for a person who may have a permission set in an account. It ends with the person's
// session in the access portal. It returns the token for the console's cookie, and the relay state of
// the permission set, "" if it has none. The error is identity.ErrNotAllowed if the person may not.
func (s *Store) RoleConsole(ctx context.Context, c Caller, account, permissionSetName string) (token, destination string, err error) {
	of, relay, err := s.session(ctx, c, account, permissionSetName)
	if err != nil {
		return "", "", err
	}
	of.Portal, of.Until = c.Portal, c.Until
	token, err = s.ids.ConsoleForPerson(ctx, *of)
	return token, relay, err
}

// session is a session to be begun. Whether the person may have it is found out when it begins.
func (s *Store) session(ctx context.Context, c Caller, account, setName string) (of *identity.PersonSession, relay string, err error) {
	err = s.db.View(ctx, func(r kv.Reader) error {
		inst, err := find[instanceRecord](ctx, r, instanceKey())
		if err != nil || inst == nil {
			return or(err, identity.ErrNotAllowed)
		}
		id, err := find[string](ctx, r, setNameKey(setName))
		if err != nil || id == nil {
			return or(err, identity.ErrNotAllowed)
		}
		set, err := find[setRecord](ctx, r, setKey(*id))
		if err != nil || set == nil {
			return or(err, identity.ErrNotAllowed)
		}
		there, err := find[provisionedRecord](ctx, r, provisionedKey(*id, account))
		if err != nil || there == nil {
			return or(err, identity.ErrNotAllowed)
		}
		u, err := s.dir.User(ctx, r, c.User)
		if err != nil || u == nil {
			return or(err, identity.ErrNotAllowed)
		}
		name := c.Name
		if name == "" {
			name = u.UserName
		}
		relay = set.RelayState
		of = &identity.PersonSession{
			PersonRef: identity.PersonRef{User: c.User, Account: account, PermissionSet: setARN(inst.ID, *id), Began: c.Began, Grant: c.Grant},
			Role:      there.Role, Name: sessionName(name, c.User),
			Duration: time.Duration(there.Seconds) * time.Second, Tags: inst.sessionTags(u, c.Tags),
		}
		return nil
	})
	return of, relay, err
}

var sessionNameForm = regexp.MustCompile(`^[\w+=,.@-]{2,64}$`)

// sessionName is what the session of a user is called: by the name, unless no session can have it.
func sessionName(userName, userID string) string {
	if sessionNameForm.MatchString(userName) {
		return userName
	}
	return userID
}

// sessionTags are the session tags of a user: those that are given, and the attributes of the instance, which win.
func (i *instanceRecord) sessionTags(u *directory.User, given []policy.Tag) (all []policy.Tag) {
	if i.ABAC {
		for _, a := range i.Attributes {
			if value := valueOf(u, a.Source); value != "" {
				all = append(all, policy.Tag{Key: a.Key, Value: value})
			}
		}
	}
	for _, t := range given {
		if !slices.ContainsFunc(all, func(a policy.Tag) bool { return policy.Key(a.Key) == policy.Key(t.Key) }) {
			all = append(all, t)
		}
	}
	return all[:min(len(all), maxSessionTags)]
}

// maxSessionTags is AWS's limit ("Pass session tags in AWS STS", IAM User Guide).
const maxSessionTags = 50
