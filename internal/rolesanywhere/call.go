package rolesanywhere

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/keyspace"
	"github.com/statordb/stator/internal/kv"
	"github.com/statordb/stator/internal/policy"
)

// call is a decoded request to the control plane.
type call struct {
	s      *Service
	req    *awsapi.Request
	action string
	// on is the resource that permission is asked for; its id is "" for the operations that are on none.
	on   kind
	id   string
	asks policy.MapContext // the condition keys of what is asked for
	pass []string          // the roles that the caller has to be allowed to pass
	// Either view or change is what it does. What it returns is the output.
	view   func(ctx context.Context, r kv.Reader, p place) (any, error)
	change func(ctx context.Context, tx kv.Txn, p place, now time.Time) (any, error)

	err error // why Needs could not find out what it is on
}

func (c *call) place() place { return place{c.req.Caller.Account, c.req.Region} }

// lookup bounds how long Needs may wait for the engine: it has no context.
const lookup = 10 * time.Second

// Needs implements awsapi.Call. What an action is on, and that tags are conditions, is as in "Actions, resources, and condition
// keys for AWS Identity and Access Management Roles Anywhere" (Service Authorization Reference).
func (c *call) Needs() []policy.Need {
	need := policy.Need{Action: service + ":" + c.action, Resource: "*"}
	conditions := policy.MapContext{}
	if c.id != "" {
		var tags []tag
		tags, c.err = c.tagsOf()
		need.Resource = c.place().arn(c.on, c.id)
		for _, t := range tags {
			conditions["aws:resourcetag/"+policy.Key(*t.Key)] = []string{*t.Value}
		}
	}
	for key, values := range c.asks {
		conditions[key] = values
	}
	if len(conditions) > 0 {
		need.Conditions = conditions
	}
	needs := []policy.Need{need}
	for _, role := range c.pass {
		needs = append(needs, policy.Need{Action: "iam:PassRole", Resource: role, Conditions: policy.MapContext{"iam:passedtoservice": {principal}}})
	}
	return needs
}

// tagsOf are the tags of the resource, none if it is not there: whoever may ask learns that from Run.
func (c *call) tagsOf() (tags []tag, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), lookup)
	defer cancel()
	err = c.s.db.View(ctx, func(r kv.Reader) error {
		rec, err := read[struct{ resource }](ctx, r, c.place(), c.on, c.id)
		if err == nil && rec != nil {
			tags = rec.Tags
		}
		return err
	})
	return tags, err
}

// Run implements awsapi.Call.
func (c *call) Run(ctx context.Context, dst []byte) ([]byte, error) {
	if c.err != nil { // what the caller was let through for is not known
		return dst, c.err
	}
	var out any
	var err error
	if c.view != nil {
		err = c.s.db.View(ctx, func(r kv.Reader) (err error) {
			out, err = c.view(ctx, r, c.place())
			return err
		})
	} else {
		err = c.s.update(ctx, c.place(), func(tx kv.Txn) (err error) {
			out, err = c.change(ctx, tx, c.place(), whole(c.s.now()))
			return err
		})
	}
	if err != nil {
		return dst, err
	}
	return answer(dst, out)
}

// update runs fn in a transaction that takes its turn among all changes of a place: there are few, and what fn reads then needs no
// locks of its own.
func (s *Service) update(ctx context.Context, p place, fn func(kv.Txn) error) error {
	return s.db.Update(ctx, func(tx kv.Txn) error {
		if err := tx.Lock(ctx, keyspace.People(word, p.account, p.region)); err != nil {
			return err
		}
		return fn(tx)
	})
}

func answer(dst []byte, out any) ([]byte, error) {
	body, err := json.Marshal(out)
	return append(dst, body...), err
}

// decode reads the body of a request.
func decode[In any](req *awsapi.Request) (*In, error) {
	in := new(In)
	if len(req.Body) == 0 {
		return in, nil
	}
	if err := json.Unmarshal(req.Body, in); err != nil {
		if bad, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
			return nil, validation("The member " + awsapi.Shown(bad.Field) + " is a " + bad.Value + ", and has to be another type.")
		}
		return nil, validation("The body of the request can't be read: it is no JSON.")
	}
	return in, nil
}

// idIn is the id in the path of a request, which is the second of its parts.
func idIn(req *awsapi.Request, member string) (string, error) {
	id := strings.Split(strings.TrimPrefix(req.HTTP.URL.Path, "/"), "/")[1] // the route has one
	var bad awsapi.Violations
	bad.Length(member, &id, 36, 36)
	if len(id) == 36 && !isUUID(id) {
		bad.Add("'"+id+"'", member, "Member must satisfy regular expression pattern: [a-f0-9]{8}-([a-z0-9]{4}-){3}[a-z0-9]{12}")
	}
	return id, bad.Err(awsapi.ValidationException)
}

