package stator_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	iamtypes "github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/statordb/stator"
	"github.com/statordb/stator/internal/dynamodb"
	"github.com/statordb/stator/internal/identity"
)

// What a key was used for is known at once, and after a restart.
func TestLastUsed(t *testing.T) {
	data := t.TempDir()
	s := open(t, stator.Options{Data: data})
	conf := config(t, s)
	ann := newUser(t, conf, "ann")
	creds, err := ann.Credentials.Retrieve(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	began := time.Now().Truncate(time.Second)
	if _, err := sdk.NewFromConfig(ann).ListTables(t.Context(), nil); err == nil {
		t.Error("ann has no policies")
	}
	check := func() {
		t.Helper()
		out, err := iam.NewFromConfig(conf).GetAccessKeyLastUsed(t.Context(), &iam.GetAccessKeyLastUsedInput{AccessKeyId: &creds.AccessKeyID})
		if err != nil {
			t.Fatal(err)
		}
		used := out.AccessKeyLastUsed
		if used.LastUsedDate == nil || used.LastUsedDate.Before(began) || *used.ServiceName != "dynamodb" || *used.Region != "eu-west-1" {
			t.Errorf("%v %s %s", used.LastUsedDate, *used.ServiceName, *used.Region)
		}
	}
	check()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = open(t, stator.Options{Data: data})
	defer s.Close()
	conf = config(t, s)
	check()

	admin := iam.NewFromConfig(conf)
	job, err := admin.GenerateServiceLastAccessedDetails(t.Context(), &iam.GenerateServiceLastAccessedDetailsInput{
		Arn: aws.String("arn:aws:iam::" + s.Account() + ":user/Administrator"), Granularity: iamtypes.AccessAdvisorUsageGranularityTypeActionLevel})
	if err != nil {
		t.Fatal(err)
	}
	out, err := admin.GetServiceLastAccessedDetails(t.Context(), &iam.GetServiceLastAccessedDetailsInput{JobId: job.JobId})
	if err != nil || len(out.ServicesLastAccessed) != 3 {
		t.Fatal(out, err)
	}
	actions := out.ServicesLastAccessed[1].TrackedActionsLastAccessed
	if !slices.ContainsFunc(actions, func(a iamtypes.TrackedActionLastAccessed) bool {
		return *a.ActionName == "CreateUser" && a.LastAccessedTime != nil
	}) {
		t.Errorf("%+v", actions)
	}
}

// Every operation of DynamoDB either is of its data plane or has its use recorded by itself.
func TestEveryOperationIsTracked(t *testing.T) {
	tracked := identity.TrackedActions("dynamodb")
	if !slices.IsSorted(tracked) || !slices.IsSorted(identity.TrackedActions("sts")) || !slices.IsSorted(identity.TrackedActions("iam")) {
		t.Error("not sorted")
	}
	for _, op := range dynamodb.New(nil, nil).Operations() {
		data := identity.ActivityOf("dynamodb", op.Name) == identity.ActivityOf("dynamodb", "GetItem")
		if data == slices.Contains(tracked, op.Name) {
			t.Errorf("%s: data plane is %v, in the list of the others is %v", op.Name, data, !data)
		}
		if data && strings.HasPrefix(op.Name, "Describe") {
			t.Error(op.Name)
		}
	}
}
