package main

import (
	"strconv"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

type item = map[string]types.AttributeValue

func text(value string) types.AttributeValue { return &types.AttributeValueMemberS{Value: value} }

func number(value int64) types.AttributeValue {
	return &types.AttributeValueMemberN{Value: strconv.FormatInt(value, 10)}
}

// degrees writes a coordinate as the exact decimal it is, which a float would not be.
func degrees(value int64) types.AttributeValue {
	sign := ""
	if value < 0 {
		sign, value = "-", -value
	}
	digits := strconv.FormatInt(100_000+value%100_000, 10)[1:]
	return &types.AttributeValueMemberN{Value: sign + strconv.FormatInt(value/100_000, 10) + "." + digits}
}

func (c city) item() item {
	i := item{
		"id": number(c.id), "name": text(c.name), "country": text(c.country), "population": number(c.population),
		"lat": degrees(c.lat), "lon": degrees(c.lon),
	}
	if c.region != "" {
		i["region"] = text(c.region)
	}
	if c.feature != "" {
		i["feature"] = text(c.feature)
	}
	return i
}

// show reads a string or a number out of an item.
func show(i item, name string) string {
	switch value := i[name].(type) {
	case *types.AttributeValueMemberS:
		return value.Value
	case *types.AttributeValueMemberN:
		return value.Value
	}
	return ""
}
