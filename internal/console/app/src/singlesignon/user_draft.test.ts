import { expect, test } from "vitest";
import { displayOf, faultsOf, noDraft, requestOf } from "./user_draft";

const ada = { ...noDraft, userName: " ada ", email: "ada@example.com", again: "ada@example.com", first: "Ada", last: "Lovelace" };

test("what is missing is said", () => {
  expect(Object.keys(faultsOf(noDraft)).sort()).toEqual(["email", "first", "last", "userName"]);
  expect(faultsOf(ada)).toEqual({});
  expect(faultsOf({ ...ada, again: "ada@example.org" })).toEqual({ again: "The email addresses don't match." });
});

test("the display name is of the names, or what was typed", () => {
  expect(displayOf(ada)).toBe("Ada Lovelace");
  expect(displayOf({ ...ada, display: "Countess" })).toBe("Countess");
});

test("what was not filled in is not sent", () => {
  const request = requestOf("d-1234567890", ada);
  expect(request.UserName).toBe("ada");
  expect(JSON.parse(JSON.stringify(request))).not.toHaveProperty("PhoneNumbers");
  expect(request.Title).toBeUndefined();
});
