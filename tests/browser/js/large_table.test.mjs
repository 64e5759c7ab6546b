// A table of many items is looked at page by page: what the document holds and what is asked for doesn't grow with the table.
import assert from "node:assert/strict";
import { test } from "node:test";
import { browse } from "./console.mjs";
import { cells, explore, menu } from "./items.mjs";

const total = Number(process.env.STATOR_ITEMS);

test("explore a large table", (t) =>
  browse(t, async (page) => {
    let requests = 0;
    page.on("request", (r) => (requests += /DynamoDB_20120810\.(Scan|Query)/.test(r.headers()["x-amz-target"] ?? "") ? 1 : 0));
    const nodes = () => page.evaluate(() => document.querySelectorAll("*").length);
    await explore(page, "Large");
    assert.equal(requests, 1);
    assert.equal(await page.locator("tbody tr").count(), 50);
    const atFirst = await nodes();
    const seen = new Set(await cells(page, "Items returned", 2));
    const next = page.getByRole("button", { name: "Next page", exact: true });
    for (let i = 2; i <= 30; i++) {
      await next.click();
      await page.waitForFunction((n) => document.querySelector("button[aria-current=true]")?.textContent?.trim() === String(n), i);
      for (const id of await cells(page, "Items returned", 2)) seen.add(id);
    }
    assert.equal(seen.size, 30 * 50, "every page has other items");
    assert.equal(requests, 5, "a request gives six pages");
    assert.ok((await nodes()) < 1.2 * atFirst, `${await nodes()} nodes after ${atFirst}`);

    // The longest page that there is.
    await page.getByRole("button", { name: "Preferences" }).click();
    await page.getByRole("dialog").getByText("300 items").click();
    await page.getByRole("dialog").getByRole("button", { name: "Confirm" }).click();
    await page.waitForFunction(() => document.querySelectorAll("tbody tr").length === 300);
    await page.mouse.move(600, 600);
    for (let i = 0; i < 20; i++) await page.mouse.wheel(0, 600);
    assert.equal(await page.locator("tbody tr").count(), 300);
    assert.equal(requests, 5, "nothing is read by scrolling");

    // All of it is counted without an item coming here.
    await page.getByRole("button", { name: /^Attribute projection/ }).click();
    await page.getByRole("option", { name: "Count" }).click();
    await page.getByRole("button", { name: "Run", exact: true }).click();
    await page.getByText(/^Count: /).waitFor();
    while (await page.getByRole("button", { name: "Retrieve next page" }).count()) {
      const before = await page.getByText(/^Count: /).innerText();
      await page.getByRole("button", { name: "Retrieve next page" }).click();
      await page.waitForFunction((text) => !document.body.innerText.includes(text + "\n"), before);
    }
    await page.getByText(`Count: ${total.toLocaleString("en")}`, { exact: true }).waitFor();
  }));
