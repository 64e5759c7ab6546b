package sdk

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/expression"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

type review struct {
	Stars int
	Text  string
	By    *string `dynamodbav:",omitempty"`
}

type product struct {
	ID       int64 `dynamodbav:"Id"`
	Title    string
	Price    float64
	Exact    attributevalue.Number
	InStock  bool
	Colors   []string `dynamodbav:",stringset"`
	Sizes    []int    `dynamodbav:",numberset"`
	Blobs    [][]byte `dynamodbav:",binaryset"`
	Picture  []byte
	Reviews  []review
	ByName   map[string]review
	Made     time.Time
	Expires  attributevalue.UnixTime
	Nothing  *int
	Skipped  string   `dynamodbav:"-"`
	Empty    []string `dynamodbav:",omitempty"`
	EmptyMap map[string]int
}

// TestMarshal writes and reads Go values as the SDK marshals them: every type of attribute.
func TestMarshal(t *testing.T) {
	t.Parallel()
	c := client(t)
	table := productCatalog(t, c)
	want := product{
		ID: 9007199254740993, Title: "Été <&>\u2028 \"quoted\" \\ 😀", Price: -0.1,
		Exact: "1234567890123456789012345678901234567.8", InStock: true,
		Colors: []string{"Black", "Red"}, Sizes: []int{-1, 0, 42}, Blobs: [][]byte{{0}, {0xff, 0xfe}}, Picture: []byte{1, 2, 3, 0},
		Reviews: []review{{5, "Excellent!", aws.String("Ann")}, {1, "", nil}},
		ByName:  map[string]review{"a.b": {3, "dots", nil}},
		Made:    time.Date(2024, 2, 29, 23, 59, 59, 123456789, time.UTC), Expires: attributevalue.UnixTime(time.Unix(1735689600, 0)),
		EmptyMap: map[string]int{},
	}
	av, err := attributevalue.MarshalMap(want)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.PutItem(t.Context(), &dynamodb.PutItemInput{TableName: table, Item: av}); err != nil {
		t.Fatal(err)
	}
	stored := get(t, c, table, `{"Id":9007199254740993}`)
	if g, w := showItem(stored), showItem(av); g != w {
		t.Errorf("attributes:\n got %s\nwant %s", g, w)
	}
	var got product
	if err := attributevalue.UnmarshalMap(stored, &got); err != nil {
		t.Fatal(err)
	}
	for _, set := range []any{got.Colors, got.Sizes, got.Blobs} {
		if reflect.ValueOf(set).Len() < 2 {
			t.Errorf("a set came back as %v", set)
		}
	}
	got.Colors, got.Sizes, got.Blobs = want.Colors, want.Sizes, want.Blobs // their order is not kept, and show has compared them
	if !got.Made.Equal(want.Made) || !time.Time(got.Expires).Equal(time.Time(want.Expires)) {
		t.Errorf("times %v, %v", got.Made, time.Time(got.Expires))
	}
	got.Made, got.Expires = want.Made, want.Expires
	if !reflect.DeepEqual(got, want) {
		t.Errorf("\n got %+v\nwant %+v", got, want)
	}
}

