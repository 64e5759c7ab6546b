package center_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/ssoadmin"
	"github.com/aws/aws-sdk-go-v2/service/ssoadmin/document"
	"github.com/aws/aws-sdk-go-v2/service/ssoadmin/types"

	"github.com/statordb/stator/internal/center"
	"github.com/statordb/stator/internal/directory"
	"github.com/statordb/stator/internal/keyspace"
	"github.com/statordb/stator/internal/kv"
	"github.com/statordb/stator/tests/harness"
)

func TestInstance(t *testing.T) {
	w := open(t)
	ctx := t.Context()
	if _, err := w.admin.CreateInstance(ctx, &ssoadmin.CreateInstanceInput{}); code(err) != "ConflictException" {
		t.Error(err)
	}
	again := &ssoadmin.CreateInstanceInput{ClientToken: aws.String("token-of-the-world")}
	if made, err := w.admin.CreateInstance(ctx, again); err != nil || *made.InstanceArn != *w.instance {
		t.Error(made, err)
	}
	ok(t)(w.admin.UpdateInstance(ctx, &ssoadmin.UpdateInstanceInput{InstanceArn: w.instance, Name: aws.String("renamed")}))
	shown, err := w.admin.DescribeInstance(ctx, &ssoadmin.DescribeInstanceInput{InstanceArn: w.instance})
	if err != nil || *shown.Name != "renamed" || *shown.OwnerAccountId != w.account || *shown.IdentityStoreId != w.dir.ID() || shown.Status != "ACTIVE" || shown.CreatedDate == nil {
		t.Error(shown, err)
	}
	// Other regions have none, and nothing else is one.
	elsewhere := w.conf.Copy()
	elsewhere.Region = "us-east-1"
	if list, err := ssoadmin.NewFromConfig(elsewhere).ListInstances(ctx, nil); err != nil || len(list.Instances) != 0 {
		t.Error(list, err)
	}
	for _, c := range []struct {
		client *ssoadmin.Client
		arn    *string
	}{{ssoadmin.NewFromConfig(elsewhere), w.instance}, {w.admin, aws.String("arn:aws:sso:::instance/ssoins-0000000000000000")}} {
		if _, err := c.client.DescribeInstance(ctx, &ssoadmin.DescribeInstanceInput{InstanceArn: c.arn}); code(err) != "AccessDeniedException" {
			t.Error(err)
		}
	}
	// With it goes everything that is in it.
	ann := w.user("ann", nil)
	set := w.set("Any", "")
	w.assigned(set, w.account, types.PrincipalTypeUser, ann.ID)
	confs := w.be(ann, w.account, "Any")
	ok(t)(w.admin.DeleteInstance(ctx, &ssoadmin.DeleteInstanceInput{InstanceArn: w.instance}))
	w.ends(confs)
	if roles, err := iam.NewFromConfig(w.conf).ListRoles(ctx, &iam.ListRolesInput{PathPrefix: aws.String("/aws-reserved/")}); err != nil || len(roles.Roles) != 0 {
		t.Error(roles, err)
	}
	made, err := ssoadmin.NewFromConfig(elsewhere).CreateInstance(ctx, &ssoadmin.CreateInstanceInput{})
	if err != nil || *made.InstanceArn == *w.instance {
		t.Error(made, err)
	}
}

