// Package pages visits every page of the console.
package pages

import (
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/rolesanywhere"
	anywheretypes "github.com/aws/aws-sdk-go-v2/service/rolesanywhere/types"
	"github.com/aws/aws-sdk-go-v2/service/ssoadmin"
	ssotypes "github.com/aws/aws-sdk-go-v2/service/ssoadmin/types"

	"github.com/statordb/stator/tests/browser"
	"github.com/statordb/stator/tests/harness"
)

func TestMain(m *testing.M) { harness.Main(m) }

// The flows fail if a route of the source is not among their pages, so that no new page is forgotten.
func TestEveryPage(t *testing.T) {
	s := harness.Start(t)
	furnish(t, s)
	all, err := json.Marshal(routes(t))
	if err != nil {
		t.Fatal(err)
	}
	person := furnishCenter(t, s)
	furnishMachines(t, s)
	to := browser.SignedIn(t, s)
	for _, how := range []string{"desktop", "phone"} {
		t.Run(how, func(t *testing.T) {
			t.Parallel()
			browser.Flow(t, "pages.test.mjs", to, "STATOR_ROUTES="+string(all), "STATOR_ACCOUNT="+s.Account, "STATOR_HOW="+how, "STATOR_PERSON="+person)
		})
	}
}

// routes are the paths of all pages, which the source has as route("/console/iam/users/:user", …).
func routes(t *testing.T) []string {
	t.Helper()
	call, literal := regexp.MustCompile(`\broute\(`), regexp.MustCompile(`\broute\("(/console[^"]*)"`)
	var all []string
	err := filepath.WalkDir("../../../internal/console/app/src", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".ts") || strings.HasSuffix(path, "shell/section.ts") {
			return err
		}
		source, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		found := literal.FindAllSubmatch(source, -1)
		if calls := len(call.FindAll(source, -1)); calls != len(found) {
			t.Errorf("%s has %d routes, and %d whose path is a string", path, calls, len(found))
		}
		for _, f := range found {
			all = append(all, string(f[1]))
		}
		return nil
	})
	if err != nil || len(all) == 0 {
		t.Fatal("no routes", err)
	}
	slices.Sort(all)
	return all
}

