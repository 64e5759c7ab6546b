package tests

import (
	"errors"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/organizations"
	orgtypes "github.com/aws/aws-sdk-go-v2/service/organizations/types"
	"github.com/aws/aws-sdk-go-v2/service/rolesanywhere"
	anywheretypes "github.com/aws/aws-sdk-go-v2/service/rolesanywhere/types"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/smithy-go"
)

// identityDifferences are those of IAM, STS and AWS Organizations.
var identityDifferences = []difference{
	{
		title:  "Changes of identities count at once",
		aws:    "IAM is eventually consistent: a new key, policy or trust may take seconds to work, and a deleted one to stop.",
		stator: "A change counts for the next request on the server that made it, and within two seconds on others over the same engine.",
		why:    "Nobody waits for permissions, and a stolen key stops when it is deleted. A program that waits or tries again works as before.",
		identity: func(t *testing.T, conf aws.Config) {
			admin := iam.NewFromConfig(conf)
			made := user(t, admin, "at-once")
			own := iam.NewFromConfig(signed(conf, made))
			for range 3 {
				policy := &iam.PutUserPolicyInput{UserName: aws.String("at-once"), PolicyName: aws.String("p"),
					PolicyDocument: aws.String(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"iam:ListUsers","Resource":"*"}]}`)}
				if _, err := admin.PutUserPolicy(t.Context(), policy); err != nil {
					t.Fatal(err)
				}
				if _, err := own.ListUsers(t.Context(), nil); err != nil {
					t.Errorf("after the policy was put: %v", err)
				}
				if _, err := admin.DeleteUserPolicy(t.Context(), &iam.DeleteUserPolicyInput{UserName: policy.UserName, PolicyName: policy.PolicyName}); err != nil {
					t.Fatal(err)
				}
				if _, err := own.ListUsers(t.Context(), nil); err == nil {
					t.Error("the policy still counts after it was deleted")
				}
			}
		},
	},
	{
		title:  "An account is there when CreateAccount answers",
		aws:    "CreateAccount answers IN_PROGRESS; the account takes minutes.",
		stator: "It answers SUCCEEDED, with the account's id. The first account of a server is the management account of its organization; there are no organizational units and no service control policies.",
		why:    "There is nothing to wait for. Programs ask for the status as before, and are told the same.",
		identity: func(t *testing.T, conf aws.Config) {
			out, err := organizations.NewFromConfig(conf).CreateAccount(t.Context(), &organizations.CreateAccountInput{AccountName: aws.String("new"), Email: aws.String("new@example.com")})
			if err != nil || out.CreateAccountStatus.State != orgtypes.CreateAccountStateSucceeded || out.CreateAccountStatus.AccountId == nil {
				t.Errorf("%+v %v", out, err)
			}
		},
	},
	{
		title:  "Refusals are in plain words",
		aws:    "Some services answer a refusal with an encoded message, which DecodeAuthorizationMessage explains.",
		stator: "Every refusal says what was refused and why. DecodeAuthorizationMessage asks for its permission, and finds every message invalid.",
		why:    "DynamoDB, IAM and STS do not encode theirs on AWS either, so there is nothing to decode. The audit log names the policy and the statement.",
		identity: func(t *testing.T, conf aws.Config) {
			_, err := sts.NewFromConfig(conf).DecodeAuthorizationMessage(t.Context(), &sts.DecodeAuthorizationMessageInput{EncodedMessage: aws.String("message")})
			var api smithy.APIError
			if !errors.As(err, &api) || api.ErrorCode() != "InvalidAuthorizationMessageException" {
				t.Error(err)
			}
		},
	},
	{
		title:  "IAM Roles Anywhere trusts the certificates that it is given",
		aws:    "A trust anchor may also be an AWS Private Certificate Authority. Certificates that are about to expire are announced by CloudWatch, EventBridge and AWS Health.",
		stator: "A trust anchor is one or two certificates of authorities; a reference to AWS Private CA is refused. Notification settings are kept and shown, and nothing is sent.",
		why:    "There is no such authority here, and nobody to be told. Any authority's certificate will do.",
		identity: func(t *testing.T, conf aws.Config) {
			_, err := rolesanywhere.NewFromConfig(conf).CreateTrustAnchor(t.Context(), &rolesanywhere.CreateTrustAnchorInput{Name: aws.String("private"),
				Source: &anywheretypes.Source{SourceType: anywheretypes.TrustAnchorTypeAwsAcmPca, SourceData: &anywheretypes.SourceDataMemberAcmPcaArn{Value: "arn:aws:acm-pca:us-east-1:111122223333:certificate-authority/x"}}})
			var api smithy.APIError
			if !errors.As(err, &api) || api.ErrorCode() != "ValidationException" {
				t.Error(err)
			}
		},
	},
}

// user makes a user with a key.
func user(t *testing.T, admin *iam.Client, name string) *iam.CreateAccessKeyOutput {
	t.Helper()
	if _, err := admin.CreateUser(t.Context(), &iam.CreateUserInput{UserName: &name}); err != nil {
		t.Fatal(err)
	}
	made, err := admin.CreateAccessKey(t.Context(), &iam.CreateAccessKeyInput{UserName: &name})
	if err != nil {
		t.Fatal(err)
	}
	return made
}

// signed is conf with the key of a user.
func signed(conf aws.Config, made *iam.CreateAccessKeyOutput) aws.Config {
	conf = conf.Copy()
	conf.Credentials = credentials.NewStaticCredentialsProvider(*made.AccessKey.AccessKeyId, *made.AccessKey.SecretAccessKey, "")
	return conf
}
