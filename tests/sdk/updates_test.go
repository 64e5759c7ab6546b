package sdk

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// The guide's chapter "Update expressions".

// change is one UpdateItem and what it leads to.
type change struct {
	expression, values string
	names              map[string]string
	want               string // the whole item, or when the update must fail the message
	fails              bool
}

// apply makes the changes one after the other to the item with that key.
func apply(t *testing.T, c *dynamodb.Client, table *string, key string, changes []change) {
	t.Helper()
	for _, u := range changes {
		before := get(t, c, table, key)
		in := &dynamodb.UpdateItemInput{
			TableName: table, Key: item(key), UpdateExpression: aws.String(u.expression),
			ExpressionAttributeNames: u.names, ReturnValues: types.ReturnValueAllNew,
		}
		if u.values != "" {
			in.ExpressionAttributeValues = item(u.values)
		}
		out, err := c.UpdateItem(t.Context(), in)
		if u.fails {
			if err == nil {
				t.Errorf("%s: no error, want %s", u.expression, u.want)
				continue
			}
			fails(t, err, "ValidationException", u.want)
			if g, w := showItem(get(t, c, table, key)), showItem(before); g != w {
				t.Errorf("%s failed, and changed\n%s to\n%s", u.expression, w, g)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", u.expression, err)
			continue
		}
		same(t, u.expression, out.Attributes, u.want)
		same(t, u.expression+", stored", get(t, c, table, key), u.want)
	}
}

func TestUpdateExpressions(t *testing.T) {
	t.Parallel()
	c := client(t)
	table := productCatalog(t, c, `{"Id":789,"ProductCategory":"Home Improvement","Price":52,"InStock":true,"Brand":"Acme"}`)
	ri := map[string]string{"#ri": "RelatedItems"}
	const head = `{"Id":789,"ProductCategory":"Hardware","InStock":true,"Brand":"Acme",`
	const bare = `{"Id":789,"ProductCategory":"Hardware",`
	const reviews = `"ProductReviews":{"FiveStar":["Best product ever!","Very happy with my purchase"],"ThreeStar":["Just OK - not that great"]}`
	apply(t, c, table, `{"Id":789}`, []change{
		{expression: "SET ProductCategory = :c, Price = :p", values: `{":c":"Hardware",":p":60}`, want: head + `"Price":60}`},
		{
			expression: "SET RelatedItems = :ri, ProductReviews = :pr",
			values:     `{":ri":["Hammer"],":pr":{"FiveStar":["Best product ever!"]}}`,
			want:       head + `"Price":60,"RelatedItems":["Hammer"],"ProductReviews":{"FiveStar":["Best product ever!"]}}`,
		},
		{
			expression: "SET RelatedItems[1] = :ri", values: `{":ri":"Nails"}`,
			want: head + `"Price":60,"RelatedItems":["Hammer","Nails"],"ProductReviews":{"FiveStar":["Best product ever!"]}}`,
		},
		{
			expression: "SET #pr.#5star[1] = :r5, #pr.#3star = :r3",
			names:      map[string]string{"#pr": "ProductReviews", "#5star": "FiveStar", "#3star": "ThreeStar"},
			values:     `{":r5":"Very happy with my purchase",":r3":["Just OK - not that great"]}`,
			want:       head + `"Price":60,"RelatedItems":["Hammer","Nails"],` + reviews + `}`,
		},
		{
			expression: "SET Price = Price - :p", values: `{":p":15}`,
			want: head + `"Price":45,"RelatedItems":["Hammer","Nails"],` + reviews + `}`,
		},
		{
			expression: "SET #ri = list_append(#ri, :vals)", names: ri, values: `{":vals":["Screwdriver","Hacksaw"]}`,
			want: head + `"Price":45,"RelatedItems":["Hammer","Nails","Screwdriver","Hacksaw"],` + reviews + `}`,
		},
		{
			expression: "SET #ri = list_append(:vals, #ri)", names: ri, values: `{":vals":["Chisel"]}`,
			want: head + `"Price":45,"RelatedItems":["Chisel","Hammer","Nails","Screwdriver","Hacksaw"],` + reviews + `}`,
		},
		{
			expression: "SET Price = if_not_exists(Price, :p)", values: `{":p":100}`,
			want: head + `"Price":45,"RelatedItems":["Chisel","Hammer","Nails","Screwdriver","Hacksaw"],` + reviews + `}`,
		},
		{
			expression: "REMOVE Brand, InStock, QuantityOnHand",
			want:       bare + `"Price":45,"RelatedItems":["Chisel","Hammer","Nails","Screwdriver","Hacksaw"],` + reviews + `}`,
		},
		{
			expression: "REMOVE RelatedItems[1], RelatedItems[2]",
			want:       bare + `"Price":45,"RelatedItems":["Chisel","Screwdriver","Hacksaw"],` + reviews + `}`,
		},
		{
			expression: "REMOVE ProductReviews.FiveStar[0], ProductReviews.ThreeStar, RelatedItems",
			want:       bare + `"Price":45,"ProductReviews":{"FiveStar":["Very happy with my purchase"]}}`,
		},
		{expression: "REMOVE ProductReviews", want: bare + `"Price":45}`},
		{expression: "ADD QuantityOnHand :q", values: `{":q":5}`, want: bare + `"Price":45,"QuantityOnHand":5}`},
		{expression: "ADD QuantityOnHand :q", values: `{":q":5}`, want: bare + `"Price":45,"QuantityOnHand":10}`},
		{expression: "ADD QuantityOnHand :q", values: `{":q":-3}`, want: bare + `"Price":45,"QuantityOnHand":7}`},
		{
			expression: "ADD Color :c", values: `{":c":{"$SS":["Orange","Purple"]}}`,
			want: bare + `"Price":45,"QuantityOnHand":7,"Color":{"$SS":["Orange","Purple"]}}`,
		},
		{
			expression: "ADD Color :c", values: `{":c":{"$SS":["Yellow","Green","Blue"]}}`,
			want: bare + `"Price":45,"QuantityOnHand":7,"Color":{"$SS":["Orange","Purple","Yellow","Green","Blue"]}}`,
		},
		{
			expression: "DELETE Color :p", values: `{":p":{"$SS":["Yellow","Purple"]}}`,
			want: bare + `"Price":45,"QuantityOnHand":7,"Color":{"$SS":["Orange","Green","Blue"]}}`,
		},
		{ // A set that gets empty is gone.
			expression: "DELETE Color :p", values: `{":p":{"$SS":["Orange","Green","Blue","White"]}}`,
			want: bare + `"Price":45,"QuantityOnHand":7}`,
		},
		{ // All four clauses, in any order; the right sides see the item as it was.
			expression: "REMOVE ProductCategory ADD QuantityOnHand :one SET Price = QuantityOnHand, Earlier = Price DELETE Color :c",
			values:     `{":one":1,":c":{"$SS":["Red"]}}`,
			want:       `{"Id":789,"QuantityOnHand":8,"Price":7,"Earlier":45}`,
		},
		{expression: "SET #total = Price + Earlier", names: map[string]string{"#total": "Total"}, want: `{"Id":789,"QuantityOnHand":8,"Price":7,"Earlier":45,"Total":52}`},
		{ // Elements beyond the end are appended in order of their numbers.
			expression: "SET Tags = :t REMOVE Earlier, #total, QuantityOnHand", names: map[string]string{"#total": "Total"}, values: `{":t":["a"]}`,
			want: `{"Id":789,"Price":7,"Tags":["a"]}`,
		},
		{
			expression: "SET Tags[20] = :z, Tags[10] = :y, Tags[0] = :x", values: `{":x":"x",":y":"y",":z":"z"}`,
			want: `{"Id":789,"Price":7,"Tags":["x","y","z"]}`,
		},
		{
			expression: "SET Visits = if_not_exists(Visits, :zero) + :one, Diary = list_append(if_not_exists(Diary, :none), :entry)",
			values:     `{":zero":0,":one":1,":none":[],":entry":["first"]}`,
			want:       `{"Id":789,"Price":7,"Tags":["x","y","z"],"Visits":1,"Diary":["first"]}`,
		},
	})
}

// TestUpdateExpressionErrors has updates that the guide rules out. None changes the item.
func TestUpdateExpressionErrors(t *testing.T) {
	t.Parallel()
	c := client(t)
	table := productCatalog(t, c, `{"Id":1,"Price":10,"Brand":"Acme","Color":{"$SS":["Red"]},"Tags":["a"],"Dim":{"W":1}}`)
	apply(t, c, table, `{"Id":1}`, []change{
		{expression: "SET Price = Price + :b", values: `{":b":"x"}`, want: "Incorrect operand type for operator or function; operator or function: +", fails: true},
		{expression: "SET Price = Brand + :n", values: `{":n":1}`, want: "An operand in the update expression has an incorrect data type", fails: true},
		{expression: "SET Price = Absent + :n", values: `{":n":1}`, want: "The provided expression refers to an attribute that does not exist in the item", fails: true},
		{expression: "SET Absent.Deeper = :n", values: `{":n":1}`, want: "The document path provided in the update expression is invalid for update", fails: true},
		{expression: "SET Brand.Deeper = :n", values: `{":n":1}`, want: "The document path provided in the update expression is invalid for update", fails: true},
		{expression: "ADD Brand :n", values: `{":n":1}`, want: "An operand in the update expression has an incorrect data type", fails: true},
		{expression: "ADD Price :s", values: `{":s":"1"}`, want: "Incorrect operand type for operator or function; operator: ADD", fails: true},
		{expression: "DELETE Color :s", values: `{":s":"Red"}`, want: "Incorrect operand type for operator or function; operator: DELETE", fails: true},
		{expression: "DELETE Color :s", values: `{":s":{"$NS":[1]}}`, want: "An operand in the update expression has an incorrect data type", fails: true},
		{expression: "SET Tags = list_append(Tags, :s)", values: `{":s":"b"}`, want: "Incorrect operand type for operator or function; operator or function: list_append", fails: true},
		{expression: "SET Price = :a SET Brand = :a", values: `{":a":1}`, want: `Invalid UpdateExpression: The "SET" section can only be used once in an update expression;`, fails: true},
		{expression: "SET Price = :a, Price = :b", values: `{":a":1,":b":2}`, want: "Two document paths overlap with each other; must remove or rewrite one of these paths; path one: [Price], path two: [Price]", fails: true},
		{expression: "SET Dim = :a, Dim.W = :b", values: `{":a":{},":b":2}`, want: "Two document paths overlap with each other", fails: true},
		{expression: "SET Id = :a", values: `{":a":2}`, want: "One or more parameter values were invalid: Cannot update attribute Id. This attribute is part of the key", fails: true},
		{expression: "SET Price = :a", values: `{":a":1,":b":2}`, want: "Value provided in ExpressionAttributeValues unused in expressions: keys: {:b}", fails: true},
		{expression: "SET Price = :a", values: `{":b":2}`, want: "Invalid UpdateExpression: An expression attribute value used in expression is not defined; attribute value: :a", fails: true},
		{expression: "SET #p = :a", values: `{":a":2}`, want: "Invalid UpdateExpression: An expression attribute name used in the document path is not defined; attribute name: #p", fails: true},
		{expression: "SET Price := :a", values: `{":a":2}`, want: "Invalid UpdateExpression: Syntax error; token:", fails: true},
		{expression: "", want: "Invalid UpdateExpression: The expression can not be empty;", fails: true},
		{expression: "SET Tags[-1] = :a", values: `{":a":2}`, want: "Invalid UpdateExpression: Syntax error;", fails: true},
	})
}
