package transfers

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/klauspost/compress/zstd"
)

// Developer guide, "Import format quotas and validation": the examples.

func TestImportMissingKey(t *testing.T) {
	s := start(t)
	s.put("my-import-source", "import-test.csv", []byte("title,artist,year_of_release\nThe Dark Side of the Moon,Pink Floyd,1973\n"))
	p := newTable("target-table")
	d := s.imported(importOf("my-import-source", "import-test", types.InputFormatCsv, p))
	if d.ImportStatus != types.ImportStatusFailed || aws.ToString(d.FailureCode) != "ItemValidationError" || d.ErrorCount != 1 ||
		d.ProcessedItemCount != 1 || d.ImportedItemCount != 0 || *d.ProcessedSizeBytes != 71 || d.EndTime == nil ||
		!strings.HasPrefix(*d.FailureMessage, "Some of the items failed validation checks and were not imported.") {
		t.Errorf("%+v %s", d, aws.ToString(d.FailureMessage))
	}
	// "the table now exists and is empty".
	if got := s.items("target-table"); len(got) != 0 {
		t.Error(got)
	}
	_, err := s.db.ImportTable(t.Context(), importOf("my-import-source", "import-test", types.InputFormatCsv, p))
	refusal(t, err, "ResourceInUseException", "Table already exists: target-table")
}

func TestImportWithoutBucket(t *testing.T) {
	s := start(t)
	d := s.imported(importOf("no-such-bucket", "import-test", types.InputFormatCsv, newTable("target-table")))
	if d.ImportStatus != types.ImportStatusFailed || aws.ToString(d.FailureCode) != "S3NoSuchBucket" || !strings.HasPrefix(*d.FailureMessage, "The specified bucket does not exist") {
		t.Errorf("%+v", d)
	}
	// "a new DynamoDB table is not created".
	_, err := s.db.DescribeTable(t.Context(), &dynamodb.DescribeTableInput{TableName: aws.String("target-table")})
	refusal(t, err, "ResourceNotFoundException", "")
	s.put("bucket", "other", nil)
	d = s.imported(importOf("bucket", "import-test", types.InputFormatCsv, newTable("target-table")))
	if d.ImportStatus != types.ImportStatusFailed || aws.ToString(d.FailureCode) != "S3NoSuchKey" {
		t.Errorf("%+v", d)
	}
}

// Developer guide, "Requesting a table import in DynamoDB".
func TestImportWithHeaders(t *testing.T) {
	s := start(t)
	s.put("bucket", "prefix/1.csv", []byte("a;b \"\"c;d\n"))
	s.put("bucket", "prefix/2.csv", []byte("1;\"2 \"\"3\"\"\n4\";\"\"\n"))
	p := newTable("target-table")
	in := importOf("bucket", "prefix", types.InputFormatCsv, p)
	in.InputFormatOptions = &types.InputFormatOptions{Csv: &types.CsvOptions{HeaderList: []string{"id", "title", "artist"}, Delimiter: aws.String(";")}}
	d := s.imported(in)
	if d.ErrorCount != 1 || d.ImportedItemCount != 1 || !slices.Equal(d.InputFormatOptions.Csv.HeaderList, []string{"id", "title", "artist"}) {
		t.Errorf("%+v", d)
	}
	want := map[string]string{"1": `{"artist":{"Value":""},"id":{"Value":"1"},"title":{"Value":"2 \"3\"\n4"}}`}
	if got := s.texts("target-table"); !maps.Equal(got, want) {
		t.Errorf("%v", got)
	}
}

func TestImportFormats(t *testing.T) {
	s := start(t)
	const ion, json = `$ion_1_0 {Item:{id:"a",n:6d2,s:$dynamodb_SS::["x"],b:{{aGk=}},l:[null,true,{m:1.5}]}}` + "\n",
		`{"Item":{"id":{"S":"a"},"n":{"N":"600"},"s":{"SS":["x"]},"b":{"B":"aGk="},"l":{"L":[{"NULL":true},{"BOOL":true},{"M":{"m":{"N":"1.5"}}}]}}}` + "\n"
	var seen []string
	for i, c := range []struct {
		format      types.InputFormat
		compression types.InputCompressionType
		content     string
	}{
		{types.InputFormatIon, types.InputCompressionTypeNone, ion}, {types.InputFormatIon, types.InputCompressionTypeGzip, ion},
		{types.InputFormatDynamodbJson, types.InputCompressionTypeNone, json}, {types.InputFormatDynamodbJson, types.InputCompressionTypeZstd, json},
		{types.InputFormatDynamodbJson, types.InputCompressionTypeGzip, json},
	} {
		name, key := fmt.Sprintf("table%d", i), fmt.Sprintf("%d/file", i)
		s.put("bucket", key, pack(t, c.compression, []byte(c.content)))
		in := importOf("bucket", key, c.format, newTable(name))
		in.InputCompressionType = c.compression
		d := s.imported(in)
		if d.ImportStatus != types.ImportStatusCompleted || d.ImportedItemCount != 1 || d.ErrorCount != 0 || *d.ProcessedSizeBytes != int64(len(c.content)) || d.InputCompressionType != c.compression {
			t.Errorf("%s %s: %+v", c.format, c.compression, d)
		}
		seen = append(seen, s.texts(name)["a"])
	}
	if slices.Sort(seen); seen[0] == "" || seen[0] != seen[len(seen)-1] {
		t.Errorf("%q", seen)
	}
}

