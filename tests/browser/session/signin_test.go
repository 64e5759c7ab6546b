package session

import (
	"encoding/json"
	"net/http"
	"net/url"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/pquerna/otp/totp"

	"github.com/statordb/stator/tests/browser"
	"github.com/statordb/stator/tests/harness"
)

// The first hour of a server: claimed from an empty folder, and of its first newcomer.
func TestFirstRun(t *testing.T) {
	t.Parallel()
	s := harness.Start(t)
	db := dynamodb.NewFromConfig(s.Config)
	_, err := db.CreateTable(t.Context(), &dynamodb.CreateTableInput{
		TableName: aws.String("Ledger"), BillingMode: types.BillingModePayPerRequest,
		AttributeDefinitions: []types.AttributeDefinition{{AttributeName: aws.String("Id"), AttributeType: "S"}},
		KeySchema:            []types.KeySchemaElement{{AttributeName: aws.String("Id"), KeyType: "HASH"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	browser.Flow(t, "first_run.test.mjs", browser.Visit{Endpoint: s.Endpoint}, "STATOR_LOG="+browser.LogOf(t, s), "STATOR_SETUP_TOKEN="+filepath.Join(s.Data, "setup-token"),
		"PATH="+harness.CLI(t))

	// What the newcomer has made is not the first account's.
	tables, err := db.ListTables(t.Context(), &dynamodb.ListTablesInput{})
	if err != nil || !slices.Equal(tables.TableNames, []string{"Ledger"}) {
		t.Errorf("the first account has %v, %v", tables, err)
	}
}

// Everyone's way in: by password, MFA, a new password, a broker.
func TestSignIn(t *testing.T) {
	t.Parallel()
	s := harness.Start(t)
	ctx, api := t.Context(), iam.NewFromConfig(s.Config)
	must := func(_ any, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(api.CreateAccountAlias(ctx, &iam.CreateAccountAliasInput{AccountAlias: aws.String("example")}))
	must(api.UpdateAccountPasswordPolicy(ctx, &iam.UpdateAccountPasswordPolicyInput{
		MinimumPasswordLength: aws.Int32(12), RequireNumbers: true, AllowUsersToChangePassword: true}))
	for name, reset := range map[string]bool{"ada": true, "grace": false, "nobody": false} {
		must(api.CreateUser(ctx, &iam.CreateUserInput{UserName: &name}))
		must(api.CreateLoginProfile(ctx, &iam.CreateLoginProfileInput{UserName: &name, Password: aws.String(browser.Password), PasswordResetRequired: reset}))
		if name != "nobody" {
			must(api.AddUserToGroup(ctx, &iam.AddUserToGroupInput{GroupName: aws.String("Administrators"), UserName: &name}))
		}
	}
	device, err := api.CreateVirtualMFADevice(ctx, &iam.CreateVirtualMFADeviceInput{VirtualMFADeviceName: aws.String("grace")})
	must(nil, err)
	seed, now := string(device.VirtualMFADevice.Base32StringSeed), time.Now()
	var codes [2]string
	for i := range codes {
		codes[i], err = totp.GenerateCode(seed, now.Add(time.Duration(i-2)*30*time.Second))
		must(nil, err)
	}
	must(api.EnableMFADevice(ctx, &iam.EnableMFADeviceInput{UserName: aws.String("grace"), SerialNumber: device.VirtualMFADevice.SerialNumber,
		AuthenticationCode1: &codes[0], AuthenticationCode2: &codes[1]}))
	browser.Flow(t, "signin.test.mjs", browser.Visit{Endpoint: s.Endpoint}, "STATOR_ACCOUNT="+s.Account, "STATOR_PASSWORD="+browser.Password, "STATOR_MFA_SEED="+seed,
		"STATOR_LOGIN="+loginURL(t, s))
}

// loginURL is what an identity broker sends a browser to, for a role session named broker.
func loginURL(t *testing.T, s *harness.Server) string {
	t.Helper()
	ctx, api := t.Context(), iam.NewFromConfig(s.Config)
	trust := `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"` + s.Account + `"},"Action":"sts:AssumeRole"}]}`
	role, err := api.CreateRole(ctx, &iam.CreateRoleInput{RoleName: aws.String("Auditor"), AssumeRolePolicyDocument: &trust})
	if err != nil {
		t.Fatal(err)
	}
	assumed, err := sts.NewFromConfig(s.Config).AssumeRole(ctx, &sts.AssumeRoleInput{RoleArn: role.Role.Arn, RoleSessionName: aws.String("broker")})
	if err != nil {
		t.Fatal(err)
	}
	c := assumed.Credentials
	session, err := json.Marshal(map[string]string{"sessionId": *c.AccessKeyId, "sessionKey": *c.SecretAccessKey, "sessionToken": *c.SessionToken})
	if err != nil {
		t.Fatal(err)
	}
	res, err := http.Get(s.Endpoint + "/federation?" + url.Values{"Action": {"getSigninToken"}, "Session": {string(session)}}.Encode())
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	var made struct{ SigninToken string }
	if err := json.NewDecoder(res.Body).Decode(&made); err != nil {
		t.Fatal(err)
	}
	return s.Endpoint + "/federation?" + url.Values{"Action": {"login"}, "Issuer": {"https://broker.example"},
		"Destination": {s.Endpoint + "/console/dynamodb/tables"}, "SigninToken": {made.SigninToken}}.Encode()
}

// Without authentication there is nothing to sign in to.
func TestOpenAuth(t *testing.T) {
	t.Parallel()
	browser.Flow(t, "open_auth.test.mjs", browser.Visit{Endpoint: harness.Start(t, "--auth=open", "--engine=memory").Endpoint})
}
