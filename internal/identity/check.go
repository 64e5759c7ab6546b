package identity

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/statordb/stator/internal/keyspace"
	"github.com/statordb/stator/internal/kv"
	"github.com/statordb/stator/internal/policy"
)

// Check reads every record in db and reports what is not as it has to be, references from both of their ends. It needs
// no master key, and so does not look at secrets. It returns how many records there are.
func Check(ctx context.Context, db kv.DB, report func(problem string)) (records int64, err error) {
	err = db.View(ctx, func(r kv.Reader) error {
		start, end := keyspace.IdentityRange()
		return r.Scan(ctx, kv.Range{Start: start, End: end}, func(key, value []byte) (bool, error) {
			records++
			parts, ok := keyspace.ParseIdentity(key)
			if !ok || len(parts) == 0 {
				report(fmt.Sprintf("identity: a key that can't be read (key %x)", key))
				return true, nil
			}
			c := &checker{view: view{ctx: ctx, r: r}, value: value}
			if len(parts) > 1 {
				c.account = parts[1]
			}
			err := c.record(parts)
			for _, problem := range c.problems {
				report(fmt.Sprintf("identity: %s: %s", strings.Join(parts, "/"), problem))
			}
			return true, err
		})
	})
	return records, err
}

// checker checks one record.
type checker struct {
	view
	value    []byte
	problems []string
}

func (c *checker) problem(format string, args ...any) {
	c.problems = append(c.problems, fmt.Sprintf(format, args...))
}

// decode reads the record's value.
func (c *checker) decode(to any) bool {
	err := json.Unmarshal(c.value, to)
	if err != nil {
		c.problem("%v", err)
	}
	return err == nil
}

// there says whether a key is there, and that it leads to want if that is not "".
func (c *checker) there(what string, key []byte, want string) error {
	value, err := c.r.Get(c.ctx, key)
	if err != nil {
		return err
	}
	if value == nil {
		c.problem("%s is not there", what)
	} else if want != "" && string(value) != `"`+want+`"` {
		c.problem("%s leads to %s", what, value)
	}
	return nil
}

// record checks the record under a key of these parts, whose value has been set.
func (c *checker) record(parts []string) error {
	switch kind := parts[0]; {
	case kind == "mark" && len(parts) == 1:
		c.decode(new(markRecord))
	case kind == "generation" && len(parts) == 1:
		c.decode(new(uint64))
	case kind == "account" && len(parts) == 2:
		var a accountRecord
		if c.decode(&a) && a.Alias != "" {
			return c.there("its alias", aliasKey(a.Alias), parts[1])
		}
	case kind == "console" && len(parts) == 2:
		var console consoleRecord
		if !c.decode(&console) {
			return nil
		}
		return c.there("its entry at its owner", console.indexKey(), "")
	case kind == "consoleof" && len(parts) == 5:
		return c.there("the session", consoleKey(parts[4]), "")
	case kind == "email" && len(parts) == 2:
		var account string
		if !c.decode(&account) {
			return nil
		}
		a, _, err := get[accountRecord](c.ctx, c.r, accountKey(account))
		if err == nil && !strings.EqualFold(a.Email, parts[1]) {
			c.problem("it is not the address of %s", account)
		}
		return err
	case kind == signUpKind && len(parts) == 2:
		c.decode(new(signUpRecord))
	case kind == resetKind && len(parts) == 2:
		c.decode(new(resetRecord))
	case kind == newEmailKind && len(parts) == 2:
		c.decode(new(newEmailRecord))
	case kind == usedKind && len(parts) == 2:
		c.decode(new(expiring))
	case kind == choiceKind && len(parts) == 2:
		c.decode(new(SAMLChoice))
	case kind == "secretkey" && len(parts) == 2:
		c.decode(new(secretKeyRecord))
	case kind == "tokenkey" && len(parts) == 2:
		c.decode(new(tokenKeyRecord))
	case kind == "use" && len(parts) == 3:
		return c.use(parts[2])
	case kind == "access" && len(parts) == 3:
		c.decode(new(accessJob))
	case kind == "report" && len(parts) == 2:
		c.decode(new(reportRecord))
	case kind == "alias" && len(parts) == 2:
		var account string
		if !c.decode(&account) {
			return nil
		}
		a, _, err := get[accountRecord](c.ctx, c.r, accountKey(account))
		if err == nil && a.Alias != parts[1] {
			c.problem("it is not the alias of %s", account)
		}
		return err
	case kind == "accesskey" && len(parts) == 2:
		var k accessKeyRecord
		if !c.decode(&k) {
			return nil
		}
		if err := c.there("its user "+k.User, entityKey(k.Account, userKind, k.User), ""); err != nil {
			return err
		}
		return c.there("its entry at the user", userKeyKey(k.Account, k.User, parts[1]), "")
	case len(parts) == 3:
		return c.entity(parts)
	default:
		return c.index(parts)
	}
	return nil
}