// furnish makes what the pages are about. Its names have characters that addresses encode.
func furnish(t *testing.T, s *harness.Server) {
	t.Helper()
	ctx, api, db := t.Context(), iam.NewFromConfig(s.Config), dynamodb.NewFromConfig(s.Config)
	must := func(_ any, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	const document = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"dynamodb:*","Resource":"*"}]}`
	trust := `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"` + s.Account + `"},"Action":"sts:AssumeRole"}]}`
	user, group, role, inline := aws.String("ada@example.com"), aws.String("team+1"), aws.String("Audit=or"), aws.String("in,line")
	must(api.CreateUser(ctx, &iam.CreateUserInput{UserName: user}))
	must(api.CreateGroup(ctx, &iam.CreateGroupInput{GroupName: group}))
	must(api.CreateRole(ctx, &iam.CreateRoleInput{RoleName: role, AssumeRolePolicyDocument: &trust}))
	must(api.AddUserToGroup(ctx, &iam.AddUserToGroupInput{GroupName: group, UserName: user}))
	must(api.CreateAccessKey(ctx, &iam.CreateAccessKeyInput{UserName: user}))
	must(api.PutUserPolicy(ctx, &iam.PutUserPolicyInput{UserName: user, PolicyName: inline, PolicyDocument: aws.String(document)}))
	must(api.PutGroupPolicy(ctx, &iam.PutGroupPolicyInput{GroupName: group, PolicyName: inline, PolicyDocument: aws.String(document)}))
	must(api.PutRolePolicy(ctx, &iam.PutRolePolicyInput{RoleName: role, PolicyName: inline, PolicyDocument: aws.String(document)}))
	must(api.CreatePolicy(ctx, &iam.CreatePolicyInput{PolicyName: aws.String("Orders@read"), Path: aws.String("/app/"), PolicyDocument: aws.String(document)}))
	must(api.CreateOpenIDConnectProvider(ctx, &iam.CreateOpenIDConnectProviderInput{Url: aws.String("https://login.example.com/tenant"), ClientIDList: []string{"app"}}))
	browser.Table(t, db, "Music.v-1", []string{"Artist S", "Year N"}, []map[string]types.AttributeValue{
		{"Artist": &types.AttributeValueMemberS{Value: "No One & Co"}, "Year": &types.AttributeValueMemberN{Value: "2001"}, "Rating": &types.AttributeValueMemberN{Value: "4"}},
	})
	table := "Music.v-1"
	must(db.CreateBackup(ctx, &dynamodb.CreateBackupInput{TableName: &table, BackupName: aws.String("before")}))
	must(db.UpdateContinuousBackups(ctx, &dynamodb.UpdateContinuousBackupsInput{TableName: &table,
		PointInTimeRecoverySpecification: &types.PointInTimeRecoverySpecification{PointInTimeRecoveryEnabled: aws.Bool(true)}}))
	arn := "arn:aws:dynamodb:" + s.Config.Region + ":" + s.Account + ":table/" + table
	must(db.ExportTableToPointInTime(ctx, &dynamodb.ExportTableToPointInTimeInput{TableArn: &arn, S3Bucket: aws.String("exports")}))
	must(db.ImportTable(ctx, &dynamodb.ImportTableInput{InputFormat: types.InputFormatDynamodbJson,
		S3BucketSource: &types.S3BucketSource{S3Bucket: aws.String("nowhere")},
		TableCreationParameters: &types.TableCreationParameters{TableName: aws.String("Imported"), BillingMode: types.BillingModePayPerRequest,
			AttributeDefinitions: []types.AttributeDefinition{{AttributeName: aws.String("id"), AttributeType: types.ScalarAttributeTypeS}},
			KeySchema:            []types.KeySchemaElement{{AttributeName: aws.String("id"), KeyType: types.KeyTypeHash}}}}))
}

// furnishCenter enables IAM Identity Center, with a person who has a role. It returns the body of the request that signs the person in.
func furnishCenter(t *testing.T, s *harness.Server) string {
	t.Helper()
	ctx, api := t.Context(), ssoadmin.NewFromConfig(s.Config)
	user, body := browser.Person(t, s, "ada")
	instances, err := api.ListInstances(ctx, &ssoadmin.ListInstancesInput{})
	if err != nil {
		t.Fatal(err)
	}
	instance := instances.Instances[0].InstanceArn
	set, err := api.CreatePermissionSet(ctx, &ssoadmin.CreatePermissionSetInput{InstanceArn: instance, Name: aws.String("Reader")})
	if err != nil {
		t.Fatal(err)
	}
	_, err = api.CreateAccountAssignment(ctx, &ssoadmin.CreateAccountAssignmentInput{InstanceArn: instance, PermissionSetArn: set.PermissionSet.PermissionSetArn,
		PrincipalId: &user, PrincipalType: ssotypes.PrincipalTypeUser, TargetId: &s.Account, TargetType: ssotypes.TargetTypeAwsAccount})
	if err != nil {
		t.Fatal(err)
	}
	_, err = api.CreateApplication(ctx, &ssoadmin.CreateApplicationInput{InstanceArn: instance, Name: aws.String("Reports"),
		ApplicationProviderArn: aws.String("arn:aws:sso::aws:applicationProvider/custom")})
	if err != nil {
		t.Fatal(err)
	}
	return body
}

// furnishMachines has a machine that got a role by its certificate.
func furnishMachines(t *testing.T, s *harness.Server) {
	t.Helper()
	ctx, api := t.Context(), rolesanywhere.NewFromConfig(s.Config)
	m := browser.NewMachine(t)
	role, err := iam.NewFromConfig(s.Config).CreateRole(ctx, &iam.CreateRoleInput{RoleName: aws.String("Machines"), AssumeRolePolicyDocument: aws.String(browser.MachineTrust)})
	if err != nil {
		t.Fatal(err)
	}
	anchor, err := api.CreateTrustAnchor(ctx, &rolesanywhere.CreateTrustAnchorInput{Name: aws.String("machines"), Enabled: aws.Bool(true),
		Source: &anywheretypes.Source{SourceType: anywheretypes.TrustAnchorTypeCertificateBundle, SourceData: &anywheretypes.SourceDataMemberX509CertificateData{Value: m.Authority}}})
	if err != nil {
		t.Fatal(err)
	}
	profile, err := api.CreateProfile(ctx, &rolesanywhere.CreateProfileInput{Name: aws.String("machines"), Enabled: aws.Bool(true), RoleArns: []string{*role.Role.Arn}})
	if err != nil {
		t.Fatal(err)
	}
	harness.Run(t, harness.CleanEnv(), "", harness.Binary(t), append(m.Asks(s), "--trust-anchor-arn", *anchor.TrustAnchor.TrustAnchorArn,
		"--profile-arn", *profile.Profile.ProfileArn, "--role-arn", *role.Role.Arn)...)
	_, err = api.ImportCrl(ctx, &rolesanywhere.ImportCrlInput{Name: aws.String("revoked"), CrlData: []byte(m.Revoked), TrustAnchorArn: anchor.TrustAnchor.TrustAnchorArn})
	if err != nil {
		t.Fatal(err)
	}
}
