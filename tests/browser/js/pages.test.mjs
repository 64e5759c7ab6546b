// Every page of the console, its tabs included: nothing that assistive technology stumbles over, no error, a title, one heading,
// and on a phone nothing wider than the screen.
import assert from "node:assert/strict";
import { test } from "node:test";
import { accessible, browse, refused, screenshot, url } from "./console.mjs";

const account = process.env.STATOR_ACCOUNT;
const phone = process.env.STATOR_HOW === "phone";
const look = phone ? { viewport: { width: 390, height: 844 }, colorScheme: "dark" } : {};

const part = encodeURIComponent;
const users = `/console/iam/users/${part("ada@example.com")}`;
const groups = `/console/iam/groups/${part("team+1")}`;
const roles = `/console/iam/roles/${part("Audit=or")}`;
const policies = `/console/iam/policies/${part(`arn:aws:iam::${account}:policy/app/Orders@read`)}`;
const provider = `/console/iam/providers/${part(`arn:aws:iam::${account}:oidc-provider/login.example.com/tenant`)}`;
const key = part('{"Artist":{"S":"No One & Co"},"Year":{"N":"2001"}}');
const same = (...paths) => paths.map((path) => [path, path]);

/** Where each route is visited. */
const visited = Object.fromEntries([
  ...same(
    "/console",
    "/console/account", "/console/account/accounts", "/console/account/accounts/create",
    "/console/activity", "/console/activity/usage", "/console/connect", "/console/terminal",
    "/console/dynamodb", "/console/dynamodb/tables", "/console/dynamodb/create-table", "/console/dynamodb/backups",
    "/console/dynamodb/exports", "/console/dynamodb/imports", "/console/dynamodb/settings", "/console/dynamodb/partiql",
    "/console/dynamodb/import-table",
    "/console/iam", "/console/iam/users", "/console/iam/create-user", "/console/iam/groups", "/console/iam/create-group",
    "/console/iam/account-settings", "/console/iam/account-settings/edit-password-policy", "/console/iam/credential-report",
    "/console/iam/security-credentials", "/console/iam/security-credentials/create-access-key",
    "/console/iam/policies", "/console/iam/create-policy", "/console/iam/roles", "/console/iam/create-role",
    "/console/iam/providers", "/console/iam/providers/create", "/console/iam/simulator", "/console/iam/access-analyzer",
    "/console/switch-role",
    "/console/singlesignon", "/console/singlesignon/users", "/console/singlesignon/users/add", "/console/singlesignon/groups",
    "/console/singlesignon/groups/create", "/console/singlesignon/permission-sets", "/console/singlesignon/permission-sets/create",
    "/console/login", "/console/singlesignon/accounts", "/console/singlesignon/applications", "/console/singlesignon/settings", "/console/singlesignon/settings/identity-source",
  ),
  ...[["users/:user", "add"], ["groups/:group", "create"], ["permission-sets/:set", "create"], ["applications/:application", "add"]].map(([page, other]) => {
    const list = `/console/singlesignon/${page.split("/")[0]}`;
    return [`/console/singlesignon/${page}`, [list, `a[href^="${list}/"]:not([href$="/${other}"])`]];
  }),
  ...same(
    "/console/rolesanywhere", "/console/rolesanywhere/trust-anchors/create", "/console/rolesanywhere/profiles",
    "/console/rolesanywhere/profiles/create", "/console/rolesanywhere/subjects",
  ),
  ...[["trust-anchors/:anchor", ""], ["profiles/:profile", "/profiles"], ["subjects/:subject", "/subjects"]].map(([page, list]) => {
    const below = `/console/rolesanywhere/${page.split("/")[0]}/`;
    return [`/console/rolesanywhere/${page}`, [`/console/rolesanywhere${list}`, `main a[href^="${below}"]:not([href$="/create"])`]];
  }),
  ["/console/rolesanywhere/profiles/:profile/edit", ["/console/rolesanywhere/profiles", 'main a[href^="/console/rolesanywhere/profiles/"]:not([href$="/create"])', "/edit"]],
  ["/console/singlesignon/accounts/:account", `/console/singlesignon/accounts/${account}`],
  ["/console/singlesignon/accounts/assign", `/console/singlesignon/accounts/assign?accounts=${account}`],
  ["/console/activity/events/:event", ["/console/activity", 'a[href^="/console/activity/events/"]']],
  ["/console/dynamodb/tables/:table", "/console/dynamodb/tables/Music.v-1"],
  ["/console/dynamodb/tables/:table/capacity", "/console/dynamodb/tables/Music.v-1/capacity"],
  ["/console/dynamodb/tables/:table/indexes/create", "/console/dynamodb/tables/Music.v-1/indexes/create"],
  ["/console/dynamodb/restore-table", "/console/dynamodb/restore-table?table=Music.v-1"],
  ["/console/dynamodb/export-table", "/console/dynamodb/export-table?table=Music.v-1"],
  ...["backups/:backup", "exports/:export", "imports/:import"].map((page) => {
    const list = `/console/dynamodb/${page.split("/")[0]}`;
    return [`/console/dynamodb/${page}`, [list, `a[href^="${list}/"]`]];
  }),
  ["/console/dynamodb/explore", "/console/dynamodb/explore?table=Music.v-1"],
  ["/console/dynamodb/explore/create-item", "/console/dynamodb/explore/create-item?table=Music.v-1"],
  ["/console/dynamodb/explore/edit-item", `/console/dynamodb/explore/edit-item?table=Music.v-1&key=${key}`],
  ["/console/dynamodb/explore/import-file", "/console/dynamodb/explore/import-file?table=Music.v-1"],
  ...["", "/add-permissions", "/create-access-key"].map((page) => [`/console/iam/users/:user${page}`, users + page]),
  ["/console/iam/groups/:group", groups],
  ...["", "/edit-trust"].map((page) => [`/console/iam/roles/:role${page}`, roles + page]),
  ...[["users/:user", users], ["groups/:group", groups], ["roles/:role", roles]].flatMap(([holder, path]) => [
    [`/console/iam/${holder}/attach-policies`, `${path}/attach-policies`],
    [`/console/iam/${holder}/inline-policies/create`, `${path}/inline-policies/create`],
    [`/console/iam/${holder}/inline-policies/edit/:policy`, `${path}/inline-policies/edit/${part("in,line")}`],
  ]),
  ...["", "/edit", "/attach"].map((page) => [`/console/iam/policies/:policy${page}`, policies + page]),
  ["/console/iam/providers/:provider", provider],
]);

