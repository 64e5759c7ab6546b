package identity

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/statordb/stator/internal/kv"
)

const (
	arnOf      = "arn:aws:iam::" + account + ":"
	allowTable = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["dynamodb:*Table","dynamodb:GetItem"],"Resource":"*"},
		{"Effect":"Deny","Action":"dynamodb:DeleteTable","Resource":"*"}]}`
)

// accessed generates a report and reads it.
func accessed(t testing.TB, c *iam.Client, arn string, level types.AccessAdvisorUsageGranularityType) *iam.GetServiceLastAccessedDetailsOutput {
	t.Helper()
	job := must[*iam.GenerateServiceLastAccessedDetailsOutput](t)(c.GenerateServiceLastAccessedDetails(t.Context(),
		&iam.GenerateServiceLastAccessedDetailsInput{Arn: &arn, Granularity: level})).JobId
	out := must[*iam.GetServiceLastAccessedDetailsOutput](t)(c.GetServiceLastAccessedDetails(t.Context(), &iam.GetServiceLastAccessedDetailsInput{JobId: job}))
	if out.JobStatus != types.JobStatusTypeCompleted || out.JobCreationDate == nil || out.JobCompletionDate == nil {
		t.Errorf("%+v", out)
	}
	return out
}

// lines shows a report: namespace, how many entities, the last of them, when after noon, and where from.
func lines(list []types.ServiceLastAccessed) string {
	var text []string
	for _, s := range list {
		line := *s.ServiceNamespace + " " + strconv.Itoa(int(*s.TotalAuthenticatedEntities))
		if s.LastAuthenticated != nil {
			line += " " + strings.TrimPrefix(*s.LastAuthenticatedEntity, arnOf) + " " + s.LastAuthenticated.Sub(noon).String() + " " + *s.LastAuthenticatedRegion
		}
		text = append(text, line)
	}
	return strings.Join(text, "; ")
}

func TestServiceLastAccessed(t *testing.T) {
	c, d, _, now := adminAt(t, memory(t))
	ctx := t.Context()
	bob, _ := newUser(t, c, d.s, "Bob")
	cy, _ := newUser(t, c, d.s, "Cy")
	ok(t)(c.CreateGroup(ctx, &iam.CreateGroupInput{GroupName: aws.String("Readers"), Path: aws.String("/x/")}))
	for _, name := range []string{"Bob", "Cy"} {
		ok(t)(c.AddUserToGroup(ctx, &iam.AddUserToGroupInput{GroupName: aws.String("Readers"), UserName: &name}))
	}
	r := must[*iam.CreateRoleOutput](t)(c.CreateRole(ctx, &iam.CreateRoleInput{RoleName: aws.String("App"), AssumeRolePolicyDocument: aws.String(trustRoot)})).Role
	table := must[*iam.CreatePolicyOutput](t)(c.CreatePolicy(ctx, &iam.CreatePolicyInput{PolicyName: aws.String("Tables"), PolicyDocument: aws.String(allowTable)})).Policy.Arn
	ok(t)(c.AttachGroupPolicy(ctx, &iam.AttachGroupPolicyInput{GroupName: aws.String("Readers"), PolicyArn: table}))
	ok(t)(c.AttachUserPolicy(ctx, &iam.AttachUserPolicyInput{UserName: aws.String("Bob"), PolicyArn: table}))
	ok(t)(c.AttachRolePolicy(ctx, &iam.AttachRolePolicyInput{RoleName: aws.String("App"), PolicyArn: table}))
	ok(t)(c.PutUserPolicy(ctx, &iam.PutUserPolicyInput{UserName: aws.String("Bob"), PolicyName: aws.String("all"),
		PolicyDocument: aws.String(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"},{"Effect":"Deny","Action":"sts:*","Resource":"*"}]}`)}))

	role := arnOf + "role/App"
	if got := lines(accessed(t, c, role, "").ServicesLastAccessed); got != "dynamodb 0" {
		t.Error(got)
	}
	bob.Use(ActivityOf("dynamodb", "UpdateTable"), "eu-west-1", now.now())
	flush(t, d.s)
	cy.Use(ActivityOf("dynamodb", "GetItem"), "eu-west-2", now.now().Add(time.Minute))
	bob.Use(ActivityOf("iam", "GetUser"), "us-east-1", now.now().Add(time.Hour))
	for arn, want := range map[string]string{
		arnOf + "user/Bob":                 "dynamodb 1 user/Bob 0s eu-west-1; iam 1 user/Bob 1h0m0s us-east-1",
		arnOf + "user/Cy":                  "dynamodb 1 user/Cy 1m0s eu-west-2",
		arnOf + "group/x/Readers":          "dynamodb 2 user/Cy 1m0s eu-west-2",
		*table:                             "dynamodb 2 user/Cy 1m0s eu-west-2",
		managedByAWS + "IAMReadOnlyAccess": "iam 0",
		arnOf + "group/Administrators":     "dynamodb 0; iam 1 user/Administrator 0s us-east-1; sts 0",
	} {
		if got := lines(accessed(t, c, arn, types.AccessAdvisorUsageGranularityTypeServiceLevel).ServicesLastAccessed); got != want {
			t.Errorf("%s:\ngot  %s\nwant %s", arn, got, want)
		}
	}
	assume(t, d.s, r, "one").Use(ActivityOf("dynamodb", "CreateTable"), "eu-west-3", now.now().Add(2*time.Minute))
	if got := lines(accessed(t, c, *table, "").ServicesLastAccessed); got != "dynamodb 3 role/App 2m0s eu-west-3" {
		t.Error(got)
	}

	// Actions: those that are granted, if one has been used; the data plane's are not there.
	out := accessed(t, c, role, types.AccessAdvisorUsageGranularityTypeActionLevel)
	if s := out.ServicesLastAccessed; out.JobType != types.AccessAdvisorUsageGranularityTypeActionLevel || *s[0].ServiceName != "Amazon DynamoDB" {
		t.Errorf("%+v", out)
	} else {
		var names []string
		for _, a := range s[0].TrackedActionsLastAccessed {
			names = append(names, *a.ActionName)
			if used := *a.ActionName == "CreateTable"; used != (a.LastAccessedTime != nil) || used && (*a.LastAccessedEntity != role || *a.LastAccessedRegion != "eu-west-3") {
				t.Errorf("%+v", a)
			}
		}
		if got := strings.Join(names, " "); got != "CreateGlobalTable CreateTable DescribeGlobalTable DescribeTable ImportTable UpdateGlobalTable UpdateTable" {
			t.Error(got)
		}
	}
	if s := accessed(t, c, arnOf+"user/Cy", types.AccessAdvisorUsageGranularityTypeActionLevel).ServicesLastAccessed[0]; s.TrackedActionsLastAccessed != nil {
		t.Errorf("%+v", s)
	}

	// The entities, the latest first, page by page.
	job := must[*iam.GenerateServiceLastAccessedDetailsOutput](t)(c.GenerateServiceLastAccessedDetails(ctx, &iam.GenerateServiceLastAccessedDetailsInput{Arn: table})).JobId
	ok(t)(c.CreateUser(ctx, &iam.CreateUserInput{UserName: aws.String("Dot"), Path: aws.String("/d/")}))
	ok(t)(c.AttachUserPolicy(ctx, &iam.AttachUserPolicyInput{UserName: aws.String("Dot"), PolicyArn: table}))
	var got []string
	in := &iam.GetServiceLastAccessedDetailsWithEntitiesInput{JobId: job, ServiceNamespace: aws.String("dynamodb"), MaxItems: aws.Int32(3)}
	for {
		out := must[*iam.GetServiceLastAccessedDetailsWithEntitiesOutput](t)(c.GetServiceLastAccessedDetailsWithEntities(ctx, in))
		for _, e := range out.EntityDetailsList {
			got = append(got, string(e.EntityInfo.Type)+" "+*e.EntityInfo.Path+*e.EntityInfo.Name+" "+strconv.FormatBool(e.LastAuthenticated != nil))
		}
		if in.Marker = out.Marker; !out.IsTruncated {
			break
		}
		got = append(got, "|")
	}
	if got := strings.Join(got, ", "); got != "ROLE /App true, USER /Cy true, USER /Bob true, |, USER /d/Dot false" {
		t.Error(got)
	}
	in = &iam.GetServiceLastAccessedDetailsWithEntitiesInput{JobId: job, ServiceNamespace: aws.String("iam")}
	if list := must[*iam.GetServiceLastAccessedDetailsWithEntitiesOutput](t)(c.GetServiceLastAccessedDetailsWithEntities(ctx, in)).EntityDetailsList; len(list) != 0 {
		t.Errorf("%+v", list)
	}
	admins := must[*iam.GenerateServiceLastAccessedDetailsOutput](t)(c.GenerateServiceLastAccessedDetails(ctx, &iam.GenerateServiceLastAccessedDetailsInput{Arn: aws.String(administratorAccess)})).JobId
	page := must[*iam.GetServiceLastAccessedDetailsOutput](t)(c.GetServiceLastAccessedDetails(ctx, &iam.GetServiceLastAccessedDetailsInput{JobId: admins, MaxItems: aws.Int32(2)}))
	rest := must[*iam.GetServiceLastAccessedDetailsOutput](t)(c.GetServiceLastAccessedDetails(ctx, &iam.GetServiceLastAccessedDetailsInput{JobId: admins, Marker: page.Marker}))
	if !page.IsTruncated || len(page.ServicesLastAccessed) != 2 || rest.IsTruncated || lines(rest.ServicesLastAccessed) != "sts 0" {
		t.Errorf("%+v %+v", page, rest)
	}
	now.pass(usePeriod + 2*time.Hour)
	if got := lines(accessed(t, c, *table, "").ServicesLastAccessed); got != "dynamodb 0" {
		t.Error(got)
	}
}

