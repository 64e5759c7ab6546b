package identity

import (
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/kv"
	"github.com/statordb/stator/internal/policy"
)

// namespace is the one of the IAM API's version 2010-05-08.
const namespace = "https://iam.amazonaws.com/doc/2010-05-08/"

// view reads the identities of one account in one snapshot.
type view struct {
	ctx     context.Context
	r       kv.Reader
	s       *Store
	req     *awsapi.Request
	account string
}

// edit also changes them, in one transaction.
type edit struct {
	*view
	tx  kv.Txn
	now time.Time
}

// call is a decoded request of the IAM API, or of another that is about accounts.
type call struct {
	s       *Store
	req     *awsapi.Request
	service string
	name    string
	on      resource
	read    func(*view) (any, error) // this, or
	change  func(*edit) (any, error) // this
	// before is done before change and outside of its transaction, which all changes wait for. It may be nil.
	before func(*view) error
	// after is done after change, when that is on disk. It may be nil.
	after func() error
	extra []condition
	aside bool // what it changes has no say in permissions: nobody has to forget anything

	asked bool
	need  policy.Need // what was asked for
	err   error       // why it could not be found out
}

// kept is an error of a change that is committed all the same: what it has noted, such as a wrong code, stays.
type kept struct{ error }

// lookup bounds how long Needs may wait for the engine: it has no context.
const lookup = 10 * time.Second

// read is a call that changes nothing.
func (s *Store) read(req *awsapi.Request, name string, on resource, run func(*view) (any, error), extra ...condition) (awsapi.Call, error) {
	return &call{s: s, req: req, service: "iam", name: name, on: on, read: run, extra: extra}, mayCallIAM(req)
}

// write is a call that changes something. What run returns is the output of the operation, nil if it has none.
func (s *Store) write(req *awsapi.Request, name string, on resource, run func(*edit) (any, error), extra ...condition) (awsapi.Call, error) {
	return &call{s: s, req: req, service: "iam", name: name, on: on, change: run, extra: extra}, mayCallIAM(req)
}

// readService and writeService are read and write of a service of the JSON protocol.
func (s *Store) readService(service string, req *awsapi.Request, name string, on resource, run func(*view) (any, error)) (awsapi.Call, error) {
	return &call{s: s, req: req, service: service, name: name, on: on, read: run}, nil
}

func (s *Store) writeService(service string, req *awsapi.Request, name string, on resource, run func(*edit) (any, error)) (awsapi.Call, error) {
	return &call{s: s, req: req, service: service, name: name, on: on, change: run}, nil
}

// writeAside is write for what has no say in permissions, so that no server has to forget what it has cached. What it
// reads is not protected by the lock of all changes.
func (s *Store) writeAside(req *awsapi.Request, name string, on resource, run func(*edit) (any, error)) (awsapi.Call, error) {
	return &call{s: s, req: req, service: "iam", name: name, on: on, change: run, aside: true}, mayCallIAM(req)
}

// Needs returns iam:Name on the resource, whose ARN has a path and whose tags are conditions, so that it has to be
// looked up.
func (c *call) Needs() []policy.Need {
	if !c.asked {
		ctx, cancel := context.WithTimeout(context.Background(), lookup)
		defer cancel()
		c.asked = true
		c.err = c.s.db.View(ctx, func(r kv.Reader) (err error) {
			c.need, err = c.needs(c.view(ctx, r))
			return err
		})
		if c.err != nil { // whoever is let through gets the error from Run
			c.need = policy.Need{Action: c.service + ":" + c.name, Resource: "*"}
		}
	}
	return []policy.Need{c.need}
}

func (c *call) view(ctx context.Context, r kv.Reader) *view {
	return &view{ctx, r, c.s, c.req, c.req.Caller.Account}
}

func (c *call) needs(v *view) (policy.Need, error) {
	t, err := c.on(v)
	if err != nil {
		return policy.Need{}, err
	}
	need := policy.Need{Action: c.service + ":" + c.name, Resource: t.arn}
	conditions := policy.MapContext{}
	set := func(key string, values ...string) { conditions[policy.Key(key)] = values }
	for _, tag := range t.tags {
		set("aws:ResourceTag/"+tag.Key, tag.Value)
		set("iam:ResourceTag/"+tag.Key, tag.Value)
	}
	if t.boundary != "" {
		set("iam:PermissionsBoundary", t.boundary)
	}
	for _, add := range c.extra {
		add(set)
	}
	if len(conditions) > 0 {
		need.Conditions = conditions
	}
	return need, nil
}

