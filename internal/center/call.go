package center

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/kv"
	"github.com/statordb/stator/internal/policy"
)

// view reads in one snapshot, for a request of the management account in the region of the instance.
type view struct {
	ctx  context.Context
	r    kv.Reader
	s    *Store
	req  *awsapi.Request
	inst *instanceRecord
}

// edit also changes, in one transaction.
type edit struct {
	*view
	tx kv.Txn
}

// call is a decoded request.
type call struct {
	s    *Store
	req  *awsapi.Request
	name string
	// instance is the ARN of the instance that the request names, "" if it names none.
	instance string
	// on are the ARNs of what the request is about.
	on []string
	// tags and tagKeys are those that the request gives and takes away.
	tags    []policy.Tag
	tagKeys []string
	read    func(*view) (any, error) // this, or
	change  func(*edit) (any, error) // this
	// steps is what goes before change because it may be too much for one transaction, nil if nothing does. It begins after what
	// the step before has returned, "" at first, until it returns "".
	steps func(e *edit, after string) (next string, err error)
	// open says that everybody may ask, and that there may be no instance.
	open bool

	err error // why the tags of what it is about could not be read
}

// lookup bounds how long Needs may wait for the engine: it has no context.
const lookup = 10 * time.Second

// Needs implements awsapi.Call: the action on everything that the request is about.
func (c *call) Needs() []policy.Need {
	ctx, cancel := context.WithTimeout(context.Background(), lookup)
	defer cancel()
	var needs []policy.Need
	c.err = c.s.db.View(ctx, func(r kv.Reader) error {
		v := &view{ctx: ctx, r: r, s: c.s, req: c.req}
		needs = nil
		for _, arn := range c.on {
			tags, err := v.tagsOf(arn)
			if err != nil {
				return err
			}
			needs = append(needs, policy.Need{Action: "sso:" + c.name, Resource: arn, Conditions: c.conditions(tags)})
		}
		return nil
	})
	if c.err != nil { // whoever is let through gets the error from Run
		needs = []policy.Need{{Action: "sso:" + c.name, Resource: "*"}}
	}
	return needs
}

// conditions are the condition keys of a request that is about something with tags.
func (c *call) conditions(tags []policy.Tag) policy.MapContext {
	all := policy.MapContext{}
	for _, t := range tags {
		all["aws:resourcetag/"+policy.Key(t.Key)] = []string{t.Value}
	}
	for _, t := range c.tags {
		all["aws:requesttag/"+policy.Key(t.Key)] = []string{t.Value}
		all["aws:tagkeys"] = append(all["aws:tagkeys"], t.Key)
	}
	if c.tagKeys != nil {
		all["aws:tagkeys"] = c.tagKeys
	}
	return all
}

// Run implements awsapi.Call.
func (c *call) Run(ctx context.Context, dst []byte) ([]byte, error) {
	if c.err != nil {
		return dst, c.err
	}
	var out any
	var err error
	if c.read != nil {
		err = c.s.db.View(ctx, func(r kv.Reader) error {
			v := &view{ctx: ctx, r: r, s: c.s, req: c.req}
			if err := c.begin(v); err != nil {
				return err
			}
			out, err = c.read(v)
			return err
		})
	} else {
		err = c.step(ctx)
		if err == nil {
			err = c.edit(ctx, func(e *edit) (err error) {
				out, err = c.change(e)
				return err
			})
		}
		if errors.Is(err, kv.ErrTooLarge) {
			err = overQuota("What the request changes would be too large to be stored.")
		}
	}
	if err != nil {
		return dst, err
	}
	if out == nil {
		return append(dst, "{}"...), nil
	}
	if raw, ok := out.(json.RawMessage); ok {
		return append(dst, raw...), nil
	}
	return awsapi.AppendJSON(dst, out), nil
}

