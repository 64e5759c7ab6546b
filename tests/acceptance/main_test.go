// Package acceptance asks, through the SDK, what tells an emulator from Amazon DynamoDB: what the documentation of AWS
// promises, and the codes and messages that users of DynamoDB know. It was written from there, without a look at this
// module, and one file is one family of operations.
//
// STATOR_TEST_ENDPOINT names another server to ask, which takes any key.
package acceptance

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/smithy-go"

	"github.com/statordb/stator/tests/harness"
)

func TestMain(m *testing.M) { harness.Main(m) }

// otherServer is the environment variable that names another server to ask.
const otherServer = "STATOR_TEST_ENDPOINT"

// item is an item, a key, or the values of an expression.
type item = map[string]types.AttributeValue

// conf is for clients of the server under test.
func conf(t *testing.T) aws.Config {
	t.Helper()
	if endpoint := os.Getenv(otherServer); endpoint != "" {
		return aws.Config{Region: "us-east-1", BaseEndpoint: &endpoint,
			Credentials: credentials.NewStaticCredentialsProvider(fmt.Sprintf("acceptance%d", os.Getpid()), "secret", "")}
	}
	c := harness.Shared(t).Config
	c.HTTPClient = plain
	return c
}

// plain is for large bodies: the SDK's own client may break off an answer that begins before its body is read.
var plain = harness.NoRetryClient(30*time.Second, 10)

func client(t *testing.T) *dynamodb.Client {
	t.Helper()
	return dynamodb.NewFromConfig(conf(t))
}

var (
	serial atomic.Int64 // makes names and keys that no other test uses
	common sync.Mutex   // held while the tables that tests share are made
	made   = map[string]bool{}
)

// fresh is a name that was not used before.
func fresh(prefix string) string { return fmt.Sprintf("%s-%d", prefix, serial.Add(1)) }

// shared is a table that many tests use, each with partition keys of its own.
func shared(t *testing.T, name string, keys ...string) string {
	t.Helper()
	common.Lock()
	defer common.Unlock()
	if !made[name] {
		create(t, tableOf(name, keys...))
		made[name] = true
	}
	return name
}

// things is the table whose only key is pk, a string; lists has the sort key sk, a string, too.
func things(t *testing.T) string { t.Helper(); return shared(t, "things", "pk S") }
func lists(t *testing.T) string  { t.Helper(); return shared(t, "lists", "pk S", "sk S") }

// tableOf is a request for a table on demand with keys such as "pk S".
func tableOf(name string, keys ...string) *dynamodb.CreateTableInput {
	in := &dynamodb.CreateTableInput{TableName: &name, BillingMode: types.BillingModePayPerRequest, KeySchema: schema(keys...)}
	define(in, keys...)
	return in
}

// define adds attribute definitions, such as "pk S".
func define(in *dynamodb.CreateTableInput, attributes ...string) *dynamodb.CreateTableInput {
	for _, a := range attributes {
		name, kind, _ := strings.Cut(a, " ")
		in.AttributeDefinitions = append(in.AttributeDefinitions, types.AttributeDefinition{AttributeName: &name, AttributeType: types.ScalarAttributeType(kind)})
	}
	return in
}

// schema is the keys' schema: the first is the partition key, the second the sort key.
func schema(keys ...string) (out []types.KeySchemaElement) {
	for i, key := range keys {
		name, _, _ := strings.Cut(key, " ")
		out = append(out, types.KeySchemaElement{AttributeName: &name, KeyType: []types.KeyType{types.KeyTypeHash, types.KeyTypeRange, types.KeyTypeRange}[i]})
	}
	return out
}

// gsi and lsi are requests for an index; projected are the attributes of INCLUDE, or "*" for ALL.
func gsi(name string, keys []string, projected ...string) types.GlobalSecondaryIndex {
	return types.GlobalSecondaryIndex{IndexName: &name, KeySchema: schema(keys...), Projection: projection(projected)}
}

func lsi(name string, keys []string, projected ...string) types.LocalSecondaryIndex {
	return types.LocalSecondaryIndex{IndexName: &name, KeySchema: schema(keys...), Projection: projection(projected)}
}

func projection(projected []string) *types.Projection {
	switch {
	case len(projected) == 0:
		return &types.Projection{ProjectionType: types.ProjectionTypeKeysOnly}
	case projected[0] == "*":
		return &types.Projection{ProjectionType: types.ProjectionTypeAll}
	}
	return &types.Projection{ProjectionType: types.ProjectionTypeInclude, NonKeyAttributes: projected}
}