func TestAccessJobs(t *testing.T) {
	db := memory(t)
	c, d, _, now := adminAt(t, db)
	ctx := t.Context()
	_, key := newUser(t, c, d.s, "Bob")
	ok(t)(c.AttachUserPolicy(ctx, &iam.AttachUserPolicyInput{UserName: aws.String("Bob"), PolicyArn: aws.String(administratorAccess)}))
	bob := d.as(key.ID, key.Secret)
	generate := func(arn string) (any, error) {
		return c.GenerateServiceLastAccessedDetails(ctx, &iam.GenerateServiceLastAccessedDetailsInput{Arn: &arn})
	}
	fails(t, "NoSuchEntity: The user with name Eve cannot be found.")(generate(arnOf + "user/Eve"))
	fails(t, "NoSuchEntity: The user with name Bob cannot be found.")(generate(arnOf + "user/x/Bob"))
	fails(t, "NoSuchEntity: Policy "+arnOf+"policy/None was not found.")(generate(arnOf + "policy/None"))
	fails(t, "NoSuchEntity: Policy "+managedByAWS+"None was not found.")(generate(managedByAWS + "None"))
	for _, arn := range []string{arnOf + "root", arnOf + "instance-profile/Bob", "arn:aws:s3:::a-bucket-of-mine"} {
		fails(t, "InvalidInput: Invalid Entity Arn: "+arn+" does not clearly define entity type and name.")(generate(arn))
	}

	generation := func() (n uint64) {
		_ = db.View(ctx, func(r kv.Reader) (err error) {
			n, _, err = get[uint64](ctx, r, generationKey())
			return err
		})
		return n
	}
	before := generation()
	made := must[*iam.GenerateServiceLastAccessedDetailsOutput](t)(bob.GenerateServiceLastAccessedDetails(ctx, &iam.GenerateServiceLastAccessedDetailsInput{Arn: aws.String(arnOf + "user/Bob")}))
	if len(*made.JobId) != 36 || generation() != before {
		t.Error(*made.JobId, generation()-before)
	}
	read := func(c *iam.Client) (*iam.GetServiceLastAccessedDetailsOutput, error) {
		return c.GetServiceLastAccessedDetails(ctx, &iam.GetServiceLastAccessedDetailsInput{JobId: made.JobId})
	}
	gone := "NoSuchEntity: Job with ID " + *made.JobId + " cannot be found."
	fails(t, gone)(read(c)) // it is Bob's
	fails(t, gone)(c.GetServiceLastAccessedDetailsWithEntities(ctx, &iam.GetServiceLastAccessedDetailsWithEntitiesInput{JobId: made.JobId, ServiceNamespace: aws.String("iam")}))
	now.pass(accessLifetime - time.Second)
	ok(t)(read(bob))
	now.pass(time.Second)
	fails(t, gone)(read(bob))

	// Whoever is deleted leaves a report that fails.
	ok(t)(c.CreateUser(ctx, &iam.CreateUserInput{UserName: aws.String("Cy")}))
	cy := must[*iam.GenerateServiceLastAccessedDetailsOutput](t)(c.GenerateServiceLastAccessedDetails(ctx, &iam.GenerateServiceLastAccessedDetailsInput{Arn: aws.String(arnOf + "user/Cy")})).JobId
	ok(t)(c.DeleteUser(ctx, &iam.DeleteUserInput{UserName: aws.String("Cy")}))
	failed := must[*iam.GetServiceLastAccessedDetailsOutput](t)(c.GetServiceLastAccessedDetails(ctx, &iam.GetServiceLastAccessedDetailsInput{JobId: cy}))
	if failed.JobStatus != types.JobStatusTypeFailed || *failed.Error.Code != "NoSuchEntity" {
		t.Errorf("%+v", failed)
	}

	// Jobs that are over go, and the oldest of too many.
	jobs := func() (n int) {
		_ = db.View(ctx, func(r kv.Reader) (err error) {
			n, err = (&view{ctx: ctx, r: r}).count("access", account)
			return err
		})
		return n
	}
	if n := jobs(); n != 1 {
		t.Errorf("%d jobs", n)
	}
	err := db.Update(ctx, func(tx kv.Txn) error {
		for i := range maxAccessJobs + 150 {
			if err := put(tx, accessJobKey(account, newJobID(noon.Add(time.Duration(i)*time.Millisecond))), accessJob{Created: now.now(), Kind: userKind}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		ok(t)(generate(arnOf + "user/Bob"))
	}
	if n := jobs(); n != maxAccessJobs {
		t.Errorf("%d jobs", n)
	}
}

func TestListPoliciesGrantingServiceAccess(t *testing.T) {
	c, d, _, _ := adminAt(t, memory(t))
	ctx := t.Context()
	newUser(t, c, d.s, "Bob")
	ok(t)(c.CreateGroup(ctx, &iam.CreateGroupInput{GroupName: aws.String("Readers")}))
	ok(t)(c.AddUserToGroup(ctx, &iam.AddUserToGroupInput{GroupName: aws.String("Readers"), UserName: aws.String("Bob")}))
	ok(t)(c.PutGroupPolicy(ctx, &iam.PutGroupPolicyInput{GroupName: aws.String("Readers"), PolicyName: aws.String("get"), PolicyDocument: aws.String(allowGet)}))
	ok(t)(c.AttachUserPolicy(ctx, &iam.AttachUserPolicyInput{UserName: aws.String("Bob"), PolicyArn: aws.String(administratorAccess)}))
	ok(t)(c.PutUserPermissionsBoundary(ctx, &iam.PutUserPermissionsBoundaryInput{UserName: aws.String("Bob"), PermissionsBoundary: aws.String(managedByAWS + "ReadOnlyAccess")}))
	list := func(arn string) string {
		t.Helper()
		out := must[*iam.ListPoliciesGrantingServiceAccessOutput](t)(c.ListPoliciesGrantingServiceAccess(ctx,
			&iam.ListPoliciesGrantingServiceAccessInput{Arn: &arn, ServiceNamespaces: []string{"s3", "dynamodb"}}))
		var text []string
		for _, e := range out.PoliciesGrantingServiceAccess {
			line := *e.ServiceNamespace + ":"
			for _, p := range e.Policies {
				line += " " + string(p.PolicyType) + " " + *p.PolicyName
				if p.EntityName != nil {
					line += " of " + string(p.EntityType) + " " + *p.EntityName
				} else if *p.PolicyArn != administratorAccess {
					t.Error(*p.PolicyArn)
				}
			}
			text = append(text, line)
		}
		return strings.Join(text, "; ")
	}
	if got := list(arnOf + "user/Bob"); got != "dynamodb: MANAGED AdministratorAccess INLINE get of GROUP Readers; s3: MANAGED AdministratorAccess" {
		t.Error(got)
	}
	if got := list(arnOf + "group/Readers"); got != "dynamodb: INLINE get of GROUP Readers; s3:" {
		t.Error(got)
	}
	in := func(arn string) *iam.ListPoliciesGrantingServiceAccessInput {
		return &iam.ListPoliciesGrantingServiceAccessInput{Arn: &arn, ServiceNamespaces: []string{"s3"}}
	}
	fails(t, "NoSuchEntity: The role with name None cannot be found.")(c.ListPoliciesGrantingServiceAccess(ctx, in(arnOf+"role/None")))
	fails(t, "InvalidInput: Invalid Entity Arn: "+administratorAccess+" is of no user, group or role.")(c.ListPoliciesGrantingServiceAccess(ctx, in(administratorAccess)))
}
