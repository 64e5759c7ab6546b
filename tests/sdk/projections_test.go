package sdk

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// TestProjectionExpressions has the examples of the guide's chapters "Specifying item attributes", "Projection
// expressions" and "Expression attribute names".
func TestProjectionExpressions(t *testing.T) {
	t.Parallel()
	c := client(t)
	table := productCatalog(t, c, bicycle)
	const five = `["Excellent! Can't recommend it highly enough! Buy it!","Do yourself a favor and buy this."]`
	const one = `["Terrible product! Do not buy this."]`
	for _, tt := range []struct {
		projection string
		names      map[string]string
		want       string
	}{
		{"Title", nil, `{"Title":"Bicycle 123"}`},
		{"Title, Price, Color", nil, `{"Title":"Bicycle 123","Price":500,"Color":{"$SS":["Red","Black"]}}`},
		{
			"Title, Description, RelatedItems, ProductReviews", nil, `{"Title":"Bicycle 123","Description":"123 description",
			"RelatedItems":[341,472,649],"ProductReviews":{"FiveStar":` + five + `,"OneStar":` + one + `}}`,
		},
		{
			"Description, RelatedItems[0], ProductReviews.FiveStar", nil,
			`{"Description":"123 description","RelatedItems":[341],"ProductReviews":{"FiveStar":` + five + `}}`,
		},
		{"RelatedItems[2], RelatedItems[0]", nil, `{"RelatedItems":[341,649]}`},
		{"Pictures.FrontView", nil, `{"Pictures":{"FrontView":"http://example.com/products/123_front.jpg"}}`},
		{"ProductReviews.FiveStar[0]", nil, `{"ProductReviews":{"FiveStar":["Excellent! Can't recommend it highly enough! Buy it!"]}}`},
		{"#c", map[string]string{"#c": "Comment"}, `{"Comment":"This product sells out quickly during the summer"}`},
		{"Safety.Warning", nil, ""},
		{"#sw", map[string]string{"#sw": "Safety.Warning"}, `{"Safety.Warning":"Always wear a helmet"}`},
		{"ProductReviews.OneStar", nil, `{"ProductReviews":{"OneStar":` + one + `}}`},
		{"#pr1star", map[string]string{"#pr1star": "ProductReviews.OneStar"}, ""},
		{"#pr.#1star", map[string]string{"#pr": "ProductReviews", "#1star": "OneStar"}, `{"ProductReviews":{"OneStar":` + one + `}}`},
		{
			"#pr.FiveStar, #pr.ThreeStar, #pr.OneStar", map[string]string{"#pr": "ProductReviews"},
			`{"ProductReviews":{"FiveStar":` + five + `,"OneStar":` + one + `}}`,
		},
		{"RelatedItems[7], Brand.Deeper, Price[0], Nothing", nil, ""},
		{"Id, InStock, QuantityOnHand", nil, `{"Id":123,"InStock":true,"QuantityOnHand":null}`},
	} {
		out, err := c.GetItem(t.Context(), &dynamodb.GetItemInput{
			TableName: table, Key: item(`{"Id":123}`),
			ProjectionExpression: aws.String(tt.projection), ExpressionAttributeNames: tt.names,
		})
		if err != nil {
			t.Errorf("%s: %v", tt.projection, err)
			continue
		}
		same(t, tt.projection, out.Item, tt.want)
		if out.Item == nil {
			t.Errorf("%s: no item, want one, perhaps an empty one", tt.projection)
		}
		page, err := c.Scan(t.Context(), &dynamodb.ScanInput{
			TableName: table, ProjectionExpression: aws.String(tt.projection), ExpressionAttributeNames: tt.names,
		})
		if err != nil || len(page.Items) != 1 {
			t.Errorf("%s: scan: %d items, error %v", tt.projection, len(page.Items), err)
			continue
		}
		same(t, tt.projection+", scan", page.Items[0], tt.want)
	}

	for _, tt := range []struct {
		projection string
		names      map[string]string
		message    string
	}{
		{"Comment", nil, "Invalid ProjectionExpression: Attribute name is a reserved keyword; reserved keyword: Comment"},
		{"MyList[-1]", nil, "Invalid ProjectionExpression: Syntax error; token:"},
		{"MyList[0.4]", nil, "Invalid ProjectionExpression: Syntax error; token:"},
		{"Title, Title", nil, "Invalid ProjectionExpression: Two document paths overlap with each other; must remove or rewrite one of these paths; path one: [Title], path two: [Title]"},
		{"Pictures, Pictures.FrontView", nil, "Invalid ProjectionExpression: Two document paths overlap with each other"},
		{"Title", map[string]string{"#t": "Title"}, "Value provided in ExpressionAttributeNames unused in expressions: keys: {#t}"},
		{"#t", nil, "Invalid ProjectionExpression: An expression attribute name used in the document path is not defined; attribute name: #t"},
		{"Title,", nil, "Invalid ProjectionExpression: Syntax error; token: \"<EOF>\""},
		{"", nil, "Invalid ProjectionExpression: The expression can not be empty;"},
	} {
		_, err := c.GetItem(t.Context(), &dynamodb.GetItemInput{
			TableName: table, Key: item(`{"Id":123}`),
			ProjectionExpression: aws.String(tt.projection), ExpressionAttributeNames: tt.names,
		})
		fails(t, err, "ValidationException", tt.message)
	}

	_, err := c.GetItem(t.Context(), &dynamodb.GetItemInput{
		TableName: table, Key: item(`{"Id":123}`), AttributesToGet: []string{"Title"}, ProjectionExpression: aws.String("Title"),
	})
	fails(t, err, "ValidationException", "Can not use both expression and non-expression parameters in the same request: "+
		"Non-expression parameters: {AttributesToGet} Expression parameters: {ProjectionExpression}")
	legacy, err := c.BatchGetItem(t.Context(), &dynamodb.BatchGetItemInput{RequestItems: map[string]types.KeysAndAttributes{
		*table: {Keys: []Item{item(`{"Id":123}`)}, AttributesToGet: []string{"Title", "Price"}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	sameItems(t, "AttributesToGet", legacy.Responses[*table], `{"Title":"Bicycle 123","Price":500}`)
}
