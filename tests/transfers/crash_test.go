package transfers

import (
	"bytes"
	"crypto/sha512"
	"encoding/hex"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/statordb/stator/tests/harness"
)

// process is a server of its own, that can be killed.
func process(t *testing.T) (*server, *harness.Server) {
	t.Helper()
	h := harness.Start(t, "--account-id", account)
	h.Config.Region = "us-east-1"
	return &server{t, h.Config, dynamodb.NewFromConfig(h.Config), filepath.Join(h.Data, "objects")}, h
}

// A server that is killed again and again finishes what it began: an import has every item, and counts each once; an export has every
// item once.
func TestKilled(t *testing.T) {
	const items = 60_000
	s, h := process(t)
	for file := range 3 {
		var b bytes.Buffer
		for i := range items / 3 {
			noise := sha512.Sum512(fmt.Append(nil, file, i)) // what does not compress, so that there are several files
			fmt.Fprintf(&b, `{"Item":{"id":{"S":"%d-%d"},"text":{"S":"%s"}}}`+"\n", file, i, strings.Repeat(hex.EncodeToString(noise[:]), 4))
			if i%1000 == 0 {
				b.WriteString("nonsense\n")
			}
		}
		s.put("bucket", fmt.Sprintf("in/%d", file), b.Bytes())
	}
	out, err := s.db.ImportTable(t.Context(), importOf("bucket", "in/", types.InputFormatDynamodbJson, newTable("table")))
	if err != nil {
		t.Fatal(err)
	}
	arn := *out.ImportTableDescription.ImportArn
	kills, last := 0, int64(0)
	for kills < 5 {
		got, err := s.db.DescribeImport(t.Context(), &dynamodb.DescribeImportInput{ImportArn: &arn})
		if err != nil {
			t.Fatal(err)
		}
		d := got.ImportTableDescription
		if d.ImportStatus != types.ImportStatusInProgress {
			break
		}
		if d.ProcessedItemCount < last {
			t.Errorf("after %d items there are %d", last, d.ProcessedItemCount)
		}
		if d.ProcessedItemCount > last && d.ProcessedItemCount < items {
			last = d.ProcessedItemCount
			h.Kill()
			h.Restart()
			kills++
		}
	}
	t.Logf("killed in the middle %d times", kills)
	if kills == 0 {
		t.Error("the import was never in the middle")
	}
	d := s.waitImport(arn)
	if d.ImportedItemCount != items || d.ErrorCount != 60 || d.ProcessedItemCount != items+60 || aws.ToString(d.FailureCode) != "ItemValidationError" {
		t.Fatalf("%+v", d)
	}
	if n := len(s.items("table")); n != items {
		t.Fatalf("%d items", n)
	}

	s.recover("table")
	started, err := s.db.ExportTableToPointInTime(t.Context(), &dynamodb.ExportTableToPointInTimeInput{TableArn: tableARN("table"), S3Bucket: aws.String("bucket"), S3Prefix: aws.String("out")})
	if err != nil {
		t.Fatal(err)
	}
	for kill := range 4 {
		time.Sleep(time.Duration(20+100*kill) * time.Millisecond)
		h.Kill()
		h.Restart()
	}
	e := s.waitExport(*started.ExportDescription.ExportArn)
	lines := map[string]bool{}
	for _, line := range strings.Split(strings.TrimSpace(s.files("bucket", e)), "\n") {
		lines[line] = true
	}
	if e.ExportStatus != types.ExportStatusCompleted || *e.ItemCount != items || len(lines) != items {
		t.Errorf("%+v, %d different items", e, len(lines))
	}
}

// Developer guide, "Requesting a table export in DynamoDB" and "Requesting a table import in DynamoDB": the commands.
func TestCLI(t *testing.T) {
	s, h := process(t)
	path := harness.CLI(t)
	run := func(args ...string) string {
		t.Helper()
		args = append([]string{"dynamodb"}, args...)
		cmd := harness.Command(t, append(h.Env, "PATH="+path, "AWS_REGION=us-east-1", "AWS_DEFAULT_REGION=us-east-1"), t.TempDir(), "aws", args...)
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%q: %v\n%s", args, err, out)
		}
		return strings.TrimSpace(string(out))
	}
	s.put("bucket", "prefix/songs.csv", []byte("1;Title;Artist;1999\n2;\"Ti;tle\";Artist;2000\n"))
	arn := run("import-table", "--s3-bucket-source", "S3Bucket=bucket,S3KeyPrefix=prefix", "--input-format", "CSV",
		"--table-creation-parameters", `{"TableName":"target-table","KeySchema":[{"AttributeName":"id","KeyType":"HASH"}],"AttributeDefinitions":[{"AttributeName":"id","AttributeType":"S"}],"BillingMode":"PAY_PER_REQUEST"}`,
		"--input-format-options", `{"Csv": {"HeaderList": ["id", "title", "artist", "year_of_release"], "Delimiter": ";"}}`,
		"--query", "ImportTableDescription.ImportArn", "--output", "text")
	s.waitImport(arn)
	if got := run("describe-import", "--import-arn", arn, "--query", "ImportTableDescription.[ImportStatus,ImportedItemCount]", "--output", "text"); got != "COMPLETED\t2" {
		t.Errorf("describe-import: %s", got)
	}
	if got := run("list-imports", "--query", "ImportSummaryList[].ImportArn", "--output", "text"); got != arn {
		t.Errorf("list-imports: %s", got)
	}
	run("update-continuous-backups", "--table-name", "target-table", "--point-in-time-recovery-specification", "PointInTimeRecoveryEnabled=True")
	arn = run("export-table-to-point-in-time", "--table-arn", *tableARN("target-table"), "--s3-bucket", "ddb-export-musiccollection", "--s3-prefix", "2020-Nov",
		"--export-format", "DYNAMODB_JSON", "--s3-sse-algorithm", "AES256", "--query", "ExportDescription.ExportArn", "--output", "text")
	s.waitExport(arn)
	if got := run("describe-export", "--export-arn", arn, "--query", "ExportDescription.[ExportStatus,ItemCount]", "--output", "text"); got != "COMPLETED\t2" {
		t.Errorf("describe-export: %s", got)
	}
	if got := run("list-exports", "--table-arn", *tableARN("target-table"), "--query", "ExportSummaries[].ExportArn", "--output", "text"); got != arn {
		t.Errorf("list-exports: %s", got)
	}
}