func pack(t testing.TB, c types.InputCompressionType, content []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	var err error
	switch c {
	case types.InputCompressionTypeGzip:
		w := gzip.NewWriter(&b)
		_, err = w.Write(content)
		err = errors.Join(err, w.Close())
	case types.InputCompressionTypeZstd:
		var w *zstd.Encoder
		if w, err = zstd.NewWriter(&b); err == nil {
			_, err = w.Write(content)
			err = errors.Join(err, w.Close())
		}
	default:
		return content
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// Broken files do no harm to what is whole, and each is counted.
func TestImportBroken(t *testing.T) {
	s := start(t)
	whole := `{"Item":{"id":{"S":"%s"}}}` + "\n"
	line := func(id string) string { return fmt.Sprintf(whole, id) }
	s.put("bucket", "1", pack(t, types.InputCompressionTypeGzip, []byte(line("a")+"nonsense\n"+line("b"))))
	s.put("bucket", "2", []byte("this is not gzip"))
	cut := pack(t, types.InputCompressionTypeGzip, []byte(line("c")))
	s.put("bucket", "3", cut[:len(cut)-4])
	s.put("bucket", "4", pack(t, types.InputCompressionTypeGzip, []byte(line("d")+`{"Item":{"id":{"N":"1"}}}`+"\n"+
		`{"Item":{"id":{"S":""}}}`+"\n"+`{"Item":{"id":{"S":"`+strings.Repeat("x", 2049)+`"}}}`+"\n"+
		`{"Item":{"id":{"S":"big"},"v":{"S":"`+strings.Repeat("x", 400<<10)+`"}}}`+"\n"+line("a"))))
	s.put("bucket", "5", nil)
	in := importOf("bucket", "", types.InputFormatDynamodbJson, newTable("table"))
	in.InputCompressionType = types.InputCompressionTypeGzip
	d := s.imported(in)
	ids := slices.Sorted(maps.Keys(s.texts("table")))
	if !slices.Equal(ids, []string{"a", "b", "c", "d"}) || d.ImportedItemCount != 5 || d.ErrorCount != 7 || d.ProcessedItemCount != 12 || aws.ToString(d.FailureCode) != "ItemValidationError" {
		t.Errorf("%v %+v", ids, d)
	}
}

// A table that is imported into can't be used before the end, and has its indexes then.
func TestImportManyItems(t *testing.T) {
	const items = 100_000
	s := start(t)
	for file := range 4 {
		var b bytes.Buffer
		for i := range items / 4 {
			fmt.Fprintf(&b, `{"Item":{"id":{"S":"%d-%d"},"kind":{"S":"k%d"},"text":{"S":"%s"}}}`+"\n", file, i, i%5000, strings.Repeat("x", 100))
		}
		s.put("bucket", fmt.Sprintf("data/%d.json.zst", file), pack(t, types.InputCompressionTypeZstd, b.Bytes()))
	}
	p := newTable("many")
	p.AttributeDefinitions = append(p.AttributeDefinitions, types.AttributeDefinition{AttributeName: aws.String("kind"), AttributeType: types.ScalarAttributeTypeS})
	p.GlobalSecondaryIndexes = []types.GlobalSecondaryIndex{{IndexName: aws.String("kinds"), Projection: &types.Projection{ProjectionType: types.ProjectionTypeKeysOnly},
		KeySchema: []types.KeySchemaElement{{AttributeName: aws.String("kind"), KeyType: types.KeyTypeHash}}}}
	in := importOf("bucket", "data/", types.InputFormatDynamodbJson, p)
	in.InputCompressionType = types.InputCompressionTypeZstd
	out, err := s.db.ImportTable(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	arn := *out.ImportTableDescription.ImportArn
	partial := false
	for status := types.ImportStatusInProgress; status == types.ImportStatusInProgress; {
		got, err := s.db.DescribeImport(t.Context(), &dynamodb.DescribeImportInput{ImportArn: &arn})
		if err != nil {
			t.Fatal(err)
		}
		d := got.ImportTableDescription
		if status = d.ImportStatus; status != types.ImportStatusInProgress {
			break
		}
		if d.ProcessedItemCount > 0 && d.ProcessedItemCount < items && !partial {
			partial = true
			_, err := s.db.PutItem(t.Context(), &dynamodb.PutItemInput{TableName: p.TableName, Item: map[string]types.AttributeValue{"id": text("x")}})
			refusal(t, err, "ResourceNotFoundException", "")
			_, err = s.db.DeleteTable(t.Context(), &dynamodb.DeleteTableInput{TableName: p.TableName})
			refusal(t, err, "ResourceInUseException", "")
			_, err = s.db.ImportTable(t.Context(), importOf("bucket", "data/", types.InputFormatDynamodbJson, p))
			refusal(t, err, "ResourceInUseException", "")
			described, err := s.db.DescribeTable(t.Context(), &dynamodb.DescribeTableInput{TableName: p.TableName})
			if err != nil || described.Table.TableStatus != types.TableStatusCreating {
				t.Errorf("table: %+v (%v)", described, err)
			}
		}
	}
	d := s.waitImport(arn)
	t.Logf("%d items in %v", items, d.EndTime.Sub(*d.StartTime))
	if d.ImportStatus != types.ImportStatusCompleted || d.ImportedItemCount != items || d.ProcessedItemCount != items || d.ErrorCount != 0 {
		t.Fatalf("%+v", d)
	}
	if !partial {
		t.Log("the import was too fast to be seen")
	}
	if n := len(s.items("many")); n != items {
		t.Errorf("%d items", n)
	}
	found, err := s.db.Query(t.Context(), &dynamodb.QueryInput{TableName: p.TableName, IndexName: aws.String("kinds"), KeyConditionExpression: aws.String("kind = :k"),
		ExpressionAttributeValues: map[string]types.AttributeValue{":k": text("k77")}})
	if err != nil || found.Count != items/5000 {
		t.Errorf("index: %+v (%v)", found, err)
	}
}

func TestImportTokens(t *testing.T) {
	s := start(t)
	s.put("bucket", "1", []byte(`{"Item":{"id":{"S":"a"}}}`))
	in := importOf("bucket", "1", types.InputFormatDynamodbJson, newTable("table"))
	in.ClientToken = aws.String("token")
	first := s.imported(in)
	again, err := s.db.ImportTable(t.Context(), in)
	if err != nil || *again.ImportTableDescription.ImportArn != *first.ImportArn || again.ImportTableDescription.ImportStatus != types.ImportStatusCompleted {
		t.Errorf("again: %+v (%v)", again, err)
	}
	in.S3BucketSource.S3KeyPrefix = aws.String("2")
	_, err = s.db.ImportTable(t.Context(), in)
	refusal(t, err, "ImportConflictException", "")
}

func TestListImports(t *testing.T) {
	s := start(t)
	s.put("bucket", "1", []byte(`{"Item":{"id":{"S":"a"}}}`))
	var arns []string
	for _, name := range []string{"table1", "table2", "table3"} {
		arns = append(arns, *s.imported(importOf("bucket", "1", types.InputFormatDynamodbJson, newTable(name))).ImportArn)
	}
	var got []string
	pages := dynamodb.NewListImportsPaginator(s.db, &dynamodb.ListImportsInput{PageSize: aws.Int32(2)})
	for pages.HasMorePages() {
		out, err := pages.NextPage(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, i := range out.ImportSummaryList {
			got = append(got, *i.ImportArn)
			if i.ImportStatus != types.ImportStatusCompleted || *i.S3BucketSource.S3Bucket != "bucket" || i.EndTime == nil {
				t.Errorf("%+v", i)
			}
		}
	}
	if !slices.Equal(got, arns) {
		t.Errorf("%q, want %q", got, arns)
	}
	out, err := s.db.ListImports(t.Context(), &dynamodb.ListImportsInput{TableArn: tableARN("table2")})
	if err != nil || len(out.ImportSummaryList) != 1 || *out.ImportSummaryList[0].ImportArn != arns[1] {
		t.Errorf("%+v (%v)", out, err)
	}
	_, err = s.db.DescribeImport(t.Context(), &dynamodb.DescribeImportInput{ImportArn: aws.String(*tableARN("table2") + "/import/01658528578619-c4d4e311")})
	refusal(t, err, "ImportNotFoundException", "")
}
