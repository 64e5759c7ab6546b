package identity

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	ststypes "github.com/aws/aws-sdk-go-v2/service/sts/types"
)

// IAM User Guide, "Session policies", "Permissions boundaries for IAM entities", "Policy evaluation logic", and
// "Troubleshoot access denied error messages": an action needs an allow of each type of policy that is there, and one
// explicit deny of any of them refuses it.

func inline(statements ...string) func(*sts.AssumeRoleInput) {
	return func(in *sts.AssumeRoleInput) { in.Policy = aws.String(doc(statements...)) }
}

func policies(arns ...string) func(*sts.AssumeRoleInput) {
	return func(in *sts.AssumeRoleInput) {
		for _, arn := range arns {
			in.PolicyArns = append(in.PolicyArns, ststypes.PolicyDescriptorType{Arn: &arn})
		}
	}
}

func TestSessionPoliciesIntersect(t *testing.T) {
	t.Parallel()
	u := user(t, "user")
	r := role(t, "role", trust(u.arn), allow("dynamodb:ListTables dynamodb:DescribeLimits iam:ListUsers", "*"))
	limits, users := managed(t, "limits", allow("dynamodb:DescribeLimits", "*")), managed(t, "users", allow("iam:ListUsers", "*"))
	for _, c := range []struct {
		name                  string
		change                []func(*sts.AssumeRoleInput)
		tables, limits, users bool
	}{
		{"none", nil, true, true, true},
		{"inline", []func(*sts.AssumeRoleInput){inline(allow("dynamodb:ListTables", "*"))}, true, false, false},
		{"inline that allows more than the role", []func(*sts.AssumeRoleInput){inline(everything)}, true, true, true},
		{"inline that allows something else", []func(*sts.AssumeRoleInput){inline(allow("s3:*", "*"))}, false, false, false},
		{"inline that denies", []func(*sts.AssumeRoleInput){inline(everything, deny("iam:*", "*"))}, true, true, false},
		{"managed", []func(*sts.AssumeRoleInput){policies(limits)}, false, true, false},
		{"two managed", []func(*sts.AssumeRoleInput){policies(limits, users)}, false, true, true},
		{"AWS managed", []func(*sts.AssumeRoleInput){policies("arn:aws:iam::aws:policy/AmazonDynamoDBReadOnlyAccess")}, true, true, false},
		// The inline and the managed session policies are taken together.
		{"both", []func(*sts.AssumeRoleInput){inline(allow("dynamodb:ListTables", "*")), policies(users)}, true, false, true},
		{"both, the inline denies", []func(*sts.AssumeRoleInput){inline(deny("iam:*", "*")), policies(limits, users)}, false, true, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := session(t, u.creds, r.arn, c.change...)
			for _, try := range []struct {
				what string
				ok   bool
				err  error
			}{{"list tables", c.tables, listTables(t, s)}, {"describe limits", c.limits, describeLimits(t, s)}, {"list users", c.users, listUsers(t, s)}} {
				switch {
				case try.ok:
					works(t, try.what, try.err)
				case try.what == "list users":
					denied(t, try.what, try.err, "is not authorized to perform: iam:ListUsers")
				default:
					deniedData(t, try.what, try.err, "is not authorized to perform: dynamodb:")
				}
			}
		})
	}
}

// A session policy gives nothing that the role does not have.
func TestSessionPolicyDoesNotGrant(t *testing.T) {
	t.Parallel()
	u := user(t, "user")
	r := role(t, "role", trust(u.arn), allow("dynamodb:ListTables", "*"))
	s := session(t, u.creds, r.arn, inline(everything))
	works(t, "what the role may", listTables(t, s))
	denied(t, "what only the session policy allows", listUsers(t, s), "because no identity-based policy allows the iam:ListUsers action")
	deniedData(t, "what only the session policy allows", describeLimits(t, s))
}

func TestManagedSessionPolicyMustExist(t *testing.T) {
	t.Parallel()
	u := user(t, "user")
	r := role(t, "role", trust(u.arn), everything)
	for _, arn := range []string{
		"arn:aws:iam::" + account + ":policy/nobody-made-this",
		"arn:aws:iam::aws:policy/nobody-made-this",
		"arn:aws:iam::999999999999:policy/of-another-account",
	} {
		_, err := assume(t, u.creds, r.arn, policies(arn))
		if a := answered(err); a.status/100 != 4 {
			t.Errorf("%s: %v, want an error of the client's", arn, err)
		}
	}
	arn := managed(t, "policy", allow("dynamodb:ListTables", "*"))
	s := session(t, u.creds, r.arn, policies(arn))
	works(t, "list tables", listTables(t, s))
	denied(t, "list users", listUsers(t, s))
}

// Variables in session policies are the session's own.
func TestSessionPolicyVariables(t *testing.T) {
	t.Parallel()
	u := user(t, "user")
	r := role(t, "role", trust(u.arn), everything)
	s := session(t, u.creds, r.arn, inline(statement("Allow", "iam:ListUsers", "*", `{"StringEquals":{"aws:userid":"`+r.id+`:session"}}`),
		statement("Allow", "dynamodb:ListTables", "*", `{"StringLike":{"aws:userid":"*:another"}}`)))
	works(t, "userid of the session", listUsers(t, s))
	deniedData(t, "userid of another session", listTables(t, s))
}

