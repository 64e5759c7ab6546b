package statortest_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/smithy-go"

	"github.com/statordb/stator"
	"github.com/statordb/stator/statortest"
)

func TestStart(t *testing.T) {
	var url string
	t.Run("server", func(t *testing.T) {
		s := statortest.Start(t)
		url = s.URL
		client := dynamodb.NewFromConfig(s.Config)
		if got, err := client.ListTables(t.Context(), &dynamodb.ListTablesInput{}); err != nil || len(got.TableNames) > 0 {
			t.Error(got, err)
		}
		if got, err := album(client); got != "Somewhat Famous" || err != nil {
			t.Error(got, err)
		}
		other := dynamodb.NewFromConfig(statortest.Start(t).Config)
		if got, err := other.ListTables(t.Context(), &dynamodb.ListTablesInput{}); err != nil || len(got.TableNames) > 0 {
			t.Error("two servers share tables", got, err)
		}
		wrong := dynamodb.NewFromConfig(s.Config, func(o *dynamodb.Options) {
			o.Credentials = credentials.NewStaticCredentialsProvider(s.Credentials.AccessKeyID, strings.Repeat("x", 40), "")
		})
		var refused smithy.APIError
		if _, err := wrong.ListTables(t.Context(), &dynamodb.ListTablesInput{}); !errors.As(err, &refused) || refused.ErrorCode() != "InvalidSignatureException" {
			t.Error(err)
		}
	})
	if res, err := http.Get(url); err == nil {
		t.Error("still there after the test", res.Status)
	}
}

func TestOpenAndOptions(t *testing.T) {
	s := statortest.Start(t, statortest.Open(), statortest.WithOptions(func(o *stator.Options) { o.Region = "eu-west-1" }))
	client := dynamodb.NewFromConfig(s.Config, func(o *dynamodb.Options) {
		o.Credentials = credentials.NewStaticCredentialsProvider("anyone", "anything", "")
	})
	if got, err := album(client); got != "Somewhat Famous" || err != nil {
		t.Error(got, err)
	}
	table, err := client.DescribeTable(t.Context(), &dynamodb.DescribeTableInput{TableName: aws.String("Music")})
	if err != nil {
		t.Fatal(err)
	}
	if arn := aws.ToString(table.Table.TableArn); arn != "arn:aws:dynamodb:eu-west-1:000000000000:table/Music" {
		t.Error(arn)
	}
}
