package anywhere

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/rolesanywhere"
	"github.com/aws/aws-sdk-go-v2/service/rolesanywhere/types"
	"github.com/aws/smithy-go"
)

// fails expects an API error of that code with that text in its message.
func fails(t *testing.T, what string, err error, code, text string) {
	t.Helper()
	e, ok := errors.AsType[smithy.APIError](err)
	if !ok || e.ErrorCode() != code || !strings.Contains(e.ErrorMessage(), text) {
		t.Errorf("%s: %v, want %s: %s", what, err, code, text)
	}
}

func TestTrustAnchors(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	a := w.anchor
	if want := "arn:aws:rolesanywhere:eu-central-1:" + w.Credentials.Account + ":trust-anchor/" + *a.TrustAnchorId; *a.TrustAnchorArn != want || a.CreatedAt.IsZero() || !*a.Enabled {
		t.Errorf("%+v", a)
	}
	if data, ok := a.Source.SourceData.(*types.SourceDataMemberX509CertificateData); !ok || data.Value != w.root.pem() {
		t.Errorf("the source is %+v", a.Source)
	}
	if n := a.NotificationSettings; len(n) != 2 || *n[0].Threshold != 45 || !*n[0].Enabled || *n[0].ConfiguredBy != "rolesanywhere.amazonaws.com" {
		t.Errorf("the settings are %+v", n)
	}
	put, err := w.api.PutNotificationSettings(ctx, &rolesanywhere.PutNotificationSettingsInput{TrustAnchorId: a.TrustAnchorId, NotificationSettings: []types.NotificationSetting{
		{Enabled: aws.Bool(true), Event: types.NotificationEventCaCertificateExpiry, Threshold: aws.Int32(7)}}})
	if err != nil || *put.TrustAnchor.NotificationSettings[0].Threshold != 7 || *put.TrustAnchor.NotificationSettings[0].ConfiguredBy != w.Credentials.Account {
		t.Errorf("%+v %v", put, err)
	}
	reset, err := w.api.ResetNotificationSettings(ctx, &rolesanywhere.ResetNotificationSettingsInput{TrustAnchorId: a.TrustAnchorId, NotificationSettingKeys: []types.NotificationSettingKey{
		{Event: types.NotificationEventCaCertificateExpiry}}})
	if err != nil || *reset.TrustAnchor.NotificationSettings[0].Threshold != 45 {
		t.Errorf("%+v %v", reset, err)
	}
	updated, err := w.api.UpdateTrustAnchor(ctx, &rolesanywhere.UpdateTrustAnchorInput{TrustAnchorId: a.TrustAnchorId, Name: aws.String("new name")})
	if err != nil || *updated.TrustAnchor.Name != "new name" {
		t.Errorf("%+v %v", updated, err)
	}
	got, err := w.api.GetTrustAnchor(ctx, &rolesanywhere.GetTrustAnchorInput{TrustAnchorId: a.TrustAnchorId})
	if err != nil || *got.TrustAnchor.Name != "new name" {
		t.Errorf("%+v %v", got, err)
	}

	for what, c := range map[string]struct {
		source *types.Source
		text   string
	}{
		"a private authority": {&types.Source{SourceType: types.TrustAnchorTypeAwsAcmPca, SourceData: &types.SourceDataMemberAcmPcaArn{Value: "arn:aws:acm-pca:x"}}, "AWS_ACM_PCA is not supported"},
		"no certificate":      {bundleOf("hello"), "Incorrect certificate data"},
		"an end entity's":     {bundleOf(certPEM(w.root.issue(t, template("host"), newKey(t)).cert)), "CA:TRUE"},
		"three certificates":  {bundleOf(strings.Repeat(w.root.pem(), 3)), "There are 2 certificates"},
		"a long one":          {bundleOf(strings.Repeat(w.root.pem(), 50)), "Member must have length less than or equal to 16000"},
	} {
		_, err := w.api.CreateTrustAnchor(ctx, &rolesanywhere.CreateTrustAnchorInput{Name: aws.String("a"), Source: c.source})
		fails(t, what, err, "ValidationException", c.text)
	}
	_, err = w.api.CreateTrustAnchor(ctx, &rolesanywhere.CreateTrustAnchorInput{Name: aws.String("no/slash"), Source: bundleOf(w.root.pem())})
	fails(t, "a bad name", err, "ValidationException", "Value 'no/slash' at 'name' failed to satisfy constraint: Member must satisfy regular expression pattern: [ a-zA-Z0-9-_]*")
	_, err = w.api.GetTrustAnchor(ctx, &rolesanywhere.GetTrustAnchorInput{TrustAnchorId: aws.String("00000000-0000-0000-0000-000000000000")})
	fails(t, "one that is not there", err, "ResourceNotFoundException", "")
	_, err = w.api.GetTrustAnchor(ctx, &rolesanywhere.GetTrustAnchorInput{TrustAnchorId: aws.String("x")})
	fails(t, "a bad id", err, "ValidationException", "Member must have length greater than or equal to 36")

	// Another region has none.
	elsewhere := w.Config.Copy()
	elsewhere.Region = "us-west-2"
	list, err := rolesanywhere.NewFromConfig(elsewhere).ListTrustAnchors(ctx, nil)
	if err != nil || len(list.TrustAnchors) != 0 {
		t.Errorf("%+v %v", list, err)
	}

	for range 49 {
		w.newAnchor(t, w.root.pem())
	}
	_, err = w.api.CreateTrustAnchor(ctx, &rolesanywhere.CreateTrustAnchorInput{Name: aws.String("a"), Source: bundleOf(w.root.pem())})
	fails(t, "one too many", err, "ValidationException", "There are 50 trust anchors already")
	seen := map[string]bool{}
	for pages := rolesanywhere.NewListTrustAnchorsPaginator(w.api, &rolesanywhere.ListTrustAnchorsInput{PageSize: aws.Int32(7)}); pages.HasMorePages(); {
		page, err := pages.NextPage(ctx)
		must(t, err)
		if len(page.TrustAnchors) > 7 {
			t.Errorf("a page of %d", len(page.TrustAnchors))
		}
		for _, a := range page.TrustAnchors {
			seen[*a.TrustAnchorId] = true
		}
	}
	if len(seen) != 50 {
		t.Errorf("the list has %d", len(seen))
	}
	crl, err := w.api.ImportCrl(ctx, &rolesanywhere.ImportCrlInput{Name: aws.String("list"), CrlData: w.root.revoke(t), TrustAnchorArn: a.TrustAnchorArn})
	must(t, err)
	deleted, err := w.api.DeleteTrustAnchor(ctx, &rolesanywhere.DeleteTrustAnchorInput{TrustAnchorId: a.TrustAnchorId})
	if err != nil || *deleted.TrustAnchor.TrustAnchorId != *a.TrustAnchorId {
		t.Errorf("%+v %v", deleted, err)
	}
	_, err = w.api.GetCrl(ctx, &rolesanywhere.GetCrlInput{CrlId: crl.Crl.CrlId})
	fails(t, "its list", err, "ResourceNotFoundException", "")
}