func TestPermissionSets(t *testing.T) {
	w := open(t)
	ctx := t.Context()
	made, err := w.admin.CreatePermissionSet(ctx, &ssoadmin.CreatePermissionSetInput{InstanceArn: w.instance, Name: aws.String("All"), Description: aws.String("d"),
		SessionDuration: aws.String("PT90M"), RelayState: aws.String("/console/dynamodb"), Tags: []types.Tag{{Key: aws.String("a"), Value: aws.String("1")}}})
	if err != nil {
		t.Fatal(err)
	}
	set := made.PermissionSet.PermissionSetArn
	for name, in := range map[string]*ssoadmin.CreatePermissionSetInput{
		"ConflictException":   {InstanceArn: w.instance, Name: aws.String("All")},
		"ValidationException": {InstanceArn: w.instance, Name: aws.String("A B")},
	} {
		if _, err := w.admin.CreatePermissionSet(ctx, in); code(err) != name {
			t.Error(err)
		}
	}
	for _, duration := range []string{"PT59M", "PT12H1S", "P1D", "1H", "-PT1H", "PT9999999999H"} {
		if _, err := w.admin.UpdatePermissionSet(ctx, &ssoadmin.UpdatePermissionSetInput{InstanceArn: w.instance, PermissionSetArn: set, SessionDuration: &duration}); code(err) != "ValidationException" {
			t.Errorf("%s: %v", duration, err)
		}
	}
	ok(t)(w.admin.UpdatePermissionSet(ctx, &ssoadmin.UpdatePermissionSetInput{InstanceArn: w.instance, PermissionSetArn: set, Description: aws.String("other")}))
	shown, err := w.admin.DescribePermissionSet(ctx, &ssoadmin.DescribePermissionSetInput{InstanceArn: w.instance, PermissionSetArn: set})
	if err != nil || *shown.PermissionSet.Description != "other" || *shown.PermissionSet.SessionDuration != "PT90M" || *shown.PermissionSet.RelayState != "/console/dynamodb" {
		t.Error(shown, err)
	}
	if _, err := w.admin.DescribePermissionSet(ctx, &ssoadmin.DescribePermissionSetInput{InstanceArn: w.instance, PermissionSetArn: aws.String(*set + "0")}); code(err) != "ValidationException" {
		t.Error(err)
	}
	gone := aws.String((*set)[:len(*set)-16] + "0000000000000000")
	if _, err := w.admin.DescribePermissionSet(ctx, &ssoadmin.DescribePermissionSetInput{InstanceArn: w.instance, PermissionSetArn: gone}); code(err) != "ResourceNotFoundException" {
		t.Error(err)
	}
	// What a request has wrong is said all at once.
	_, err = w.admin.CreatePermissionSet(ctx, &ssoadmin.CreatePermissionSetInput{InstanceArn: aws.String("arn:aws:sso:::instance/x"), Name: aws.String(strings.Repeat("n", 33)),
		Tags: []types.Tag{{Key: aws.String("$"), Value: aws.String("")}}})
	if err == nil || !strings.Contains(err.Error(), "3 validation errors detected: Value 'arn:aws:sso:::instance/x' at 'instanceArn' failed to satisfy constraint: "+
		"Member must satisfy regular expression pattern: arn:aws(-[a-z]{1,5}){0,3}:sso:::instance/(sso)?ins-[a-zA-Z0-9-.]{16}; Value '"+strings.Repeat("n", 33)+
		"' at 'name' failed to satisfy constraint: Member must have length less than or equal to 32; Value '$' at 'tags.1.member.key'") {
		t.Error(err)
	}
	if _, err := w.admin.UntagResource(ctx, &ssoadmin.UntagResourceInput{ResourceArn: set, TagKeys: []string{""}}); code(err) != "ValidationException" {
		t.Error(err)
	}
	// Pages.
	w.set("Second", "")
	w.set("Third", "")
	seen := map[string]bool{}
	for pages := ssoadmin.NewListPermissionSetsPaginator(w.admin, &ssoadmin.ListPermissionSetsInput{InstanceArn: w.instance, MaxResults: aws.Int32(2)}); pages.HasMorePages(); {
		p, err := pages.NextPage(ctx)
		if err != nil {
			t.Fatal(err)
		}
		for _, arn := range p.PermissionSets {
			seen[arn] = true
		}
	}
	if len(seen) != 3 {
		t.Error(seen)
	}
	// Tags.
	ok(t)(w.admin.TagResource(ctx, &ssoadmin.TagResourceInput{InstanceArn: w.instance, ResourceArn: set, Tags: []types.Tag{{Key: aws.String("b"), Value: aws.String("2")}, {Key: aws.String("a"), Value: aws.String("3")}}}))
	ok(t)(w.admin.UntagResource(ctx, &ssoadmin.UntagResourceInput{InstanceArn: w.instance, ResourceArn: set, TagKeys: []string{"b"}}))
	tags, err := w.admin.ListTagsForResource(ctx, &ssoadmin.ListTagsForResourceInput{InstanceArn: w.instance, ResourceArn: set})
	if err != nil || len(tags.Tags) != 1 || *tags.Tags[0].Value != "3" {
		t.Error(tags, err)
	}
}

