// Tables: created with every setting, looked at, changed, deleted. Another client writes to the table orders meanwhile.
import assert from "node:assert/strict";
import { test } from "node:test";
import { accessible, browse, open, screenshot } from "./console.mjs";

// A table without a policy is answered with 400, which the browser notes in its console.
const refusals = { errors: /Failed to load resource: the server responded with a status of 400/ };

const button = (page, name) => page.getByRole("button", { name, exact: true });
const dialog = (page) => page.getByRole("dialog").filter({ visible: true });
const said = (page, text) => page.getByText(text).first().waitFor();

async function choose(page, label, option) {
  await page.getByRole("button", { name: label }).click();
  await page.getByRole("option", { name: option }).click();
}

async function tab(page, name) {
  await page.getByRole("tab", { name, exact: true }).click();
}

async function typePolicy(page, text) {
  const editor = page.getByRole("textbox", { name: "Resource-based policy" });
  await editor.click();
  await page.keyboard.press("ControlOrMeta+a");
  await page.keyboard.insertText(text);
}

/** A policy that allows the account to do something with the table. */
const policy = (Action) =>
  JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Principal: { AWS: `arn:aws:iam::${process.env.ACCOUNT}:root` }, Action, Resource: "*" }],
  });

async function createTable(page) {
  await open(page, "/console/dynamodb/tables", "Tables");
  await page.getByRole("link", { name: "Create table" }).first().click();
  await page.getByRole("heading", { level: 1, name: "Create table" }).waitFor();
  await accessible(page);
  await button(page, "Create table").click(); // nothing is filled in
  await page.getByText("Enter the name of the partition key.").waitFor();

  await page.getByLabel("Table name").fill("orders");
  await page.getByRole("textbox", { name: "Partition key", exact: true }).fill("customer");
  await page.getByRole("textbox", { name: "Sort key", exact: true }).fill("order");
  await choose(page, "Type of the sort key", "Number");
  await page.getByRole("radio", { name: "Customize settings" }).check();
  await page.getByRole("radio", { name: "DynamoDB Standard-IA" }).check();
  await page.getByRole("radio", { name: "Provisioned" }).check();
  await page.getByLabel("Read capacity units").fill("20");
  await page.getByLabel("Write capacity units").fill("10");
  await button(page, "Create local index").click();
  await dialog(page).getByRole("textbox", { name: "Sort key", exact: true }).fill("status");
  await dialog(page).getByLabel("Index name").fill("by-status");
  await dialog(page).getByRole("radio", { name: "Only keys" }).check();
  await dialog(page).getByRole("button", { name: "Create index" }).click();
  await button(page, "Create global index").click();
  await dialog(page).getByRole("textbox", { name: "Partition key", exact: true }).fill("status");
  await dialog(page).getByRole("textbox", { name: "Sort key", exact: true }).fill("at");
  await dialog(page).getByRole("radio", { name: "Include" }).check();
  await dialog(page).getByLabel("Attribute to include").fill("total");
  await dialog(page).getByRole("button", { name: "Add", exact: true }).click();
  await dialog(page).getByLabel("Index name").fill("all-by-status");
  await accessible(page);
  await dialog(page).getByRole("button", { name: "Create index" }).click();
  await page.getByRole("cell", { name: "all-by-status" }).waitFor();
  await page.getByRole("radio", { name: "AWS managed key" }).check();
  await page.getByRole("checkbox", { name: "Turn on deletion protection" }).check();
  await choose(page, "View type", "New and old images");
  await page.getByLabel("TTL attribute name").fill("expires");
  await button(page, "Resource-based policy – optional").click();
  await typePolicy(page, policy("dynamodb:GetItem"));
  await button(page, "Add new tag").click();
  await page.getByLabel("Key of tag 1").fill("team");
  await page.getByLabel("Value of tag 1").fill("sales");
  await accessible(page);
  await page.evaluate(() => window.scrollTo(0, 0));
  await screenshot(page, "create-table");
  await button(page, "Create table").click();
  await said(page, "The orders table was created successfully.");
  await page.getByRole("heading", { level: 1, name: "orders" }).waitFor();
}

async function overview(page) {
  for (const text of ["customer (String)", "order (Number)", "Provisioned", "On (new and old images)"]) await said(page, text);
  await button(page, "Additional info").click();
  for (const text of ["DynamoDB Standard-IA", "AWS managed key", "1 global, 1 local"]) await said(page, text);
  await button(page, "Refresh the items summary").click();
  await page.waitForFunction(() => /Item count\s*1/.test(document.body.innerText));
  await accessible(page);
  await screenshot(page, "table");
}

