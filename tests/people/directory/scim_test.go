package directory

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/identitystore"
	"github.com/aws/aws-sdk-go-v2/service/identitystore/types"

	"github.com/statordb/stator"
	"github.com/statordb/stator/statortest"
	"github.com/statordb/stator/tests/harness"
)

// admin calls an operation of the console's API on its directory.
func (w *world) admin(t *testing.T, op string, members map[string]string) map[string]any {
	t.Helper()
	status, answer := w.adminStatus(t, op, members)
	if status != http.StatusOK {
		t.Fatalf("%s: %d %v", op, status, answer)
	}
	return answer
}

func (w *world) adminStatus(t *testing.T, op string, members map[string]string) (int, map[string]any) {
	t.Helper()
	in := map[string]string{"IdentityStoreId": *w.store}
	for k, v := range members {
		in[k] = v
	}
	body, err := json.Marshal(in)
	if err != nil {
		t.Fatal(err)
	}
	return w.send(t, "sso-directory", "SWBUPService."+op, string(body))
}

// provisioner is a directory elsewhere.
type provisioner struct {
	w               *world
	tenant, tokenID string
	base, token     string
}

// provision turns automatic provisioning on.
func (w *world) provision(t *testing.T) *provisioner {
	t.Helper()
	tenant := w.admin(t, "CreateProvisioningTenant", nil)
	p := &provisioner{w: w, tenant: tenant["TenantId"].(string), base: tenant["ScimEndpoint"].(string)}
	p.tokenID, p.token = p.newToken(t)
	if p.base != w.URL+"/scim/"+p.tenant+"/v2/" {
		t.Fatalf("the endpoint is %s", p.base)
	}
	return p
}

func (p *provisioner) newToken(t *testing.T) (id, token string) {
	t.Helper()
	made := p.w.admin(t, "CreateBearerToken", map[string]string{"TenantId": p.tenant})["BearerToken"].(map[string]any)
	if life := made["ExpirationTime"].(float64) - made["CreationTime"].(float64); life != 365*24*3600 {
		t.Errorf("a token of %v seconds", life)
	}
	return made["TokenId"].(string), made["Token"].(string)
}

// do sends a request, wants a status, and returns the answer.
func (p *provisioner) do(t *testing.T, want int, method, path, body string) map[string]any {
	t.Helper()
	status, answer := p.send(t, method, path, body)
	if status != want {
		t.Fatalf("%s %s %s: %d %v, want %d", method, path, body, status, answer, want)
	}
	if want >= 400 && (answer["status"] != fmt.Sprint(want) || answer["detail"] == "" || answer["schemas"].([]any)[0] != "urn:ietf:params:scim:api:messages:2.0:Error") {
		t.Errorf("%s %s: the error is %v", method, path, answer)
	}
	return answer
}

func (p *provisioner) send(t *testing.T, method, path, body string) (status int, answer map[string]any) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, p.base+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/scim+json")
	if p.token != "" {
		req.Header.Set("Authorization", "Bearer "+p.token)
	}
	return harness.Answer(t, req)
}

func filter(f string) string { return "?filter=" + url.QueryEscape(f) }

const patchOp = `{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[`

