// Connect: settings to copy, and the test of a connection with right and with wrong ones.
import assert from "node:assert/strict";
import { test } from "node:test";
import { accessible, browse, open, screenshot, url } from "./console.mjs";

const keys = JSON.parse(process.env.KEYS);

async function enter(page, [id, secret]) {
  await page.getByRole("textbox", { name: "Access key ID" }).fill(id);
  await page.getByLabel("Secret access key").fill(secret);
}

async function tested(page, title) {
  await page.getByRole("button", { name: "Test connection" }).click();
  await page.getByText(title, { exact: true }).first().waitFor();
}

test("settings to copy", (t) =>
  browse(t, async (page) => {
    await open(page, "/console/connect", "Connect");
    await enter(page, keys.admin);
    const config = page.getByRole("region", { name: "~/.aws/config" });
    assert.equal(await config.innerText(), `[profile stator]\nregion = us-east-1\nendpoint_url = ${url}\n`);
    const credentials = page.getByRole("region", { name: "~/.aws/credentials" });
    assert.ok(!(await credentials.innerText()).includes(keys.admin[1]), "the secret is hidden at first");
    await page.getByRole("switch", { name: "Show secrets" }).or(page.getByRole("checkbox", { name: "Show secrets" })).click();
    assert.ok((await credentials.innerText()).includes(`aws_secret_access_key = ${keys.admin[1]}`));
    await page.getByRole("textbox", { name: "Profile name" }).fill("default");
    await page.getByText("[default]").first().waitFor();
    await page.getByRole("button", { name: /Services that are here/ }).click();
    await page.getByRole("option", { name: "DynamoDB and its streams only" }).click();
    assert.match(await config.innerText(), /services = stator\n\n\[services stator\]\ndynamodb =\n {2}endpoint_url = /);
    for (const [tab, text] of [
      ["Environment variables", "export AWS_ENDPOINT_URL_DYNAMODB="],
      ["Python", "boto3.client"],
      ["JavaScript", "new DynamoDBClient"],
      ["Go", "config.WithBaseEndpoint"],
      ["Java", "endpointOverride"],
      [".NET", "AuthenticationRegion"],
      ["NoSQL Workbench", "Operation builder"],
      ["Other programs", "Endpoint URL"],
    ]) {
      await page.getByRole("tab", { name: tab, exact: true }).click();
      await page.getByText(text).first().waitFor();
    }
    await accessible(page);
  }));

test("a connection that works", (t) =>
  browse(t, async (page) => {
    await open(page, "/console/connect", "Connect");
    await tested(page, "Enter an access key ID and its secret, or choose temporary credentials.");
    await enter(page, keys.admin);
    await page.getByRole("textbox", { name: "Table - optional" }).fill("Music");
    await tested(page, "The connection works");
    await page.getByText("1 table: Music").waitFor();
    await page.getByText("The table is empty").waitFor();
    await screenshot(page, "connect");
    await page.getByRole("radio", { name: "Temporary credentials" }).check();
    await page.getByText("Credentials of who is signed in are in the settings below.").waitFor();
    await tested(page, "The connection works");
    await accessible(page);
  }));

test("connections that don't", (t) =>
  browse(
    t,
    async (page) => {
      await open(page, "/console/connect", "Connect");
      const [id, secret] = keys.admin;
      await enter(page, ["AKIAIOSFODNN7EXAMPLE", secret]);
      await tested(page, "The access key is not known");
      await enter(page, [id, "wrong"]);
      await tested(page, "The secret access key is wrong");
      await enter(page, keys.inactive);
      await tested(page, "The access key is inactive");
      await enter(page, keys.reader);
      await page.getByRole("textbox", { name: "Table - optional" }).fill("Music");
      await tested(page, "The permission dynamodb:ListTables is missing");
      await page.getByText("The permission dynamodb:Scan is missing").waitFor();
      await page.getByRole("textbox", { name: "Policy statement" }).first().getByText(`"dynamodb:ListTables"`).waitFor();
      await accessible(page);

      await enter(page, keys.admin);
      await page.getByRole("textbox", { name: "Region" }).fill("eu-west-1");
      await tested(page, "There is no table Music in eu-west-1");
      await page.getByText(/There is a table of that name in us-east-1/).waitFor();
      await page.getByRole("textbox", { name: "Region" }).fill("us east");
      await tested(page, "The region has no valid name");
      await page.getByRole("textbox", { name: "Region" }).fill("us-east-1");

      await enter(page, keys.denied);
      await tested(page, "A policy denies dynamodb:ListTables");
      await enter(page, keys.admin);

      // From a network that the server takes no requests from.
      await page.route(`${url}/`, (route) => route.continue({ headers: { ...route.request().headers(), "x-forwarded-for": "192.0.2.7" } }));
      await tested(page, "Your network is not allowed");
      await page.getByText("The server takes no requests from 192.0.2.7.").waitFor();
      await page.unroute(`${url}/`);

      await page.clock.setSystemTime(Date.now() + 3_600_000);
      await tested(page, "The clock of this computer is wrong");
      await page.getByText(/It is 60 minutes ahead of the server's/).waitFor();
      await page.clock.setSystemTime(Date.now());

      // Nothing answers any more.
      await page.route(`${url}/`, (route) => route.abort());
      await tested(page, "The server can't be reached");
    },
    { errors: /status of 40[03]|ERR_FAILED/ },
  ));

test("a phone", (t) =>
  browse(
    t,
    async (page) => {
      await open(page, "/console/connect", "Connect");
      assert.ok((await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)) <= 0, "the page is wider than the screen");
      await accessible(page);
    },
    { viewport: { width: 390, height: 844 }, colorScheme: "dark" },
  ));
