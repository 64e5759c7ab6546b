package acceptance

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

func execute(t *testing.T, statement string, parameters ...types.AttributeValue) ([]item, error) {
	t.Helper()
	out, err := client(t).ExecuteStatement(t.Context(), &dynamodb.ExecuteStatementInput{Statement: &statement, Parameters: parameters})
	if err != nil {
		return nil, err
	}
	return out.Items, nil
}

// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ql-reference.html
func TestPartiQL(t *testing.T) {
	lists(t)
	pk := fresh("partiql")
	run := func(want, statement string, parameters ...types.AttributeValue) {
		t.Helper()
		items, err := execute(t, strings.ReplaceAll(statement, "PK", "'"+pk+"'"), parameters...)
		if err != nil {
			t.Errorf("%s: %v", statement, err)
		} else if got := strings.ReplaceAll(showAll(items), `pk:"`+pk+`"`, "PK"); got != want {
			t.Errorf("%s gives %s, want %s", statement, got, want)
		}
	}
	run("", `INSERT INTO lists VALUE {'pk': PK, 'sk': 'a', 'n': 1, 'b': true, 'z': null, 'l': [1, 'two'], 'm': {'x': 1.50}, 's': <<'p','q'>>, 'ns': <<1,2>>}`)
	run("", `INSERT INTO "lists" VALUE {'pk': ?, 'sk': 'b', 'n': ?}`, s(pk), n("2"))
	run("", `insert into lists value {'pk': PK, 'sk': 'c', 'n': 3, 'odd': 'it''s'}`)
	run(`{b:true l:[1 "two"] m:{x:1.5} n:1 ns:NS[1 2] PK s:SS["p" "q"] sk:"a" z:null}`, `SELECT * FROM lists WHERE pk = PK AND sk = 'a'`)
	run(`{n:1} {n:2} {n:3}`, `SELECT n FROM "lists" WHERE pk = PK`)
	run(`{n:3} {n:2}`, `SELECT n FROM lists WHERE pk = PK AND sk > 'a' ORDER BY sk DESC`)
	run(`{x:1.5} {} {}`, `SELECT m.x FROM lists WHERE pk = PK`)
	run(`{sk:"b"}`, `SELECT sk FROM lists WHERE pk = PK AND n = 2`)
	run(`{sk:"b"} {sk:"c"}`, `SELECT sk FROM lists WHERE pk = PK AND n BETWEEN 2 AND 3`)
	run(`{sk:"a"} {sk:"c"}`, `SELECT sk FROM lists WHERE pk = PK AND n IN [1, 3]`)
	run(`{sk:"c"}`, `SELECT sk FROM lists WHERE pk = PK AND odd = 'it''s'`)
	run(`{sk:"a"}`, `SELECT sk FROM lists WHERE pk = PK AND contains(s, 'p')`)
	run(`{sk:"a"}`, `SELECT sk FROM lists WHERE pk = PK AND attribute_type(l, 'L')`)
	run(`{sk:"c"}`, `SELECT sk FROM lists WHERE pk = PK AND begins_with(odd, 'it')`)
	run(`{sk:"b"} {sk:"c"}`, `SELECT sk FROM lists WHERE pk = PK AND m IS MISSING`)
	run(`{sk:"a"}`, `SELECT sk FROM lists WHERE pk = PK AND m IS NOT MISSING`)
	run(`{sk:"a"}`, `SELECT sk FROM lists WHERE pk = PK AND z IS NULL`)
	run(`{sk:"a"}`, `SELECT sk FROM lists WHERE pk = PK AND size(l) = 2`)
	run(`{sk:"a"} {sk:"c"}`, `SELECT sk FROM lists WHERE pk = PK AND NOT n = 2`)
	run(`{sk:"a"} {sk:"c"}`, `SELECT sk FROM lists WHERE pk = PK AND (n = 1 OR n = 3)`)
	run(``, `UPDATE lists SET n = n + 10 SET q = ? WHERE pk = PK AND sk = 'b'`, s("new"))
	run(`{n:12 PK q:"new" sk:"b"}`, `SELECT * FROM lists WHERE pk = PK AND sk = 'b'`)
	run(``, `UPDATE lists REMOVE q WHERE pk = PK AND sk = 'b'`)
	run(`{n:13}`, `UPDATE lists SET n = n + 1 WHERE pk = PK AND sk = 'b' RETURNING MODIFIED NEW *`)
	run(`{n:13 PK sk:"b"}`, `UPDATE lists SET n = 14 WHERE pk = PK AND sk = 'b' RETURNING ALL OLD *`)
	run(``, `UPDATE lists SET l = list_append(l, [3]) WHERE pk = PK AND sk = 'a'`)
	run(``, `UPDATE lists SET s = set_add(s, <<'r'>>) WHERE pk = PK AND sk = 'a'`)
	run(``, `UPDATE lists SET ns = set_delete(ns, <<1>>) WHERE pk = PK AND sk = 'a'`)
	run(``, `UPDATE lists SET m.y = 'deep' SET l[0] = 'first' WHERE pk = PK AND sk = 'a'`)
	run(`{l:["first" "two" 3] m:{x:1.5 y:"deep"} ns:NS[2] s:SS["p" "q" "r"]}`, `SELECT l, m, ns, s FROM lists WHERE pk = PK AND sk = 'a'`)
	run(`{n:3 odd:"it's" PK sk:"c"}`, `DELETE FROM lists WHERE pk = PK AND sk = 'c' RETURNING ALL OLD *`)
	run(``, `DELETE FROM lists WHERE pk = PK AND sk = 'c'`)
	run(`{sk:"a"} {sk:"b"}`, `SELECT sk FROM lists WHERE pk = PK`)
}