func TestPoliciesOfPermissionSets(t *testing.T) {
	w := open(t)
	ctx := t.Context()
	set := w.set("P", "")
	readOnly, admin := aws.String("arn:aws:iam::aws:policy/AmazonDynamoDBReadOnlyAccess"), aws.String("arn:aws:iam::aws:policy/AdministratorAccess")
	for _, arn := range []*string{readOnly, admin} {
		ok(t)(w.admin.AttachManagedPolicyToPermissionSet(ctx, &ssoadmin.AttachManagedPolicyToPermissionSetInput{InstanceArn: w.instance, PermissionSetArn: set, ManagedPolicyArn: arn}))
	}
	for arn, want := range map[string]string{*admin: "ConflictException", *admin + "s": "ResourceNotFoundException", "arn:aws:iam::111122223333:policy/own": "ValidationException"} {
		_, err := w.admin.AttachManagedPolicyToPermissionSet(ctx, &ssoadmin.AttachManagedPolicyToPermissionSetInput{InstanceArn: w.instance, PermissionSetArn: set, ManagedPolicyArn: &arn})
		if code(err) != want {
			t.Errorf("%s: %v", arn, err)
		}
	}
	ok(t)(w.admin.DetachManagedPolicyFromPermissionSet(ctx, &ssoadmin.DetachManagedPolicyFromPermissionSetInput{InstanceArn: w.instance, PermissionSetArn: set, ManagedPolicyArn: admin}))
	list, err := w.admin.ListManagedPoliciesInPermissionSet(ctx, &ssoadmin.ListManagedPoliciesInPermissionSetInput{InstanceArn: w.instance, PermissionSetArn: set})
	if err != nil || len(list.AttachedManagedPolicies) != 1 || *list.AttachedManagedPolicies[0].Name != "AmazonDynamoDBReadOnlyAccess" {
		t.Error(list, err)
	}
	ref := &types.CustomerManagedPolicyReference{Name: aws.String("own")}
	ok(t)(w.admin.AttachCustomerManagedPolicyReferenceToPermissionSet(ctx, &ssoadmin.AttachCustomerManagedPolicyReferenceToPermissionSetInput{InstanceArn: w.instance, PermissionSetArn: set, CustomerManagedPolicyReference: ref}))
	refs, err := w.admin.ListCustomerManagedPolicyReferencesInPermissionSet(ctx, &ssoadmin.ListCustomerManagedPolicyReferencesInPermissionSetInput{InstanceArn: w.instance, PermissionSetArn: set})
	if err != nil || len(refs.CustomerManagedPolicyReferences) != 1 || *refs.CustomerManagedPolicyReferences[0].Path != "/" {
		t.Error(refs, err)
	}
	ok(t)(w.admin.DetachCustomerManagedPolicyReferenceFromPermissionSet(ctx, &ssoadmin.DetachCustomerManagedPolicyReferenceFromPermissionSetInput{InstanceArn: w.instance, PermissionSetArn: set, CustomerManagedPolicyReference: ref}))

	inline := &ssoadmin.GetInlinePolicyForPermissionSetInput{InstanceArn: w.instance, PermissionSetArn: set}
	if got, err := w.admin.GetInlinePolicyForPermissionSet(ctx, inline); err != nil || aws.ToString(got.InlinePolicy) != "" {
		t.Error(got, err)
	}
	w.inline(set, allow("dynamodb:*", "*"))
	if got, err := w.admin.GetInlinePolicyForPermissionSet(ctx, inline); err != nil || *got.InlinePolicy != allow("dynamodb:*", "*") {
		t.Error(got, err)
	}
	for _, bad := range []string{"{", allow("x", "*"), strings.Replace(allow("dynamodb:*", "*"), `"Effect"`, `"Sid":"`+strings.Repeat("s", 10240)+`","Effect"`, 1)} {
		if _, err := w.admin.PutInlinePolicyToPermissionSet(ctx, &ssoadmin.PutInlinePolicyToPermissionSetInput{InstanceArn: w.instance, PermissionSetArn: set, InlinePolicy: &bad}); code(err) == "" {
			t.Errorf("%.40s is taken", bad)
		}
	}
	ok(t)(w.admin.DeleteInlinePolicyFromPermissionSet(ctx, &ssoadmin.DeleteInlinePolicyFromPermissionSetInput{InstanceArn: w.instance, PermissionSetArn: set}))

	boundary := &ssoadmin.GetPermissionsBoundaryForPermissionSetInput{InstanceArn: w.instance, PermissionSetArn: set}
	if _, err := w.admin.GetPermissionsBoundaryForPermissionSet(ctx, boundary); code(err) != "ResourceNotFoundException" {
		t.Error(err)
	}
	both := &types.PermissionsBoundary{ManagedPolicyArn: admin, CustomerManagedPolicyReference: ref}
	if _, err := w.admin.PutPermissionsBoundaryToPermissionSet(ctx, &ssoadmin.PutPermissionsBoundaryToPermissionSetInput{InstanceArn: w.instance, PermissionSetArn: set, PermissionsBoundary: both}); code(err) != "ValidationException" {
		t.Error(err)
	}
	ok(t)(w.admin.PutPermissionsBoundaryToPermissionSet(ctx, &ssoadmin.PutPermissionsBoundaryToPermissionSetInput{InstanceArn: w.instance, PermissionSetArn: set,
		PermissionsBoundary: &types.PermissionsBoundary{CustomerManagedPolicyReference: ref}}))
	if got, err := w.admin.GetPermissionsBoundaryForPermissionSet(ctx, boundary); err != nil || *got.PermissionsBoundary.CustomerManagedPolicyReference.Name != "own" {
		t.Error(got, err)
	}
	ok(t)(w.admin.DeletePermissionsBoundaryFromPermissionSet(ctx, &ssoadmin.DeletePermissionsBoundaryFromPermissionSetInput{InstanceArn: w.instance, PermissionSetArn: set}))
}

