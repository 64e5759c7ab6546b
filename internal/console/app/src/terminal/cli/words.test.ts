import { expect, test } from "vitest";
import { words } from "./words";

const texts = (line: string) => words(line).map((w) => w.text);

test("quotes, backslashes and continued lines", () => {
  expect(texts(`aws dynamodb put-item  --item '{"id": {"S": "a b"}}'`)).toEqual(["aws", "dynamodb", "put-item", "--item", '{"id": {"S": "a b"}}']);
  expect(texts(`a "b \\"c\\" d" e\\ f`)).toEqual(["a", 'b "c" d', "e f"]);
  expect(texts("a \\\n  b")).toEqual(["a", "b"]);
  expect(texts(`--x=''`)).toEqual(["--x="]);
  expect(texts(`a '' b`)).toEqual(["a", "", "b"]);
  expect(texts("a # the rest")).toEqual(["a"]);
  expect(texts(`'it'"'"'s'`)).toEqual(["it's"]);
  expect(texts(`--key-condition-expression "#n = :v"`)).toEqual(["--key-condition-expression", "#n = :v"]);
});

test("what a shell would do and this one can't", () => {
  for (const line of ["aws iam list-users | jq", "aws > f", "aws $HOME", 'aws "$(date)"', "a; b", "a && b", "aws 'open"]) {
    expect(() => words(line), line).toThrow();
  }
  expect(texts(`aws '$HOME | x' "a|b"`)).toEqual(["aws", "$HOME | x", "a|b"]);
});

test("places for completion", () => {
  expect(words("aws 'dyn", false).at(-1)).toEqual({ text: "dyn", start: 4, end: 8, open: true });
});