// TestOkta: the requests that Okta sends ("SCIM 2.0 reference", developer.okta.com), in its order.
func TestOkta(t *testing.T) {
	w := start(t)
	p := w.provision(t)
	if got := p.do(t, 200, "GET", "Users"+filter(`userName eq "test.user@okta.local"`)+"&startIndex=1&count=100", ""); got["totalResults"] != 0.0 || len(got["Resources"].([]any)) != 0 {
		t.Errorf("%v", got)
	}
	const attributes = `"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"test.user@okta.local","name":{"givenName":"Test","familyName":"User"},
		"emails":[{"primary":true,"value":"test.user@okta.local","type":"work"}],"displayName":"Test User","locale":"en-US","externalId":"00ujl29u0le5T6Aj10h7","groups":[],"password":"1mz050nq"`
	made := p.do(t, 201, "POST", "Users", `{`+attributes+`,"active":true}`)
	id := made["id"].(string)
	if made["active"] != true || made["userName"] != "test.user@okta.local" || made["externalId"] != "00ujl29u0le5T6Aj10h7" || made["password"] != nil {
		t.Errorf("%v", made)
	}
	p.do(t, 409, "POST", "Users", `{`+attributes+`,"active":true}`)
	if got := p.do(t, 200, "GET", "Users/"+id, ""); got["meta"].(map[string]any)["location"] != p.base+"Users/"+id {
		t.Errorf("%v", got)
	}
	if got := p.do(t, 200, "PUT", "Users/"+id, strings.Replace(`{"id":"`+id+`",`+attributes+`,"active":true}`, `"Test User"`, `"Another Name"`, 1)); got["displayName"] != "Another Name" {
		t.Errorf("%v", got)
	}
	if got := p.do(t, 200, "PATCH", "Users/"+id, patchOp+`{"op":"replace","value":{"active":false}}]}`); got["active"] != false {
		t.Errorf("%v", got)
	}
	u, err := w.ids.DescribeUser(t.Context(), &identitystore.DescribeUserInput{IdentityStoreId: w.store, UserId: &id})
	if err != nil || u.UserStatus != types.UserStatusDisabled || *u.DisplayName != "Another Name" || len(u.ExternalIds) != 1 || *u.ExternalIds[0].Id != "00ujl29u0le5T6Aj10h7" {
		t.Errorf("%+v, %v", u, err)
	}
	if got := p.do(t, 200, "PATCH", "Users/"+id, patchOp+`{"op":"replace","value":{"active":true,"password":"of another place"}}]}`); got["active"] != true {
		t.Errorf("%v", got)
	}

	group := p.do(t, 201, "POST", "Groups", `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"displayName":"Test SCIMv2","members":[]}`)
	gid := group["id"].(string)
	if got := p.do(t, 200, "GET", "Groups?startIndex=1&count=100", ""); got["totalResults"] != 1.0 {
		t.Errorf("%v", got)
	}
	p.do(t, 204, "PATCH", "Groups/"+gid, patchOp+`{"op":"replace","value":{"id":"`+gid+`","displayName":"Renamed"}}]}`)
	p.do(t, 204, "PATCH", "Groups/"+gid, patchOp+`{"op":"add","path":"members","value":[{"value":"`+id+`","display":"test.user@okta.local"}]}]}`)
	p.members(t, gid, id)
	p.do(t, 204, "PATCH", "Groups/"+gid, patchOp+`{"op":"remove","path":"members[value eq \"`+id+`\"]"}]}`)
	p.members(t, gid)
	if got := p.do(t, 200, "GET", "Groups/"+gid, ""); got["displayName"] != "Renamed" {
		t.Errorf("%v", got)
	}
	p.do(t, 204, "DELETE", "Groups/"+gid, "")
	p.do(t, 404, "GET", "Groups/"+gid, "")
	p.do(t, 204, "DELETE", "Users/"+id, "")
	p.do(t, 404, "GET", "Users/"+id, "")
}

// members compares those of a group, as the Identity Store API has them.
func (p *provisioner) members(t *testing.T, group string, want ...string) {
	t.Helper()
	out, err := p.w.ids.ListGroupMemberships(t.Context(), &identitystore.ListGroupMembershipsInput{IdentityStoreId: p.w.store, GroupId: &group})
	if err != nil {
		t.Fatal(err)
	}
	got := []string{}
	for _, m := range out.GroupMemberships {
		got = append(got, m.MemberId.(*types.MemberIdMemberUserId).Value)
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("members %v, want %v", got, want)
	}
}

