package sources

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/directory"
	"github.com/statordb/stator/internal/kv"
)

// person is whom a source speaks of.
type person struct {
	// Subject is what the source calls the person for good.
	Subject string
	// Attributes are values by the names of the directory.
	Attributes map[string]string
	// VerifiedEmail says that the source vouches for the address: only then it says who somebody is.
	VerifiedEmail bool
	// Groups are those that the person is in there, nil if the source says nothing of groups.
	Groups []group
	// Disabled says that the person can't sign in there.
	Disabled bool
}

// group is a group of a source: what it calls it for good, and its name, which may be the same.
type group struct{ ID, Name string }

// named makes groups of names.
func named(names []string) []group {
	all := make([]group, 0, len(names))
	for _, n := range names {
		all = append(all, group{n, n})
	}
	return all
}

// maxGroups bounds the groups of a person that count.
const maxGroups = 1000

// admit finds the user who a person is, or makes it if the source may, and makes it and its groups what the source says. Most often there is
// nothing to change: then nobody has to forget anything. The error is errUnknown, or why it can't be done.
func (s *Service) admit(ctx context.Context, c *configuration, p *person) (userID string, err error) {
	changes := false
	err = s.Directory.View(ctx, func(r kv.Reader) error {
		m := &matching{ctx: ctx, s: s, c: c, r: r}
		userID, err = m.admit(p)
		changes = m.changes
		return err
	})
	if err != nil || !changes {
		return userID, err
	}
	err = s.Directory.Change(ctx, func(tx kv.Txn) error {
		m := &matching{ctx: ctx, s: s, c: c, r: tx, tx: tx}
		userID, err = m.admit(p)
		return err
	})
	return userID, err
}

// matching makes the directory what a source says, or only looks what there is to change.
type matching struct {
	ctx     context.Context
	s       *Service
	c       *configuration
	r       kv.Reader
	tx      kv.Txn // nil only looks
	changes bool
	created bool
}

func (m *matching) admit(p *person) (userID string, err error) {
	u, err := m.find(p)
	if err != nil {
		return "", err
	}
	if u == nil && !m.c.CreateUsers {
		return "", errUnknown
	}
	if u == nil {
		u, m.created = &directory.User{CreatedBy: m.by()}, true
	}
	if u.Disabled && !p.Disabled && !m.isOurs(u) {
		return "", errors.New("the user is disabled")
	}
	if err := m.put(u, p); err != nil {
		return "", err
	}
	if p.Groups != nil && (m.tx != nil || u.ID != "") {
		if err := m.join(u.ID, p.Groups); err != nil {
			return "", err
		}
	}
	if u.Disabled {
		return u.ID, errors.New("the user is disabled")
	}
	return u.ID, nil
}

// by is who changes the directory.
func (m *matching) by() string { return "source " + m.c.ID }

// find returns the user who a person is, nil if there is none yet.
func (m *matching) find(p *person) (*directory.User, error) {
	if p.Subject == "" {
		return nil, errors.New("the source does not say who it is")
	}
	d := m.s.Directory
	u, err := d.UserByExternalID(m.ctx, m.r, m.c.issuer(), p.Subject)
	if err != nil || u != nil {
		return u, err
	}
	switch email := p.Attributes["Email"]; {
	case m.c.MatchBy != matchEmail && (p.VerifiedEmail || !strings.EqualFold(email, p.Attributes["UserName"])):
		u, err = d.UserByName(m.ctx, m.r, p.Attributes["UserName"])
	case m.c.MatchBy == matchEmail && email != "" && p.VerifiedEmail:
		u, err = d.UserByEmail(m.ctx, m.r, email)
	}
	if err != nil || u == nil {
		return nil, err
	}
	// Whoever has come from this source before is not another who has got the name since.
	if slices.ContainsFunc(u.ExternalIDs, func(x directory.ExternalID) bool { return x.Issuer == m.c.issuer() }) {
		return nil, fmt.Errorf("the user %s is another person of this source", u.ID)
	}
	return u, nil
}

// How people are found who came not from a source before.
const (
	matchName  = "UserName"
	matchEmail = "Email"
)

// disabledBy marks users whom a source has disabled: it, and it alone, enables them again.
const disabledBy = "disabled by source "

func (m *matching) isOurs(u *directory.User) bool { return u.UpdatedBy == disabledBy+m.c.ID }

// put makes a user what the source says of it.
func (m *matching) put(u *directory.User, p *person) error {
	old := *u
	old.Enterprise, old.ExternalIDs = maps.Clone(u.Enterprise), slices.Clone(u.ExternalIDs)
	oldEmails, oldPhones := slices.Clone(u.Emails), slices.Clone(u.PhoneNumbers)
	id := directory.ExternalID{Issuer: m.c.issuer(), ID: p.Subject}
	if !slices.Contains(u.ExternalIDs, id) {
		u.ExternalIDs = append(slices.Clone(u.ExternalIDs), id)
	}
	for name, value := range p.Attributes {
		if value == "" {
			continue // what the source does not say stays
		}
		set(u, name, value)
	}
	if u.DisplayName == "" {
		u.DisplayName = u.UserName
	}
	by := m.by()
	switch {
	case p.Disabled && !u.Disabled:
		u.Disabled, by = true, disabledBy+m.c.ID
	case p.Disabled:
		by = old.UpdatedBy
	case u.Disabled && m.isOurs(u):
		u.Disabled = false
	}
	if u.ID != "" && u.UserName == old.UserName && u.Name == old.Name && u.DisplayName == old.DisplayName && u.NickName == old.NickName &&
		u.Title == old.Title && u.UserType == old.UserType && u.PreferredLanguage == old.PreferredLanguage && u.Locale == old.Locale &&
		u.Timezone == old.Timezone && slices.Equal(u.Emails, oldEmails) && slices.Equal(u.PhoneNumbers, oldPhones) &&
		maps.Equal(u.Enterprise, old.Enterprise) && slices.Equal(u.ExternalIDs, old.ExternalIDs) && u.Disabled == old.Disabled {
		return nil
	}
	m.changes = true
	if m.tx == nil {
		return nil
	}
	u.UpdatedBy = by
	return m.s.Directory.PutUser(m.ctx, m.tx, u)
}

