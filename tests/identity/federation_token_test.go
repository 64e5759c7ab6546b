package identity

import (
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	ststypes "github.com/aws/aws-sdk-go-v2/service/sts/types"
)

// STS API Reference, GetFederationToken; IAM User Guide, "Permissions for GetFederationToken".

// federate asks for a federation token for Bob with that session policy, if there are statements.
func federate(t *testing.T, by aws.Credentials, statements ...string) aws.Credentials {
	t.Helper()
	in := &sts.GetFederationTokenInput{Name: aws.String("Bob")}
	if len(statements) > 0 {
		in.Policy = aws.String(doc(statements...))
	}
	out, err := stsOf(by).GetFederationToken(t.Context(), in)
	must(t, "get federation token", err)
	return temporary(t, out.Credentials)
}

const bob = "arn:aws:sts::" + account + ":federated-user/Bob"

func TestFederatedUser(t *testing.T) {
	t.Parallel()
	u := user(t, "user", allow("sts:GetFederationToken", "*"))
	before := time.Now()
	out, err := stsOf(u.creds).GetFederationToken(t.Context(), &sts.GetFederationTokenInput{
		Name: aws.String("Bob"), Policy: aws.String(doc(allow("dynamodb:ListTables", "*"))),
	})
	must(t, "get federation token", err)
	if got := aws.ToString(out.FederatedUser.Arn); got != bob {
		t.Errorf("ARN %s, want %s", got, bob)
	}
	if got, want := aws.ToString(out.FederatedUser.FederatedUserId), account+":Bob"; got != want {
		t.Errorf("id %s, want %s", got, want)
	}
	packed(t, out.PackedPolicySize) //lint:ignore SA1019 programs still read it
	expires(t, "the default", *out.Credentials.Expiration, before, 12*time.Hour)
	if got := whoami(t, temporary(t, out.Credentials)); got != bob {
		t.Errorf("the credentials are of %s, want %s", got, bob)
	}
}

func TestFederationTokenPermission(t *testing.T) {
	t.Parallel()
	get := func(u person, name string) error {
		_, err := stsOf(u.creds).GetFederationToken(t.Context(), &sts.GetFederationTokenInput{Name: &name})
		return err
	}
	none := user(t, "none")
	denied(t, "without a policy", get(none, "Bob"), "User: "+none.arn+" is not authorized to perform: sts:GetFederationToken on resource: "+bob)
	onlyBob := user(t, "only-bob", allow("sts:GetFederationToken", bob))
	works(t, "the name that the policy has", get(onlyBob, "Bob"))
	denied(t, "another name", get(onlyBob, "Susan"))
}

func TestFederationTokenParameters(t *testing.T) {
	t.Parallel()
	u := user(t, "user", allow("sts:GetFederationToken sts:TagSession", "*"))
	type in = sts.GetFederationTokenInput
	get := func(change func(*in)) (*sts.GetFederationTokenOutput, error) {
		i := &in{Name: aws.String("Bob")}
		change(i)
		return stsOf(u.creds).GetFederationToken(t.Context(), i)
	}
	for _, name := range []string{"Al", strings.Repeat("a", 32), "A_z0+=,.@-"} {
		_, err := get(func(i *in) { i.Name = &name })
		works(t, name, err)
	}
	for _, c := range []struct {
		name   string
		change func(*in)
		code   string
		text   string
	}{
		{"name of one character", func(i *in) { i.Name = aws.String("B") }, "ValidationError",
			"1 validation error detected: Value 'B' at 'name' failed to satisfy constraint: Member must have length greater than or equal to 2"},
		{"name of 33", func(i *in) { i.Name = aws.String(strings.Repeat("a", 33)) }, "ValidationError",
			"at 'name' failed to satisfy constraint: Member must have length less than or equal to 32"},
		{"name with a space", func(i *in) { i.Name = aws.String("B b") }, "ValidationError",
			`Value 'B b' at 'name' failed to satisfy constraint: Member must satisfy regular expression pattern: [\w+=,.@-]*`},
		{"duration too short", func(i *in) { i.DurationSeconds = aws.Int32(899) }, "ValidationError", "'durationSeconds' failed to satisfy constraint: Member must have value greater than or equal to 900"},
		{"duration too long", func(i *in) { i.DurationSeconds = aws.Int32(129601) }, "ValidationError", "'durationSeconds' failed to satisfy constraint: Member must have value less than or equal to 129600"},
		{"policy that is no JSON", func(i *in) { i.Policy = aws.String("{") }, "MalformedPolicyDocument", ""},
		{"policy that is too long", func(i *in) { i.Policy = aws.String(doc(allow("s3:"+strings.Repeat("x", 2048), "*"))) }, "ValidationError",
			"at 'policy' failed to satisfy constraint: Member must have length less than or equal to 2048"},
	} {
		_, err := get(c.change)
		fails(t, c.name, err, 400, c.code, c.text)
	}
	for _, seconds := range []int32{900, 129600} {
		before := time.Now()
		out, err := get(func(i *in) { i.DurationSeconds = &seconds })
		must(t, "get federation token", err)
		expires(t, "federation token", *out.Credentials.Expiration, before, time.Duration(seconds)*time.Second)
	}
}