// TestEntra: the requests that Microsoft Entra ID sends ("Tutorial: Develop and plan provisioning for a SCIM endpoint in Microsoft
// Entra ID", learn.microsoft.com), in its order.
func TestEntra(t *testing.T) {
	w := start(t)
	p := w.provision(t)
	if got := p.do(t, 200, "GET", "Users"+filter(`userName eq "non-existent user"`), ""); got["totalResults"] != 0.0 {
		t.Errorf("%v", got)
	}
	made := p.do(t, 201, "POST", "Users", `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User","urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"],
		"externalId":"0a21f0f2-8d2a-4f8e-bf98-7363c4aed4ef","userName":"Test_User_ab6490ee","active":true,"displayName":"lennay",
		"emails":[{"primary":true,"type":"work","value":"Test_User_fd0ea19b@testuser.com"}],"meta":{"resourceType":"User"},
		"name":{"formatted":"givenName familyName","familyName":"familyName","givenName":"givenName"},"roles":[]}`)
	id := made["id"].(string)
	for _, f := range []string{`userName eq "TEST_user_ab6490ee"`, `externalId eq "0a21f0f2-8d2a-4f8e-bf98-7363c4aed4ef"`, `id eq "` + id + `" and userName eq "Test_User_ab6490ee"`,
		`emails.value eq "test_user_fd0ea19b@testuser.com"`, `urn:ietf:params:scim:schemas:core:2.0:User:userName eq "Test_User_ab6490ee"`} {
		if got := p.do(t, 200, "GET", "Users"+filter(f), ""); got["totalResults"] != 1.0 || got["Resources"].([]any)[0].(map[string]any)["id"] != id {
			t.Errorf("%s: %v", f, got)
		}
	}
	got := p.do(t, 200, "PATCH", "Users/"+id, patchOp+`{"op":"Replace","path":"emails[type eq \"work\"].value","value":"updatedEmail@microsoft.com"},
		{"op":"Replace","path":"name.familyName","value":"updatedFamilyName"},
		{"op":"Add","path":"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department","value":"Research"},
		{"op":"Add","path":"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager","value":"26118915-6090-4610-87e4-49d8ca9f808d"},
		{"op":"Add","path":"phoneNumbers[type eq \"mobile\"].value","value":"+1 2"},{"op":"Add","path":"addresses[type eq \"work\"].country","value":"NO"},
		{"op":"Add","path":"title","value":"Doctor"}]}`)
	enterprise := got["urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"].(map[string]any)
	shown := fmt.Sprintln(got["emails"], got["name"], enterprise["department"], enterprise["manager"], got["phoneNumbers"], got["addresses"], got["title"])
	if want := "[map[primary:true type:work value:updatedEmail@microsoft.com]] map[familyName:updatedFamilyName formatted:givenName familyName givenName:givenName] " +
		"Research map[value:26118915-6090-4610-87e4-49d8ca9f808d] [map[type:mobile value:+1 2]] [map[country:NO type:work]] Doctor\n"; shown != want {
		t.Errorf("%s\nwant %s", shown, want)
	}
	p.do(t, 200, "PATCH", "Users/"+id, patchOp+`{"op":"Replace","path":"userName","value":"5b50642d@contoso.com"},{"op":"Replace","path":"active","value":"False"}]}`)
	p.do(t, 200, "PATCH", "Users/"+id, patchOp+`{"op":"Remove","path":"title"},{"op":"Remove","path":"phoneNumbers[type eq \"mobile\"]"},
		{"op":"Remove","path":"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager"}]}`)
	got = p.do(t, 200, "GET", "Users/"+id, "")
	if e := got["urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"].(map[string]any); got["userName"] != "5b50642d@contoso.com" || got["active"] != false ||
		got["title"] != nil || got["phoneNumbers"] != nil || e["manager"] != nil || e["department"] != "Research" {
		t.Errorf("%v", got)
	}

	group := p.do(t, 201, "POST", "Groups", `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group","http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group"],
		"externalId":"8aa1a0c0-c4c3-4bc0-b4a5-2ef676900159","displayName":"displayName","meta":{"resourceType":"Group"}}`)
	gid := group["id"].(string)
	p.do(t, 200, "GET", "Groups/"+gid+"?excludedAttributes=members", "")
	listed := func(want float64, f string) {
		t.Helper()
		if got := p.do(t, 200, "GET", "Groups"+filter(f)+"&excludedAttributes=members", ""); got["totalResults"] != want {
			t.Errorf("%s: %v", f, got)
		}
	}
	listed(1, `displayName eq "displayName"`)
	listed(1, `externalId eq "8aa1a0c0-c4c3-4bc0-b4a5-2ef676900159"`)
	listed(0, `id eq "`+gid+`" and members eq "`+id+`"`)
	p.do(t, 204, "PATCH", "Groups/"+gid, patchOp+`{"op":"Replace","path":"displayName","value":"1879db59-3bdf-4490-ad68-ab880a269474updatedDisplayName"}]}`)
	p.do(t, 204, "PATCH", "Groups/"+gid, patchOp+`{"op":"Add","path":"members","value":[{"$ref":null,"value":"`+id+`"}]}]}`)
	p.do(t, 204, "PATCH", "Groups/"+gid, patchOp+`{"op":"Add","path":"members","value":[{"$ref":null,"value":"`+id+`"}]}]}`) // it may be sent again
	p.members(t, gid, id)
	listed(1, `id eq "`+gid+`" and members eq "`+id+`"`)
	listed(1, `members.value eq "`+id+`"`)
	p.do(t, 204, "PATCH", "Groups/"+gid, patchOp+`{"op":"Remove","path":"members","value":[{"$ref":null,"value":"`+id+`"}]}]}`)
	p.members(t, gid)
	p.do(t, 204, "DELETE", "Groups/"+gid, "")
	p.do(t, 204, "DELETE", "Users/"+id, "")
}

