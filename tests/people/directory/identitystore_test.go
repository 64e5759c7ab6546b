// Package directory drives the people of the organization as administrators and their directories do: with the SDK's client of
// the Identity Store API, with SCIM requests as other companies' directories send them, and through the console's API.
package directory

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/identitystore"
	"github.com/aws/aws-sdk-go-v2/service/identitystore/document"
	"github.com/aws/aws-sdk-go-v2/service/identitystore/types"
	"github.com/aws/aws-sdk-go-v2/service/organizations"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/smithy-go"

	"github.com/statordb/stator/statortest"
	"github.com/statordb/stator/tests/harness"
)

// world is a server with its identity store.
type world struct {
	*statortest.Server
	ids   *identitystore.Client
	store *string
}

func start(t *testing.T, options ...statortest.Option) *world {
	t.Helper()
	w := &world{Server: statortest.Start(t, options...)}
	w.ids = identitystore.NewFromConfig(w.Config)
	stores, err := w.ids.ListIdentityStores(t.Context(), &identitystore.ListIdentityStoresInput{})
	if err != nil {
		t.Fatal(err)
	}
	if len(stores.IdentityStores) != 1 {
		t.Fatalf("%d identity stores", len(stores.IdentityStores))
	}
	w.store = stores.IdentityStores[0].IdentityStoreId
	return w
}

func (w *world) user(t *testing.T, name string) *string {
	t.Helper()
	out, err := w.ids.CreateUser(t.Context(), &identitystore.CreateUserInput{IdentityStoreId: w.store, UserName: &name, DisplayName: aws.String("The " + name),
		Name: &types.Name{GivenName: aws.String("The"), FamilyName: &name}, Emails: []types.Email{{Value: aws.String(name + "@example.com"), Type: aws.String("work"), Primary: true}}})
	if err != nil {
		t.Fatal(err)
	}
	return out.UserId
}

func (w *world) group(t *testing.T, name string) *string {
	t.Helper()
	out, err := w.ids.CreateGroup(t.Context(), &identitystore.CreateGroupInput{IdentityStoreId: w.store, DisplayName: &name})
	if err != nil {
		t.Fatal(err)
	}
	return out.GroupId
}

// code is the code of an API's error, "" of none.
func code(t *testing.T, err error) string {
	t.Helper()
	if err == nil {
		return ""
	}
	e, ok := errors.AsType[smithy.APIError](err)
	if !ok {
		t.Fatal(err)
	}
	return e.ErrorCode()
}

func wants(t *testing.T, what string, err error, want string) {
	t.Helper()
	if got := code(t, err); got != want {
		t.Errorf("%s: %q, want %q (%v)", what, got, want, err)
	}
}