// An assignment is found from the account and from whom it is for; who is not there gets none.
func TestAssignments(t *testing.T) {
	w := open(t)
	ctx := t.Context()
	set := w.set("Any", "")
	ann := w.user("ann", nil)
	team := w.group("team", ann)
	if st := w.assign(set, w.account, types.PrincipalTypeUser, "11111111-2222-3333-4444-555555555555"); st.Status != types.StatusValuesFailed || st.FailureReason == nil {
		t.Error(st.Status)
	}
	if st := w.assign(set, "999999999999", types.PrincipalTypeUser, ann.ID); st.Status != types.StatusValuesFailed {
		t.Error(st.Status)
	}
	w.assigned(set, w.account, types.PrincipalTypeUser, ann.ID)
	w.assigned(set, w.account, types.PrincipalTypeGroup, team.ID)
	w.assigned(set, w.account, types.PrincipalTypeGroup, team.ID) // again
	list, err := w.admin.ListAccountAssignments(ctx, &ssoadmin.ListAccountAssignmentsInput{InstanceArn: w.instance, AccountId: aws.String(w.account), PermissionSetArn: set})
	if err != nil || len(list.AccountAssignments) != 2 {
		t.Error(list, err)
	}
	for _, c := range []struct {
		typ  types.PrincipalType
		id   string
		want int
	}{{types.PrincipalTypeUser, ann.ID, 2}, {types.PrincipalTypeGroup, team.ID, 1}} {
		of, err := w.admin.ListAccountAssignmentsForPrincipal(ctx, &ssoadmin.ListAccountAssignmentsForPrincipalInput{InstanceArn: w.instance, PrincipalType: c.typ, PrincipalId: aws.String(c.id)})
		if err != nil || len(of.AccountAssignments) != c.want {
			t.Error(c.typ, of, err)
		}
	}
	all, err := w.admin.ListAccountAssignmentCreationStatus(ctx, &ssoadmin.ListAccountAssignmentCreationStatusInput{InstanceArn: w.instance, Filter: &types.OperationStatusFilter{Status: types.StatusValuesFailed}})
	if err != nil || len(all.AccountAssignmentsCreationStatus) != 2 {
		t.Error(all, err)
	}
	w.unassign(set, w.account, types.PrincipalTypeUser, ann.ID)
	if _, err := w.admin.DeleteAccountAssignment(ctx, &ssoadmin.DeleteAccountAssignmentInput{InstanceArn: w.instance, PermissionSetArn: set, TargetId: aws.String(w.account),
		TargetType: types.TargetTypeAwsAccount, PrincipalType: types.PrincipalTypeUser, PrincipalId: aws.String(ann.ID)}); code(err) != "ResourceNotFoundException" {
		t.Error(err)
	}
	w.be(ann, w.account, "Any") // by the group
	// What the console gets ends with the session in the access portal, and has the relay state.
	token, relay, err := w.center.RoleConsole(ctx, center.Caller{User: ann.ID, Portal: "portal"}, w.account, "Any")
	if err != nil || token == "" || relay != "" {
		t.Error(relay, err)
	}
}

