// From an empty folder: the server is claimed, its root user puts the account in order, and somebody else signs up.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { promisify } from "node:util";
import { accessible, browse, downloaded, home, mailed, open, refused, screenshot, select, url } from "./console.mjs";

const run = promisify(execFile);
const owner = "owner@example.com";
const first = "Correct-Horse-1";
const second = "Battery-Staple-2";

test("the first run", (t) =>
  browse(
    t,
    async (page) => {
      await page.goto(url);
      await page.getByRole("heading", { level: 1, name: "Welcome to Stator" }).waitFor();
      await accessible(page);
      await screenshot(page, "claim");
      const claim = page.getByRole("button", { name: "Claim this server" });
      await page.getByLabel("Setup token").fill("not-the-token");
      await page.getByLabel("Root user email address").fill(owner);
      await page.getByLabel("Account name").fill("Example");
      await page.getByLabel("Root user password", { exact: true }).fill("short");
      await page.getByLabel("Confirm root user password").fill("other");
      await claim.click();
      await page.getByText("The passwords don't match").waitFor();
      await page.getByLabel("Confirm root user password").fill("short");
      await claim.click();
      await page.getByText("This is not the setup token.").waitFor();
      const token = await readFile(process.env.STATOR_SETUP_TOKEN, "utf8");
      await page.getByLabel("Setup token").fill(token);
      await claim.click();
      await page.getByText("Password should have a minimum length of 8").waitFor();
      await accessible(page);
      await page.getByLabel("Root user password", { exact: true }).fill(first);
      await page.getByLabel("Confirm root user password").fill(first);
      await claim.click();
      await home(page);
      await assert.rejects(readFile(process.env.STATOR_SETUP_TOKEN), "the token is left");

      // The checklist knows the Administrator, the key and the table of the first start; root has no MFA yet.
      await page.getByText("(3/4)").waitFor();
      const steps = page.getByRole("listitem").filter({ hasText: "MFA" });
      assert.match(await steps.innerText(), /To do/);
      await accessible(page);
      await screenshot(page, "home");

      await page.goto(url + "/console/account");
      await page.getByText(owner).waitFor();
      await accessible(page);
      await screenshot(page, "account");
      await rename(page);
      await changePassword(page);
      await changeEmail(page);
      await billing(page);
      await accounts(page);

      // A root user whose session ends is led to where root users sign in.
      await page.getByRole("button", { name: "Account: " }).waitFor();
      const cookies = await page.context().cookies();
      await page.context().clearCookies();
      await page.reload();
      await page.getByRole("heading", { level: 1, name: "Root user sign in" }).waitFor();
      await page.context().addCookies(cookies);
      await page.goto(url);
      await home(page);

      await page.getByRole("button", { name: "Account: " }).click();
      await page.getByRole("menuitem", { name: "Sign out", exact: true }).click();
      await page.getByRole("heading", { level: 1, name: "You are signed out" }).waitFor();
      await accessible(page);
      await recover(page);
    },
    { errors: refused(400, 401) },
  ));

async function rename(page) {
  await page.getByRole("button", { name: "Edit name" }).click();
  await page.getByRole("dialog").getByLabel("Account name").fill("Example Limited");
  await accessible(page);
  await page.getByRole("button", { name: "Save changes" }).click();
  await page.getByText("The account's name has been changed.").waitFor();
  await page.locator("main").getByText("Example Limited").waitFor();
}

