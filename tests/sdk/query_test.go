package sdk

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// TestQuery has the examples of the guide's chapter on Query.
func TestQuery(t *testing.T) {
	t.Parallel()
	c := client(t)
	d := discussionTables(t, c)
	for _, tt := range []struct {
		what    string
		table   *string
		in      dynamodb.QueryInput
		values  string
		want    []string
		scanned int32
	}{
		{
			"all threads of a forum", d.thread, dynamodb.QueryInput{KeyConditionExpression: aws.String("ForumName = :name")},
			`{":name":"Amazon DynamoDB"}`, threads[:2], 2,
		},
		{
			"one thread", d.thread, dynamodb.QueryInput{KeyConditionExpression: aws.String("ForumName = :name and Subject = :sub")},
			`{":name":"Amazon DynamoDB",":sub":"DynamoDB Thread 1"}`, threads[:1], 1,
		},
		{
			"replies of a month", d.reply, dynamodb.QueryInput{KeyConditionExpression: aws.String("Id = :id and begins_with(ReplyDateTime, :dt)")},
			`{":id":"Amazon DynamoDB#DynamoDB Thread 1",":dt":"2015-09"}`, replies[:2], 2,
		},
		{
			"popular threads", d.thread, dynamodb.QueryInput{
				KeyConditionExpression: aws.String("ForumName = :fn"), FilterExpression: aws.String("#v >= :num"),
				ExpressionAttributeNames: map[string]string{"#v": "Views"},
			},
			`{":fn":"Amazon DynamoDB",":num":3}`, threads[1:2], 2,
		},
		{
			"popular threads of no forum", d.thread, dynamodb.QueryInput{
				KeyConditionExpression: aws.String("ForumName = :fn"), FilterExpression: aws.String("#v >= :num"),
				ExpressionAttributeNames: map[string]string{"#v": "Views"},
			},
			`{":fn":"Amazon DynamoDB#DynamoDB Thread 1",":num":3}`, nil, 0,
		},
		{
			"newest first", d.reply, dynamodb.QueryInput{KeyConditionExpression: aws.String("Id = :id"), ScanIndexForward: aws.Bool(false)},
			`{":id":"Amazon DynamoDB#DynamoDB Thread 2"}`, []string{replies[3], replies[2]}, 2,
		},
		{
			"by author and text", d.reply, dynamodb.QueryInput{
				IndexName:              aws.String("PostedBy-Message-Index"),
				KeyConditionExpression: aws.String("PostedBy = :who AND begins_with(Message, :text)"),
			},
			`{":who":"User A",":text":"DynamoDB Thread 2"}`, replies[2:], 2,
		},
		{
			"consistent, projected", d.reply, dynamodb.QueryInput{
				KeyConditionExpression: aws.String("Id = :id AND ReplyDateTime > :t"), ConsistentRead: aws.Bool(true),
				ProjectionExpression: aws.String("PostedBy"),
			},
			`{":id":"Amazon DynamoDB#DynamoDB Thread 1",":t":"2015-09-20"}`, []string{`{"PostedBy":"User B"}`}, 1,
		},
	} {
		tt.in.TableName, tt.in.ExpressionAttributeValues = tt.table, item(tt.values)
		out, err := c.Query(t.Context(), &tt.in)
		if err != nil {
			t.Errorf("%s: %v", tt.what, err)
			continue
		}
		sameItems(t, tt.what, out.Items, tt.want...)
		if int(out.Count) != len(tt.want) || out.ScannedCount != tt.scanned || out.LastEvaluatedKey != nil {
			t.Errorf("%s: count %d, scanned %d, last key %v", tt.what, out.Count, out.ScannedCount, out.LastEvaluatedKey)
		}
	}
}