// entity checks the record of an entity: its name and everything that it refers to.
func (c *checker) entity(parts []string) error {
	k, id := kind(parts[0]), parts[2]
	var b entity
	var err error
	switch k {
	case userKind:
		var u userRecord
		if !c.decode(&u) {
			return nil
		}
		b, err = u.entity, c.grants(k, id, &u.grants)
		for _, group := range u.Groups {
			if err == nil {
				err = c.there("its group "+group, entityKey(c.account, groupKind, group), "")
			}
			if err == nil {
				err = c.there("its entry in the group "+group, memberKey(c.account, group, id), "")
			}
		}
	case groupKind:
		var g groupRecord
		if !c.decode(&g) {
			return nil
		}
		b, err = g.entity, c.grants(k, id, &g.grants)
	case roleKind:
		var r roleRecord
		if !c.decode(&r) {
			return nil
		}
		if _, err := policy.Compile(policy.Trust, r.Name, []byte(r.Trust)); err != nil {
			c.problem("its trust policy can't be read: %v", err)
		}
		b, err = r.entity, c.grants(k, id, &r.grants)
	case policyKind:
		var p policyRecord
		if !c.decode(&p) {
			return nil
		}
		b = p.entity
		c.versions(&p)
	case profileKind:
		var p profileRecord
		if !c.decode(&p) {
			return nil
		}
		b = p.entity
		if p.Role != "" {
			if err = c.there("its role", entityKey(c.account, roleKind, p.Role), ""); err == nil {
				err = c.there("its entry at the role", inProfileKey(c.account, p.Role, id), "")
			}
		}
	case oidcKind:
		var p oidcRecord
		if !c.decode(&p) {
			return nil
		}
		b = p.entity
	case samlKind:
		var p samlRecord
		if !c.decode(&p) {
			return nil
		}
		b = p.entity
	case mfaKind:
		var d mfaRecord
		if !c.decode(&d) {
			return nil
		}
		b, err = d.entity, c.device(id, &d)
	default:
		c.problem("unknown kind of record")
		return nil
	}
	if b.ID != id {
		c.problem("its id is %s", b.ID)
	}
	if err == nil {
		err = c.there("its name "+b.Name, nameKey(c.account, k, b.Name), id)
	}
	return err
}

// versions checks the versions of a policy.
func (c *checker) versions(p *policyRecord) {
	if p.document() == "" {
		c.problem("its default version v%d is not there", p.Default)
	}
	for _, v := range p.Versions {
		if _, err := policy.Parse(p.Name, []byte(v.Document)); err != nil {
			c.problem("its version %s can't be read: %v", v.id(), err)
		}
	}
}

// grants checks the policies of an entity.
func (c *checker) grants(k kind, id string, g *grants) error {
	for i, arn := range append(slices.Clone(g.Attached), g.Boundary) {
		key := attachedKey
		if i == len(g.Attached) {
			key = boundedKey
		}
		if arn == "" {
			continue
		}
		p, err := c.policyOrNone(arn)
		if err != nil {
			return err
		}
		if p == nil {
			c.problem("its policy %s is not there", arn)
		}
		if err := c.there("its entry at "+arn, key(c.account, arn, k, id), ""); err != nil {
			return err
		}
	}
	for name, document := range g.Inline {
		if _, err := policy.Parse(name, []byte(document)); err != nil {
			c.problem("its policy %s can't be read: %v", name, err)
		}
	}
	return nil
}

// device checks that a device is known to whom it is enabled for.
func (c *checker) device(id string, d *mfaRecord) error {
	if d.Owner == "" {
		return nil
	}
	owner := entityKey(c.account, userKind, d.Owner)
	if d.Owner == c.account {
		owner = accountKey(c.account)
	}
	if err := c.there("its owner "+d.Owner, owner, ""); err != nil {
		return err
	}
	return c.there("its entry at "+d.Owner, deviceKey(c.account, d.Owner, id), "")
}

// index checks that what an index leads to leads back.
func (c *checker) index(parts []string) error {
	switch what := parts[0]; {
	case what == "name" && len(parts) == 4:
		var id string
		if !c.decode(&id) {
			return nil
		}
		b, err := byID[entity](&c.view, kind(parts[2]), id)
		if err == nil && (b == nil || strings.ToLower(b.Name) != parts[3]) {
			c.problem("%s does not have this name", id)
		}
		return err
	case what == "member" && len(parts) == 4:
		u, err := byID[userRecord](&c.view, userKind, parts[3])
		if err == nil && (u == nil || !slices.Contains(u.Groups, parts[2])) {
			c.problem("the user is not in the group")
		}
		return err
	case what == "userkey" && len(parts) == 4:
		k, ok, err := get[accessKeyRecord](c.ctx, c.r, accessKeyKey(parts[3]))
		if err == nil && (!ok || k.User != parts[2] || k.Account != c.account) {
			c.problem("the user does not have the key")
		}
		return err
	case what == "device" && len(parts) == 4:
		d, err := byID[mfaRecord](&c.view, mfaKind, parts[3])
		if err == nil && (d == nil || d.Owner != parts[2]) {
			c.problem("the user does not have the device")
		}
		return err
	case what == "inprofile" && len(parts) == 4:
		p, err := byID[profileRecord](&c.view, profileKind, parts[3])
		if err == nil && (p == nil || p.Role != parts[2]) {
			c.problem("the role is not in the profile")
		}
		return err
	case (what == "attached" || what == "bounded") && len(parts) == 5:
		g, err := byID[grants](&c.view, kind(parts[3]), parts[4])
		if err != nil {
			return err
		}
		if g == nil || what == "attached" && !slices.Contains(g.Attached, parts[2]) || what == "bounded" && g.Boundary != parts[2] {
			c.problem("the entity does not have the policy")
		}
		return nil
	}
	c.problem("unknown kind of record")
	return nil
}