// A user has what it was made with, and what it is changed to, attribute by attribute.
func TestUser(t *testing.T) {
	w := start(t)
	ctx := t.Context()
	made, err := w.ids.CreateUser(ctx, &identitystore.CreateUserInput{
		IdentityStoreId: w.store, UserName: aws.String("ada"), DisplayName: aws.String("Ada Lovelace"), NickName: aws.String("A"),
		Name:         &types.Name{GivenName: aws.String("Ada"), FamilyName: aws.String("Lovelace"), HonorificPrefix: aws.String("Countess")},
		Emails:       []types.Email{{Value: aws.String("ada@example.com"), Type: aws.String("work"), Primary: true}},
		Addresses:    []types.Address{{Locality: aws.String("London"), Country: aws.String("UK"), Primary: true}},
		PhoneNumbers: []types.PhoneNumber{{Value: aws.String("+44 1")}}, Photos: []types.Photo{{Value: aws.String("https://example.com/a.png")}},
		Roles: []types.Role{{Value: aws.String("analyst")}}, Title: aws.String("Analyst"), UserType: aws.String("Employee"), Locale: aws.String("en-GB"),
		PreferredLanguage: aws.String("en"), Timezone: aws.String("Europe/London"), ProfileUrl: aws.String("https://example.com"), Website: aws.String("https://a.example"),
		Birthdate: aws.String("1815-12-10"),
		Extensions: map[string]document.Interface{"aws:identitystore:enterprise": document.NewLazyDocument(map[string]any{
			"employeeNumber": "1", "costCenter": "42", "manager": map[string]any{"value": "x"}})},
	})
	if err != nil {
		t.Fatal(err)
	}
	describe := func() *identitystore.DescribeUserOutput {
		t.Helper()
		out, err := w.ids.DescribeUser(ctx, &identitystore.DescribeUserInput{IdentityStoreId: w.store, UserId: made.UserArn, Extensions: []string{"aws:identitystore:enterprise"}})
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	u := describe()
	var extension map[string]any
	if err := u.Extensions["aws:identitystore:enterprise"].UnmarshalSmithyDocument(&extension); err != nil {
		t.Fatal(err)
	}
	got := fmt.Sprint(*u.UserName, *u.DisplayName, *u.NickName, *u.Name.GivenName, *u.Name.HonorificPrefix, *u.Emails[0].Value, u.Emails[0].Primary,
		*u.Addresses[0].Locality, *u.PhoneNumbers[0].Value, *u.Photos[0].Value, *u.Roles[0].Value, *u.Title, *u.UserType, *u.Locale, *u.PreferredLanguage,
		*u.Timezone, *u.ProfileUrl, *u.Website, *u.Birthdate, u.UserStatus, extension)
	const want = "adaAda LovelaceAAdaCountessada@example.com true London+44 1https://example.com/a.pnganalystAnalystEmployeeen-GBenEurope/Londonhttps://example.comhttps://a.example1815-12-10" +
		"ENABLED map[costCenter:42 employeeNumber:1 manager:map[value:x]]"
	if strings.ReplaceAll(got, " ", "") != strings.ReplaceAll(want, " ", "") || *u.UserArn != "arn:aws:identitystore:::user/"+*u.UserId ||
		u.CreatedBy == nil || !strings.HasPrefix(*u.CreatedBy, "arn:aws:iam::") || u.CreatedAt == nil || *u.Revision != *made.Revision {
		t.Errorf("%s\nwant %s\n%+v", got, want, u)
	}
	set := func(path string, value any) types.AttributeOperation {
		op := types.AttributeOperation{AttributePath: &path}
		if value != nil {
			op.AttributeValue = document.NewLazyDocument(value)
		}
		return op
	}
	update := func(revision *string, ops ...types.AttributeOperation) error {
		_, err := w.ids.UpdateUser(ctx, &identitystore.UpdateUserInput{IdentityStoreId: w.store, UserId: made.UserId, Operations: ops, Revision: revision})
		return err
	}
	wants(t, "update", update(made.Revision, set("userName", "lovelace"), set("DisplayName", "Countess"), set("name.givenName", "Augusta"), set("title", nil),
		set("emails", []any{map[string]any{"value": "countess@example.com", "primary": true}}), set("addresses.locality", "Ockham"), set("phoneNumbers", nil),
		set("aws:identitystore:enterprise.costCenter", "43"), set("aws:identitystore:enterprise.manager", nil)), "")
	u = describe()
	if err := u.Extensions["aws:identitystore:enterprise"].UnmarshalSmithyDocument(&extension); err != nil {
		t.Fatal(err)
	}
	if *u.UserName != "lovelace" || *u.DisplayName != "Countess" || *u.Name.GivenName != "Augusta" || *u.Name.FamilyName != "Lovelace" || u.Title != nil ||
		*u.Emails[0].Value != "countess@example.com" || *u.Addresses[0].Locality != "Ockham" || *u.Addresses[0].Country != "UK" || len(u.PhoneNumbers) != 0 ||
		extension["costCenter"] != "43" || *u.Revision == *made.Revision {
		t.Errorf("%+v %v", u, extension)
	}
	for name, ops := range map[string][]types.AttributeOperation{
		"unknown path":      {set("shoeSize", "43")},
		"status":            {set("userStatus", "DISABLED")},
		"created":           {set("created", "x")},
		"id":                {set("ID", "x")},
		"deep":              {set("name.givenName.x", "y")},
		"of a text":         {set("title.x", "y")},
		"no user name":      {set("userName", nil)},
		"no given name":     {set("name.givenName", nil)},
		"no names":          {set("name", nil)},
		"number":            {set("title", 5)},
		"empty":             {set("title", "")},
		"list":              {set("title", []any{"x"})},
		"two addresses":     {set("emails", []any{map[string]any{"value": "a@b"}, map[string]any{"value": "c@d"}})},
		"unknown member":    {set("emails", []any{map[string]any{"value": "a@b", "smell": "x"}})},
		"no such extension": {set("aws:identitystore:other", "x")},
		"long":              {set("title", strings.Repeat("x", 1025))},
		"control":           {set("title", "a\x01")},
		"bad path":          {set("name[0]", "x")},
		"none":              {},
	} {
		wants(t, name, update(nil, ops...), "ValidationException")
	}
	wants(t, "old revision", update(made.Revision, set("title", "x")), "ConflictException")
	_, err = w.ids.DeleteUser(ctx, &identitystore.DeleteUserInput{IdentityStoreId: w.store, UserId: made.UserId, Revision: made.Revision})
	wants(t, "deletion of an old revision", err, "ConflictException")
	_, err = w.ids.DeleteUser(ctx, &identitystore.DeleteUserInput{IdentityStoreId: w.store, UserId: made.UserId})
	wants(t, "deletion", err, "")
	_, err = w.ids.DeleteUser(ctx, &identitystore.DeleteUserInput{IdentityStoreId: w.store, UserId: made.UserId})
	wants(t, "deletion of nobody", err, "ResourceNotFoundException")
	if e, ok := errors.AsType[*types.ResourceNotFoundException](err); !ok || e.ResourceType != types.ResourceTypeUser || *e.ResourceId != *made.UserId {
		t.Errorf("%#v", e)
	}
}

// Users and groups are listed page by page, filtered by name, and found by what is unique of them.
func TestFinding(t *testing.T) {
	w := start(t)
	ctx := t.Context()
	users, groups := map[string]string{}, map[string]string{}
	for i := range 7 {
		name := fmt.Sprintf("u%d", i)
		users[*w.user(t, name)] = name
		groups[*w.group(t, "g "+name)] = "g " + name
	}
	for size := range int32(8) {
		found := 0
		p := identitystore.NewListUsersPaginator(w.ids, &identitystore.ListUsersInput{IdentityStoreId: w.store, MaxResults: aws.Int32(size + 1)})
		for p.HasMorePages() {
			page, err := p.NextPage(ctx)
			if err != nil {
				t.Fatal(err)
			}
			for _, u := range page.Users {
				if users[*u.UserId] != *u.UserName {
					t.Errorf("%+v", u)
				}
				found++
			}
		}
		pg := identitystore.NewListGroupsPaginator(w.ids, &identitystore.ListGroupsInput{IdentityStoreId: w.store, MaxResults: aws.Int32(size + 1)})
		for pg.HasMorePages() {
			page, err := pg.NextPage(ctx)
			if err != nil {
				t.Fatal(err)
			}
			for _, g := range page.Groups {
				if groups[*g.GroupId] != *g.DisplayName {
					t.Errorf("%+v", g)
				}
				found++
			}
		}
		if found != 14 {
			t.Errorf("pages of %d: %d", size+1, found)
		}
	}
	for name, want := range map[string]int{"u3": 1, "U3": 1, "u": 0} {
		//lint:ignore SA1019 consoles and older programs filter still
		out, err := w.ids.ListUsers(ctx, &identitystore.ListUsersInput{IdentityStoreId: w.store, Filters: []types.Filter{{AttributePath: aws.String("UserName"), AttributeValue: &name}}})
		if err != nil || len(out.Users) != want {
			t.Errorf("filtered by %s: %v, %v", name, out, err)
		}
	}
	unique := func(path string, value any) types.AlternateIdentifier {
		return &types.AlternateIdentifierMemberUniqueAttribute{Value: types.UniqueAttribute{AttributePath: &path, AttributeValue: document.NewLazyDocument(value)}}
	}
	userID := func(a types.AlternateIdentifier) (string, error) {
		out, err := w.ids.GetUserId(ctx, &identitystore.GetUserIdInput{IdentityStoreId: w.store, AlternateIdentifier: a})
		if err != nil {
			return "", err
		}
		return users[*out.UserId], nil
	}
	for path, value := range map[string]string{"userName": "u2", "emails.value": "U2@example.com"} {
		if name, err := userID(unique(path, value)); err != nil || name != "u2" {
			t.Errorf("%s: %s, %v", path, name, err)
		}
	}
	_, err := userID(unique("userName", "nobody"))
	wants(t, "nobody", err, "ResourceNotFoundException")
	_, err = userID(unique("title", "x"))
	wants(t, "not unique", err, "ValidationException")
	_, err = userID(unique("userName", 5))
	wants(t, "a number", err, "ValidationException")
	_, err = userID(&types.AlternateIdentifierMemberExternalId{Value: types.ExternalId{Issuer: aws.String("i"), Id: aws.String("x")}})
	wants(t, "external id", err, "ResourceNotFoundException")
	g, err := w.ids.GetGroupId(ctx, &identitystore.GetGroupIdInput{IdentityStoreId: w.store, AlternateIdentifier: unique("displayName", "g u4")})
	if err != nil || groups[*g.GroupId] != "g u4" {
		t.Errorf("%v, %v", g, err)
	}
	for name, in := range map[string]*identitystore.ListUsersInput{
		"token":        {NextToken: aws.String("xyz")},
		"token's form": {NextToken: aws.String("ä")},
		"size":         {MaxResults: aws.Int32(101)},
		"none":         {MaxResults: aws.Int32(0)},
		"filter":       {Filters: []types.Filter{{AttributePath: aws.String("Title"), AttributeValue: aws.String("x")}}},
		"filters":      {Filters: []types.Filter{{AttributePath: aws.String("UserName"), AttributeValue: aws.String("x")}, {AttributePath: aws.String("UserName"), AttributeValue: aws.String("x")}}},
		"extension":    {Extensions: []string{"aws:identitystore:other"}},
	} {
		in.IdentityStoreId = w.store
		_, err := w.ids.ListUsers(ctx, in)
		wants(t, name, err, "ValidationException")
	}
	_, err = w.ids.ListUsers(ctx, &identitystore.ListUsersInput{IdentityStoreId: aws.String("d-0123456789")})
	wants(t, "another store", err, "ResourceNotFoundException")
	_, err = w.ids.ListUsers(ctx, &identitystore.ListUsersInput{IdentityStoreId: aws.String("x")})
	wants(t, "no store", err, "ValidationException")
}

// Memberships have ids of their own, are listed from both ends, and go with either end.
func TestMemberships(t *testing.T) {
	w := start(t)
	ctx := t.Context()
	u, g, other := w.user(t, "ada"), w.group(t, "math"), w.group(t, "other")
	member := &types.MemberIdMemberUserId{Value: *u}
	add := func(group *string, m types.MemberId) (*identitystore.CreateGroupMembershipOutput, error) {
		return w.ids.CreateGroupMembership(ctx, &identitystore.CreateGroupMembershipInput{IdentityStoreId: w.store, GroupId: group, MemberId: m})
	}
	m, err := add(g, member)
	if err != nil {
		t.Fatal(err)
	}
	_, err = add(g, member)
	wants(t, "twice", err, "ConflictException")
	_, err = add(g, &types.MemberIdMemberUserId{Value: *g})
	wants(t, "a group in a group", err, "ResourceNotFoundException")
	_, err = add(u, member)
	wants(t, "no group", err, "ResourceNotFoundException")
	d, err := w.ids.DescribeGroupMembership(ctx, &identitystore.DescribeGroupMembershipInput{IdentityStoreId: w.store, MembershipId: m.MembershipId})
	if err != nil || *d.GroupId != *g || d.MemberId.(*types.MemberIdMemberUserId).Value != *u {
		t.Errorf("%+v, %v", d, err)
	}
	id, err := w.ids.GetGroupMembershipId(ctx, &identitystore.GetGroupMembershipIdInput{IdentityStoreId: w.store, GroupId: g, MemberId: member})
	if err != nil || *id.MembershipId != *m.MembershipId {
		t.Errorf("%+v, %v", id, err)
	}
	is, err := w.ids.IsMemberInGroups(ctx, &identitystore.IsMemberInGroupsInput{IdentityStoreId: w.store, MemberId: member, GroupIds: []string{*g, *other}})
	if err != nil || len(is.Results) != 2 || !is.Results[0].MembershipExists || is.Results[1].MembershipExists {
		t.Errorf("%+v, %v", is, err)
	}
	of, err := w.ids.ListGroupMemberships(ctx, &identitystore.ListGroupMembershipsInput{IdentityStoreId: w.store, GroupId: g})
	if err != nil || len(of.GroupMemberships) != 1 || *of.GroupMemberships[0].MembershipId != *m.MembershipId {
		t.Errorf("%+v, %v", of, err)
	}
	in, err := w.ids.ListGroupMembershipsForMember(ctx, &identitystore.ListGroupMembershipsForMemberInput{IdentityStoreId: w.store, MemberId: member})
	if err != nil || len(in.GroupMemberships) != 1 || *in.GroupMemberships[0].GroupId != *g {
		t.Errorf("%+v, %v", in, err)
	}
	_, err = w.ids.DeleteGroupMembership(ctx, &identitystore.DeleteGroupMembershipInput{IdentityStoreId: w.store, MembershipId: m.MembershipId})
	wants(t, "deletion", err, "")
	_, err = w.ids.DescribeGroupMembership(ctx, &identitystore.DescribeGroupMembershipInput{IdentityStoreId: w.store, MembershipId: m.MembershipId})
	wants(t, "what is gone", err, "ResourceNotFoundException")
	if m, err = add(g, member); err != nil {
		t.Fatal(err)
	}
	_, err = w.ids.DeleteGroup(ctx, &identitystore.DeleteGroupInput{IdentityStoreId: w.store, GroupId: g})
	wants(t, "deletion of the group", err, "")
	_, err = w.ids.DescribeGroupMembership(ctx, &identitystore.DescribeGroupMembershipInput{IdentityStoreId: w.store, MembershipId: m.MembershipId})
	wants(t, "a membership of a deleted group", err, "ResourceNotFoundException")
	_, err = w.ids.ListGroupMemberships(ctx, &identitystore.ListGroupMembershipsInput{IdentityStoreId: w.store, GroupId: g})
	wants(t, "members of a deleted group", err, "ResourceNotFoundException")
	path := "description"
	_, err = w.ids.UpdateGroup(ctx, &identitystore.UpdateGroupInput{IdentityStoreId: w.store, GroupId: other, Operations: []types.AttributeOperation{{AttributePath: &path, AttributeValue: document.NewLazyDocument("what")}}})
	wants(t, "update", err, "")
	if g, err := w.ids.DescribeGroup(ctx, &identitystore.DescribeGroupInput{IdentityStoreId: w.store, GroupId: other}); err != nil || *g.Description != "what" || *g.DisplayName != "other" {
		t.Errorf("%+v, %v", g, err)
	}
	_, err = w.ids.CreateGroup(ctx, &identitystore.CreateGroupInput{IdentityStoreId: w.store, DisplayName: aws.String("OTHER")})
	wants(t, "a second group of a name", err, "ConflictException")
	_, err = w.ids.CreateGroup(ctx, &identitystore.CreateGroupInput{IdentityStoreId: w.store})
	wants(t, "no name", err, "ValidationException")
}

// TestPolicies: policies give operations on resources as the Service Authorization Reference has them, and other accounts see
// nobody.
func TestPolicies(t *testing.T) {
	w := start(t)
	ctx := t.Context()
	u, other := w.user(t, "ada"), w.user(t, "bob")
	account := w.Credentials.Account
	policy := fmt.Sprintf(`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"identitystore:DescribeUser","Resource":["arn:aws:identitystore::%s:identitystore/%s","arn:aws:identitystore:::user/%s"]}}`,
		account, *w.store, *u)
	iamClient := iam.NewFromConfig(w.Config)
	if _, err := iamClient.CreateUser(ctx, &iam.CreateUserInput{UserName: aws.String("helpdesk")}); err != nil {
		t.Fatal(err)
	}
	if _, err := iamClient.PutUserPolicy(ctx, &iam.PutUserPolicyInput{UserName: aws.String("helpdesk"), PolicyName: aws.String("p"), PolicyDocument: &policy}); err != nil {
		t.Fatal(err)
	}
	key, err := iamClient.CreateAccessKey(ctx, &iam.CreateAccessKeyInput{UserName: aws.String("helpdesk")})
	if err != nil {
		t.Fatal(err)
	}
	helpdesk := identitystore.NewFromConfig(w.Config, func(o *identitystore.Options) {
		o.Credentials = aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: *key.AccessKey.AccessKeyId, SecretAccessKey: *key.AccessKey.SecretAccessKey}, nil
		})
	})
	_, err = helpdesk.DescribeUser(ctx, &identitystore.DescribeUserInput{IdentityStoreId: w.store, UserId: u})
	wants(t, "allowed", err, "")
	_, err = helpdesk.DescribeUser(ctx, &identitystore.DescribeUserInput{IdentityStoreId: w.store, UserId: other})
	wants(t, "another user", err, "AccessDeniedException")
	_, err = helpdesk.DeleteUser(ctx, &identitystore.DeleteUserInput{IdentityStoreId: w.store, UserId: u})
	wants(t, "another operation", err, "AccessDeniedException")

	created, err := organizations.NewFromConfig(w.Config).CreateAccount(ctx, &organizations.CreateAccountInput{AccountName: aws.String("dev"), Email: aws.String("dev@example.com")})
	if err != nil {
		t.Fatal(err)
	}
	role := "arn:aws:iam::" + *created.CreateAccountStatus.AccountId + ":role/OrganizationAccountAccessRole"
	assumed, err := sts.NewFromConfig(w.Config).AssumeRole(ctx, &sts.AssumeRoleInput{RoleArn: &role, RoleSessionName: aws.String("admin")})
	if err != nil {
		t.Fatal(err)
	}
	foreign := identitystore.NewFromConfig(w.Config, func(o *identitystore.Options) {
		o.Credentials = aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			c := assumed.Credentials
			return aws.Credentials{AccessKeyID: *c.AccessKeyId, SecretAccessKey: *c.SecretAccessKey, SessionToken: *c.SessionToken}, nil
		})
	})
	for _, id := range []string{*w.store, "arn:aws:identitystore::" + account + ":identitystore/" + *w.store, "d-0000000000"} {
		_, err = foreign.DescribeUser(ctx, &identitystore.DescribeUserInput{IdentityStoreId: &id, UserId: u})
		wants(t, "another account", err, "AccessDeniedException")
	}
	if out, err := foreign.ListIdentityStores(ctx, &identitystore.ListIdentityStoresInput{}); err != nil || len(out.IdentityStores) != 0 {
		t.Errorf("%+v, %v", out, err)
	}
}

