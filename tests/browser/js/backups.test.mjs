// Backups: what a table was, on demand and at a point in time, is restored to new tables after it was changed.
import assert from "node:assert/strict";
import { test } from "node:test";
import { accessible, browse, open, refused, screenshot, select } from "./console.mjs";
import { cells, explore, menu } from "./items.mjs";

const button = (page, name) => page.getByRole("button", { name, exact: true });
const dialog = (page) => page.getByRole("dialog").filter({ visible: true });

const backups = async (page) => {
  await open(page, "/console/dynamodb/tables/Orders?tab=backups", "Orders");
  await button(page, "Edit point-in-time recovery").waitFor();
};

async function recovery(page) {
  await backups(page);
  await page.getByText("Off", { exact: true }).waitFor();
  await page.getByText("No backups", { exact: true }).waitFor();
  await accessible(page);
  await button(page, "Edit point-in-time recovery").click();
  await dialog(page).getByRole("checkbox", { name: "Turn on point-in-time recovery" }).check();
  await dialog(page).getByLabel("Backup recovery period").fill("36");
  await dialog(page).getByText("Enter a whole number from 1 to 35.").first().waitFor();
  await accessible(page);
  await dialog(page).getByLabel("Backup recovery period").fill("7");
  await dialog(page).getByRole("button", { name: "Save changes" }).click();
  await page.getByText("Point-in-time recovery of Orders is on.").waitFor();
  await page.getByText("7 days", { exact: true }).waitFor();
}

async function create(page) {
  await button(page, "Create backup").first().click();
  await dialog(page).getByLabel("Backup name").fill("before");
  await accessible(page);
  await dialog(page).getByRole("button", { name: "Create backup" }).click();
  const row = page.getByRole("row").filter({ has: page.getByRole("link", { name: "before" }) });
  await row.getByText("Available").waitFor();
}

/** Deletes all items, and puts another. */
async function change(page) {
  await explore(page, "Orders");
  await page.getByText("Items returned: 20", { exact: true }).waitFor();
  await page.getByRole("checkbox", { name: "Select all items of this page" }).check();
  await menu(page, "Actions", "Delete items");
  await dialog(page).getByRole("textbox").fill("confirm");
  await dialog(page).getByRole("button", { name: "Delete", exact: true }).click();
  await page.getByText("20 items were deleted.").waitFor();
  await page.getByRole("link", { name: "Create item" }).click();
  await page.getByRole("textbox", { name: "Value of id", exact: true }).fill("after");
  await button(page, "Create item").click();
  await page.getByText("The item has been created.").waitFor();
}

/** Waits until a table was restored, on its page, and looks at the items. */
async function restored(page, name, items) {
  await page.getByText(`The table ${name} is being restored.`).waitFor();
  await page.getByRole("heading", { level: 1, name }).waitFor();
  await page.getByRole("heading", { name: "Restore", exact: true }).waitFor();
  await page.getByText("Completed", { exact: true }).waitFor();
  await accessible(page);
  await page.getByRole("link", { name: "Explore table items" }).click();
  await page.getByText(`Items returned: ${items.length}`, { exact: true }).waitFor();
  assert.deepEqual((await cells(page, "Items returned", 2)).sort(), items);
}

const old = Array.from({ length: 20 }, (_, i) => `order ${String(i).padStart(2, "0")}`);

async function fromBackup(page) {
  await open(page, "/console/dynamodb/backups", "Backups");
  await page.getByRole("link", { name: "before" }).click();
  await page.getByRole("heading", { level: 1, name: "before" }).waitFor();
  await page.getByText("by-customer").waitFor();
  await page.getByText("Item count").waitFor();
  await accessible(page);
  await page.getByRole("main").getByRole("link", { name: "Restore" }).click();
  await page.getByRole("heading", { level: 1, name: "Restore table from backup" }).waitFor();
  await button(page, "Restore").click();
  await page.getByLabel("Name of restored table").fill("x");
  await page.getByText("Between 3 and 255 characters").nth(1).waitFor();
  await page.getByLabel("Name of restored table").fill("Orders-before");
  await page.getByRole("radio", { name: "Restore the table without secondary indexes" }).check();
  await page.getByRole("radio", { name: "Provisioned" }).check();
  await page.getByLabel("Read capacity units").fill("7");
  await accessible(page);
  await button(page, "Restore").click();
  await restored(page, "Orders-before", old);
  await page.goBack();
  await page.getByRole("tab", { name: "Indexes" }).click();
  await page.getByText("No global secondary indexes", { exact: true }).waitFor();
  await page.getByRole("tab", { name: "Overview" }).click();
  await page.getByText("7", { exact: true }).first().waitFor();
}

