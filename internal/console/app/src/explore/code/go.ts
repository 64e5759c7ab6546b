// A program in Go with the AWS SDK, version 2. Its inputs are structs, so the type of each member is needed.
import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { encodeBase64, typeOf, type Type } from "../values";
import { isCount, isSearch, members, type Call } from "./call";

export function go(call: Call): string {
  const body = isSearch(call) ? search(call) : call.operation === "ExecuteStatement" ? statement(call) : single(call);
  const imports = [
    "context",
    body.includes("base64.") && "encoding/base64",
    body.includes("fmt.") && "fmt",
    "log",
    "",
    body.includes("aws.") && "github.com/aws/aws-sdk-go-v2/aws",
    "github.com/aws/aws-sdk-go-v2/config",
    "github.com/aws/aws-sdk-go-v2/service/dynamodb",
    body.includes("types.") && "github.com/aws/aws-sdk-go-v2/service/dynamodb/types",
  ].filter((path) => path !== false);
  const decode = body.includes("decode(") ? decoder : "";
  return `package main

import (
${imports.map((path) => (path ? `\t"${path}"` : "")).join("\n")}
)

func main() {
	ctx := context.Background()
	cfg, err := config.LoadDefaultConfig(ctx)
	if err != nil {
		log.Fatal(err)
	}
	client := dynamodb.NewFromConfig(cfg)
${body}}
${decode}`;
}

const decoder = `
func decode(text string) []byte {
	b, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		log.Fatal(err)
	}
	return b
}
`;

const failed = (depth: number) => {
  const tabs = "\t".repeat(depth);
  return `${tabs}if err != nil {\n${tabs}\tlog.Fatal(err)\n${tabs}}\n`;
};

function search(call: Call): string {
  const count = isCount(call);
  const each = count ? "\t\tcount += page.Count\n" : "\t\tfor _, item := range page.Items {\n\t\t\tfmt.Println(item)\n\t\t}\n";
  return `	pages := dynamodb.New${call.operation}Paginator(client, ${input(call)})
${count ? "\tcount := int32(0)\n" : ""}	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
${failed(2)}${each}	}
${count ? "\tfmt.Println(count)\n" : ""}`;
}

const statement = (call: Call) => `	input := ${input(call)}
	for {
		page, err := client.ExecuteStatement(ctx, input)
${failed(2)}		for _, item := range page.Items {
			fmt.Println(item)
		}
		if page.NextToken == nil {
			return
		}
		input.NextToken = page.NextToken
	}
`;

const single = (call: Call) => `	_, err = client.${call.operation}(ctx, ${input(call)})\n${failed(1)}`;

const input = (call: Call) => struct(`&dynamodb.${call.operation}Input`, call.input, 1);

// The SDK has these as types of their own, which a constant text converts to; other texts are pointers.
const enums = new Set(["Select", "ReturnValues", "ReturnValuesOnConditionCheckFailure"]);
const values = "map[string]types.AttributeValue";

function struct(type: string, fields: object, depth: number): string {
  return block(type, members(fields).map(([name, value]) => `${name}: ${member(name, value, depth + 1)}`), depth);
}

function member(name: string, value: unknown, depth: number): string {
  if (typeof value === "string") return enums.has(name) ? quote(value) : `aws.String(${quote(value)})`;
  if (typeof value === "boolean") return `aws.Bool(${value})`;
  switch (name) {
    case "ExpressionAttributeNames":
      return map("map[string]string", value as Record<string, string>, quote, depth);
    case "Item":
    case "Key":
    case "ExpressionAttributeValues":
      return map(values, value as Record<string, AttributeValue>, (v) => attribute(v, depth + 1), depth);
    case "TransactItems":
      return list("[]types.TransactWriteItem", value as object[], (v) => struct("", v, depth + 1), depth);
    case "Put":
    case "Delete":
      return struct(`&types.${name}`, value as object, depth);
    default:
      throw new Error(`no type of ${name} is known`);
  }
}

function attribute(value: AttributeValue, depth: number): string {
  const type = typeOf(value);
  const known = value as unknown as Record<Type, never>;
  const of = (text: string) => `&types.AttributeValueMember${type}{Value: ${text}}`;
  switch (type) {
    case "S":
    case "N":
      return of(quote(known[type]));
    case "B":
      return of(bytes(known.B));
    case "BOOL":
    case "NULL":
      return of(String(known[type]));
    case "SS":
    case "NS":
      return of(list("[]string", known[type] as string[], quote, depth));
    case "BS":
      return of(list("[][]byte", known.BS as Uint8Array[], bytes, depth));
    case "L":
      return of(list("[]types.AttributeValue", known.L as AttributeValue[], (v) => attribute(v, depth + 1), depth));
    case "M":
      return of(map(values, known.M as Record<string, AttributeValue>, (v) => attribute(v, depth + 1), depth));
  }
}

const bytes = (b: Uint8Array) => `decode(${quote(encodeBase64(b))})`;

// Go knows the escapes of JSON; halves of characters, which it doesn't, become the sign for what is unreadable.
const quote = (text: string) =>
  JSON.stringify(text.replace(/[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g, "\uFFFD")).replaceAll("\uFEFF", "\\uFEFF");

const list = <T>(type: string, items: T[], write: (item: T) => string, depth: number) => block(type, items.map(write), depth);

const map = <T>(type: string, items: Record<string, T>, write: (item: T) => string, depth: number) =>
  block(type, Object.entries(items).map(([name, value]) => `${quote(name)}: ${write(value)}`), depth);

function block(type: string, lines: string[], depth: number): string {
  const tabs = "\t".repeat(depth);
  return lines.length ? `${type}{\n${lines.map((line) => `${tabs}\t${line},\n`).join("")}${tabs}}` : `${type}{}`;
}
