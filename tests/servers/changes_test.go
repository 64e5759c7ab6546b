package servers

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/statordb/stator/tests/fleet"
)

// What is changed of a table on one server is in force on all within two seconds, and when it is deleted, too.
func changesOfTables(t *testing.T, f *fleet.Fleet) {
	ctx := t.Context()
	name := newTable(t, f)
	all := clients(f)
	for _, c := range all { // every server knows the table
		_, err := c.PutItem(ctx, &dynamodb.PutItemInput{TableName: &name, Item: item{"pk": str("1")}})
		must(t, err)
	}
	put := func(c aws.Config) string {
		_, err := client(c).PutItem(ctx, &dynamodb.PutItemInput{TableName: &name, Item: item{"pk": str("2")}})
		return code(err)
	}

	// A policy of the table that denies everything but what administers it.
	table, err := all[0].DescribeTable(ctx, &dynamodb.DescribeTableInput{TableName: &name})
	must(t, err)
	_, err = all[1].PutResourcePolicy(ctx, &dynamodb.PutResourcePolicyInput{ResourceArn: table.Table.TableArn, Policy: aws.String(
		`{"Version":"2012-10-17","Statement":{"Effect":"Deny","Principal":"*","Action":"dynamodb:PutItem","Resource":"` + *table.Table.TableArn + `"}}`)})
	must(t, err)
	everywhere(t, f, inForce, "a policy that denies", "AccessDeniedException", put)
	_, err = all[2].DeleteResourcePolicy(ctx, &dynamodb.DeleteResourcePolicyInput{ResourceArn: table.Table.TableArn})
	must(t, err)
	everywhere(t, f, inForce, "the policy is deleted", "", put)

	_, err = all[2].UpdateTable(ctx, &dynamodb.UpdateTableInput{TableName: &name,
		StreamSpecification: &types.StreamSpecification{StreamEnabled: aws.Bool(true), StreamViewType: "KEYS_ONLY"}})
	must(t, err)
	everywhere(t, f, inForce, "a stream", "KEYS_ONLY", func(c aws.Config) string {
		out, err := client(c).DescribeTable(ctx, &dynamodb.DescribeTableInput{TableName: &name})
		if err != nil || out.Table.StreamSpecification == nil {
			return code(err)
		}
		return string(out.Table.StreamSpecification.StreamViewType)
	})
	eventually(t, patience, "UpdateTable", func() (string, string) { return status(ctx, f.Servers[0].Config, name), "ACTIVE" })

	_, err = all[0].DeleteTable(ctx, &dynamodb.DeleteTableInput{TableName: &name})
	must(t, err)
	everywhere(t, f, inForce, "the table is deleted", "ResourceNotFoundException", put)
}

// What is changed of identities on one server is in force on all within two seconds.
func changesOfIdentities(t *testing.T, f *fleet.Fleet) {
	ctx := t.Context()
	name, user := newTable(t, f), aws.String("somebody")
	of := func(i int) *iam.Client { return iam.NewFromConfig(f.Servers[i].Config) }
	_, err := of(0).CreateUser(ctx, &iam.CreateUserInput{UserName: user})
	must(t, err)
	key, err := of(1).CreateAccessKey(ctx, &iam.CreateAccessKeyInput{UserName: user})
	must(t, err)
	get := func(c aws.Config) string {
		c.Credentials = credentials.NewStaticCredentialsProvider(*key.AccessKey.AccessKeyId, *key.AccessKey.SecretAccessKey, "")
		_, err := client(c).GetItem(ctx, &dynamodb.GetItemInput{TableName: &name, Key: item{"pk": str("1")}})
		return code(err)
	}
	everywhere(t, f, inForce, "a new key", "AccessDeniedException", get)
	_, err = of(2).PutUserPolicy(ctx, &iam.PutUserPolicyInput{UserName: user, PolicyName: aws.String("reads"),
		PolicyDocument: aws.String(`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"dynamodb:GetItem","Resource":"*"}}`)})
	must(t, err)
	everywhere(t, f, inForce, "a policy", "", get)
	_, err = of(0).DeleteUserPolicy(ctx, &iam.DeleteUserPolicyInput{UserName: user, PolicyName: aws.String("reads")})
	must(t, err)
	everywhere(t, f, inForce, "the policy is deleted", "AccessDeniedException", get)
	_, err = of(1).UpdateAccessKey(ctx, &iam.UpdateAccessKeyInput{UserName: user, AccessKeyId: key.AccessKey.AccessKeyId, Status: "Inactive"})
	must(t, err)
	everywhere(t, f, inForce, "the key is inactive", "UnrecognizedClientException", get)
	_, err = of(1).UpdateAccessKey(ctx, &iam.UpdateAccessKeyInput{UserName: user, AccessKeyId: key.AccessKey.AccessKeyId, Status: "Active"})
	must(t, err)
	everywhere(t, f, inForce, "the key is active", "AccessDeniedException", get)
	_, err = of(2).DeleteAccessKey(ctx, &iam.DeleteAccessKeyInput{UserName: user, AccessKeyId: key.AccessKey.AccessKeyId})
	must(t, err)
	everywhere(t, f, inForce, "the key is deleted", "UnrecognizedClientException", get)
}
