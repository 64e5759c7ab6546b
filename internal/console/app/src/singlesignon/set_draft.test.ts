import { expect, test } from "vitest";
import { nameFault, noSet, policiesOf, predefined } from "./set_draft";

test.each([
  ["ReadOnly", ""],
  ["", "Enter a name."],
  ["read only", "A name can't have spaces. Use A-Z, a-z, 0-9, and + = , . @ _ -"],
  ["a".repeat(33), "The name has 33 characters; it can have up to 32."],
])("the name %j", (name, fault) => expect(nameFault(name)).toBe(fault));

test("a predefined one has one policy of AWS, whatever was chosen for a custom one before", () => {
  const policies = { ...noSet.policies, inline: "{}", managed: ["arn:aws:iam::aws:policy/ReadOnlyAccess"] };
  expect(policiesOf({ ...noSet, policies })).toEqual({ managed: [predefined[0]!.arn], customer: [], inline: "", boundary: undefined });
  expect(policiesOf({ ...noSet, policies, custom: true })).toBe(policies);
});
