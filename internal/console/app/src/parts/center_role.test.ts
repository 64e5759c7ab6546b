import { expect, test } from "vitest";
import { isOfCenter, shortName } from "./center_role";

test.each([
  ["AWSReservedSSO_Table_Reader_0123456789abcdef/ada", "Table_Reader/ada", true],
  ["Administrator", "Administrator", false],
  ["AWSReservedSSO_mine/ada", "AWSReservedSSO_mine/ada", false],
])("%s", (name, short, of) => {
  expect(shortName(name)).toBe(short);
  expect(isOfCenter(name)).toBe(of);
});
