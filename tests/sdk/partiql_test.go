package sdk

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// run executes a statement in which TABLE is the table, with parameters as the members of a JSON object, in its order a, b, c.
func run(t *testing.T, c *dynamodb.Client, table *string, statement, parameters string) ([]Item, error) {
	t.Helper()
	in := &dynamodb.ExecuteStatementInput{Statement: aws.String(strings.ReplaceAll(statement, "TABLE", `"`+*table+`"`))}
	if parameters != "" {
		all := item(parameters)
		for _, name := range slices.Sorted(func(yield func(string) bool) {
			for name := range all {
				if !yield(name) {
					return
				}
			}
		}) {
			in.Parameters = append(in.Parameters, all[name])
		}
	}
	out, err := c.ExecuteStatement(t.Context(), in)
	if err != nil {
		return nil, err
	}
	return out.Items, nil
}

// runs is run of a statement that must succeed.
func runs(t *testing.T, c *dynamodb.Client, table *string, statement, parameters string) []Item {
	t.Helper()
	items, err := run(t, c, table, statement, parameters)
	if err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
	return items
}

// The developer guide, "PartiQL data types for DynamoDB".
func TestPartiQLDataTypes(t *testing.T) {
	t.Parallel()
	c, table := client(t), own(t, "Types")
	create(t, c, table, nil, "primarykey:S")
	runs(t, c, table, `INSERT into TABLE value {'primarykey':'1',
'NumberType':1,
'MapType' : {'entryname1': 'value', 'entryname2': 4},
'ListType': [1,'stringval'],
'NumberSetType':<<1,34,32,4.5>>,
'StringSetType':<<'stringval','stringval2'>>
}`, "")
	same(t, "inserted", get(t, c, table, `{"primarykey":"1"}`), `{"primarykey":"1","NumberType":1,"MapType":{"entryname1":"value","entryname2":4},
		"ListType":[1,"stringval"],"NumberSetType":{"$NS":[1,34,32,4.5]},"StringSetType":{"$SS":["stringval","stringval2"]}}`)
	runs(t, c, table, `UPDATE TABLE
SET NumberType=NumberType + 100
SET MapType.NewMapEntry=[2020, 'stringvalue', 2.4]
SET ListType = LIST_APPEND(ListType, [4, <<'string1', 'string2'>>])
SET NumberSetType= SET_ADD(NumberSetType, <<345, 48.4>>)
SET StringSetType = SET_ADD(StringSetType, <<'stringsetvalue1', 'stringsetvalue2'>>)
WHERE primarykey='1'`, "")
	same(t, "added", get(t, c, table, `{"primarykey":"1"}`), `{"primarykey":"1","NumberType":101,"MapType":{"entryname1":"value","entryname2":4,"NewMapEntry":[2020,"stringvalue",2.4]},
		"ListType":[1,"stringval",4,{"$SS":["string1","string2"]}],"NumberSetType":{"$NS":[1,34,32,4.5,345,48.4]},
		"StringSetType":{"$SS":["stringval","stringval2","stringsetvalue1","stringsetvalue2"]}}`)
	runs(t, c, table, `UPDATE TABLE
SET NumberType=NumberType - 1
REMOVE ListType[1]
REMOVE MapType.NewMapEntry
SET NumberSetType = SET_DELETE( NumberSetType, <<345>>)
SET StringSetType = SET_DELETE( StringSetType, <<'stringsetvalue1'>>)
WHERE primarykey='1'`, "")
	same(t, "removed", get(t, c, table, `{"primarykey":"1"}`), `{"primarykey":"1","NumberType":100,"MapType":{"entryname1":"value","entryname2":4},
		"ListType":[1,4,{"$SS":["string1","string2"]}],"NumberSetType":{"$NS":[1,34,32,4.5,48.4]},"StringSetType":{"$SS":["stringval","stringval2","stringsetvalue2"]}}`)

	// What a literal can't say, a parameter can.
	runs(t, c, table, "INSERT INTO TABLE VALUE {'primarykey': ?, 'b': ?, 'bs': ?}", `{"a":"2","b":{"$B":"AQID"},"c":{"$BS":["AQ==","Ag=="]}}`)
	same(t, "binary", get(t, c, table, `{"primarykey":"2"}`), `{"primarykey":"2","b":{"$B":"AQID"},"bs":{"$BS":["AQ==","Ag=="]}}`)
}

