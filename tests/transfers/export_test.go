package transfers

import (
	"bytes"
	"crypto/md5"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"pgregory.net/rapid"
)

// fileRecord is a line of manifest-files.json.
type fileRecord struct {
	ItemCount     int64  `json:"itemCount"`
	MD5Checksum   string `json:"md5Checksum"`
	ETag          string `json:"etag"`
	DataFileS3Key string `json:"dataFileS3Key"`
}

// files checks the manifests of an export and returns the data files, unpacked.
func (s *server) files(bucket string, d *types.ExportDescription) (text string) {
	s.Helper()
	summary := s.get(bucket, *d.ExportManifest)
	var m struct {
		ManifestFilesS3Key string
		ItemCount          int64
	}
	if err := json.Unmarshal(summary, &m); err != nil {
		s.Fatal(err)
	}
	list := s.get(bucket, m.ManifestFilesS3Key)
	for key, content := range map[string][]byte{*d.ExportManifest: summary, m.ManifestFilesS3Key: list} {
		sum := md5.Sum(content)
		if got := string(s.get(bucket, strings.TrimSuffix(key, ".json")+".md5")); got != base64.StdEncoding.EncodeToString(sum[:]) {
			s.Errorf("%s: checksum %s", key, got)
		}
	}
	n := int64(0)
	for _, line := range strings.Split(strings.TrimSpace(string(list)), "\n") {
		var f fileRecord
		if err := json.Unmarshal([]byte(line), &f); err != nil {
			s.Fatalf("%v in %q", err, line)
		}
		content := s.get(bucket, f.DataFileS3Key)
		if sum := md5.Sum(content); f.MD5Checksum != base64.StdEncoding.EncodeToString(sum[:]) || f.ETag != fmt.Sprintf("%x", sum) {
			s.Errorf("%s: %+v", f.DataFileS3Key, f)
		}
		plain := gunzip(s, content)
		if got := int64(bytes.Count(plain, []byte("\n"))); got != f.ItemCount {
			s.Errorf("%s: %d lines, %d items", f.DataFileS3Key, got, f.ItemCount)
		}
		n += f.ItemCount
		text += string(plain)
	}
	if n != m.ItemCount || n != *d.ItemCount {
		s.Errorf("%d items, %d in the summary, %d described", n, m.ItemCount, *d.ItemCount)
	}
	return text
}

// Developer guide, "DynamoDB table export output format".
func TestExportLayout(t *testing.T) {
	s := start(t)
	s.create("ProductCatalog")
	book := map[string]types.AttributeValue{
		"id": text("333"), "Authors": &types.AttributeValueMemberSS{Value: []string{"Author1", "Author2"}},
		"Id": &types.AttributeValueMemberN{Value: "103"}, "InPublication": &types.AttributeValueMemberBOOL{Value: false},
		"PageCount": &types.AttributeValueMemberN{Value: "600"},
	}
	s.write("ProductCatalog", book)
	in := &dynamodb.ExportTableToPointInTimeInput{TableArn: tableARN("ProductCatalog"), S3Bucket: aws.String("ddb-productcatalog-export"), S3Prefix: aws.String("2020-Nov"),
		ClientToken: aws.String("token")}
	d := s.exported(in)
	if d.ExportStatus != types.ExportStatusCompleted || d.EndTime == nil || *d.ItemCount != 1 || *d.BilledSizeBytes == 0 || d.ExportType != types.ExportTypeFullExport ||
		d.ExportFormat != types.ExportFormatDynamodbJson || d.S3SseAlgorithm != types.S3SseAlgorithmAes256 {
		t.Fatalf("%+v", d)
	}
	form := regexp.MustCompile(`^` + *tableARN("ProductCatalog") + `/export/([0-9]{14}-[0-9a-f]{8})$`)
	id := form.FindStringSubmatch(*d.ExportArn)
	if id == nil {
		t.Fatalf("ARN %s", *d.ExportArn)
	}
	folder := "2020-Nov/AWSDynamoDB/" + id[1] + "/"
	if *d.ExportManifest != folder+"manifest-summary.json" {
		t.Errorf("manifest %s", *d.ExportManifest)
	}
	var summary map[string]any
	if err := json.Unmarshal(s.get("ddb-productcatalog-export", *d.ExportManifest), &summary); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]any{
		"version": "2020-06-30", "exportArn": *d.ExportArn, "tableArn": *tableARN("ProductCatalog"), "tableId": *d.TableId,
		"s3Bucket": "ddb-productcatalog-export", "s3Prefix": "2020-Nov", "s3SseAlgorithm": "AES256", "s3SseKmsKeyId": nil,
		"manifestFilesS3Key": folder + "manifest-files.json", "itemCount": 1.0, "outputFormat": "DYNAMODB_JSON",
		"billedSizeBytes": float64(*d.BilledSizeBytes), "exportTime": d.ExportTime.UTC().Format("2006-01-02T15:04:05.000Z"),
	} {
		if got, ok := summary[name]; !ok || got != want {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
	}
	if got := s.get("ddb-productcatalog-export", folder+"_started"); len(got) != 0 {
		t.Errorf("_started has %q", got)
	}
	if data, err := filepath.Glob(filepath.Join(s.objects, account, "ddb-productcatalog-export", folder, "data", "*.json.gz")); len(data) != 1 {
		t.Errorf("data: %v (%v)", data, err)
	}
	if got := s.files("ddb-productcatalog-export", d); !strings.HasPrefix(got, `{"Item":{`) || !strings.Contains(got, `"Authors":{"SS":["Author1","Author2"]}`) {
		t.Error(got)
	}
	// The same token is the same export; another request with it is none.
	again, err := s.db.ExportTableToPointInTime(t.Context(), in)
	if err != nil || *again.ExportDescription.ExportArn != *d.ExportArn {
		t.Errorf("%+v (%v)", again, err)
	}
	in.S3Prefix = nil
	_, err = s.db.ExportTableToPointInTime(t.Context(), in)
	refusal(t, err, "ExportConflictException", "")

	in.ClientToken, in.ExportFormat = nil, types.ExportFormatIon
	d = s.exported(in)
	if got := s.files("ddb-productcatalog-export", d); !strings.HasPrefix(got, "$ion_1_0 {Item:{") || !strings.Contains(got, `Authors:$dynamodb_SS::["Author1","Author2"]`) ||
		!strings.Contains(got, "Id:103.") || !strings.Contains(got, "PageCount:6d2") {
		t.Error(got)
	}
	list, err := s.db.ListExports(t.Context(), &dynamodb.ListExportsInput{TableArn: tableARN("ProductCatalog")})
	if err != nil || len(list.ExportSummaries) != 2 || *list.ExportSummaries[1].ExportArn != *d.ExportArn {
		t.Errorf("%+v (%v)", list, err)
	}
}

