import { expect, test } from "vitest";
import { emptyDocument, incomplete } from "./document";

const of = (Statement: unknown) => incomplete(JSON.stringify({ Version: "2012-10-17", Statement }));

test("policies that are complete", () => {
  expect(of({ Effect: "Allow", Action: "iam:*", Resource: "*" })).toBe("");
  expect(of([{ Effect: "Deny", NotAction: ["iam:*"], NotResource: ["*"] }])).toBe("");
});

test("what policies lack", () => {
  expect(incomplete("{")).toMatch("not valid JSON");
  for (const text of ["null", "1", "{}", '{"Statement":[]}', '{"Statement":"x"}']) expect(incomplete(text)).toBe("The policy has no statement.");
  expect(incomplete(emptyDocument)).toMatch("Statement 1 names no actions.");
  expect(of([{ Action: "a:b", Resource: "*" }, { Action: "a:b", Resource: [] }])).toMatch("Statement 2 names no resources.");
});
