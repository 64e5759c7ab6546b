package identity

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/organizations"
	orgtypes "github.com/aws/aws-sdk-go-v2/service/organizations/types"
	"github.com/aws/aws-sdk-go-v2/service/sts"
)

// AWS Organizations API Reference, CreateAccount; IAM User Guide, "IAM tutorial: Delegate access across AWS accounts
// using IAM roles", "Cross-account policy evaluation logic", "Access to AWS accounts owned by third parties".

func orgs(c aws.Credentials) *organizations.Client { return organizations.NewFromConfig(config(c)) }

// member is an account beside the first one.
type member struct {
	id    string
	admin aws.Credentials // of OrganizationAccountAccessRole
}

// newAccount makes an account and goes into it as AWS says: through the role that the first account may assume.
func newAccount(t *testing.T) member {
	t.Helper()
	o := orgs(site.admin)
	name := named(t, "account")
	out, err := o.CreateAccount(t.Context(), &organizations.CreateAccountInput{AccountName: &name, Email: aws.String(name + "@example.com")})
	must(t, "create account", err)
	status := out.CreateAccountStatus
	for deadline := time.Now().Add(5 * time.Second); status.State == orgtypes.CreateAccountStateInProgress && time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		again, err := o.DescribeCreateAccountStatus(t.Context(), &organizations.DescribeCreateAccountStatusInput{CreateAccountRequestId: status.Id})
		must(t, "describe create account status", err)
		status = again.CreateAccountStatus
	}
	if status.State != orgtypes.CreateAccountStateSucceeded || status.AccountId == nil {
		t.Fatalf("account %s: %s %s", name, status.State, status.FailureReason)
	}
	return member{*status.AccountId, session(t, site.admin, "arn:aws:iam::"+*status.AccountId+":role/OrganizationAccountAccessRole")}
}

// role makes a role in the account with that trust and inline policy.
func (m member) role(t *testing.T, name, trustStatement string, statements ...string) part {
	t.Helper()
	name = named(t, name)
	out, err := iamOf(m.admin).CreateRole(t.Context(), &iam.CreateRoleInput{RoleName: &name, AssumeRolePolicyDocument: aws.String(doc(trustStatement))})
	must(t, "create role", err)
	if len(statements) > 0 {
		_, err = iamOf(m.admin).PutRolePolicy(t.Context(), &iam.PutRolePolicyInput{RoleName: &name, PolicyName: aws.String("own"), PolicyDocument: aws.String(doc(statements...))})
		must(t, "put role policy", err)
	}
	return part{name, *out.Role.Arn, *out.Role.RoleId}
}

// trusts replaces a role's trust policy.
func (m member) trusts(t *testing.T, r part, statements ...string) {
	t.Helper()
	_, err := iamOf(m.admin).UpdateAssumeRolePolicy(t.Context(), &iam.UpdateAssumeRolePolicyInput{RoleName: &r.name, PolicyDocument: aws.String(doc(statements...))})
	must(t, "update trust policy", err)
}

