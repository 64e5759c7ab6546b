package main

import (
	"encoding/json"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// command writes a query as the AWS CLI call that asks the same. It is made from the query that is sent, so that the
// two cannot differ.
func command(input *dynamodb.QueryInput) string {
	lines := []string{"$ aws dynamodb query --table-name " + quote(aws.ToString(input.TableName)) +
		" --index-name " + quote(aws.ToString(input.IndexName))}
	add := func(flag, value string) { lines = append(lines, "    "+flag+" "+quote(value)) }
	add("--key-condition-expression", aws.ToString(input.KeyConditionExpression))
	if len(input.ExpressionAttributeNames) > 0 {
		add("--expression-attribute-names", encode(input.ExpressionAttributeNames))
	}
	add("--expression-attribute-values", encode(plain(input.ExpressionAttributeValues)))
	if input.ScanIndexForward != nil && !*input.ScanIndexForward {
		lines = append(lines, "    --no-scan-index-forward")
	}
	if input.Limit != nil {
		add("--max-items", encode(*input.Limit))
	}
	return strings.Join(lines, " \\\n")
}

// plain gives attribute values as the JSON that the command line takes.
func plain(values item) map[string]map[string]string {
	object := map[string]map[string]string{}
	for name, value := range values {
		switch value := value.(type) {
		case *types.AttributeValueMemberS:
			object[name] = map[string]string{"S": value.Value}
		case *types.AttributeValueMemberN:
			object[name] = map[string]string{"N": value.Value}
		}
	}
	return object
}

func encode(value any) string {
	encoded, err := json.Marshal(value)
	if err != nil {
		return err.Error() // strings, numbers and maps of them: there is no such error
	}
	return string(encoded)
}

// quote makes one word of a shell out of a text.
func quote(text string) string {
	const plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./"
	if text != "" && strings.Trim(text, plain) == "" {
		return text
	}
	return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
}
