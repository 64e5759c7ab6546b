import * as dynamodb from "@aws-sdk/client-dynamodb";
import * as iam from "@aws-sdk/client-iam";
import { expect, test } from "vitest";
import { parse } from "./arguments";
import { operations } from "./operations";
import { pages } from "./paging";
import type { Fields } from "./schema";

const all = new Map([...operations({ ...dynamodb }), ...operations({ ...iam })]);

/** A scan of a table of five items, two on a page, the last of which is empty. */
async function scan(...options: string[]) {
  const asked: Fields[] = [];
  const operation = all.get("scan")!;
  const { input, globals } = parse(operation, ["--table-name", "t", ...options], "aws");
  const result = await pages(operation, input, globals, async (page) => {
    asked.push(page);
    const from = Number((page["ExclusiveStartKey"] as { at: number } | undefined)?.at ?? 0);
    const items = [1, 2, 3, 4, 5].slice(from, from + Number(page["Limit"] ?? 2));
    return { Items: items, Count: items.length, ScannedCount: items.length, LastEvaluatedKey: from < 5 ? { at: from + items.length } : undefined };
  });
  return { result, asked };
}

test("pages are merged", async () => {
  const { result, asked } = await scan();
  expect(result).toEqual({ Items: [1, 2, 3, 4, 5], Count: 5, ScannedCount: 5 });
  expect(asked.length).toBe(4);
});

test("as many items as are wanted, and how to go on", async () => {
  const first = await scan("--max-items", "3");
  expect(first.result["Items"]).toEqual([1, 2, 3]);
  const second = await scan("--max-items", "3", "--starting-token", String(first.result["NextToken"]));
  expect(second.result["Items"]).toEqual([4, 5]);
  expect((await scan("--page-size", "1")).asked[0]).toMatchObject({ Limit: 1 });
});

test("one page for who asks for it", async () => {
  expect((await scan("--no-paginate")).result["Items"]).toEqual([1, 2]);
  expect((await scan("--limit", "1")).result["Items"]).toEqual([1]);
});

test("markers of IAM", async () => {
  const operation = all.get("list-users")!;
  const { input, globals } = parse(operation, [], "aws");
  const result = await pages(operation, input, globals, async (page) =>
    page["Marker"] ? { Users: [2], IsTruncated: false } : { Users: [1], IsTruncated: true, Marker: "m" },
  );
  expect(result).toEqual({ Users: [1, 2] });
});
