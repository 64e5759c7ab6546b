import { expect, test } from "vitest";
import { accountNameFault } from "./account_name";

test.each([
  ["", ""],
  ["Example & Sons, Ltd. (2)", ""],
  ["a".repeat(50), ""],
  ["a".repeat(51), "The name has 51 characters; it can have up to 50."],
  ["Müller", "The name of an account can't have ü."],
])("%s", (name, fault) => {
  expect(accountNameFault(name)).toBe(fault);
});