async function indexes(page) {
  await tab(page, "Indexes");
  await page.getByRole("rowheader", { name: "by-status", exact: true }).waitFor();
  await page.getByText("Include: total").waitFor();
  await accessible(page);
  await page.getByRole("link", { name: "Create index" }).first().click();
  await page.getByRole("heading", { level: 1, name: "Create global secondary index" }).waitFor();
  await page.getByRole("textbox", { name: "Partition key", exact: true }).fill("at");
  await page.getByLabel("Index name").fill("by-time");
  await accessible(page);
  await button(page, "Create index").click();
  await said(page, "The index by-time is being created.");
  const row = page.getByRole("row", { name: /by-time/ });
  await row.getByText("Active").waitFor();
  await row.getByRole("radio").check();
  await button(page, "Delete").click();
  await dialog(page).getByRole("textbox").fill("confirm");
  await dialog(page).getByRole("button", { name: "Delete", exact: true }).click();
  await row.waitFor({ state: "detached" });

  await page.getByRole("row", { name: /all-by-status/ }).getByRole("radio").check();
  await page.getByRole("link", { name: "Edit capacity" }).click();
  await page.getByRole("heading", { level: 1, name: "Edit read/write capacity" }).waitFor();
  await page.getByLabel("Read capacity units").nth(1).fill("8");
  await accessible(page);
  await button(page, "Save changes").click();
  await said(page, "The capacity of orders was changed.");
  await tab(page, "Indexes");
  await page.getByRole("row", { name: /all-by-status/ }).getByRole("gridcell", { name: "8", exact: true }).waitFor();
}

async function monitor(page) {
  await tab(page, "Monitor");
  await page.getByRole("heading", { name: "Write usage" }).waitFor();
  // The other client reads and writes.
  for (const operation of ["PutItem", "GetItem"]) {
    await page.waitForFunction(
      async (name) => {
        if ([...document.querySelectorAll("[role=group], button, li, div")].some((e) => e.textContent === name)) return true;
        document.querySelector("button[aria-label='Refresh the graphs']").click();
        return false;
      },
      operation,
      { polling: 1000 },
    );
  }
  await accessible(page);
  await screenshot(page, "monitor");
  await choose(page, "Table or index", "Index: all-by-status");
  await page.getByRole("heading", { name: "Latency" }).waitFor({ state: "detached" });
}

async function stream(page) {
  await tab(page, "Exports and streams");
  await page.getByText("No exports", { exact: true }).waitFor();
  await button(page, "Start").click();
  await page.getByText(/Reading \d+ shards?/).first().waitFor();
  const change = page.getByRole("row", { name: /Modify customer: ann, order: 7/ }).first();
  await change.waitFor();
  await button(page, "Stop").click();
  await page.getByText("Stopped").first().waitFor();
  await change.getByRole("radio").check();
  await page.getByRole("textbox", { name: "New image" }).getByText("ann").waitFor();
  await accessible(page);
  await screenshot(page, "stream");
  await button(page, "Turn off the stream").click();
  await dialog(page).getByRole("button", { name: "Turn off stream" }).click();
  await said(page, "The stream of orders is off.");
  await button(page, "Turn on the stream").click();
  await dialog(page).getByRole("radio", { name: "Key attributes only" }).check();
  await dialog(page).getByRole("button", { name: "Turn on stream" }).click();
  await said(page, "The stream of orders is on.");
}

async function permissions(page) {
  await tab(page, "Permissions");
  await page.getByRole("textbox", { name: "Resource-based policy" }).getByText("dynamodb:GetItem").waitFor(); // from the creation
  await button(page, "Edit policy").click();
  await typePolicy(page, policy("dynamodb:GetItems"));
  await page.getByText("Findings of the validation").waitFor();
  await page.getByText(/dynamodb:GetItems/).last().waitFor();
  await accessible(page);
  await button(page, "Cancel").click();
  await button(page, "Delete policy").click();
  await dialog(page).getByRole("textbox").fill("confirm");
  await dialog(page).getByRole("button", { name: "Delete", exact: true }).click();
  await page.getByText("No resource-based policy").waitFor();
  await button(page, "Create policy").click(); // what it begins with is a policy that can be saved
  await button(page, "Save policy").click();
  await said(page, "The resource-based policy was saved.");
  await page.getByRole("textbox", { name: "Resource-based policy" }).getByText("dynamodb:Query").waitFor();
}

async function additionalSettings(page) {
  await tab(page, "Additional settings");
  await page.getByText("expires", { exact: true }).waitFor();
  const off = button(page, "Turn off Time to Live");
  await page.waitForFunction(
    () => {
      const b = document.querySelector("button[aria-label='Turn off Time to Live']");
      if (b && !b.disabled) return true;
      document.querySelector("button[aria-label='Refresh Time to Live']").click();
      return false;
    },
    null,
    { polling: 500 },
  );
  await off.click();
  await dialog(page).getByRole("button", { name: "Turn off TTL" }).click();
  await said(page, "Time to Live is being turned off.");
  await page.getByRole("row", { name: "team sales" }).waitFor();
  await button(page, "Manage tags").click();
  await dialog(page).getByLabel("Value of tag 1").fill("finance");
  await dialog(page).getByRole("button", { name: "Add new tag" }).click();
  await dialog(page).getByLabel("Key of tag 2").fill("stage");
  await dialog(page).getByRole("button", { name: "Save changes" }).click();
  await page.getByRole("row", { name: "team finance" }).waitFor();
  await page.getByRole("row", { name: /stage/ }).waitFor();
  await button(page, "Manage encryption").click();
  await dialog(page).getByRole("radio", { name: "Owned by Amazon DynamoDB" }).check();
  await dialog(page).getByRole("button", { name: "Save changes" }).click();
  await said(page, "The encryption was changed.");
  await button(page, "Edit table class").click();
  await dialog(page).getByRole("radio", { name: "DynamoDB Standard", exact: false }).first().check();
  await dialog(page).getByRole("button", { name: "Save changes" }).click();
  await said(page, "The table class was changed.");
  await accessible(page);
}

