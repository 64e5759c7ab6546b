package transfers

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/organizations"
	"github.com/aws/aws-sdk-go-v2/service/sts"
)

// user is a user with statements for a policy.
func (s *server) user(name string) (db *dynamodb.Client, may func(statements ...string)) {
	s.Helper()
	admin := iam.NewFromConfig(s.conf)
	if _, err := admin.CreateUser(s.Context(), &iam.CreateUserInput{UserName: &name}); err != nil {
		s.Fatal(err)
	}
	made, err := admin.CreateAccessKey(s.Context(), &iam.CreateAccessKeyInput{UserName: &name})
	if err != nil {
		s.Fatal(err)
	}
	conf := s.conf
	conf.Credentials = credentials.NewStaticCredentialsProvider(*made.AccessKey.AccessKeyId, *made.AccessKey.SecretAccessKey, "")
	return dynamodb.NewFromConfig(conf), func(statements ...string) {
		s.Helper()
		if _, err := admin.PutUserPolicy(s.Context(), &iam.PutUserPolicyInput{UserName: &name, PolicyName: aws.String("p"),
			PolicyDocument: aws.String(`{"Version":"2012-10-17","Statement":[` + strings.Join(statements, ",") + `]}`)}); err != nil {
			s.Fatal(err)
		}
	}
}

func allow(resource string, actions ...string) string {
	return `{"Effect":"Allow","Action":["` + strings.Join(actions, `","`) + `"],"Resource":"` + resource + `"}`
}

// Developer guide, "Requesting a table export in DynamoDB": who exports needs permissions on the table and on the bucket.
func TestExportPermissions(t *testing.T) {
	s := start(t)
	s.create("my-table")
	db, may := s.user("ann")
	in := &dynamodb.ExportTableToPointInTimeInput{TableArn: tableARN("my-table"), S3Bucket: aws.String("your-bucket"), S3Prefix: aws.String("here")}
	export := func() error { _, err := db.ExportTableToPointInTime(t.Context(), in); return err }
	table, bucket := allow(*tableARN("my-table"), "dynamodb:ExportTableToPointInTime"), "arn:aws:s3:::your-bucket/*"
	may(table, allow(bucket, "s3:AbortMultipartUpload"))
	refusal(t, export(), "AccessDeniedException", "is not authorized to perform: s3:PutObject on resource: arn:aws:s3:::your-bucket/here/AWSDynamoDB/*")
	may(table, allow(bucket, "s3:PutObject"))
	refusal(t, export(), "AccessDeniedException", "s3:AbortMultipartUpload")
	may(allow(bucket, "s3:*"))
	refusal(t, export(), "AccessDeniedException", "dynamodb:ExportTableToPointInTime on resource: "+*tableARN("my-table"))
	may(table, allow("arn:aws:s3:::your-bucket/there/*", "s3:*"))
	refusal(t, export(), "AccessDeniedException", "s3:PutObject")
	may(table, allow(bucket, "s3:AbortMultipartUpload", "s3:PutObject", "s3:PutObjectAcl"))
	if err := export(); err != nil {
		t.Error(err)
	}
	list, err := s.db.ListExports(t.Context(), nil)
	if err != nil || len(list.ExportSummaries) != 1 {
		t.Fatalf("%+v (%v)", list, err)
	}
	arn := list.ExportSummaries[0].ExportArn
	s.waitExport(*arn)
	describe := func() error {
		_, err := db.DescribeExport(t.Context(), &dynamodb.DescribeExportInput{ExportArn: arn})
		return err
	}
	refusal(t, describe(), "AccessDeniedException", "dynamodb:DescribeExport on resource: "+*arn)
	may(allow(*tableARN("my-table")+"/export/*", "dynamodb:DescribeExport"))
	if err := describe(); err != nil {
		t.Error(err)
	}
}