func TestCreateAccount(t *testing.T) {
	t.Parallel()
	o := orgs(site.admin)
	name := named(t, "dev")
	out, err := o.CreateAccount(t.Context(), &organizations.CreateAccountInput{AccountName: &name, Email: aws.String(name + "@example.com")})
	must(t, "create account", err)
	if s := out.CreateAccountStatus; !regexp.MustCompile(`^car-[a-z0-9]{8,32}$`).MatchString(aws.ToString(s.Id)) || aws.ToString(s.AccountName) != name || s.RequestedTimestamp == nil {
		t.Errorf("status %+v", s)
	}
	m := newAccount(t)
	if !regexp.MustCompile(`^\d{12}$`).MatchString(m.id) || m.id == account {
		t.Errorf("account %s", m.id)
	}
	got, err := o.DescribeAccount(t.Context(), &organizations.DescribeAccountInput{AccountId: &m.id})
	must(t, "describe account", err)
	if a := got.Account; *a.Id != m.id || aws.ToString(a.Name) != named(t, "account") || aws.ToString(a.Email) != named(t, "account")+"@example.com" ||
		a.Status != orgtypes.AccountStatusActive || a.JoinedMethod != orgtypes.AccountJoinedMethodCreated || !strings.HasSuffix(aws.ToString(a.Arn), "/"+m.id) {
		t.Errorf("account %+v", a)
	}
	found := map[string]bool{}
	for pages := organizations.NewListAccountsPaginator(o, &organizations.ListAccountsInput{MaxResults: aws.Int32(2)}); pages.HasMorePages(); {
		page, err := pages.NextPage(t.Context())
		must(t, "list accounts", err)
		for _, a := range page.Accounts {
			found[*a.Id] = true
		}
	}
	if !found[account] || !found[m.id] {
		t.Errorf("accounts %v, want %s and %s", found, account, m.id)
	}
	_, err = o.DescribeAccount(t.Context(), &organizations.DescribeAccountInput{AccountId: aws.String("999999999999")})
	fails(t, "no such account", err, 400, "AccountNotFoundException")
	_, err = o.DescribeCreateAccountStatus(t.Context(), &organizations.DescribeCreateAccountStatusInput{CreateAccountRequestId: aws.String("car-examplecreateaccountrequestid")})
	fails(t, "no such request", err, 400, "CreateAccountStatusNotFoundException")
	u := user(t, "user")
	_, err = orgs(u.creds).CreateAccount(t.Context(), &organizations.CreateAccountInput{AccountName: &name, Email: aws.String("x@example.com")})
	deniedData(t, "without permission", err, "User: "+u.arn+" is not authorized to perform: organizations:CreateAccount")
	_, err = orgs(u.creds).ListAccounts(t.Context(), &organizations.ListAccountsInput{})
	deniedData(t, "without permission", err)
}

func TestAccountsAreApart(t *testing.T) {
	t.Parallel()
	m := newAccount(t)
	if got, want := whoami(t, m.admin), "arn:aws:sts::"+m.id+":assumed-role/OrganizationAccountAccessRole/session"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	// Names are the account's own.
	here := user(t, "alice")
	there := userIn(t, iamOf(m.admin), here.name, everything)
	if want := "arn:aws:iam::" + m.id + ":user/" + here.name; there.arn != want || there.id == here.id {
		t.Errorf("%s %s, want %s", there.arn, there.id, want)
	}
	name := table(t, "table")
	_, err := dynamo(m.admin).DescribeTable(t.Context(), &dynamodb.DescribeTableInput{TableName: &name})
	fails(t, "a table of the first account", err, 400, "ResourceNotFoundException")
	arn := "arn:aws:dynamodb:" + region + ":" + account + ":table/" + name
	_, err = dynamo(there.creds).DescribeTable(t.Context(), &dynamodb.DescribeTableInput{TableName: &arn})
	deniedData(t, "a table of the first account by its ARN", err)
	_, err = iamOf(m.admin).GetRole(t.Context(), &iam.GetRoleInput{RoleName: aws.String(role(t, "role", trust(root)).name)})
	fails(t, "a role of the first account", err, 404, "NoSuchEntity")

	info, err := stsOf(site.admin).GetAccessKeyInfo(t.Context(), &sts.GetAccessKeyInfoInput{AccessKeyId: &there.creds.AccessKeyID})
	if err != nil || aws.ToString(info.Account) != m.id {
		t.Errorf("the key is of %+v, error %v", info, err)
	}
	// Only who may assume roles in the first account gets in.
	u := user(t, "user")
	_, err = assume(t, u.creds, "arn:aws:iam::"+m.id+":role/OrganizationAccountAccessRole")
	denied(t, "a user without a policy", err, noAssume(u.arn, "arn:aws:iam::"+m.id+":role/OrganizationAccountAccessRole"))
	other := newAccountNamed(t, "other")
	_, err = assume(t, other.admin, "arn:aws:iam::"+m.id+":role/OrganizationAccountAccessRole")
	denied(t, "an administrator of a third account", err)
}

