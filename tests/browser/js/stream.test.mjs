// The stream viewer, of a stream whose shards last two seconds: it goes on with their children, in order, and misses nothing.
import assert from "node:assert/strict";
import { test } from "node:test";
import { browse, open } from "./console.mjs";

test("follow children of shards", (t) =>
  browse(t, async (page) => {
    await open(page, "/console/dynamodb/tables/Changes?tab=streams", "Changes");
    await page.getByRole("button", { name: "Start", exact: true }).click();
    await page.getByText(/Reading \d+ shards?/).first().waitFor();
    // The changes are made in the console too, by its terminal in another tab.
    const other = await page.context().newPage();
    await open(other, "/console/terminal", "Terminal");
    const entries = other.locator(".terminal-entry:not(.terminal-running)");
    const run = async (command) => {
      const before = await entries.count();
      await other.getByRole("textbox", { name: "Command" }).fill(command);
      await other.getByRole("textbox", { name: "Command" }).press("Enter");
      await entries.nth(before).waitFor();
      return (await entries.nth(before).locator(".terminal-text").allInnerTexts()).join("");
    };
    const shards = new Set();
    let n = 0;
    const arn = await run("aws dynamodb describe-table --table-name Changes --query Table.LatestStreamArn --output text");
    // As long as it takes until shards have followed each other twice.
    while (shards.size < 3) {
      await run(`aws dynamodb put-item --table-name Changes --item 'id={S=one},n={N=${++n}}'`);
      const ids = await run(`aws dynamodbstreams describe-stream --stream-arn ${arn} --query "StreamDescription.Shards[].ShardId" --output text`);
      for (const id of ids.trim().split(/\s+/)) shards.add(id);
      await other.waitForTimeout(500);
    }
    await page.getByRole("heading", { name: `Stream records (${n})` }).waitFor();
    await page.getByRole("button", { name: "Stop" }).click();
    const newest = await page.getByRole("row", { name: /id: one/ }).allInnerTexts();
    const sequence = newest.map((text) => BigInt(/\d{20,}/.exec(text)[0]));
    assert.equal(sequence.length, n);
    assert.deepEqual(sequence, sequence.toSorted((a, b) => (a < b ? 1 : -1)), "the newest is first");

    await page.getByRole("button", { name: /From now on/ }).click();
    await page.getByRole("option", { name: "From the oldest record" }).click();
    await page.getByRole("button", { name: "Start", exact: true }).click();
    await page.getByRole("heading", { name: `Stream records (${n})` }).waitFor();
  }));
