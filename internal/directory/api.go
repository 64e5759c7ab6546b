package directory

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"strings"

	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/kv"
	"github.com/statordb/stator/internal/policy"
)

// Operations returns every operation of the Identity Store API, in alphabetical order. One without Decode is not there yet.
func (s *Store) Operations() []awsapi.Operation {
	return operations("identitystore", identityStoreOperations, map[string]func(*awsapi.Request) (awsapi.Call, error){
		"CreateGroup":                   s.createGroup,
		"CreateGroupMembership":         s.createGroupMembership,
		"CreateUser":                    s.createUser,
		"DeleteGroup":                   s.deleteGroup,
		"DeleteGroupMembership":         s.deleteGroupMembership,
		"DeleteUser":                    s.deleteUser,
		"DescribeGroup":                 s.describeGroup,
		"DescribeGroupMembership":       s.describeGroupMembership,
		"DescribeIdentityStore":         s.describeIdentityStore,
		"DescribeUser":                  s.describeUser,
		"GetGroupId":                    s.getGroupID,
		"GetGroupMembershipId":          s.getGroupMembershipID,
		"GetUserId":                     s.getUserID,
		"IsMemberInGroups":              s.isMemberInGroups,
		"ListGroupMemberships":          s.listGroupMemberships,
		"ListGroupMembershipsForMember": s.listGroupMembershipsForMember,
		"ListGroups":                    s.listGroups,
		"ListIdentityStores":            s.listIdentityStores,
		"ListUsers":                     s.listUsers,
		"UpdateGroup":                   s.updateGroup,
		"UpdateUser":                    s.updateUser,
	})
}

const identityStoreOperations = `CreateGroup CreateGroupMembership CreateUser DeleteGroup DeleteGroupMembership DeleteUser DescribeGroup
	DescribeGroupMembership DescribeIdentityStore DescribeUser GetGroupId GetGroupMembershipId GetUserId IsMemberInGroups
	ListGroupMemberships ListGroupMembershipsForMember ListGroups ListIdentityStores ListUsers UpdateGroup UpdateIdentityStore UpdateUser`

func operations(service, names string, there map[string]func(*awsapi.Request) (awsapi.Call, error)) (all []awsapi.Operation) {
	for _, name := range strings.Fields(names) {
		all = append(all, awsapi.Operation{Service: service, Name: name, Decode: there[name]})
	}
	return all
}

// The patterns of ids, by the model of the API. Anchors in the middle of AWS's own are left as they are in messages.
var (
	storePattern = awsapi.Pattern{
		Text:  `d-[0-9a-f]{10}$|^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`,
		Match: awsapi.Regexp(`d-[0-9a-f]{10}|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`).Match,
	}
	idPattern    = awsapi.Regexp(`([0-9a-f]{10}-|)[A-Fa-f0-9]{8}-[A-Fa-f0-9]{4}-[A-Fa-f0-9]{4}-[A-Fa-f0-9]{4}-[A-Fa-f0-9]{12}`)
	tokenPattern = awsapi.Regexp(`[-a-zA-Z0-9+=/:_]*`)
	pathPattern  = awsapi.Regexp(`(?:\p{L}+:\p{L}+:\p{L}+(?:\.\p{L}+){0,3}|\p{L}+(?:\.\p{L}+){0,2})`)
)

const (
	maxStoreID = 36
	maxID      = 47
	maxToken   = 65535
	maxPath    = 255
	maxPage    = 100
)

// The ARNs of the resources ("Actions, resources, and condition keys for AWS Identity Store", Service Authorization Reference).
const (
	userARN       = "arn:aws:identitystore:::user/"
	groupARN      = "arn:aws:identitystore:::group/"
	membershipARN = "arn:aws:identitystore:::membership/"
)

func storeARN(account, id string) string {
	return "arn:aws:identitystore::" + account + ":identitystore/" + id
}

// input is an input that is being checked.
type input struct {
	awsapi.Violations
	req *awsapi.Request
	// account is the one in the ARN of the identity store, "" if it was named by its id.
	account string
}

// storeID checks the id or the ARN of the identity store, and leaves the id in its place.
func (v *input) storeID(id *string) {
	v.Required("identityStoreId", id != nil)
	if id == nil {
		return
	}
	if rest, ok := strings.CutPrefix(*id, "arn:aws:identitystore::"); ok {
		if account, name, ok := strings.Cut(rest, ":identitystore/"); ok {
			v.account, *id = account, name
		}
	}
	v.Length("identityStoreId", id, 1, maxStoreID)
	v.Pattern("identityStoreId", id, storePattern)
}

// id checks the id or the ARN of a resource, and leaves the id in its place as records have it.
func (v *input) id(at, arn string, id *string) {
	v.Required(at, id != nil)
	if id == nil {
		return
	}
	*id = strings.TrimPrefix(*id, arn)
	v.Length(at, id, 1, maxID)
	v.Pattern(at, id, idPattern)
	*id = strings.ToLower(*id)
}