async function toMoment(page) {
  await backups(page);
  await page.getByRole("link", { name: "Restore to point in time" }).click();
  await page.getByRole("heading", { level: 1, name: "Restore table to point in time" }).waitFor();
  await page.getByRole("radio", { name: "Specify date and time" }).check();
  await page.getByRole("textbox", { name: "Date and time Date" }).fill("2001/01/01");
  await page.getByLabel("Name of restored table").fill("Orders-earliest");
  await button(page, "Restore").click();
  await page.getByText(/^The earliest is /).first().waitFor();
  await accessible(page);
  await page.getByRole("radio", { name: "Earliest" }).check();
  await button(page, "Restore").click();
  await restored(page, "Orders-earliest", old);
  await page.goBack();
  await page.getByRole("tab", { name: "Indexes" }).click();
  await page.getByText("by-customer").waitFor();
}

async function latest(page) {
  await open(page, "/console/dynamodb/restore-table?table=Orders", "Restore table to point in time");
  await page.getByLabel("Name of restored table").fill("Orders");
  await button(page, "Restore").click();
  await page.getByText("Table already exists: Orders", { exact: true }).waitFor();
  await page.getByLabel("Name of restored table").fill("Orders-latest");
  await button(page, "Restore").click();
  await restored(page, "Orders-latest", ["after"]);
}

async function remove(page) {
  await backups(page);
  await page.evaluate(() => window.scrollTo(0, 0));
  await page.getByText("Available").waitFor();
  await screenshot(page, "backups");
  await select(page.getByRole("main"), "before");
  await button(page, "Delete").click();
  await dialog(page).getByRole("textbox").fill("confirm");
  await dialog(page).getByRole("button", { name: "Delete", exact: true }).click();
  await page.getByText("The backup before was deleted.").waitFor();
  await page.getByText("No backups", { exact: true }).waitFor();
  await button(page, "Edit point-in-time recovery").click();
  await dialog(page).getByRole("checkbox", { name: "Turn on point-in-time recovery" }).uncheck();
  await dialog(page).getByRole("button", { name: "Save changes" }).click();
  await page.getByText("Point-in-time recovery of Orders is off.").waitFor();
}

test("back up, change, restore", (t) =>
  browse(
    t,
    async (page) => {
      await recovery(page);
      await create(page);
      await change(page);
      await fromBackup(page);
      await toMoment(page);
      await latest(page);
      await open(page, "/console/dynamodb/tables", "Tables");
      await page.getByRole("link", { name: "Orders-latest" }).waitFor();
      await screenshot(page, "tables");
      await remove(page);
    },
    { errors: refused(400) },
  ));

test("somebody who may not", (t) =>
  browse(
    t,
    async (page) => {
      await open(page, "/console/dynamodb/tables/Orders?tab=backups", "Orders");
      for (const action of ["DescribeContinuousBackups", "ListBackups"]) await page.getByText(`You don't have permission to dynamodb:${action}`).waitFor();
      await accessible(page);
      for (const [path, heading, action] of [
        ["backups", "Backups", "ListBackups"],
        ["exports", "Exports to S3", "ListExports"],
        ["imports", "Imports from S3", "ListImports"],
        ["restore-table?table=Orders", "Restore table to point in time", "DescribeContinuousBackups"],
      ]) {
        await open(page, `/console/dynamodb/${path}`, heading);
        await page.getByText(`You don't have permission to dynamodb:${action}`).waitFor();
      }
      await accessible(page);
    },
    { errors: refused(400), as: process.env.VIEWER },
  ));