// TestKeyConditions checks each comparison of a sort key, and the order of each type of key.
func TestKeyConditions(t *testing.T) {
	t.Parallel()
	c := client(t)
	numbers := []string{"-1000000", "-12.5", "-12.4", "-1", "-0.001", "0", "0.0000001", "0.5", "1", "2", "10", "99.9", "1E+20", "1E+125"}
	table := own(t, "Numbers")
	create(t, c, table, nil, "P:S", "S:N")
	for _, n := range slices.Backward(numbers) {
		put(t, c, table, `{"P":"p","S":`+n+`}`)
	}
	put(t, c, table, `{"P":"q","S":1}`)
	query := func(table *string, condition, values string) []string {
		t.Helper()
		out, err := c.Query(t.Context(), &dynamodb.QueryInput{
			TableName: table, KeyConditionExpression: aws.String("P = :p AND " + condition),
			ExpressionAttributeValues: item(`{":p":"p",` + values + `}`),
		})
		if err != nil {
			t.Errorf("%s: %v", condition, err)
			return nil
		}
		var got []string
		for _, i := range out.Items {
			got = append(got, show(i["S"]))
		}
		return got
	}
	for _, tt := range []struct {
		condition, values string
		want              string
	}{
		{"S = :v", `":v":0.50`, "0.5"},
		{"S < :v", `":v":-12.4`, "-1000000 -12.5"},
		{"S <= :v", `":v":-12.4`, "-1000000 -12.5 -12.4"},
		{"S > :v", `":v":10`, "99.9 100000000000000000000 1" + strings.Repeat("0", 125)},
		{"S >= :v", `":v":99.9`, "99.9 100000000000000000000 1" + strings.Repeat("0", 125)},
		{"S BETWEEN :v AND :w", `":v":-1,":w":1`, "-1 -0.001 0 0.0000001 0.5 1"},
		{"(S BETWEEN :v AND :w)", `":v":2,":w":2`, "2"},
		{":v < S", `":v":99.9`, "100000000000000000000 1" + strings.Repeat("0", 125)},
	} {
		if got := strings.Join(query(table, tt.condition, tt.values), " "); got != tt.want {
			t.Errorf("%s, %s: %s, want %s", tt.condition, tt.values, got, tt.want)
		}
	}

	// Strings are in the order of their UTF-8 bytes.
	texts := own(t, "Texts")
	create(t, c, texts, nil, "P:S", "S:S")
	words := []string{"A", "Z", "a", "ab", "b", "z", "é", "日本", "😀"}
	for _, w := range slices.Backward(words) {
		put(t, c, texts, fmt.Sprintf(`{"P":"p","S":%q}`, w))
	}
	if got, want := strings.Join(query(texts, "S >= :v", `":v":"A"`), " "), `"`+strings.Join(words, `" "`)+`"`; got != want {
		t.Errorf("in order: %s, want %s", got, want)
	}
	if got := strings.Join(query(texts, "begins_with(S, :v)", `":v":"a"`), " "); got != `"a" "ab"` {
		t.Errorf("begins_with: %s", got)
	}

	for _, tt := range []struct{ condition, values, message string }{
		{"P = :p AND S <> :v", `{":p":"p",":v":1}`, "Invalid operator used in KeyConditionExpression: <>"},
		{"P = :p OR S = :v", `{":p":"p",":v":1}`, "Invalid operator used in KeyConditionExpression: OR"},
		{"S = :v", `{":v":1}`, "Query condition missed key schema element: P"},
		{"P > :v", `{":v":"p"}`, "Query key condition not supported"},
		{"P = :v", `{":v":1}`, "One or more parameter values were invalid: Condition parameter type does not match schema type"},
		{"P = :p AND S BETWEEN :v AND :w", `{":p":"p",":v":2,":w":1}`, "The BETWEEN operator requires upper bound to be greater than or equal to lower bound"},
		{"P = :p AND Third = :v", `{":p":"p",":v":2}`, "Query condition missed key schema element: S"},
		{"P = :p AND begins_with(S, :v)", `{":p":"p",":v":1}`, "Incorrect operand type for operator or function; operator or function: begins_with, operand type: N"},
	} {
		_, err := c.Query(t.Context(), &dynamodb.QueryInput{
			TableName: table, KeyConditionExpression: aws.String(tt.condition), ExpressionAttributeValues: item(tt.values),
		})
		fails(t, err, "ValidationException", tt.message)
	}
	_, err := c.Query(t.Context(), &dynamodb.QueryInput{
		TableName: table, KeyConditionExpression: aws.String("P = :p"), FilterExpression: aws.String("S > :v"),
		ExpressionAttributeValues: item(`{":p":"p",":v":1}`),
	})
	fails(t, err, "ValidationException", "Filter Expression can only contain non-primary key attributes: Primary key attribute: S")
}