func validation(message string) *awsapi.Error { return awsapi.Validation(message) }

func denied(message string) *awsapi.Error {
	return &awsapi.Error{Code: "AccessDeniedException", Status: http.StatusForbidden, Message: message}
}

// tooMany is the refusal of what is over a quota, which are AWS's ("AWS Identity and Access Management Roles Anywhere endpoints and
// quotas", AWS General Reference).
func tooMany(n int, of string) *awsapi.Error {
	return validation("There are " + strconv.Itoa(n) + " " + of + " already, and no more are allowed.")
}

// The pages of lists: as many as a page has if nobody says, and at the most.
const maxPage = 100

// page reads what a list is asked for.
func page(req *awsapi.Request) (after string, size int, err error) {
	size = maxPage
	if text, ok := req.Form.Value("pageSize"); ok && text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 {
			return "", 0, validation("The pageSize has to be a number from 1.")
		}
		size = min(n, maxPage)
	}
	if text, ok := req.Form.Value("nextToken"); ok && text != "" {
		if !isUUID(text) {
			return "", 0, validation("The nextToken is not valid.")
		}
		after = text
	}
	return after, size, nil
}

// list is a call that lists the resources of a kind under the name of a member.
func list[R any, T any](s *Service, req *awsapi.Request, action, member string, k kind, show func(p place, id string, rec *R) T) (awsapi.Call, error) {
	after, size, err := page(req)
	if err != nil {
		return nil, err
	}
	return &call{s: s, req: req, action: action, view: func(ctx context.Context, r kv.Reader, p place) (any, error) {
		items, last, next := []T{}, "", ""
		err := each(ctx, r, p, k, after, func(id string, rec *R) (bool, error) {
			if len(items) == size {
				next = last
				return false, nil
			}
			items, last = append(items, show(p, id, rec)), id
			return true, nil
		})
		out := map[string]any{member: items}
		if next != "" {
			out["nextToken"] = next
		}
		return out, err
	}}, nil
}

// one is a call on a resource that is there, which view shows, or change changes and then view shows.
type one[R any] struct {
	on     kind
	member string // of its id in the path
	show   func(p place, id string, rec *R) any
	// enabled is where a record says whether it counts.
	enabled func(rec *R) *bool
}

func (o one[R]) get(s *Service, req *awsapi.Request, action string) (awsapi.Call, error) {
	id, err := idIn(req, o.member)
	if err != nil {
		return nil, err
	}
	return &call{s: s, req: req, action: action, on: o.on, id: id, view: func(ctx context.Context, r kv.Reader, p place) (any, error) {
		rec, err := there[R](ctx, r, p, o.on, id)
		if err != nil {
			return nil, err
		}
		return o.show(p, id, rec), nil
	}}, nil
}

// edit is a call that changes a resource. The pass roles may be nil.
func (o one[R]) edit(s *Service, req *awsapi.Request, action, id string, pass []string, change func(*R) error) (awsapi.Call, error) {
	return &call{s: s, req: req, action: action, on: o.on, id: id, pass: pass, change: func(ctx context.Context, tx kv.Txn, p place, now time.Time) (any, error) {
		rec, err := there[R](ctx, tx, p, o.on, id)
		if err == nil {
			err = change(rec)
		}
		if err != nil {
			return nil, err
		}
		any(rec).(record).base().Updated = now
		return o.show(p, id, rec), put(tx, p, o.on, id, rec)
	}}, nil
}

// editPath is edit of the resource whose id is in the path.
func (o one[R]) editPath(s *Service, req *awsapi.Request, action string, change func(*R) error) (awsapi.Call, error) {
	id, err := idIn(req, o.member)
	if err != nil {
		return nil, err
	}
	return o.edit(s, req, action, id, nil, change)
}

// enable is a call that has a resource count, or not.
func (o one[R]) enable(s *Service, req *awsapi.Request, action string, enabled bool) (awsapi.Call, error) {
	return o.editPath(s, req, action, func(rec *R) error {
		*o.enabled(rec) = enabled
		return nil
	})
}

// remove is a call that deletes a resource. Also may delete what goes with it, and be nil.
func (o one[R]) remove(s *Service, req *awsapi.Request, action string, also func(ctx context.Context, tx kv.Txn, p place, id string) error) (awsapi.Call, error) {
	id, err := idIn(req, o.member)
	if err != nil {
		return nil, err
	}
	return &call{s: s, req: req, action: action, on: o.on, id: id, change: func(ctx context.Context, tx kv.Txn, p place, _ time.Time) (any, error) {
		rec, err := there[R](ctx, tx, p, o.on, id)
		if err == nil && also != nil {
			err = also(ctx, tx, p, id)
		}
		if err == nil {
			err = tx.Delete(p.key(o.on, id))
		}
		if err != nil {
			return nil, err
		}
		return o.show(p, id, rec), nil
	}}, nil
}
