// Scans and queries with conditions, filters and projections; what is done with what they find.
import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { accessible, browse, open, screenshot } from "./console.mjs";
import { cells, choose, codeOf, downloaded, explore, menu } from "./items.mjs";

const run = async (page, ...texts) => {
  await page.getByRole("button", { name: "Run", exact: true }).click();
  for (const text of texts) await page.getByText(text, { exact: true }).first().waitFor();
};
const found = (n) => `Items returned: ${n}`;
const scanned = (n) => `Items scanned: ${n}`;

async function filter(page, number, name, condition, type, value) {
  await page.getByRole("button", { name: "Add filter" }).click();
  const group = page.getByRole("group", { name: `Filter ${number}` });
  await group.getByRole("textbox", { name: "Attribute name" }).fill(name);
  await group.getByRole("button", { name: /^Condition/ }).click();
  await page.getByRole("option", { name: condition, exact: true }).click();
  if (type) {
    await group.getByRole("button", { name: /^Type/ }).click();
    await page.getByRole("option", { name: type, exact: true }).click();
  }
  if (value !== undefined) await group.getByRole("textbox", { name: "Value" }).fill(value);
}

test("query a table and an index, scan with filters, and have it as programs", (t) =>
  browse(t, async (page) => {
    await open(page, "/console/dynamodb/explore", "Explore items");
    await accessible(page);
    await choose(page, "Table", "Music");
    await page.getByText(scanned(120)).waitFor(); // by itself
    await screenshot(page, "explore-items");
    await page.getByRole("button", { name: "Query" }).click();
    await run(page, "Enter a value.");
    await page.getByRole("textbox", { name: "Value of Artist" }).fill("Artist 1");
    await run(page, found(12), scanned(12));
    await choose(page, "Condition of Year", "Between");
    await page.getByRole("textbox", { name: "Value of Year" }).fill("1911");
    await page.getByRole("textbox", { name: "Upper end of Year" }).fill("1941");
    await page.getByText("Sort descending").click();
    await run(page, found(4));
    assert.deepEqual(await cells(page, "Items returned", 3), ["1941", "1931", "1921", "1911"]);
    await choose(page, "Table or index", /genres/);
    await page.getByRole("textbox", { name: "Value of Genre" }).fill("Jazz");
    await page.getByText("Filters - optional").click();
    await filter(page, 1, "Sold", "Greater than or equal to", "Number", "100000");
    await filter(page, 2, "More.tracks[0]", "Begins with", undefined, "it's");
    await filter(page, 3, "Tags", "Contains", undefined, "a");
    await filter(page, 4, "Missing", "Not exists");
    await accessible(page);
    await run(page, found(10), scanned(60), "Efficiency: 17%");

    // What was run, as programs that the Go test runs.
    await page.getByRole("button", { name: /^Code/ }).click();
    for (const [language, file] of [["AWS CLI", "query.sh"], ["Python", "query.py"], ["JavaScript", "query.mjs"], ["Go", "query.go"]]) {
      await page.getByRole("button", { name: language, exact: true }).click();
      await page.getByRole("button", { name: "Copy code" }).waitFor();
      await writeFile(join(process.env.STATOR_OUT, file), await codeOf(page, "Generated code"));
    }
    await accessible(page);
    await writeFile(
      join(process.env.STATOR_OUT, "query.json"),
      await downloaded(page, () => menu(page, "Actions", "Download items returned to DynamoDB JSON")),
    );

    // The address has the search, for a reload and for others.
    await page.reload();
    for (const text of [found(10), scanned(60)]) await page.getByText(text, { exact: true }).waitFor();
    assert.equal(await page.getByRole("textbox", { name: "Value of Genre" }).inputValue(), "Jazz");

    await page.getByRole("button", { name: "Reset" }).click();
    await page.getByText("Run a scan or a query to see items.").waitFor();
    await choose(page, "Attribute projection", "Specific attributes");
    await page.getByRole("textbox", { name: "Attributes to project" }).fill("Artist, Year, More.label");
    await run(page, scanned(120));
    await page.getByRole("columnheader", { name: "More" }).waitFor();
    assert.equal(await page.getByRole("columnheader", { name: "Sold" }).count(), 0);
    await choose(page, "Attribute projection", "Count");
    await run(page, "Count: 120");
    const consumed = async () => Number(/RCUs consumed: ([\d.]+)/.exec(await page.locator("body").innerText())[1]);
    const eventually = await consumed();
    await page.getByText("Strongly consistent read").click();
    await page.getByRole("button", { name: "Run", exact: true }).click();
    await page.getByText(`RCUs consumed: ${2 * eventually}`, { exact: true }).waitFor();
  }));

test("columns, selection, downloads and bulk deletion", (t) =>
  browse(t, async (page) => {
    await explore(page, "Bulk");
    await page.getByRole("columnheader", { name: "extra" }).waitFor();
    await page.getByRole("button", { name: "Preferences" }).click();
    const dialog = page.getByRole("dialog", { name: "Preferences" });
    await dialog.getByRole("checkbox", { name: "extra" }).uncheck();
    await dialog.getByText("100 items").click();
    await accessible(page);
    await dialog.getByRole("button", { name: "Confirm" }).click();
    await page.getByRole("columnheader", { name: "extra" }).waitFor({ state: "detached" });
    await page.reload();
    await page.getByText(found(90)).waitFor();
    assert.equal(await page.getByRole("columnheader", { name: "extra" }).count(), 0);
    assert.equal(await page.locator("tbody tr").count(), 90);

    const table = page.getByRole("grid", { name: "Items returned" });
    await table.getByRole("checkbox", { name: "Select item item 05", exact: true }).check();
    const selected = await downloaded(page, () => menu(page, "Actions", "Download selected items to JSON"));
    assert.deepEqual(JSON.parse(selected).map((item) => item.id), ["item 05"]);
    assert.match(selected, /"n": 5\.00000000000000000000000000000000001/);
    const csv = await downloaded(page, () => menu(page, "Actions", "Download selected items to CSV"));
    assert.equal(csv, 'id,n,text\r\nitem 05,5.00000000000000000000000000000000001,"a ""quoted"", text"\r\n');

    await table.getByRole("checkbox", { name: "Select all items of this page" }).check();
    await table.getByRole("checkbox", { name: "Select item item 05", exact: true }).uncheck();
    await menu(page, "Actions", "Delete items");
    const question = page.getByRole("dialog", { name: "Delete 89 items?" });
    await question.getByRole("textbox").fill("confirm");
    await question.getByRole("button", { name: "Delete" }).click();
    await page.getByText("89 items were deleted.").waitFor();
    assert.deepEqual(await cells(page, "Items returned", 2), ["item 05"]);
    await page.getByRole("button", { name: "Run again" }).click();
    await page.getByText(found(1)).waitFor();
  }));

test("a phone, in the dark", (t) =>
  browse(
    t,
    async (page) => {
      for (const path of ["explore?table=Music", "explore/create-item?table=Music", "explore/import-file?table=Music", "partiql"]) {
        await open(page, `/console/dynamodb/${path}`, /./);
        await page.waitForLoadState("networkidle");
        const wider = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
        assert.ok(wider <= 0, `${path} is ${wider} pixels wider than the screen`);
        await accessible(page);
      }
    },
    { viewport: { width: 390, height: 844 }, colorScheme: "dark" },
  ));