// Policies can be about a permission set, an account and tags.
func TestNeeds(t *testing.T) {
	w := open(t)
	ctx := t.Context()
	ann := w.user("ann", nil)
	mine, others := w.set("Mine", ""), w.set("Others", "")
	ok(t)(w.admin.TagResource(ctx, &ssoadmin.TagResourceInput{ResourceArn: mine, Tags: []types.Tag{{Key: aws.String("owner"), Value: aws.String("ann")}}}))
	w.set("Delegate", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sso:*","Resource":["`+*w.instance+`","arn:aws:sso:::account/*"]},
		{"Effect":"Allow","Action":"sso:*","Resource":"arn:aws:sso:::permissionSet/*","Condition":{"StringEquals":{"aws:ResourceTag/owner":"ann"}}}]}`)
	delegate, err := w.admin.ListPermissionSets(ctx, &ssoadmin.ListPermissionSetsInput{InstanceArn: w.instance})
	if err != nil {
		t.Fatal(err)
	}
	for _, arn := range delegate.PermissionSets {
		if arn != *mine && arn != *others {
			w.assigned(&arn, w.account, types.PrincipalTypeUser, ann.ID)
		}
	}
	client := ssoadmin.NewFromConfig(w.be(ann, w.account, "Delegate")[0])
	create := func(set *string) error {
		_, err := client.CreateAccountAssignment(ctx, &ssoadmin.CreateAccountAssignmentInput{InstanceArn: w.instance, PermissionSetArn: set, TargetId: aws.String(w.account),
			TargetType: types.TargetTypeAwsAccount, PrincipalType: types.PrincipalTypeUser, PrincipalId: aws.String(ann.ID)})
		return err
	}
	if err := create(mine); err != nil {
		t.Error(err)
	}
	if err := create(others); code(err) != "AccessDeniedException" {
		t.Error(err)
	}
}

func TestApplications(t *testing.T) {
	w := open(t)
	ctx := t.Context()
	ann := w.user("ann", func(u *directory.User) { u.Emails = []directory.Email{{Value: "ann@example.com", Primary: true}} })
	issuer, err := w.admin.CreateTrustedTokenIssuer(ctx, &ssoadmin.CreateTrustedTokenIssuerInput{InstanceArn: w.instance, Name: aws.String("corp"), TrustedTokenIssuerType: types.TrustedTokenIssuerTypeOidcJwt,
		TrustedTokenIssuerConfiguration: &types.TrustedTokenIssuerConfigurationMemberOidcJwtConfiguration{Value: types.OidcJwtConfiguration{IssuerUrl: aws.String("https://idp.example.com"),
			ClaimAttributePath: aws.String("email"), IdentityStoreAttributePath: aws.String("emails.value"), JwksRetrievalOption: types.JwksRetrievalOptionOpenIdDiscovery}}})
	if err != nil {
		t.Fatal(err)
	}
	in := &ssoadmin.CreateApplicationInput{InstanceArn: w.instance, Name: aws.String("app"), ApplicationProviderArn: aws.String("arn:aws:sso::aws:applicationProvider/custom"), ClientToken: aws.String("once")}
	made, err := w.admin.CreateApplication(ctx, in)
	if err != nil {
		t.Fatal(err)
	}
	app := made.ApplicationArn
	if again, err := w.admin.CreateApplication(ctx, in); err != nil || *again.ApplicationArn != *app {
		t.Error(again, err)
	}
	in.Name = aws.String("other")
	if _, err := w.admin.CreateApplication(ctx, in); code(err) != "ConflictException" {
		t.Error(err)
	}
	shown, err := w.admin.DescribeApplication(ctx, &ssoadmin.DescribeApplicationInput{ApplicationArn: app})
	if err != nil || *shown.Name != "app" || shown.Status != "ENABLED" || shown.PortalOptions.SignInOptions.Origin != "IDENTITY_CENTER" {
		t.Error(shown, err)
	}
	ok(t)(w.admin.PutApplicationGrant(ctx, &ssoadmin.PutApplicationGrantInput{ApplicationArn: app, GrantType: types.GrantTypeJwtBearer, Grant: &types.GrantMemberJwtBearer{
		Value: types.JwtBearerGrant{AuthorizedTokenIssuers: []types.AuthorizedTokenIssuer{{TrustedTokenIssuerArn: issuer.TrustedTokenIssuerArn, AuthorizedAudiences: []string{"db"}}}}}}))
	if _, err := w.admin.PutApplicationGrant(ctx, &ssoadmin.PutApplicationGrantInput{ApplicationArn: app, GrantType: types.GrantTypeAuthorizationCode, Grant: &types.GrantMemberRefreshToken{}}); code(err) != "ValidationException" {
		t.Error(err)
	}
	got, err := w.admin.GetApplicationGrant(ctx, &ssoadmin.GetApplicationGrantInput{ApplicationArn: app, GrantType: types.GrantTypeJwtBearer})
	if err != nil {
		t.Fatal(err)
	}
	if bearer, is := got.Grant.(*types.GrantMemberJwtBearer); !is || *bearer.Value.AuthorizedTokenIssuers[0].TrustedTokenIssuerArn != *issuer.TrustedTokenIssuerArn {
		t.Errorf("%+v", got.Grant)
	}
	actors := map[string]any{"Version": "2012-10-17", "Statement": []any{map[string]any{"Effect": "Allow", "Principal": map[string]any{"AWS": w.account}, "Action": "sso-oauth:CreateTokenWithIAM", "Resource": "*"}}}
	ok(t)(w.admin.PutApplicationAuthenticationMethod(ctx, &ssoadmin.PutApplicationAuthenticationMethodInput{ApplicationArn: app, AuthenticationMethodType: types.AuthenticationMethodTypeIam,
		AuthenticationMethod: &types.AuthenticationMethodMemberIam{Value: types.IamAuthenticationMethod{ActorPolicy: document.NewLazyDocument(actors)}}}))
	methods, err := w.admin.ListApplicationAuthenticationMethods(ctx, &ssoadmin.ListApplicationAuthenticationMethodsInput{ApplicationArn: app})
	if err != nil || len(methods.AuthenticationMethods) != 1 {
		t.Error(methods, err)
	}
	ok(t)(w.admin.PutApplicationAccessScope(ctx, &ssoadmin.PutApplicationAccessScopeInput{ApplicationArn: app, Scope: aws.String("sso:account:access")}))
	uses := func(want bool) {
		t.Helper()
		if err := w.dir.View(ctx, func(r kv.Reader) error {
			a, err := w.center.Application(ctx, r, *app)
			if err != nil || a == nil || a.ActorPolicy == nil || len(a.Grants) != 1 || len(a.Scopes) != 1 {
				t.Fatalf("%+v %v", a, err)
			}
			may, err := w.center.MayUse(ctx, r, a, ann.ID)
			if err != nil || may != want {
				t.Errorf("may use it: %v %v", may, err)
			}
			i, err := w.center.TokenIssuer(ctx, r, *issuer.TrustedTokenIssuerArn)
			if err != nil || i == nil || i.Claim != "email" {
				t.Fatal(i, err)
			}
			u, err := w.center.UserOf(ctx, r, i, "ann@example.com")
			if err != nil || u == nil || u.ID != ann.ID {
				t.Error(u, err)
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	}
	uses(false)
	ok(t)(w.admin.CreateApplicationAssignment(ctx, &ssoadmin.CreateApplicationAssignmentInput{ApplicationArn: app, PrincipalType: types.PrincipalTypeUser, PrincipalId: aws.String(ann.ID)}))
	uses(true)
	of, err := w.admin.ListApplicationAssignmentsForPrincipal(ctx, &ssoadmin.ListApplicationAssignmentsForPrincipalInput{InstanceArn: w.instance, PrincipalType: types.PrincipalTypeUser, PrincipalId: aws.String(ann.ID)})
	if err != nil || len(of.ApplicationAssignments) != 1 {
		t.Error(of, err)
	}
	ok(t)(w.admin.DeleteApplicationAssignment(ctx, &ssoadmin.DeleteApplicationAssignmentInput{ApplicationArn: app, PrincipalType: types.PrincipalTypeUser, PrincipalId: aws.String(ann.ID)}))
	uses(false)
	ok(t)(w.admin.PutApplicationAssignmentConfiguration(ctx, &ssoadmin.PutApplicationAssignmentConfigurationInput{ApplicationArn: app, AssignmentRequired: aws.Bool(false)}))
	uses(true)
	w.change(func(tx kv.Txn) error {
		v := *ann
		v.Disabled = true
		return w.dir.PutUser(ctx, tx, &v)
	})
	uses(false)
	ok(t)(w.admin.UpdateApplication(ctx, &ssoadmin.UpdateApplicationInput{ApplicationArn: app, Status: types.ApplicationStatusDisabled}))
	list, err := w.admin.ListApplications(ctx, &ssoadmin.ListApplicationsInput{InstanceArn: w.instance})
	if err != nil || len(list.Applications) != 1 || list.Applications[0].Status != "DISABLED" {
		t.Error(list, err)
	}
	ok(t)(w.admin.DeleteApplication(ctx, &ssoadmin.DeleteApplicationInput{ApplicationArn: app}))
	ok(t)(w.admin.DeleteTrustedTokenIssuer(ctx, &ssoadmin.DeleteTrustedTokenIssuerInput{TrustedTokenIssuerArn: issuer.TrustedTokenIssuerArn}))
	if _, err := w.admin.DescribeApplication(ctx, &ssoadmin.DescribeApplicationInput{ApplicationArn: app}); code(err) != "ResourceNotFoundException" {
		t.Error(err)
	}
}

// The settings that AWS has in its console alone.
func TestSettings(t *testing.T) {
	w := open(t)
	ask := func(conf aws.Config, operation string, members map[string]any) (string, map[string]any) {
		t.Helper()
		members["InstanceArn"] = *w.instance
		status, out := harness.Ask(t, conf, "sso", "SWBExternalService."+operation, members)
		if status == http.StatusOK {
			return "", out
		}
		kind, _ := out["__type"].(string)
		return kind[strings.LastIndexByte(kind, '#')+1:], out
	}
	portal := func() (time.Duration, center.WithoutDevice) {
		t.Helper()
		var i *center.Instance
		if err := w.db.View(t.Context(), func(r kv.Reader) (err error) {
			i, err = w.center.Instance(t.Context(), r)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		_, session := ask(w.conf, "GetSsoConfiguration", map[string]any{})
		_, devices := ask(w.conf, "GetMfaDeviceManagementForDirectory", map[string]any{})
		if session["SessionDurationMinutes"] != i.Portal.Minutes() || devices["NoMfaSignInBehavior"] != string(i.WithoutDevice) {
			t.Error(session, devices, i)
		}
		return i.Portal, i.WithoutDevice
	}
	if session, device := portal(); session != 8*time.Hour || device != center.LetIn {
		t.Error(session, device)
	}
	for _, c := range []struct {
		operation, member string
		value             any
		want              string
	}{
		{"UpdateSSOConfiguration", "SessionDurationMinutes", 14, "ValidationException"},
		{"UpdateSSOConfiguration", "SessionDurationMinutes", 90*24*60 + 1, "ValidationException"},
		{"UpdateSSOConfiguration", "Other", 15, "ValidationException"},
		{"PutMfaDeviceManagementForDirectory", "NoMfaSignInBehavior", "SOMETIMES", "ValidationException"},
		{"PutMfaDeviceManagementForDirectory", "Other", "BLOCKED", "ValidationException"},
		{"UpdateSSOConfiguration", "SessionDurationMinutes", 15, ""},
		{"UpdateSSOConfiguration", "SessionDurationMinutes", 90 * 24 * 60, ""},
		{"PutMfaDeviceManagementForDirectory", "NoMfaSignInBehavior", "ALLOWED_WITH_ENROLLMENT", ""},
		{"PutMfaDeviceManagementForDirectory", "NoMfaSignInBehavior", "BLOCKED", ""},
	} {
		if got, out := ask(w.conf, c.operation, map[string]any{c.member: c.value}); got != c.want {
			t.Error(c.operation, c.value, out)
		}
	}
	if session, device := portal(); session != 90*24*time.Hour || device != center.KeepOut {
		t.Error(session, device)
	}
	// They need the actions that AWS has for them.
	ann := w.user("ann", nil)
	w.assigned(w.set("Settings", allow("sso:GetSsoConfiguration", *w.instance)), w.account, types.PrincipalTypeUser, ann.ID)
	conf := w.be(ann, w.account, "Settings")[0]
	if got, out := ask(conf, "GetSsoConfiguration", map[string]any{}); got != "" {
		t.Error(out)
	}
	if got, out := ask(conf, "UpdateSSOConfiguration", map[string]any{"SessionDurationMinutes": 15}); got != "AccessDeniedException" {
		t.Error(out)
	}
}

// Check finds what leads nowhere.
func TestCheck(t *testing.T) {
	w := open(t)
	set := w.set("Any", "")
	w.assigned(set, w.account, types.PrincipalTypeUser, w.user("ann", nil).ID)
	if n, err := center.Check(t.Context(), w.db, func(problem string) { t.Error(problem) }); err != nil || n < 5 {
		t.Error(n, err)
	}
	// Without the role of the assignment, and then as it was.
	start, end := keyspace.PeopleRange("center", "provisioned")
	var key, value []byte
	if err := w.db.Update(t.Context(), func(tx kv.Txn) error {
		if err := tx.Scan(t.Context(), kv.Range{Start: start, End: end}, func(k, v []byte) (bool, error) {
			key, value = slices.Clone(k), slices.Clone(v)
			return false, nil
		}); err != nil {
			return err
		}
		return tx.Delete(key)
	}); err != nil {
		t.Fatal(err)
	}
	problems := 0
	if _, err := center.Check(t.Context(), w.db, func(string) { problems++ }); err != nil || problems != 2 { // the index of accounts, and the assignment
		t.Error(problems, err)
	}
	if err := w.db.Update(t.Context(), func(tx kv.Txn) error { return tx.Set(key, value) }); err != nil {
		t.Fatal(err)
	}
}
