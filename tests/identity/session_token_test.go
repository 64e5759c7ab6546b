package identity

import (
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/sts"
)

// STS API Reference, GetSessionToken; IAM User Guide, "Permissions for GetSessionToken" and "Compare AWS STS
// credentials".

// sessionToken asks for a session token without MFA.
func sessionToken(t *testing.T, by aws.Credentials) aws.Credentials {
	t.Helper()
	out, err := stsOf(by).GetSessionToken(t.Context(), &sts.GetSessionTokenInput{})
	must(t, "get session token", err)
	return temporary(t, out.Credentials)
}

func TestSessionTokenDuration(t *testing.T) {
	t.Parallel()
	u := user(t, "user")
	for _, c := range []struct {
		asked *int32
		want  time.Duration
	}{
		{nil, 12 * time.Hour}, {aws.Int32(900), 15 * time.Minute}, {aws.Int32(43200), 12 * time.Hour}, {aws.Int32(129600), 36 * time.Hour},
	} {
		before := time.Now()
		out, err := stsOf(u.creds).GetSessionToken(t.Context(), &sts.GetSessionTokenInput{DurationSeconds: c.asked})
		must(t, "get session token", err)
		temporary(t, out.Credentials)
		expires(t, "session token", *out.Credentials.Expiration, before, c.want)
	}
	for seconds, text := range map[int32]string{
		899:    "1 validation error detected: Value '899' at 'durationSeconds' failed to satisfy constraint: Member must have value greater than or equal to 900",
		129601: "1 validation error detected: Value '129601' at 'durationSeconds' failed to satisfy constraint: Member must have value less than or equal to 129600",
	} {
		_, err := stsOf(u.creds).GetSessionToken(t.Context(), &sts.GetSessionTokenInput{DurationSeconds: &seconds})
		fails(t, "get session token", err, 400, "ValidationError", text)
	}
}

// It needs no permission, and its credentials are the user's, with the user's permissions as they are at the time.
func TestSessionTokenIsTheUser(t *testing.T) {
	t.Parallel()
	u := user(t, "user")
	s := sessionToken(t, u.creds)
	if got := whoami(t, s); got != u.arn {
		t.Errorf("the session token is of %s, want %s", got, u.arn)
	}
	deniedData(t, "without a policy", listTables(t, s), "User: "+u.arn+" is not authorized to perform: dynamodb:ListTables")
	u.may(t, admin(), "own", allow("dynamodb:ListTables", "*"))
	works(t, "with a policy", listTables(t, s))
	u.may(t, admin(), "own", everything, deny("dynamodb:*", "*"))
	deniedData(t, "with a policy that denies", listTables(t, s), "with an explicit deny in an identity-based policy")

	boundary := managed(t, "boundary", allow("dynamodb:DescribeLimits", "*"))
	_, err := admin().PutUserPermissionsBoundary(t.Context(), &iam.PutUserPermissionsBoundaryInput{UserName: &u.name, PermissionsBoundary: &boundary})
	must(t, "put boundary", err)
	u.may(t, admin(), "own", everything)
	deniedData(t, "what the boundary does not allow", listTables(t, s), "because no permissions boundary allows the dynamodb:ListTables action")
	works(t, "what it allows", describeLimits(t, s))
}

// Policy variables of the user hold in its sessions.
func TestSessionTokenVariables(t *testing.T) {
	t.Parallel()
	u := user(t, "user")
	mine, others := table(t, u.name), table(t, "others")
	_, err := admin().TagUser(t.Context(), &iam.TagUserInput{UserName: &u.name, Tags: marks("mine=" + mine)})
	must(t, "tag user", err)
	u.may(t, admin(), "own",
		statement("Allow", "dynamodb:DescribeTable", "arn:aws:dynamodb:*:*:table/${aws:PrincipalTag/mine}", `{"StringEquals":{"aws:username":"`+u.name+`"}}`))
	s := sessionToken(t, u.creds)
	_, err = dynamo(s).DescribeTable(t.Context(), &dynamodb.DescribeTableInput{TableName: &mine})
	works(t, "the table in the tag", err)
	_, err = dynamo(s).DescribeTable(t.Context(), &dynamodb.DescribeTableInput{TableName: &others})
	deniedData(t, "another", err)
}

// Without MFA they can't call IAM, and of STS AssumeRole and GetCallerIdentity alone.
func TestSessionTokenLimits(t *testing.T) {
	t.Parallel()
	u := user(t, "user", everything)
	r := role(t, "role", trust(u.arn), everything)
	s := sessionToken(t, u.creds)
	works(t, "DynamoDB", listTables(t, s))
	whoami(t, s)
	works(t, "a role assumed with it may call IAM", listUsers(t, session(t, s, r.arn)))

	fails(t, "IAM", listUsers(t, s), 403, "InvalidClientTokenId", "The security token included in the request is invalid")
	_, err := iamOf(s).GetUser(t.Context(), &iam.GetUserInput{})
	fails(t, "IAM, about the user itself", err, 403, "InvalidClientTokenId")
	_, err = stsOf(s).GetSessionToken(t.Context(), &sts.GetSessionTokenInput{})
	denied(t, "GetSessionToken", err, "Cannot call GetSessionToken with session credentials")
	_, err = stsOf(s).GetFederationToken(t.Context(), &sts.GetFederationTokenInput{Name: aws.String("Bob")})
	denied(t, "GetFederationToken", err, "Cannot call GetFederationToken with session credentials")
	_, err = stsOf(s).GetAccessKeyInfo(t.Context(), &sts.GetAccessKeyInfoInput{AccessKeyId: &u.creds.AccessKeyID})
	if got := answered(err); got.status != 403 {
		t.Errorf("GetAccessKeyInfo: %v, want status 403", err)
	}
	_, err = stsOf(s).DecodeAuthorizationMessage(t.Context(), &sts.DecodeAuthorizationMessageInput{EncodedMessage: aws.String("x")})
	if got := answered(err); got.status != 403 {
		t.Errorf("DecodeAuthorizationMessage: %v, want status 403", err)
	}
}

// Nor can a role's session ask for another session, though it may call everything else.
func TestRoleSessionLimits(t *testing.T) {
	t.Parallel()
	u := user(t, "user")
	r := role(t, "role", trust(u.arn), everything)
	s := session(t, u.creds, r.arn)
	_, err := stsOf(s).GetSessionToken(t.Context(), &sts.GetSessionTokenInput{})
	denied(t, "GetSessionToken", err, "Cannot call GetSessionToken with session credentials")
	_, err = stsOf(s).GetFederationToken(t.Context(), &sts.GetFederationTokenInput{Name: aws.String("Bob")})
	denied(t, "GetFederationToken", err, "Cannot call GetFederationToken with session credentials")
	works(t, "IAM", listUsers(t, s))
	_, err = stsOf(s).GetAccessKeyInfo(t.Context(), &sts.GetAccessKeyInfoInput{AccessKeyId: &u.creds.AccessKeyID})
	works(t, "GetAccessKeyInfo", err)
}

// A trust policy that names the user trusts the user's sessions; aws:MultiFactorAuthPresent aside, they are the same
// principal.
func TestSessionTokenAssumesRole(t *testing.T) {
	t.Parallel()
	u, other := user(t, "user"), user(t, "other")
	r := role(t, "role", trust(u.arn))
	session(t, sessionToken(t, u.creds), r.arn)
	_, err := assume(t, sessionToken(t, other.creds), r.arn)
	denied(t, "another user", err, noAssume(other.arn, r.arn))
}
