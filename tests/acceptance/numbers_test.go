package acceptance

import (
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

const (
	overflow  = "Number overflow. Attempting to store a number with magnitude larger than supported range"
	underflow = "Number underflow. Attempting to store a number with magnitude smaller than supported range"
	precise   = "Attempting to store more than 38 significant digits in a Number"
)

// What a number looks like when it is read again: leading and trailing zeroes are trimmed, 38 digits, magnitudes of
// 1E-130 to 9.99…E+125:
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html#HowItWorks.DataTypes.Number
func TestNumber(t *testing.T) {
	table := things(t)
	nines := strings.Repeat("9", 38)
	for _, c := range []struct{ given, read, message string }{
		{given: "-0.0", read: "0"},
		{given: "0e10", read: "0"},
		{given: "+5", read: "5"},
		{given: "5.", read: "5"},
		{given: "-.5e1", read: "-5"},
		{given: nines, read: nines},
		{given: "-" + nines, read: "-" + nines},
		{given: "0." + nines, read: "0." + nines},
		{given: "1" + strings.Repeat("0", 37), read: "1" + strings.Repeat("0", 37)},
		{given: nines + "000", read: nines + "000"},
		{given: "1.0000000000000000000000000000000000001", read: "1.0000000000000000000000000000000000001"},
		{given: "0.00000000000000000000000000000000000000000000000001", read: "0.00000000000000000000000000000000000000000000000001"},
		{given: nines + "9", message: precise},
		{given: "1.00000000000000000000000000000000000001", message: precise},
		{given: "-1e126", message: overflow},
		{given: "9.99999999999999999999999999999999999999E+126", message: ""},
		{given: "-1e-131", message: underflow},
		{given: "1,5", message: "The parameter cannot be converted to a numeric value: 1,5"},
		{given: "0x10", message: "The parameter cannot be converted to a numeric value: 0x10"},
		{given: "1 ", message: "The parameter cannot be converted to a numeric value: 1 "},
		{given: "Infinity", message: "The parameter cannot be converted to a numeric value: Infinity"},
		{given: "1e", message: "The parameter cannot be converted to a numeric value: 1e"},
		{given: "--1", message: "The parameter cannot be converted to a numeric value: --1"},
	} {
		t.Run(c.given, func(t *testing.T) {
			k := key(fresh("number"))
			_, err := client(t).PutItem(t.Context(), &dynamodb.PutItemInput{TableName: &table, Item: with(k, item{"n": n(c.given)})})
			if c.read == "" {
				fails(t, err, invalid, c.message)
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			equal(t, get(t, table, k), item{"n": n(c.read)}, "pk")
		})
	}
}

func TestGreatAndSmallNumbers(t *testing.T) {
	table := things(t)
	for _, c := range [][2]string{
		{"1e125", "1" + strings.Repeat("0", 125)},
		{"-1e125", "-1" + strings.Repeat("0", 125)},
		{"9.9999999999999999999999999999999999999E+125", strings.Repeat("9", 38) + strings.Repeat("0", 88)},
		{"1e-130", "0." + strings.Repeat("0", 129) + "1"},
		{"-1e-130", "-0." + strings.Repeat("0", 129) + "1"},
	} {
		k := key(fresh("number"))
		put(t, table, with(k, item{"n": n(c[0])}))
		// Whether it is read as digits or with an exponent, it is this number.
		for _, given := range c {
			_, err := client(t).PutItem(t.Context(), &dynamodb.PutItemInput{TableName: &table, Item: with(k, item{"n": n(given)}),
				ConditionExpression: aws.String("n = :v"), ExpressionAttributeValues: item{":v": n(given)}})
			if err != nil {
				t.Errorf("%s: %v", given, err)
			}
		}
	}
}

// Arithmetic is exact up to 38 digits; what does not fit is an error.
func TestArithmetic(t *testing.T) {
	nines := strings.Repeat("9", 38)
	for _, u := range []update{
		{name: "to 1 and 37 zeroes", before: `"a":{"N":"` + strings.Repeat("9", 37) + `"}`, expression: "ADD a :v", values: `":v":{"N":"1"}`,
			after: `"a":{"N":"1` + strings.Repeat("0", 37) + `"}`},
		{name: "to 1 and 38 zeroes", before: `"a":{"N":"` + nines + `"}`, expression: "ADD a :v", values: `":v":{"N":"1"}`,
			after: `"a":{"N":"1` + strings.Repeat("0", 38) + `"}`},
		{name: "to zero", before: `"a":{"N":"1.5"}`, expression: "SET a = a - :v", values: `":v":{"N":"1.50"}`, after: `"a":{"N":"0"}`},
		{name: "a small part", before: `"a":{"N":"1"}`, expression: "SET a = a + :v", values: `":v":{"N":"1e-37"}`,
			after: `"a":{"N":"1.0000000000000000000000000000000000001"}`},
		{name: "minus minus", before: `"a":{"N":"1"}`, expression: "SET a = a - :v", values: `":v":{"N":"-1"}`, after: `"a":{"N":"2"}`},
		{name: "overflow", before: `"a":{"N":"9` + strings.Repeat("0", 125) + `"}`, expression: "ADD a :v", values: `":v":{"N":"9e125"}`, code: invalid, message: overflow},
		{name: "set overflow", before: `"a":{"N":"-9` + strings.Repeat("0", 125) + `"}`, expression: "SET a = a - :v", values: `":v":{"N":"9e125"}`, code: invalid, message: overflow},
	} {
		t.Run(u.name, u.run)
	}
}

// Numbers sort by value, negative ones too.
func TestNumbersSort(t *testing.T) {
	table := shared(t, "numbered", "pk S", "sk N")
	k := s(fresh("sort"))
	sorted := []string{"-1e125", "-100", "-99.9", "-1", "-0.5", "-1e-130", "0", "1e-130", "0.001", "0.5", "1", "1.5", "9", "10", "1e20", "1e125"}
	for i := range sorted {
		put(t, table, item{"pk": k, "sk": n(sorted[(i*7)%len(sorted)])})
	}
	out, err := client(t).Query(t.Context(), &dynamodb.QueryInput{TableName: &table, KeyConditionExpression: aws.String("pk = :k"), ExpressionAttributeValues: item{":k": k}})
	if err != nil || len(out.Items) != len(sorted) {
		t.Fatalf("%d items: %v", len(out.Items), err)
	}
	for i, it := range out.Items {
		read := it["sk"].(*types.AttributeValueMemberN).Value
		if !strings.Contains(sorted[i], "e") && read != sorted[i] {
			t.Errorf("at %d is %s, want %s", i, read, sorted[i])
		}
	}
	// 1 and 1.0 are one key.
	out2, err := client(t).GetItem(t.Context(), &dynamodb.GetItemInput{TableName: &table, Key: item{"pk": k, "sk": n("1.50")}})
	if err != nil || out2.Item == nil {
		t.Errorf("1.50 is not 1.5: %v", err)
	}
}
