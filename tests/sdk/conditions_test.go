package sdk

import (
	"errors"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// The guide's chapters "Condition expressions" and "Comparison operator and function reference".

func TestConditionExpressions(t *testing.T) {
	t.Parallel()
	c := client(t)
	const goods = `{"Id":456,"ProductCategory":"Sporting Goods","Price":650}`
	table := productCatalog(t, c, goods)

	_, err := c.PutItem(t.Context(), &dynamodb.PutItemInput{
		TableName: table, Item: item(goods), ConditionExpression: aws.String("attribute_not_exists(Id)"),
	})
	fails(t, err, "ConditionalCheckFailedException", "The conditional request failed")

	remove := func(condition, values string) error {
		in := &dynamodb.DeleteItemInput{TableName: table, Key: item(`{"Id":456}`), ConditionExpression: aws.String(condition)}
		if values != "" {
			in.ExpressionAttributeValues = item(values)
		}
		_, err := c.DeleteItem(t.Context(), in)
		return err
	}
	fails(t, remove("attribute_not_exists(Price)", ""), "ConditionalCheckFailedException", "The conditional request failed")
	fails(t, remove("attribute_exists(ProductReviews.OneStar)", ""), "ConditionalCheckFailedException", "The conditional request failed")
	fails(t, remove("(ProductCategory IN (:cat1, :cat2)) and (Price between :lo and :hi)",
		`{":cat1":"Sporting Goods",":cat2":"Gardening Supplies",":lo":500,":hi":600}`),
		"ConditionalCheckFailedException", "The conditional request failed")
	same(t, "still there", get(t, c, table, `{"Id":456}`), goods)

	// 650 becomes 575, then 500, and then the price is not above the limit.
	for _, want := range []string{`{"Price":575}`, `{"Price":500}`, ""} {
		out, err := c.UpdateItem(t.Context(), &dynamodb.UpdateItemInput{
			TableName: table, Key: item(`{"Id":456}`), UpdateExpression: aws.String("SET Price = Price - :discount"),
			ConditionExpression:       aws.String("Price > :limit"),
			ExpressionAttributeValues: item(`{":discount":75,":limit":500}`),
			ReturnValues:              types.ReturnValueUpdatedNew,
		})
		if want == "" {
			fails(t, err, "ConditionalCheckFailedException", "The conditional request failed")
		} else if err != nil {
			t.Error(err)
		} else {
			same(t, "discounted", out.Attributes, want)
		}
	}
	if err := remove("(ProductCategory IN (:cat1, :cat2)) and (Price between :lo and :hi)",
		`{":cat1":"Sporting Goods",":cat2":"Gardening Supplies",":lo":500,":hi":600}`); err != nil {
		t.Error(err)
	}
	same(t, "deleted", get(t, c, table, `{"Id":456}`), "")
	fails(t, remove("attribute_exists(Id)", ""), "ConditionalCheckFailedException", "The conditional request failed")
	if err := remove("attribute_not_exists(Id)", ""); err != nil {
		t.Error(err)
	}
}

// TestConditions evaluates each comparator and function on the guide's bicycle, as a condition and as a filter.
func TestConditions(t *testing.T) {
	t.Parallel()
	c := client(t)
	table := productCatalog(t, c, bicycle)
	if _, err := c.UpdateItem(t.Context(), &dynamodb.UpdateItemInput{
		TableName: table, Key: item(`{"Id":123}`), UpdateExpression: aws.String("SET VideoClip = :v, Sizes = :n"),
		ExpressionAttributeValues: item(`{":v":{"$B":"AAECAwQF"},":n":{"$NS":[16,18,20.5]}}`),
	}); err != nil {
		t.Fatal(err)
	}
	const v = `{":v":`
	for _, tt := range []struct {
		condition, values string
		want              bool
	}{
		{"attribute_exists (Pictures.SideView)", "", true},
		{"attribute_exists (Manufacturer)", "", false},
		{"attribute_exists (ProductReviews.FiveStar[1])", "", true},
		{"attribute_exists (ProductReviews.FiveStar[2])", "", false},
		{"attribute_not_exists (Manufacturer)", "", true},
		{"attribute_exists (QuantityOnHand)", "", true},
		{"attribute_type (ProductReviews.FiveStar, :v)", v + `"L"}`, true},
		{"attribute_type (ProductReviews.FiveStar, :v)", v + `"M"}`, false},
		{"attribute_type (Color, :v)", v + `"SS"}`, true},
		{"attribute_type (Sizes, :v)", v + `"NS"}`, true},
		{"attribute_type (VideoClip, :v)", v + `"B"}`, true},
		{"attribute_type (QuantityOnHand, :v)", v + `"NULL"}`, true},
		{"attribute_type (InStock, :v)", v + `"BOOL"}`, true},
		{"attribute_type (Absent, :v)", v + `"S"}`, false},
		{"begins_with (Pictures.FrontView, :v)", v + `"http://"}`, true},
		{"begins_with (Pictures.FrontView, :v)", v + `"HTTP://"}`, false},
		{"begins_with (VideoClip, :v)", v + `{"$B":"AAEC"}}`, true},
		{"begins_with (Title, :v)", v + `"Bicycle 123"}`, true},
		{"contains (Brand, :v)", v + `"Company"}`, true},
		{"contains (Color, :v)", v + `"Red"}`, true},
		{"contains (Color, :v)", v + `"Re"}`, false},
		{"contains (RelatedItems, :v)", v + `472}`, true},
		{"contains (RelatedItems, :v)", v + `"472"}`, false},
		{"contains (Sizes, :v)", v + `20.50}`, true},
		{"size (Brand) <= :v", v + `20}`, true},
		{"size (Brand) = :v", v + `15}`, true},
		{"size (VideoClip) > :v", v + `64000}`, false},
		{"size (VideoClip) = :v", v + `6}`, true},
		{"size (Color) > :v", v + `1}`, true},
		{"size (Sizes) = :v", v + `3}`, true},
		{"size (ProductReviews.OneStar) > :v", v + `3}`, false},
		{"size (Pictures) = :v", v + `3}`, true},
		{"size (Absent) >= :v", v + `0}`, false},
		{"Price = :v", v + `500.0}`, true},
		{"Price <> :v", v + `500}`, false},
		{"Price <> :v", v + `"500"}`, true},
		{"Absent <> :v", v + `1}`, true},
		{"Absent = :v", v + `1}`, false},
		{"Price < :v", v + `500.01}`, true},
		{"Price < :v", v + `"a"}`, false},
		{"Price <= :v", v + `500}`, true},
		{"Price > :v", v + `499}`, true},
		{"Price >= :v", v + `501}`, false},
		{"Title < :v", v + `"a"}`, true},
		{"Color = :v", v + `{"$SS":["Black","Red"]}}`, true},
		{"RelatedItems = :v", v + `[341,649,472]}`, false},
		{"RelatedItems = :v", v + `[341,472,649.0]}`, true},
		{"RelatedItems[2] = :v", v + `649}`, true},
		{"InStock = :v", v + `true}`, true},
		{"QuantityOnHand = :v", v + `null}`, true},
		{"Price BETWEEN :v AND :w", `{":v":500,":w":500}`, true},
		{"Price BETWEEN :v AND :w", `{":v":501,":w":600}`, false},
		{"Price IN (:v, :w)", `{":v":"500",":w":500}`, true},
		{"Price IN (:v)", v + `1}`, false},
		{"RelatedItems[0] IN (RelatedItems[1], RelatedItems[2])", "", false},
		{"NOT Price = :v", v + `1}`, true},
		{"Price = :v AND Brand = :w", `{":v":500,":w":"Acme"}`, false},
		{"Price = :v OR Brand = :w", `{":v":500,":w":"Acme"}`, true},
		// The guide: a OR b AND c is true when only c is false, (a OR b) AND c is not.
		{"Price = :v OR InStock = :w AND Brand = :x", `{":v":500,":w":true,":x":"no"}`, true},
		{"(Price = :v OR InStock = :w) AND Brand = :x", `{":v":500,":w":true,":x":"no"}`, false},
		{"NOT Price = :v AND Brand = :w", `{":v":500,":w":"Brand-Company C"}`, false},
		{"not (Price = :v and Brand = :w)", `{":v":500,":w":"no"}`, true},
		{"RelatedItems[0] < RelatedItems[1]", "", true},
		{"#sw = :v", v + `"Always wear a helmet"}`, true},
	} {
		var names map[string]string
		if tt.condition[0] == '#' {
			names = map[string]string{"#sw": "Safety.Warning"}
		}
		var values Item
		filterValues := item(`{":id":123}`)
		if tt.values != "" {
			values = item(tt.values)
			for name, val := range values {
				filterValues[name] = val
			}
		}
		_, err := c.TransactWriteItems(t.Context(), &dynamodb.TransactWriteItemsInput{TransactItems: []types.TransactWriteItem{{
			ConditionCheck: &types.ConditionCheck{
				TableName: table, Key: item(`{"Id":123}`), ConditionExpression: aws.String(tt.condition),
				ExpressionAttributeNames: names, ExpressionAttributeValues: values,
			},
		}}})
		_, cancelled := errors.AsType[*types.TransactionCanceledException](err)
		if err != nil && !cancelled {
			t.Errorf("%s, %s: %v", tt.condition, tt.values, err)
		} else if cancelled == tt.want {
			t.Errorf("%s, %s: as a condition %t, want %t", tt.condition, tt.values, !cancelled, tt.want)
		}
		out, err := c.Query(t.Context(), &dynamodb.QueryInput{
			TableName: table, KeyConditionExpression: aws.String("Id = :id"), FilterExpression: aws.String(tt.condition),
			ExpressionAttributeNames: names, ExpressionAttributeValues: filterValues, Select: types.SelectCount,
		})
		if err != nil {
			t.Errorf("%s, %s: %v", tt.condition, tt.values, err)
		} else if (out.Count == 1) != tt.want || out.ScannedCount != 1 {
			t.Errorf("%s, %s: as a filter %d of %d, want %t", tt.condition, tt.values, out.Count, out.ScannedCount, tt.want)
		}
	}
}

func TestConditionErrors(t *testing.T) {
	t.Parallel()
	c := client(t)
	table := productCatalog(t, c)
	for _, tt := range []struct{ condition, values, message string }{
		{"contains (Brand, Brand)", "", "The first operand must be distinct from the remaining operands for this operator or function; operator: contains, first operand: [Brand]"},
		{"attribute_type (Brand, :v)", `{":v":"X"}`, "Invalid attribute type name found; type: X, valid types: {"},
		{"begins_with (Brand, :v)", `{":v":1}`, "Incorrect operand type for operator or function; operator or function: begins_with, operand type: N"},
		{"Size (Brand) > :v", `{":v":1}`, "Invalid function name; function: Size"},
		{"Price > ", "", `Syntax error; token: "<EOF>"`},
		{"size (Brand)", "", "The function is not allowed to be used this way in an expression; function: size"},
		{"Comment = :v", `{":v":1}`, "Attribute name is a reserved keyword; reserved keyword: Comment"},
		{"Price BETWEEN :v AND :w", `{":v":2,":w":1}`, "The BETWEEN operator requires upper bound to be greater than or equal to lower bound"},
		{"", "", "The expression can not be empty;"},
	} {
		in := &dynamodb.PutItemInput{TableName: table, Item: item(`{"Id":1}`), ConditionExpression: aws.String(tt.condition)}
		if tt.values != "" {
			in.ExpressionAttributeValues = item(tt.values)
		}
		_, err := c.PutItem(t.Context(), in)
		fails(t, err, "ValidationException", "Invalid ConditionExpression: "+tt.message)
	}
}