/** What those see who are not signed in. */
const outside = Object.fromEntries([
  ...same("/console/signin", "/console/claim", "/console/signup", "/console/forgot-password", "/console/signed-out"),
  ["/console/signin/:account", `/console/signin/${account}`],
  ...same("/console/portal/signin", "/console/portal/forgot-password", "/console/people/set-password", "/console/saml"),
]);

/** What people see who are signed in to the access portal. */
const portal = Object.fromEntries([
  ...same("/console/portal", "/console/portal/security", "/console/device", "/console/authorize"),
  ["/console/portal/console", "/console/portal/console?account_id=000000000000&role_name=Nobody"],
]);

test("no page is forgotten", () => {
  const known = [...Object.keys(visited), ...Object.keys(outside), ...Object.keys(portal)].sort();
  assert.deepEqual(known, JSON.parse(process.env.STATOR_ROUTES), "the pages that are visited, and the routes of the source");
});

// What is not there (a password, a policy) is answered with 400 or 404, which the browser notes.
const errors = refused(400, 404);

test("pages of those who are signed in", (t) =>
  browse(
    t,
    async (page) => {
      const settled = settling(page);
      await page.goto(`${url}/console/iam`);
      await settled();
      const faults = [];
      const sections = new Set();
      for (const [route, place] of Object.entries(visited)) {
        await attempt(faults, route, async () => {
          // What is around the pages of a section is the same on all of them, and is checked with the first.
          const [, , section = ""] = route.split("/");
          const around = sections.has(section) ? "main" : "html";
          sections.add(section);
          const path = typeof place === "string" ? place : await linked(page, settled, place);
          await go(page, settled, path);
          await proper(page, around);
          await screenshot(page, picture(route));
          if (phone) return;
          const tabs = page.getByRole("main").getByRole("tab");
          for (let i = 1; i < (await tabs.count()); i++) {
            await tabs.nth(i).click();
            await settled();
            await proper(page, "main");
          }
        });
      }
      assert.deepEqual(faults, []);
    },
    { errors, ...look },
  ));

/** Visits pages that are loaded anew each time. */
async function visitAll(page, pages) {
  const settled = settling(page);
  const faults = [];
  for (const [route, path] of Object.entries(pages)) {
    await attempt(faults, route, async () => {
      await page.goto(url + path);
      await settled();
      assert.equal(new URL(page.url()).pathname, path.split("?")[0]);
      await proper(page);
      await screenshot(page, picture(route));
    });
  }
  assert.deepEqual(faults, []);
}

test("pages of those who are not", (t) => browse(t, (page) => visitAll(page, outside), { as: null, errors, ...look }));

test("pages of the access portal", (t) =>
  browse(
    t,
    async (page, context) => {
      const headers = { "Content-Type": "application/json", "X-Stator-Console": "1" };
      const answer = await context.request.post(`${url}/signin/people/session`, { data: process.env.STATOR_PERSON, headers });
      assert.equal((await answer.json()).State, "SignedIn", "signing in");
      await visitAll(page, portal);
    },
    { as: null, errors: refused(400, 403, 404), ...look },
  ));

/** With STATOR_SCREENSHOTS, a folder, there is a picture of every page to look at. */
const picture = (route) => `${process.env.STATOR_HOW}${route.replaceAll(/\W+/g, "_")}`;

/** All faults are worth knowing, not the first alone. */
async function attempt(faults, route, visit) {
  try {
    await visit();
  } catch (e) {
    faults.push(`${route}: ${e.message}`);
  }
}

/** Returns what waits until the page has a heading, and asks the server for nothing more. */
function settling(page) {
  let asked = 0;
  let last = Date.now();
  const note = (change) => () => {
    asked += change;
    last = Date.now();
  };
  page.on("request", note(1)).on("requestfinished", note(-1)).on("requestfailed", note(-1));
  return async () => {
    await page.locator("h1").first().waitFor();
    const quiet = 150;
    for (const since = Date.now(); asked > 0 || Date.now() - Math.max(last, since) < quiet; ) await page.waitForTimeout(quiet / 3);
  };
}

/** Goes to a page as links do, without loading the console anew. */
async function go(page, settled, path) {
  await page.evaluate((path) => history.pushState(null, "", path), path);
  await settled();
}

/** Where the first link of a page leads to that has a selector. */
async function linked(page, settled, [path, selector, below = ""]) {
  await go(page, settled, path);
  return (await page.locator(selector).first().getAttribute("href")) + below;
}

/** Checks the page, or what is in a part of it. */
async function proper(page, part) {
  const headings = await page.locator("h1").allInnerTexts();
  assert.equal(headings.length, 1, `headings: ${headings}`);
  const title = await page.title();
  assert.match(title, /^[^|]+ \| .*Stator$/);
  assert.ok(!/Page not found|Something went wrong/.test(headings[0]), headings[0]);
  const wider = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  assert.ok(wider <= 0, `it is ${wider} pixels wider than the screen`);
  await accessible(page, part);
}