// Developer guide, "Requesting a table import in DynamoDB".
func TestImportPermissions(t *testing.T) {
	s := start(t)
	s.put("your-bucket", "data", []byte(`{"Item":{"id":{"S":"a"}}}`))
	db, may := s.user("ann")
	run := func() error {
		_, err := db.ImportTable(t.Context(), importOf("your-bucket", "data", types.InputFormatDynamodbJson, newTable("my-table")))
		return err
	}
	table, list, get := allow(*tableARN("my-table"), "dynamodb:ImportTable"), allow("arn:aws:s3:::your-bucket", "s3:ListBucket"), allow("arn:aws:s3:::your-bucket/*", "s3:GetObject")
	may(table, list)
	refusal(t, run(), "AccessDeniedException", "s3:GetObject on resource: arn:aws:s3:::your-bucket/data*")
	may(table, get)
	refusal(t, run(), "AccessDeniedException", "s3:ListBucket on resource: arn:aws:s3:::your-bucket")
	may(list, get)
	refusal(t, run(), "AccessDeniedException", "dynamodb:ImportTable on resource: "+*tableARN("my-table"))
	may(table, list, get)
	if err := run(); err != nil {
		t.Error(err)
	}
	in := importOf("your-bucket", "data", types.InputFormatDynamodbJson, newTable("another"))
	in.S3BucketSource.S3BucketOwner = aws.String("444455556666")
	_, err := s.db.ImportTable(t.Context(), in)
	refusal(t, err, "AccessDeniedException", "s3:ListBucket")
}

// Two accounts have buckets of one name, and see nothing of each other.
func TestTwoAccounts(t *testing.T) {
	s := start(t)
	org := organizations.NewFromConfig(s.conf)
	made, err := org.CreateAccount(t.Context(), &organizations.CreateAccountInput{AccountName: aws.String("other"), Email: aws.String("other@example.com")})
	if err != nil {
		t.Fatal(err)
	}
	status := made.CreateAccountStatus
	for end := time.Now().Add(patience); status.AccountId == nil && time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		got, err := org.DescribeCreateAccountStatus(t.Context(), &organizations.DescribeCreateAccountStatusInput{CreateAccountRequestId: status.Id})
		if err != nil {
			t.Fatal(err)
		}
		status = got.CreateAccountStatus
	}
	session, err := sts.NewFromConfig(s.conf).AssumeRole(t.Context(), &sts.AssumeRoleInput{RoleSessionName: aws.String("session"),
		RoleArn: aws.String("arn:aws:iam::" + *status.AccountId + ":role/OrganizationAccountAccessRole")})
	if err != nil {
		t.Fatal(err)
	}
	conf := s.conf
	conf.Credentials = credentials.NewStaticCredentialsProvider(*session.Credentials.AccessKeyId, *session.Credentials.SecretAccessKey, *session.Credentials.SessionToken)
	other := *s
	other.conf, other.db = conf, dynamodb.NewFromConfig(conf)

	s.put("bucket", "data", []byte(`{"Item":{"id":{"S":"mine"}}}`))
	d := other.imported(importOf("bucket", "data", types.InputFormatDynamodbJson, newTable("table")))
	if aws.ToString(d.FailureCode) != "S3NoSuchBucket" {
		t.Errorf("%+v", d)
	}
	put(t, s.objects, *status.AccountId, "bucket", "data", []byte(`{"Item":{"id":{"S":"others"}}}`))
	d = other.imported(importOf("bucket", "data", types.InputFormatDynamodbJson, newTable("table")))
	if got := other.texts("table"); d.ImportStatus != types.ImportStatusCompleted || len(got) != 1 || got["others"] == "" {
		t.Errorf("%+v %v", d, got)
	}
	_, err = s.db.DescribeImport(t.Context(), &dynamodb.DescribeImportInput{ImportArn: d.ImportArn})
	refusal(t, err, "AccessDeniedException", "")
	_, err = s.db.ListImports(t.Context(), &dynamodb.ListImportsInput{TableArn: d.TableArn})
	refusal(t, err, "AccessDeniedException", "")
	if list, err := s.db.ListImports(t.Context(), nil); err != nil || len(list.ImportSummaryList) != 0 {
		t.Errorf("%+v (%v)", list, err)
	}
	other.recover("table")
	out, err := other.db.ExportTableToPointInTime(t.Context(), &dynamodb.ExportTableToPointInTimeInput{TableArn: d.TableArn, S3Bucket: aws.String("bucket")})
	if err != nil {
		t.Fatal(err)
	}
	other.waitExport(*out.ExportDescription.ExportArn)
	if _, err := os.Stat(filepath.Join(s.objects, *status.AccountId, "bucket", "AWSDynamoDB")); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(filepath.Join(s.objects, account, "bucket", "AWSDynamoDB")); err == nil {
		t.Error("it is in the bucket of the first account")
	}
	_, err = s.db.ExportTableToPointInTime(t.Context(), &dynamodb.ExportTableToPointInTimeInput{TableArn: d.TableArn, S3Bucket: aws.String("bucket")})
	refusal(t, err, "AccessDeniedException", "dynamodb:ExportTableToPointInTime")
}