// An export is of a moment: what comes later is not in it. It goes on when the table is gone.
func TestExportTime(t *testing.T) {
	s := start(t)
	s.create("table")
	s.write("table", map[string]types.AttributeValue{"id": text("a")})
	for time.Now().Nanosecond() > 800e6 { // times are in seconds
		time.Sleep(10 * time.Millisecond)
	}
	time.Sleep(1100 * time.Millisecond)
	at := time.Now().Truncate(time.Second)
	time.Sleep(1100 * time.Millisecond)
	s.write("table", map[string]types.AttributeValue{"id": text("b")})
	if _, err := s.db.DeleteItem(t.Context(), &dynamodb.DeleteItemInput{TableName: aws.String("table"), Key: map[string]types.AttributeValue{"id": text("a")}}); err != nil {
		t.Fatal(err)
	}
	d := s.exported(&dynamodb.ExportTableToPointInTimeInput{TableArn: tableARN("table"), S3Bucket: aws.String("bucket"), ExportTime: &at})
	if got := s.files("bucket", d); got != `{"Item":{"id":{"S":"a"}}}`+"\n" || !d.ExportTime.Equal(at) {
		t.Errorf("%q at %v", got, d.ExportTime)
	}
}

func TestExportErrors(t *testing.T) {
	s := start(t)
	s.create("table")
	p := newTable("plain")
	if _, err := s.db.CreateTable(t.Context(), &dynamodb.CreateTableInput{TableName: p.TableName, AttributeDefinitions: p.AttributeDefinitions, KeySchema: p.KeySchema, BillingMode: p.BillingMode}); err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	window := func(from, to time.Duration) func(*dynamodb.ExportTableToPointInTimeInput) {
		return func(in *dynamodb.ExportTableToPointInTimeInput) {
			in.ExportType = types.ExportTypeIncrementalExport
			in.IncrementalExportSpecification = &types.IncrementalExportSpecification{ExportFromTime: aws.Time(now.Add(from)), ExportToTime: aws.Time(now.Add(to))}
		}
	}
	for _, c := range []struct {
		code, part string
		change     func(*dynamodb.ExportTableToPointInTimeInput)
	}{
		{"PointInTimeRecoveryUnavailableException", "", func(in *dynamodb.ExportTableToPointInTimeInput) { in.TableArn = tableARN("plain") }},
		{"TableNotFoundException", "", func(in *dynamodb.ExportTableToPointInTimeInput) { in.TableArn = tableARN("none") }},
		{"InvalidExportTimeException", "", func(in *dynamodb.ExportTableToPointInTimeInput) { in.ExportTime = aws.Time(now.Add(-time.Hour)) }},
		{"InvalidExportTimeException", "", func(in *dynamodb.ExportTableToPointInTimeInput) { in.ExportTime = aws.Time(now.Add(time.Hour)) }},
		{"InvalidExportTimeException", "", window(-time.Hour, -time.Minute)},
		{"InvalidExportTimeException", "", window(-time.Hour, time.Hour)},
		{"ValidationException", "at least 15 minutes", window(-14*time.Minute, 0)},
		{"ValidationException", "at most 24 hours", window(-25*time.Hour, 0)},
		{"ValidationException", "ExportFromTime", func(in *dynamodb.ExportTableToPointInTimeInput) { in.ExportType = types.ExportTypeIncrementalExport }},
		{"ValidationException", "s3Bucket", func(in *dynamodb.ExportTableToPointInTimeInput) { in.S3Bucket = aws.String("../etc") }},
		{"ValidationException", "s3BucketOwner", func(in *dynamodb.ExportTableToPointInTimeInput) { in.S3BucketOwner = aws.String("..") }},
		{"ValidationException", "ARN", func(in *dynamodb.ExportTableToPointInTimeInput) {
			in.TableArn = aws.String("arn:aws:dynamodb:us-east-1:1:table/x")
		}},
		{"AccessDeniedException", "s3:PutObject", func(in *dynamodb.ExportTableToPointInTimeInput) { in.S3BucketOwner = aws.String("444455556666") }},
	} {
		in := &dynamodb.ExportTableToPointInTimeInput{TableArn: tableARN("table"), S3Bucket: aws.String("bucket")}
		c.change(in)
		_, err := s.db.ExportTableToPointInTime(t.Context(), in)
		refusal(t, err, c.code, c.part)
	}
	// A name that only S3 refuses is a failed export, and nothing is written anywhere.
	d := s.exported(&dynamodb.ExportTableToPointInTimeInput{TableArn: tableARN("table"), S3Bucket: aws.String("Upper.Case")})
	if d.ExportStatus != types.ExportStatusFailed || aws.ToString(d.FailureCode) != "S3NoSuchBucket" {
		t.Errorf("%+v", d)
	}
	if left, err := os.ReadDir(s.objects); len(left) != 0 {
		t.Errorf("left: %v (%v)", left, err)
	}
	_, err := s.db.DescribeExport(t.Context(), &dynamodb.DescribeExportInput{ExportArn: aws.String(*tableARN("table") + "/export/01693685827463-2d8752fd")})
	refusal(t, err, "ExportNotFoundException", "")
	_, err = s.db.DescribeExport(t.Context(), &dynamodb.DescribeExportInput{ExportArn: aws.String(*tableARN("table") + "/exports/01693685827463-2d8752fd")})
	refusal(t, err, "ValidationException", "")
}