// edit runs fn in a transaction.
func (c *call) edit(ctx context.Context, fn func(*edit) error) error {
	return c.s.ids.Change(ctx, func(tx kv.Txn) error {
		e := &edit{&view{ctx: ctx, r: tx, s: c.s, req: c.req}, tx}
		if err := c.begin(e.view); err != nil {
			return err
		}
		return fn(e)
	})
}

// step does the steps, each in a transaction of its own.
func (c *call) step(ctx context.Context) error {
	for after, more := "", c.steps != nil; more; more = after != "" {
		next := ""
		err := c.edit(ctx, func(e *edit) (err error) {
			next, err = c.steps(e, after)
			return err
		})
		if err != nil {
			return err
		}
		after = next
	}
	return nil
}

// begin finds the instance, and lets only the management account have it, in the instance's region.
func (c *call) begin(v *view) (err error) {
	if v.inst, err = find[instanceRecord](v.ctx, v.r, instanceKey()); err != nil {
		return err
	}
	if v.inst != nil && v.inst.Region != c.req.Region {
		v.inst = nil
	}
	if c.open {
		return nil
	}
	management, err := v.s.ids.ManagementAccount(v.ctx, v.r)
	if err != nil {
		return err
	}
	if v.inst == nil || management != c.req.Caller.Account || c.instance != "" && c.instance != v.inst.arn() {
		return denied("User: " + c.req.Caller.ARN + " is not authorized to perform: sso:" + c.name + " on resource: " + c.on[0])
	}
	return nil
}

// maxStep is how many roles one step makes or deletes: each takes some questions to the engine, and a transaction has five seconds.
const maxStep = 50

// The targets of requests.

func accountARN(id string) string { return "arn:aws:sso:::account/" + id }

// reads is a request that names the instance, and is about it and what else is given.
func (s *Store) reads(req *awsapi.Request, name string, instance *string, on []string, run func(*view) (any, error)) (awsapi.Call, error) {
	return &call{s: s, req: req, name: name, instance: *instance, on: append([]string{*instance}, on...), read: run}, nil
}

// writes is reads for one that changes something.
func (s *Store) writes(req *awsapi.Request, name string, instance *string, on []string, run func(*edit) (any, error)) (awsapi.Call, error) {
	return &call{s: s, req: req, name: name, instance: *instance, on: append([]string{*instance}, on...), change: run}, nil
}

// set reads a permission set by its ARN.
func (v *view) set(arn *string) (*setRecord, error) {
	id, ok := v.inst.setID(*arn)
	if !ok {
		return nil, notFound("PermissionSet", lastPart(*arn))
	}
	set, err := find[setRecord](v.ctx, v.r, setKey(id))
	if err == nil && set == nil {
		err = notFound("PermissionSet", id)
	}
	return set, err
}

func lastPart(arn string) string { return arn[strings.LastIndexByte(arn, '/')+1:] }

// page is a part of a list.
type page[T any] struct {
	items []T
	next  *string
}

// pageOf is the page of items that a request asks for. Key gives each its place, and the items are sorted by it.
func pageOf[T any](items []T, key func(T) string, token *string, most *int32) (*page[T], error) {
	after := ""
	if token != nil && *token != "" {
		raw, err := base64.RawURLEncoding.DecodeString(*token)
		if err != nil {
			return nil, awsapi.Validation("The NextToken is not valid.")
		}
		after = string(raw)
	}
	slices.SortFunc(items, func(a, b T) int { return strings.Compare(key(a), key(b)) })
	i := 0
	for after != "" && i < len(items) && key(items[i]) <= after {
		i++
	}
	p := &page[T]{items: items[i:]}
	limit := maxPage
	if most != nil {
		limit = int(*most)
	}
	if len(p.items) > limit {
		p.items = p.items[:limit]
		next := base64.RawURLEncoding.EncodeToString([]byte(key(p.items[limit-1])))
		p.next = &next
	}
	if p.items == nil {
		p.items = []T{}
	}
	return p, nil
}

// maxPage is how many items a page has if the request does not say.
const maxPage = 100
