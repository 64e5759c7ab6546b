package acceptance

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// post sends a body as it is, signed, and reads the whole answer.
func post(t *testing.T, target, body string, change func(r *http.Request)) (*http.Response, []byte) {
	t.Helper()
	c := conf(t)
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, *c.BaseEndpoint+"/", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-amz-json-1.0")
	if target != "" {
		r.Header.Set("X-Amz-Target", target)
	}
	credentials, err := c.Credentials.Retrieve(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256([]byte(body))
	if err := v4.NewSigner().SignHTTP(t.Context(), credentials, r, hex.EncodeToString(sum[:]), "dynamodb", c.Region, time.Now()); err != nil {
		t.Fatal(err)
	}
	if change != nil {
		change(r)
	}
	out, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer out.Body.Close()
	read, err := io.ReadAll(out.Body)
	if err != nil {
		t.Fatal(err)
	}
	return out, read
}

const dynamo = "DynamoDB_20120810."

// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.LowLevelAPI.html
func TestHeaders(t *testing.T) {
	table := things(t)
	for name, c := range map[string]struct {
		body   string
		status int
	}{
		"an answer": {`{"TableName":"` + table + `","Key":{"pk":{"S":"nobody"}}}`, 200},
		"an error":  {`{"TableName":"no-such-table","Key":{"pk":{"S":"nobody"}}}`, 400},
	} {
		t.Run(name, func(t *testing.T) {
			out, body := post(t, dynamo+"GetItem", c.body, nil)
			h := out.Header
			if out.StatusCode != c.status || h.Get("Content-Type") != "application/x-amz-json-1.0" || h.Get("Content-Length") != fmt.Sprint(len(body)) || h.Get("Date") == "" {
				t.Errorf("%s, %v", out.Status, h)
			}
			if !regexp.MustCompile(`^[A-Z0-9]{52}$`).MatchString(h.Get("X-Amzn-Requestid")) {
				t.Errorf("request id %s", h.Get("X-Amzn-Requestid"))
			}
			if sum := fmt.Sprint(crc32.ChecksumIEEE(body)); h.Get("X-Amz-Crc32") != sum {
				t.Errorf("crc32 %s of a body with %s", h.Get("X-Amz-Crc32"), sum)
			}
		})
	}
}

// What an error's body is, and the namespace of its type:
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html
func TestErrorBodies(t *testing.T) {
	table := things(t)
	good := `{"TableName":"` + table + `","Key":{"pk":{"S":"x"}}}`
	for _, c := range []struct {
		name, target, body string
		status             int
		kind, message      string
		change             func(r *http.Request)
	}{
		{"no table", dynamo + "GetItem", `{"TableName":"no-such-table","Key":{"pk":{"S":"x"}}}`, 400, "com.amazonaws.dynamodb.v20120810#ResourceNotFoundException", "Requested resource not found", nil},
		{"validation", dynamo + "GetItem", `{"TableName":"` + table + `","Key":{}}`, 400, "com.amazon.coral.validate#ValidationException", "The provided key element does not match the schema", nil},
		{"a condition", dynamo + "DeleteItem", `{"TableName":"` + table + `","Key":{"pk":{"S":"x"}},"ConditionExpression":"attribute_exists(never)"}`, 400,
			"com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException", "The conditional request failed", nil},
		{"no name of a table", dynamo + "GetItem", `{"Key":{"pk":{"S":"x"}}}`, 400, "com.amazon.coral.validate#ValidationException",
			"1 validation error detected: Value null at 'tableName' failed to satisfy constraint: Member must not be null", nil},
		{"nothing", dynamo + "GetItem", `{}`, 400, "com.amazon.coral.validate#ValidationException", "2 validation errors detected: …", nil},
		{"no such operation", dynamo + "Fly", `{}`, 400, "com.amazon.coral.service#UnknownOperationException", "", nil},
		{"no target", "", `{}`, 400, "com.amazon.coral.service#UnknownOperationException", "", nil},
		{"no JSON", dynamo + "GetItem", `{"TableName"`, 400, "com.amazon.coral.service#SerializationException", "", nil},
		{"no body", dynamo + "GetItem", ``, 400, "com.amazon.coral.service#SerializationException", "", nil},
		{"a number for a string", dynamo + "GetItem", `{"TableName":5}`, 400, "com.amazon.coral.service#SerializationException", "NUMBER_VALUE cannot be converted to String", nil},
		{"a number that is no string", dynamo + "PutItem", `{"TableName":"` + table + `","Item":{"pk":{"N":5}}}`, 400, "com.amazon.coral.service#SerializationException", "NUMBER_VALUE cannot be converted to String", nil},
		{"a string for a structure", dynamo + "PutItem", `{"TableName":"` + table + `","Item":{"pk":"x"}}`, 400, "com.amazon.coral.service#SerializationException", "", nil},
		{"two types", dynamo + "PutItem", `{"TableName":"` + table + `","Item":{"pk":{"S":"x","N":"1"}}}`, 400, "com.amazon.coral.validate#ValidationException",
			"Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes", nil},
		{"no type", dynamo + "PutItem", `{"TableName":"` + table + `","Item":{"pk":{}}}`, 400, "com.amazon.coral.validate#ValidationException",
			"Supplied AttributeValue is empty, must contain exactly one of the supported datatypes", nil},
		{"no signature", dynamo + "GetItem", good, 400, "com.amazon.coral.service#MissingAuthenticationTokenException", "Request is missing Authentication Token", func(r *http.Request) { r.Header.Del("Authorization") }},
		{"half a signature", dynamo + "GetItem", good, 400, "com.amazon.coral.service#IncompleteSignatureException", "", func(r *http.Request) { r.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential=x") }},
		{"an unknown key", dynamo + "GetItem", good, 400, "com.amazon.coral.service#UnrecognizedClientException", "The security token included in the request is invalid.", func(r *http.Request) {
			r.Header.Set("Authorization", regexp.MustCompile(`Credential=[^/]+`).ReplaceAllString(r.Header.Get("Authorization"), "Credential=AKIAIOSFODNN7EXAMPLE"))
		}},
		{"a wrong signature", dynamo + "GetItem", good, 400, "com.amazon.coral.service#InvalidSignatureException", "The request signature we calculated does not match the signature you provided. …", func(r *http.Request) {
			r.Header.Set("Authorization", regexp.MustCompile(`Signature=.*`).ReplaceAllString(r.Header.Get("Authorization"), "Signature="+strings.Repeat("0", 64)))
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			out, body := post(t, c.target, c.body, c.change)
			var e map[string]any
			if err := json.NewDecoder(bytes.NewReader(body)).Decode(&e); err != nil {
				t.Fatalf("%s: %v", body, err)
			}
			message, _ := e["message"].(string)
			if message == "" {
				message, _ = e["Message"].(string)
			}
			begin, open := strings.CutSuffix(c.message, "…")
			if out.StatusCode != c.status || e["__type"] != c.kind || (c.message != "" && message != c.message && !(open && strings.HasPrefix(message, begin))) {
				t.Errorf("%d %s, want %d %s %s", out.StatusCode, body, c.status, c.kind, c.message)
			}
		})
	}
}

// Exceptions of the SDK are typed, and know the request.
func TestTypedErrors(t *testing.T) {
	db, table := client(t), things(t)
	_, err := db.GetItem(t.Context(), &dynamodb.GetItemInput{TableName: aws.String("no-such-table"), Key: key("x")})
	var missing *types.ResourceNotFoundException
	var response *smithyhttp.ResponseError
	if !errors.As(err, &missing) || !errors.As(err, &response) || response.HTTPStatusCode() != 400 {
		t.Errorf("%v", err)
	}
	_, err = db.DeleteItem(t.Context(), &dynamodb.DeleteItemInput{TableName: &table, Key: key("x"), ConditionExpression: aws.String("attribute_exists(never)")})
	var failed *types.ConditionalCheckFailedException
	if !errors.As(err, &failed) || *failed.Message != "The conditional request failed" {
		t.Errorf("%v", err)
	}
	_, err = db.ExecuteStatement(t.Context(), &dynamodb.ExecuteStatementInput{Statement: aws.String(`INSERT INTO things VALUE {'pk': 'twice'}`)})
	if err == nil {
		_, err = db.ExecuteStatement(t.Context(), &dynamodb.ExecuteStatementInput{Statement: aws.String(`INSERT INTO things VALUE {'pk': 'twice'}`)})
	}
	var duplicate *types.DuplicateItemException
	if !errors.As(err, &duplicate) {
		t.Errorf("%v", err)
	}
}

// Keys of items in an answer are JSON of DynamoDB, and nothing that was not asked for is there.
func TestAnswerBodies(t *testing.T) {
	table := things(t)
	for _, c := range []struct{ operation, body, want string }{
		{"PutItem", `{"TableName":"` + table + `","Item":{"pk":{"S":"wire"},"b":{"B":"AAE="},"n":{"N":"1.0"}}}`, `{}`},
		{"GetItem", `{"TableName":"` + table + `","Key":{"pk":{"S":"wire"}},"ProjectionExpression":"b"}`, `{"Item":{"b":{"B":"AAE="}}}`},
		{"GetItem", `{"TableName":"` + table + `","Key":{"pk":{"S":"wire"}},"ProjectionExpression":"n","Nonsense":5}`, `{"Item":{"n":{"N":"1"}}}`}, // unknown members are ignored
		{"GetItem", `{"TableName":"` + table + `","Key":{"pk":{"S":"nobody"}},"ReturnConsumedCapacity":"TOTAL"}`, `{"ConsumedCapacity":{"TableName":"` + table + `","CapacityUnits":0.5}}`},
		{"GetItem", `{"TableName":"` + table + `","Key":{"pk":{"S":"nobody"}},"ConsistentRead":null}`, `{}`}, // null is not there
		{"Query", `{"TableName":"` + table + `","KeyConditionExpression":"pk = :k","ExpressionAttributeValues":{":k":{"S":"nobody"}}}`, `{"Count":0,"Items":[],"ScannedCount":0}`},
		{"BatchGetItem", `{"RequestItems":{"` + table + `":{"Keys":[{"pk":{"S":"nobody"}}]}}}`, `{"Responses":{"` + table + `":[]},"UnprocessedKeys":{}}`},
		{"BatchWriteItem", `{"RequestItems":{"` + table + `":[{"DeleteRequest":{"Key":{"pk":{"S":"wire"}}}}]}}`, `{"UnprocessedItems":{}}`},
		{"TransactGetItems", `{"TransactItems":[{"Get":{"TableName":"` + table + `","Key":{"pk":{"S":"nobody"}}}}]}`, `{"Responses":[{}]}`},
	} {
		_, body := post(t, dynamo+c.operation, c.body, nil)
		var got, want any
		if json.Unmarshal(body, &got) != nil || json.Unmarshal([]byte(c.want), &want) != nil || fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%s gives %s, want %s", c.operation, body, c.want)
		}
	}
}