// one deny in each type of policy, and the message that says which.
func TestDenyInEachPolicyType(t *testing.T) {
	t.Parallel()
	u := user(t, "user")
	none := allow("s3:*", "*")
	for _, c := range []struct {
		name                        string
		identity, boundary, session []string // boundary and session may be nil
		because                     string   // empty if it is allowed
	}{
		{"allowed by all", []string{everything}, []string{everything}, []string{everything}, ""},
		{"no identity policy", nil, nil, nil, "because no identity-based policy allows the dynamodb:ListTables action"},
		{"identity policy silent", []string{none}, []string{everything}, []string{everything}, "because no identity-based policy allows the dynamodb:ListTables action"},
		{"boundary silent", []string{everything}, []string{none}, nil, "because no permissions boundary allows the dynamodb:ListTables action"},
		{"session policy silent", []string{everything}, nil, []string{none}, "because no session policy allows the dynamodb:ListTables action"},
		{"identity policy denies", []string{everything, deny("dynamodb:*", "*")}, nil, nil, "with an explicit deny in an identity-based policy"},
		{"boundary denies", []string{everything}, []string{everything, deny("dynamodb:*", "*")}, nil, "with an explicit deny in a permissions boundary"},
		{"session policy denies", []string{everything}, nil, []string{everything, deny("dynamodb:*", "*")}, "with an explicit deny in a session policy"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := role(t, "role", trust(u.arn), c.identity...)
			if c.boundary != nil {
				_, err := admin().PutRolePermissionsBoundary(t.Context(), &iam.PutRolePermissionsBoundaryInput{
					RoleName: &r.name, PermissionsBoundary: aws.String(managed(t, "boundary", c.boundary...)),
				})
				must(t, "put boundary", err)
			}
			var change []func(*sts.AssumeRoleInput)
			if c.session != nil {
				change = append(change, inline(c.session...))
			}
			s := session(t, u.creds, r.arn, change...)
			err := listTables(t, s)
			if c.because == "" {
				works(t, "list tables", err)
				return
			}
			deniedData(t, "list tables", err, "User: arn:aws:sts::"+account+":assumed-role/"+r.name+"/session is not authorized to perform: dynamodb:ListTables", c.because)
		})
	}
}

func TestRoleWithBoundary(t *testing.T) {
	t.Parallel()
	u := user(t, "user")
	boundary := managed(t, "boundary", allow("dynamodb:*", "*"))
	r := roleWith(t, &iam.CreateRoleInput{
		RoleName: aws.String(named(t, "role")), AssumeRolePolicyDocument: aws.String(doc(trust(u.arn))), PermissionsBoundary: &boundary,
	}, allow("dynamodb:ListTables iam:ListUsers", "*"))
	s := session(t, u.creds, r.arn)
	works(t, "both allow", listTables(t, s))
	denied(t, "only the role allows", listUsers(t, s), "because no permissions boundary allows the iam:ListUsers action")
	deniedData(t, "only the boundary allows", describeLimits(t, s))

	_, err := admin().DeleteRolePermissionsBoundary(t.Context(), &iam.DeleteRolePermissionsBoundaryInput{RoleName: &r.name})
	must(t, "delete boundary", err)
	works(t, "without the boundary", listUsers(t, s))
}

// Denies on one table and not on another, in a session.
func TestSessionOnOneTable(t *testing.T) {
	t.Parallel()
	u := user(t, "user")
	mine, others := table(t, "mine"), table(t, "others")
	r := role(t, "role", trust(u.arn), allow("dynamodb:DescribeTable", "arn:aws:dynamodb:*:"+account+":table/*"))
	describe := func(c aws.Credentials, name string) error {
		_, err := dynamo(c).DescribeTable(t.Context(), &dynamodb.DescribeTableInput{TableName: &name})
		return err
	}
	s := session(t, u.creds, r.arn)
	works(t, "mine", describe(s, mine))
	works(t, "others", describe(s, others))
	s = session(t, u.creds, r.arn, inline(allow("dynamodb:*", "arn:aws:dynamodb:"+region+":"+account+":table/"+mine)))
	works(t, "mine", describe(s, mine))
	deniedData(t, "others", describe(s, others), "on resource: arn:aws:dynamodb:"+region+":"+account+":table/"+others,
		"because no session policy allows the dynamodb:DescribeTable action")
}

// Whoever may not have a session does not learn from its policies which policies an account has, be the role there or not.
func TestSessionPoliciesTellNothingToWhomIsRefused(t *testing.T) {
	t.Parallel()
	u := user(t, "user")
	r := role(t, "role", trust(user(t, "other").arn))
	there := managed(t, "secret", allow("dynamodb:ListTables", "*"))
	for _, roleARN := range []string{r.arn, "arn:aws:iam::" + account + ":role/nobody-made-this"} {
		for _, policyARN := range []string{there, there + "-not", "arn:aws:iam::aws:policy/NobodyMadeThis"} {
			in := &sts.AssumeRoleInput{RoleArn: &roleARN, RoleSessionName: aws.String("session")}
			policies(policyARN)(in)
			_, err := stsOf(u.creds).AssumeRole(t.Context(), in)
			denied(t, roleARN+" with "+policyARN, err, "sts:AssumeRole on resource: "+roleARN)
		}
	}
	_, err := stsOf(u.creds).GetFederationToken(t.Context(), &sts.GetFederationTokenInput{Name: aws.String("name"),
		PolicyArns: []ststypes.PolicyDescriptorType{{Arn: aws.String(there + "-not")}}})
	denied(t, "a federated user", err, "sts:GetFederationToken")
}