// A prefix with dots is a name, and leads out of nothing.
func TestExportPrefixIsAName(t *testing.T) {
	s := start(t)
	s.create("table")
	d := s.exported(&dynamodb.ExportTableToPointInTimeInput{TableArn: tableARN("table"), S3Bucket: aws.String("bucket"), S3Prefix: aws.String("../../../../x")})
	if d.ExportStatus != types.ExportStatusCompleted || !strings.HasPrefix(*d.ExportManifest, "../../../../x/AWSDynamoDB/") {
		t.Errorf("%+v", d)
	}
	for _, name := range []string{filepath.Join(s.objects, "x"), filepath.Join(s.objects, account, "x"), filepath.Join(filepath.Dir(s.objects), "x")} {
		if _, err := os.Stat(name); err == nil {
			t.Errorf("%s was made", name)
		}
	}
}

// values draws attribute values of all kinds.
func values(depth int) *rapid.Generator[types.AttributeValue] {
	return rapid.Custom(func(t *rapid.T) types.AttributeValue {
		texts := rapid.StringN(0, 8, -1)
		number := rapid.Custom(func(t *rapid.T) string { return fmt.Sprintf("%d", rapid.Int64().Draw(t, "n")) })
		bin := rapid.SliceOfN(rapid.Byte(), 1, 8)
		same := rapid.ID[string]
		kinds := 8
		if depth < 2 {
			kinds = 10
		}
		switch rapid.IntRange(0, kinds-1).Draw(t, "kind") {
		case 0:
			return &types.AttributeValueMemberNULL{Value: true}
		case 1:
			return &types.AttributeValueMemberBOOL{Value: rapid.Bool().Draw(t, "bool")}
		case 2:
			return &types.AttributeValueMemberN{Value: number.Draw(t, "n") + rapid.SampledFrom([]string{"", "e-100", "e90", ".25"}).Draw(t, "e")}
		case 3:
			return &types.AttributeValueMemberB{Value: bin.Draw(t, "b")}
		case 4:
			return &types.AttributeValueMemberSS{Value: rapid.SliceOfNDistinct(texts, 1, 4, same).Draw(t, "ss")}
		case 5:
			return &types.AttributeValueMemberNS{Value: rapid.SliceOfNDistinct(number, 1, 4, same).Draw(t, "ns")}
		case 6:
			return &types.AttributeValueMemberBS{Value: rapid.SliceOfNDistinct(bin, 1, 4, func(b []byte) string { return string(b) }).Draw(t, "bs")}
		case 7:
			return text(texts.Draw(t, "s"))
		case 8:
			return &types.AttributeValueMemberL{Value: rapid.SliceOfN(values(depth+1), 0, 3).Draw(t, "l")}
		}
		return &types.AttributeValueMemberM{Value: rapid.MapOfN(rapid.StringN(1, 5, -1), values(depth+1), 0, 3).Draw(t, "m")}
	})
}

