package acceptance

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateTimeToLive.html
func TestTimeToLive(t *testing.T) {
	db := client(t)
	table := *create(t, tableOf(fresh("ttl"), "pk S")).TableName
	state := func() *types.TimeToLiveDescription {
		t.Helper()
		out, err := db.DescribeTimeToLive(t.Context(), &dynamodb.DescribeTimeToLiveInput{TableName: &table})
		if err != nil {
			t.Fatal(err)
		}
		return out.TimeToLiveDescription
	}
	set := func(name string, on bool) (*types.TimeToLiveSpecification, error) {
		out, err := db.UpdateTimeToLive(t.Context(), &dynamodb.UpdateTimeToLiveInput{TableName: &table, TimeToLiveSpecification: &types.TimeToLiveSpecification{AttributeName: &name, Enabled: &on}})
		if err != nil {
			return nil, err
		}
		return out.TimeToLiveSpecification, nil
	}
	if d := state(); d.TimeToLiveStatus != "DISABLED" || d.AttributeName != nil {
		t.Errorf("%+v", d)
	}
	_, err := set("until", false)
	fails(t, err, invalid, "TimeToLive is already disabled")
	s, err := set("until", true)
	if err != nil || *s.AttributeName != "until" || !*s.Enabled {
		t.Fatalf("%v (%v)", s, err)
	}
	if d := state(); (d.TimeToLiveStatus != "ENABLED" && d.TimeToLiveStatus != "ENABLING") || *d.AttributeName != "until" {
		t.Errorf("%+v", d)
	}
	eventually(t, "it is not enabled", func() bool { return state().TimeToLiveStatus == "ENABLED" })
	_, err = set("until", true)
	fails(t, err, invalid, "TimeToLive is already enabled")
	_, err = set("other", true)
	fails(t, err, invalid, "TimeToLive is active on a different AttributeName: current AttributeName is until")
	_, err = set("other", false)
	fails(t, err, invalid, "TimeToLive is active on a different AttributeName: current AttributeName is until")
	_, err = set("", true)
	fails(t, err, invalid, "")
	_, err = db.DescribeTimeToLive(t.Context(), &dynamodb.DescribeTimeToLiveInput{TableName: aws.String("no-such-table")})
	fails(t, err, missing, "Requested resource not found: Table: no-such-table not found")
}

// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Tagging.html
func TestTags(t *testing.T) {
	db := client(t)
	in := tableOf(fresh("tagged"), "pk S")
	in.Tags = []types.Tag{{Key: aws.String("a"), Value: aws.String("1")}, {Key: aws.String("b"), Value: aws.String("")}}
	arn := create(t, in).TableArn
	tags := func() string {
		t.Helper()
		out, err := db.ListTagsOfResource(t.Context(), &dynamodb.ListTagsOfResourceInput{ResourceArn: arn})
		if err != nil {
			t.Fatal(err)
		}
		pairs := item{}
		for _, tag := range out.Tags {
			pairs[*tag.Key] = s(*tag.Value)
		}
		return showItem(pairs)
	}
	eventually(t, tags(), func() bool { return tags() == `{a:"1" b:""}` })
	tag := func(key, value string) error {
		_, err := db.TagResource(t.Context(), &dynamodb.TagResourceInput{ResourceArn: arn, Tags: []types.Tag{{Key: &key, Value: &value}}})
		return err
	}
	if err := tag("a", "2"); err != nil {
		t.Fatal(err)
	}
	if err := tag("c", "Ünïcode + - = . _ : / @"); err != nil {
		t.Fatal(err)
	}
	if _, err := db.UntagResource(t.Context(), &dynamodb.UntagResourceInput{ResourceArn: arn, TagKeys: []string{"b", "none"}}); err != nil {
		t.Fatal(err)
	}
	eventually(t, tags(), func() bool { return tags() == `{a:"2" c:"Ünïcode + - = . _ : / @"}` })
	fails(t, tag("aws:reserved", "x"), invalid, "")
	fails(t, tag(strings.Repeat("k", 129), "x"), invalid, "")
	fails(t, tag("k", strings.Repeat("v", 257)), invalid, "")
	var many []types.Tag
	for i := range 49 {
		many = append(many, types.Tag{Key: aws.String(fmt.Sprint("more", i)), Value: aws.String("x")})
	}
	_, err := db.TagResource(t.Context(), &dynamodb.TagResourceInput{ResourceArn: arn, Tags: many}) // with the two there, 51
	fails(t, err, invalid, "")
	_, err = db.ListTagsOfResource(t.Context(), &dynamodb.ListTagsOfResourceInput{ResourceArn: aws.String(*arn + "-no")})
	fails(t, err, missing, "Requested resource not found: ResourcArn: "+*arn+"-no not found") // users' quotes, the typo as well
}

// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_PutResourcePolicy.html
func TestResourcePolicy(t *testing.T) {
	db := client(t)
	arn := create(t, tableOf(fresh("governed"), "pk S")).TableArn
	account := strings.Split(*arn, ":")[4]
	policy := func(effect, action string) *string {
		return aws.String(`{"Version":"2012-10-17","Statement":[{"Sid":"One","Effect":"` + effect + `","Principal":{"AWS":"arn:aws:iam::` + account + `:root"},"Action":"` + action + `","Resource":"` + *arn + `"}]}`)
	}
	_, err := db.GetResourcePolicy(t.Context(), &dynamodb.GetResourcePolicyInput{ResourceArn: arn})
	fails(t, err, "PolicyNotFoundException", "")
	var none *types.PolicyNotFoundException
	if !errors.As(err, &none) {
		t.Errorf("%T", err)
	}
	first, err := db.PutResourcePolicy(t.Context(), &dynamodb.PutResourcePolicyInput{ResourceArn: arn, Policy: policy("Allow", "dynamodb:GetItem"), ExpectedRevisionId: aws.String("NO_POLICY")})
	if err != nil || aws.ToString(first.RevisionId) == "" {
		t.Fatalf("%v (%v)", first, err)
	}
	_, err = db.PutResourcePolicy(t.Context(), &dynamodb.PutResourcePolicyInput{ResourceArn: arn, Policy: policy("Allow", "dynamodb:Query"), ExpectedRevisionId: aws.String("NO_POLICY")})
	fails(t, err, "PolicyNotFoundException", "")
	_, err = db.PutResourcePolicy(t.Context(), &dynamodb.PutResourcePolicyInput{ResourceArn: arn, Policy: policy("Allow", "dynamodb:Query"), ExpectedRevisionId: aws.String("1234")})
	fails(t, err, "PolicyNotFoundException", "")
	got, err := db.GetResourcePolicy(t.Context(), &dynamodb.GetResourcePolicyInput{ResourceArn: arn})
	if err != nil || *got.Policy != *policy("Allow", "dynamodb:GetItem") || *got.RevisionId != *first.RevisionId {
		t.Errorf("%s of %s (%v), want %s of %s", aws.ToString(got.Policy), aws.ToString(got.RevisionId), err, *policy("Allow", "dynamodb:GetItem"), *first.RevisionId)
	}
	for name, text := range map[string]string{"no JSON": "{", "no statement": `{"Version":"2012-10-17"}`, "no principal": `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"dynamodb:GetItem","Resource":"` + *arn + `"}]}`,
		"another service's action": *policy("Allow", "s3:GetObject")} {
		t.Run(name, func(t *testing.T) {
			_, err := db.PutResourcePolicy(t.Context(), &dynamodb.PutResourcePolicyInput{ResourceArn: arn, Policy: &text})
			fails(t, err, invalid, "")
		})
	}
	if _, err := db.DeleteResourcePolicy(t.Context(), &dynamodb.DeleteResourcePolicyInput{ResourceArn: arn, ExpectedRevisionId: first.RevisionId}); err != nil {
		t.Error(err)
	}
	_, err = db.GetResourcePolicy(t.Context(), &dynamodb.GetResourcePolicyInput{ResourceArn: arn})
	fails(t, err, "PolicyNotFoundException", "")
	// "If you delete a policy that doesn't exist, no error": DeleteResourcePolicy is an idempotent operation.
	if _, err := db.DeleteResourcePolicy(t.Context(), &dynamodb.DeleteResourcePolicyInput{ResourceArn: arn}); err != nil {
		t.Error(err)
	}
}
