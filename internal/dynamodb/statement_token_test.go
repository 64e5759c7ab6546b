package dynamodb

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/statordb/stator/internal/attribute"
	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/policy"
)

// newSelect is a Select of the service, as it is before it runs.
func newSelect(t testing.TB, ops map[string]awsapi.Operation, body string) *executeStatementCall {
	t.Helper()
	req := &awsapi.Request{Caller: &policy.Principal{Account: "123456789012"}, Region: "us-east-1", Now: time.Unix(1.7e9, 0), Body: []byte(body)}
	c, err := ops["ExecuteStatement"].Decode(req)
	if err != nil {
		t.Fatal(err)
	}
	c.Needs()
	return c.(*executeStatementCall)
}

var tokenStatements = []string{`SELECT * FROM tok`, `SELECT * FROM tok WHERE p = 'a' AND s > 1`, `SELECT * FROM tok WHERE p IN ['a','b'] ORDER BY p, s DESC`,
	`SELECT * FROM \"tok\".\"glo\" WHERE g = 'a'`, `SELECT * FROM \"tok\".\"glo\"`, `SELECT * FROM tok WHERE p = 'a' AND p = 'b'`}

func tokenTable(t testing.TB) map[string]awsapi.Operation {
	ops := operations(t)
	for _, r := range []struct{ op, body string }{
		{"CreateTable", `{"TableName":"tok","AttributeDefinitions":[{"AttributeName":"p","AttributeType":"S"},{"AttributeName":"s","AttributeType":"N"},{"AttributeName":"g","AttributeType":"S"}],` +
			`"KeySchema":[{"AttributeName":"p","KeyType":"HASH"},{"AttributeName":"s","KeyType":"RANGE"}],"BillingMode":"PAY_PER_REQUEST",` +
			`"GlobalSecondaryIndexes":[{"IndexName":"glo","KeySchema":[{"AttributeName":"g","KeyType":"HASH"}],"Projection":{"ProjectionType":"ALL"}}]}`},
		{"PutItem", `{"TableName":"tok","Item":{"p":{"S":"a"},"s":{"N":"1"},"g":{"S":"a"}}}`},
		{"PutItem", `{"TableName":"tok","Item":{"p":{"S":"a"},"s":{"N":"2"},"g":{"S":"b"}}}`},
		{"PutItem", `{"TableName":"tok","Item":{"p":{"S":"b"},"s":{"N":"1"},"g":{"S":"a"}}}`},
	} {
		if _, err := call(t.Context(), ops[r.op], []byte(r.body)); err != nil {
			t.Fatal(err)
		}
	}
	return ops
}

// items runs a Select with a token, which may be refused, and counts the items that it answers.
func items(t *testing.T, ops map[string]awsapi.Operation, statement, token string) int {
	t.Helper()
	out, err := newSelect(t, ops, `{"Statement":"`+statement+`"`+token+`}`).Run(t.Context(), nil)
	if err != nil {
		var e *awsapi.Error
		if !errors.As(err, &e) || e.Status != 400 {
			t.Fatalf("%s with %s: %v", statement, token, err)
		}
		return 0
	}
	var answer struct{ Items []any }
	if err := json.Unmarshal(out, &answer); err != nil {
		t.Fatalf("%s with %s: %s", statement, token, out)
	}
	return len(answer.Items)
}

// A token that a client made up is refused, or starts the statement elsewhere; it never shows what the statement does not.
func FuzzForgedTokens(f *testing.F) {
	ops := tokenTable(f)
	for part := range uint64(3) {
		for _, key := range []string{`{"p":{"S":"a"},"s":{"N":"1"}}`, `{"p":{"S":"zzz"},"s":{"N":"-9"}}`, `{"p":{"S":"b"},"s":{"N":"1"},"g":{"S":"a"}}`, `{"p":{"N":"1"}}`,
			`{"p":{"S":""},"s":{"N":"1"}}`, `{`, ``, `{"p":{"S":"a"},"s":{"N":"1"},"x":{"NULL":true}}`} {
			f.Add(part, []byte(key))
		}
	}
	f.Add(uint64(1<<63), []byte(`{"p":{"S":"a"},"s":{"N":"1"}}`))
	f.Fuzz(func(t *testing.T, part uint64, key []byte) {
		for _, statement := range tokenStatements {
			sum := digest(newSelect(t, ops, `{"Statement":"`+statement+`"}`).req, &newSelect(t, ops, `{"Statement":"`+statement+`"}`).statement)
			b := binary.AppendUvarint(append([]byte{tokenVersion}, sum[:]...), part)
			token := base64.RawURLEncoding.EncodeToString(append(b, key...))
			if len(token) > maxToken {
				return
			}
			whole := items(t, ops, statement, "")
			if n := items(t, ops, statement, `,"NextToken":"`+token+`"`); n > whole {
				t.Errorf("%s has %d items, and %d after %s", statement, whole, n, key)
			}
		}
	})
}

func TestTokensOfOthers(t *testing.T) {
	ops := tokenTable(t)
	st := newSelect(t, ops, `{"Statement":"SELECT * FROM tok"}`)
	start, err := attribute.ParseItemJSON(`{"p":{"S":"a"},"s":{"N":"1"}}`)
	if err != nil {
		t.Fatal(err)
	}
	token := st.token(position{0, start})
	if at, err := st.position(st.bound, token); err != nil || !attribute.Equal(at.start, start) {
		t.Errorf("its own token: %v (%v)", at, err)
	}
	for what, change := range map[string]func(*executeStatementCall){
		"account":   func(c *executeStatementCall) { c.req.Caller = &policy.Principal{Account: "999999999999"} },
		"region":    func(c *executeStatementCall) { c.req.Region = "eu-west-1" },
		"statement": func(c *executeStatementCall) { c.text.value += " " },
		"parameter": func(c *executeStatementCall) { c.parameters = []attribute.Value{attribute.NewNull()} },
	} {
		other := newSelect(t, ops, `{"Statement":"SELECT * FROM tok"}`)
		change(other)
		if _, err := other.position(st.bound, token); err == nil || err.Error() != "ValidationException: NextToken does not match request" {
			t.Errorf("the token of another %s: %v", what, err)
		}
	}
}
