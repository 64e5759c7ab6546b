package identity

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/sts"
)

// IAM User Guide, "Secure API access with MFA" and its sample policies, and the global condition keys
// aws:MultiFactorAuthPresent and aws:MultiFactorAuthAge.

const (
	wrongCode   = "MultiFactorAuthentication failed with invalid MFA one time pass code"
	wrongDevice = "MultiFactorAuthentication failed, unable to validate MFA code"
	bothNeeded  = "MultiFactorAuthentication failed, must provide both MFA serial number and one time pass code"
)

func TestSessionTokenWithMFA(t *testing.T) {
	t.Parallel()
	u := user(t, "user", everything)
	d := withDevice(t, u)
	code := d.code(1)
	out, err := d.try(t, u, code)
	must(t, "get session token", err)
	s := temporary(t, out.Credentials)
	if got := whoami(t, s); got != u.arn {
		t.Errorf("the session is of %s", got)
	}
	works(t, "DynamoDB", listTables(t, s))
	works(t, "IAM, which needs MFA in a session", listUsers(t, s))
	_, err = stsOf(s).GetSessionToken(t.Context(), &sts.GetSessionTokenInput{})
	denied(t, "another session", err, "Cannot call GetSessionToken with session credentials")

	_, err = d.try(t, u, code)
	denied(t, "the same code again", err, wrongCode)
}

func TestMFACodesThatAreRefused(t *testing.T) {
	t.Parallel()
	u, other := user(t, "user", everything), user(t, "other", everything)
	d, othersDevice := withDevice(t, u), withDevice(t, other)
	unassigned := deviceOf(t, "unassigned")
	_, err := d.try(t, u, d.wrong())
	denied(t, "a wrong code", err, wrongCode)
	_, err = d.try(t, u, d.code(-100))
	denied(t, "an old code", err, wrongCode)
	_, err = d.try(t, u, d.code(100))
	denied(t, "a code of the future", err, wrongCode)
	_, err = othersDevice.try(t, u, othersDevice.code(1))
	denied(t, "another user's device", err, wrongDevice)
	_, err = unassigned.try(t, u, unassigned.code(1))
	denied(t, "nobody's device", err, wrongDevice)
	_, err = device{serial: "arn:aws:iam::" + account + ":mfa/nobody-made-this"}.try(t, u, "123456")
	denied(t, "no such device", err, wrongDevice)

	get := func(in sts.GetSessionTokenInput) error {
		_, err := stsOf(u.creds).GetSessionToken(t.Context(), &in)
		return err
	}
	denied(t, "a code without a device", get(sts.GetSessionTokenInput{TokenCode: aws.String(d.code(1))}), bothNeeded)
	denied(t, "a device without a code", get(sts.GetSessionTokenInput{SerialNumber: &d.serial}), bothNeeded)
	fails(t, "five digits", get(sts.GetSessionTokenInput{SerialNumber: &d.serial, TokenCode: aws.String("12345")}), 400, "ValidationError", "'tokenCode'")
	fails(t, "letters", get(sts.GetSessionTokenInput{SerialNumber: &d.serial, TokenCode: aws.String("abcdef")}), 400, "ValidationError", "'tokenCode'")
	d.authenticate(t, u) // after all that a right code is right
}

// Who has MFA, by each of the three kinds of credentials of one user: what conditions say of it.
func TestMFAConditions(t *testing.T) {
	t.Parallel()
	u := user(t, "user")
	key, plain, mfa := u.creds, sessionToken(t, u.creds), withDevice(t, u).authenticate(t, u)
	allowIf := func(condition string) []string {
		return []string{statement("Allow", "dynamodb:ListTables", "*", condition)}
	}
	denyIf := func(condition string) []string {
		return []string{everything, statement("Deny", "dynamodb:ListTables", "*", condition)}
	}
	for _, c := range []struct {
		name            string
		policy          []string
		key, plain, mfa bool
	}{
		{"allow if present", allowIf(`{"Bool":{"aws:MultiFactorAuthPresent":"true"}}`), false, false, true},
		{"allow if present and it is there", allowIf(`{"BoolIfExists":{"aws:MultiFactorAuthPresent":"true"}}`), true, false, true},
		{"allow if not present", allowIf(`{"Bool":{"aws:MultiFactorAuthPresent":"false"}}`), false, true, false},
		// "Bool" alone lets long-term keys pass; the guide tells to use BoolIfExists.
		{"deny if not present", denyIf(`{"Bool":{"aws:MultiFactorAuthPresent":"false"}}`), true, false, true},
		{"deny if not present or not there", denyIf(`{"BoolIfExists":{"aws:MultiFactorAuthPresent":"false"}}`), false, false, true},
		{"deny if not there", denyIf(`{"Null":{"aws:MultiFactorAuthPresent":"true"}}`), false, true, true},
		{"allow if within the hour", allowIf(`{"NumericLessThan":{"aws:MultiFactorAuthAge":"3600"}}`), false, false, true},
		{"allow if within the hour or no MFA", allowIf(`{"NumericLessThanIfExists":{"aws:MultiFactorAuthAge":"3600"}}`), true, true, true},
		{"allow if older", allowIf(`{"NumericGreaterThan":{"aws:MultiFactorAuthAge":"3600"}}`), false, false, false},
		{"deny if older or no MFA", denyIf(`{"NumericGreaterThanIfExists":{"aws:MultiFactorAuthAge":"3600"}}`), false, false, true},
		{"deny if there is no age", denyIf(`{"Null":{"aws:MultiFactorAuthAge":"true"}}`), false, false, true},
	} {
		u.may(t, admin(), "own", c.policy...)
		for _, try := range []struct {
			what  string
			creds aws.Credentials
			ok    bool
		}{{"long-term key", key, c.key}, {"session without MFA", plain, c.plain}, {"session with MFA", mfa, c.mfa}} {
			if err := listTables(t, try.creds); try.ok {
				works(t, c.name+": "+try.what, err)
			} else {
				deniedData(t, c.name+": "+try.what, err)
			}
		}
	}
}

