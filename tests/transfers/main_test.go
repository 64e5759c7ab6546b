// Package transfers tests exports and imports of tables from outside, with the SDK and the AWS CLI: what is in the files, what is
// refused, and what is left after a crash. It puts objects into the folder of the object store, and takes them from there.
package transfers

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"io"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/smithy-go"

	"github.com/statordb/stator"
	"github.com/statordb/stator/tests/engine"
	"github.com/statordb/stator/tests/harness"
)

func TestMain(m *testing.M) { harness.Main(m) }

const account = "111122223333"

// patience is how long a transfer may take.
const patience = 2 * time.Minute

// server is a server in this process whose objects are in a folder.
type server struct {
	*testing.T
	conf    aws.Config
	db      *dynamodb.Client
	objects string
}

func start(t *testing.T) *server {
	t.Helper()
	folder := t.TempDir()
	opts := stator.Options{Account: account, ObjectStore: folder}
	if err := engine.Choose(&opts); err != nil {
		t.Fatal(err)
	}
	s, err := stator.Open(opts)
	if err != nil {
		t.Fatal(err)
	}
	web := httptest.NewServer(s)
	t.Cleanup(func() {
		web.Close()
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	key, _ := s.Credentials()
	conf := aws.Config{BaseEndpoint: aws.String(web.URL), Region: "us-east-1", RetryMaxAttempts: 1,
		Credentials: credentials.NewStaticCredentialsProvider(key.AccessKeyID, key.SecretAccessKey, "")}
	return &server{t, conf, dynamodb.NewFromConfig(conf), folder}
}

// put puts an object of the account.
func (s *server) put(bucket, key string, content []byte) {
	put(s, s.objects, account, bucket, key, content)
}

func put(t testing.TB, objects, account, bucket, key string, content []byte) {
	t.Helper()
	file := filepath.Join(objects, account, bucket, key)
	if err := errors.Join(os.MkdirAll(filepath.Dir(file), 0o700), os.WriteFile(file, content, 0o600)); err != nil {
		t.Fatal(err)
	}
}

func (s *server) get(bucket, key string) []byte {
	s.Helper()
	content, err := os.ReadFile(filepath.Join(s.objects, account, bucket, filepath.FromSlash(key)))
	if err != nil {
		s.Fatal(err)
	}
	return content
}

func gunzip(t testing.TB, packed []byte) []byte {
	t.Helper()
	z, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		t.Fatal(err)
	}
	plain, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return plain
}

// newTable is a table with the key id, a string, or with the attributes of a key and an index.
func newTable(name string) *types.TableCreationParameters {
	return &types.TableCreationParameters{
		TableName:            &name,
		AttributeDefinitions: []types.AttributeDefinition{{AttributeName: aws.String("id"), AttributeType: types.ScalarAttributeTypeS}},
		KeySchema:            []types.KeySchemaElement{{AttributeName: aws.String("id"), KeyType: types.KeyTypeHash}},
		BillingMode:          types.BillingModePayPerRequest,
	}
}

func importOf(bucket, prefix string, format types.InputFormat, p *types.TableCreationParameters) *dynamodb.ImportTableInput {
	return &dynamodb.ImportTableInput{InputFormat: format, TableCreationParameters: p,
		S3BucketSource: &types.S3BucketSource{S3Bucket: &bucket, S3KeyPrefix: &prefix}}
}

// imported imports and waits for the end.
func (s *server) imported(in *dynamodb.ImportTableInput) *types.ImportTableDescription {
	s.Helper()
	out, err := s.db.ImportTable(s.Context(), in)
	if err != nil {
		s.Fatal(err)
	}
	d := out.ImportTableDescription
	if d.ImportStatus != types.ImportStatusInProgress || d.StartTime == nil || d.TableId == nil || aws.ToString(d.ClientToken) == "" {
		s.Errorf("begun: %+v", d)
	}
	return s.waitImport(*d.ImportArn)
}

func (s *server) waitImport(arn string) *types.ImportTableDescription {
	s.Helper()
	for end := time.Now().Add(patience); ; time.Sleep(10 * time.Millisecond) {
		out, err := s.db.DescribeImport(s.Context(), &dynamodb.DescribeImportInput{ImportArn: &arn})
		if err != nil {
			s.Fatal(err)
		}
		if d := out.ImportTableDescription; d.ImportStatus != types.ImportStatusInProgress {
			return d
		}
		if time.Now().After(end) {
			s.Fatalf("import %s does not end: %+v", arn, out.ImportTableDescription)
		}
	}
}

func (s *server) waitExport(arn string) *types.ExportDescription {
	s.Helper()
	for end := time.Now().Add(patience); ; time.Sleep(10 * time.Millisecond) {
		out, err := s.db.DescribeExport(s.Context(), &dynamodb.DescribeExportInput{ExportArn: &arn})
		if err != nil {
			s.Fatal(err)
		}
		if d := out.ExportDescription; d.ExportStatus != types.ExportStatusInProgress {
			return d
		}
		if time.Now().After(end) {
			s.Fatalf("export %s does not end: %+v", arn, out.ExportDescription)
		}
	}
}

// create creates a table with point-in-time recovery.
func (s *server) create(name string) {
	s.Helper()
	p := newTable(name)
	if _, err := s.db.CreateTable(s.Context(), &dynamodb.CreateTableInput{TableName: p.TableName, AttributeDefinitions: p.AttributeDefinitions,
		KeySchema: p.KeySchema, BillingMode: p.BillingMode}); err != nil {
		s.Fatal(err)
	}
	s.recover(name)
}

func (s *server) recover(name string) {
	s.Helper()
	if _, err := s.db.UpdateContinuousBackups(s.Context(), &dynamodb.UpdateContinuousBackupsInput{TableName: &name,
		PointInTimeRecoverySpecification: &types.PointInTimeRecoverySpecification{PointInTimeRecoveryEnabled: aws.Bool(true)}}); err != nil {
		s.Fatal(err)
	}
}

func tableARN(name string) *string {
	return aws.String("arn:aws:dynamodb:us-east-1:" + account + ":table/" + name)
}

// exported exports a table and waits for the end.
func (s *server) exported(in *dynamodb.ExportTableToPointInTimeInput) *types.ExportDescription {
	s.Helper()
	out, err := s.db.ExportTableToPointInTime(s.Context(), in)
	if err != nil {
		s.Fatal(err)
	}
	return s.waitExport(*out.ExportDescription.ExportArn)
}

// items returns all items of a table.
func (s *server) items(name string) []map[string]types.AttributeValue {
	s.Helper()
	var all []map[string]types.AttributeValue
	pages := dynamodb.NewScanPaginator(s.db, &dynamodb.ScanInput{TableName: &name})
	for pages.HasMorePages() {
		out, err := pages.NextPage(s.Context())
		if err != nil {
			s.Fatal(err)
		}
		all = append(all, out.Items...)
	}
	return all
}

// texts returns all items of a table by their id, in JSON.
func (s *server) texts(name string) map[string]string {
	s.Helper()
	all := map[string]string{}
	for _, item := range s.items(name) {
		b, err := json.Marshal(item)
		if err != nil {
			s.Fatal(err)
		}
		all[item["id"].(*types.AttributeValueMemberS).Value] = string(b)
	}
	return all
}

func text(v string) types.AttributeValue { return &types.AttributeValueMemberS{Value: v} }

func (s *server) write(name string, items ...map[string]types.AttributeValue) {
	s.Helper()
	for _, item := range items {
		if _, err := s.db.PutItem(s.Context(), &dynamodb.PutItemInput{TableName: &name, Item: item}); err != nil {
			s.Fatal(err)
		}
	}
}

// refusal checks the code of an error.
func refusal(t testing.TB, err error, code, part string) {
	t.Helper()
	var api smithy.APIError
	if !errors.As(err, &api) || api.ErrorCode() != code || !strings.Contains(api.ErrorMessage(), part) {
		t.Errorf("got %v, want %s: %s", err, code, part)
	}
}
