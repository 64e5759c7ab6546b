import { expect, test } from "vitest";
import { nameFault } from "./names";

test("names that IAM takes", () => {
  for (const name of ["", "anna", "anna.maria+1=2,3@example-4_5.com", "a".repeat(64)]) expect(nameFault("user", name)).toBe("");
});

test.each([
  ["user", "anna/maria", /can't have \/\./],
  ["user", "anna maria", /can't have spaces\./],
  ["role", "Müller&Söhne", /can't have ü & ö\./],
  ["user", "a".repeat(65), /has 65 characters; it can have up to 64/],
  ["policy", "a".repeat(129), /up to 128/],
] as const)("%s %s", (kind, name, fault) => {
  expect(nameFault(kind, name)).toMatch(fault);
});
