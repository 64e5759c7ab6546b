package dynamodb

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"

	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/policy"
	"github.com/statordb/stator/internal/table"
)

// subject is a table or a stream that a request is about, as it is when the request is authorised: its policy and its tags
// have a say in that.
type subject struct {
	arn string
	// table is nil if there is none, or if it has to be looked up again.
	table *table.Descriptor
	// own is what is known of a resource that is no table; nil if there is none.
	own *access
	// err is why it could not be looked up. Whatever was decided without it, the request then does nothing.
	err error
}

// access is what authorisation has to know of a table or a stream. It is made once for each version of that.
type access struct {
	arn    string
	policy *policy.Policy      // nil if it has none
	tags   map[string][]string // by conditionKey
}

// accessOf returns what authorisation has to know of a table.
func accessOf(d *table.Descriptor) *access { return d.Derived(newAccess).(*access) }

func newAccess(d *table.Descriptor) any {
	return compileAccess(arn(d.Scope, d.Name, ""), d.Settings.Policy, d.Settings.Tags)
}

func compileAccess(arn string, p *table.ResourcePolicy, tags map[string]string) *access {
	a := &access{arn: arn}
	if p != nil && p.Document != "" {
		compiled, err := policy.Compile(policy.Resource, arn, []byte(p.Document))
		if err != nil {
			compiled = policy.Unreadable(arn) // what it denies is not known
		}
		a.policy = compiled
	}
	if len(tags) > 0 {
		a.tags = make(map[string][]string, len(tags))
		// Condition keys know no case, keys of tags do. Of two that differ in nothing else, the first counts.
		for _, key := range slices.Backward(slices.Sorted(maps.Keys(tags))) {
			a.tags[conditionKey(key)] = []string{tags[key]}
		}
	}
	return a
}

// conditionKey is the key of a tag as it comes in a condition key: with its ASCII letters in lower case.
func conditionKey(tag string) string {
	return strings.Map(func(r rune) rune {
		if 'A' <= r && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return r
	}, tag)
}

// subject looks up the table of a name or an ARN. It has no context: what is looked up often is in the store's memory.
func (s *Service) subject(req *awsapi.Request, name string) subject {
	scope, short, err := locate(req, name)
	if err != nil { // the operation will say so
		return subject{arn: arn(scope, short, "")}
	}
	d, err := s.store.Table(context.Background(), scope, short)
	switch {
	case errors.Is(err, table.ErrNotFound):
		return subject{arn: arn(scope, short, "")}
	case err != nil:
		return subject{arn: arn(scope, short, ""), err: err}
	}
	return subject{arn: accessOf(d).arn, table: d}
}

// access is what is known of what the request is about, nil if that is not there.
func (u *subject) access() *access {
	if u.table != nil {
		return accessOf(u.table)
	}
	return u.own
}

// need is a permission on the subject, or on one of a table's indexes, whose policy is the table's.
func (u *subject) need(action, index string, conditions policy.Context) policy.Need {
	n := policy.Need{Action: action, Resource: u.arn, Conditions: conditions}
	if index != "" {
		n.Resource += "/index/" + index
	}
	if a := u.access(); a != nil {
		n.Policy = a.policy
	}
	return n
}

const resourceTag = "aws:resourcetag/"

// tag looks up the condition keys of the subject's tags. A table's are also those of its indexes, and not of its streams.
func (u *subject) tag(key string) ([]string, bool) {
	name, ok := strings.CutPrefix(key, resourceTag)
	if !ok {
		return nil, false
	}
	a := u.access()
	if a == nil {
		return nil, false
	}
	values, ok := a.tags[name]
	return values, ok
}

// tagged is the context of a request that has no condition keys but those of its subject's tags, and others.
type tagged struct {
	*subject
	others policy.Context // may be nil
}

// Values implements policy.Context.
func (t tagged) Values(key string) ([]string, bool) {
	if values, ok := t.tag(key); ok || t.others == nil {
		return values, ok
	}
	return t.others.Values(key)
}
