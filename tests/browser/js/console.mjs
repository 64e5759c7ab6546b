// What every flow needs: a browser with a page that fails the test on any error in its console, and on serious faults of
// accessibility.
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after } from "node:test";
import { chromium } from "playwright-core";

/** The server under test. */
export const url = process.env.STATOR_URL;

/** Whom browsers sign in as, the body of a request; empty: nobody. */
const signIn = process.env.STATOR_SIGN_IN;

/** How long something may take to appear, in milliseconds: machines that run tests may be busy. Whoever writes a flow wants less. */
const patience = Number(process.env.STATOR_PATIENCE ?? 120_000);

const axeSource = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/**
 * Runs flow(page) in a browser with nothing in it but what it has loaded before. t is of node:test. Options:
 * errors: a pattern of console errors that the flow means to cause, such as a request that is refused;
 * as: whom to sign in as, the body of a request, if not the one that the test gave;
 * viewport, colorScheme: as Playwright has them.
 */
export async function browse(t, flow, { errors = null, as = signIn, viewport = { width: 1280, height: 900 }, colorScheme = "light" } = {}) {
  const browser = idle.pop() ?? (await launch());
  const { context } = browser;
  try {
    const before = context.pages();
    const page = await context.newPage();
    await Promise.all(before.map((p) => p.close()));
    await empty(context, page);
    await page.setViewportSize(viewport);
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    if (as) await enter(context, as);
    const faults = watch(page, errors);
    try {
      await flow(page, context);
    } catch (e) {
      // What the page says is worth more than the selector that was not found.
      const text = await page.locator("body").innerText().catch(() => "");
      throw new Error(`${e.message}\nat ${page.url()}\nfaults: ${faults.join("\n")}\npage: ${text.slice(0, 3000)}`, { cause: e });
    }
    assert.deepEqual(faults, [], "errors in the browser's console");
  } finally {
    idle.push(browser);
  }
}

/** Browsers that no flow uses. To start one takes as long as many a flow. */
const idle = [];
after(() => Promise.all(idle.map((browser) => browser.close())));

async function launch() {
  const profile = await mkdtemp(join(tmpdir(), "stator-browser-"));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: process.env.CHROMIUM,
    args: [
      "--headless",
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
    acceptDownloads: true,
  });
  context.setDefaultTimeout(patience);
  const close = async () => {
    await context.close();
    await rm(profile, { recursive: true, force: true, maxRetries: 5 });
  };
  return { context, close };
}

/** Forgets what the pages of the server have kept. */
async function empty(context, page) {
  const devtools = await context.newCDPSession(page);
  await devtools.send("Storage.clearDataForOrigin", { origin: new URL(url).origin, storageTypes: "all" });
  await context.clearCookies();
}

/** Signs in without the page for it: its cookie is then the browser's. */
async function enter(context, as) {
  const headers = { "Content-Type": "application/json", "X-Stator-Console": "1" };
  const answer = await context.request.post(url + "/signin/session", { data: as, headers });
  assert.equal((await answer.json()).State, "SignedIn", "signing in");
}

/** Collects what must not happen: errors in the console, refused by the CSP included, exceptions, requests to others. */
function watch(page, expected) {
  const faults = [];
  const fault = (text) => {
    if (!expected?.test(text)) faults.push(text);
  };
  page.on("console", (m) => m.type() === "error" && fault(`console: ${m.text()} (${m.location().url})`));
  page.on("pageerror", (e) => fault(`exception: ${e.stack ?? e}`));
  page.on("request", (r) => {
    if (!/^(data|blob):/.test(r.url()) && new URL(r.url()).origin !== new URL(url).origin) fault(`request to ${r.url()}`);
  });
  return faults;
}

/** Opens a page of the console, such as "/console/iam/users", and waits until its heading is there. */
export async function open(page, path, heading) {
  await page.goto(url + path);
  if (heading) await page.getByRole("heading", { level: 1, name: heading }).waitFor();
}

/** Waits for the home page. */
export const home = (page) => page.getByRole("heading", { level: 1, name: "Console home" }).waitFor();

/** The errors of requests that are refused with one of these statuses, for browse. */
export const refused = (...statuses) => new RegExp(`Failed to load resource: the server responded with a status of (${statuses.join("|")})`);

/** Waits for a mail to somebody that matches pattern, in the log of STATOR_LOG, and returns what its group is in the last one. */
export async function mailed(to, pattern) {
  for (const end = Date.now() + patience; Date.now() < end; await new Promise((done) => setTimeout(done, 100))) {
    const log = await (await fetch(process.env.STATOR_LOG)).text();
    const mail = log.split("\n").findLast((line) => line.includes(` to=${to} `) && pattern.test(line));
    if (mail) return pattern.exec(mail)[1];
  }
  throw new Error(`nothing like ${pattern} was mailed to ${to}`);
}

/** What an MFA device with a seed shows so many half minutes from now (RFC 6238). */
export function totp(seed, steps = 0) {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  const bits = [...seed.replace(/=+$/, "")].map((c) => alphabet.indexOf(c).toString(2).padStart(5, "0")).join("");
  const key = Buffer.from(bits.match(/.{8}/g).map((b) => parseInt(b, 2)));
  const step = Buffer.alloc(8);
  step.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + steps));
  const sum = createHmac("sha1", key).update(step).digest();
  const n = sum.readUInt32BE(sum.at(-1) & 15) & 0x7fffffff;
  return String(n % 1_000_000).padStart(6, "0");
}

/** Ticks the row of a list that has a name. */
export const select = (place, name) => place.getByRole("row").filter({ has: place.page().getByText(name, { exact: true }) }).locator("input").check();

/** What a button that downloads a .csv gives: the file's name and its rows. */
export async function downloaded(page, button) {
  const [file] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: button }).click()]);
  const rows = (await readFile(await file.path(), "utf8")).trimEnd().split("\r\n").map((line) => line.split(","));
  return { name: file.suggestedFilename(), rows };
}

/**
 * Fails on faults of accessibility that axe-core calls serious or critical, in the whole page or what a selector names. Call it
 * where a page is complete.
 */
export async function accessible(page, selector = "html") {
  // An evaluation is not subject to the page's CSP; a script element would be.
  if (!(await page.evaluate(() => "axe" in globalThis))) await page.evaluate(axeSource);
  const faults = await page.evaluate(async (selector) => {
    // Rules whose faults are less than serious need not run: they take a quarter of the time.
    const lesser = globalThis.axe._audit.rules.filter((rule) => rule.impact === "moderate" || rule.impact === "minor");
    const rules = Object.fromEntries(lesser.map((rule) => [rule.id, { enabled: false }]));
    const { violations } = await globalThis.axe.run(selector, { resultTypes: ["violations"], rules });
    return violations
      .filter((v) => v.impact === "serious" || v.impact === "critical")
      .map((v) => `${v.id}: ${v.help}: ${v.nodes.map((n) => n.target.join(" ")).slice(0, 5).join("; ")}`);
  }, selector);
  assert.deepEqual(faults, [], `accessibility of ${page.url()}`);
}

/** Writes docs/images/NAME.png if STATOR_SCREENSHOTS names that folder. */
export async function screenshot(page, name) {
  const folder = process.env.STATOR_SCREENSHOTS;
  if (folder) await page.screenshot({ path: join(folder, `${name}.png`), animations: "disabled" });
}