// TestNumbers has numbers at the limits that the guide gives: 38 digits, from 1E-130 to 9.99E+125.
func TestNumbers(t *testing.T) {
	t.Parallel()
	c := client(t)
	table := productCatalog(t, c)
	put := func(number string) error {
		_, err := c.PutItem(t.Context(), &dynamodb.PutItemInput{TableName: table, Item: Item{
			"Id": &types.AttributeValueMemberN{Value: "1"}, "V": &types.AttributeValueMemberN{Value: number},
		}})
		return err
	}
	nines := strings.Repeat("9", 38)
	for _, tt := range []struct{ in, out string }{
		{"0", "0"}, {"-0", "0"}, {"000", "0"}, {"0.0", "0"}, {"007", "7"}, {"+7", "7"}, {"1.50", "1.5"}, {"-1.500", "-1.5"}, {".5", "0.5"},
		{"100", "100"}, {"1e2", "100"}, {"1E+2", "100"}, {"12.34E1", "123.4"}, {"1E-3", "0.001"},
		{nines, nines}, {"-" + nines, "-" + nines}, {"0." + nines, "0." + nines},
		{"1E37", "1" + strings.Repeat("0", 37)},
	} {
		if err := put(tt.in); err != nil {
			t.Errorf("%s: %v", tt.in, err)
			continue
		}
		same(t, tt.in, get(t, c, table, `{"Id":1}`), `{"Id":1,"V":`+tt.out+`}`)
	}
	// Far from 1 only the value is certain, not how it is written.
	for _, n := range []string{"9.9999999999999999999999999999999999999E+125", "1E-130", "-1E-130", "-9.99E125"} {
		if err := put(n); err != nil {
			t.Errorf("%s: %v", n, err)
			continue
		}
		_, err := c.PutItem(t.Context(), &dynamodb.PutItemInput{
			TableName: table, Item: item(`{"Id":1}`), ConditionExpression: aws.String("V = :v"),
			ExpressionAttributeValues: Item{":v": &types.AttributeValueMemberN{Value: n}},
		})
		if err != nil {
			t.Errorf("%s is not equal to itself: %v", n, err)
		}
	}
	for _, tt := range []struct{ in, message string }{
		{nines + "9", "Attempting to store more than 38 significant digits in a Number"},
		{"1E126", "Number overflow. Attempting to store a number with magnitude larger than supported range"},
		{"1E-131", "Number underflow. Attempting to store a number with magnitude smaller than supported range"},
		{"abc", "The parameter cannot be converted to a numeric value: abc"},
		{"", "The parameter cannot be converted to a numeric value"},
		{"NaN", "The parameter cannot be converted to a numeric value: NaN"},
		{"1 2", "The parameter cannot be converted to a numeric value: 1 2"},
	} {
		fails(t, put(tt.in), "ValidationException", tt.message)
	}
	// Arithmetic is decimal: 0.1 + 0.2.
	out, err := c.UpdateItem(t.Context(), &dynamodb.UpdateItemInput{
		TableName: table, Key: item(`{"Id":2}`), UpdateExpression: aws.String("SET V = if_not_exists(V, :a) + :b"),
		ExpressionAttributeValues: item(`{":a":0.1,":b":0.2}`), ReturnValues: types.ReturnValueUpdatedNew,
	})
	if err != nil {
		t.Fatal(err)
	}
	same(t, "a decimal sum", out.Attributes, `{"V":0.3}`)
}

// TestValues has values that DynamoDB does not take.
func TestValues(t *testing.T) {
	t.Parallel()
	c := client(t)
	table := own(t, "Items")
	create(t, c, table, nil, "P:S")
	deep := strings.Repeat(`[`, 33) + strings.Repeat(`]`, 33)
	for _, tt := range []struct{ text, message string }{
		{`{"P":""}`, "One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty string value. Key: P"},
		{`{"P":1}`, "One or more parameter values were invalid: Type mismatch for key P expected: S actual: N"},
		{`{"V":1}`, "One or more parameter values were invalid: Missing the key P in the item"},
		{`{"P":"p","V":{"$SS":[]}}`, "An string set  may not be empty"},
		{`{"P":"p","V":{"$SS":["a","b","a"]}}`, "Input collection [a, b, a] contains duplicates."},
		{`{"P":"p","V":{"$NS":[1,2,1.0]}}`, "Input collection contains duplicates"},
		{`{"P":"p","V":` + deep + `}`, "Nesting Levels have exceeded supported limits"},
		{`{"P":"` + strings.Repeat("p", 2049) + `"}`, "One or more parameter values were invalid: Size of hashkey has exceeded the maximum size limit of2048 bytes"},
	} {
		_, err := c.PutItem(t.Context(), &dynamodb.PutItemInput{TableName: table, Item: item(tt.text)})
		fails(t, err, "ValidationException", tt.message)
	}
	// There are no empty sets, but empty strings and binary values are allowed in a set.
	put(t, c, table, `{"P":"p","V":"","L":[],"M":{},"B":{"$B":""},"N":null,"S":{"$SS":["","a"]},"BS":{"$BS":["","AA=="]}}`)
	same(t, "empty values", get(t, c, table, `{"P":"p"}`), `{"P":"p","V":"","L":[],"M":{},"B":{"$B":""},"N":null,"S":{"$SS":["","a"]},"BS":{"$BS":["","AA=="]}}`)
}

