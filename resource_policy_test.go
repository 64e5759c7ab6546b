package stator_test

import (
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/statordb/stator"
)

const musicTable = "arn:aws:dynamodb:eu-west-1:111122223333:table/myMusicTable"

// musicInput is the table of the developer guide's examples for tags.
func musicInput(tags ...types.Tag) *dynamodb.CreateTableInput {
	return &dynamodb.CreateTableInput{TableName: aws.String("myMusicTable"), Tags: tags,
		AttributeDefinitions:  []types.AttributeDefinition{{AttributeName: aws.String("id"), AttributeType: types.ScalarAttributeTypeS}},
		KeySchema:             []types.KeySchemaElement{{AttributeName: aws.String("id"), KeyType: types.KeyTypeHash}},
		ProvisionedThroughput: &types.ProvisionedThroughput{ReadCapacityUnits: aws.Int64(5), WriteCapacityUnits: aws.Int64(5)},
	}
}

func tag(key, value string) types.Tag { return types.Tag{Key: &key, Value: &value} }

// ann is a user of a server whose table myMusicTable belongs to its administrator.
type ann struct {
	*testing.T
	admin, user *dynamodb.Client
	iam         *iam.Client
}

func newAnn(t *testing.T) *ann {
	s := open(t, stator.Options{Account: "111122223333"})
	t.Cleanup(func() { _ = s.Close() })
	conf := config(t, s)
	return &ann{t, dynamodb.NewFromConfig(conf), dynamodb.NewFromConfig(newUser(t, conf, "ann")), iam.NewFromConfig(conf)}
}

// may gives her a policy beside those that she has.
func (a *ann) may(name, statements string) {
	a.Helper()
	_, err := a.iam.PutUserPolicy(a.Context(), &iam.PutUserPolicyInput{UserName: aws.String("ann"), PolicyName: &name,
		PolicyDocument: aws.String(`{"Version":"2012-10-17","Statement":[` + statements + `]}`)})
	a.ok(err)
}

func (a *ann) ok(err error) {
	a.Helper()
	if err != nil {
		a.Fatal(err)
	}
}

// refused checks that she is refused an action on the table, or may do it if there is no reason.
func (a *ann) refused(err error, action, reason string) {
	a.Helper()
	refused(a.T, err, "AccessDeniedException", 400, action, reason)
}

const (
	noIdentity = " because no identity-based policy allows the ACTION action"
	readOnly   = `{"Effect":"Allow","Action":["dynamodb:Get*","dynamodb:Query","dynamodb:Scan","dynamodb:Describe*","dynamodb:List*"],"Resource":"*"}`
)

// The examples of the developer guide, "Examples for using ABAC with DynamoDB tables and indexes".
func TestResourceTagAllows(t *testing.T) {
	a := newAnn(t)
	a.may("AmazonDynamoDBReadOnlyAccess", readOnly)
	a.may("inline", `{"Effect":"Allow","Action":"dynamodb:PutItem","Resource":"arn:aws:dynamodb:*:*:table/*","Condition":{"StringEquals":{"aws:ResourceTag/Title":"ProductManager"}}}`)
	_, err := a.admin.CreateTable(t.Context(), musicInput())
	a.ok(err)
	put := func(reason string) {
		t.Helper()
		_, err := a.user.PutItem(t.Context(), &dynamodb.PutItemInput{TableName: aws.String("myMusicTable"), Item: map[string]types.AttributeValue{
			"id": &types.AttributeValueMemberS{Value: "2023"}, "title": &types.AttributeValueMemberS{Value: "Happy Day"}}})
		a.refused(err, "dynamodb:PutItem", reason)
	}
	put(noIdentity)
	for _, c := range []struct{ key, value, reason string }{{"Title", "Manager", noIdentity}, {"Title", "ProductManager", ""}} {
		_, err = a.admin.TagResource(t.Context(), &dynamodb.TagResourceInput{ResourceArn: aws.String(musicTable), Tags: []types.Tag{tag(c.key, c.value)}})
		a.ok(err)
		put(c.reason)
	}
	scanned, err := a.user.Scan(t.Context(), &dynamodb.ScanInput{TableName: aws.String("myMusicTable")})
	a.ok(err)
	if scanned.Count != 1 {
		t.Errorf("%d items", scanned.Count)
	}
	_, err = a.user.UntagResource(t.Context(), &dynamodb.UntagResourceInput{ResourceArn: aws.String(musicTable), TagKeys: []string{"Title"}})
	a.refused(err, "dynamodb:UntagResource", noIdentity)
	_, err = a.admin.UntagResource(t.Context(), &dynamodb.UntagResourceInput{ResourceArn: aws.String(musicTable), TagKeys: []string{"Title"}})
	a.ok(err)
	put(noIdentity)
}

