import { expect, test } from "vitest";
import { durationOf, isPortalSession, lengthOf, portalSessions, portalSessionText } from "./durations";

test.each([
  [undefined, "1 hour"],
  ["PT12H", "12 hours"],
  ["PT1H30M", "1 hour 30 minutes"],
  ["PT90M", "90 minutes"],
  ["P1D", "P1D"],
])("%s", (duration, text) => expect(lengthOf(duration)).toBe(text));

test.each([
  [15, "15 minutes"],
  [480, "8 hours"],
  [1501, "1 day 1 hour 1 minute"],
  [129_600, "90 days"],
])("%d minutes", (minutes, text) => expect(portalSessionText(minutes)).toBe(text));

test("what is offered can be chosen, and nothing shorter or longer", () => {
  expect(portalSessions.every(isPortalSession)).toBe(true);
  expect([14, 129_601, 15.5, Number.NaN].some(isPortalSession)).toBe(false);
});

test("hours", () => expect(lengthOf(durationOf(4))).toBe("4 hours"));
