// The shell around every page, with the lists of users and tables as examples.
import assert from "node:assert/strict";
import { test } from "node:test";
import { accessible, browse, open, screenshot } from "./console.mjs";

test("lists of users and tables", (t) =>
  browse(t, async (page) => {
    await open(page, "/console/iam/users", "Users");
    await page.getByRole("link", { name: "Administrator" }).waitFor();
    await accessible(page);
    await screenshot(page, "users");

    await page.getByRole("button", { name: "Services" }).click();
    await page.getByRole("menuitem", { name: "DynamoDB" }).click();
    await page.getByRole("link", { name: "Tables" }).click();
    await page.getByRole("heading", { level: 1, name: "Tables" }).waitFor();
    assert.match(page.url(), /\/console\/dynamodb\/tables$/);
    await page.waitForFunction(() => document.title === "Tables | DynamoDB | Stator");
    await page.waitForFunction(() => document.activeElement.matches("h1"));
    await page.getByText("No tables", { exact: true }).waitFor();
    await accessible(page);
  }));

test("a phone", (t) =>
  browse(
    t,
    async (page) => {
      await open(page, "/console/iam/users", "Users");
      await page.getByRole("link", { name: "Administrator" }).waitFor();
      const wider = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      assert.ok(wider <= 0, `the page is ${wider} pixels wider than the screen`);
      await accessible(page);
    },
    { viewport: { width: 390, height: 844 } },
  ));
