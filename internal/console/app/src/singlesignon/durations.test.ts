import { expect, test } from "vitest";
import { durationOf, lengthOf } from "./durations";

test.each([
  [undefined, "1 hour"],
  ["PT12H", "12 hours"],
  ["PT1H30M", "1 hour 30 minutes"],
  ["PT90M", "90 minutes"],
  ["P1D", "P1D"],
])("%s", (duration, text) => expect(lengthOf(duration)).toBe(text));

test("hours", () => expect(lengthOf(durationOf(4))).toBe("4 hours"));