func TestProfiles(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	p := w.profile
	if *p.DurationSeconds != 3600 || *p.AcceptRoleSessionName || *p.RequireInstanceProperties || len(p.RoleArns) != 1 || !strings.HasSuffix(*p.CreatedBy, ":user/Administrator") {
		t.Errorf("%+v", p)
	}
	text, err := json.Marshal(p.AttributeMappings)
	must(t, err)
	if want := `[{"CertificateField":"x509Issuer","MappingRules":[{"Specifier":"*"}]},{"CertificateField":"x509SAN","MappingRules":[{"Specifier":"DNS"},{"Specifier":"URI"},{"Specifier":"Name/*"}]},{"CertificateField":"x509Subject","MappingRules":[{"Specifier":"*"}]}]`; string(text) != want {
		t.Errorf("the mappings are %s", text)
	}
	deleted, err := w.api.DeleteAttributeMapping(ctx, &rolesanywhere.DeleteAttributeMappingInput{ProfileId: p.ProfileId, CertificateField: types.CertificateFieldX509SAN, Specifiers: []string{"DNS", "URI"}})
	if err != nil || len(deleted.Profile.AttributeMappings) != 3 || len(deleted.Profile.AttributeMappings[1].MappingRules) != 1 {
		t.Errorf("%+v %v", deleted, err)
	}
	for field, specifier := range map[types.CertificateField]string{types.CertificateFieldX509SAN: "Mail", types.CertificateFieldX509Subject: "FOO", types.CertificateFieldX509Issuer: "OU/0"} {
		_, err := w.api.PutAttributeMapping(ctx, &rolesanywhere.PutAttributeMappingInput{ProfileId: p.ProfileId, CertificateField: field, MappingRules: []types.MappingRule{{Specifier: &specifier}}})
		fails(t, specifier, err, "ValidationException", "is not supported for the field")
	}
	_, err = w.api.CreateProfile(ctx, &rolesanywhere.CreateProfileInput{Name: aws.String("p"), RoleArns: []string{w.role}, DurationSeconds: aws.Int32(50000)})
	fails(t, "too long", err, "ValidationException", "1 validation error detected: Value '50000' at 'durationSeconds' failed to satisfy constraint: Member must have value less than or equal to 43200")
	_, err = w.api.CreateProfile(ctx, &rolesanywhere.CreateProfileInput{Name: aws.String("p"), RoleArns: []string{"arn:aws:iam::111111111111:role/other"}})
	fails(t, "another account's role", err, "ValidationException", "is not one of the account")
}