// set sets an attribute of a user.
func set(u *directory.User, name, value string) {
	switch {
	case mapped[name] != nil:
		*mapped[name](u) = value
	case enterprise[name] != "":
		u.Enterprise = maps.Clone(u.Enterprise)
		if u.Enterprise == nil {
			u.Enterprise = make(map[string]string)
		}
		u.Enterprise[enterprise[name]] = value
	case name == "Email" && (len(u.Emails) == 0 || !strings.EqualFold(u.Emails[0].Value, value)):
		u.Emails = []directory.Email{{Value: value, Type: "work", Primary: true}}
	case name == "PhoneNumber" && (len(u.PhoneNumbers) == 0 || u.PhoneNumbers[0].Value != value):
		u.PhoneNumbers = []directory.PhoneNumber{{Value: value, Type: "work", Primary: true}}
	}
}

// join puts a user into the groups that these there stand for, and takes it out of the other groups that the source keeps: those with an
// external id of it.
func (m *matching) join(user string, groups []group) error {
	want := make(map[string]bool)
	for _, there := range groups {
		g, err := m.group(there)
		if err != nil {
			return err
		}
		if g != nil && len(want) < maxGroups {
			want[g.ID] = true
		}
	}
	in, err := m.s.Directory.GroupsOf(m.ctx, m.r, user)
	if err != nil {
		return err
	}
	for _, id := range in {
		if want[id] {
			delete(want, id)
			continue
		}
		if kept, err := m.keeps(id); err != nil || !kept {
			if err != nil {
				return err
			}
			continue
		}
		m.changes = true
		if m.tx != nil {
			if err := m.s.Directory.RemoveMember(m.ctx, m.tx, id, user); err != nil {
				return err
			}
		}
	}
	for _, id := range slices.Sorted(maps.Keys(want)) {
		m.changes = true
		if m.tx != nil {
			if _, err := m.s.Directory.AddMember(m.ctx, m.tx, id, user, m.by()); err != nil {
				return err
			}
		}
	}
	return nil
}

// keeps says whether the source decides who is in a group.
func (m *matching) keeps(id string) (bool, error) {
	g, err := m.s.Directory.Group(m.ctx, m.r, id)
	return err == nil && g != nil && m.isKept(g), err
}

func (m *matching) isKept(g *directory.Group) bool {
	return slices.ContainsFunc(g.ExternalIDs, func(x directory.ExternalID) bool { return x.Issuer == m.c.issuer() })
}

// group returns the group here that one there stands for, nil if it stands for none. From then on the source keeps it. A group that is here
// already is the source's only if an administrator has said so: else whoever may name groups there could give themselves what a group of
// the same name may do here.
func (m *matching) group(there group) (*directory.Group, error) {
	d := m.s.Directory
	id := directory.ExternalID{Issuer: m.c.issuer(), ID: externalID(there.ID)}
	name, told := m.c.Groups[there.Name]
	if there.ID == "" || there.Name == "" || !told && len(m.c.Groups) > 0 {
		return nil, nil
	}
	var g *directory.Group
	var err error
	if told {
		g, err = d.GroupByName(m.ctx, m.r, name)
	} else {
		name = there.Name
		g, err = d.GroupByExternalID(m.ctx, m.r, id.Issuer, id.ID)
	}
	if err != nil || g != nil && m.isKept(g) && g.DisplayName == name {
		return g, err
	}
	if !told {
		other, err := d.GroupByName(m.ctx, m.r, name)
		if err != nil || other != nil && (g == nil || other.ID != g.ID) {
			return g, err
		}
	}
	if g == nil && !m.c.CreateGroups {
		return nil, nil
	}
	m.changes = true
	if m.tx == nil {
		return g, nil
	}
	if g == nil {
		g = &directory.Group{CreatedBy: m.by()}
	}
	if !m.isKept(g) {
		g.ExternalIDs = append(g.ExternalIDs, id)
	}
	g.DisplayName, g.UpdatedBy = name, m.by()
	err = d.PutGroup(m.ctx, m.tx, g)
	if e, ok := errors.AsType[*awsapi.Error](err); ok && e.Code == "ValidationException" {
		return nil, nil // no group can be called that
	}
	return g, err
}

// externalID is a text that can be an external id: distinguished names have spaces, and may be long.
func externalID(text string) string {
	if len(text) > 200 || strings.ContainsAny(text, " \t\r\n\u00a0\u3000") {
		return "sha256:" + digest(text)
	}
	return text
}
