// A table of many items is looked at page by page: what the document holds and what is asked for doesn't grow with the table.
import assert from "node:assert/strict";
import { test } from "node:test";
import { browse } from "./console.mjs";
import { cells, explore } from "./items.mjs";

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

/** The longest that the page was busy without a pause while steps were made, in milliseconds. */
async function longestTask(page, steps) {
  await page.evaluate(() => {
    globalThis.longest = 0;
    globalThis.observer = new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) globalThis.longest = Math.max(globalThis.longest, duration);
    });
    globalThis.observer.observe({ type: "longtask" });
  });
  await steps();
  return page.evaluate(async () => {
    // What is observed is told when the page is idle.
    await new Promise((done) => requestIdleCallback(done));
    await new Promise((done) => setTimeout(done, 100));
    globalThis.observer.disconnect();
    return globalThis.longest;
  });
}

/** What a person does with a table: to read on, sort, select, filter, turn pages. */
async function look(page, portions) {
  const rows = () => page.locator("tbody tr").count();
  const retrieve = page.getByRole("button", { name: "Retrieve next page" });
  for (let i = 2; i <= portions; i++) {
    await retrieve.click();
    await page.getByText(`Items returned: ${(300 * i).toLocaleString("en")}`, { exact: true }).waitFor();
  }
  for (const order of ["ascending", "descending"]) {
    await page.getByRole("columnheader", { name: "n", exact: true }).getByRole("button", { name: "n" }).first().click();
    await page.locator(`th[aria-sort=${order}]`).waitFor();
  }
  await page.getByRole("checkbox", { name: "Select all items of this page" }).check();
  await page.getByRole("button", { name: "Next page", exact: true }).click();
  await page.waitForFunction(() => document.querySelector("button[aria-current=true]")?.textContent?.trim() === "2");
  assert.equal(await rows(), 50);
  await page.getByText("Filters - optional").click();
  await page.getByRole("button", { name: "Add filter" }).click();
  const filter = page.getByRole("group", { name: "Filter 1" });
  await filter.getByRole("textbox", { name: "Attribute name" }).fill("n");
  await filter.getByRole("button", { name: /^Condition/ }).click();
  await page.getByRole("option", { name: "Less than", exact: true }).click();
  await filter.getByRole("button", { name: /^Type/ }).click();
  await page.getByRole("option", { name: "Number", exact: true }).click();
  await filter.getByRole("textbox", { name: "Value" }).fill("1000000");
  await page.getByRole("button", { name: "Run", exact: true }).click();
  await page.getByText("Efficiency: 100%").waitFor();
  await page.waitForFunction(() => document.querySelectorAll("tbody tr").length === 50);
}

test("a large table stalls the page no more than a small one", (t) =>
  browse(t, async (page) => {
    await explore(page, "Small");
    const small = await longestTask(page, () => look(page, 1));
    await explore(page, "Large");
    const large = await longestTask(page, () => look(page, 20));
    t.diagnostic(`longest task: ${Math.round(small)} ms with 300 items, ${Math.round(large)} ms with 6,000 of ${total}`);
    // The machine may be slow, and busy with other tests: then it is for the small table too.
    assert.ok(large < Math.max(1000, 3 * small), `the page stalled for ${large} ms; with few items for ${small} ms`);
  }));
