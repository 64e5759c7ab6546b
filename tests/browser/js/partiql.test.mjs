import assert from "node:assert/strict";
import { test } from "node:test";
import { accessible, browse, open, screenshot } from "./console.mjs";
import { cells, choose, codeOf, downloaded, menu, write } from "./items.mjs";

const label = "PartiQL statements";
const run = (page) => page.getByRole("button", { name: "Run", exact: true }).click();

test("run PartiQL statements", (t) =>
  browse(
    t,
    async (page) => {
      await open(page, "/console/dynamodb/partiql", "PartiQL editor");
      await accessible(page);
      await choose(page, /^Table/, "Bulk");
      await menu(page, "Add a statement for the table", "Scan table");
      assert.equal(await codeOf(page, label), 'SELECT * FROM "Bulk";');
      await run(page);
      await page.getByRole("heading", { name: "Result (1)" }).waitFor();
      assert.deepEqual(await cells(page, "Result", 1), ["item 05"]);

      // Several, of which the third fails, so that the fourth isn't run.
      const insert = `INSERT INTO "Bulk" VALUE {'id': 'it''s; new', 'n': 1.5}`;
      await write(page, label, `${insert}; -- not; this\nSELECT n FROM "Bulk" WHERE id = 'it''s; new';\nSELECT * FROM "Nowhere"; DELETE FROM "Bulk" WHERE id = 'it''s; new'`);
      await page.keyboard.press("Control+Enter");
      await page.getByRole("heading", { name: "Result 2 of 4 (1)" }).waitFor();
      assert.deepEqual(await cells(page, "Result 2 of 4", 1), ["1.5"]);
      await page.getByText("There is no such resource").waitFor();
      await page.getByText("Statement 4 was not run").waitFor();
      await page.getByRole("button", { name: "JSON view" }).click();
      assert.deepEqual(JSON.parse(await codeOf(page, "Results as DynamoDB JSON")), [{ n: { N: "1.5" } }]);
      const csv = await downloaded(page, () => menu(page, "Download", "Download to CSV"));
      assert.equal(csv, "n\r\n1.5\r\n");
      await accessible(page);
      await screenshot(page, "partiql");

      // Only what is selected: the second line.
      await write(page, label, `SELECT * FROM "Nowhere";\nSELECT id FROM "Bulk"`);
      await page.keyboard.press("Shift+Home");
      await run(page);
      await page.getByRole("heading", { name: "Result (2)" }).waitFor();

      // Page after page of a long answer.
      await write(page, label, 'SELECT id FROM "Pages"');
      await run(page);
      await page.getByRole("heading", { name: "Result (300+)" }).waitFor();
      await page.getByRole("button", { name: "Retrieve next page" }).click();
      await page.getByRole("heading", { name: "Result (350)" }).waitFor();

      // The history has what was to run, also what a fault kept from it, after the page was left too, and nothing else.
      await page.reload();
      await page.getByRole("button", { name: /^History/ }).click();
      await page.getByRole("button", { name: `Edit again: ${insert}` }).click();
      assert.equal(await codeOf(page, label), `${insert};`);
      const stored = await page.evaluate(() => Object.entries(localStorage).filter(([name]) => name.startsWith("stator.explore.statements")));
      assert.equal(stored.length, 1);
      assert.equal(JSON.parse(stored[0][1]).length, 7);
      await page.getByRole("button", { name: "Clear history" }).click();
      await page.getByText("No statements yet.").waitFor();
    },
    { errors: /400/ },
  ));