// send signs a request of a JSON 1.1 API and returns the answer.
func (w *world) send(t *testing.T, service, target, body string) (status int, answer map[string]any) {
	t.Helper()
	return harness.Ask(t, w.Config, service, target, []byte(body))
}

// TestHostile: what no SDK sends is the client's mistake.
func TestHostile(t *testing.T) {
	w := start(t)
	u := *w.user(t, "ada")
	for _, op := range []string{"CreateGroup", "CreateGroupMembership", "CreateUser", "DeleteGroup", "DeleteGroupMembership", "DeleteUser", "DescribeGroup",
		"DescribeGroupMembership", "DescribeIdentityStore", "DescribeUser", "GetGroupId", "GetGroupMembershipId", "GetUserId", "IsMemberInGroups",
		"ListGroupMemberships", "ListGroupMembershipsForMember", "ListGroups", "ListUsers", "UpdateGroup", "UpdateIdentityStore", "UpdateUser"} {
		for _, body := range []string{``, `{}`, `[]`, `null`, `{"IdentityStoreId":5}`, `{"IdentityStoreId":"x"}`, `{"IdentityStoreId":null}`,
			`{"IdentityStoreId":"d-0123456789","UserId":"x","GroupId":"y","MembershipId":"z","MemberId":{},"AlternateIdentifier":{},"Operations":[],"GroupIds":[]}`,
			`{"IdentityStoreId":"` + *w.store + `","UserId":"` + u + `","Operations":[{}],"AlternateIdentifier":{"UniqueAttribute":{}},"MemberId":{"UserId":null},"Emails":[{},{}],"Filters":[{}],"MaxResults":-1}`,
			`{"IdentityStoreId":"` + *w.store + `","UserId":"` + u + `","Operations":[{"AttributePath":"emails","AttributeValue":[null,null]}],"AlternateIdentifier":{"UniqueAttribute":{"AttributePath":"userName","AttributeValue":{}},"ExternalId":{}},"Photos":[{}],"Name":"x","Extensions":{"x":1}}`,
		} {
			status, answer := w.send(t, "identitystore", "AWSIdentityStore."+op, body)
			ignores := strings.Contains(body, u) && (strings.HasPrefix(op, "List") || strings.HasPrefix(op, "Delete") || op == "DescribeIdentityStore")
			if status != 400 && (status != 200 || !ignores) { // members of other operations are passed over
				t.Errorf("%s of %s: %d %v", op, body, status, answer)
			}
		}
	}
}