// member checks who is in a group: of a union with one member.
func (v *input) member(m *memberID) {
	if v.Required("memberId", m != nil); m != nil {
		v.id("memberId.userId", userARN, m.UserId)
	}
}

func (v *input) page(max *int32, token *string) {
	v.AtLeast("maxResults", awsapi.Wide(max), 1)
	v.AtMost("maxResults", awsapi.Wide(max), maxPage)
	v.Length("nextToken", token, 1, maxToken)
	v.Pattern("nextToken", token, tokenPattern)
}

// read reads the input of an operation and has it checked.
func read[T any](req *awsapi.Request, check func(*T, *input)) (*T, *input, error) {
	in, v := new(T), &input{req: req}
	if err := req.Read(in); err != nil {
		return nil, nil, err
	}
	check(in, v)
	return in, v, v.Err(awsapi.ValidationException)
}

// call is a decoded request of an API that is about the people of one organization.
type call struct {
	s     *Store
	req   *awsapi.Request
	in    *input
	store string // the id that was asked for
	needs []policy.Need
	run   func(ctx context.Context) (any, error)
}

// call makes a call that needs an action on the identity store and on other resources.
func (s *Store) call(in *input, action, store string, run func(context.Context) (any, error), resources ...string) (awsapi.Call, error) {
	c := &call{s: s, req: in.req, in: in, store: store, run: run}
	for _, r := range append(resources, storeARN(in.req.Caller.Account, store)) {
		c.needs = append(c.needs, policy.Need{Action: action, Resource: r})
	}
	return c, nil
}

// Needs implements awsapi.Call.
func (c *call) Needs() []policy.Need { return c.needs }

// Run implements awsapi.Call. The identity store is that of the account which owns the organization, in one region.
func (c *call) Run(ctx context.Context, dst []byte) ([]byte, error) {
	home, err := c.s.home(ctx, c.req)
	switch {
	case err != nil:
		return dst, err
	case !home.foreign && (c.store != c.s.id || !home.here):
		return dst, notFound(storeType, c.store)
	case home.foreign, c.in.account != "" && c.in.account != c.req.Caller.Account:
		need := c.needs[len(c.needs)-1]
		return dst, &awsapi.Error{Code: "AccessDeniedException", Status: http.StatusBadRequest, Message: "User: " + c.req.Caller.ARN +
			" is not authorized to perform: " + need.Action + " on resource: " + need.Resource + " because no resource-based policy allows the " + need.Action + " action"}
	}
	out, err := c.run(ctx)
	switch {
	case err != nil:
		return dst, err
	case out == nil:
		return append(dst, "{}"...), nil
	}
	return awsapi.AppendJSON(dst, out), nil
}

// whereabouts say how a request sees the identity store.
type whereabouts struct {
	// foreign says that it is another account's, here that there is one in the region.
	foreign, here bool
}

func (s *Store) home(ctx context.Context, req *awsapi.Request) (w whereabouts, err error) {
	if s.opts.Home == nil {
		return whereabouts{here: true}, nil
	}
	err = s.db.View(ctx, func(r kv.Reader) error {
		account, region, err := s.opts.Home(ctx, r)
		w.foreign = account != "" && account != req.Caller.Account
		w.here = account != "" && (region == "" || region == req.Region)
		return err
	})
	return w, err
}

// by is who makes a call, as CreatedBy and UpdatedBy have it.
func (v *input) by() string { return v.req.Caller.ARN }

// after is the id that a page begins after.
func after(token *string) (string, error) {
	if token == nil {
		return "", nil
	}
	id, err := base64.RawURLEncoding.DecodeString(*token)
	if err != nil || !idPattern.Match(string(id)) {
		return "", invalid("Invalid NextToken")
	}
	return string(id), nil
}

// page collects a page of a list.
type page[T any] struct {
	max   int
	items []T
	last  string
	more  bool
}

func newPage[T any](max *int32) *page[T] {
	p := &page[T]{max: maxPage, items: []T{}}
	if max != nil {
		p.max = int(*max)
	}
	return p
}

// add adds an element with its id. It reports false if the page was full already.
func (p *page[T]) add(id string, item T) bool {
	if len(p.items) == p.max {
		p.more = true
		return false
	}
	p.items, p.last = append(p.items, item), id
	return true
}

// next is where the next page begins, nil after the last one.
func (p *page[T]) next() *string {
	if !p.more {
		return nil
	}
	token := base64.RawURLEncoding.EncodeToString([]byte(p.last))
	return &token
}

// revision changes with every change of a record.
func revision(record any) string {
	text, err := json.Marshal(record)
	if err != nil {
		panic(err) // records are texts and times
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:16])
}

// expect compares the revision of a record with the one that the caller has seen, if it says.
func expect(record any, wanted *string) error {
	if wanted == nil || *wanted == revision(record) {
		return nil
	}
	return &awsapi.Error{Code: "ConflictException", Status: http.StatusBadRequest, Message: "The resource has been changed: it has another revision.",
		Members: []awsapi.Member{text("Reason", "CONCURRENT_MODIFICATION")}}
}