// create makes a table. Every table is gone with the server.
func create(t *testing.T, in *dynamodb.CreateTableInput) *types.TableDescription {
	t.Helper()
	out, err := client(t).CreateTable(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	return out.TableDescription
}

// values reads an item in DynamoDB's JSON without the outer braces: `"a":{"N":"1"}`.
func values(t *testing.T, text string) item {
	t.Helper()
	if text == "" {
		return nil
	}
	out, err := attributevalue.UnmarshalMapJSON([]byte("{" + text + "}"))
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return out
}

// names are the names of an expression: "#a=a #b=b".
func names(text string) map[string]string {
	if text == "" {
		return nil
	}
	out := map[string]string{}
	for pair := range strings.FieldsSeq(text) {
		short, long, _ := strings.Cut(pair, "=")
		out[short] = long
	}
	return out
}

// optional is nil for "".
func optional(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

func s(text string) types.AttributeValue { return &types.AttributeValueMemberS{Value: text} }
func n(text string) types.AttributeValue { return &types.AttributeValueMemberN{Value: text} }

// key is the key of an item of things.
func key(pk string) item { return item{"pk": s(pk)} }

// with is an item with more attributes.
func with(a, b item) item {
	out := maps.Clone(a)
	maps.Copy(out, b)
	return out
}

func put(t *testing.T, table string, it item) {
	t.Helper()
	if _, err := client(t).PutItem(t.Context(), &dynamodb.PutItemInput{TableName: &table, Item: it}); err != nil {
		t.Fatal(err)
	}
}

func get(t *testing.T, table string, k item) item {
	t.Helper()
	out, err := client(t).GetItem(t.Context(), &dynamodb.GetItemInput{TableName: &table, Key: k, ConsistentRead: aws.Bool(true)})
	if err != nil {
		t.Fatal(err)
	}
	return out.Item
}

// show writes a value so that equal values look equal: sets have no order, nor have attributes.
func show(v types.AttributeValue) string {
	switch v := v.(type) {
	case *types.AttributeValueMemberM:
		return showItem(v.Value)
	case *types.AttributeValueMemberL:
		var parts []string
		for _, e := range v.Value {
			parts = append(parts, show(e))
		}
		return "[" + strings.Join(parts, " ") + "]"
	case *types.AttributeValueMemberSS:
		return fmt.Sprintf("SS%q", slices.Sorted(slices.Values(v.Value)))
	case *types.AttributeValueMemberNS:
		return fmt.Sprintf("NS%v", slices.Sorted(slices.Values(v.Value)))
	case *types.AttributeValueMemberBS:
		var parts []string
		for _, e := range v.Value {
			parts = append(parts, string(e))
		}
		slices.Sort(parts)
		return fmt.Sprintf("BS%q", parts)
	case *types.AttributeValueMemberS:
		return fmt.Sprintf("%q", v.Value)
	case *types.AttributeValueMemberB:
		return fmt.Sprintf("B%q", v.Value)
	case *types.AttributeValueMemberN:
		return v.Value
	case *types.AttributeValueMemberBOOL:
		return fmt.Sprint(v.Value)
	case *types.AttributeValueMemberNULL:
		return "null"
	}
	return fmt.Sprintf("%T", v)
}

func showItem(it item) string {
	var parts []string
	for _, name := range slices.Sorted(maps.Keys(it)) {
		parts = append(parts, name+":"+show(it[name]))
	}
	return "{" + strings.Join(parts, " ") + "}"
}

func showAll(items []item) string {
	var parts []string
	for _, it := range items {
		parts = append(parts, showItem(it))
	}
	return strings.Join(parts, " ")
}

// equal compares items without a key's attributes.
func equal(t *testing.T, got, want item, without ...string) {
	t.Helper()
	got = maps.Clone(got)
	for _, name := range without {
		delete(got, name)
	}
	if g, w := showItem(got), showItem(want); g != w {
		t.Errorf("it is %s, want %s", g, w)
	}
}

const (
	invalid     = "ValidationException"
	unfulfilled = "ConditionalCheckFailedException"
	missing     = "ResourceNotFoundException"
	inUse       = "ResourceInUseException"
	cancelled   = "TransactionCanceledException"
)

// fails wants an error of AWS: its code, and its message, of which "" is any and a final … stands for more.
func fails(t *testing.T, err error, code, message string) {
	t.Helper()
	var api smithy.APIError
	if !errors.As(err, &api) {
		t.Errorf("it gives %v, want %s: %s", err, code, message)
		return
	}
	got := api.ErrorMessage()
	begin, open := strings.CutSuffix(message, "…")
	if api.ErrorCode() != code || (message != "" && got != message && !(open && strings.HasPrefix(got, begin))) {
		t.Errorf("it gives %s: %s\n want %s: %s", api.ErrorCode(), got, code, message)
	}
}

// once is a client's context without retries, for errors that the SDK would try again.
func once(o *dynamodb.Options) { o.RetryMaxAttempts = 1 }