// The developer guide's functions: EXISTS is in TestPartiQLTransactions.
func TestPartiQLFunctions(t *testing.T) {
	t.Parallel()
	c, table := client(t), own(t, "Orders")
	create(t, c, table, nil, "OrderID:N")
	put(t, c, table, `{"OrderID":1,"Address":"7834 24th Kirkland","Total":400,"Image":{"$B":"AQIDBAUGBwg="}}`,
		`{"OrderID":2,"Address":"Seattle","Total":"many","Awards":null}`)
	for condition, want := range map[string]string{
		`begins_with("Address", '7834 24th')`:                   "1",
		`contains("Address", 'Kirkland')`:                       "1",
		`size("Image") >7`:                                      "1",
		`attribute_type("Total", 'S')`:                          "2",
		`Awards is MISSING`:                                     "1",
		`Awards is not missing`:                                 "2",
		`Awards IS NULL`:                                        "2",
		`NOT OrderID = 1`:                                       "2",
		`Total > 300 AND Total <= 500`:                          "1",
		`OrderID IN [1, 2, 3] AND NOT Total BETWEEN 1 AND 1000`: "2",
	} {
		items := runs(t, c, table, "SELECT OrderID FROM TABLE WHERE "+condition, "")
		sameItems(t, condition, items, `{"OrderID":`+want+`}`)
	}
}

// A long result comes in pages, whatever is read: in the order that was asked for, nothing twice and nothing left out.
func TestPartiQLPages(t *testing.T) {
	t.Parallel()
	c, table := client(t), own(t, "Pages")
	create(t, c, table, nil, "p:S", "s:N")
	for _, p := range []string{"a", "b", "c"} {
		for s := range 10 {
			put(t, c, table, fmt.Sprintf(`{"p":%q,"s":%d,"long":%q}`, p, s, strings.Repeat("x", 100<<10)))
		}
	}
	for _, q := range []struct {
		where string
		limit int32 // 0 for none: then a page is 1 MB
		want  int
	}{
		{"", 7, 30}, {"", 0, 30}, {" WHERE p IN ['c','a'] ORDER BY p ASC, s DESC", 3, 20}, {" WHERE p IN ['c','a'] ORDER BY p ASC, s DESC", 0, 20},
		{" WHERE p = 'b' AND (s < 2 OR s > 7)", 1, 4}, {" WHERE p = 'b' AND s <> 3", 4, 9}, {" WHERE s = 5", 4, 3},
	} {
		in := &dynamodb.ExecuteStatementInput{Statement: aws.String(`SELECT p, s FROM "` + *table + `"` + q.where)}
		if q.limit > 0 {
			in.Limit = aws.Int32(q.limit)
		}
		var got []string
		pages := 0
		for {
			out, err := c.ExecuteStatement(t.Context(), in)
			if err != nil {
				t.Fatalf("%s: %v", q.where, err)
			}
			pages++
			if q.limit > 0 && len(out.Items) > int(q.limit) {
				t.Errorf("%s: a page of %d items", q.where, len(out.Items))
			}
			for _, i := range out.Items {
				got = append(got, showItem(i))
			}
			if (out.NextToken == nil) != (out.LastEvaluatedKey == nil) {
				t.Errorf("%s: a token without a key, or a key without a token", q.where)
			}
			if in.NextToken = out.NextToken; in.NextToken == nil {
				break
			}
		}
		if strings.Contains(q.where, "ORDER") {
			sorted := slices.SortedFunc(slices.Values(got), func(a, b string) int { // p comes first in the text
				pa, pb := strings.Index(a, `"p"`), strings.Index(b, `"p"`)
				if c := strings.Compare(a[pa:pa+7], b[pb:pb+7]); c != 0 {
					return c
				}
				return -strings.Compare(a, b)
			})
			if !slices.Equal(sorted, got) {
				t.Errorf("%s: %v", q.where, got)
			}
		}
		slices.Sort(got)
		if n := len(slices.Compact(got)); n != q.want || n != len(got) {
			t.Errorf("%s: %d items, %d of them different, want %d", q.where, len(got), n, q.want)
		}
		if pages < 2 {
			t.Errorf("%s: %d page", q.where, pages)
		}
	}
}

