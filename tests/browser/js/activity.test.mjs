// Activity: what was done is found in the event history, and by nobody of another account.
import assert from "node:assert/strict";
import { test } from "node:test";
import { accessible, browse, open, screenshot } from "./console.mjs";

async function lookUp(page, attribute, value) {
  await page.getByRole("button", { name: /Lookup attribute/ }).click();
  await page.getByRole("option", { name: attribute, exact: true }).click();
  await page.getByRole("textbox", { name: "Value" }).fill(value);
  await page.getByRole("button", { name: "Look up" }).click();
}

test("what was just done", (t) =>
  browse(t, async (page) => {
    await open(page, "/console/activity", "Event history");
    await page.getByRole("link", { name: "CreateTable" }).waitFor();
    assert.equal(await page.getByRole("link", { name: "LookupEvents" }).count(), 0, "reads are not shown at first");
    await page.getByText("Music").first().waitFor();
    assert.equal(await page.getByText("Paintings").count(), 0, "another account's table");
    await page.locator('th[aria-sort="descending"]', { hasText: "Event time" }).waitFor();
    await accessible(page);
    await screenshot(page, "activity");

    await lookUp(page, "User name", "reader");
    await page.getByText("AccessDeniedException").waitFor();
    await page.getByRole("link", { name: "DeleteTable" }).click();
    await page.getByRole("heading", { level: 1, name: "DeleteTable" }).waitFor();
    await page.getByText("No policy allows it").waitFor();
    await page.getByRole("textbox", { name: "Event record" }).getByText('"errorCode"').waitFor();
    await accessible(page);

    await page.goBack();
    await lookUp(page, "Event name", "NoSuchThing");
    await page.getByText("No events", { exact: true }).waitFor();
  }));

test("another account sees its own, and nothing of this one", (t) =>
  browse(
    t,
    async (page) => {
      await open(page, "/console/activity", "Event history");
      await page.getByText("These are all events that were found.").waitFor();
      await page.getByRole("row").filter({ has: page.getByRole("link", { name: "CreateTable" }) }).getByText("Paintings").waitFor();
      assert.equal(await page.getByText("Music").count(), 0);
      assert.equal(await page.getByText("reader").count(), 0);
      await open(page, "/console/dynamodb/tables", "Tables");
      await page.getByRole("link", { name: "Paintings" }).waitFor();
      assert.equal(await page.getByText("Music").count(), 0);
    },
    { as: process.env.OTHER },
  ));

test("a phone", (t) =>
  browse(
    t,
    async (page) => {
      await open(page, "/console/activity", "Event history");
      await page.getByRole("link", { name: "CreateTable" }).waitFor();
      assert.ok((await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)) <= 0, "the page is wider than the screen");
      await accessible(page);
    },
    { viewport: { width: 390, height: 844 }, colorScheme: "dark" },
  ));
