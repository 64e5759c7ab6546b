package session

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/statordb/stator/tests/browser"
	"github.com/statordb/stator/tests/harness"
)

// Two accounts, each with an administrator ada and a table of its own.
func TestPeople(t *testing.T) {
	t.Parallel()
	s := harness.Start(t)
	account, other := browser.OtherAccount(t, s)
	for _, in := range []struct {
		config aws.Config
		table  string
	}{{s.Config, "First"}, {other, "Second"}} {
		api := iam.NewFromConfig(in.config)
		for _, name := range []string{"ada", "grace"} {
			_, made := api.CreateUser(t.Context(), &iam.CreateUserInput{UserName: &name})
			_, password := api.CreateLoginProfile(t.Context(), &iam.CreateLoginProfileInput{UserName: &name, Password: aws.String(browser.Password)})
			_, attached := api.AttachUserPolicy(t.Context(), &iam.AttachUserPolicyInput{UserName: &name, PolicyArn: aws.String("arn:aws:iam::aws:policy/AdministratorAccess")})
			if made != nil || password != nil || attached != nil {
				t.Fatal(made, password, attached)
			}
		}
		browser.Table(t, dynamodb.NewFromConfig(in.config), in.table, []string{"id S"}, nil)
	}
	_, err := iam.NewFromConfig(s.Config).CreatePolicy(t.Context(), &iam.CreatePolicyInput{PolicyName: aws.String("Secret"),
		PolicyDocument: aws.String(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"dynamodb:*","Resource":"*"}]}`)})
	if err != nil {
		t.Fatal(err)
	}
	browser.Flow(t, "people.test.mjs", browser.Visit{Endpoint: s.Endpoint}, "STATOR_ACCOUNT="+s.Account, "STATOR_OTHER_ACCOUNT="+account,
		"STATOR_PASSWORD="+browser.Password)
}
