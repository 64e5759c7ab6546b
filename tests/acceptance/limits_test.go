package acceptance

import (
	"fmt"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// Limits of expressions:
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html#limits-expression-parameters
func TestExpressionLimits(t *testing.T) {
	table, db := things(t), client(t)
	one := item{":v": n("1")}
	check := func(condition string, given item, short map[string]string) error {
		k := key(fresh("limit"))
		_, err := db.PutItem(t.Context(), &dynamodb.PutItemInput{TableName: &table, Item: k, ConditionExpression: &condition, ExpressionAttributeValues: given, ExpressionAttributeNames: short})
		return err
	}
	list := func(count int) (string, item) {
		given, parts := item{}, []string{}
		for i := range count {
			name := fmt.Sprintf(":v%d", i)
			given[name], parts = n(fmt.Sprint(i)), append(parts, name)
		}
		return strings.Join(parts, ","), given
	}
	deep := func(levels int) string { return "a" + strings.Repeat(".a", levels-1) }
	ors := func(operators int) string { // a = :v OR a = :v …: 2n-1 operators
		return strings.TrimSuffix(strings.Repeat("a=:v OR ", (operators+1)/2), " OR ")
	}
	for _, c := range []struct {
		name string
		err  error
		want string // "" if there is no error, besides of the condition
	}{
		{"4 KB", check("a = :v"+strings.Repeat(" ", 4096-len("a = :v")), one, nil), ""},
		{"more than 4 KB", check("a = :v"+strings.Repeat(" ", 4097-len("a = :v")), one, nil),
			"Invalid ConditionExpression: Expression size has exceeded the maximum allowed size; expression size: 4097"},
		{"300 operators", check(ors(299), one, nil), ""},
		{"more operators", check(ors(301), one, nil), "Invalid ConditionExpression: The expression contains too many operators; operator count: …"},
		{"a path of 32", check(deep(32)+" = :v", one, nil), ""},
		{"a path of 33", check(deep(33)+" = :v", one, nil), "Invalid ConditionExpression: The document path has too many nesting levels; nesting levels: 33"},
		{"a long name", check("#n = :v", one, map[string]string{"#n": strings.Repeat("n", 65535)}), ""},
		{"a longer name", check("#n = :v", one, map[string]string{"#n": strings.Repeat("n", 65536)}), "…"},
		{"an empty name", check("#n = :v", one, map[string]string{"#n": ""}), "…"},
		{"a placeholder alone", check("# = :v", one, map[string]string{"#": "a"}), "…"},
		{"a long placeholder", check("#"+strings.Repeat("n", 254)+" = :v", one, map[string]string{"#" + strings.Repeat("n", 254): "a"}), ""},
		{"a placeholder with a strange character", check("a = :v", item{":v": n("1"), ":v-w": n("1")}, nil), `ExpressionAttributeValues contains invalid key: Syntax error; key: ":v-w"`},
		{"no values", check("a = b", item{}, nil), "ExpressionAttributeValues must not be empty"},
		{"no names", check("a = b", nil, map[string]string{}), "ExpressionAttributeNames must not be empty"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.want == "" {
				fails(t, c.err, unfulfilled, "")
			} else {
				fails(t, c.err, invalid, c.want)
			}
		})
	}
	hundred, given := list(100)
	fails(t, check("a IN ("+hundred+")", given, nil), unfulfilled, "")
	more, given := list(101)
	fails(t, check("a IN ("+more+")", given, nil), invalid,
		"Invalid ConditionExpression: The IN operator is provided with too many operands; number of operands: 101")
}

// Wherever a table's name is expected its ARN is taken:
// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_PutItem.html#DDB-PutItem-request-TableName
func TestARNs(t *testing.T) {
	things(t)
	arn, db, k := describe(t, "things").TableArn, client(t), key(fresh("arn"))
	put(t, *arn, with(k, item{"a": n("1")}))
	equal(t, get(t, *arn, k), item{"a": n("1")}, "pk")
	q, err := db.Query(t.Context(), &dynamodb.QueryInput{TableName: arn, KeyConditionExpression: aws.String("pk = :k"), ExpressionAttributeValues: item{":k": k["pk"]}, ReturnConsumedCapacity: types.ReturnConsumedCapacityTotal})
	if err != nil || q.Count != 1 {
		t.Errorf("%v (%v)", q, err)
	}
	b, err := db.BatchGetItem(t.Context(), &dynamodb.BatchGetItemInput{RequestItems: map[string]types.KeysAndAttributes{*arn: {Keys: []item{k}}}})
	if err != nil || len(b.Responses[*arn]) != 1 { // under what was asked
		t.Errorf("%v (%v)", b, err)
	}
	if err := transact(t, types.TransactWriteItem{Delete: &types.Delete{TableName: arn, Key: k}}); err != nil {
		t.Error(err)
	}
	// A table and its ARN are the same table.
	err = transact(t, types.TransactWriteItem{Delete: &types.Delete{TableName: arn, Key: k}}, types.TransactWriteItem{Delete: &types.Delete{TableName: aws.String("things"), Key: k}})
	fails(t, err, invalid, "Transaction request cannot include multiple operations on one item")
	_, err = db.GetItem(t.Context(), &dynamodb.GetItemInput{TableName: aws.String(*arn + "-none"), Key: k})
	fails(t, err, missing, "Requested resource not found")
}
