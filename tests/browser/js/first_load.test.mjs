// What a browser that has nothing loads before somebody can sign in, and sees the home page; and how long that takes.
import assert from "node:assert/strict";
import { test } from "node:test";
import { browse, home, url } from "./console.mjs";

/** In bytes as they are on the network. */
const most = 700 * 1024;

test("the first load", (t) =>
  browse(t, async (page) => {
    await page.goto(url + "/console/");
    await home(page);
    await page.waitForLoadState("networkidle");
    const loaded = await page.evaluate(() =>
      [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")].map((e) => [e.transferSize, e.name]),
    );
    const sum = loaded.reduce((sum, [size]) => sum + size, 0);
    const fonts = loaded.filter(([, name]) => name.endsWith(".woff2"));
    t.diagnostic(`${sum} bytes in ${loaded.length} requests`);
    assert.ok(sum > 100_000 && sum <= most, `${sum} bytes`);
    assert.ok(fonts.length > 0 && fonts.length <= 3, `${fonts.length} fonts`);
  }));

/** What the console promises of a warm server on a machine that does nothing else, in milliseconds. */
const promised = 2000;

/** How much of a core this machine, on which other tests run, has for one more process: what that gets of a third of a second. */
function share() {
  const [from, before] = [performance.now(), process.cpuUsage()];
  while (performance.now() - from < 333);
  const { user, system } = process.cpuUsage(before);
  return Math.min(1, (user + system) / 1000 / (performance.now() - from));
}

/**
 * Loads with a browser that has nothing, until a page is ready in time. A time counts as far as the machine was there for it.
 * ready waits for what can be used, and tries it.
 */
async function best(t, page, what, load, ready) {
  const devtools = await page.context().newCDPSession(page);
  const times = [];
  while (times.length < 10 && !(Math.min(...times) <= promised)) {
    await page.goto("about:blank");
    await devtools.send("Network.clearBrowserCache");
    const before = share();
    await load();
    assert.ok(await ready());
    const took = await page.evaluate(() => performance.now());
    times.push(Math.round((took * (before + share())) / 2));
  }
  t.diagnostic(`${what} after ${Math.min(...times)} ms, the best of ${times.length}`);
  assert.ok(Math.min(...times) <= promised, `${what} after ${times} ms`);
}

test("the sign-in page can be typed into, and the home page used, in two seconds", (t) =>
  browse(t, async (page, context) => {
    await best(
      t,
      page,
      "the home page",
      () => page.goto(url + "/console/"),
      async () => {
        await home(page);
        return page.getByRole("button", { name: "Services" }).isEnabled();
      },
    );
    await context.clearCookies();
    const name = page.getByLabel("IAM username");
    await best(
      t,
      page,
      "the sign-in page",
      () => page.goto(url + "/console/signin"),
      async () => {
        await name.fill("ada");
        return (await name.inputValue()) === "ada";
      },
    );
  }));