// TestPages: a directory that reads everything gets every user once.
func TestSCIMPages(t *testing.T) {
	w := start(t)
	p := w.provision(t)
	const users = 7
	for i := range users {
		w.user(t, fmt.Sprintf("u%d", i))
	}
	for count := 1; count <= users+1; count++ {
		seen := map[string]bool{}
		for start := 1; start <= users; start += count {
			got := p.do(t, 200, "GET", fmt.Sprintf("Users?startIndex=%d&count=%d", start, count), "")
			if got["totalResults"] != float64(users) {
				t.Fatalf("%v", got)
			}
			for _, u := range got["Resources"].([]any) {
				seen[u.(map[string]any)["id"].(string)] = true
			}
		}
		if len(seen) != users {
			t.Errorf("pages of %d have %d users", count, len(seen))
		}
	}
	if got := p.do(t, 200, "GET", "Users?count=0", ""); got["totalResults"] != float64(users) || len(got["Resources"].([]any)) != 0 {
		t.Errorf("%v", got)
	}
	for _, path := range []string{"ServiceProviderConfig", "ResourceTypes", "Schemas"} {
		p.do(t, 200, "GET", path, "")
	}
}

// TestTokens: who has no good token is told nothing; a token that is deleted, or whose tenant is, is none any more.
func TestTokens(t *testing.T) {
	w := start(t)
	p := w.provision(t)
	id := *w.user(t, "ada")
	if status, _ := w.adminStatus(t, "CreateProvisioningTenant", nil); status != 400 {
		t.Errorf("a second tenant: %d", status)
	}
	good := p.token
	for _, bad := range []string{"", "x", good + "x", good[:len(good)-1], strings.Repeat("x", 10_000)} {
		p.token = bad
		for _, path := range []string{"Users", "Users/" + id, "Groups", "ServiceProviderConfig", "nothing", "Users/x/y"} {
			p.do(t, 401, "GET", path, "")
		}
		p.do(t, 401, "DELETE", "Users/"+id, "")
	}
	p.token = good
	stranger := &provisioner{w: w, base: strings.Replace(p.base, p.tenant, "00000000-0000-0000-0000-000000000000", 1), token: good}
	stranger.do(t, 401, "GET", "Users", "")
	secondID, second := p.newToken(t)
	if status, answer := w.adminStatus(t, "CreateBearerToken", map[string]string{"TenantId": p.tenant}); status != 400 || answer["__type"] != "ServiceQuotaExceededException" {
		t.Errorf("a third token: %d %v", status, answer)
	}
	listed := w.admin(t, "ListBearerTokens", map[string]string{"TenantId": p.tenant})
	if all := fmt.Sprint(listed); len(listed["BearerTokens"].([]any)) != 2 || strings.Contains(all, good) || strings.Contains(all, second) {
		t.Errorf("%v", listed)
	}
	w.admin(t, "DeleteBearerToken", map[string]string{"TenantId": p.tenant, "TokenId": p.tokenID})
	p.do(t, 401, "GET", "Users", "")
	p.token = second
	p.do(t, 200, "GET", "Users", "")
	if status, _ := w.adminStatus(t, "DeleteBearerToken", map[string]string{"TenantId": p.tenant, "TokenId": p.tokenID}); status != 400 {
		t.Errorf("a token was deleted twice: %d", status)
	}
	w.admin(t, "DeleteProvisioningTenant", map[string]string{"TenantId": p.tenant})
	p.do(t, 401, "GET", "Users", "")
	again := w.provision(t)
	if all := fmt.Sprint(w.admin(t, "ListBearerTokens", map[string]string{"TenantId": again.tenant})); strings.Contains(all, secondID) {
		t.Errorf("a new tenant has tokens of the one before: %s", all)
	}
}