// TestExpressionBuilder runs what the SDK's expression package builds.
func TestExpressionBuilder(t *testing.T) {
	t.Parallel()
	c := client(t)
	d := discussionTables(t, c)
	expr, err := expression.NewBuilder().
		WithKeyCondition(expression.Key("ForumName").Equal(expression.Value("Amazon DynamoDB")).
			And(expression.Key("Subject").BeginsWith("DynamoDB"))).
		WithFilter(expression.Name("Views").GreaterThanEqual(expression.Value(3)).
			Or(expression.Contains(expression.Name("Tags"), "index"), expression.Name("Tags").Size().GreaterThan(expression.Value(10)))).
		WithProjection(expression.NamesList(expression.Name("Subject"), expression.Name("Tags[0]"), expression.Name("Views"))).
		Build()
	if err != nil {
		t.Fatal(err)
	}
	out, err := c.Query(t.Context(), &dynamodb.QueryInput{
		TableName: d.thread, KeyConditionExpression: expr.KeyCondition(), FilterExpression: expr.Filter(),
		ProjectionExpression: expr.Projection(), ExpressionAttributeNames: expr.Names(), ExpressionAttributeValues: expr.Values(),
	})
	if err != nil {
		t.Fatal(err)
	}
	sameItems(t, "query", out.Items, `{"Subject":"DynamoDB Thread 1","Tags":["index"],"Views":0}`, `{"Subject":"DynamoDB Thread 2","Tags":["items"],"Views":3}`)

	expr, err = expression.NewBuilder().
		WithUpdate(expression.Set(expression.Name("Views"), expression.Name("Views").Plus(expression.Value(1))).
			Set(expression.Name("Tags"), expression.ListAppend(expression.Name("Tags"), expression.Value([]string{"new"}))).
			Set(expression.Name("Owner"), expression.IfNotExists(expression.Name("Owner"), expression.Value("nobody"))).
			Remove(expression.Name("Message")).
			Add(expression.Name("Likes"), expression.Value(2)).
			Delete(expression.Name("Readers"), expression.Value((&types.AttributeValueMemberSS{Value: []string{"x"}})))).
		WithCondition(expression.AttributeExists(expression.Name("Subject")).
			And(expression.Name("Views").Between(expression.Value(0), expression.Value(5)),
				expression.Name("LastPostedBy").In(expression.Value("User A"), expression.Value("User B")),
				expression.Not(expression.AttributeType(expression.Name("Tags"), expression.StringSet)))).
		Build()
	if err != nil {
		t.Fatal(err)
	}
	updated, err := c.UpdateItem(t.Context(), &dynamodb.UpdateItemInput{
		TableName: d.thread, Key: item(`{"ForumName":"Amazon S3","Subject":"S3 Thread 1"}`),
		UpdateExpression: expr.Update(), ConditionExpression: expr.Condition(),
		ExpressionAttributeNames: expr.Names(), ExpressionAttributeValues: expr.Values(), ReturnValues: types.ReturnValueAllNew,
	})
	if err != nil {
		t.Fatal(err)
	}
	same(t, "update", updated.Attributes, `{"ForumName":"Amazon S3","Subject":"S3 Thread 1","LastPostedBy":"User A",
		"LastPostedDateTime":"2015-09-29T19:58:22.514Z","Views":1,"Replies":0,"Answered":0,
		"Tags":["largeobjects","multipart upload","new"],"Owner":"nobody","Likes":2}`)
}
