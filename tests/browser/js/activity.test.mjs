// Activity: what was done is found in the event history, and by nobody of another account.
import assert from "node:assert/strict";
import { test } from "node:test";
import { accessible, browse, open, screenshot } from "./console.mjs";

const other = JSON.parse(process.env.OTHER);

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

test("usage is kept from IAM users", (t) =>
  browse(
    t,
    async (page) => {
      await open(page, "/console/activity/usage", "Usage");
      await page.getByText("IAM users and roles have no access to billing information in this account").waitFor();
      await page.getByText("IAM user and role access to Billing information").waitFor();
      await accessible(page);
    },
    { errors: /status of 400/ },
  ));

test("another account sees nothing of it", (t) =>
  browse(t, async (page) => {
    await page.route("**/signin/credentials", (route) => route.fulfill({ json: other }));
    await open(page, "/console/activity", "Event history");
    await page.getByText("These are all events that were found.").waitFor();
    assert.equal(await page.getByRole("link", { name: "CreateTable" }).count(), 0);
  }));

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