// TestHostileSCIM: whatever is sent, the mistake is the sender's, and nothing has changed.
func TestHostileSCIM(t *testing.T) {
	w := start(t)
	p := w.provision(t)
	id, gid := *w.user(t, "ada"), *w.group(t, "math")
	before := fmt.Sprint(p.do(t, 200, "GET", "Users/"+id, ""), p.do(t, 200, "GET", "Groups/"+gid, ""))
	const complete = `"userName":"b","displayName":"b","name":{"givenName":"b","familyName":"b"}`
	for _, body := range []string{``, `x`, `[]`, `null`, `{}`, `{"userName":5}`, `{"userName":"b"}`, `{"userName":"b","displayName":"b"}`, `{"userName":"b","displayName":"b","name":"b"}`,
		`{` + complete + `,"emails":[{"value":"a@b"},{"value":"c@d"}]}`, `{` + complete + `,"emails":"a@b"}`, `{` + complete + `,"active":"maybe"}`,
		`{` + complete + `,"title":"` + strings.Repeat("x", 1025) + `"}`, `{` + complete + `,"title":"\u0001"}`, `{"userName":"b b","displayName":"b","name":{"givenName":"b","familyName":"b"}}`,
		`{"userName":"Administrator","displayName":"b","name":{"givenName":"b","familyName":"b"}}`, strings.Repeat(`[`, 100_000)} {
		p.do(t, 400, "POST", "Users", body)
		p.do(t, 400, "PUT", "Users/"+id, body)
	}
	p.do(t, 413, "POST", "Users", strings.Repeat(" ", 1<<20+1))
	for _, body := range []string{``, `{}`, `[]`, `{"Operations":[]}`, `{"Operations":{}}`, patchOp + `{}]}`, patchOp + `{"op":"move","path":"title","value":"x"}]}`, patchOp + `{"op":"remove"}]}`,
		patchOp + `{"op":"remove","path":"userName"}]}`, patchOp + `{"op":"remove","path":"active"}]}`, patchOp + `{"op":"remove","path":"displayName"}]}`, patchOp + `{"op":"remove","path":"name"}]}`,
		patchOp + `{"op":"replace","path":"title"}]}`, patchOp + `{"op":"replace","path":"title","value":5}]}`, patchOp + `{"op":"replace","value":"x"}]}`, patchOp + `{"op":"replace","path":"shoes","value":"x"}]}`,
		patchOp + `{"op":"replace","path":"password","value":"x"}]}`, patchOp + `{"op":"replace","path":"id","value":"x"}]}`, patchOp + `{"op":"replace","path":"emails[type co \"w\"].value","value":"x"}]}`,
		patchOp + `{"op":"replace","path":"emails[","value":"x"}]}`, patchOp + `{"op":"replace","path":"emails[type eq \"home\"].value","value":"x@y"}]}`, patchOp + `{"op":"replace","path":"emails.shoe","value":"x"}]}`,
		patchOp + `{"op":"replace","path":"emails","value":[{"value":"a@b"},{"value":"c@d"}]}]}`, patchOp + `{"op":"replace","path":"emails","value":5}]}`, patchOp + `{"op":"replace","path":"addresses","value":[5]}]}`,
		patchOp + `{"op":"replace","path":"active","value":"perhaps"}]}`, patchOp + `{"op":"replace","path":"active","value":null}]}`, patchOp + `{"op":"replace","path":"externalId","value":{}}]}`,
		patchOp + `{"op":"replace","path":"name","value":"x"}]}`, patchOp + `{"op":"replace","path":"name.shoe","value":"x"}]}`, patchOp + `{"op":"replace","path":"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:shoe","value":"x"}]}`,
		patchOp + `{"op":"replace","path":"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User","value":[]}]}`, patchOp + `{"op":"replace","path":"title","value":"changed"},{"op":"replace","path":"shoes","value":"x"}]}`,
		patchOp + strings.Repeat(`{"op":"replace","path":"title","value":"x"},`, 100) + `{"op":"replace","path":"title","value":"x"}]}`} {
		p.do(t, 400, "PATCH", "Users/"+id, body)
	}
	for _, body := range []string{``, `{}`, `{"displayName":5}`, `{"displayName":""}`, `{"displayName":"Administrator"}`, `{"displayName":"x","members":"y"}`,
		`{"displayName":"x","members":[` + strings.Repeat(`{"value":"`+id+`"},`, 100) + `{}]}`} {
		p.do(t, 400, "POST", "Groups", body)
	}
	p.do(t, 404, "POST", "Groups", `{"displayName":"x","members":[{"value":"nobody"}]}`)
	for _, body := range []string{`{}`, patchOp + `{"op":"replace","path":"members","value":[]}]}`, patchOp + `{"op":"remove","path":"members"}]}`, patchOp + `{"op":"remove","path":"members","value":[]}]}`,
		patchOp + `{"op":"add","path":"members","value":"x"}]}`, patchOp + `{"op":"add","path":"members[value eq \"x\"]","value":[]}]}`, patchOp + `{"op":"remove","path":"displayName"}]}`,
		patchOp + `{"op":"replace","path":"displayName","value":""}]}`, patchOp + `{"op":"replace","path":"shoes","value":"x"}]}`, patchOp + `{"op":"replace","value":[]}]}`} {
		p.do(t, 400, "PATCH", "Groups/"+gid, body)
	}
	p.do(t, 404, "PATCH", "Groups/"+gid, patchOp+`{"op":"add","path":"members","value":[{"value":"`+strings.Repeat("x", 100_000)+`"}]}]}`)
	for _, f := range []string{`userName`, `userName eq`, `userName co "x"`, `userName eq x`, `userName eq 5`, `userName eq "x" or userName eq "y"`, `(userName eq "x")`, `not (userName eq "x")`,
		`title eq "x"`, `userName eq "x" and`, `userName eq "x`, `emails[type eq "work"] eq "x"`, strings.Repeat(`userName eq "x" and `, 20) + `userName eq "x"`} {
		p.do(t, 400, "GET", "Users"+filter(f), "")
		p.do(t, 400, "GET", "Groups"+filter(f), "")
	}
	p.do(t, 400, "GET", "Users?startIndex=x", "")
	p.do(t, 404, "GET", "Users/"+strings.Repeat("x", 1000), "")
	p.do(t, 404, "GET", "nothing", "")
	p.do(t, 404, "PUT", "Groups/"+gid, "{}")
	p.do(t, 404, "POST", "Bulk", "{}")
	if after := fmt.Sprint(p.do(t, 200, "GET", "Users/"+id, ""), p.do(t, 200, "GET", "Groups/"+gid, "")); after != before {
		t.Errorf("%s\nwas %s", after, before)
	}
}