// newAccountNamed is newAccount for a test that needs more than one.
func newAccountNamed(t *testing.T, name string) member {
	t.Helper()
	var m member
	t.Run(name, func(t *testing.T) { m = newAccount(t) })
	if m.id == "" {
		t.FailNow()
	}
	return m
}

// Across accounts the trust policy and the user's policy must both allow it, even if the trust policy names the user.
// The accounts of a server are one organization, as policies see it, and a closed one is out of reach.
func TestOrganization(t *testing.T) {
	t.Parallel()
	out, err := orgs(site.admin).DescribeOrganization(t.Context(), &organizations.DescribeOrganizationInput{})
	must(t, "describe the organization", err)
	only := func(id string) string {
		return statement("Allow", "dynamodb:ListTables", "*", `{"StringEquals":{"aws:PrincipalOrgID":"`+id+`"}}`)
	}
	m := newAccount(t)
	works(t, "a member", listTables(t, userIn(t, iamOf(m.admin), named(t, "in"), only(*out.Organization.Id)).creds))
	deniedData(t, "another organization", listTables(t, userIn(t, iamOf(m.admin), named(t, "out"), only("o-another1234")).creds))

	u := userIn(t, iamOf(m.admin), named(t, "last"), everything)
	_, err = orgs(site.admin).CloseAccount(t.Context(), &organizations.CloseAccountInput{AccountId: &m.id})
	must(t, "close the account", err)
	if err := listTables(t, u.creds); answered(err).code != "UnrecognizedClientException" {
		t.Errorf("a key of a closed account: %v", err)
	}
	if err := listTables(t, m.admin); answered(err).code != "UnrecognizedClientException" {
		t.Errorf("a session of a closed account: %v", err)
	}
	_, err = assume(t, site.admin, "arn:aws:iam::"+m.id+":role/OrganizationAccountAccessRole")
	denied(t, "a role of a closed account", err)
}

func TestCrossAccountTrust(t *testing.T) {
	t.Parallel()
	m := newAccount(t)
	able, unable := user(t, "able", allow("sts:AssumeRole", "*")), user(t, "unable")
	forbidden := user(t, "forbidden", allow("sts:AssumeRole", "*"), deny("sts:AssumeRole", "arn:aws:iam::"+m.id+":role/*"))
	bounded := user(t, "bounded", allow("sts:AssumeRole", "*"))
	_, err := admin().PutUserPermissionsBoundary(t.Context(), &iam.PutUserPermissionsBoundaryInput{
		UserName: &bounded.name, PermissionsBoundary: aws.String(managed(t, "boundary", allow("dynamodb:*", "*"))),
	})
	must(t, "put boundary", err)
	for i, c := range []struct {
		name, trust string
		by          person
		ok          bool
	}{
		{"account, with a policy", trust(root), able, true},
		{"account, without a policy", trust(root), unable, false},
		{"account, policy denies", trust(root), forbidden, false},
		{"account, boundary does not allow", trust(root), bounded, false},
		{"user, with a policy", trust(able.arn), able, true},
		{"user, without a policy", trust(unable.arn), unable, false},
		{"user, boundary does not allow", trust(bounded.arn), bounded, false},
		{"another user", trust(unable.arn), able, false},
		{"the role's own account", trust("arn:aws:iam::" + m.id + ":root"), able, false},
		{"everybody of the account", trusting("Allow", "*", "sts:AssumeRole", `{"StringEquals":{"aws:PrincipalAccount":"`+account+`"}}`), able, true},
		{"everybody of another account", trusting("Allow", "*", "sts:AssumeRole", `{"StringEquals":{"aws:PrincipalAccount":"`+m.id+`"}}`), able, false},
	} {
		r := m.role(t, fmt.Sprint("role", i), c.trust)
		_, err := assume(t, c.by.creds, r.arn)
		if c.ok {
			works(t, c.name, err)
		} else {
			denied(t, c.name, err, noAssume(c.by.arn, r.arn))
		}
	}
}

