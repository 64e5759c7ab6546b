// Usage by table, as the root user sees it: without authentication that is everyone.
import assert from "node:assert/strict";
import { test } from "node:test";
import { accessible, browse, open, screenshot } from "./console.mjs";

test("usage by table", (t) =>
  browse(t, async (page) => {
    await page.route("**/signin/session", (route) =>
      route.fulfill({ json: { SignedIn: false, OpenAuth: true, SignUp: false, Claimed: false, Region: "us-east-1", Version: "test" } }),
    );
    await open(page, "/console/activity/usage", "Usage");
    await page.getByRole("link", { name: "Music" }).waitFor();
    const row = page.getByRole("row").filter({ has: page.getByRole("link", { name: "Music" }) });
    assert.match(await row.innerText(), /us-east-1\s+0\s+1\s/, "one write");
    await page.getByRole("button", { name: /Time range/ }).click();
    await page.getByRole("option", { name: "Last 7 days" }).click();
    await page.getByRole("link", { name: "Music" }).waitFor();
    await accessible(page);
    await screenshot(page, "usage");
  }));