func TestPartiQLErrors(t *testing.T) {
	lists(t)
	pk := fresh("partiql")
	if _, err := execute(t, `INSERT INTO lists VALUE {'pk': ?, 'sk': 'a', 'n': 1}`, s(pk)); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, code, message, statement string
		parameters                     []types.AttributeValue
	}{
		{"insert of what is there", "DuplicateItemException", "Duplicate primary key exists in table", `INSERT INTO lists VALUE {'pk': ?, 'sk': 'a'}`, []types.AttributeValue{s(pk)}},
		{"update of what is not there", unfulfilled, "The conditional request failed", `UPDATE lists SET n = 1 WHERE pk = ? AND sk = 'nothing'`, []types.AttributeValue{s(pk)}},
		{"update on a condition", unfulfilled, "The conditional request failed", `UPDATE lists SET n = 1 WHERE pk = ? AND sk = 'a' AND n = 5`, []types.AttributeValue{s(pk)}},
		{"delete on a condition", unfulfilled, "The conditional request failed", `DELETE FROM lists WHERE pk = ? AND sk = 'a' AND n = 5`, []types.AttributeValue{s(pk)}},
		{"delete without the whole key", invalid, "Where clause does not contain a mandatory equality on all key attributes", `DELETE FROM lists WHERE pk = ?`, []types.AttributeValue{s(pk)}},
		{"no statement", invalid, "Statement wasn't well formed, can't be processed: …", `SELEKT * FROM lists`, nil},
		{"no end", invalid, "Statement wasn't well formed, can't be processed: …", `SELECT * FROM lists WHERE pk = 'x`, nil},
		{"insert without the key", invalid, "Key attribute should be present in the item: Key sk", `INSERT INTO lists VALUE {'pk': 'x'}`, nil},
		{"update of the key", invalid, wrong + "Cannot update attribute sk. This attribute is part of the key", `UPDATE lists SET sk = 'b' WHERE pk = ? AND sk = 'a'`, []types.AttributeValue{s(pk)}},
		{"no such index", invalid, "The table does not have the specified index: none", `SELECT * FROM lists."none" WHERE pk = 'x'`, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := execute(t, c.statement, c.parameters...)
			fails(t, err, c.code, c.message)
		})
	}
}

func TestPartiQLPages(t *testing.T) {
	table, db := scanned(t), client(t)
	statement := aws.String(`SELECT pk FROM "` + table + `"`)
	seen := map[string]bool{}
	pages := 0
	in := &dynamodb.ExecuteStatementInput{Statement: statement, Limit: aws.Int32(40)}
	for ; ; pages++ {
		out, err := db.ExecuteStatement(t.Context(), in)
		if err != nil {
			t.Fatal(err)
		}
		for _, it := range out.Items {
			seen[show(it["pk"])] = true
		}
		if in.NextToken = out.NextToken; in.NextToken == nil {
			break
		}
	}
	if len(seen) != 100 || pages != 2 {
		t.Errorf("%d items, %d more pages", len(seen), pages)
	}
	_, err := db.ExecuteStatement(t.Context(), &dynamodb.ExecuteStatementInput{Statement: statement, NextToken: aws.String("x")})
	fails(t, err, invalid, "")
	_, err = db.ExecuteStatement(t.Context(), &dynamodb.ExecuteStatementInput{Statement: statement, Limit: aws.Int32(0)})
	fails(t, err, invalid, "1 validation error detected: Value '0' at 'limit' failed to satisfy constraint: Member must have value greater than or equal to 1")
}

// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ql-reference.multiplestatements.batching.html
func TestPartiQLBatch(t *testing.T) {
	lists(t)
	db, pk := client(t), s(fresh("partiql"))
	statement := func(text string, parameters ...types.AttributeValue) types.BatchStatementRequest {
		return types.BatchStatementRequest{Statement: &text, Parameters: parameters}
	}
	out, err := db.BatchExecuteStatement(t.Context(), &dynamodb.BatchExecuteStatementInput{Statements: []types.BatchStatementRequest{
		statement(`INSERT INTO lists VALUE {'pk': ?, 'sk': 'a'}`, pk), statement(`INSERT INTO lists VALUE {'pk': ?, 'sk': 'b'}`, pk),
		statement(`UPDATE lists SET n = 1 WHERE pk = ? AND sk = 'none'`, pk), statement(`INSERT INTO "no-such-table" VALUE {'pk': ?}`, pk)}})
	if err != nil || len(out.Responses) != 4 {
		t.Fatalf("%v (%v)", out, err)
	}
	var codes []string
	for _, r := range out.Responses {
		if r.Error == nil {
			codes = append(codes, *r.TableName)
		} else {
			codes = append(codes, string(r.Error.Code))
		}
	}
	if got := strings.Join(codes, " "); got != "lists lists ConditionalCheckFailed ResourceNotFound" {
		t.Error(got)
	}
	out, err = db.BatchExecuteStatement(t.Context(), &dynamodb.BatchExecuteStatementInput{Statements: []types.BatchStatementRequest{
		statement(`SELECT sk FROM lists WHERE pk = ? AND sk = 'b'`, pk), statement(`SELECT sk FROM lists WHERE pk = ? AND sk = 'z'`, pk)}})
	if err != nil || showItem(out.Responses[0].Item) != `{sk:"b"}` || out.Responses[1].Item != nil || out.Responses[1].Error != nil {
		t.Errorf("%v (%v)", out, err)
	}
	for name, c := range map[string]struct {
		message    string
		statements []types.BatchStatementRequest
	}{
		"reads and writes": {"", []types.BatchStatementRequest{
			statement(`SELECT * FROM lists WHERE pk = ? AND sk = 'a'`, pk), statement(`DELETE FROM lists WHERE pk = ? AND sk = 'b'`, pk)}},
		"26 statements": {"1 validation error detected: Value '[…", make26(statement(`SELECT * FROM lists WHERE pk = ? AND sk = 'a'`, pk))},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := db.BatchExecuteStatement(t.Context(), &dynamodb.BatchExecuteStatementInput{Statements: c.statements})
			fails(t, err, invalid, c.message)
		})
	}
}

func make26(one types.BatchStatementRequest) (out []types.BatchStatementRequest) {
	for range 26 {
		out = append(out, one)
	}
	return out
}

// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ql-reference.multiplestatements.transactions.html
func TestPartiQLTransaction(t *testing.T) {
	lists(t)
	db, pk := client(t), s(fresh("partiql"))
	statement := func(text string, parameters ...types.AttributeValue) types.ParameterizedStatement {
		return types.ParameterizedStatement{Statement: &text, Parameters: parameters}
	}
	run := func(token string, statements ...types.ParameterizedStatement) (*dynamodb.ExecuteTransactionOutput, error) {
		return db.ExecuteTransaction(t.Context(), &dynamodb.ExecuteTransactionInput{TransactStatements: statements, ClientRequestToken: optional(token)}, once)
	}
	token := fresh("token")
	for range 2 { // the second is the first
		if _, err := run(token, statement(`INSERT INTO lists VALUE {'pk': ?, 'sk': 'a', 'n': 1}`, pk), statement(`INSERT INTO lists VALUE {'pk': ?, 'sk': 'b'}`, pk)); err != nil {
			t.Fatal(err)
		}
	}
	_, err := run("", statement(`UPDATE lists SET n = n + 1 WHERE pk = ? AND sk = 'a'`, pk), statement(`EXISTS(SELECT * FROM lists WHERE pk = ? AND sk = 'b' AND n = 1)`, pk))
	reasons(t, err, "None, ConditionalCheckFailed")
	_, err = run("", statement(`UPDATE lists SET n = n + 1 WHERE pk = ? AND sk = 'a'`, pk), statement(`INSERT INTO lists VALUE {'pk': ?, 'sk': 'b'}`, pk))
	reasons(t, err, "None, DuplicateItem", "", "Duplicate primary key exists in table")
	out, err := run("", statement(`SELECT n FROM lists WHERE pk = ? AND sk = 'a'`, pk), statement(`SELECT * FROM lists WHERE pk = ? AND sk = 'z'`, pk))
	if err != nil || len(out.Responses) != 2 || showItem(out.Responses[0].Item) != "{n:1}" || out.Responses[1].Item != nil {
		t.Errorf("%v (%v)", out, err)
	}
	_, err = run("", statement(`SELECT * FROM lists WHERE pk = ? AND sk = 'a'`, pk), statement(`DELETE FROM lists WHERE pk = ? AND sk = 'b'`, pk))
	fails(t, err, invalid, "")
	_, err = run("", statement(`DELETE FROM lists WHERE pk = ? AND sk = 'a'`, pk), statement(`UPDATE lists SET n = 1 WHERE pk = ? AND sk = 'a'`, pk))
	fails(t, err, invalid, "Transaction request cannot include multiple operations on one item")
	var typed *types.TransactionCanceledException
	if errors.As(err, &typed) {
		t.Error(fmt.Sprint("cancelled: ", typed.CancellationReasons))
	}
}