// The tutorial: developers of the Originating account update what is in the Production account, analysts can't.
func TestDelegateAcrossAccounts(t *testing.T) {
	t.Parallel()
	production := newAccount(t)
	name := named(t, "productionapp")
	_, err := dynamo(production.admin).CreateTable(t.Context(), tableOf(name))
	must(t, "create table", err)
	updateApp := production.role(t, "UpdateApp", trust(root),
		allow("dynamodb:ListTables", "*"), allow("dynamodb:GetItem dynamodb:PutItem dynamodb:DeleteItem", "arn:aws:dynamodb:*:"+production.id+":table/"+name))

	david, marcos, theresa := user(t, "David"), user(t, "Marcos"), user(t, "Theresa")
	david.may(t, admin(), "allow-assume-role-in-production", allow("sts:AssumeRole", updateApp.arn))
	theresa.may(t, admin(), "power-user", everything)
	theresa.may(t, admin(), "deny-assume-role-in-production", deny("sts:AssumeRole", updateApp.arn))

	s := session(t, david.creds, updateApp.arn, func(in *sts.AssumeRoleInput) { in.RoleSessionName = aws.String("David") })
	if got, want := whoami(t, s), "arn:aws:sts::"+production.id+":assumed-role/"+updateApp.name+"/David"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	list, err := dynamo(s).ListTables(t.Context(), &dynamodb.ListTablesInput{})
	if err != nil || len(list.TableNames) != 1 || list.TableNames[0] != name {
		t.Errorf("tables %+v, error %v", list, err)
	}
	_, err = dynamo(s).PutItem(t.Context(), &dynamodb.PutItemInput{TableName: &name, Item: item("1")})
	works(t, "update", err)
	_, err = dynamo(s).Scan(t.Context(), &dynamodb.ScanInput{TableName: &name})
	deniedData(t, "what the role does not allow", err)
	for who, u := range map[string]person{"Marcos has no policy": marcos, "Theresa's policy denies": theresa} {
		_, err = assume(t, u.creds, updateApp.arn)
		denied(t, who, err, noAssume(u.arn, updateApp.arn))
	}
	deniedData(t, "David's own key", listTables(t, david.creds))
	works(t, "Theresa's own key", listTables(t, theresa.creds))
}

// A third party must say the id that its customer gave it.
func TestThirdPartyExternalID(t *testing.T) {
	t.Parallel()
	customer := newAccount(t)
	exampleCorp := user(t, "example-corp", allow("sts:AssumeRole", "*"))
	r := customer.role(t, "role", trusting("Allow", root, "sts:AssumeRole", `{"StringEquals":{"sts:ExternalId":"12345"}}`))
	for id, ok := range map[string]bool{"12345": true, "67890": false} {
		_, err := assume(t, exampleCorp.creds, r.arn, func(in *sts.AssumeRoleInput) { in.ExternalId = &id })
		if ok {
			works(t, id, err)
		} else {
			denied(t, id, err, noAssume(exampleCorp.arn, r.arn))
		}
	}
}

// Chains may cross accounts, and trust in a principal of another account that is deleted stays with its id.
func TestCrossAccountChainAndDeletedUser(t *testing.T) {
	t.Parallel()
	m := newAccount(t)
	u := user(t, "user", allow("sts:AssumeRole", "*"))
	there := m.role(t, "there", trust(u.arn), allow("sts:AssumeRole", "*"))
	back := role(t, "back", trust(there.arn), allow("dynamodb:ListTables", "*"))
	works(t, "there and back", listTables(t, session(t, session(t, u.creds, there.arn), back.arn)))

	removeUser(t, u)
	got, err := iamOf(m.admin).GetRole(t.Context(), &iam.GetRoleInput{RoleName: &there.name})
	must(t, "get role", err)
	if text := unescaped(t, *got.Role.AssumeRolePolicyDocument); !strings.Contains(text, u.id) || strings.Contains(text, u.arn) {
		t.Errorf("trust policy %s, want %s in it", text, u.id)
	}
	again := user(t, "user", allow("sts:AssumeRole", "*"))
	_, err = assume(t, again.creds, there.arn)
	denied(t, "a new user of that name", err, noAssume(again.arn, there.arn))
	m.trusts(t, there, trust(again.arn))
	session(t, again.creds, there.arn)
}
