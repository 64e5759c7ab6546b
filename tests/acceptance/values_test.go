package acceptance

import (
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

const (
	wrong = "One or more parameter values were invalid: "
	full  = 400 * 1024 // bytes of an item, names and values
)

// Values are read as they were written. Strings and binaries may be empty if they are no keys:
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html
func TestValue(t *testing.T) {
	table := things(t)
	for name, text := range map[string]string{
		"empty string":                `"a":{"S":""}`,
		"empty binary":                `"a":{"B":""}`,
		"empty list and map":          `"l":{"L":[]},"m":{"M":{}}`,
		"empty string in a list":      `"l":{"L":[{"S":""},{"B":""}]}`,
		"empty string in a set":       `"ss":{"SS":["","x"]}`,
		"empty binary in a set":       `"bs":{"BS":["","AQ=="]}`,
		"null, true and false":        `"n":{"NULL":true},"t":{"BOOL":true},"f":{"BOOL":false}`,
		"types mixed in a list":       `"l":{"L":[{"N":"1"},{"S":"1"},{"B":"MQ=="},{"NULL":true},{"BOOL":false},{"SS":["a"]},{"NS":["1"]},{"BS":["AA=="]},{"L":[]},{"M":{}}]}`,
		"all bytes":                   `"b":{"B":"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gf4CBgoOEhYaHiImKi/z9/v8="}`,
		"characters of three planes":  `"a":{"S":"ä€😀\u0000\u001f\u2028\ufeff"}`,
		"names of strange characters": `"a b":{"S":"1"},"ü.[0]":{"S":"2"},"#:$":{"S":"3"},"😀":{"S":"4"}`,
		"a number set's normal form":  `"ns":{"NS":["1","2.5","-3"]}`,
		"lists keep duplicates":       `"l":{"L":[{"N":"1"},{"N":"1"}]}`,
		"attribute names of one case": `"a":{"N":"1"},"A":{"N":"2"}`,
		"a map in a map in a map":     `"m":{"M":{"m":{"M":{"m":{"M":{"x":{"S":"y"}}}}}}}`,
		"quotation marks and slashes": `"a":{"S":"\"\\/\b\f\n\r\t</script>&"}`,
		"an empty string in a map":    `"m":{"M":{"a":{"S":""}}}`,
	} {
		t.Run(name, func(t *testing.T) {
			k, given := key(fresh("value")), values(t, text)
			put(t, table, with(k, given))
			equal(t, get(t, table, k), given, "pk")
		})
	}
}

func TestValueErrors(t *testing.T) {
	table := things(t)
	for _, c := range []struct {
		name    string
		value   types.AttributeValue
		message string
	}{
		{"empty string set", &types.AttributeValueMemberSS{Value: []string{}}, wrong + "An string set  may not be empty"},
		{"empty number set", &types.AttributeValueMemberNS{Value: []string{}}, wrong + "An number set  may not be empty"},
		{"empty binary set", &types.AttributeValueMemberBS{Value: [][]byte{}}, wrong + "Binary sets should not be empty"},
		{"duplicate strings", &types.AttributeValueMemberSS{Value: []string{"a", "b", "a"}}, wrong + "Input collection [a, b, a] contains duplicates."},
		{"duplicate numbers", &types.AttributeValueMemberNS{Value: []string{"1", "1.0"}}, "Input collection contains duplicates"},
		{"duplicate binaries", &types.AttributeValueMemberBS{Value: [][]byte{{1}, {1}}}, wrong + "Input collection [AQ==, AQ==]of type BS contains duplicates."},
		{"null that is false", &types.AttributeValueMemberNULL{Value: false}, wrong + "Null attribute value types must have the value of true"},
		{"no number in a set", &types.AttributeValueMemberNS{Value: []string{"x"}}, "The parameter cannot be converted to a numeric value: x"},
		{"in a list", &types.AttributeValueMemberL{Value: []types.AttributeValue{&types.AttributeValueMemberSS{Value: []string{}}}}, wrong + "An string set  may not be empty"},
		{"in a map", &types.AttributeValueMemberM{Value: item{"a": n("x")}}, "The parameter cannot be converted to a numeric value: x"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := client(t).PutItem(t.Context(), &dynamodb.PutItemInput{TableName: &table, Item: with(key("x"), item{"a": c.value})})
			fails(t, err, invalid, c.message)
		})
		t.Run(c.name+" in an expression", func(t *testing.T) {
			_, err := client(t).UpdateItem(t.Context(), &dynamodb.UpdateItemInput{TableName: &table, Key: key("x"), UpdateExpression: aws.String("SET a = :v"),
				ExpressionAttributeValues: item{":v": c.value}})
			message := strings.TrimPrefix(c.message, wrong)
			if message != c.message { // users' quotes
				message = "ExpressionAttributeValues contains invalid value: " + wrong + message + " for key :v"
			} else {
				message = "ExpressionAttributeValues contains invalid value: " + message + " for key :v"
			}
			fails(t, err, invalid, message)
		})
	}
}

// "Nested attributes: up to 32 levels deep".
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html
func TestNesting(t *testing.T) {
	table := things(t)
	for _, kind := range []string{"list", "map"} {
		nested := func(levels int) types.AttributeValue {
			v := s("x")
			for range levels {
				if kind == "list" {
					v = &types.AttributeValueMemberL{Value: []types.AttributeValue{v}}
				} else {
					v = &types.AttributeValueMemberM{Value: item{"a": v}}
				}
			}
			return v
		}
		k := key(fresh("nested"))
		deep := item{"a": nested(31)}
		put(t, table, with(k, deep))
		equal(t, get(t, table, k), deep, "pk")
		_, err := client(t).PutItem(t.Context(), &dynamodb.PutItemInput{TableName: &table, Item: with(k, item{"a": nested(33)})})
		fails(t, err, invalid, "Nesting Levels have exceeded supported limits…")
	}
}

