package main

import (
	"slices"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"google.golang.org/protobuf/encoding/protowire"
)

// record builds one record as the package holds it, with a field this reader does not know.
func record(id int64, name string, population uint64, lon, lat int64) []byte {
	var b []byte
	varint := func(field protowire.Number, value uint64) {
		b = protowire.AppendTag(b, field, protowire.VarintType)
		b = protowire.AppendVarint(b, value)
	}
	text := func(field protowire.Number, value string) {
		b = protowire.AppendTag(b, field, protowire.BytesType)
		b = protowire.AppendString(b, value)
	}
	varint(fieldID, protowire.EncodeZigZag(id))
	text(fieldName, name)
	text(fieldCountry, "DE")
	text(5, "unknown")
	varint(fieldPopulation, population)
	varint(fieldLon, protowire.EncodeZigZag(lon))
	varint(fieldLat, protowire.EncodeZigZag(lat))
	return protowire.AppendBytes(nil, b)
}

func TestParseCities(t *testing.T) {
	data := slices.Concat(record(7, "Köln", 1_000_000, 695_000, 5_093_333), record(8, "Ulm", 120_000, 304_000, -253_333))
	cities, err := parseCities(data)
	if err != nil {
		t.Fatal(err)
	}
	want := []city{
		{id: 7, name: "Köln", country: "DE", population: 1_000_000, lon: 695_000, lat: 5_093_333},
		{id: 8, name: "Ulm", country: "DE", population: 120_000, lon: 999_000, lat: 4_840_000},
	}
	if !slices.Equal(cities, want) {
		t.Errorf("%+v", cities)
	}
	for cut := 1; cut < len(data); cut++ {
		if cities, err := parseCities(data[:cut]); err == nil && len(cities) != 1 {
			t.Errorf("the first %d bytes gave %d cities and no error", cut, len(cities))
		}
	}
}

func TestDegrees(t *testing.T) {
	for value, want := range map[int64]string{0: "0.00000", 5: "0.00005", -5: "-0.00005", -12_345_678: "-123.45678", 100_000: "1.00000"} {
		if got := show(item{"x": degrees(value)}, "x"); got != want {
			t.Errorf("%d is %s, want %s", value, got, want)
		}
	}
}

func TestCommand(t *testing.T) {
	got := command(&dynamodb.QueryInput{
		TableName: aws.String("Cities"), IndexName: aws.String(byName),
		KeyConditionExpression:    aws.String("country = :c AND begins_with(#n, :p)"),
		ExpressionAttributeNames:  map[string]string{"#n": "name"},
		ExpressionAttributeValues: item{":c": text("FR"), ":p": text("L'")},
		ScanIndexForward:          aws.Bool(false), Limit: aws.Int32(3),
	})
	want := `$ aws dynamodb query --table-name Cities --index-name ByName \
    --key-condition-expression 'country = :c AND begins_with(#n, :p)' \
    --expression-attribute-names '{"#n":"name"}' \
    --expression-attribute-values '{":c":{"S":"FR"},":p":{"S":"L'\''"}}' \
    --no-scan-index-forward \
    --max-items 3`
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestQuestionsOfTheList(t *testing.T) {
	cities := []city{
		{name: "Ulm", country: "DE", population: 300_000}, {name: "Bonn", country: "DE", population: 2_000_000},
		{name: "Uelzen", country: "DE", population: 900_000}, {name: "Ulm", country: "US", population: 500_000},
	}
	all := questions(options{country: "DE", prefix: "U"}, cities)
	for i, want := range [][]string{{"Bonn", "Uelzen", "Ulm"}, {"Uelzen", "Ulm"}, {"2000000", "900000", "300000"}, {"900000", "300000"}} {
		if !slices.Equal(all[i].expect, want) {
			t.Errorf("%s: %v, want %v", all[i].words, all[i].expect, want)
		}
	}
}