// The developer guide, "Running batch operations with PartiQL for DynamoDB".
func TestPartiQLBatches(t *testing.T) {
	t.Parallel()
	c, table := client(t), own(t, "Music")
	create(t, c, table, nil, "Artist:S", "SongTitle:S")
	batch := func(statements ...string) []types.BatchStatementResponse {
		t.Helper()
		in := &dynamodb.BatchExecuteStatementInput{}
		for _, s := range statements {
			in.Statements = append(in.Statements, types.BatchStatementRequest{Statement: aws.String(strings.ReplaceAll(s, "TABLE", `"`+*table+`"`))})
		}
		out, err := c.BatchExecuteStatement(t.Context(), in)
		if err != nil {
			t.Fatal(err)
		}
		return out.Responses
	}
	batch("INSERT INTO TABLE value {'Artist':'Acme Band','SongTitle':'Best Song'}")
	writes := batch("INSERT INTO TABLE value {'Artist':'Acme Band','SongTitle':'Good Song'}",
		"UPDATE TABLE SET AwardsWon=1, AwardDetail={'Grammys':[2020, 2018]} where Artist='Acme Band' and SongTitle='PartiQL Rocks'",
		"INSERT INTO TABLE value {'Artist':'Acme Band','SongTitle':'Best Song'}",
		"DELETE FROM TABLE WHERE Artist='Acme Band'")
	codes := []types.BatchStatementErrorCodeEnum{"", types.BatchStatementErrorCodeEnumConditionalCheckFailed, types.BatchStatementErrorCodeEnumDuplicateItem, types.BatchStatementErrorCodeEnumValidationError}
	for i, r := range writes {
		if got := r.Error; (got == nil) != (codes[i] == "") || got != nil && got.Code != codes[i] {
			t.Errorf("write %d: %+v, want %q", i, got, codes[i])
		}
	}
	reads := batch("SELECT * FROM TABLE WHERE Artist='Acme Band' and SongTitle='Best Song'", "SELECT * FROM TABLE WHERE Artist='Acme Band'")
	same(t, "the first read", reads[0].Item, `{"Artist":"Acme Band","SongTitle":"Best Song"}`)
	if aws.ToString(reads[0].TableName) != *table || reads[1].Error == nil {
		t.Errorf("%+v", reads)
	}
}

// The developer guide, "Performing transactions with PartiQL for DynamoDB".
func TestPartiQLTransactions(t *testing.T) {
	t.Parallel()
	c, table := client(t), own(t, "Music")
	create(t, c, table, nil, "Artist:S", "SongTitle:S")
	put(t, c, table, `{"Artist":"No One You Know","SongTitle":"Call Me Today"}`, `{"Artist":"Acme Band","SongTitle":"PartiQL Rocks"}`)
	transact := func(statements ...string) (*dynamodb.ExecuteTransactionOutput, error) {
		in := &dynamodb.ExecuteTransactionInput{}
		for _, s := range statements {
			in.TransactStatements = append(in.TransactStatements, types.ParameterizedStatement{Statement: aws.String(strings.ReplaceAll(s, "TABLE", `"`+*table+`"`))})
		}
		return c.ExecuteTransaction(t.Context(), in)
	}
	const exists = "EXISTS(SELECT * FROM TABLE where Artist='No One You Know' and SongTitle='Call Me Today' and Awards is  MISSING)"
	if _, err := transact(exists, "INSERT INTO TABLE value {'Artist':'Acme Band','SongTitle':'New'}",
		"UPDATE TABLE SET AwardsWon=1 SET AwardDetail={'Grammys':[2020, 2018]}  where Artist='Acme Band' and SongTitle='PartiQL Rocks'"); err != nil {
		t.Fatal(err)
	}
	out, err := transact("SELECT * FROM TABLE WHERE Artist='Acme Band' AND SongTitle='New'",
		"SELECT AwardDetail.Grammys[0] FROM TABLE WHERE Artist='Acme Band' AND SongTitle='PartiQL Rocks'")
	if err != nil {
		t.Fatal(err)
	}
	same(t, "the new item", out.Responses[0].Item, `{"Artist":"Acme Band","SongTitle":"New"}`)
	same(t, "the updated item", out.Responses[1].Item, `{"Grammys[0]":2020}`)

	put(t, c, table, `{"Artist":"No One You Know","SongTitle":"Call Me Today","Awards":1}`)
	_, err = transact(exists, "DELETE FROM TABLE WHERE Artist='Acme Band' AND SongTitle='New'")
	var canceled *types.TransactionCanceledException
	if !errors.As(err, &canceled) || *canceled.CancellationReasons[0].Code != "ConditionalCheckFailed" || *canceled.CancellationReasons[1].Code != "None" {
		t.Errorf("a condition that fails: %v", err)
	}
	if get(t, c, table, `{"Artist":"Acme Band","SongTitle":"New"}`) == nil {
		t.Error("a transaction that was canceled deleted an item")
	}
	_, err = run(t, c, table, "INSERT INTO TABLE VALUE {'Artist':'Acme Band','SongTitle':'New'}", "")
	var duplicate *types.DuplicateItemException
	if !errors.As(err, &duplicate) {
		t.Errorf("an item twice: %v", err)
	}
}
