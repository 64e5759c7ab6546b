package identity

import (
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	dbtypes "github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/iam"
)

// DynamoDB Developer Guide, "Cross-account access with resource-based policies": the table's policy and the user's own
// have to allow.
func TestTableOfAnotherAccount(t *testing.T) {
	t.Parallel()
	m := newAccount(t)
	ann := userIn(t, iamOf(m.admin), named(t, "ann"))
	name := table(t, "table")
	arn := "arn:aws:dynamodb:" + region + ":" + account + ":table/" + name
	db := dynamo(site.admin)
	_, err := db.PutItem(t.Context(), &dynamodb.PutItemInput{TableName: &name, Item: item("a")})
	must(t, "put item", err)
	get := func(c aws.Credentials) error {
		_, err := dynamo(c).GetItem(t.Context(), &dynamodb.GetItemInput{TableName: &arn, Key: item("a")})
		return err
	}
	share := func(principal string) {
		t.Helper()
		_, err := db.PutResourcePolicy(t.Context(), &dynamodb.PutResourcePolicyInput{ResourceArn: &arn, Policy: aws.String(
			`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"` + principal + `"},"Action":"dynamodb:GetItem","Resource":"` + arn + `"}]}`)})
		must(t, "share the table", err)
	}
	deniedData(t, "nothing is shared", get(ann.creds))
	share(ann.arn)
	deniedData(t, "her account does not let her", get(ann.creds), "because no identity-based policy allows the dynamodb:GetItem action")
	ann.may(t, iamOf(m.admin), "read", allow("dynamodb:*", arn))
	works(t, "both allow", get(ann.creds))
	_, err = dynamo(ann.creds).PutItem(t.Context(), &dynamodb.PutItemInput{TableName: &arn, Item: item("b")})
	deniedData(t, "what is not shared", err, "because no resource-based policy allows the dynamodb:PutItem action")
	_, err = dynamo(ann.creds).GetItem(t.Context(), &dynamodb.GetItemInput{TableName: &name, Key: item("a")})
	deniedData(t, "a name is of her own account", err)

	// The policy was for her, not for whoever has her name next.
	_, err = iamOf(m.admin).DeleteAccessKey(t.Context(), &iam.DeleteAccessKeyInput{UserName: &ann.name, AccessKeyId: &ann.creds.AccessKeyID})
	must(t, "delete her key", err)
	_, err = iamOf(m.admin).DeleteUserPolicy(t.Context(), &iam.DeleteUserPolicyInput{UserName: &ann.name, PolicyName: aws.String("read")})
	must(t, "delete her policy", err)
	_, err = iamOf(m.admin).DeleteUser(t.Context(), &iam.DeleteUserInput{UserName: &ann.name})
	must(t, "delete her", err)
	second := userIn(t, iamOf(m.admin), ann.name, allow("dynamodb:*", arn))
	deniedData(t, "another user of that name", get(second.creds), "because no resource-based policy allows the dynamodb:GetItem action")
	shown, err := db.GetResourcePolicy(t.Context(), &dynamodb.GetResourcePolicyInput{ResourceArn: &arn})
	must(t, "get the policy", err)
	if want := `"AWS":"` + ann.id + `"`; !strings.Contains(*shown.Policy, want) {
		t.Errorf("the policy shows %s, want %s", *shown.Policy, want)
	}

	// A role of the other account, and the account as a whole.
	share("arn:aws:iam::" + m.id + ":root")
	works(t, "the account", get(second.creds))
	r := m.role(t, "reader", trust("arn:aws:iam::"+m.id+":root"), allow("dynamodb:GetItem", arn))
	third := userIn(t, iamOf(m.admin), named(t, "third"), allow("sts:AssumeRole", r.arn))
	works(t, "a role of the account", get(session(t, third.creds, r.arn)))
	share(r.arn)
	works(t, "the role by name", get(session(t, third.creds, r.arn)))
	deniedData(t, "others of the account", get(second.creds))
}

// An explicit deny in the table's policy counts for those whom their own policies allow everything.
func TestTablePolicyDenies(t *testing.T) {
	t.Parallel()
	u := user(t, "user", allow("dynamodb:*", "*"))
	name := table(t, "table")
	arn := "arn:aws:dynamodb:" + region + ":" + account + ":table/" + name
	read := func() error {
		_, err := dynamo(u.creds).Scan(t.Context(), &dynamodb.ScanInput{TableName: &name, Select: dbtypes.SelectCount})
		return err
	}
	works(t, "without a policy", read())
	_, err := dynamo(site.admin).PutResourcePolicy(t.Context(), &dynamodb.PutResourcePolicyInput{ResourceArn: &arn, Policy: aws.String(
		`{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":{"AWS":"` + u.arn + `"},"Action":"dynamodb:Scan","Resource":"` + arn + `"}]}`)})
	must(t, "put the policy", err)
	deniedData(t, "the table denies", read(), "with an explicit deny in a resource-based policy")
	_, err = dynamo(site.admin).DeleteResourcePolicy(t.Context(), &dynamodb.DeleteResourcePolicyInput{ResourceArn: &arn})
	must(t, "delete the policy", err)
	works(t, "without a policy again", read())
}