// Run does the work. What the caller was authorised for was read in another snapshot: if the resource has become
// another one since, nothing is done.
func (c *call) Run(ctx context.Context, dst []byte) ([]byte, error) {
	if c.err != nil {
		return dst, c.err
	}
	var out any
	current := func(v *view) error {
		if !c.asked {
			return nil
		}
		need, err := c.needs(v)
		if err == nil && !sameNeed(need, c.need) {
			err = concurrentModification()
		}
		return err
	}
	var err error
	if c.before != nil {
		err = c.s.db.View(ctx, func(r kv.Reader) error { return c.before(c.view(ctx, r)) })
	}
	switch {
	case err != nil:
	case c.read != nil:
		err = c.s.db.View(ctx, func(r kv.Reader) (err error) {
			v := c.view(ctx, r)
			if err = current(v); err == nil {
				out, err = c.read(v)
			}
			return err
		})
	default:
		var refused error
		update := c.s.Change
		if c.aside {
			update = c.s.db.Update
		}
		err = update(ctx, func(tx kv.Txn) (err error) {
			e := &edit{c.view(ctx, tx), tx, whole(c.s.now())}
			if err = current(e.view); err == nil {
				out, err = c.change(e)
			}
			refused = nil
			if k, ok := err.(kept); ok {
				refused, err = k.error, nil
			}
			return err
		})
		switch {
		case err == nil:
			err = refused
		case errors.Is(err, kv.ErrTooLarge): // quotas do not count white space, and escapes take more than what they stand for
			err = limitExceeded("What the request changes would be too large to be stored.")
		}
	}
	if err == nil && c.after != nil {
		err = c.after()
	}
	if err != nil {
		return dst, err
	}
	if c.service != "iam" {
		if out == nil {
			return append(dst, "{}"...), nil
		}
		return awsapi.AppendJSON(dst, out), nil
	}
	return awsapi.AppendXML(dst, c.name, namespace, out, c.req.ID), nil
}

func sameNeed(a, b policy.Need) bool {
	x, _ := a.Conditions.(policy.MapContext)
	y, _ := b.Conditions.(policy.MapContext)
	return a.Action == b.Action && a.Resource == b.Resource && maps.EqualFunc(x, y, slices.Equal[[]string])
}

// target is what a call is on.
type target struct {
	arn      string
	tags     []tag
	boundary string
}

// resource finds the target of a call. One that is not there has the ARN that its name would have at the path /:
// whoever may not use that may not learn whether it exists either.
type resource func(*view) (target, error)

// condition sets condition keys of the request.
type condition func(set func(key string, values ...string))

// anything is the target of operations that are on no resource in particular.
func anything(*view) (target, error) { return target{arn: "*"}, nil }

// fixed is a target that is known by its ARN.
func fixed(arn string) resource {
	return func(*view) (target, error) { return target{arn: arn}, nil }
}

// created is the target of an operation that makes an entity.
func created(k kind, path, name *string) resource {
	return func(v *view) (target, error) {
		return target{arn: entityARN(v.account, k, pathOr(path), *name)}, nil
	}
}

// named is an existing entity.
func named(k kind, name *string) resource {
	return func(v *view) (target, error) {
		b, boundary, err := v.base(k, *name)
		if err != nil {
			return target{}, err
		}
		if b == nil {
			return target{arn: entityARN(v.account, k, "/", *name)}, nil
		}
		return target{b.arn(v.account, k), b.Tags, boundary}, nil
	}
}

// namedOrCaller is the user of a name, or without one the caller.
func namedOrCaller(name *string) resource {
	return func(v *view) (target, error) {
		if name != nil {
			return named(userKind, name)(v)
		}
		if v.isUser() {
			u, err := v.caller()
			if err == nil {
				return target{u.arn(v.account, userKind), u.Tags, u.Boundary}, nil
			}
		}
		return target{arn: v.req.Caller.ARN}, nil
	}
}

func pathOr(path *string) string {
	if path == nil {
		return "/"
	}
	return *path
}

// policyARN is the condition key of what is attached or detached.
func policyARN(arn *string) condition {
	return func(set func(string, ...string)) { set("iam:PolicyARN", *arn) }
}

// boundaryARN is the condition key of the boundary that is asked for.
func boundaryARN(arn *string) condition {
	return func(set func(string, ...string)) {
		if arn != nil {
			set("iam:PermissionsBoundary", *arn)
		}
	}
}
