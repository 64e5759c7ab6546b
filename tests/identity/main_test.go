// Package identity checks who a request comes from and what it may do: AWS STS and IAM driven with the AWS SDK for Go
// against a server in this process.
//
// What is asked and what is expected come from the IAM User Guide, the STS and IAM API References, and their
// tutorials. It imports the AWS SDK and package stator, and nothing else of this module but what chooses its engine. The main
// rule: a test makes its own users and roles, named after itself, so that all tests share one server and run at the same time.
package identity

import (
	"context"
	"errors"
	"fmt"
	"hash/crc32"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"github.com/statordb/stator"
	"github.com/statordb/stator/tests/engine"
)

const (
	account = "111122223333" // the one AWS's examples use
	region  = "us-east-1"
)

// site is the server that all tests share. TestMain sets it.
var site struct {
	url   string
	admin aws.Credentials
}

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	opts := stator.Options{Account: account, Region: region, PublicURL: "https://db.example.com/"}
	if err := engine.Choose(&opts); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer func() { _ = engine.Close() }()
	s, err := stator.Open(opts)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer func() { _ = s.Close() }()
	front := httptest.NewServer(s)
	defer front.Close()
	key, ok := s.Credentials()
	if !ok {
		fmt.Fprintln(os.Stderr, "the server has no credentials")
		return 1
	}
	site.url = front.URL
	site.admin = aws.Credentials{AccessKeyID: key.AccessKeyID, SecretAccessKey: key.SecretAccessKey, AccountID: account}
	return m.Run()
}

// config makes clients that sign with those credentials and never try twice.
func config(c aws.Credentials) aws.Config {
	return aws.Config{
		Region:       region,
		BaseEndpoint: aws.String(site.url),
		Credentials:  aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) { return c, nil }),
		Retryer:      func() aws.Retryer { return aws.NopRetryer{} },
	}
}

func stsOf(c aws.Credentials) *sts.Client       { return sts.NewFromConfig(config(c)) }
func iamOf(c aws.Credentials) *iam.Client       { return iam.NewFromConfig(config(c)) }
func dynamo(c aws.Credentials) *dynamodb.Client { return dynamodb.NewFromConfig(config(c)) }

// admin manages identities as the account's Administrator.
func admin() *iam.Client { return iamOf(site.admin) }

// named is a name that no other test uses, short enough for any entity.
func named(t *testing.T, name string) string {
	return fmt.Sprintf("%s-%08x", name, crc32.ChecksumIEEE([]byte(t.Name())))
}

// answer is what a failed request got.
type answer struct {
	status        int
	code, message string
}

func answered(err error) answer {
	var a answer
	if e, ok := errors.AsType[smithy.APIError](err); ok {
		a.code, a.message = e.ErrorCode(), e.ErrorMessage()
	}
	if e, ok := errors.AsType[*smithyhttp.ResponseError](err); ok {
		a.status = e.HTTPStatusCode()
	}
	return a
}

// fails expects an error of that HTTP status and code, with those texts in its message.
func fails(t *testing.T, what string, err error, status int, code string, texts ...string) {
	t.Helper()
	if err == nil {
		t.Errorf("%s: succeeded, want %d %s", what, status, code)
		return
	}
	got := answered(err)
	if got.status != status || got.code != code {
		t.Errorf("%s: %d %s (%v), want %d %s", what, got.status, got.code, err, status, code)
		return
	}
	for _, text := range texts {
		if !strings.Contains(got.message, text) {
			t.Errorf("%s: message %q, want %q in it", what, got.message, text)
		}
	}
}

// denied expects an authorisation error of IAM or STS with those texts in its message.
func denied(t *testing.T, what string, err error, texts ...string) {
	t.Helper()
	fails(t, what, err, 403, "AccessDenied", texts...)
}

// deniedData is denied for DynamoDB, whose errors have another code and status.
func deniedData(t *testing.T, what string, err error, texts ...string) {
	t.Helper()
	fails(t, what, err, 400, "AccessDeniedException", texts...)
}

// works expects no error.
func works(t *testing.T, what string, err error) {
	t.Helper()
	if err != nil {
		t.Errorf("%s: %v", what, err)
	}
}

// must is works for what the rest of a test needs.
func must(t *testing.T, what string, err error) {
	t.Helper()
	if err != nil {
		t.Fatalf("%s: %v", what, err)
	}
}
