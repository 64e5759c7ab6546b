// Usage by table: the root user's, and that of IAM users once the root user lets them see billing information.
import assert from "node:assert/strict";
import { test } from "node:test";
import { accessible, browse, open, refused, screenshot } from "./console.mjs";

const administrator = { as: process.env.ADMINISTRATOR };

async function used(page) {
  await open(page, "/console/activity/usage", "Usage");
  await page.getByRole("link", { name: "Music" }).waitFor();
  const row = page.getByRole("row").filter({ has: page.getByRole("link", { name: "Music" }) });
  assert.match(await row.innerText(), /us-east-1\s+0\s+1\s/, "one write");
}

test("it is kept from IAM users at first", (t) =>
  browse(
    t,
    async (page) => {
      await open(page, "/console/activity/usage", "Usage");
      await page.getByText("IAM users and roles have no access to billing information in this account").waitFor();
      await page.getByText("Ask who has the root user's password").waitFor();
      await accessible(page);
    },
    { ...administrator, errors: refused(400) },
  ));

test("the root user sees it, and lets IAM users", (t) =>
  browse(t, async (page) => {
    await used(page);
    await page.getByRole("button", { name: /Time range/ }).click();
    await page.getByRole("option", { name: "Last 7 days" }).click();
    await page.getByRole("link", { name: "Music" }).waitFor();
    await accessible(page);
    await screenshot(page, "usage");

    await open(page, "/console/account", "Account");
    await page.getByRole("button", { name: "Edit", exact: true }).click();
    await page.getByRole("checkbox", { name: "Activate IAM access" }).check();
    await page.getByRole("button", { name: "Update" }).click();
    await page.getByText("Activated", { exact: true }).waitFor();
  }));

test("an administrator sees it now", (t) => browse(t, used, administrator));