// What is exported and imported again is what it was, in both formats.
func TestRoundTrip(t *testing.T) {
	s := start(t)
	round := 0
	rapid.Check(t, func(rt *rapid.T) {
		round++
		if round > 20 { // each is several requests
			return
		}
		name := fmt.Sprintf("table%d", round)
		s.create(name)
		for i, item := range rapid.SliceOfN(rapid.MapOfN(rapid.StringN(1, 5, -1), values(0), 0, 5), 0, 8).Draw(rt, "items") {
			item["id"] = text(fmt.Sprint(i))
			s.write(name, item)
		}
		format := rapid.SampledFrom([]types.ExportFormat{types.ExportFormatDynamodbJson, types.ExportFormatIon}).Draw(rt, "format")
		d := s.exported(&dynamodb.ExportTableToPointInTimeInput{TableArn: tableARN(name), S3Bucket: aws.String("bucket"), ExportFormat: format})
		if d.ExportStatus != types.ExportStatusCompleted {
			rt.Fatalf("%+v", d)
		}
		in := importOf("bucket", strings.TrimSuffix(*d.ExportManifest, "manifest-summary.json")+"data/", types.InputFormat(format), newTable(name+"again"))
		in.InputCompressionType = types.InputCompressionTypeGzip
		if i := s.imported(in); i.ImportStatus != types.ImportStatusCompleted {
			rt.Fatalf("%+v", i)
		}
		if before, after := s.texts(name), s.texts(name+"again"); !maps.Equal(before, after) {
			rt.Fatalf("%v\nbecame %v", before, after)
		}
	})
}

// A large table is in several files, each of bounded size.
func TestExportManyItems(t *testing.T) {
	const items = 20_000
	s := start(t)
	var b bytes.Buffer
	for i := range items {
		noise := md5.Sum(fmt.Append(nil, i)) // what does not compress
		var long []byte
		for range 40 {
			noise = md5.Sum(noise[:])
			long = append(long, noise[:]...)
		}
		fmt.Fprintf(&b, `{"Item":{"id":{"S":"%d"},"noise":{"B":"%s"}}}`+"\n", i, base64.StdEncoding.EncodeToString(long))
	}
	s.put("bucket", "in", b.Bytes())
	if d := s.imported(importOf("bucket", "in", types.InputFormatDynamodbJson, newTable("big"))); d.ImportedItemCount != items {
		t.Fatalf("%+v", d)
	}
	s.recover("big")
	d := s.exported(&dynamodb.ExportTableToPointInTimeInput{TableArn: tableARN("big"), S3Bucket: aws.String("out")})
	t.Logf("%d items in %v", items, d.EndTime.Sub(*d.StartTime))
	lines := strings.Split(strings.TrimSpace(s.files("out", d)), "\n")
	slices.Sort(lines)
	if len(slices.Compact(lines)) != items {
		t.Errorf("%d different items", len(lines))
	}
	files, err := filepath.Glob(filepath.Join(s.objects, account, "out", "AWSDynamoDB", "*", "data", "*.json.gz"))
	if err != nil || len(files) < 2 {
		t.Errorf("files: %v (%v)", files, err)
	}
	for _, f := range files {
		if info, err := os.Stat(f); err != nil || info.Size() > 16<<20 {
			t.Errorf("%s: %d bytes (%v)", f, info.Size(), err)
		}
	}
}
