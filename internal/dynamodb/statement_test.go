package dynamodb

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/statordb/stator/internal/awsapi"
)

const statementTable = `{"TableName":"%s","AttributeDefinitions":[{"AttributeName":"p","AttributeType":"S"},{"AttributeName":"s","AttributeType":"N"},{"AttributeName":"g","AttributeType":"S"}],` +
	`"KeySchema":[{"AttributeName":"p","KeyType":"HASH"},{"AttributeName":"s","KeyType":"RANGE"}],"BillingMode":"PAY_PER_REQUEST",` +
	`"GlobalSecondaryIndexes":[{"IndexName":"glo","KeySchema":[{"AttributeName":"g","KeyType":"HASH"},{"AttributeName":"s","KeyType":"RANGE"}],"Projection":{"ProjectionType":"ALL"}}]}`

// twin is two equal tables: one is changed by statements, the other by the operations that say the same.
type twin struct {
	*rapid.T
	ops   map[string]awsapi.Operation
	table map[string]string // by "statements" and "operations"
}

// call makes a request and returns the answer, or the error's code.
func (w *twin) call(operation, body string) (map[string]any, string) {
	out, err := call(w.Context(), w.ops[operation], []byte(body))
	if err != nil {
		var e *awsapi.Error
		if !errors.As(err, &e) || e.Status >= 500 {
			w.Fatalf("%s %s: %v", operation, body, err)
		}
		return nil, e.Code
	}
	var answer map[string]any
	if err := json.Unmarshal(out, &answer); err != nil {
		w.Fatalf("%s %s answered %s", operation, body, out)
	}
	return answer, ""
}

// statement executes a statement on the one table; TABLE in it is the table.
func (w *twin) statement(text string, more string) (map[string]any, string) {
	quoted, err := json.Marshal(strings.ReplaceAll(text, "TABLE", `"`+w.table["statements"]+`"`))
	if err != nil {
		w.Fatal(err)
	}
	return w.call("ExecuteStatement", `{"Statement":`+string(quoted)+more+`}`)
}

// operation makes a request on the other.
func (w *twin) operation(name, members string) (map[string]any, string) {
	return w.call(name, `{"TableName":"`+w.table["operations"]+`",`+members+`}`)
}

// all are the items of a table, as text and in order.
func (w *twin) all(which string) []string {
	answer, code := w.call("Scan", `{"TableName":"`+w.table[which]+`"}`)
	if code != "" {
		w.Fatal(code)
	}
	return texts(answer["Items"])
}

func texts(items any) []string {
	var all []string
	list, _ := items.([]any)
	for _, item := range list {
		b, err := json.Marshal(item)
		if err != nil {
			panic(err)
		}
		all = append(all, string(b))
	}
	slices.Sort(all)
	return all
}

// condition is a random condition on what is no key, in both languages.
func condition(t *rapid.T) (partiql, expression string) {
	v := rapid.IntRange(0, 4).Draw(t, "value")
	return rapid.SampledFrom([]func() (string, string){
		func() (string, string) { return fmt.Sprintf("n > %d", v), fmt.Sprintf("n > :v%d", v) },
		func() (string, string) { return fmt.Sprintf("n = %d", v), fmt.Sprintf("n = :v%d", v) },
		func() (string, string) { return fmt.Sprintf("n IN [%d, 9]", v), fmt.Sprintf("n IN (:v%d, :nine)", v) },
		func() (string, string) { return "n IS MISSING", "attribute_not_exists(n)" },
		func() (string, string) { return "h IS STRING", "attribute_type(h, :S)" },
		func() (string, string) {
			return fmt.Sprintf("NOT n BETWEEN 1 AND %d", v+1), fmt.Sprintf("NOT n BETWEEN :v1 AND :v%d", v+1)
		},
		func() (string, string) { return "size(l) >= 2 OR contains(l, 1)", "size(l) >= :v2 OR contains(l, :v1)" },
		func() (string, string) { return "begins_with(h, 'a') AND n <> 2", "begins_with(h, :a) AND n <> :v2" },
	}).Draw(t, "condition")()
}

