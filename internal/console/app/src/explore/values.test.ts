import { expect, test } from "vitest";
import { merged } from "./changes";
import { toFields, toItem } from "./draft";
import { rowsOf } from "./export";
import { keyOf, schemaOf } from "./schema";
import { numberFault, own, readItem, same, shown, writeItem, type Item } from "./values";

const item: Item = {
  id: { S: "a" },
  n: { N: "12345678901234567890.123456789012345678" },
  small: { N: "1E-130" },
  big: { N: "9.9999999999999999999999999999999999999E+125" },
  b: { B: new Uint8Array([0, 255, 128]) },
  yes: { BOOL: true },
  no: { BOOL: false },
  nothing: { NULL: true },
  ss: { SS: ["a", ""] },
  ns: { NS: ["1", "98765432109876543210987654321098765432"] },
  bs: { BS: [new Uint8Array([1]), new Uint8Array([])] },
  "a.b \"c\" __proto__": { S: "names are any text" },
  l: { L: [{ S: "" }, { L: [{ M: {} }] }, { NULL: true }, { NS: ["2"] }] },
  m: { M: { deep: { M: { deeper: { L: [{ M: { bottom: { B: new Uint8Array([7]) } } }] } } } } },
};

test("both notations give the same item", () => {
  for (const notation of ["dynamodb", "plain"] as const) {
    expect(readItem(writeItem(item, notation), notation, item)).toEqual(item);
  }
});

test("the form gives the same item", () => {
  const { item: back, faults } = toItem(toFields(item));
  expect(faults.size).toBe(0);
  expect(back).toEqual(item);
});

test("names that every object has are names like others", () => {
  const text = '{"__proto__":{"S":"p"},"constructor":{"M":{"__proto__":{"N":"1"}}},"toString":{"SS":["a"]}}';
  const odd = readItem(text, "dynamodb");
  expect(writeItem(odd, "dynamodb", 0)).toBe(text);
  expect(writeItem(toItem(toFields(odd)).item, "dynamodb", 0)).toBe(text);
  expect(writeItem(readItem(writeItem(odd, "plain"), "plain", odd), "dynamodb", 0)).toBe(text);
  expect(own({ a: { S: "x" } }, "constructor")).toBeUndefined();
  const schema = schemaOf({ TableName: "T", KeySchema: [{ AttributeName: "constructor", KeyType: "HASH" }] });
  expect(keyOf(schema, { a: { S: "x" } })).toEqual({});
  expect(writeItem(merged({}, odd, { toString: { S: "theirs" } }), "dynamodb", 0)).toBe(
    '{"toString":{"SS":["a"]},"__proto__":{"S":"p"},"constructor":{"M":{"__proto__":{"N":"1"}}}}',
  );
  expect(readItem('{"b": ["x"]}', "plain", {}).b).toEqual({ L: [{ S: "x" }] });
  expect(rowsOf([{ a: { S: "x" } }], ["a", "constructor"])).toEqual([["a", "constructor"], ["x", ""]]);
});

test("digits are kept in plain JSON", () => {
  expect(writeItem({ n: item.n! }, "plain", 0)).toBe('{"n":12345678901234567890.123456789012345678}');
  expect(readItem('{"n": 1.10}', "plain")).toEqual({ n: { N: "1.10" } });
  expect(writeItem({ n: { N: "+.5" }, m: { N: "-007e+3" } }, "plain", 0)).toBe('{"n":0.5,"m":-7e+3}');
});

test("plain JSON without an example has lists and texts", () => {
  expect(readItem('{"a": ["x", 1], "b": "AQI=", "c": {"d": null}}', "plain")).toEqual({
    a: { L: [{ S: "x" }, { N: "1" }] },
    b: { S: "AQI=" },
    c: { M: { d: { NULL: true } } },
  });
});

test.each([
  ['{"a": {"S": 1}}', "a: The value of S is a text."],
  ['{"a": {"M": {"b": {"L": [{"N": "x"}]}}}}', 'a.b[0]: "x" is not a number.'],
  ['{"a": {"SS": []}}', "a: A set has at least one element."],
  ['{"a": "b"}', "a: A value is an object of its type"],
  ['{"a": {"B": "*"}}', "a: Binary values are written in base64."],
  ["[]", "An item is a JSON object."],
])("%s is refused", (text, message) => {
  expect(() => readItem(text, "dynamodb")).toThrow(message);
});

test("numbers are judged as DynamoDB does", () => {
  for (const good of ["0", "-1", "+1", "1.", ".5", "1e125", "1E-130", "0".repeat(50), "1" + "0".repeat(100), "9".repeat(38)]) {
    expect(numberFault(good), good).toBeUndefined();
  }
  for (const bad of ["", "-", ".", "1e", "1e126", "1e-131", "9".repeat(39), "0x10", "Infinity", " 1", "1,5"]) {
    expect(numberFault(bad), bad).toBeTypeOf("string");
  }
});

test("what is wrong in the form is found at its field", () => {
  const fields = toFields({ a: { N: "1" }, s: { SS: ["x", "y"] }, m: { M: { in: { B: new Uint8Array() } } } });
  fields[0]!.text = "one";
  fields[1]!.children[1]!.text = "x";
  fields[2]!.children[0]!.text = "*";
  expect([...toItem(fields).faults.keys()]).toEqual([fields[0]!.id, fields[1]!.children[1]!.id, fields[2]!.children[0]!.id]);
});

test("maps are the same in any order", () => {
  expect(same({ M: { a: { S: "1" }, b: { S: "2" } } }, { M: { b: { S: "2" }, a: { S: "1" } } })).toBe(true);
  expect(same({ S: "1" }, { N: "1" })).toBe(false);
});

test("cells are short", () => {
  expect(shown({ S: "x".repeat(300) })).toHaveLength(201);
  expect(shown({ L: [{ N: "1.10" }, { S: "a" }] })).toBe('[1.10,"a"]');
});
