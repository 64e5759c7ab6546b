package identity

import (
	"crypto/sha256"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	ststypes "github.com/aws/aws-sdk-go-v2/service/sts/types"
)

// STS API Reference, AssumeRole: what each parameter may be.

func lasting(seconds int32) func(*sts.AssumeRoleInput) {
	return func(in *sts.AssumeRoleInput) { in.DurationSeconds = &seconds }
}

func TestAssumeRoleDuration(t *testing.T) {
	t.Parallel()
	u := user(t, "user", allow("sts:AssumeRole", "*"))
	usual := role(t, "usual", trust(root)) // MaxSessionDuration is 3600
	long := roleWith(t, &iam.CreateRoleInput{
		RoleName: aws.String(named(t, "long")), AssumeRolePolicyDocument: aws.String(doc(trust(root))), MaxSessionDuration: aws.Int32(43200),
	})
	const beyond = "The requested DurationSeconds exceeds the MaxSessionDuration set for this role."
	for _, c := range []struct {
		role    part
		seconds int32
		message string // empty if it works
	}{
		{usual, 900, ""},
		{usual, 3600, ""},
		{usual, 3601, beyond},
		{usual, 43200, beyond},
		{long, 43200, ""},
		{long, 899, "1 validation error detected: Value '899' at 'durationSeconds' failed to satisfy constraint: Member must have value greater than or equal to 900"},
		{long, 0, "'durationSeconds' failed to satisfy constraint: Member must have value greater than or equal to 900"},
		{long, 43201, "1 validation error detected: Value '43201' at 'durationSeconds' failed to satisfy constraint: Member must have value less than or equal to 43200"},
	} {
		before := time.Now()
		out, err := assume(t, u.creds, c.role.arn, lasting(c.seconds))
		if c.message != "" {
			fails(t, c.role.name, err, 400, "ValidationError", c.message)
			continue
		}
		must(t, c.role.name, err)
		expires(t, c.role.name, *out.Credentials.Expiration, before, time.Duration(c.seconds)*time.Second)
	}

	// Without DurationSeconds it is an hour, whatever the role's maximum.
	before := time.Now()
	out, err := assume(t, u.creds, long.arn)
	must(t, "assume", err)
	expires(t, "the default", *out.Credentials.Expiration, before, time.Hour)

	// The maximum is what the role says when it is assumed.
	_, err = admin().UpdateRole(t.Context(), &iam.UpdateRoleInput{RoleName: &long.name, MaxSessionDuration: aws.Int32(7200)})
	must(t, "update role", err)
	session(t, u.creds, long.arn, lasting(7200))
	_, err = assume(t, u.creds, long.arn, lasting(7201))
	fails(t, "beyond the new maximum", err, 400, "ValidationError", beyond)
}

// Role chaining limits a session to one hour, whatever the second role's maximum is.
func TestChainedRoleDuration(t *testing.T) {
	t.Parallel()
	u := user(t, "user", allow("sts:AssumeRole sts:GetSessionToken", "*"))
	first := role(t, "first", trust(root), allow("sts:AssumeRole", "*"))
	second := roleWith(t, &iam.CreateRoleInput{
		RoleName: aws.String(named(t, "second")), AssumeRolePolicyDocument: aws.String(doc(trust(root))), MaxSessionDuration: aws.Int32(43200),
	})
	s := session(t, u.creds, first.arn)
	session(t, s, second.arn, lasting(3600))
	const message = "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining"
	_, err := assume(t, s, second.arn, lasting(3601))
	fails(t, "from a role", err, 400, "ValidationError", message)

	// Credentials of GetSessionToken are temporary too.
	out, err := stsOf(u.creds).GetSessionToken(t.Context(), &sts.GetSessionTokenInput{})
	must(t, "get session token", err)
	_, err = assume(t, temporary(t, out.Credentials), second.arn, lasting(7200))
	fails(t, "from a session token", err, 400, "ValidationError", message)
	session(t, u.creds, second.arn, lasting(7200))
}