// The guide's scenario for cross-account delegation, in one account: MFA is asked for by the role's trust policy.
func TestAssumeRoleWithMFA(t *testing.T) {
	t.Parallel()
	u := user(t, "user", allow("sts:AssumeRole", "*"))
	d := withDevice(t, u)
	needs := role(t, "needs", trusting("Allow", root, "sts:AssumeRole", `{"Bool":{"aws:MultiFactorAuthPresent":"true"}}`), everything)
	_, err := assume(t, u.creds, needs.arn)
	denied(t, "without MFA", err, noAssume(u.arn, needs.arn))
	_, err = assume(t, sessionToken(t, u.creds), needs.arn)
	denied(t, "from a session without MFA", err, noAssume(u.arn, needs.arn))

	with := func(code string) func(*sts.AssumeRoleInput) {
		return func(in *sts.AssumeRoleInput) { in.SerialNumber, in.TokenCode = &d.serial, &code }
	}
	_, err = assume(t, u.creds, needs.arn, with(d.wrong()))
	denied(t, "a wrong code", err, wrongCode)
	_, err = assume(t, u.creds, needs.arn, func(in *sts.AssumeRoleInput) { in.SerialNumber = &d.serial })
	denied(t, "no code", err, bothNeeded)
	code := d.code(1)
	s := session(t, u.creds, needs.arn, with(code))
	works(t, "the role's session", listTables(t, s))
	_, err = assume(t, u.creds, needs.arn, with(code))
	denied(t, "the same code again", err, wrongCode)

	// The role's session does not itself count as authenticated with MFA.
	needs.may(t, "own", statement("Allow", "dynamodb:ListTables", "*", `{"Bool":{"aws:MultiFactorAuthPresent":"true"}}`))
	deniedData(t, "MFA in the role's session", listTables(t, s))

	// A session token with MFA needs no second code.
	mfa := withSecondDevice(t, u).authenticate(t, u)
	session(t, mfa, needs.arn)
}

// withSecondDevice gives a user one more device.
func withSecondDevice(t *testing.T, u person) device {
	t.Helper()
	d := deviceOf(t, "second")
	d.enable(t, u)
	return d
}

// The trust policy can demand that MFA is recent.
func TestMFAAgeInTrustPolicy(t *testing.T) {
	t.Parallel()
	u := user(t, "user", allow("sts:AssumeRole", "*"))
	recent := role(t, "recent", trusting("Allow", root, "sts:AssumeRole", `{"NumericLessThan":{"aws:MultiFactorAuthAge":"300"}}`))
	_, err := assume(t, u.creds, recent.arn)
	denied(t, "without MFA", err)
	d := withDevice(t, u)
	session(t, u.creds, recent.arn, func(in *sts.AssumeRoleInput) {
		in.SerialNumber, in.TokenCode = &d.serial, aws.String(d.code(1))
	})
}

// The guide's "Allows MFA-authenticated IAM users to manage their own credentials": without MFA a user may set up a
// device and ask for a session, and no more.
func TestSelfManagedMFA(t *testing.T) {
	t.Parallel()
	u := user(t, "user")
	mfaARN, userARN := "arn:aws:iam::*:mfa/*", "arn:aws:iam::*:user/${aws:username}"
	u.may(t, admin(), "own", allow("dynamodb:*", "*"), allow("iam:CreateVirtualMFADevice", mfaARN),
		allow("iam:EnableMFADevice iam:ListMFADevices iam:ResyncMFADevice iam:DeactivateMFADevice", userARN),
		`{"Sid":"DenyAllExceptListedIfNoMFA","Effect":"Deny","NotAction":["iam:CreateVirtualMFADevice","iam:EnableMFADevice",
			"iam:GetMFADevice","iam:ListMFADevices","iam:ListVirtualMFADevices","iam:ResyncMFADevice","sts:GetSessionToken"],
			"Resource":"*","Condition":{"BoolIfExists":{"aws:MultiFactorAuthPresent":"false"}}}`)
	deniedData(t, "before there is a device", listTables(t, u.creds), "with an explicit deny in an identity-based policy")
	d := withDevice(t, u)
	deniedData(t, "with a long-term key", listTables(t, u.creds))
	deniedData(t, "in a session without MFA", listTables(t, sessionToken(t, u.creds)))
	s := d.authenticate(t, u)
	works(t, "in a session with MFA", listTables(t, s))
	own, err := iamOf(u.creds).ListMFADevices(t.Context(), &iam.ListMFADevicesInput{UserName: &u.name})
	must(t, "list own devices without MFA", err)
	if len(own.MFADevices) != 1 || *own.MFADevices[0].SerialNumber != d.serial {
		t.Errorf("devices %+v", own.MFADevices)
	}
	_, err = iamOf(u.creds).DeactivateMFADevice(t.Context(), &iam.DeactivateMFADeviceInput{UserName: &u.name, SerialNumber: &d.serial})
	denied(t, "deactivate it without MFA", err, "with an explicit deny in an identity-based policy")
	_, err = iamOf(s).DeactivateMFADevice(t.Context(), &iam.DeactivateMFADeviceInput{UserName: &u.name, SerialNumber: &d.serial})
	works(t, "deactivate it with MFA", err)
	_, err = d.try(t, u, d.code(1))
	denied(t, "a device that is no longer theirs", err, wrongDevice)
}
