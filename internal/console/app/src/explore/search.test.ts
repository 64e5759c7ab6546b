import { expect, test } from "vitest";
import { change, merged } from "./changes";
import { parsePath } from "./expression";
import { schemaOf } from "./schema";
import { everything, noCondition, toRequest, type Filter, type Operator, type Search } from "./search";
import type { Item, Type } from "./values";

const schema = schemaOf({
  TableName: "Music",
  KeySchema: [
    { AttributeName: "Artist", KeyType: "HASH" },
    { AttributeName: "Year", KeyType: "RANGE" },
  ],
  AttributeDefinitions: [
    { AttributeName: "Artist", AttributeType: "S" },
    { AttributeName: "Year", AttributeType: "N" },
    { AttributeName: "Genre", AttributeType: "S" },
  ],
  GlobalSecondaryIndexes: [
    {
      IndexName: "genres",
      KeySchema: [
        { AttributeName: "Genre", KeyType: "HASH" },
        { AttributeName: "Artist", KeyType: "RANGE" },
        { AttributeName: "Year", KeyType: "RANGE" },
      ],
    },
  ],
});

const filter = (name: string, operator: Operator, type: Type, text = "", upper = ""): Filter => ({ id: 1, name, operator, type, text, upper });
const input = (search: Partial<Search>) => toRequest(schema, { ...everything, ...search }).request?.input;

test("a scan of everything", () => expect(input({})).toEqual({ TableName: "Music" }));

test("a query", () => {
  const keys = { Artist: { ...noCondition, text: "Nina" }, Year: { operator: "between" as const, text: "1958", upper: "1960" } };
  expect(input({ kind: "Query", keys, descending: true, consistent: true })).toEqual({
    TableName: "Music",
    ConsistentRead: true,
    ScanIndexForward: false,
    KeyConditionExpression: "#Artist = :Artist AND #Year BETWEEN :Year AND :Year_2",
    ExpressionAttributeNames: { "#Artist": "Artist", "#Year": "Year" },
    ExpressionAttributeValues: { ":Artist": { S: "Nina" }, ":Year": { N: "1958" }, ":Year_2": { N: "1960" } },
  });
});

test("an index with several sort keys", () => {
  const keys = { Genre: { ...noCondition, text: "Jazz" }, Year: { ...noCondition, text: "1958" } };
  expect(toRequest(schema, { ...everything, kind: "Query", index: "genres", keys }).faults).toEqual({ "key:Artist": "Enter a value." });
  const all = { ...keys, Artist: { ...noCondition, text: "Nina" } };
  expect(input({ kind: "Query", index: "genres", keys: all, consistent: true })).toMatchObject({
    IndexName: "genres",
    KeyConditionExpression: "#Genre = :Genre AND #Artist = :Artist AND #Year = :Year",
  });
  const range = { ...all, Artist: { operator: "begins_with" as const, text: "N", upper: "" } };
  expect(toRequest(schema, { ...everything, kind: "Query", index: "genres", keys: range }).faults["key:Artist"]).toMatch(/Only the last/);
});

test.each([
  [filter("a", "=", "S", "x"), "#a = :a", { ":a": { S: "x" } }],
  [filter("a", "<>", "BOOL", "false"), "#a <> :a", { ":a": { BOOL: false } }],
  [filter("a", "=", "NULL"), "#a = :a", { ":a": { NULL: true } }],
  [filter("a", "between", "N", "1", "2"), "#a BETWEEN :a AND :a_2", { ":a": { N: "1" }, ":a_2": { N: "2" } }],
  [filter("a", "begins_with", "B", "AQ=="), "begins_with(#a, :a)", { ":a": { B: new Uint8Array([1]) } }],
  [filter("a", "not_contains", "S", "x"), "NOT contains(#a, :a)", { ":a": { S: "x" } }],
  [filter("a", "in", "N", "1, 2"), "#a IN (:a, :a_2)", { ":a": { N: "1" }, ":a_2": { N: "2" } }],
  [filter("a.b[1]", "exists", "S"), "attribute_exists(#a.#b[1])", undefined],
  [filter("a", "type", "SS"), "attribute_type(#a, :a)", { ":a": { S: "SS" } }],
  [filter("a", "size >", "S", "3"), "size(#a) > :a", { ":a": { N: "3" } }],
  [filter("a", "=", "L", '[{"S": "x"}]'), "#a = :a", { ":a": { L: [{ S: "x" }] } }],
])("filter %#", (f, expression, values) => {
  const made = input({ filters: [f] });
  expect(made?.FilterExpression).toBe(expression);
  expect(made?.ExpressionAttributeValues).toEqual(values);
});

test("what is not complete is said by field", () => {
  const filters = [filter("", "=", "S", "x"), { ...filter("a", "=", "N", "one"), id: 2 }];
  expect(toRequest(schema, { ...everything, filters, projection: "specific" })).toEqual({
    faults: { "filter:1": "Enter an attribute's name.", "filter:2": expect.stringMatching(/not a number/), attributes: expect.any(String) },
  });
});

test("paths", () => {
  expect(parsePath('a."b.c"[2][0].d')).toEqual(["a", "b.c", 2, 0, "d"]);
  for (const bad of ["", ".", "a..b", "[0]", "a[x]", 'a"b']) expect(() => parsePath(bad), bad).toThrow();
});

const before: Item = { Artist: { S: "Nina" }, Year: { N: "1958" }, a: { S: "1" }, gone: { S: "x" } };

test("a change is of what differs, if it is still what it was", () => {
  const after: Item = { Artist: { S: "Nina" }, Year: { N: "1958" }, a: { S: "2" }, fresh: { BOOL: true } };
  expect(change(schema, before, before)).toBeUndefined();
  expect(change(schema, before, after)).toMatchObject({
    operation: "UpdateItem",
    input: {
      Key: { Artist: { S: "Nina" }, Year: { N: "1958" } },
      UpdateExpression: "SET #a = :new_a, #fresh = :new_fresh REMOVE #gone",
      ConditionExpression: "attribute_exists(#Artist) AND #a = :old_a AND #gone = :old_gone AND attribute_not_exists(#fresh)",
    },
  });
  const theirs: Item = { ...before, a: { S: "3" }, other: { N: "4" } };
  expect(merged(before, after, theirs)).toEqual({ ...after, other: { N: "4" } });
});

test("another key is another item", () => {
  const made = change(schema, before, { ...before, Year: { N: "1959" } });
  expect(made?.operation).toBe("TransactWriteItems");
});