func TestAssumeRoleValidation(t *testing.T) {
	t.Parallel()
	u := user(t, "user", allow("sts:AssumeRole sts:TagSession sts:SetSourceIdentity", "*"))
	r := role(t, "role", trusting("Allow", root, "sts:AssumeRole sts:TagSession sts:SetSourceIdentity", ""))
	many := make([]ststypes.PolicyDescriptorType, 11)
	for i := range many {
		many[i].Arn = aws.String("arn:aws:iam::aws:policy/ReadOnlyAccess")
	}
	type in = sts.AssumeRoleInput
	for _, c := range []struct {
		name   string
		change func(*in)
		code   string
		text   string
	}{
		{"session name of one character", func(i *in) { i.RoleSessionName = aws.String("a") }, "ValidationError",
			"1 validation error detected: Value 'a' at 'roleSessionName' failed to satisfy constraint: Member must have length greater than or equal to 2"},
		{"session name of 65", func(i *in) { i.RoleSessionName = aws.String(strings.Repeat("a", 65)) }, "ValidationError",
			"at 'roleSessionName' failed to satisfy constraint: Member must have length less than or equal to 64"},
		{"session name with a space", func(i *in) { i.RoleSessionName = aws.String("a b") }, "ValidationError",
			`Value 'a b' at 'roleSessionName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\w+=,.@-]*`},
		{"session name with a slash", func(i *in) { i.RoleSessionName = aws.String("a/b") }, "ValidationError", "'roleSessionName'"},
		{"role ARN too short", func(i *in) { i.RoleArn = aws.String("role") }, "ValidationError",
			"at 'roleArn' failed to satisfy constraint: Member must have length greater than or equal to 20"},
		{"role ARN that is none", func(i *in) { i.RoleArn = aws.String("not-an-arn-at-all-but-long-enough") }, "ValidationError", "not-an-arn-at-all-but-long-enough"},
		{"source identity of one character", func(i *in) { i.SourceIdentity = aws.String("x") }, "ValidationError", "'sourceIdentity'"},
		{"source identity with a space", func(i *in) { i.SourceIdentity = aws.String("x y") }, "ValidationError", "'sourceIdentity'"},
		{"token code of five digits", func(i *in) { i.TokenCode = aws.String("12345") }, "ValidationError", "'tokenCode'"},
		{"token code of letters", func(i *in) { i.TokenCode = aws.String("abcdef") }, "ValidationError", "'tokenCode'"},
		{"serial number too short", func(i *in) { i.SerialNumber = aws.String("12345678") }, "ValidationError", "'serialNumber'"},
		{"policy that is no JSON", func(i *in) { i.Policy = aws.String("{") }, "MalformedPolicyDocument", ""},
		{"policy that is none", func(i *in) { i.Policy = aws.String(`{"Version":"2012-10-17"}`) }, "MalformedPolicyDocument", ""},
		{"policy with a principal", func(i *in) { i.Policy = aws.String(doc(trust(root))) }, "MalformedPolicyDocument", ""},
		{"eleven managed policies", func(i *in) { i.PolicyArns = many }, "ValidationError", ""},
		{"51 tags", func(i *in) { i.Tags = make51() }, "ValidationError", "'tags'"},
		{"a tag key that is too long", func(i *in) { i.Tags = tags(strings.Repeat("k", 129) + "=v") }, "ValidationError", ".key'"},
		{"a tag value that is too long", func(i *in) { i.Tags = tags("k=" + strings.Repeat("v", 257)) }, "ValidationError", ".value'"},
	} {
		_, err := assume(t, u.creds, r.arn, c.change)
		fails(t, c.name, err, 400, c.code, c.text)
	}
	// The documentation gives 2,048 characters of plain text, and a packed size: either may say no first.
	_, err := assume(t, u.creds, r.arn, func(i *in) { i.Policy = aws.String(doc(allow("s3:"+strings.Repeat("x", 20480), "*"))) })
	if a := answered(err); a.status != 400 || a.code != "ValidationError" && a.code != "PackedPolicyTooLarge" {
		t.Errorf("a policy of 20 KB: %v", err)
	}
	for _, name := range []string{"ab", strings.Repeat("a", 64), "A_z0+=,.@-"} {
		session(t, u.creds, r.arn, func(i *in) { i.RoleSessionName = &name })
	}
}

func make51() []ststypes.Tag {
	var pairs []string
	for i := range 51 {
		pairs = append(pairs, strings.Repeat("k", i+1)+"=v")
	}
	return tags(pairs...)
}

// packed checks a PackedPolicySize.
func packed(t *testing.T, percent *int32) int32 {
	t.Helper()
	if percent == nil {
		t.Fatal("no packed size")
	}
	if *percent < 1 || *percent > 100 {
		t.Errorf("a packed size of %d %%", *percent)
	}
	return *percent
}

