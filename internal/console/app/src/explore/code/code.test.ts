// That the programs run is tested in tests/browser, where they are run.
import { expect, test } from "vitest";
import type { Call } from "./call";
import { cli } from "./cli";
import { go } from "./go";
import { javascript } from "./javascript";
import { python } from "./python";

const query: Call = {
  operation: "Query",
  input: {
    TableName: "Music",
    KeyConditionExpression: "#a = :a",
    ScanIndexForward: false,
    ExpressionAttributeNames: { "#a": "Artist" },
    ExpressionAttributeValues: { ":a": { S: "it's \"$HOME\" \\ `x`\n" } },
  },
};

test("nothing in a shell's word means anything", () => {
  expect(cli(query)).toBe(`aws dynamodb query \\
    --table-name Music \\
    --key-condition-expression '#a = :a' \\
    --no-scan-index-forward \\
    --expression-attribute-names '{"#a":"Artist"}' \\
    --expression-attribute-values '{":a":{"S":"it'\\''s \\"$HOME\\" \\\\ \`x\`\\n"}}'
`);
  expect(cli({ operation: "Scan", input: { TableName: "-x" } })).toContain("--table-name=-x");
});

test("texts are escaped", () => {
  for (const write of [python, javascript, go]) expect(write(query)).toContain('"it\'s \\"$HOME\\" \\\\ `x`\\n"');
});

test("binary values", () => {
  const put: Call = { operation: "PutItem", input: { TableName: "T", Item: { id: { S: "a" }, b: { B: new Uint8Array([1, 2]) } } } };
  expect(cli(put)).toContain('"b":{"B":"AQI="}');
  expect(python(put)).toContain('base64.b64decode("AQI=")');
  expect(javascript(put)).toContain('Buffer.from("AQI=", "base64")');
  expect(go(put)).toContain('Value: decode("AQI=")');
});

test("Go's types", () => {
  const text = go(query);
  expect(text).toContain("ScanIndexForward: aws.Bool(false)");
  expect(text).toContain("ExpressionAttributeNames: map[string]string{");
  expect(text).toContain('":a": &types.AttributeValueMemberS{Value: ');
});