// TestAdministration: what the console does with passwords, devices and status.
func TestAdministration(t *testing.T) {
	w := start(t)
	id := *w.user(t, "ada")
	user := map[string]string{"UserId": id}
	if p, _ := w.admin(t, "UpdatePassword", map[string]string{"UserId": id, "PasswordMode": "OTP"})["Password"].(string); len(p) != 16 {
		t.Errorf("the password has %d characters", len(p))
	}
	w.admin(t, "UpdatePassword", map[string]string{"UserId": id, "PasswordMode": "EMAIL"})
	w.admin(t, "VerifyEmail", user)
	w.admin(t, "DisableUser", user)
	u, err := w.ids.DescribeUser(t.Context(), &identitystore.DescribeUserInput{IdentityStoreId: w.store, UserId: &id})
	if err != nil || u.UserStatus != types.UserStatusDisabled {
		t.Errorf("%+v, %v", u, err)
	}
	w.admin(t, "EnableUser", user)
	if got := w.admin(t, "ListMfaDevicesForUser", user); len(got["MfaDevices"].([]any)) != 0 {
		t.Errorf("%v", got)
	}
	for _, op := range []string{"UpdatePassword", "VerifyEmail", "DisableUser", "EnableUser", "ListMfaDevicesForUser", "DeleteMfaDeviceForUser", "UpdateMfaDeviceForUser", "CreateBearerToken",
		"ListBearerTokens", "DeleteBearerToken", "DeleteProvisioningTenant"} {
		for _, in := range []map[string]string{nil, {"UserId": "x", "TenantId": "x"}, {"UserId": *w.store, "IdentityStoreId": "x"},
			{"UserId": "00000000-0000-0000-0000-000000000000", "TenantId": "00000000-0000-0000-0000-000000000000", "TokenId": "00000000-0000-0000-0000-000000000000",
				"DeviceId": "00000000-0000-0000-0000-000000000000", "DeviceName": "x", "PasswordMode": "OTP"}} {
			if status, answer := w.adminStatus(t, op, in); status != 400 || answer["__type"] == nil {
				t.Errorf("%s of %v: %d %v", op, in, status, answer)
			}
		}
	}
	if status, _ := w.adminStatus(t, "UpdatePassword", map[string]string{"UserId": id, "PasswordMode": "GUESS"}); status != 400 {
		t.Errorf("a mode that there is not: %d", status)
	}
}