// An item has at most 400 KB, its names included:
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html#ItemSizeCalculations
func TestItemSize(t *testing.T) {
	table := things(t)
	k := key(fresh("size"))
	used := len("pk") + len(k["pk"].(*types.AttributeValueMemberS).Value)
	whole := full - used - len("a")
	db := client(t)
	putSize := func(v types.AttributeValue) error {
		_, err := db.PutItem(t.Context(), &dynamodb.PutItemInput{TableName: &table, Item: with(k, item{"a": v})})
		return err
	}
	for _, c := range []struct {
		name string
		make func(bytes int) types.AttributeValue
	}{
		{"string", func(b int) types.AttributeValue { return s(strings.Repeat("x", b)) }},
		{"binary", func(b int) types.AttributeValue { return &types.AttributeValueMemberB{Value: make([]byte, b)} }},
		{"UTF-8", func(b int) types.AttributeValue { return s(strings.Repeat("€", b/3) + strings.Repeat("x", b%3)) }},
		// A list has 3 bytes, and 1 for each element.
		{"list", func(b int) types.AttributeValue {
			return &types.AttributeValueMemberL{Value: []types.AttributeValue{s(strings.Repeat("x", b-4))}}
		}},
		{"set", func(b int) types.AttributeValue {
			return &types.AttributeValueMemberSS{Value: []string{strings.Repeat("x", b-10), "0123456789"}}
		}},
		// A number has a byte for two digits, and one more.
		{"with numbers", func(b int) types.AttributeValue {
			return &types.AttributeValueMemberL{Value: []types.AttributeValue{n("1234"), &types.AttributeValueMemberBOOL{Value: true}, &types.AttributeValueMemberNULL{Value: true}, s(strings.Repeat("x", b-3-4-3-1-1))}}
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if err := putSize(c.make(whole)); err != nil {
				t.Errorf("400 KB: %v", err)
			}
			fails(t, putSize(c.make(whole+1)), invalid, "Item size has exceeded the maximum allowed size")
		})
	}
	t.Run("update", func(t *testing.T) {
		if err := putSize(s(strings.Repeat("x", whole))); err != nil {
			t.Fatal(err)
		}
		_, err := db.UpdateItem(t.Context(), &dynamodb.UpdateItemInput{TableName: &table, Key: k, UpdateExpression: aws.String("SET b = :v"), ExpressionAttributeValues: item{":v": s("x")}})
		fails(t, err, invalid, "Item size to update has exceeded the maximum allowed size")
		_, err = db.UpdateItem(t.Context(), &dynamodb.UpdateItemInput{TableName: &table, Key: k, UpdateExpression: aws.String("REMOVE a SET b = :v"), ExpressionAttributeValues: item{":v": s("x")}})
		if err != nil {
			t.Error(err)
		}
	})
}

// Partition keys have 1 to 2048 bytes, sort keys 1 to 1024.
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html
func TestKeySize(t *testing.T) {
	db := client(t)
	strs, bins := lists(t), shared(t, "binaries", "pk B", "sk B")
	str := func(n int) types.AttributeValue { return s(strings.Repeat("k", n)) }
	bin := func(n int) types.AttributeValue { return &types.AttributeValueMemberB{Value: make([]byte, n)} }
	const (
		noString = "One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty string value. Key: "
		noBinary = "One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty binary value. Key: "
		hash     = wrong + "Size of hashkey has exceeded the maximum size limit of2048 bytes"
		sort     = wrong + "Aggregated size of all range keys has exceeded the size limit of 1024 bytes"
	)
	for _, c := range []struct {
		name, table string
		pk, sk      types.AttributeValue
		message     string
	}{
		{"longest", strs, str(2048), str(1024), ""},
		{"longest binary", bins, bin(2048), bin(1024), ""},
		{"shortest", strs, str(1), str(1), ""},
		{"partition key", strs, str(2049), str(1), hash},
		{"partition key of three-byte characters", strs, s(strings.Repeat("€", 683)), str(1), hash},
		{"sort key", strs, str(1), str(1025), sort},
		{"binary partition key", bins, bin(2049), bin(1), hash},
		{"binary sort key", bins, bin(1), bin(1025), sort},
		{"no partition key", strs, str(0), str(1), noString + "pk"},
		{"no sort key", strs, str(1), str(0), noString + "sk"},
		{"no binary partition key", bins, bin(0), bin(1), noBinary + "pk"},
		{"no binary sort key", bins, bin(1), bin(0), noBinary + "sk"},
	} {
		t.Run(c.name, func(t *testing.T) {
			k := item{"pk": c.pk, "sk": c.sk}
			_, errPut := db.PutItem(t.Context(), &dynamodb.PutItemInput{TableName: &c.table, Item: k})
			_, errGet := db.GetItem(t.Context(), &dynamodb.GetItemInput{TableName: &c.table, Key: k})
			_, errUpdate := db.UpdateItem(t.Context(), &dynamodb.UpdateItemInput{TableName: &c.table, Key: k})
			_, errDelete := db.DeleteItem(t.Context(), &dynamodb.DeleteItemInput{TableName: &c.table, Key: k})
			for _, err := range []error{errPut, errGet, errUpdate, errDelete} {
				if c.message != "" {
					fails(t, err, invalid, c.message)
				} else if err != nil {
					t.Error(err)
				}
			}
		})
	}
}
