package browser

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/identitystore"
	"github.com/aws/aws-sdk-go-v2/service/identitystore/types"
	"github.com/aws/aws-sdk-go-v2/service/ssoadmin"

	"github.com/statordb/stator/tests/harness"
)

// Person enables IAM Identity Center on s, with a user in the group team who has [Password]. It returns the user's id, and the body
// of the request that signs in to the access portal.
func Person(t *testing.T, s *harness.Server, name string) (id, body string) {
	t.Helper()
	ctx, people := t.Context(), identitystore.NewFromConfig(s.Config)
	center := ssoadmin.NewFromConfig(s.Config)
	if _, err := center.CreateInstance(ctx, &ssoadmin.CreateInstanceInput{}); err != nil {
		t.Fatal(err)
	}
	instances, err := center.ListInstances(ctx, &ssoadmin.ListInstancesInput{})
	if err != nil {
		t.Fatal(err)
	}
	store := instances.Instances[0].IdentityStoreId
	user, err := people.CreateUser(ctx, &identitystore.CreateUserInput{IdentityStoreId: store, UserName: &name, DisplayName: &name,
		Name:   &types.Name{GivenName: &name, FamilyName: aws.String("Example")},
		Emails: []types.Email{{Value: aws.String(name + "@example.com"), Primary: true}}})
	if err != nil {
		t.Fatal(err)
	}
	group, err := people.CreateGroup(ctx, &identitystore.CreateGroupInput{IdentityStoreId: store, DisplayName: aws.String("team")})
	if err != nil {
		t.Fatal(err)
	}
	_, err = people.CreateGroupMembership(ctx, &identitystore.CreateGroupMembershipInput{IdentityStoreId: store, GroupId: group.GroupId,
		MemberId: &types.MemberIdMemberUserId{Value: *user.UserId}})
	if err != nil {
		t.Fatal(err)
	}
	// Nobody mails the link to set a password: it is in the log.
	post(t, s.Endpoint+"/signin/people/password/forgot", object(t, map[string]string{"UserName": name}))
	pattern := regexp.MustCompile(`set-password\?token=([\w-]+)`)
	link := pattern.FindStringSubmatch(s.Log())
	for link == nil && ctx.Err() == nil { // it is sent after the answer, which says nothing of whether it is
		time.Sleep(10 * time.Millisecond)
		link = pattern.FindStringSubmatch(s.Log())
	}
	post(t, s.Endpoint+"/signin/people/password/set", object(t, map[string]string{"Token": link[1], "Password": Password}))
	return *user.UserId, object(t, map[string]string{"UserName": name, "Password": Password})
}

// post sends what a page of the console does.
func post(t *testing.T, url, body string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("X-Stator-Console", "1")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s", url, res.Status)
	}
}
