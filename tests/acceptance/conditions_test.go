package acceptance

import (
	"errors"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// Comparisons and functions:
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.OperatorsAndFunctions.html
func TestCondition(t *testing.T) {
	table, k := things(t), key(fresh("condition"))
	put(t, table, with(k, values(t, `"n":{"N":"5"},"s":{"S":"hello"},"b":{"B":"AQID"},"t":{"BOOL":true},"z":{"NULL":true},
		"l":{"L":[{"N":"1"},{"S":"two"},{"M":{"x":{"S":"y"}}}]},"m":{"M":{"a":{"N":"1"},"b":{"L":[]}}},
		"ss":{"SS":["red","green"]},"ns":{"NS":["1","2"]},"bs":{"BS":["AQ=="]},"e":{"S":""},"u":{"S":"🙂"},"long name":{"N":"1"}`)))
	for _, c := range []struct {
		condition, values, names string
		holds                    bool
	}{
		{"n = :v", `":v":{"N":"5.00"}`, "", true},
		{"n = :v", `":v":{"S":"5"}`, "", false},
		{"n <> :v", `":v":{"S":"5"}`, "", true}, // values of other types are not equal
		{"n < :v", `":v":{"N":"10"}`, "", true}, // by value, not by digits
		{"n > :v", `":v":{"N":"-6"}`, "", true},
		{"n >= :v", `":v":{"N":"5.0000000000000000000000000000000000001"}`, "", false},
		{"s < :v", `":v":{"S":"hellp"}`, "", true},
		{"s > :v", `":v":{"S":"Z"}`, "", true}, // by bytes
		{"s > :v", `":v":{"N":"1"}`, "", false},
		{"b > :v", `":v":{"B":"AQI="}`, "", true},
		{"b < :v", `":v":{"B":"/w=="}`, "", true}, // unsigned
		{"n = nothing", ``, "", false},
		{"n <> nothing", ``, "", true}, // users' quotes: <> of an attribute that is not there holds
		{"NOT n = nothing", ``, "", true},
		{"nothing < :v", `":v":{"N":"1"}`, "", false},
		{"NOT nothing < :v", `":v":{"N":"1"}`, "", true},
		{":v = n", `":v":{"N":"5"}`, "", true},
		{"n BETWEEN :a AND :b", `":a":{"N":"5"},":b":{"N":"5"}`, "", true},
		{"n between :a and :b", `":a":{"N":"6"},":b":{"N":"7"}`, "", false},
		{":v BETWEEN n AND :b", `":v":{"N":"6"},":b":{"N":"7"}`, "", true},
		{"n IN (:a, :b)", `":a":{"N":"4"},":b":{"N":"5"}`, "", true},
		{"n IN (:a)", `":a":{"S":"5"}`, "", false},
		{"s in (n, :a)", `":a":{"S":"hello"}`, "", true},
		{"t = :v", `":v":{"BOOL":true}`, "", true},
		{"z = :v", `":v":{"NULL":true}`, "", true},
		{"l = :v", `":v":{"L":[{"N":"1.0"},{"S":"two"},{"M":{"x":{"S":"y"}}}]}`, "", true},
		{"m = :v", `":v":{"M":{"b":{"L":[]},"a":{"N":"1"}}}`, "", true},
		{"ss = :v", `":v":{"SS":["green","red"]}`, "", true}, // sets have no order
		{"ns = :v", `":v":{"NS":["2.0","1"]}`, "", true},
		{"l[0] = :v", `":v":{"N":"1"}`, "", true},
		{"l[2].x = :v", `":v":{"S":"y"}`, "", true},
		{"l[7] = :v", `":v":{"S":"y"}`, "", false},
		{"m.a = l[0]", ``, "", true},
		{"#m.#a = :v", `":v":{"N":"1"}`, "#m=m #a=a", true},
		{"attribute_exists(l[2])", ``, "", true},
		{"attribute_exists(z)", ``, "", true},
		{"attribute_not_exists(m.a)", ``, "", false},
		{"attribute_not_exists(s.x)", ``, "", true},
		{"attribute_type(n, :v)", `":v":{"S":"N"}`, "", true},
		{"attribute_type(z, :v)", `":v":{"S":"NULL"}`, "", true},
		{"attribute_type(t, :v)", `":v":{"S":"BOOL"}`, "", true},
		{"begins_with(s, :v)", `":v":{"S":"hel"}`, "", true},
		{"begins_with(s, :v)", `":v":{"S":"Hel"}`, "", false},
		{"begins_with(n, :v)", `":v":{"S":"5"}`, "", false},
		{"begins_with(s, :v)", `":v":{"S":""}`, "", true},
		{"contains(s, :v)", `":v":{"S":"ell"}`, "", true},
		{"contains(s, :v)", `":v":{"N":"1"}`, "", false},
		{"contains(ss, :v)", `":v":{"S":"red"}`, "", true},
		{"contains(ss, :v)", `":v":{"S":"re"}`, "", false},
		{"contains(ns, :v)", `":v":{"N":"2.0"}`, "", true},
		{"contains(bs, :v)", `":v":{"B":"AQ=="}`, "", true},
		{"contains(b, :v)", `":v":{"B":"AgM="}`, "", true},
		{"contains(l, :v)", `":v":{"S":"two"}`, "", true},
		{"contains(l, :v)", `":v":{"M":{"x":{"S":"y"}}}`, "", true},
		{"contains(m, :v)", `":v":{"S":"a"}`, "", false},
		{"size(l) = :v", `":v":{"N":"3"}`, "", true},
		{"size(e) = :v", `":v":{"N":"0"}`, "", true},
		{"size(n) >= :v", `":v":{"N":"0"}`, "", false}, // a number has no size
		{":v < size(s)", `":v":{"N":"4"}`, "", true},
		{"size(s) BETWEEN :a AND :b", `":a":{"N":"5"},":b":{"N":"6"}`, "", true},
		{"size(s) > size(b)", ``, "", true},
		{"n = :x OR n = :v AND s = :x", `":v":{"N":"5"},":x":{"S":"x"}`, "", false}, // AND before OR
		{"(n = :v OR n = :x) AND s <> :x", `":v":{"N":"5"},":x":{"S":"x"}`, "", true},
		{"NOT n = :x AND n = :v", `":v":{"N":"5"},":x":{"S":"x"}`, "", true}, // NOT before AND
		{"not (n = :v or n = :x)", `":v":{"N":"5"},":x":{"S":"x"}`, "", false},
		{"NOT NOT n = :v", `":v":{"N":"5"}`, "", true},
		{"#l = :v", `":v":{"N":"1"}`, "#l=long_name", false},
		{"pk = :v", `":v":{"S":"nobody"}`, "", false},
		{"l [ 0 ] = :v", `":v":{"N":"1"}`, "", true},
		{"m . a = :v", `":v":{"N":"1"}`, "", true},
		{"contains(:v, s)", `":v":{"S":"say hello"}`, "", true},
		{"contains(:v, n)", `":v":{"NS":["4","5"]}`, "", true},
		{"begins_with(:v, s)", `":v":{"S":"hello world"}`, "", true},
		{"begins_with(s, e)", ``, "", true},
		{"size(:v) = n", `":v":{"S":"12345"}`, "", true},
		{"size(#u) = :v", `":v":{"N":"2"}`, "#u=u", true}, // of a string it counts UTF-16 units
		{"size(bs) = size(t)", ``, "", false},
		{"n BETWEEN m.a AND :v", `":v":{"N":"5"}`, "", true},
		{"s BETWEEN n AND :v", `":v":{"S":"z"}`, "", false},
		{"n <> s", ``, "", true},
		{"m <> l", ``, "", true},
		{"ss <> :v", `":v":{"SS":["red"]}`, "", true},
		{"ss IN (:v)", `":v":{"SS":["green","red"]}`, "", true},
		{"b = :v", `":v":{"S":"AQID"}`, "", false},
		{"contains(l, :v)", `":v":{"N":"1.0"}`, "", true},
		{"contains(ss, n)", ``, "", false},
		{"contains(nothing, :v)", `":v":{"N":"1"}`, "", false},
		{"NOT contains(nothing, :v)", `":v":{"N":"1"}`, "", true},
		{"attribute_type(#x, :v)", `":v":{"S":"L"}`, "#x=l", true},
		{"attribute_type(l[1], :v)", `":v":{"S":"S"}`, "", true},
		{"attribute_exists(#d)", ``, "#d=m.a", false},
		{"n IN (:a) OR n IN (:b)", `":a":{"N":"4"},":b":{"N":"5"}`, "", true},
		{"(((n = :v) AND s = :s) OR s = :v)", `":v":{"N":"5"},":s":{"S":"hello"}`, "", true},
		{"n=:v AND(s=:s)", `":v":{"N":"5"},":s":{"S":"hello"}`, "", true},
	} {
		t.Run(c.condition, func(t *testing.T) {
			_, err := client(t).UpdateItem(t.Context(), &dynamodb.UpdateItemInput{TableName: &table, Key: k, ConditionExpression: &c.condition,
				ExpressionAttributeNames: names(c.names), ExpressionAttributeValues: values(t, c.values)})
			if c.holds && err != nil {
				t.Error(err)
			}
			if !c.holds {
				fails(t, err, unfulfilled, "The conditional request failed")
			}
		})
	}
}

// What a condition is refused for. The messages are users' quotes.
func TestConditionErrors(t *testing.T) {
	const is = "Invalid ConditionExpression: "
	table, k := things(t), key(fresh("condition"))
	for _, c := range []struct{ condition, values, names, message string }{
		{"n = :w", ``, "", is + "An expression attribute value used in expression is not defined; attribute value: :w"},
		{"#n = n", ``, "", is + "An expression attribute name used in the document path is not defined; attribute name: #n"},
		{"n = :v", `":v":{"N":"1"},":w":{"N":"1"}`, "", "Value provided in ExpressionAttributeValues unused in expressions: keys: {:w}"},
		{"", `":v":{"N":"1"}`, "", "ExpressionAttributeValues can only be specified when using expressions: ConditionExpression is null"},
		{"", ``, "#n=n", "ExpressionAttributeNames can only be specified when using expressions"},
		{"n = ", ``, "", is + `Syntax error; token: "<EOF>", near: "= "`},
		{"n == n", ``, "", is + `Syntax error; token: "=", near: "== n"`},
		{"n != n", ``, "", is + `Syntax error; token: "!"…`},
		{"(n = m", ``, "", is + `Syntax error; token: "<EOF>", near: "m"`},
		{"n = m)", ``, "", is + `Syntax error; token: ")", near: "m)"`},
		{"n IN ()", ``, "", is + `Syntax error; token: ")", near: "()"`},
		{"n BETWEEN :v", `":v":{"N":"1"}`, "", is + `Syntax error; token: "<EOF>", near: ":v"`},
		{"status = n", ``, "", is + "Attribute name is a reserved keyword; reserved keyword: status"},
		{"n = n", ``, "", is + "The first operand must be distinct from the remaining operands for this operator or function; operator: =, first operand: [n]"},
		{"n < n", ``, "", is + "The first operand must be distinct from the remaining operands for this operator or function; operator: <, first operand: [n]"},
		{"n BETWEEN :b AND :a", `":a":{"N":"1"},":b":{"N":"2"}`, "", is + "The BETWEEN operator requires upper bound to be greater than or equal to lower bound; " +
			"lower bound operand: AttributeValue: {N:2}, upper bound operand: AttributeValue: {N:1}"},
		{"n BETWEEN :b AND :a", `":a":{"N":"1"},":b":{"S":"2"}`, "", is + "The BETWEEN operator requires same data type for lower and upper bounds; " +
			"lower bound operand: AttributeValue: {S:2}, upper bound operand: AttributeValue: {N:1}"},
		{"begins_with(n, :v)", `":v":{"N":"1"}`, "", is + "Incorrect operand type for operator or function; operator or function: begins_with, operand type: N"},
		{"begins_with(n)", ``, "", is + "Incorrect number of operands for operator or function; operator or function: begins_with, number of operands: 1"},
		{"n < :v", `":v":{"BOOL":true}`, "", is + "Incorrect operand type for operator or function; operator or function: <, operand type: BOOL"},
		{"n > :v", `":v":{"L":[]}`, "", is + "Incorrect operand type for operator or function; operator or function: >, operand type: L"},
		{"size(:v) = n", `":v":{"N":"1"}`, "", is + "Incorrect operand type for operator or function; operator or function: size, operand type: N"},
		{"contains(n, m) = :v", `":v":{"BOOL":true}`, "", is + "The function is not allowed to be used this way in an expression; function: contains"},
		{"attribute_type(n, :v)", `":v":{"S":"X"}`, "", is + "Invalid attribute type name found; type: X, valid types: {…"},
		{"attribute_type(n, :v)", `":v":{"N":"1"}`, "", is + "Incorrect operand type for operator or function; operator or function: attribute_type, operand type: N"},
		{"Contains(n, m)", ``, "", is + "Invalid function name; function: Contains"},
		{"list_append(n, m) = n", ``, "", is + "The function is not allowed in a condition expression; function: list_append"},
		{"n IN (n)", ``, "", is + "The first operand must be distinct from the remaining operands for this operator or function; operator: IN, first operand: [n]"},
		{"contains(n, n)", ``, "", is + "The first operand must be distinct from the remaining operands for this operator or function; operator: contains, first operand: [n]"},
		{"size(size(n)) = m", ``, "", "…"},
		{"n = m = l", ``, "", is + `Syntax error; token: "=", near: "m = l"`},
		{"n AND m", ``, "", is + `Syntax error; token: "AND", near: "n AND m"`},
		{"n = :v :v", `":v":{"N":"1"}`, "", is + `Syntax error; token: ":v", near: ":v :v"`},
		{"n..m = l", ``, "", is + `Syntax error; token: ".", near: "..m"`},
		{"n[0 = l", ``, "", is + `Syntax error; token: "=", near: "0 = l"`},
		{"n[1.5] = l", ``, "", "…"},
		{"n = 'text'", ``, "", is + `Syntax error; token: "'", near: "= 'text"`},
		{"n = \"text\"", ``, "", is + `Syntax error; token: """, near: "= "text"`},
		{"_n = m", ``, "", "…"},
	} {
		t.Run(c.condition, func(t *testing.T) {
			_, err := client(t).PutItem(t.Context(), &dynamodb.PutItemInput{TableName: &table, Item: k, ConditionExpression: optional(c.condition),
				ExpressionAttributeNames: names(c.names), ExpressionAttributeValues: values(t, c.values)})
			fails(t, err, invalid, c.message)
		})
	}
}

// ReturnValuesOnConditionCheckFailure gives the item that did not meet the condition, in the error:
// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_PutItem.html
func TestItemOfFailedCondition(t *testing.T) {
	table, k, nothing := things(t), key(fresh("failed")), key(fresh("failed"))
	old := with(k, values(t, `"a":{"N":"1"},"s":{"SS":["x"]}`))
	put(t, table, old)
	no := aws.String("a = :v")
	given := values(t, `":v":{"N":"2"}`)
	all := types.ReturnValuesOnConditionCheckFailureAllOld
	db := client(t)
	for name, ask := range map[string]func(k item, on types.ReturnValuesOnConditionCheckFailure) error{
		"put": func(k item, on types.ReturnValuesOnConditionCheckFailure) error {
			_, err := db.PutItem(t.Context(), &dynamodb.PutItemInput{TableName: &table, Item: k, ConditionExpression: no, ExpressionAttributeValues: given, ReturnValuesOnConditionCheckFailure: on})
			return err
		},
		"update": func(k item, on types.ReturnValuesOnConditionCheckFailure) error {
			_, err := db.UpdateItem(t.Context(), &dynamodb.UpdateItemInput{TableName: &table, Key: k, UpdateExpression: aws.String("SET b = :v"),
				ConditionExpression: no, ExpressionAttributeValues: given, ReturnValuesOnConditionCheckFailure: on})
			return err
		},
		"delete": func(k item, on types.ReturnValuesOnConditionCheckFailure) error {
			_, err := db.DeleteItem(t.Context(), &dynamodb.DeleteItemInput{TableName: &table, Key: k, ConditionExpression: no, ExpressionAttributeValues: given, ReturnValuesOnConditionCheckFailure: on})
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			for _, c := range []struct {
				key  item
				on   types.ReturnValuesOnConditionCheckFailure
				want item
			}{{k, all, old}, {k, types.ReturnValuesOnConditionCheckFailureNone, nil}, {k, "", nil}, {nothing, all, nil}} {
				err := ask(c.key, c.on)
				var failed *types.ConditionalCheckFailedException
				if !errors.As(err, &failed) {
					t.Fatalf("it gives %v", err)
				}
				if len(failed.Item) != len(c.want) {
					t.Errorf("%q of %v gives the item %s", c.on, showItem(c.key), showItem(failed.Item))
				}
				if c.want != nil {
					equal(t, failed.Item, c.want)
				}
			}
		})
	}
	equal(t, get(t, table, k), old)
}