// values are the values that an expression names.
func values(expressions ...string) string {
	known := map[string]string{":nine": `{"N":"9"}`, ":S": `{"S":"S"}`, ":a": `{"S":"a"}`, ":l": `{"L":[{"N":"7"}]}`}
	for i := range 10 {
		known[fmt.Sprintf(":v%d", i)] = fmt.Sprintf(`{"N":"%d"}`, i)
	}
	for _, p := range []string{"aa", "ab", "b"} {
		known[":"+p] = `{"S":"` + p + `"}`
	}
	var used []string
	all := strings.Join(expressions, " ") + " "
	for name, v := range known {
		if strings.Contains(all, name+" ") || strings.Contains(all, name+",") || strings.Contains(all, name+")") {
			used = append(used, `"`+name+`":`+v)
		}
	}
	if len(used) == 0 {
		return ""
	}
	return `,"ExpressionAttributeValues":{` + strings.Join(used, ",") + `}`
}

// A statement does what the operation does that says the same, and answers the same items.
func TestStatementsDoWhatOperationsDo(t *testing.T) {
	ops, tables := operations(t), 0
	rapid.Check(t, func(t *rapid.T) {
		tables++
		w := &twin{t, ops, map[string]string{"statements": fmt.Sprintf("st-%d", tables), "operations": fmt.Sprintf("op-%d", tables)}}
		for _, name := range w.table {
			if _, code := w.call("CreateTable", fmt.Sprintf(statementTable, name)); code != "" {
				t.Fatal(code)
			}
		}
		partition := rapid.SampledFrom([]string{"aa", "ab", "b"})
		sort := rapid.IntRange(0, 3)
		write := func(text, op, members string) {
			answer, code := w.statement(text, "")
			other, otherCode := w.operation(op, members)
			if code == "DuplicateItemException" {
				code = "ConditionalCheckFailedException"
			}
			if code != otherCode {
				t.Fatalf("%s: %q, but %s %s: %q", text, code, op, members, otherCode)
			}
			var want []string
			if v, ok := other["Attributes"]; ok {
				want = texts([]any{v})
			}
			if got := texts(answer["Items"]); !slices.Equal(got, want) {
				t.Fatalf("%s answered %s, but %s %s", text, got, op, want)
			}
		}
		key := func() (p string, s int, json, where string) {
			p, s = partition.Draw(t, "p"), sort.Draw(t, "s")
			return p, s, fmt.Sprintf(`"Key":{"p":{"S":"%s"},"s":{"N":"%d"}}`, p, s), fmt.Sprintf("p = '%s' AND s = %d", p, s)
		}
		t.Repeat(map[string]func(*rapid.T){
			"insert": func(*rapid.T) {
				p, s, _, _ := key()
				n := rapid.IntRange(0, 4).Draw(t, "n")
				write(fmt.Sprintf("INSERT INTO TABLE VALUE {'p':'%s','s':%d,'n':%d,'g':'%s','h':'%s','l':[%d,'x']}", p, s, n, p, p, n), "PutItem",
					fmt.Sprintf(`"Item":{"p":{"S":"%s"},"s":{"N":"%d"},"n":{"N":"%d"},"g":{"S":"%s"},"h":{"S":"%s"},"l":{"L":[{"N":"%d"},{"S":"x"}]}},"ConditionExpression":"attribute_not_exists(p)"`, p, s, n, p, p, n))
			},
			"update": func(*rapid.T) {
				_, _, json, where := key()
				pql, expr := condition(t)
				change := rapid.SampledFrom([][2]string{{"SET n = n + 1", "SET n = n + :v1"}, {"REMOVE n", "REMOVE n"}, {"SET l = list_append(l, [7])", "SET l = list_append(l, :l)"},
					{"SET n = 3 REMOVE l[0]", "SET n = :v3 REMOVE l[0]"}, {"SET l[1] = 3, n = 0", "SET l[1] = :v3, n = :v0"}}).Draw(t, "change")
				returning := rapid.SampledFrom([][2]string{{"", "NONE"}, {" RETURNING ALL OLD *", "ALL_OLD"}, {" RETURNING ALL NEW *", "ALL_NEW"},
					{" RETURNING MODIFIED OLD *", "UPDATED_OLD"}, {" RETURNING MODIFIED NEW *", "UPDATED_NEW"}}).Draw(t, "returning")
				expr = "attribute_exists(p) AND (" + expr + ")"
				write(fmt.Sprintf("UPDATE TABLE %s WHERE %s AND (%s)%s", change[0], where, pql, returning[0]), "UpdateItem",
					fmt.Sprintf(`%s,"UpdateExpression":"%s","ConditionExpression":"%s","ReturnValues":"%s"%s`, json, change[1], expr, returning[1], values(change[1], expr)))
			},
			"delete": func(*rapid.T) {
				_, _, json, where := key()
				pql, expr := condition(t)
				expr = "attribute_not_exists(p) OR " + expr
				write(fmt.Sprintf("DELETE FROM TABLE WHERE %s AND (%s) RETURNING ALL OLD *", where, pql), "DeleteItem",
					fmt.Sprintf(`%s,"ConditionExpression":"%s","ReturnValues":"ALL_OLD"%s`, json, expr, values(expr)))
			},
			"select": func(*rapid.T) {
				p := partition.Draw(t, "p")
				s := sort.Draw(t, "s")
				pql, expr := condition(t)
				rangeOf := rapid.SampledFrom([][2]string{{"", ""}, {fmt.Sprintf(" AND s >= %d", s), fmt.Sprintf(" AND s >= :v%d", s)},
					{fmt.Sprintf(" AND s BETWEEN 0 AND %d", s), fmt.Sprintf(" AND s BETWEEN :v0 AND :v%d", s)}, {fmt.Sprintf(" AND s = %d", s), fmt.Sprintf(" AND s = :v%d", s)}}).Draw(t, "range")
				index := rapid.SampledFrom([][3]string{{"", "", "p"}, {`."glo"`, `"IndexName":"glo",`, "g"}}).Draw(t, "index")
				order := rapid.SampledFrom([][2]string{{"", "true"}, {" ORDER BY s", "true"}, {" ORDER BY s DESC", "false"}}).Draw(t, "order")
				limit := rapid.IntRange(1, 4).Draw(t, "limit")
				keyExpr := index[2] + " = :" + p + rangeOf[1]
				text := fmt.Sprintf("SELECT * FROM TABLE%s WHERE %s = '%s'%s AND (%s)%s", index[0], index[2], p, rangeOf[0], pql, order[0])
				members := fmt.Sprintf(`%s"KeyConditionExpression":"%s","FilterExpression":"%s","ScanIndexForward":%s,"Limit":%d%s`, index[1], keyExpr, expr, order[1], limit, values(keyExpr, expr))
				w.pages(text, "Query", members, limit)
			},
			"scan": func(*rapid.T) {
				pql, expr := condition(t)
				limit := rapid.IntRange(1, 4).Draw(t, "limit")
				w.pages("SELECT * FROM TABLE WHERE "+pql, "Scan", fmt.Sprintf(`"FilterExpression":"%s","Limit":%d%s`, expr, limit, values(expr)), limit)
			},
			"": func(*rapid.T) {
				if a, b := w.all("statements"), w.all("operations"); !slices.Equal(a, b) {
					t.Fatalf("statements left %s, operations %s", a, b)
				}
			},
		})
	})
}

