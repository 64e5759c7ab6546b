import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

test("parameters of addresses are decoded in one place", () => {
  const source = join(import.meta.dirname, "..");
  const others = readdirSync(source, { recursive: true, encoding: "utf8" })
    .filter((name) => /\.tsx?$/.test(name) && !/^shell\/params/.test(name))
    .filter((name) => /import \{[^}]*\buse(Params|Search|SearchParams)\b[^}]*\} from "wouter/.test(readFileSync(join(source, name), "utf8")));
  expect(others).toEqual([]);
});