async function deleteTable(page) {
  const attempt = async () => {
    await button(page, "Actions").click();
    await page.getByRole("menuitem", { name: "Delete table" }).click();
    await dialog(page).getByRole("textbox").fill("confirm");
    await dialog(page).getByRole("button", { name: "Delete", exact: true }).click();
  };
  await attempt();
  await dialog(page).getByText(/protected against deletion|DeletionProtection|deletion protection/i).nth(1).waitFor();
  await accessible(page);
  await dialog(page).getByRole("button", { name: "Cancel" }).click();
  await button(page, "Turn off deletion protection").click();
  await said(page, "Deletion protection is off.");
  await attempt();
  await page.getByRole("heading", { level: 1, name: "Tables" }).waitFor();
  await said(page, "The request to delete orders was submitted.");
}

test("a table with every setting", (t) =>
  browse(
    t,
    async (page) => {
      await createTable(page);
      await overview(page);
      await indexes(page);
      await monitor(page);
      await stream(page);
      await permissions(page);
      await tab(page, "Global tables");
      await page.getByText("This server doesn't have global tables yet").waitFor();
      await additionalSettings(page);
      await lists(page);
      await open(page, "/console/dynamodb/tables/orders?tab=settings", "orders");
      await deleteTable(page);
    },
    refusals,
  ));

async function lists(page) {
  await open(page, "/console/dynamodb/tables", "Tables");
  await page.getByRole("rowheader", { name: "orders" }).waitFor();
  await choose(page, "Tag key", "team");
  await page.getByRole("rowheader", { name: "orders" }).waitFor();
  await choose(page, "Tag value", "finance");
  await page.getByRole("rowheader", { name: "orders" }).waitFor();
  await button(page, "Add orders to favorites").click();
  await button(page, "Remove orders from favorites").waitFor();
  await accessible(page);
  await open(page, "/console/dynamodb", "Dashboard");
  await page.getByRole("link", { name: "orders" }).waitFor();
  await accessible(page);
  await open(page, "/console/dynamodb/settings", "Settings");
  await page.getByText("Account capacity quotas").waitFor();
  await accessible(page);
}

test("a phone, in the dark", (t) =>
  browse(
    t,
    async (page) => {
      await open(page, "/console/dynamodb/create-table", "Create table");
      await fits(page);
      await page.getByLabel("Table name").fill("phone");
      await page.getByRole("textbox", { name: "Partition key", exact: true }).fill("id");
      await page.getByRole("radio", { name: "Customize settings" }).check();
      await fits(page);
      await accessible(page);
      await page.getByLabel("Maximum read request units").fill("100");
      await button(page, "Create table").click();
      await page.getByRole("heading", { level: 1, name: "phone" }).waitFor();
      await page.getByRole("link", { name: "Edit", exact: true }).click();
      await page.getByRole("heading", { level: 1, name: "Edit read/write capacity" }).waitFor();
      await fits(page);
      await page.getByLabel("Maximum read request units").fill(""); // there is to be none any more
      await page.getByLabel("Maximum write request units").fill("50");
      await page.getByLabel("Warm read units per second").fill("13000");
      await button(page, "Save changes").click();
      for (const text of ["No maximum", "50", "13,000"]) await page.getByText(text, { exact: true }).waitFor();
      for (const name of ["overview", "indexes", "monitor", "streams", "permissions", "settings"]) {
        await open(page, `/console/dynamodb/tables/phone?tab=${name}`, "phone");
        await page.getByRole("tabpanel").getByRole("heading").first().waitFor();
        await fits(page);
      }
      await accessible(page);
      await open(page, "/console/dynamodb/tables", "Tables");
      await page.getByRole("link", { name: "phone" }).waitFor();
      await fits(page);
      await open(page, "/console/dynamodb", "Dashboard");
      await page.getByText("No favorite tables").waitFor();
      await fits(page);
    },
    { ...refusals, viewport: { width: 390, height: 844 }, colorScheme: "dark" },
  ));

async function fits(page) {
  const wider = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  assert.ok(wider <= 0, `${page.url()} is ${wider} pixels wider than the screen`);
}
