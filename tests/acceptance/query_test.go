package acceptance

import (
	"fmt"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// sorted reads the sort keys of items.
func sorted(items []item) string {
	var out []string
	for _, it := range items {
		out = append(out, it["sk"].(*types.AttributeValueMemberS).Value)
	}
	return strings.Join(out, " ")
}

// letters puts items with the sort keys a, b, c … into a partition.
func letters(t *testing.T, table string, howMany int) types.AttributeValue {
	pk := s(fresh("letters"))
	for i := range howMany {
		put(t, table, item{"pk": pk, "sk": s(string(rune('a' + i))), "i": n(fmt.Sprint(i)), "odd": &types.AttributeValueMemberBOOL{Value: i%2 == 1}})
	}
	return pk
}

// Key conditions: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Query.KeyConditionExpressions.html
func TestQuery(t *testing.T) {
	table := lists(t)
	pk := letters(t, table, 6)
	for _, c := range []struct {
		condition, values, names, filter string
		back                             bool
		want                             string
		scanned                          int32
	}{
		{condition: "pk = :k", want: "a b c d e f", scanned: 6},
		{condition: ":k = pk", want: "a b c d e f", scanned: 6},
		{condition: "(pk = :k)", want: "a b c d e f", scanned: 6},
		{condition: "pk = :k", back: true, want: "f e d c b a", scanned: 6},
		{condition: "pk = :k AND sk = :v", values: `":v":{"S":"c"}`, want: "c", scanned: 1},
		{condition: "sk = :v and pk = :k", values: `":v":{"S":"c"}`, want: "c", scanned: 1},
		{condition: "pk = :k AND sk < :v", values: `":v":{"S":"c"}`, want: "a b", scanned: 2},
		{condition: "pk = :k AND sk <= :v", values: `":v":{"S":"c"}`, want: "a b c", scanned: 3},
		{condition: "pk = :k AND sk > :v", values: `":v":{"S":"c"}`, back: true, want: "f e d", scanned: 3},
		{condition: "pk = :k AND sk >= :v", values: `":v":{"S":"cc"}`, want: "d e f", scanned: 3},
		{condition: "pk = :k AND :v > sk", values: `":v":{"S":"c"}`, want: "a b", scanned: 2},
		{condition: "pk = :k AND sk BETWEEN :v AND :w", values: `":v":{"S":"b"},":w":{"S":"d"}`, want: "b c d", scanned: 3},
		{condition: "(pk = :k) AND (sk between :v and :w)", values: `":v":{"S":"b"},":w":{"S":"b"}`, want: "b", scanned: 1},
		{condition: "pk = :k AND begins_with(sk, :v)", values: `":v":{"S":"c"}`, want: "c", scanned: 1},
		{condition: "pk = :k AND sk = :v", values: `":v":{"S":"z"}`, want: ""},
		{condition: "#p = :k AND #s > :v", names: "#p=pk #s=sk", values: `":v":{"S":"e"}`, want: "f", scanned: 1},
		{condition: "pk = :k", filter: "i > :v", values: `":v":{"N":"3"}`, want: "e f", scanned: 6},
		{condition: "pk = :k", filter: "attribute_exists(nothing)", want: "", scanned: 6},
		{condition: "pk = :k AND sk > :w", filter: "odd = :v", values: `":v":{"BOOL":true},":w":{"S":"b"}`, want: "d f", scanned: 4},
	} {
		t.Run(c.condition+c.filter, func(t *testing.T) {
			out, err := client(t).Query(t.Context(), &dynamodb.QueryInput{TableName: &table, KeyConditionExpression: &c.condition, FilterExpression: optional(c.filter),
				ExpressionAttributeNames: names(c.names), ExpressionAttributeValues: with(item{":k": pk}, values(t, c.values)), ScanIndexForward: aws.Bool(!c.back)})
			if err != nil {
				t.Fatal(err)
			}
			if got := sorted(out.Items); got != c.want || out.Count != int32(len(out.Items)) || out.ScannedCount != c.scanned || out.LastEvaluatedKey != nil {
				t.Errorf("%q, count %d, scanned %d, last %v; want %q of %d", got, out.Count, out.ScannedCount, out.LastEvaluatedKey, c.want, c.scanned)
			}
		})
	}
}

// What a query is refused for. The messages are users' quotes.
func TestQueryErrors(t *testing.T) {
	const is = "Invalid KeyConditionExpression: "
	v, vw := `":v":{"S":"x"}`, `":v":{"S":"x"},":w":{"S":"y"}`
	for _, c := range []struct {
		name, condition, filter, values, names, message string
	}{
		{"no partition key", "sk = :v", "", v, "", "Query condition missed key schema element: pk"},
		{"another attribute", "pk = :v AND a = :w", "", vw, "", "Query condition missed key schema element: sk"},
		{"partition key begins", "begins_with(pk, :v)", "", v, "", "Query key condition not supported"},
		{"not", "NOT pk = :v", "", v, "", "Invalid operator used in KeyConditionExpression: NOT"},
		{"in", "pk IN (:v)", "", v, "", "Invalid operator used in KeyConditionExpression: IN"},
		{"exists", "pk = :v AND attribute_exists(sk)", "", v, "", "Invalid operator used in KeyConditionExpression: attribute_exists"},
		{"one key twice", "pk = :v AND pk = :w", "", vw, "", "KeyConditionExpressions must only contain one condition per key"},
		{"a path", "pk.x = :v", "", v, "", "…"},
		{"two attributes", "pk = sk", "", "", "", "Invalid condition in KeyConditionExpression: Multiple attribute names used in one condition"},
		{"no key", "pk = :v AND :w = :v", "", vw, "", "Invalid condition in KeyConditionExpression: No key attribute specified"},
		{"wrong type of the sort key", "pk = :v AND sk > :w", "", `":v":{"S":"x"},":w":{"N":"1"}`, "", wrong + "Condition parameter type does not match schema type"},
		{"an empty value", "pk = :v", "", `":v":{"S":""}`, "",
			"One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty string value. Key: pk"},
		{"filter on the partition key", "pk = :v", "pk = :w", vw, "", "Filter Expression can only contain non-primary key attributes: Primary key attribute: pk"},
		{"filter on the sort key", "pk = :v", "begins_with(sk, :w)", vw, "", "Filter Expression can only contain non-primary key attributes: Primary key attribute: sk"},
		{"filter on the sort key by name", "pk = :v", "#s = :w", vw, "#s=sk", "Filter Expression can only contain non-primary key attributes: Primary key attribute: sk"},
		{"syntax", "pk = ", "", "", "", is + `Syntax error; token: "<EOF>", near: "= "`},
		{"syntax of a filter", "pk = :v", "a = = b", v, "", `Invalid FilterExpression: Syntax error; token: "=", near: "= = b"`},
		{"unknown value", "pk = :q", "", "", "", is + "An expression attribute value used in expression is not defined; attribute value: :q"},
		{"unused value", "pk = :v", "", vw, "", "Value provided in ExpressionAttributeValues unused in expressions: keys: {:w}"},
		{"reserved word", "Name = :v", "", v, "", is + "Attribute name is a reserved keyword; reserved keyword: Name"},
		{"between backwards", "pk = :v AND sk BETWEEN :w AND :v", "", vw, "", is + "The BETWEEN operator requires upper bound to be greater than or equal to lower bound; " +
			"lower bound operand: AttributeValue: {S:y}, upper bound operand: AttributeValue: {S:x}"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := client(t).Query(t.Context(), &dynamodb.QueryInput{TableName: aws.String(lists(t)), KeyConditionExpression: optional(c.condition), FilterExpression: optional(c.filter),
				ExpressionAttributeNames: names(c.names), ExpressionAttributeValues: values(t, c.values)})
			fails(t, err, invalid, c.message)
		})
	}
}

