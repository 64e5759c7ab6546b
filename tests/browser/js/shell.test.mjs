// The shell around every page, with the lists of users and tables as examples.
import assert from "node:assert/strict";
import { test } from "node:test";
import { accessible, browse, home, open, screenshot } from "./console.mjs";

/** Fails if the bar squeezes its title. */
async function titled(page) {
  const cut = await page.locator("#top header").getByText("Stator", { exact: true }).evaluate((e) => e.scrollWidth - e.clientWidth);
  assert.equal(cut, 0, "pixels of the title that the bar hides");
}

test("lists of users and tables", (t) =>
  browse(t, async (page) => {
    await open(page, "/console/iam/users", "Users");
    await page.getByRole("link", { name: "Administrator" }).waitFor();
    await titled(page);
    await accessible(page);
    await screenshot(page, "users");

    await page.getByRole("button", { name: "Services" }).click();
    await page.evaluate(() => (globalThis.same = true));
    await page.getByRole("menuitem", { name: "DynamoDB" }).click();
    await page.getByRole("link", { name: "Tables", exact: true }).click();
    await page.getByRole("heading", { level: 1, name: "Tables" }).waitFor();
    assert.match(page.url(), /\/console\/dynamodb\/tables\?region=us-east-1$/);
    await page.waitForFunction(() => document.title === "Tables | DynamoDB | Stator");
    await page.waitForFunction(() => document.activeElement.matches("h1"));
    assert.ok(await page.evaluate(() => globalThis.same), "the page was loaded anew");
    await page.getByText("No tables", { exact: true }).waitFor();
    await accessible(page);

    // By AWS's name of it, from the keyboard.
    await page.keyboard.press("Alt+s");
    await page.keyboard.type("cloudsh");
    await page.getByRole("option", { name: /Terminal/ }).waitFor();
    await accessible(page);
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { level: 1, name: "Terminal" }).waitFor();
  }));

test("what a person sets in a browser", (t) =>
  browse(t, async (page) => {
    const choose = async (menu, item) => {
      await page.getByRole("button", { name: menu }).click();
      await page.getByRole("menuitemcheckbox", { name: item }).click();
    };
    await open(page, "/console/dynamodb/tables", "Tables");
    const color = () => page.getByRole("heading", { level: 1 }).evaluate((h1) => getComputedStyle(h1).color);
    const light = await color();
    await choose("Settings", "Dark mode");
    await choose("Settings", "Compact density");
    await choose("Region: US East (N. Virginia)", "Europe (Ireland)");
    await page.getByText("No tables", { exact: true }).waitFor();
    await accessible(page);

    // It is there after a reload, and for a request too: the region is in its signature.
    const asked = page.waitForRequest((r) => /ListTables/.test(r.headers()["x-amz-target"] ?? ""));
    await page.reload();
    assert.match((await asked).headers().authorization, /\/eu-west-1\/dynamodb\//);
    await page.getByRole("button", { name: "Region: Europe (Ireland)" }).waitFor();
    assert.notEqual(await color(), light);
    await page.goto(page.url().replace("eu-west-1", "eu-central-1")); // the link of somebody who is there
    await page.getByRole("button", { name: "Region: Europe (Frankfurt)" }).waitFor();
    await page.goBack();
    await page.getByRole("button", { name: "Region: Europe (Ireland)" }).waitFor();
    assert.ok(await page.evaluate(() => document.body.classList.contains("awsui-compact-mode")));
    await open(page, "/console/", "Console home");
    await page.getByText("Done").first().waitFor();
    await accessible(page);
  }));

test("the keyboard alone", (t) =>
  browse(t, async (page) => {
    await open(page, "/console/iam/users", "Users");
    await page.keyboard.press("Tab");
    await page.waitForFunction(() => document.activeElement.textContent === "Skip to the content");
    await page.keyboard.press("Enter");
    await page.waitForFunction(() => document.activeElement.id === "content");
    await page.getByRole("button", { name: "Services" }).focus();
    await page.keyboard.press("Enter");
    await page.getByRole("menuitem", { name: "Home" }).waitFor();
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { level: 1, name: "Console home" }).waitFor();
    await page.waitForFunction(() => document.activeElement.matches("h1"));
  }));

test("a page that is not there", (t) =>
  browse(t, async (page) => {
    await open(page, "/console/no/such/page", "Page not found");
    await accessible(page);
    await page.getByRole("link", { name: "Go to the home page" }).click();
    await home(page);
  }));

test("a phone", (t) =>
  browse(
    t,
    async (page) => {
      const fits = async () => {
        const wider = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
        assert.ok(wider <= 0, `the page is ${wider} pixels wider than the screen`);
        await titled(page);
        await accessible(page);
      };
      await open(page, "/console/iam/users", "Users");
      await page.getByRole("link", { name: "Administrator" }).waitFor();
      await fits();
      await open(page, "/console/", "Console home");
      await page.getByText("Done").first().waitFor();
      await fits();
      await open(page, "/console/account", "Account");
      await page.getByText("Deactivated").waitFor();
      await fits();
      await page.getByRole("button", { name: "More" }).click();
      await page.getByRole("menuitem", { name: "Services" }).or(page.getByRole("button", { name: "Services" })).first().waitFor();
    },
    { viewport: { width: 390, height: 844 } },
  ));
