package main

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
)

const (
	shown      = 5 // items printed of a long answer
	topCities  = 10
	lowerBound = 250_000
	upperBound = 1_000_000
)

// question is one query: in words, for the server, and of the list in memory, whose answer has to be the same. The
// two are compared by the sort key of the index, because the order of equal keys is nobody's to promise.
type question struct {
	words  string
	input  dynamodb.QueryInput
	sorted string // the attribute the answer is in the order of
	expect []string
}

func questions(o options, cities []city) []question {
	var inCountry []city
	for _, c := range cities {
		if c.country == o.country {
			inCountry = append(inCountry, c)
		}
	}
	name := func(c city) string { return c.name }
	population := func(c city) string { return strconv.FormatInt(c.population, 10) }
	ofNames := slices.SortedFunc(slices.Values(inCountry), func(a, b city) int { return cmp.Compare(a.name, b.name) })
	ofPeople := slices.SortedFunc(slices.Values(inCountry), func(a, b city) int { return cmp.Compare(b.population, a.population) })

	country := item{":c": text(o.country)}
	return []question{
		{
			words:  "All cities of " + o.country + ", by name",
			input:  dynamodb.QueryInput{TableName: &o.table, IndexName: aws.String(byName), KeyConditionExpression: aws.String("country = :c"), ExpressionAttributeValues: country},
			sorted: "name",
			expect: list(ofNames, name),
		},
		{
			words: fmt.Sprintf("Cities of %s whose name begins with %q", o.country, o.prefix),
			input: dynamodb.QueryInput{
				TableName: &o.table, IndexName: aws.String(byName),
				KeyConditionExpression:    aws.String("country = :c AND begins_with(#n, :p)"),
				ExpressionAttributeNames:  map[string]string{"#n": "name"}, // "name" is one of DynamoDB's reserved words
				ExpressionAttributeValues: item{":c": text(o.country), ":p": text(o.prefix)},
			},
			sorted: "name",
			expect: list(slices.DeleteFunc(slices.Clone(ofNames), func(c city) bool { return !strings.HasPrefix(c.name, o.prefix) }), name),
		},
		{
			words: fmt.Sprintf("The %d biggest cities of %s", topCities, o.country),
			input: dynamodb.QueryInput{
				TableName: &o.table, IndexName: aws.String(byPopulation), KeyConditionExpression: aws.String("country = :c"),
				ExpressionAttributeValues: country, ScanIndexForward: aws.Bool(false), Limit: aws.Int32(topCities),
			},
			sorted: "population",
			expect: list(ofPeople[:min(topCities, len(ofPeople))], population),
		},
		{
			words: fmt.Sprintf("Cities of %s with %d to %d inhabitants, biggest first", o.country, lowerBound, upperBound),
			input: dynamodb.QueryInput{
				TableName: &o.table, IndexName: aws.String(byPopulation),
				KeyConditionExpression:    aws.String("country = :c AND population BETWEEN :low AND :high"),
				ExpressionAttributeValues: item{":c": text(o.country), ":low": number(lowerBound), ":high": number(upperBound)},
				ScanIndexForward:          aws.Bool(false),
			},
			sorted: "population",
			expect: list(slices.DeleteFunc(slices.Clone(ofPeople), func(c city) bool { return c.population < lowerBound || c.population > upperBound }), population),
		},
	}
}

func list(cities []city, of func(city) string) []string {
	var values []string
	for _, c := range cities {
		values = append(values, of(c))
	}
	return values
}

// askAll asks every question, prints the answers and fails at the first that is not the expected one.
func askAll(ctx context.Context, client *dynamodb.Client, o options, cities []city) (int, error) {
	all := questions(o, cities)
	for _, q := range all {
		if err := q.ask(ctx, client); err != nil {
			return 0, fmt.Errorf("%s: %w", q.words, err)
		}
	}
	return len(all), nil
}

func (q *question) ask(ctx context.Context, client *dynamodb.Client) error {
	fmt.Printf("\n%s\n%s\n", q.words, command(&q.input))
	began := time.Now()
	var items []item
	pages := 0
	for paginator := dynamodb.NewQueryPaginator(client, &q.input); paginator.HasMorePages(); {
		page, err := paginator.NextPage(ctx)
		if err != nil {
			return err
		}
		items = append(items, page.Items...)
		if pages++; q.input.Limit != nil { // it asks for one page
			break
		}
	}
	took := time.Since(began)

	most := shown
	if q.input.Limit != nil {
		most = int(*q.input.Limit)
	}
	for i, one := range items {
		if i == most {
			fmt.Println("  …")
			break
		}
		fmt.Printf("  %-32s %12s inhabitants\n", show(one, "name"), show(one, "population"))
	}
	fmt.Printf("  %d items, %d page(s), %s\n", len(items), pages, took.Round(10*time.Microsecond))

	var got []string
	for _, one := range items {
		got = append(got, show(one, q.sorted))
	}
	if !slices.Equal(got, q.expect) {
		return fmt.Errorf("the answer has %d items and is not the list of %d that was expected", len(got), len(q.expect))
	}
	return nil
}