// Pages: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Query.Pagination.html
func TestQueryPages(t *testing.T) {
	table, db := lists(t), client(t)
	pk := letters(t, table, 6)
	in := func() *dynamodb.QueryInput {
		return &dynamodb.QueryInput{TableName: &table, KeyConditionExpression: aws.String("pk = :k"), ExpressionAttributeValues: item{":k": pk}}
	}
	t.Run("a limit of all the items leaves a key", func(t *testing.T) {
		q := in()
		q.Limit = aws.Int32(6)
		out, err := db.Query(t.Context(), q)
		if err != nil || out.Count != 6 || out.LastEvaluatedKey == nil {
			t.Fatalf("%v (%v)", out, err)
		}
		equal(t, out.LastEvaluatedKey, item{"pk": pk, "sk": s("f")})
		q.ExclusiveStartKey = out.LastEvaluatedKey
		out, err = db.Query(t.Context(), q)
		if err != nil || out.Count != 0 || out.LastEvaluatedKey != nil {
			t.Errorf("%v (%v)", out, err)
		}
	})
	t.Run("the limit is of items before the filter", func(t *testing.T) {
		q := in()
		q.Limit, q.FilterExpression = aws.Int32(3), aws.String("i >= :v")
		q.ExpressionAttributeValues[":v"] = n("5")
		out, err := db.Query(t.Context(), q)
		if err != nil || out.Count != 0 || out.ScannedCount != 3 {
			t.Fatalf("%v (%v)", out, err)
		}
		equal(t, out.LastEvaluatedKey, item{"pk": pk, "sk": s("c")})
	})
	t.Run("pages of two, backwards", func(t *testing.T) {
		q := in()
		q.Limit, q.ScanIndexForward = aws.Int32(2), aws.Bool(false)
		var pages []string
		for p := dynamodb.NewQueryPaginator(db, q); p.HasMorePages(); {
			out, err := p.NextPage(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			pages = append(pages, sorted(out.Items))
		}
		if got := strings.Join(pages, "|"); got != "f e|d c|b a|" {
			t.Error(got)
		}
	})
	t.Run("a start that is no item", func(t *testing.T) {
		q := in()
		q.ExclusiveStartKey = item{"pk": pk, "sk": s("bb")}
		out, err := db.Query(t.Context(), q)
		if err != nil || sorted(out.Items) != "c d e f" {
			t.Errorf("%v (%v)", out, err)
		}
	})
	t.Run("count", func(t *testing.T) {
		q := in()
		q.Select = types.SelectCount
		out, err := db.Query(t.Context(), q)
		if err != nil || out.Count != 6 || out.ScannedCount != 6 || out.Items != nil {
			t.Errorf("%v (%v)", out, err)
		}
	})
	t.Run("a page is 1 MB", func(t *testing.T) {
		pk := s(fresh("pages"))
		for i := range 4 {
			put(t, table, item{"pk": pk, "sk": s(fmt.Sprint(i)), "big": s(strings.Repeat("x", 390_000))})
		}
		q := in()
		q.ExpressionAttributeValues = item{":k": pk}
		q.ProjectionExpression = aws.String("sk") // a projection does not change what is read
		out, err := db.Query(t.Context(), q)
		if err != nil || sorted(out.Items) != "0 1 2" || out.LastEvaluatedKey == nil {
			t.Errorf("%s, last %v (%v)", sorted(out.Items), out.LastEvaluatedKey, err)
		}
	})
	for _, c := range []struct {
		name    string
		change  func(q *dynamodb.QueryInput)
		message string
	}{
		{"limit of nothing", func(q *dynamodb.QueryInput) { q.Limit = aws.Int32(0) },
			"1 validation error detected: Value '0' at 'limit' failed to satisfy constraint: Member must have value greater than or equal to 1"},
		{"start without the sort key", func(q *dynamodb.QueryInput) { q.ExclusiveStartKey = item{"pk": pk} }, "The provided starting key is invalid"},
		{"start of another partition", func(q *dynamodb.QueryInput) { q.ExclusiveStartKey = item{"pk": s("other"), "sk": s("a")} },
			"The provided starting key is outside query boundaries based on provided conditions"},
		{"start outside of the sort keys", func(q *dynamodb.QueryInput) {
			q.KeyConditionExpression, q.ExpressionAttributeValues = aws.String("pk = :k AND sk > :v"), item{":k": pk, ":v": s("c")}
			q.ExclusiveStartKey = item{"pk": pk, "sk": s("a")}
		}, "The provided starting key does not match the range key predicate"},
		{"no such index", func(q *dynamodb.QueryInput) { q.IndexName = aws.String("none") }, "The table does not have the specified index: none"},
		{"count and a projection", func(q *dynamodb.QueryInput) {
			q.Select, q.ProjectionExpression = types.SelectCount, aws.String("a")
		}, "Cannot specify the ProjectionExpression when choosing to get only the Count"},
		{"all and a projection", func(q *dynamodb.QueryInput) {
			q.Select, q.ProjectionExpression = types.SelectAllAttributes, aws.String("a")
		}, "Cannot specify the ProjectionExpression when choosing to get ALL_ATTRIBUTES"},
		{"specific without a projection", func(q *dynamodb.QueryInput) { q.Select = types.SelectSpecificAttributes },
			"Must specify the AttributesToGet or ProjectionExpression when choosing to get SPECIFIC_ATTRIBUTES"},
		{"projected attributes of no index", func(q *dynamodb.QueryInput) { q.Select = types.SelectAllProjectedAttributes },
			"ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName"},
	} {
		t.Run(c.name, func(t *testing.T) {
			q := in()
			c.change(q)
			_, err := db.Query(t.Context(), q)
			fails(t, err, invalid, c.message)
		})
	}
}

// Strings sort by their UTF-8 bytes, binaries as unsigned bytes:
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html#HowItWorks.DataTypes.String
func TestKeysSort(t *testing.T) {
	table, db := lists(t), client(t)
	pk := s(fresh("sort"))
	order := []string{"A", "B", "Z", "a", "aa", "b", "z", "¿", "é", "€", "\ufffd", "😀"} // UTF-16 would have the last two the other way round
	for i := range order {
		put(t, table, item{"pk": pk, "sk": s(order[(i*5)%len(order)])})
	}
	out, err := db.Query(t.Context(), &dynamodb.QueryInput{TableName: &table, KeyConditionExpression: aws.String("pk = :k"), ExpressionAttributeValues: item{":k": pk}})
	if err != nil || sorted(out.Items) != strings.Join(order, " ") {
		t.Errorf("%s (%v)", sorted(out.Items), err)
	}
	bins := shared(t, "binaries", "pk B", "sk B")
	bk := &types.AttributeValueMemberB{Value: []byte(fresh("sort"))}
	for _, b := range [][]byte{{0xff}, {0, 1}, {0x7f}, {0}, {0x80}, {0x7f, 0}} {
		put(t, bins, item{"pk": bk, "sk": &types.AttributeValueMemberB{Value: b}})
	}
	out, err = db.Query(t.Context(), &dynamodb.QueryInput{TableName: &bins, KeyConditionExpression: aws.String("pk = :k"), ExpressionAttributeValues: item{":k": bk}})
	var got []byte
	for _, it := range out.Items {
		got = append(append(got, it["sk"].(*types.AttributeValueMemberB).Value...), ' ')
	}
	if want := "\x00 \x00\x01 \x7f \x7f\x00 \x80 \xff "; err != nil || string(got) != want {
		t.Errorf("%q, want %q (%v)", got, want, err)
	}
}
