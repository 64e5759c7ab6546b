import { expect, test } from "vitest";
import { complete, durationOf, emptyProfile, inlineFault, roleNameOf, settingsOf } from "./profile_draft";

const role = "arn:aws:iam::111122223333:role/path/Reports";
const draft = { ...emptyProfile, name: "reports", roles: [role] };

test("a profile has a name and a role, and its policy is JSON", () => {
  expect(complete(draft, "")).toBe(true);
  expect(complete(emptyProfile, "")).toBe(false);
  expect(complete({ ...draft, roles: [] }, "")).toBe(false);
  expect(complete({ ...draft, name: "a/b" }, "")).toBe(false);
  expect(complete({ ...draft, inline: "{" }, "")).toBe(false);
  expect(complete({ ...draft, inline: "{}" }, "")).toBe(true);
});

test("an inline policy is replaced, and not taken away", () => {
  expect(inlineFault({ ...draft, inline: " " }, "{}")).toMatch(/not be taken away/);
  expect(inlineFault({ ...draft, inline: "{}" }, '{"Version":"2012-10-17"}')).toBeUndefined();
  expect(settingsOf(draft).sessionPolicy).toBeUndefined();
  expect(settingsOf({ ...draft, inline: "{}" }).sessionPolicy).toBe("{}");
});

test("roles by name, durations in words", () => {
  expect(roleNameOf(role)).toBe("Reports");
  expect([3600, 4000].map(durationOf)).toEqual(["1 hour", "4000 seconds"]);
});
