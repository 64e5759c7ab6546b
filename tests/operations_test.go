package tests

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/statordb/stator/internal/accessanalyzer"
	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/center"
	"github.com/statordb/stator/internal/cloudtrail"
	"github.com/statordb/stator/internal/cloudwatch"
	"github.com/statordb/stator/internal/costexplorer"
	"github.com/statordb/stator/internal/directory"
	"github.com/statordb/stator/internal/dynamodb"
	"github.com/statordb/stator/internal/identity"
	"github.com/statordb/stator/internal/portal"
)

const operationsDocument = "../docs/operations.md"

// The services whose operations are listed, with AWS's reference of each.
var services = []struct{ service, title, reference, missing string }{
	{"dynamodb", "Amazon DynamoDB", "amazondynamodb", "UnknownOperationException"},
	{"iam", "AWS Identity and Access Management", "IAM", "NotImplemented"},
	{"sts", "AWS Security Token Service", "STS", "NotImplemented"},
	{"identitystore", "AWS Identity Store", "singlesignon/latest/IdentityStoreAPIReference", "UnknownOperationException"},
	{"account", "AWS Account Management", "accounts", "UnknownOperationException"},
	{"organizations", "AWS Organizations", "organizations", "UnknownOperationException"},
	{"cloudwatch", "Amazon CloudWatch", "AmazonCloudWatch", "UnknownOperationException"},
	{"cloudtrail", "AWS CloudTrail", "awscloudtrail", "UnknownOperationException"},
	{"access-analyzer", "IAM Access Analyzer", "access-analyzer", "UnknownOperationException"},
	{"sso", "AWS IAM Identity Center", "singlesignon", "UnknownOperationException"},
	{"sso portal", "AWS IAM Identity Center Portal", "singlesignon/latest/PortalAPIReference", "UnknownOperationException"},
	{"sso-oauth", "AWS IAM Identity Center OIDC", "singlesignon/latest/OIDCAPIReference", "UnknownOperationException"},
	{"signin", "AWS Sign-In", "signin", "UnknownOperationException"},
	{"ce", "AWS Cost Explorer", "aws-cost-management", "UnknownOperationException"},
}

// streams are the operations of the DynamoDB Streams API, which has pages of its own.
var streams = []string{"DescribeStream", "GetRecords", "GetShardIterator", "ListStreams"}

func TestOperationsAreDocumented(t *testing.T) {
	var ids identity.Store
	of := map[string][]awsapi.Operation{}
	for _, op := range slices.Concat(dynamodb.New(nil, nil).Operations(), ids.Operations(), ids.TokenOperations(), ids.AccountOperations(),
		ids.AccountManagementOperations(), new(directory.Store).Operations(),
		cloudwatch.New(nil).Operations(), cloudtrail.New(nil).Operations(), accessanalyzer.New(nil).Operations(),
		costexplorer.New(nil, costexplorer.Options{}).Operations(), new(center.Store).Operations(), new(portal.Portal).Operations()) {
		service := op.Service
		if service == "sso" && op.Path != "" { // its access portal has the same IAM prefix
			service = "sso portal"
		}
		of[service] = append(of[service], op)
	}
	var b strings.Builder
	b.WriteString("# The operations\n\nEvery operation that AWS has, and whether it works here. This page is made from the tables that the server dispatches by.\n" +
		"What works and still differs from AWS on purpose: [differences.md](differences.md).\n")
	for _, s := range services {
		ops := of[s.service]
		delete(of, s.service)
		works, rows := 0, ""
		for _, op := range ops {
			state := "not yet"
			if op.Decode != nil {
				works++
				state = "works"
			}
			page := op.Name
			if slices.Contains(streams, page) {
				page = "streams_" + page
			}
			if s.service == "signin" {
				page = "dataplane-signin_" + page
			}
			reference := s.reference
			if !strings.Contains(reference, "/") {
				reference += "/latest/APIReference"
			}
			rows += fmt.Sprintf("| [%s](https://docs.aws.amazon.com/%s/API_%s.html) | %s |\n", op.Name, reference, page, state)
		}
		fmt.Fprintf(&b, "\n## %s\n\n%d of %d work.", s.title, works, len(ops))
		if works < len(ops) {
			fmt.Fprintf(&b, " The others answer %s.", s.missing)
		}
		b.WriteString("\n\n| operation | |\n| --- | --- |\n" + rows)
	}
	for service := range of {
		t.Errorf("the operations of %s are in no section", service)
	}
	documented(t, operationsDocument, b.String())
}

// documented checks that a document of the repository has the given text, or writes it.
func documented(t *testing.T, document, text string) {
	t.Helper()
	if *write {
		if err := os.WriteFile(document, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(document)
	if err != nil || string(got) != text {
		t.Errorf("%s is not up to date (%v): go test ./tests -run %s -write", document, err, t.Name())
	}
}
