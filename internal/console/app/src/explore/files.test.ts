import { expect, test } from "vitest";
import { csv } from "../parts/download";
import { rowsOf } from "./export";
import { guess, itemOfCells, itemOfJSON } from "./mapping";
import { readText } from "./read_file";
import { schemaOf } from "./schema";
import { snippets, statements } from "./statements";
import type { Item } from "./values";

const schema = schemaOf({
  TableName: "T",
  KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
  AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
});

const itemsOf = (text: string, isCSV: boolean) => {
  const content = readText(text, isCSV);
  if (content.format === "json") return content.rows.map((row) => itemOfJSON(row, content.notation, schema));
  return content.rows.map((row) => itemOfCells(row, guess(content, schema), schema));
};

test("CSV that was downloaded gives the same items", () => {
  const items: Item[] = [
    { id: { S: '1, "one"' }, n: { N: "12345678901234567890.5" }, yes: { BOOL: true }, l: { L: [{ N: "1" }, { S: "a\r\nb" }] } },
    { id: { S: "02134" }, n: { N: "-1" }, tags: { SS: ["a", "b,c"] }, m: { M: { a: { NULL: true } } }, text: { S: "ü\n\"" } },
  ];
  const names = ["id", "n", "yes", "l", "tags", "m", "text"];
  expect(itemsOf(csv(rowsOf(items, names)), true)).toEqual(items);
});

test("types of columns", () => {
  const content = readText("id,zip,n,yes\n1,02134,1.5,TRUE\n2,10001,,false\n", true);
  if (content.format !== "csv") throw new Error(content.format);
  expect(guess(content, schema).map((m) => m.type)).toEqual(["S", "S", "N", "BOOL"]);
  expect(itemOfCells(content.rows[1]!, guess(content, schema), schema)).toEqual({ id: { S: "2" }, zip: { S: "10001" }, yes: { BOOL: false } });
});

test("rows that are no items", () => {
  const content = readText("id,n\na,1\n,2\nb,x\nc,1,2\n", true);
  if (content.format !== "csv") throw new Error(content.format);
  const mapping = [
    { column: "id", name: "id", type: "S" as const },
    { column: "n", name: "n", type: "N" as const },
  ];
  const faults = content.rows.map((row) => {
    try {
      itemOfCells(row, mapping, schema);
      return "";
    } catch (e) {
      return (e as Error).message;
    }
  });
  expect(faults).toEqual(["", "The key's attribute id is missing.", 'n: "x" is not a number.', "The row has 3 cells for 2 columns."]);
});

const two = [{ id: { S: "a" }, n: { N: "1.10" } }, { id: { S: "b" } }];

test.each([
  ["an array", '[{"id": "a", "n": 1.10}, {"id": "b"}]'],
  ["lines", '{"id": "a", "n": 1.10}\n\n{"id": "b"}\n'],
  ["DynamoDB JSON", '[{"id": {"S": "a"}, "n": {"N": "1.10"}}, {"id": {"S": "b"}}]'],
  ["an export", '{"Item": {"id": {"S": "a"}, "n": {"N": "1.10"}}}\n{"Item": {"id": {"S": "b"}}}'],
  ["the answer of a scan", '{"Count": 2, "Items": [{"id": {"S": "a"}, "n": {"N": "1.10"}}, {"id": {"S": "b"}}]}'],
])("JSON: %s", (_, text) => expect(itemsOf(text, false)).toEqual(two));

test("files that can't be read", () => {
  expect(() => readText("", true)).toThrow("empty");
  expect(() => readText(" ", false)).toThrow("empty");
  expect(() => readText('{"id": "a"}\n{"id"', false)).toThrow("line 2");
  expect(() => readText("{id", false)).toThrow();
});

test("statements", () => {
  const text = `SELECT * FROM "a;b" WHERE x = 'it''s; -- no' -- a comment; indeed
  ; /* another; */ DELETE FROM t WHERE n = -1/2;;`;
  expect(statements(text)).toEqual([`SELECT * FROM "a;b" WHERE x = 'it''s; -- no'`, "DELETE FROM t WHERE n = -1/2"]);
  expect(statements("SELECT 'unclosed; ")).toEqual(["SELECT 'unclosed;"]);
});

test("snippets name the key", () => {
  const [, query] = snippets("T", schema.key);
  expect(query!.statement).toBe(`SELECT * FROM "T" WHERE "id" = 'id value'`);
});

test("a column of nulls stays one", () => {
  const item = { id: { S: "1" }, gone: { NULL: true as const }, text: { S: "null" } };
  const rows = rowsOf([item, { ...item, text: { S: "else" } }], ["id", "gone", "text"]);
  const content = readText(csv(rows), true);
  if (content.format !== "csv") throw new Error("it is CSV");
  expect(itemOfCells(content.rows[0]!, guess(content, schema), schema)).toEqual(item);
});