// pages reads all pages of a statement and of the operation, which are equal one by one, except that a Query may see that
// nothing can follow where the statement does not.
func (w *twin) pages(text, op, members string, limit int) {
	token, start := "", ""
	for {
		got, code := w.statement(text, fmt.Sprintf(`,"Limit":%d%s`, limit, token))
		want, otherCode := w.operation(op, members+start)
		if code != "" || otherCode != "" {
			if code == "" || otherCode == "" {
				w.Fatalf("%s: %q, but %s %s: %q", text, code, op, members, otherCode)
			}
			return
		}
		next, ok := got["NextToken"].(string)
		ended := ok && want["LastEvaluatedKey"] == nil
		if !reflect.DeepEqual(got["Items"], want["Items"]) || !ended && !reflect.DeepEqual(got["LastEvaluatedKey"], want["LastEvaluatedKey"]) {
			w.Fatalf("%s answered %v, but %s %s %v", text, got, op, members, want)
		}
		if ended {
			rest, code := w.statement(text, fmt.Sprintf(`,"Limit":%d,"NextToken":"%s"`, limit, next))
			if items, _ := rest["Items"].([]any); code != "" || len(items) > 0 || rest["NextToken"] != nil {
				w.Fatalf("%s went on with %v (%q), but %s %s had no more", text, rest, code, op, members)
			}
		}
		if ended || !ok {
			return
		}
		last, err := json.Marshal(want["LastEvaluatedKey"])
		if err != nil {
			w.Fatal(err)
		}
		token, start = `,"NextToken":"`+next+`"`, `,"ExclusiveStartKey":`+string(last)
	}
}
