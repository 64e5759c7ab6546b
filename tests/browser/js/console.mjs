// What every flow needs: a browser with a page that fails the test on any error in its console, and on serious faults of
// accessibility.
import assert from "node:assert/strict";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";

/** The server under test. */
export const url = process.env.STATOR_URL;

/** Whom browsers sign in as, the body of a request; empty: nobody. */
const signIn = process.env.STATOR_SIGN_IN;

/** How long something may take to appear, in milliseconds: machines that run tests may be busy. Whoever writes a flow wants less. */
const patience = Number(process.env.STATOR_PATIENCE ?? 120_000);

const axeSource = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/**
 * Runs flow(page) in a browser with nothing in it. t is of node:test. Options:
 * errors: a pattern of console errors that the flow means to cause, such as a request that is refused;
 * the others are of Playwright's newContext.
 */
export async function browse(t, flow, { errors = null, ...options } = {}) {
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
    viewport: { width: 1280, height: 900 },
    reducedMotion: "reduce",
    acceptDownloads: true,
    ...options,
  });
  context.setDefaultTimeout(patience);
  try {
    if (signIn) await enter(context);
    const page = context.pages()[0] ?? (await context.newPage());
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
    await context.close();
    await rm(profile, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** Signs in without the page for it: its cookie is then the browser's. */
async function enter(context) {
  const headers = { "Content-Type": "application/json", "X-Stator-Console": "1" };
  const answer = await context.request.post(url + "/signin/session", { data: signIn, headers });
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

/** Fails on faults of accessibility that axe-core calls serious or critical. Call it where a page is complete. */
export async function accessible(page) {
  // An evaluation is not subject to the page's CSP; a script element would be.
  await page.evaluate(axeSource);
  const faults = await page.evaluate(async () => {
    const { violations } = await globalThis.axe.run(document, { resultTypes: ["violations"] });
    return violations
      .filter((v) => v.impact === "serious" || v.impact === "critical")
      .map((v) => `${v.id}: ${v.help}: ${v.nodes.map((n) => n.target.join(" ")).slice(0, 5).join("; ")}`);
  });
  assert.deepEqual(faults, [], `accessibility of ${page.url()}`);
}

/** Writes docs/images/NAME.png if STATOR_SCREENSHOTS names that folder. */
export async function screenshot(page, name) {
  const folder = process.env.STATOR_SCREENSHOTS;
  if (folder) await page.screenshot({ path: join(folder, `${name}.png`), animations: "disabled" });
}
