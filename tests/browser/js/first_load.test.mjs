// What a browser that has nothing loads before somebody can sign in, and sees the home page.
import assert from "node:assert/strict";
import { test } from "node:test";
import { browse, home, url } from "./console.mjs";

/** In bytes as they are on the network. */
const most = 700 * 1024;

test("the first load", (t) =>
  browse(t, async (page) => {
    await page.goto(url + "/console/");
    await home(page);
    const ready = await page.evaluate(() => performance.now());
    await page.waitForLoadState("networkidle");
    const loaded = await page.evaluate(() =>
      [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")].map((e) => [e.transferSize, e.name]),
    );
    const sum = loaded.reduce((sum, [size]) => sum + size, 0);
    const fonts = loaded.filter(([, name]) => name.endsWith(".woff2"));
    t.diagnostic(`${sum} bytes in ${loaded.length} requests; the home page after ${Math.round(ready)} ms`);
    assert.ok(sum > 100_000 && sum <= most, `${sum} bytes`);
    assert.ok(fonts.length > 0 && fonts.length <= 3, `${fonts.length} fonts`);
  }));