async function changePassword(page) {
  await page.getByRole("button", { name: "Change password" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Current password").fill("wrong");
  await dialog.getByLabel("New password", { exact: true }).fill(second);
  await dialog.getByLabel("Confirm new password").fill(second);
  await dialog.getByRole("button", { name: "Change password" }).click();
  await dialog.getByText("Authentication failed").waitFor();
  await dialog.getByLabel("Current password").fill(first);
  await dialog.getByRole("button", { name: "Change password" }).click();
  await page.getByText("Your password has been changed.").waitFor();
}

async function changeEmail(page) {
  await page.getByRole("button", { name: "Edit email address" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("New email address").fill("root@example.com");
  await dialog.getByLabel("Current password").fill(second);
  await dialog.getByRole("button", { name: "Send code" }).click();
  await dialog.getByLabel("Verification code").fill(await mailed("root@example.com", /code (\d{6})/));
  await dialog.getByRole("button", { name: "Confirm" }).click();
  await page.getByText("The root user's email address is now root@example.com.").waitFor();
}

async function billing(page) {
  await page.getByText("Deactivated").waitFor();
  await page.getByRole("button", { name: "Edit", exact: true }).click();
  await page.getByRole("checkbox", { name: "Activate IAM access" }).check();
  await page.getByRole("button", { name: "Update" }).click();
  await page.getByText("Activated", { exact: true }).waitFor();
}

async function accounts(page) {
  await page.getByRole("link", { name: "AWS accounts" }).first().click();
  await page.getByRole("heading", { level: 1, name: "AWS accounts" }).waitFor();
  await page.getByText("root@example.com").waitFor();
  await accessible(page);
  await page.getByRole("link", { name: "Add an AWS account" }).click();
  await page.getByLabel("AWS account name").fill("Laboratory");
  await page.getByLabel("Email address of the account's owner").fill("lab@example.com");
  await accessible(page);
  await page.getByRole("button", { name: "Create AWS account" }).click();
  const row = page.getByRole("row").filter({ hasText: "lab@example.com" });
  await row.waitFor();
  const id = (await row.innerText()).match(/\d{12}/)[0];
  await row.getByRole("radio").check();
  await page.getByRole("button", { name: "Close", exact: true }).click();
  await page.getByRole("dialog").getByLabel("To confirm").fill(id);
  await page.getByRole("dialog").getByRole("button", { name: "Close account" }).click();
  await row.getByText("Closed").waitFor();
}

async function recover(page) {
  await page.getByRole("link", { name: "Sign in again" }).click();
  await page.getByRole("link", { name: "Sign in using root user email" }).click();
  await page.getByRole("link", { name: "Forgot password?" }).click();
  await page.getByRole("heading", { level: 1, name: "Password recovery" }).waitFor(); // the page before has the same field
  await page.getByLabel("Root user email address").fill("root@example.com");
  await page.getByRole("button", { name: "Send email" }).click();
  const code = await mailed("root@example.com", /use this code:[\\n\s]*([A-Z0-9-]+)/);
  await page.getByLabel("Code", { exact: true }).fill(code);
  await page.getByLabel("New password", { exact: true }).fill(first);
  await page.getByLabel("Confirm new password").fill(first);
  await accessible(page);
  await page.getByRole("button", { name: "Reset password" }).click();
  await page.getByText("Your password has been changed").waitFor();
  await page.getByRole("link", { name: "Sign in" }).click();
  await page.getByLabel("Root user email address").fill("root@example.com");
  await page.getByLabel("Password", { exact: true }).fill(second);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByText("Authentication failed").waitFor();
  await accessible(page);
  await screenshot(page, "signin-root");
  await page.getByLabel("Password", { exact: true }).fill(first);
  await page.keyboard.press("Enter");
  await home(page);
}

test("a newcomer", (t) =>
  browse(
    t,
    async (page) => {
      await page.goto(url + "/console/");
      await page.getByRole("heading", { level: 1, name: "IAM user sign in" }).waitFor();
      await page.getByRole("link", { name: "Create a new account" }).click();
      await page.getByLabel("Root user email address").fill("new@example.com");
      await page.getByLabel("Account name").fill("Newcomers");
      await accessible(page);
      await screenshot(page, "signup");
      await page.getByLabel("Account name").fill("Müller");
      await page.getByText("The name of an account can't have ü.").first().waitFor();
      assert.ok(await page.getByRole("button", { name: "Verify email address" }).isDisabled());
      await page.getByLabel("Account name").fill("Newcomers");
      await page.getByRole("button", { name: "Verify email address" }).click();
      await page.getByLabel("Verification code").waitFor();
      await page.reload(); // whoever looks for the mail may come back to a page that is loaded anew
      await page.getByLabel("Verification code").fill("000000");
      await page.getByRole("button", { name: "Verify", exact: true }).click();
      await page.getByText("That code is not right").waitFor();
      await accessible(page);
      await page.getByLabel("Verification code").fill(await mailed("new@example.com", /code is (\d{6})/));
      await page.getByRole("button", { name: "Verify", exact: true }).click();
      await page.getByLabel("Root user password", { exact: true }).fill(first);
      await page.getByLabel("Confirm root user password").fill(first);
      await accessible(page);
      await page.getByRole("button", { name: "Create account" }).click();
      await home(page);
      await page.getByText("(0/4)").waitFor();

      const aws = await administrator(page);
      assert.deepEqual(await aws("list-tables"), { TableNames: [] });
      await aws("create-table", "--table-name", "Diary", "--billing-mode", "PAY_PER_REQUEST", "--attribute-definitions",
        "AttributeName=Day,AttributeType=S", "--key-schema", "AttributeName=Day,KeyType=HASH");

      // It sees its own, and nothing of the first account.
      await open(page, "/console/dynamodb/tables", "Tables");
      await page.getByRole("link", { name: "Diary" }).waitFor();
      assert.equal(await page.getByText("Ledger").count(), 0);
      await open(page, "/console/", "Console home");
      await page.getByText("(3/4)").waitFor();
      await open(page, "/console/account/accounts", "AWS accounts");
      await page.getByText("This page is the management account's").waitFor();
      assert.equal(await page.getByText("example.com").count(), 0);
    },
    { errors: refused(400, 401, 404) },
  ));

/** Makes a user who may do everything, with a key; returns what runs "aws dynamodb" with the file that is downloaded. */
async function administrator(page) {
  await page.getByRole("link", { name: "Create an administrator" }).click();
  await page.getByLabel("User name").fill("Administrator");
  await page.getByRole("button", { name: "Next", exact: true }).click();
  await page.getByRole("radio", { name: "Attach policies directly" }).check();
  await page.getByPlaceholder("Find policies").fill("AdministratorAccess");
  await select(page.getByRole("main"), "AdministratorAccess");
  await page.getByRole("button", { name: "Next", exact: true }).click();
  await page.getByRole("button", { name: "Create user" }).click();
  await page.getByRole("heading", { level: 1, name: "Administrator" }).waitFor();
  await page.getByRole("tab", { name: "Security credentials" }).click();
  await page.getByRole("link", { name: "Create access key" }).first().click();
  await page.getByRole("radio", { name: "Command Line Interface (CLI)" }).check();
  await page.getByRole("button", { name: "Next", exact: true }).click();
  await page.getByRole("button", { name: "Create access key" }).click();
  const { rows } = await downloaded(page, "Download .csv file");
  const env = { ...process.env, AWS_ACCESS_KEY_ID: rows[1][0], AWS_SECRET_ACCESS_KEY: rows[1][1], AWS_ENDPOINT_URL: url, AWS_DEFAULT_REGION: "us-east-1" };
  return async (...args) => JSON.parse((await run("aws", ["dynamodb", ...args, "--output", "json"], { env })).stdout);
}
