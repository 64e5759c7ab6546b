package acceptance

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
)

// update is an UpdateItem of things: what is there before, how it is asked, and what is there after or the error.
type update struct {
	name       string
	before     string // "-" if there is no item
	expression string
	values     string
	names      string
	condition  string
	after      string // if code is ""
	code       string
	message    string
}

func (u update) run(t *testing.T) {
	table, k := things(t), key(fresh("update"))
	before := item(nil)
	if u.before != "-" {
		before = values(t, u.before)
		put(t, table, with(k, before))
	}
	_, err := client(t).UpdateItem(t.Context(), &dynamodb.UpdateItemInput{TableName: &table, Key: k, UpdateExpression: optional(u.expression),
		ConditionExpression: optional(u.condition), ExpressionAttributeNames: names(u.names), ExpressionAttributeValues: values(t, u.values)})
	if u.code != "" {
		fails(t, err, u.code, u.message)
		equal(t, get(t, table, k), before, "pk")
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	equal(t, get(t, table, k), values(t, u.after), "pk")
}

// The examples and rules of "Using update expressions in DynamoDB":
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.UpdateExpressions.html
func TestUpdate(t *testing.T) {
	one := `":v":{"N":"1"}`
	for _, u := range []update{
		{name: "set a new attribute", expression: "SET a = :v", values: one, after: `"a":{"N":"1"}`},
		{name: "set on no item makes it", before: "-", expression: "SET a = :v", values: one, after: `"a":{"N":"1"}`},
		{name: "no expression makes the item", before: "-"},
		{name: "remove on no item makes it", before: "-", expression: "REMOVE a"},
		{name: "clauses in lower case", before: `"b":{"N":"2"}`, expression: "set a = :v remove b", values: one, after: `"a":{"N":"1"}`},
		{name: "all four clauses", before: `"b":{"N":"2"},"s":{"SS":["x","y"]}`, expression: "SET a = :v REMOVE b ADD c :v DELETE s :s",
			values: one + `,":s":{"SS":["x"]}`, after: `"a":{"N":"1"},"c":{"N":"1"},"s":{"SS":["y"]}`},
		{name: "clauses in any order, without spaces", before: `"b":{"N":"2"}`, expression: "REMOVE b SET a=:v,c=:v", values: one, after: `"a":{"N":"1"},"c":{"N":"1"}`},
		{name: "plus", before: `"a":{"N":"2"}`, expression: "SET a = a + :v", values: one, after: `"a":{"N":"3"}`},
		{name: "minus below zero", before: `"a":{"N":"0"}`, expression: "SET a = a - :v", values: one, after: `"a":{"N":"-1"}`},
		{name: "minus of attributes", before: `"a":{"N":"5"},"b":{"N":"2"}`, expression: "SET c = a - b", after: `"a":{"N":"5"},"b":{"N":"2"},"c":{"N":"3"}`},
		{name: "plus of two values", expression: "SET a = :v + :v", values: one, after: `"a":{"N":"2"}`},
		{name: "value plus attribute", before: `"a":{"N":"2"}`, expression: "SET a = :v - a", values: one, after: `"a":{"N":"-1"}`},
		{name: "if_not_exists takes what is there", before: `"a":{"N":"2"}`, expression: "SET a = if_not_exists(a, :v)", values: one, after: `"a":{"N":"2"}`},
		{name: "if_not_exists takes the value", expression: "SET a = if_not_exists(a, :v)", values: one, after: `"a":{"N":"1"}`},
		{name: "if_not_exists of another path", before: `"b":{"S":"x"}`, expression: "SET a = if_not_exists(b, :v)", values: one, after: `"a":{"S":"x"},"b":{"S":"x"}`},
		{name: "counter from nothing", before: "-", expression: "SET a = if_not_exists(a, :z) + :v", values: one + `,":z":{"N":"0"}`, after: `"a":{"N":"1"}`},
		{name: "if_not_exists inside if_not_exists", before: `"c":{"N":"7"}`, expression: "SET a = if_not_exists(a, if_not_exists(b, :v))", values: one,
			after: `"a":{"N":"1"},"c":{"N":"7"}`},
		{name: "list_append at the end", before: `"l":{"L":[{"N":"1"}]}`, expression: "SET l = list_append(l, :l)", values: `":l":{"L":[{"N":"2"},{"N":"3"}]}`,
			after: `"l":{"L":[{"N":"1"},{"N":"2"},{"N":"3"}]}`},
		{name: "list_append at the begin", before: `"l":{"L":[{"N":"1"}]}`, expression: "SET l = list_append(:l, l)", values: `":l":{"L":[{"N":"2"}]}`,
			after: `"l":{"L":[{"N":"2"},{"N":"1"}]}`},
		{name: "list_append to nothing", expression: "SET l = list_append(if_not_exists(l, :e), :l)", values: `":e":{"L":[]},":l":{"L":[{"N":"2"}]}`,
			after: `"l":{"L":[{"N":"2"}]}`},
		{name: "right sides are of the item before", before: `"a":{"N":"1"},"b":{"N":"2"}`, expression: "SET a = b, b = a", after: `"a":{"N":"2"},"b":{"N":"1"}`},
		{name: "a removed attribute can be read", before: `"a":{"N":"1"}`, expression: "REMOVE a SET b = a", after: `"b":{"N":"1"}`},
		{name: "set in a map", before: `"m":{"M":{"x":{"N":"9"}}}`, expression: "SET m.y = :v", values: one, after: `"m":{"M":{"x":{"N":"9"},"y":{"N":"1"}}}`},
		{name: "set in a list", before: `"l":{"L":[{"N":"8"},{"N":"9"}]}`, expression: "SET l[1] = :v", values: one, after: `"l":{"L":[{"N":"8"},{"N":"1"}]}`},
		{name: "beyond the end of a list appends", before: `"l":{"L":[{"N":"8"}]}`, expression: "SET l[10] = :v", values: one, after: `"l":{"L":[{"N":"8"},{"N":"1"}]}`},
		{name: "two beyond the end append in order", before: `"l":{"L":[]}`, expression: "SET l[20] = :w, l[10] = :v", values: one + `,":w":{"N":"2"}`,
			after: `"l":{"L":[{"N":"1"},{"N":"2"}]}`},
		{name: "a map in a list", before: `"l":{"L":[{"M":{}}]}`, expression: "SET l[0].#x.y = :v", names: "#x=x", values: one,
			code: invalid, message: "The document path provided in the update expression is invalid for update"},
		{name: "a map in a list is set", before: `"l":{"L":[{"M":{"x":{"M":{}}}}]}`, expression: "SET l[0].#x.y = :v", names: "#x=x", values: one,
			after: `"l":{"L":[{"M":{"x":{"M":{"y":{"N":"1"}}}}}]}`},
		{name: "a name with a dot is one name", expression: "SET #a = :v", names: "#a=a.b", values: one, after: `"a.b":{"N":"1"}`},
		{name: "a reserved word through a name", expression: "SET #a = :v", names: "#a=name", values: one, after: `"name":{"N":"1"}`},
		{name: "remove from a list shifts", before: `"l":{"L":[{"N":"0"},{"N":"1"},{"N":"2"},{"N":"3"}]}`, expression: "REMOVE l[1], l[2]",
			after: `"l":{"L":[{"N":"0"},{"N":"3"}]}`},
		{name: "remove beyond the end", before: `"l":{"L":[{"N":"0"}]}`, expression: "REMOVE l[5]", after: `"l":{"L":[{"N":"0"}]}`},
		{name: "remove of what is not there", before: `"a":{"N":"1"}`, expression: "REMOVE b", after: `"a":{"N":"1"}`},
		{name: "remove in a map", before: `"m":{"M":{"x":{"N":"9"},"y":{"N":"1"}}}`, expression: "REMOVE m.x", after: `"m":{"M":{"y":{"N":"1"}}}`},
		{name: "remove and set of one list", before: `"l":{"L":[{"N":"0"},{"N":"1"},{"N":"2"}]}`, expression: "SET l[2] = :v REMOVE l[0]", values: one,
			after: `"l":{"L":[{"N":"1"},{"N":"1"}]}`},
		{name: "add to a number", before: `"a":{"N":"2"}`, expression: "ADD a :v", values: one, after: `"a":{"N":"3"}`},
		{name: "add to nothing", expression: "ADD a :v", values: `":v":{"N":"-5"}`, after: `"a":{"N":"-5"}`},
		{name: "add to no item", before: "-", expression: "ADD a :v, b :s", values: one + `,":s":{"SS":["x"]}`, after: `"a":{"N":"1"},"b":{"SS":["x"]}`},
		{name: "add to a set", before: `"a":{"SS":["x"]}`, expression: "ADD a :v", values: `":v":{"SS":["x","y"]}`, after: `"a":{"SS":["x","y"]}`},
		{name: "add to a number set", before: `"a":{"NS":["1"]}`, expression: "ADD a :v", values: `":v":{"NS":["1.0","2"]}`, after: `"a":{"NS":["1","2"]}`},
		{name: "add to a binary set", before: `"a":{"BS":["AQ=="]}`, expression: "ADD a :v", values: `":v":{"BS":["Ag=="]}`, after: `"a":{"BS":["AQ==","Ag=="]}`},
		{name: "add in a map", before: `"m":{"M":{}}`, expression: "ADD m.n :v", values: one, after: `"m":{"M":{"n":{"N":"1"}}}`},
		{name: "delete from a set", before: `"a":{"SS":["x","y"]}`, expression: "DELETE a :v", values: `":v":{"SS":["x","z"]}`, after: `"a":{"SS":["y"]}`},
		{name: "delete the last of a set removes it", before: `"a":{"NS":["1"]}`, expression: "DELETE a :v", values: `":v":{"NS":["1.00"]}`},
		{name: "delete from nothing", expression: "DELETE a :v", values: `":v":{"SS":["x"]}`},
		{name: "parentheses around an operand", before: `"a":{"N":"1"}`, expression: "SET a = (a + :v)", values: one, after: `"a":{"N":"2"}`},
		{name: "list of lists", before: `"l":{"L":[{"L":[{"N":"1"}]}]}`, expression: "SET l[0][0] = :v, l[0][1] = :w", values: one + `,":w":{"N":"2"}`,
			after: `"l":{"L":[{"L":[{"N":"1"},{"N":"2"}]}]}`},
		{name: "spaces in a path", before: `"m":{"M":{}}`, expression: "SET  m . a  =  :v", values: one, after: `"m":{"M":{"a":{"N":"1"}}}`},
		{name: "add in a list", before: `"l":{"L":[{"N":"1"}]}`, expression: "ADD l[0] :v", values: one, after: `"l":{"L":[{"N":"2"}]}`},
		{name: "delete in a map", before: `"m":{"M":{"s":{"SS":["x"]}}}`, expression: "DELETE m.s :s", values: `":s":{"SS":["x"]}`, after: `"m":{"M":{}}`},
		{name: "plus of functions", before: `"a":{"N":"1"}`, expression: "SET a = if_not_exists(a, :v) + if_not_exists(b, :v)", values: one, after: `"a":{"N":"2"}`},
		{name: "a copy of a part", before: `"m":{"M":{"x":{"L":[{"N":"1"},{"S":"y"}]}}}`, expression: "SET a = m.x[1]", after: `"m":{"M":{"x":{"L":[{"N":"1"},{"S":"y"}]}}},"a":{"S":"y"}`},
		{name: "a type changes", before: `"a":{"N":"1"}`, expression: "SET a = :v", values: `":v":{"M":{"x":{"NULL":true}}}`, after: `"a":{"M":{"x":{"NULL":true}}}`},
		{name: "siblings of one map", before: `"m":{"M":{"a":{"N":"1"},"b":{"N":"1"}}}`, expression: "SET m.c = :v REMOVE m.a ADD m.b :v", values: one, after: `"m":{"M":{"b":{"N":"2"},"c":{"N":"1"}}}`},
		{name: "swap in a list", before: `"l":{"L":[{"N":"0"},{"N":"1"}]}`, expression: "SET l[0] = l[1], l[1] = l[0]", after: `"l":{"L":[{"N":"1"},{"N":"0"}]}`},
		{name: "condition holds", before: `"a":{"N":"1"}`, expression: "SET a = :v", condition: "a = :v", values: one, after: `"a":{"N":"1"}`},
		{name: "condition does not", before: `"a":{"N":"2"}`, expression: "SET a = :v", condition: "a = :v", values: one,
			code: unfulfilled, message: "The conditional request failed"},
		{name: "condition on no item", before: "-", expression: "SET a = :v", condition: "attribute_exists(pk)", values: one,
			code: unfulfilled, message: "The conditional request failed"},
	} {
		t.Run(u.name, u.run)
	}
}

// What an update's expression is refused for. The messages are users' quotes.
func TestUpdateErrors(t *testing.T) {
	one := `":v":{"N":"1"}`
	const (
		path    = "The document path provided in the update expression is invalid for update"
		operand = "An operand in the update expression has an incorrect data type"
		absent  = "The provided expression refers to an attribute that does not exist in the item"
		is      = "Invalid UpdateExpression: "
	)
	for _, u := range []update{
		{name: "list_append to nothing", expression: "SET l = list_append(l, :l)", values: `":l":{"L":[]}`, code: invalid, message: absent},
		{name: "arithmetic on a string", before: `"a":{"S":"x"}`, expression: "SET a = a + :v", values: one, code: invalid, message: operand},
		{name: "arithmetic with a string", expression: "SET a = a + :v", values: `":v":{"S":"1"}`, code: invalid,
			message: is + "Incorrect operand type for operator or function; operator or function: +, operand type: S"},
		{name: "list_append of a number attribute", before: `"a":{"N":"1"}`, expression: "SET a = list_append(a, :v)", values: `":v":{"L":[]}`, code: invalid, message: operand},
		{name: "add of a list", expression: "ADD a :v", values: `":v":{"L":[]}`, code: invalid,
			message: is + "Incorrect operand type for operator or function; operator: ADD, operand type: LIST, typeSet: ALLOWED_FOR_ADD_OPERAND"},
		{name: "add to a string", before: `"a":{"S":"x"}`, expression: "ADD a :v", values: one, code: invalid, message: operand},
		{name: "add to a set of another type", before: `"a":{"SS":["x"]}`, expression: "ADD a :v", values: `":v":{"NS":["1"]}`, code: invalid, message: operand},
		{name: "delete from a set of another type", before: `"a":{"SS":["x"]}`, expression: "DELETE a :v", values: `":v":{"NS":["1"]}`, code: invalid, message: operand},
		{name: "index of no list", before: `"m":{"M":{}}`, expression: "SET m[0] = :v", values: one, code: invalid, message: path},
		{name: "no list", expression: "SET l[0] = :v", values: one, code: invalid, message: path},
		{name: "remove in no map", expression: "REMOVE m.a", code: invalid, message: path},
		{name: "the key", expression: "SET pk = :v", values: one, code: invalid,
			message: "One or more parameter values were invalid: Cannot update attribute pk. This attribute is part of the key"},
		{name: "remove the key", expression: "REMOVE pk", code: invalid,
			message: "One or more parameter values were invalid: Cannot update attribute pk. This attribute is part of the key"},
		{name: "blank expression", expression: " ", code: invalid, message: is + `Syntax error; token: "<EOF>", near: " "`},
		{name: "list_append in list_append", expression: "SET l = list_append(:l, list_append(l, :l))", values: `":l":{"L":[]}`, code: invalid,
			message: is + "The function is not allowed to be used this way in an expression; function: list_append"},
		{name: "overlapping paths", expression: "SET m.a = :v, m.a.b = :v", values: one, code: invalid,
			message: is + "Two document paths overlap with each other; must remove or rewrite one of these paths; path one: [m, a], path two: [m, a, b]"},
		{name: "one path twice", expression: "SET a = :v REMOVE a", values: one, code: invalid,
			message: is + "Two document paths overlap with each other; must remove or rewrite one of these paths; path one: [a], path two: [a]"},
		{name: "conflicting paths", expression: "SET m.a = :v, m[0] = :v", values: one, code: invalid,
			message: is + "Two document paths conflict with each other; must remove or rewrite one of these paths; path one: [m, a], path two: [m, [0]]"},
		{name: "a reserved word", expression: "SET name = :v", values: one, code: invalid,
			message: is + "Attribute name is a reserved keyword; reserved keyword: name"},
		{name: "a reserved word in capitals", expression: "REMOVE Status", code: invalid,
			message: is + "Attribute name is a reserved keyword; reserved keyword: Status"},
		{name: "a reserved word in a path", expression: "REMOVE m.status", code: invalid,
			message: is + "Attribute name is a reserved keyword; reserved keyword: status"},
		{name: "unknown value", expression: "SET a = :w, b = :v", values: one, code: invalid,
			message: is + "An expression attribute value used in expression is not defined; attribute value: :w"},
		{name: "unknown name", expression: "SET #x = :v", values: one, code: invalid,
			message: is + "An expression attribute name used in the document path is not defined; attribute name: #x"},
		{name: "unused value", expression: "SET a = :v", values: one + `,":w":{"N":"1"}`, code: invalid,
			message: "Value provided in ExpressionAttributeValues unused in expressions: keys: {:w}"},
		{name: "unused name", expression: "SET a = :v", values: one, names: "#x=x", code: invalid,
			message: "Value provided in ExpressionAttributeNames unused in expressions: keys: {#x}"},
		{name: "value without a colon", expression: "SET a = :v", values: one + `,"w":{"N":"1"}`, code: invalid,
			message: `ExpressionAttributeValues contains invalid key: Syntax error; key: "w"`},
		{name: "name without a hash", expression: "SET a = :v", values: one, names: "x=x", code: invalid,
			message: `ExpressionAttributeNames contains invalid key: Syntax error; key: "x"`},
		{name: "syntax: a clause that is none", expression: "PUT a = :v", values: one, code: invalid,
			message: is + `Syntax error; token: "PUT", near: "PUT a"`},
		{name: "syntax: an end too early", expression: "SET a =", code: invalid,
			message: is + `Syntax error; token: "<EOF>", near: "="`},
		{name: "syntax: a final comma", expression: "SET a = :v,", values: one, code: invalid,
			message: is + `Syntax error; token: "<EOF>", near: ","`},
		{name: "syntax: a number", expression: "SET a = 5", code: invalid,
			message: is + `Syntax error; token: "5", near: "= 5"`},
		{name: "syntax: a strange character", expression: "SET a = :v!", values: one, code: invalid,
			message: is + `Syntax error; token: "!", near: ":v!"`},
		{name: "syntax: times", expression: "SET a = a * :v", values: one, code: invalid,
			message: is + `Syntax error; token: "*", near: "a * :v"`},
		{name: "a function that is none", expression: "SET a = twice(:v)", values: one, code: invalid,
			message: is + "Invalid function name; function: twice"},
		{name: "functions have small letters", expression: "SET a = IF_NOT_EXISTS(a, :v)", values: one, code: invalid,
			message: is + "Invalid function name; function: IF_NOT_EXISTS"},
		{name: "operands of if_not_exists", expression: "SET a = if_not_exists(a)", code: invalid,
			message: is + "Incorrect number of operands for operator or function; operator or function: if_not_exists, number of operands: 1"},
		{name: "three operands", expression: "SET a = :v + :v + :v", values: one, code: invalid, message: is + `Syntax error; token: "+", near: ":v + :v"`},
		{name: "plus of a list", before: `"l":{"L":[]}`, expression: "SET l = l + :v", values: `":v":{"L":[]}`, code: invalid,
			message: is + "Incorrect operand type for operator or function; operator or function: +, operand type: L"},
		{name: "add of a value to itself in words", expression: "ADD a = :v", values: one, code: invalid, message: is + `Syntax error; token: "=", near: "a = :v"`},
		{name: "add of a path", expression: "ADD a b", code: invalid, message: is + `Syntax error; token: "b", near: "a b"`},
		{name: "add of a function", expression: "ADD a if_not_exists(a, :v)", values: one, code: invalid, message: is + `Syntax error; token: "if_not_exists", near: "a if_not_exists("`},
		{name: "set without a value", expression: "SET a", code: invalid, message: is + `Syntax error; token: "<EOF>", near: "a"`},
		{name: "remove of a value", expression: "REMOVE :v", values: one, code: invalid, message: is + `Syntax error; token: ":v", near: "REMOVE :v"`},
		{name: "two keys of one item", expression: "SET a = :v, pk = :v", values: one, code: invalid,
			message: "One or more parameter values were invalid: Cannot update attribute pk. This attribute is part of the key"},
		{name: "in the key", expression: "SET pk.a = :v", values: one, code: invalid, message: "…"},
		{name: "if_not_exists of a value", expression: "SET a = if_not_exists(:v, :v)", values: one, code: invalid,
			message: is + "Operator or function requires a document path; operator or function: if_not_exists"},
	} {
		t.Run(u.name, u.run)
	}
}