func TestTagsOfResources(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	arn := w.profile.ProfileArn
	_, err := w.api.TagResource(ctx, &rolesanywhere.TagResourceInput{ResourceArn: arn, Tags: []types.Tag{{Key: aws.String("team"), Value: aws.String("a")}, {Key: aws.String("b"), Value: aws.String("")}}})
	must(t, err)
	_, err = w.api.UntagResource(ctx, &rolesanywhere.UntagResourceInput{ResourceArn: arn, TagKeys: []string{"b"}})
	must(t, err)
	got, err := w.api.ListTagsForResource(ctx, &rolesanywhere.ListTagsForResourceInput{ResourceArn: arn})
	if err != nil || len(got.Tags) != 1 || *got.Tags[0].Value != "a" {
		t.Errorf("%+v %v", got, err)
	}
	profile, err := w.api.GetProfile(ctx, &rolesanywhere.GetProfileInput{ProfileId: w.profile.ProfileId})
	if err != nil || profile.Profile.RoleArns[0] != w.role || *profile.Profile.DurationSeconds != 3600 {
		t.Errorf("tagging has changed more: %+v %v", profile.Profile, err)
	}
	many := make([]types.Tag, 200)
	for i := range many {
		many[i] = types.Tag{Key: aws.String(fmt.Sprint("k", i)), Value: aws.String("v")}
	}
	_, err = w.api.TagResource(ctx, &rolesanywhere.TagResourceInput{ResourceArn: arn, Tags: many})
	fails(t, "201 tags", err, "TooManyTagsException", "")
	_, err = w.api.TagResource(ctx, &rolesanywhere.TagResourceInput{ResourceArn: arn, Tags: append(many[:1:1], many[0])})
	fails(t, "a tag twice", err, "ValidationException", "twice")
	_, err = w.api.ListTagsForResource(ctx, &rolesanywhere.ListTagsForResourceInput{ResourceArn: aws.String(strings.Replace(*arn, w.Credentials.Account, "111111111111", 1))})
	fails(t, "another account's", err, "ResourceNotFoundException", "")
}

func TestPermissions(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	_, err := w.iam.CreateUser(ctx, &iam.CreateUserInput{UserName: aws.String("bob")})
	must(t, err)
	key, err := w.iam.CreateAccessKey(ctx, &iam.CreateAccessKeyInput{UserName: aws.String("bob")})
	must(t, err)
	conf := w.Config.Copy()
	conf.Credentials = credentials.NewStaticCredentialsProvider(*key.AccessKey.AccessKeyId, *key.AccessKey.SecretAccessKey, "")
	bob := rolesanywhere.NewFromConfig(conf)
	may := func(statement string) {
		t.Helper()
		_, err := w.iam.PutUserPolicy(ctx, &iam.PutUserPolicyInput{UserName: aws.String("bob"), PolicyName: aws.String("p"), PolicyDocument: aws.String(`{"Version":"2012-10-17","Statement":[` + statement + `]}`)})
		must(t, err)
	}
	_, err = bob.ListProfiles(ctx, nil)
	fails(t, "without permission", err, "AccessDeniedException", "is not authorized to perform: rolesanywhere:ListProfiles on resource: *")
	may(`{"Effect":"Allow","Action":"rolesanywhere:GetProfile","Resource":"` + *w.profile.ProfileArn + `","Condition":{"StringEquals":{"aws:ResourceTag/team":"a"}}}`)
	_, err = bob.GetProfile(ctx, &rolesanywhere.GetProfileInput{ProfileId: w.profile.ProfileId})
	fails(t, "without the tag", err, "AccessDeniedException", *w.profile.ProfileArn)
	_, err = w.api.TagResource(ctx, &rolesanywhere.TagResourceInput{ResourceArn: w.profile.ProfileArn, Tags: []types.Tag{{Key: aws.String("team"), Value: aws.String("a")}}})
	must(t, err)
	_, err = bob.GetProfile(ctx, &rolesanywhere.GetProfileInput{ProfileId: w.profile.ProfileId})
	must(t, err)

	create := func() error {
		_, err := bob.CreateProfile(ctx, &rolesanywhere.CreateProfileInput{Name: aws.String("p"), RoleArns: []string{w.role}})
		return err
	}
	may(`{"Effect":"Allow","Action":"rolesanywhere:*","Resource":"*"}`)
	fails(t, "a role that may not be passed", create(), "AccessDeniedException", "is not authorized to perform: iam:PassRole on resource: "+w.role)
	_, err = bob.UpdateProfile(ctx, &rolesanywhere.UpdateProfileInput{ProfileId: w.profile.ProfileId, RoleArns: []string{w.role}})
	fails(t, "the same when updating", err, "AccessDeniedException", "iam:PassRole")
	may(`{"Effect":"Allow","Action":"rolesanywhere:*","Resource":"*"},{"Effect":"Allow","Action":"iam:PassRole","Resource":"` + w.role + `","Condition":{"StringEquals":{"iam:PassedToService":"rolesanywhere.amazonaws.com"}}}`)
	must(t, create())
}