func TestRequestTagAllows(t *testing.T) {
	a := newAnn(t)
	a.may("AmazonDynamoDBReadOnlyAccess", readOnly)
	a.may("inline", `{"Effect":"Allow","Action":["dynamodb:CreateTable","dynamodb:TagResource"],"Resource":"arn:aws:dynamodb:*:*:table/*",
		"Condition":{"StringEquals":{"aws:RequestTag/Owner":"John"}}}`)
	for _, c := range []struct {
		tags   []types.Tag
		reason string
	}{{nil, noIdentity}, {[]types.Tag{tag("Owner", "Jane")}, noIdentity}, {[]types.Tag{tag("Owner", "John")}, ""}} {
		_, err := a.user.CreateTable(t.Context(), musicInput(c.tags...))
		a.refused(err, "dynamodb:CreateTable", c.reason)
	}
	tags, err := a.user.ListTagsOfResource(t.Context(), &dynamodb.ListTagsOfResourceInput{ResourceArn: aws.String(musicTable)})
	a.ok(err)
	if len(tags.Tags) != 1 || *tags.Tags[0].Key != "Owner" || *tags.Tags[0].Value != "John" || tags.NextToken != nil {
		t.Errorf("tags: %v", tags.Tags)
	}
	_, err = a.user.TagResource(t.Context(), &dynamodb.TagResourceInput{ResourceArn: aws.String(musicTable), Tags: []types.Tag{tag("owner", "Jane")}})
	a.refused(err, "dynamodb:TagResource", noIdentity)
	_, err = a.user.TagResource(t.Context(), &dynamodb.TagResourceInput{ResourceArn: aws.String(musicTable), Tags: []types.Tag{tag("Owner", "John"), tag("k", "v")}})
	a.ok(err)
}

func TestTagKeysDeny(t *testing.T) {
	a := newAnn(t)
	a.may("AmazonDynamoDBFullAccess", `{"Effect":"Allow","Action":"dynamodb:*","Resource":"*"}`)
	a.may("managed", `{"Effect":"Deny","Action":["dynamodb:CreateTable","dynamodb:TagResource"],"Resource":"arn:aws:dynamodb:*:*:table/*",
		"Condition":{"Null":{"aws:TagKeys":"false"},"ForAllValues:StringNotEquals":{"aws:TagKeys":"CostCenter"}}}`)
	_, err := a.user.CreateTable(t.Context(), musicInput(tag("Title", "ProductManager")))
	a.refused(err, "dynamodb:CreateTable", " with an explicit deny in an identity-based policy")
	_, err = a.user.CreateTable(t.Context(), musicInput(tag("Title", "ProductManager"), tag("CostCenter", "1")))
	a.ok(err)
	_, err = a.user.UntagResource(t.Context(), &dynamodb.UntagResourceInput{ResourceArn: aws.String(musicTable), TagKeys: []string{"Title"}})
	a.ok(err)
}

// A resource-based policy gives a user of the same account what no other does, denies what others give, and is changed by
// revision, as the SDK asks for it.
func TestResourcePolicies(t *testing.T) {
	a := newAnn(t)
	_, err := a.admin.CreateTable(t.Context(), musicInput())
	a.ok(err)
	get := func(reason string) {
		t.Helper()
		_, err := a.user.GetItem(t.Context(), &dynamodb.GetItemInput{TableName: aws.String(musicTable), Key: map[string]types.AttributeValue{"id": &types.AttributeValueMemberS{Value: "1"}}})
		a.refused(err, "dynamodb:GetItem", reason)
	}
	put := func(document, expected string, confirm bool) (*dynamodb.PutResourcePolicyOutput, error) {
		in := &dynamodb.PutResourcePolicyInput{ResourceArn: aws.String(musicTable), ConfirmRemoveSelfResourceAccess: confirm,
			Policy: aws.String(`{"Version":"2012-10-17","Statement":[` + document + `]}`)}
		if expected != "" {
			in.ExpectedRevisionId = &expected
		}
		return a.admin.PutResourcePolicy(t.Context(), in)
	}
	get(noIdentity)
	first, err := put(`{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:user/ann"},"Action":"dynamodb:GetItem","Resource":"`+musicTable+`"}`, "NO_POLICY", false)
	a.ok(err)
	get("")
	a.may("all", `{"Effect":"Allow","Action":"*","Resource":"*"}`)
	const deny = `{"Effect":"Deny","Principal":"*","Action":["dynamodb:GetItem","dynamodb:PutResourcePolicy"],"Resource":"*"}`
	if _, err = put(deny, "", false); err == nil || !strings.HasSuffix(err.Error(), "AccessDeniedException: The new resource policy will not allow you to update the resource policy in the future.") {
		t.Error(err)
	}
	get("")
	second, err := put(deny, *first.RevisionId, true)
	a.ok(err)
	get(" with an explicit deny in a resource-based policy")
	if _, err = put(deny, "", true); err == nil || !strings.Contains(err.Error(), "explicit deny in a resource-based policy") {
		t.Error(err)
	}
	for _, c := range []struct{ revision, want string }{{*first.RevisionId, "PolicyNotFoundException"}, {*second.RevisionId, ""}} {
		_, err := a.admin.DeleteResourcePolicy(t.Context(), &dynamodb.DeleteResourcePolicyInput{ResourceArn: aws.String(musicTable), ExpectedRevisionId: &c.revision})
		if got, _ := code(err); got != c.want {
			t.Errorf("deleted by revision %s: %v", c.revision, err)
		}
	}
	get("")
	_, err = a.admin.GetResourcePolicy(t.Context(), &dynamodb.GetResourcePolicyInput{ResourceArn: aws.String(musicTable)})
	if got, _ := code(err); got != "PolicyNotFoundException" {
		t.Error(err)
	}
}
