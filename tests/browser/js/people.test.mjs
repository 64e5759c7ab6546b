// Several people: two in one browser, two accounts with the same names, somebody who guesses, somebody whose session ends.
import assert from "node:assert/strict";
import { test } from "node:test";
import { accessible, browse, home, open, refused, screenshot, url } from "./console.mjs";

const { STATOR_ACCOUNT: account, STATOR_OTHER_ACCOUNT: other, STATOR_PASSWORD: password } = process.env;

async function signIn(page, account, user, secret = password) {
  await page.getByLabel("Account ID or alias").fill(account);
  await page.getByLabel("IAM username").fill(user);
  await page.getByLabel("Password", { exact: true }).fill(secret);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
}

const dashed = (id) => id.replace(/(....)(....)(....)/, "$1-$2-$3");
const write = async (page, text) => {
  await page.getByRole("textbox", { name: "Policy document" }).click();
  await page.keyboard.press("Control+A");
  await page.keyboard.insertText(text);
};

test("two accounts, in which people have the same names", (t) =>
  browse(
    t,
    async (page) => {
      // Each sees what is of its own account, under names that both have.
      await page.goto(`${url}/console/signin`);
      await signIn(page, account, "ada");
      await home(page);
      await open(page, "/console/dynamodb/tables", "Tables");
      await page.getByRole("link", { name: "First" }).waitFor();

      await browse(t, async (apart) => {
        await apart.goto(`${url}/console/signin`);
        await signIn(apart, other, "ada");
        await home(apart);
        await apart.getByRole("button", { name: `Account: ada @ ${dashed(other)}` }).waitFor();
        await open(apart, "/console/dynamodb/tables", "Tables");
        await apart.getByRole("link", { name: "Second" }).waitFor();
        assert.equal(await apart.getByText("First", { exact: true }).count(), 0, "tables of the other account");
        await open(apart, "/console/iam/users", "Users");
        await apart.getByRole("link", { name: "ada", exact: true }).waitFor();
        assert.equal(await apart.getByRole("link", { name: "Administrator", exact: true }).count(), 0, "users of the other account");
        await apart.getByRole("link", { name: "ada", exact: true }).click();
        await apart.getByText(`arn:aws:iam::${other}:user/ada`).first().waitFor();
        assert.ok(!(await apart.locator("body").innerText()).includes(account), "the other account is named");
        await open(apart, "/console/activity", "Event history");
        await apart.getByText("ConsoleLogin").first().waitFor();
        assert.ok(!(await apart.locator("body").innerText()).includes("Administrator"), "events of the other account");

        // What is of the other account is not there, by its address neither.
        await open(apart, `/console/dynamodb/tables/${encodeURIComponent(`arn:aws:dynamodb:us-east-1:${account}:table/First`)}`, /First/);
        await apart.getByText(/You don't have permission to dynamodb:DescribeTable|There is no table/).first().waitFor();
        await open(apart, `/console/iam/policies/${encodeURIComponent(`arn:aws:iam::${account}:policy/Secret`)}`, "Secret");
        await apart.getByText(/You don't have permission to iam:GetPolicy|There is no such/).first().waitFor();
      }, { errors: refused(400, 403, 404) });
    },
    { errors: refused(404) },
  ));

test("two people in one browser", (t) =>
  browse(
    t,
    async (page, context) => {
      await page.goto(`${url}/console/signin?redirect=${encodeURIComponent("/console/dynamodb/tables")}`);
      await signIn(page, account, "ada");
      await page.getByRole("link", { name: "First" }).waitFor();

      // In another tab somebody else signs in. The first tab is not left with what the first person saw.
      const tab = await context.newPage();
      await open(tab, "/console/", "Console home");
      await tab.getByRole("button", { name: /^Account: ada/ }).click();
      await tab.getByRole("menuitem", { name: "Sign out", exact: true }).click();
      await tab.getByRole("link", { name: "Sign in again" }).click();
      await signIn(tab, other, "ada");
      await home(tab);
      await page.bringToFront();
      await page.evaluate(() => document.dispatchEvent(new Event("visibilitychange", { bubbles: true }))); // headless tabs are never hidden
      await page.getByRole("link", { name: "Second" }).waitFor();
      await page.getByRole("button", { name: `Account: ada @ ${dashed(other)}` }).waitFor();
      assert.equal(await page.getByText("First", { exact: true }).count(), 0, "what the first person saw");
      await tab.close();
    },
    { errors: refused(400, 401, 403) },
  ));

test("a session that ends in the middle of work", (t) =>
  browse(
    t,
    async (page, context) => {
      await page.goto(`${url}/console/signin?redirect=${encodeURIComponent("/console/iam/create-group?from=here")}`);
      await signIn(page, account, "ada");
      await page.getByLabel("User group name").fill("Kept");
      const cookies = await context.cookies();
      const token = cookies.find((c) => c.httpOnly);
      assert.ok(token, "the cookie is not hidden from scripts");

      // The server forgets the session; the browser keeps its cookie, as when an hour has passed.
      const ended = await context.request.delete(`${url}/signin/session`, { headers: { "Content-Type": "application/json", "X-Stator-Console": "1" } });
      assert.equal(ended.status(), 200);
      await context.addCookies([token]);
      const create = page.getByRole("button", { name: "Create user group" });
      await create.click();
      await page.getByText("Your session has ended. Sign in again").waitFor();
      await accessible(page);
      // Who it was is known; what was typed is still there, and can be sent.
      await page.getByLabel("Password", { exact: true }).fill(password);
      await page.getByRole("button", { name: "Sign in", exact: true }).click();
      await page.getByText("Your session has ended. Sign in again").waitFor({ state: "detached" });
      assert.equal(new URL(page.url()).search, "?from=here");
      assert.equal(await page.getByLabel("User group name").inputValue(), "Kept");
      await create.click();
      await page.getByText("User group Kept created.").waitFor();

      // Without a page to stay on, the way leads to the sign-in of the same account.
      await context.clearCookies();
      await page.reload();
      await page.getByText("Your session has ended. Sign in again").waitFor();
      assert.equal(await page.getByLabel("Account ID or alias").inputValue(), account);
    },
    { errors: refused(400, 401, 403) },
  ));

test("changes that are not saved", (t) =>
  browse(
    t,
    async (page) => {
      await page.goto(`${url}/console/signin?redirect=${encodeURIComponent("/console/iam/create-policy")}`);
      await signIn(page, account, "ada");
      await page.getByRole("heading", { level: 1, name: "Specify permissions" }).waitFor();
      const away = page.getByRole("link", { name: "Policies", exact: true }).first();
      const dialog = page.getByRole("dialog", { name: "Leave page" });

      // By links, by the form's own way out, and by the browser's.
      await page.getByRole("radio", { name: "JSON" }).or(page.getByRole("button", { name: "JSON" })).first().click();
      await write(page, '{"Version":"2012-10-17","Statement":[]}');
      await away.click();
      await dialog.waitFor();
      await accessible(page);
      await dialog.getByRole("button", { name: "Cancel" }).click();
      assert.match(page.url(), /create-policy$/);
      await page.getByText('"Statement":[]').waitFor();
      await page.getByRole("button", { name: "Cancel", exact: true }).click();
      await dialog.getByRole("button", { name: "Cancel" }).click();
      const asked = new Promise((done) => page.once("dialog", (d) => done(d.accept().then(() => d.type()))));
      await page.reload();
      assert.equal(await asked, "beforeunload");

      // Nothing is asked where nothing was changed.
      await page.getByRole("heading", { level: 1, name: "Specify permissions" }).waitFor();
      await away.click();
      await page.getByRole("heading", { level: 1, name: "Policies" }).waitFor();
      await page.getByRole("link", { name: "Create policy" }).click();
      await page.getByRole("radio", { name: "JSON" }).or(page.getByRole("button", { name: "JSON" })).first().click();
      await write(page, "{}");
      await away.click();
      await dialog.getByRole("button", { name: "Leave" }).click();
      await page.getByRole("heading", { level: 1, name: "Policies" }).waitFor();
    },
    { errors: refused(400) },
  ));

// The last one: it locks this machine's way to sign in as somebody new.
test("somebody who guesses", (t) =>
  browse(
    t,
    async (page) => {
      await page.goto(`${url}/console/signin/${account}`);
      const guess = (n) =>
        page.request.post(`${url}/signin/session`, {
          data: { Type: "user", Account: account, UserName: "grace", Password: `guess ${n}` },
          headers: { "Content-Type": "application/json", "X-Stator-Console": "1" },
        });
      let status = 401;
      for (let n = 0; n < 50 && status === 401; n++) status = (await guess(n)).status();
      assert.equal(status, 429);
      await signIn(page, account, "grace"); // the right password is of no use now
      await page.getByText("Too many attempts have failed. Try again in some minutes.").waitFor();
      await accessible(page);
      await screenshot(page, "signin-locked");
    },
    { errors: refused(401, 429) },
  ));