// TestSCIMIsAudited: the audit log says who was made and deleted, by which tenant, and nothing else about people.
func TestSCIMIsAudited(t *testing.T) {
	file := filepath.Join(t.TempDir(), "audit.log")
	w := start(t, statortest.WithOptions(func(o *stator.Options) { o.Audit.Path = file }))
	p := w.provision(t)
	const secretive = `{"userName":"grace.hopper","displayName":"Grace Hopper","name":{"givenName":"Grace","familyName":"Hopper"}}`
	id := p.do(t, 201, "POST", "Users", secretive)["id"].(string)
	p.do(t, 409, "POST", "Users", secretive)
	p.do(t, 204, "DELETE", "Users/"+id, "")
	good := p.token
	p.token = "wrong"
	p.do(t, 401, "GET", "Users/"+id, "")
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if log := string(text); strings.Contains(log, "Hopper") || strings.Contains(log, "grace") || strings.Contains(log, good) {
		t.Errorf("%s", log)
	}
	var events []string
	for line := range strings.Lines(string(text)) {
		var e struct {
			EventSource, EventName, ErrorCode string
			UserIdentity                      struct{ Type, AccountID string }
			RequestParameters                 struct{ TenantID, ID string }
			ResponseElements                  struct{ ID string }
		}
		if err := json.Unmarshal([]byte(line), &e); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		if e.EventSource == "identitystore-scim.amazonaws.com" {
			events = append(events, strings.Join([]string{e.EventName, e.ErrorCode, e.UserIdentity.Type, e.RequestParameters.TenantID, e.RequestParameters.ID, e.ResponseElements.ID}, " "))
		}
	}
	want := []string{"CreateUser  WebIdentityUser " + p.tenant + "  " + id, "CreateUser ConflictException WebIdentityUser " + p.tenant + "  ",
		"DeleteUser  WebIdentityUser " + p.tenant + " " + id + " ", "GetUser UnauthorizedException AWSAccount " + p.tenant + " " + id + " "}
	if !slices.Equal(events, want) {
		t.Errorf("%q\nwant %q", events, want)
	}
}