// A federated user may do what both the user and the session policy allow, and nothing without a session policy.
func TestFederatedPermissions(t *testing.T) {
	t.Parallel()
	u := user(t, "user", allow("sts:GetFederationToken dynamodb:ListTables", "*"))
	works(t, "both allow", listTables(t, federate(t, u.creds, allow("dynamodb:ListTables", "*"))))
	deniedData(t, "only the session policy allows", describeLimits(t, federate(t, u.creds, everything)), "User: "+bob+" is not authorized to perform: dynamodb:DescribeLimits")
	deniedData(t, "only the user's policy allows", listTables(t, federate(t, u.creds, allow("s3:*", "*"))), "because no session policy allows the dynamodb:ListTables action")
	deniedData(t, "no session policy", listTables(t, federate(t, u.creds)))
	deniedData(t, "the session policy denies", listTables(t, federate(t, u.creds, everything, deny("dynamodb:ListTables", "*"))), "with an explicit deny in a session policy")

	out, err := stsOf(u.creds).GetFederationToken(t.Context(), &sts.GetFederationTokenInput{
		Name: aws.String("Bob"), PolicyArns: []ststypes.PolicyDescriptorType{{Arn: aws.String(managed(t, "tables", allow("dynamodb:ListTables", "*")))}},
	})
	must(t, "with a managed session policy", err)
	works(t, "a managed session policy", listTables(t, temporary(t, out.Credentials)))

	s := federate(t, u.creds, everything)
	u.may(t, admin(), "own", allow("dynamodb:DescribeLimits", "*"))
	works(t, "what the user may now", describeLimits(t, s))
	deniedData(t, "what the user may no more", listTables(t, s))

	boundary := managed(t, "boundary", allow("dynamodb:ListTables", "*"))
	_, err = admin().PutUserPermissionsBoundary(t.Context(), &iam.PutUserPermissionsBoundaryInput{UserName: &u.name, PermissionsBoundary: &boundary})
	must(t, "put boundary", err)
	deniedData(t, "the user's boundary does not allow it", describeLimits(t, s))
}

// They can't call IAM, and of STS GetCallerIdentity alone.
func TestFederatedLimits(t *testing.T) {
	t.Parallel()
	u := user(t, "user", everything)
	r := role(t, "role", trust(root), everything)
	s := federate(t, u.creds, everything)
	works(t, "DynamoDB", listTables(t, s))
	fails(t, "IAM", listUsers(t, s), 403, "InvalidClientTokenId", "The security token included in the request is invalid")
	_, err := stsOf(s).GetSessionToken(t.Context(), &sts.GetSessionTokenInput{})
	denied(t, "GetSessionToken", err, "Cannot call GetSessionToken with session credentials")
	_, err = stsOf(s).GetFederationToken(t.Context(), &sts.GetFederationTokenInput{Name: aws.String("Susan")})
	denied(t, "GetFederationToken", err, "Cannot call GetFederationToken with session credentials")
	_, err = assume(t, s, r.arn)
	if got := answered(err); got.status != 403 {
		t.Errorf("AssumeRole: %v, want status 403", err)
	}
}

// Conditions see the federated user: aws:userid is account:name, and there is no aws:username.
func TestFederatedConditions(t *testing.T) {
	t.Parallel()
	u := user(t, "user", allow("sts:GetFederationToken sts:TagSession", "*"),
		statement("Allow", "dynamodb:ListTables", "*", `{"StringEquals":{"aws:userid":"`+account+`:Bob"},"Null":{"aws:username":"true"}}`),
		statement("Allow", "dynamodb:DescribeLimits", "*", `{"StringEquals":{"aws:PrincipalTag/Department":"Engineering"}}`))
	works(t, "userid", listTables(t, federate(t, u.creds, everything)))
	deniedData(t, "no tag", describeLimits(t, federate(t, u.creds, everything)))
	get := func(by person) (*sts.GetFederationTokenOutput, error) {
		return stsOf(by.creds).GetFederationToken(t.Context(), &sts.GetFederationTokenInput{
			Name: aws.String("Bob"), Policy: aws.String(doc(everything)), Tags: tags("Department=Engineering"),
		})
	}
	out, err := get(u)
	must(t, "with a tag", err)
	works(t, "session tag", describeLimits(t, temporary(t, out.Credentials)))
	other := user(t, "other", allow("sts:GetFederationToken", "*"))
	_, err = get(other)
	denied(t, "without permission to tag", err, "User: "+other.arn+" is not authorized to perform: sts:TagSession")
}