// Answers say how large the token is, and a request may ask for one that is larger.
func TestSessionTokenSize(t *testing.T) {
	t.Parallel()
	u := user(t, "user", allow("sts:GetFederationToken", "*"))
	r := role(t, "role", trust(u.arn), allow("dynamodb:ListTables", "*"))
	check := func(what string, token *string, size, percent *int32) {
		t.Helper()
		if size == nil || int(*size) != len(*token) || percent == nil || *percent < 0 || *percent > 100 {
			t.Errorf("%s: a token of %d bytes, size %v, utilization %v", what, len(*token), aws.ToInt32(size), aws.ToInt32(percent))
		}
	}
	out, err := assume(t, u.creds, r.arn)
	must(t, "assume", err)
	check("role", out.Credentials.SessionToken, out.SessionTokenSize, out.SessionTokenUtilization)
	plain, err := stsOf(u.creds).GetSessionToken(t.Context(), &sts.GetSessionTokenInput{})
	must(t, "get session token", err)
	check("session token", plain.Credentials.SessionToken, plain.SessionTokenSize, plain.SessionTokenUtilization)
	federated, err := stsOf(u.creds).GetFederationToken(t.Context(), &sts.GetFederationTokenInput{Name: aws.String("Bob")})
	must(t, "get federation token", err)
	check("federated", federated.Credentials.SessionToken, federated.SessionTokenSize, federated.SessionTokenUtilization)

	out, err = assume(t, u.creds, r.arn, func(in *sts.AssumeRoleInput) { in.MinimumSessionTokenSize = aws.Int32(4096) })
	must(t, "assume with a large token", err)
	check("large", out.Credentials.SessionToken, out.SessionTokenSize, out.SessionTokenUtilization)
	if n := len(*out.Credentials.SessionToken); n < 4096 {
		t.Errorf("a token of %d bytes, want at least 4096", n)
	}
	works(t, "the large token", listTables(t, temporary(t, out.Credentials)))
	_, err = assume(t, u.creds, r.arn, func(in *sts.AssumeRoleInput) { in.MinimumSessionTokenSize = aws.Int32(4097) })
	fails(t, "a size beyond the limit", err, 400, "ValidationError")
}

// Policies and tags are packed into the token, and PackedPolicySize says in percent how much of its room they take.
func TestPackedPolicySize(t *testing.T) {
	t.Parallel()
	u := user(t, "user", allow("sts:AssumeRole sts:TagSession", "*"))
	r := role(t, "role", trusting("Allow", root, "sts:AssumeRole sts:TagSession", ""))
	size := func(change func(*sts.AssumeRoleInput)) int32 {
		t.Helper()
		out, err := assume(t, u.creds, r.arn, change)
		must(t, "assume", err)
		return packed(t, out.PackedPolicySize) //lint:ignore SA1019 programs still read it
	}
	small := size(func(in *sts.AssumeRoleInput) { in.Policy = aws.String(doc(allow("dynamodb:ListTables", "*"))) })
	var many []string
	for _, action := range strings.Fields("GetItem PutItem Query Scan UpdateItem DeleteItem BatchGetItem BatchWriteItem DescribeTable") {
		many = append(many, allow("dynamodb:"+action, "arn:aws:dynamodb:*:*:table/"+action+"-of-some-table"))
	}
	if large := size(func(in *sts.AssumeRoleInput) { in.Policy = aws.String(doc(many...)) }); large <= small {
		t.Errorf("%d %% for a policy, %d %% for a larger one", small, large)
	}
	size(func(in *sts.AssumeRoleInput) { in.Tags = tags("Project=Automation", "CostCenter=12345") })
	size(func(in *sts.AssumeRoleInput) {
		in.PolicyArns = []ststypes.PolicyDescriptorType{{Arn: aws.String("arn:aws:iam::aws:policy/ReadOnlyAccess")}}
	})
	_, err := assume(t, u.creds, r.arn, func(in *sts.AssumeRoleInput) {
		for i := range 50 { // 50 tags as long as they may be, and of text that no packing makes short
			noise := ""
			for j := range 6 {
				noise += fmt.Sprintf("%x", sha256.Sum256([]byte{byte(i), byte(j)}))
			}
			in.Tags = append(in.Tags, tags(noise[:128]+"="+noise[128:384])...)
		}
	})
	fails(t, "50 long tags", err, 400, "PackedPolicyTooLarge")
}
