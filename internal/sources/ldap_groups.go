package sources

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/go-ldap/ldap/v3"
)

// inChain is LDAP_MATCHING_RULE_IN_CHAIN of Active Directory: members of members count.
const inChain = ":1.2.840.113556.1.4.1941:"

const (
	// maxNesting is how deep groups in groups count.
	maxNesting = 20
	// membersAtOnce is of how many entries the groups are asked for in one search.
	membersAtOnce = 50
)

var groupAttributes = []string{"cn", "entryUUID", "objectGUID", "member", "uniqueMember", "memberUid", "memberOf"}

// groupsOf returns the groups that an entry is in, those that these are in included if that is wanted.
func (s *Service) groupsOf(ctx context.Context, c *configuration, e *ldap.Entry) (all []group, err error) {
	l := c.LDAP
	members := []string{e.DN}
	if strings.EqualFold(l.MemberAttribute, "memberUid") { // which has names, and so no groups
		members = []string{e.GetEqualFoldAttributeValue(c.userName())}
	}
	err = s.withLDAP(ctx, c, func(conn *ldap.Conn) error {
		all = []group{}
		seen := make(map[string]bool)
		rule := ""
		if l.ActiveDirectory && l.Nested {
			rule = inChain
		}
		next := members
		for depth := 0; len(next) > 0 && depth < maxNesting; depth++ {
			var found []*ldap.Entry
			for some := range slices.Chunk(next, membersAtOnce) {
				part, err := c.search(conn, l.GroupBase, c.groupFilter(rule, some), groupAttributes, maxGroups)
				if err != nil {
					return err
				}
				found = append(found, part...)
			}
			next = nil
			for _, g := range found {
				if dn := normal(g.DN); !seen[dn] {
					seen[dn] = true
					all, next = append(all, c.group(g)), append(next, g.DN)
				}
			}
			if len(all) > maxGroups {
				return fmt.Errorf("somebody is in more than %d groups", maxGroups)
			}
			if !l.Nested || rule != "" {
				break
			}
		}
		return nil
	})
	return all, err
}

func (c *configuration) groupFilter(rule string, members []string) string {
	var any strings.Builder
	for _, m := range members {
		any.WriteString("(" + c.LDAP.MemberAttribute + rule + "=" + ldap.EscapeFilter(m) + ")")
	}
	return "(&" + c.LDAP.GroupFilter + "(|" + any.String() + "))"
}

// group reads the entry of one.
func (c *configuration) group(e *ldap.Entry) group {
	id := entryID(e, c.LDAP.IDAttribute)
	if id == "" {
		id = normal(e.DN)
	}
	return group{id, e.GetEqualFoldAttributeValue("cn")}
}

// mayBeDN says whether an external id can be that of a group that was known by its distinguished name. See externalID.
func mayBeDN(id string) bool {
	dn, err := ldap.ParseDN(id)
	return err == nil && len(dn.RDNs) > 0 || strings.HasPrefix(id, "sha256:")
}

// normal is a distinguished name as it is compared: without regard to case and space.
func normal(dn string) string {
	parsed, err := ldap.ParseDN(dn)
	if err != nil {
		return strings.ToLower(dn)
	}
	return strings.ToLower(parsed.String())
}

// memberships are the groups of a directory, and who is in which.
type memberships struct {
	groups map[string]group // by distinguished name
	// above are the names of the groups that an entry is in itself, by its name; or, with memberUid, by the user's name.
	above map[string][]string
	// unnamed says that some groups have no id that can be read, and are known by their distinguished names.
	unnamed bool
}

// readMemberships reads all groups. In Active Directory members are read from their memberOf: of a large group the server gives only some at a
// time.
func (c *configuration) readMemberships(conn *ldap.Conn, users []*ldap.Entry) (*memberships, error) {
	entries, err := c.search(conn, c.LDAP.GroupBase, c.LDAP.GroupFilter, groupAttributes, maxEntries)
	if err != nil {
		return nil, err
	}
	m := &memberships{groups: make(map[string]group), above: make(map[string][]string)}
	for _, e := range entries {
		dn := normal(e.DN)
		m.unnamed = m.unnamed || entryID(e, c.LDAP.IDAttribute) == ""
		m.groups[dn] = c.group(e)
		if c.LDAP.ActiveDirectory {
			continue
		}
		for _, member := range e.GetEqualFoldAttributeValues(c.LDAP.MemberAttribute) {
			if !strings.EqualFold(c.LDAP.MemberAttribute, "memberUid") {
				member = normal(member)
			}
			m.above[member] = append(m.above[member], dn)
		}
	}
	if c.LDAP.ActiveDirectory {
		for _, e := range slices.Concat(entries, users) {
			for _, parent := range e.GetEqualFoldAttributeValues("memberOf") {
				m.above[normal(e.DN)] = append(m.above[normal(e.DN)], normal(parent))
			}
		}
	}
	return m, nil
}

// of are the groups of a user. Groups that are in one another in a circle are gone through once.
func (m *memberships) of(c *configuration, e *ldap.Entry) []group {
	start := normal(e.DN)
	if strings.EqualFold(c.LDAP.MemberAttribute, "memberUid") {
		start = e.GetEqualFoldAttributeValue(c.userName())
	}
	all := []group{}
	seen := make(map[string]bool)
	next := m.above[start]
	for depth := 0; len(next) > 0 && depth < maxNesting; depth++ {
		var further []string
		for _, dn := range next {
			g, there := m.groups[dn]
			if seen[dn] || !there {
				continue
			}
			seen[dn] = true
			all = append(all, g)
			further = append(further, m.above[dn]...)
		}
		if next = further; !c.LDAP.Nested {
			break
		}
	}
	return all
}