// TestQueryPages has what the guide says of Limit, of pages, of counts, and of capacity.
func TestQueryPages(t *testing.T) {
	t.Parallel()
	c, table := client(t), own(t, "Movies")
	create(t, c, table, nil, "year:N", "title:S")
	var want []string
	for i := range 13 {
		text := fmt.Sprintf(`{"year":1993,"title":"Movie %02d","rank":%d}`, i, i%2)
		put(t, c, table, text)
		want = append(want, text)
	}
	in := dynamodb.QueryInput{
		TableName: table, KeyConditionExpression: aws.String("#y = :yyyy"),
		ExpressionAttributeNames: map[string]string{"#y": "year"}, ExpressionAttributeValues: item(`{":yyyy":1993}`),
		Limit: aws.Int32(5),
	}
	first, err := c.Query(t.Context(), &in)
	if err != nil {
		t.Fatal(err)
	}
	sameItems(t, "first page", first.Items, want[:5]...)
	same(t, "last key", first.LastEvaluatedKey, `{"year":1993,"title":"Movie 04"}`)

	for _, forward := range []bool{true, false} {
		in.ScanIndexForward = aws.Bool(forward)
		var got []Item
		var sizes []int32
		for p := dynamodb.NewQueryPaginator(c, &in); p.HasMorePages(); {
			page, err := p.NextPage(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, page.Items...)
			sizes = append(sizes, page.Count)
		}
		if !slices.Equal(sizes, []int32{5, 5, 3}) {
			t.Errorf("pages of %v", sizes)
		}
		if !forward {
			slices.Reverse(got)
		}
		sameItems(t, "all pages", got, want...)
	}

	// A limit counts what is read, before the filter.
	in.ScanIndexForward, in.Limit = nil, aws.Int32(6)
	in.FilterExpression, in.ExpressionAttributeValues = aws.String("#r = :r"), item(`{":yyyy":1993,":r":1}`)
	in.ExpressionAttributeNames = map[string]string{"#y": "year", "#r": "rank"}
	in.Select = types.SelectCount
	filtered, err := c.Query(t.Context(), &in)
	if err != nil {
		t.Fatal(err)
	}
	if filtered.Count != 3 || filtered.ScannedCount != 6 || filtered.Items != nil {
		t.Errorf("count %d, scanned %d, items %v", filtered.Count, filtered.ScannedCount, filtered.Items)
	}
	same(t, "last key of the filtered page", filtered.LastEvaluatedKey, `{"year":1993,"title":"Movie 05"}`)

	// A page of exactly all items has a last key, and the page after it is empty.
	in.FilterExpression, in.ExpressionAttributeValues, in.Select = nil, item(`{":yyyy":1993}`), ""
	in.ExpressionAttributeNames = map[string]string{"#y": "year"}
	in.Limit = aws.Int32(13)
	all, err := c.Query(t.Context(), &in)
	if err != nil {
		t.Fatal(err)
	}
	same(t, "last key of a full page", all.LastEvaluatedKey, `{"year":1993,"title":"Movie 12"}`)
	in.ExclusiveStartKey = all.LastEvaluatedKey
	rest, err := c.Query(t.Context(), &in)
	if err != nil || len(rest.Items) != 0 || rest.LastEvaluatedKey != nil {
		t.Errorf("after the last: %d items, last key %v, error %v", len(rest.Items), rest.LastEvaluatedKey, err)
	}
	// A start key need not be an item's.
	in.ExclusiveStartKey = item(`{"year":1993,"title":"Movie 10 and a half"}`)
	rest, err = c.Query(t.Context(), &in)
	if err != nil {
		t.Fatal(err)
	}
	sameItems(t, "from between", rest.Items, want[11:]...)
	in.ExclusiveStartKey = item(`{"year":1994,"title":"x"}`)
	_, err = c.Query(t.Context(), &in)
	fails(t, err, "ValidationException", "The provided starting key is outside query boundaries based on provided conditions")
	in.ExclusiveStartKey = item(`{"title":"x"}`)
	_, err = c.Query(t.Context(), &in)
	fails(t, err, "ValidationException", "The provided starting key is invalid")
	in.ExclusiveStartKey, in.Limit = nil, aws.Int32(0)
	_, err = c.Query(t.Context(), &in)
	fails(t, err, "ValidationException", "")
}
