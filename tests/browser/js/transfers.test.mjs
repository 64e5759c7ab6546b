// Exports and imports: a table is exported, and imported as another; a CSV file with faults becomes a table; what may not be.
import assert from "node:assert/strict";
import { test } from "node:test";
import { accessible, browse, open, refused } from "./console.mjs";
import { cells, choose } from "./items.mjs";

const button = (page, name) => page.getByRole("button", { name, exact: true });
const dialog = (page) => page.getByRole("dialog").filter({ visible: true });

/** What a page shows under a label. */
const value = (page, label) => page.locator("dt", { has: page.getByText(label, { exact: true }) }).locator("xpath=following-sibling::dd[1]").innerText();

async function completed(page) {
  await page.getByRole("heading", { level: 1, name: /^(Ex|Im)port \S+$/ }).waitFor();
  await page.getByText("Completed", { exact: true }).waitFor();
}

async function exportTable(page) {
  await open(page, "/console/dynamodb/tables/Orders?tab=streams", "Orders");
  await page.getByRole("link", { name: "Export to S3" }).first().click();
  await page.getByRole("heading", { level: 1, name: "Export table to Amazon S3" }).waitFor();
  await page.getByText("Point-in-time recovery is off", { exact: true }).waitFor();
  await button(page, "Turn on PITR").click();
  await dialog(page).getByRole("checkbox", { name: "Turn on point-in-time recovery" }).check();
  await dialog(page).getByRole("button", { name: "Save changes" }).click();
  await page.getByText("Point-in-time recovery is off", { exact: true }).waitFor({ state: "detached" });
  await button(page, "Export").click();
  await page.getByText("Enter the name of a bucket.").first().waitFor();
  await page.getByRole("radio", { name: "Incremental export" }).check();
  await page.getByRole("textbox", { name: "Export period from Date" }).waitFor();
  await accessible(page);
  await page.getByRole("radio", { name: "Full export" }).check();
  await page.getByLabel("Destination S3 bucket").fill("s3://exports/orders");
  await accessible(page);
  await button(page, "Export").click();
  await completed(page);
  assert.equal(await value(page, "Exported items"), "120");
  await accessible(page);
  const data = (await value(page, "Data files")).trim();
  assert.match(data, /^s3:\/\/exports\/orders\/AWSDynamoDB\/[^/]+\/data\/$/);
  await open(page, "/console/dynamodb/exports", "Exports to S3");
  await page.getByRole("cell", { name: "120", exact: true }).or(page.getByRole("gridcell", { name: "120", exact: true })).waitFor();
  await accessible(page);
  return data;
}

/** Fills in the first step of an import, and returns what fills in the second. */
async function steps(page, { source, compression, format, table, key }) {
  await open(page, "/console/dynamodb/import-table", "Choose the source");
  await button(page, "Next").click();
  await page.getByText("Enter the name of a bucket.").first().waitFor();
  await page.getByLabel("Source S3 URL").fill(source);
  if (compression) await page.getByRole("radio", { name: compression }).check();
  if (format) await page.getByRole("radio", { name: format, exact: true }).check();
  await accessible(page);
  return async () => {
    await button(page, "Next").click();
    await page.getByLabel("Table name").fill(table);
    await page.getByRole("textbox", { name: "Partition key", exact: true }).fill(key);
    await accessible(page);
    await button(page, "Next").click();
  };
}

test("export a table, import it as another", (t) =>
  browse(
    t,
    async (page) => {
      const data = await exportTable(page);
      const next = await steps(page, { source: data, compression: "GZIP", table: "Orders-imported", key: "id" });
      await next();
      await page.getByRole("radio", { name: "Customize settings" }).check();
      await button(page, "Create global index").click();
      await dialog(page).getByRole("textbox", { name: "Partition key", exact: true }).fill("customer");
      await dialog(page).getByRole("button", { name: "Create index" }).click();
      await page.getByRole("cell", { name: "customer-index" }).waitFor();
      await accessible(page);
      await button(page, "Next").click();
      await page.getByText("customer-index").waitFor();
      await accessible(page);
      await button(page, "Import").click();
      await completed(page);
      assert.equal(await value(page, "Imported items"), "120");
      assert.equal(await value(page, "Errors"), "0");
      await accessible(page);
      await page.getByRole("link", { name: "Explore table items" }).click();
      await page.getByText("Items returned: 120", { exact: true }).waitFor();
      await choose(page, /Table or index/, /customer-index/);
      await page.getByRole("button", { name: "Run", exact: true }).click();
      await page.getByText("Items returned: 120", { exact: true }).waitFor();
    },
    { errors: refused(400) },
  ));

test("a CSV file with faults, and a place where nothing is", (t) =>
  browse(
    t,
    async (page) => {
      let next = await steps(page, { source: "uploads/things.csv", format: "CSV", table: "Things", key: "id" });
      await page.getByRole("radio", { name: "Custom header" }).check();
      await button(page, "Next").click();
      await page.getByText("Enter the names of the attributes.").first().waitFor();
      await page.getByRole("textbox", { name: "Custom header" }).fill("id, colour");
      await choose(page, /CSV delimiter character/, "Semicolon (;)");
      await next();
      await button(page, "Next").click();
      await page.getByText("Semicolon (;)").waitFor();
      await button(page, "Import").click();
      await page.getByText(/^The import failed: /).waitFor();
      assert.equal(await value(page, "Processed items"), "4");
      assert.equal(await value(page, "Imported items"), "3");
      assert.equal(await value(page, "Errors"), "1");
      await accessible(page);
      await open(page, "/console/dynamodb/explore?table=Things", "Explore items: Things");
      await page.getByText("Items returned: 3", { exact: true }).waitFor();
      assert.deepEqual((await cells(page, "Items returned", 3)).sort(), ["blue", "green", "red"]);

      next = await steps(page, { source: "s3://nowhere/x", table: "Nothing", key: "id" });
      await next();
      await button(page, "Next").click();
      await button(page, "Import").click();
      await page.getByText(/^The import failed: /).waitFor();
      await accessible(page);
      await open(page, "/console/dynamodb/imports", "Imports from S3");
      await page.getByText("Failed", { exact: true }).first().waitFor();
      await accessible(page);
    },
    { errors: refused(400) },
  ));

test("somebody who may not", (t) =>
  browse(
    t,
    async (page) => {
      await open(page, "/console/dynamodb/export-table?table=Orders", "Export table to Amazon S3");
      await page.getByLabel("Destination S3 bucket").fill("exports");
      await button(page, "Export").click();
      await page.getByText("You don't have permission to dynamodb:ExportTableToPointInTime").waitFor();
      await accessible(page);
      const next = await steps(page, { source: "uploads", table: "Mine", key: "id" });
      await next();
      await button(page, "Next").click();
      await button(page, "Import").click();
      await page.getByText("You don't have permission to s3:ListBucket").waitFor();
      await accessible(page);
    },
    { errors: refused(400), as: process.env.VIEWER },
  ));
