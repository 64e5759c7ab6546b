package awsapi

import (
	"encoding/json"
	"errors"
	"reflect"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

func TestJSONRoundTrip(t *testing.T) {
	body := `{"AttributeDefinitions":[{"AttributeName":"a","AttributeType":"S"}],"KeySchema":[{"AttributeName":"a","KeyType":"HASH"}],"TableName":"music",` +
		`"BillingMode":"PROVISIONED","DeletionProtectionEnabled":true,"ProvisionedThroughput":{"ReadCapacityUnits":5,"WriteCapacityUnits":6},"Unheard":{"of":[1]},"Tags":null}`
	var in dynamodb.CreateTableInput
	if err := DecodeJSON([]byte(body), &in); err != nil {
		t.Fatal(err)
	}
	want := dynamodb.CreateTableInput{
		AttributeDefinitions:  []types.AttributeDefinition{{AttributeName: aws.String("a"), AttributeType: "S"}},
		KeySchema:             []types.KeySchemaElement{{AttributeName: aws.String("a"), KeyType: "HASH"}},
		TableName:             aws.String("music"),
		BillingMode:           "PROVISIONED",
		ProvisionedThroughput: &types.ProvisionedThroughput{ReadCapacityUnits: aws.Int64(5), WriteCapacityUnits: aws.Int64(6)}, DeletionProtectionEnabled: aws.Bool(true),
	}
	if !reflect.DeepEqual(in, want) {
		t.Fatalf("read %+v", in)
	}
	var again dynamodb.CreateTableInput
	if err := DecodeJSON(AppendJSON(nil, in), &again); err != nil || !reflect.DeepEqual(again, want) {
		t.Fatalf("wrote %s, read %+v (%v)", AppendJSON(nil, in), again, err)
	}
}

func TestTimesAreSecondsWithMilliseconds(t *testing.T) {
	at := time.UnixMilli(1795303017265).UTC()
	got := AppendJSON(nil, types.BillingModeSummary{BillingMode: "PAY_PER_REQUEST", LastUpdateToPayPerRequestDateTime: &at})
	if string(got) != `{"BillingMode":"PAY_PER_REQUEST","LastUpdateToPayPerRequestDateTime":1795303017.265}` {
		t.Errorf("got %s", got)
	}
}

func TestWrongTypes(t *testing.T) {
	for body, want := range map[string]string{
		`{"TableName":1}`:                                     "NUMBER_VALUE cannot be converted to String",
		`{"KeySchema":"x"}`:                                   "Unexpected field type",
		`{"KeySchema":{}}`:                                    "Start of structure or map found where not expected",
		`{"DeletionProtectionEnabled":"x"}`:                   "Unexpected token received from parser",
		`{"ProvisionedThroughput":{"ReadCapacityUnits":"1"}}`: "STRING_VALUE cannot be converted to Long",
		`{"TableName":"a"`:                                    "",
		`[]`:                                                  "",
		``:                                                    "",
	} {
		err := DecodeJSON([]byte(body), &dynamodb.CreateTableInput{})
		var e *Error
		if !errors.As(err, &e) || e.Code != "SerializationException" || e.Message != want {
			t.Errorf("%s: got %v, want %q", body, err, want)
		}
	}
}

func TestTruncate(t *testing.T) {
	for _, c := range []struct {
		in   string
		bits int
		want int64
	}{{"1", 32, 1}, {"-1.9", 32, -1}, {"1e3", 32, 1000}, {"2147483648", 32, 2147483647}, {"-1e400000", 64, -1 << 63}, {"1e-5", 64, 0}, {"9223372036854775807", 64, 1<<63 - 1}} {
		if got := Truncate([]byte(c.in), c.bits); got != c.want {
			t.Errorf("%s to %d bits: got %d, want %d", c.in, c.bits, got, c.want)
		}
	}
}

// What was read, written and read again is the same, whatever the body.
func FuzzJSON(f *testing.F) {
	f.Add([]byte(`{"TableName":"a","KeySchema":[{"AttributeName":"a"}],"Tags":[{"Key":"k","Value":"v"}],"ProvisionedThroughput":{"ReadCapacityUnits":1e2}}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		var in, again dynamodb.CreateTableInput
		if DecodeJSON(body, &in) != nil {
			return
		}
		out := AppendJSON(nil, in)
		if !json.Valid(out) {
			t.Fatalf("wrote %s", out)
		}
		if err := DecodeJSON(out, &again); err != nil || !reflect.DeepEqual(in, again) {
			t.Fatalf("%s became %+v (%v)", out, again, err)
		}
	})
}

func TestErrorBody(t *testing.T) {
	e := &Error{Code: "ConditionalCheckFailedException", Status: 400, Message: "The conditional request failed",
		Members: []Member{{Name: "Item", Append: func(dst []byte) []byte { return append(dst, `{}`...) }}}}
	want := `{"__type":"com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException","Item":{},"message":"The conditional request failed"}`
	if got := string(e.AppendJSON(nil, "com.amazonaws.dynamodb.v20120810")); got != want {
		t.Errorf("got %s", got)
	}
	if got := string(Serialization("").AppendJSON(nil, "x")); got != `{"__type":"com.amazon.coral.service#SerializationException"}` {
		t.Errorf("got %s", got)
	}
}

// In JSON 1.1 nothing has a namespace, and what the service's model has is spelled as there.
func TestErrorBodyWithoutNamespace(t *testing.T) {
	for code, member := range map[string]string{
		"AccessDeniedException": "Message", "AWSOrganizationsNotInUseException": "Message",
		"UnrecognizedClientException": "message", "ValidationException": "message", "ThrottlingException": "message",
	} {
		want := `{"__type":"` + code + `","` + member + `":"m"}`
		if got := string((&Error{Code: code, Message: "m"}).AppendJSON(nil, "")); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

// A document is kept as it is, whatever it is, and has to be JSON.
func TestDocuments(t *testing.T) {
	type holder struct {
		Value  Document
		Others map[string]Document
	}
	body := `{"Value": [1, {"a":null}] ,"Others":{"x":"y"}}`
	var in holder
	if err := DecodeJSON([]byte(body), &in); err != nil {
		t.Fatal(err)
	}
	if got, want := string(AppendJSON(nil, &in)), `{"Value":[1, {"a":null}],"Others":{"x":"y"}}`; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if err := DecodeJSON([]byte(`{"Value":null}`), &in); err != nil || string(in.Value) != "null" {
		t.Errorf("%q, %v", in.Value, err)
	}
	for _, bad := range []string{`{"Value":[}`, `{"Value":x}`, `{"Value":}`} {
		if err := DecodeJSON([]byte(bad), &in); err == nil {
			t.Errorf("%s was read", bad)
		}
	}
}
