// The rest of IAM that is not of one user: dashboard, groups, account settings, credential report; and the root user.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { accessible, browse, home, open, refused, screenshot, url } from "./console.mjs";

const account = process.env.STATOR_ACCOUNT;

test("a group", (t) =>
  browse(
    t,
    async (page) => {
      await open(page, "/console/iam/groups", "User groups");
      await page.getByRole("row").filter({ hasText: "Administrators" }).getByText("Defined").waitFor();
      await accessible(page);
      await page.getByRole("link", { name: "Create group" }).click();
      await page.getByRole("button", { name: "Create user group" }).click();
      await page.getByText("Enter a name.").waitFor();
      await page.getByLabel("User group name").fill("Writers");
      await page.getByRole("checkbox", { name: "Select Administrator", exact: true }).check();
      await page.getByPlaceholder("Find policies").fill("DynamoDBFullAccess_v2");
      await page.getByRole("checkbox", { name: "AmazonDynamoDBFullAccess_v2" }).check();
      await accessible(page);
      await page.getByRole("button", { name: "Create user group" }).click();
      await page.getByText("User group Writers created.").waitFor();

      await page.getByRole("link", { name: "Writers" }).click();
      const users = page.getByRole("grid", { name: "Users in this group" });
      await users.getByRole("link", { name: "Administrator" }).waitFor();
      await accessible(page);
      await page.getByRole("tab", { name: "Permissions" }).click();
      await page.getByRole("link", { name: "AmazonDynamoDBFullAccess_v2" }).waitFor();
      await inlinePolicy(page);
      await page.getByRole("button", { name: "Add permissions" }).click();
      await page.getByRole("menuitem", { name: "Attach policies" }).click();
      await page.getByPlaceholder("Find policies").fill("ViewOnly");
      await page.getByRole("checkbox", { name: "ViewOnlyAccess" }).check();
      await accessible(page);
      await page.getByRole("button", { name: "Attach policies" }).click();
      await page.getByRole("heading", { level: 1, name: "Writers" }).waitFor();

      await page.getByRole("tab", { name: "Users" }).click();
      await users.getByRole("checkbox", { name: "Select Administrator" }).check();
      await page.getByRole("button", { name: "Remove" }).click();
      await page.getByRole("dialog").getByRole("button", { name: "Remove" }).click();
      await page.getByText("No users", { exact: true }).waitFor();
      await page.getByRole("button", { name: "Delete", exact: true }).click();
      await page.getByRole("dialog").getByLabel("To confirm").fill("Writers");
      await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
      await page.getByText("User group Writers deleted.").waitFor();
    },
    { errors: refused(400) },
  ));

async function inlinePolicy(page) {
  await page.getByRole("button", { name: "Add permissions" }).click();
  await page.getByRole("menuitem", { name: "Create inline policy" }).click();
  await page.getByRole("textbox", { name: "Policy name" }).fill("Own");
  const json = page.getByRole("radio", { name: "JSON" }).or(page.getByRole("button", { name: "JSON" })).first();
  const editor = page.getByRole("textbox", { name: "Policy document" });
  await page.getByRole("button", { name: "Choose a service" }).waitFor();
  await json.click();
  await editor.click();
  await page.keyboard.press("Control+A");
  await page.keyboard.insertText('{"Version":"2012-10-17","Statement":[{"Effect":"Permit"}]}');
  await accessible(page);
  await page.getByRole("button", { name: "Create policy" }).click();
  await page.getByText("MalformedPolicyDocument").or(page.getByText("Malformed policy document")).first().waitFor();
  await editor.click();
  await page.keyboard.press("Control+A");
  await page.keyboard.insertText('{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"dynamodb:*","Resource":"*"}]}');
  await page.getByRole("button", { name: "Create policy" }).click();
  await page.getByText("Policy Own created.").waitFor();
  await page.getByRole("tab", { name: "Permissions" }).click();
  await page.getByRole("link", { name: "Own" }).click();
  await page.getByRole("checkbox", { name: /All DynamoDB actions/ }).and(page.locator(":checked")).waitFor();
  await json.click();
  await page.getByText('"Action": "dynamodb:*"').waitFor();
  await page.getByRole("button", { name: "Save changes" }).click();
  await page.getByRole("tab", { name: "Permissions" }).click();
  await page.getByRole("row").filter({ hasText: "Customer inline" }).getByRole("checkbox").check();
  await page.getByRole("button", { name: "Remove" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
  await page.getByText("Removed policy Own").waitFor();
}

test("account settings", (t) =>
  browse(
    t,
    async (page) => {
      await open(page, "/console/iam", "IAM Dashboard");
      await page.getByText("Set a password policy").waitFor();
      await page.getByRole("link", { name: "Edit password policy" }).click();
      await page.getByRole("radio", { name: "Custom" }).check();
      await page.getByLabel("Password minimum length").fill("5");
      await page.getByRole("checkbox", { name: "Require at least one number" }).check();
      await page.getByRole("checkbox", { name: "Turn on password expiration" }).check();
      await page.getByLabel("Expire password in (days)").fill("180");
      await page.getByRole("checkbox", { name: "Prevent password reuse" }).check();
      await accessible(page);
      const save = page.getByRole("button", { name: "Save changes" });
      await save.click();
      await page.getByText("Enter a whole number between 6 and 128.").first().waitFor();
      await page.getByLabel("Password minimum length").fill("14");
      await save.click();
      await page.getByText("Password minimum length is 14 characters").waitFor();
      await page.getByText("Password expires in 180 day(s)").waitFor();
      await page.getByText("Remember last 5 password(s) and prevent reuse").waitFor();
      await accessible(page);
      await screenshot(page, "account-settings");

      await page.getByRole("button", { name: "Create account alias" }).click();
      const dialog = page.getByRole("dialog");
      await dialog.getByLabel("Preferred alias").fill("example");
      await dialog.getByText(`${url}/console/signin/example`).waitFor();
      await accessible(page);
      await dialog.getByRole("button", { name: "Save changes" }).click();
      await page.getByRole("button", { name: "Account: Administrator @ example" }).waitFor();
      await page.getByRole("button", { name: "Delete account alias" }).click();
      await dialog.getByRole("button", { name: "Delete" }).click();
      await page.getByText("None", { exact: true }).waitFor();

      await page.getByRole("button", { name: "Change", exact: true }).click();
      await dialog.getByRole("radio", { name: "Valid in all Regions" }).check();
      await dialog.getByRole("button", { name: "Save changes" }).click();
      await dialog.waitFor({ state: "hidden" });
      await page.getByText("Valid in all Regions", { exact: true }).waitFor();

      await page.getByRole("button", { name: "Restore default" }).click();
      await dialog.getByRole("button", { name: "Restore default" }).click();
      await page.getByText("Password minimum length is 8 characters").waitFor();
    },
    { errors: refused(400, 404) },
  ));

test("the credential report", (t) =>
  browse(t, async (page) => {
    await open(page, "/console/iam/credential-report", "Credential report");
    await page.getByText("<root_account>").waitFor();
    await accessible(page);
    const [file] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("button", { name: "Download credential report" }).click(),
    ]);
    const [columns, root, user] = (await readFile(await file.path(), "utf8")).split("\n");
    assert.match(columns, /^user,arn,user_creation_time,password_enabled,/);
    assert.match(root, /^<root_account>,/);
    assert.match(user, new RegExp(`^Administrator,arn:aws:iam::${account}:user/Administrator,`));
  }));

test("the root user's credentials", (t) =>
  browse(
    t,
    async (page, context) => {
      await context.clearCookies();
      await page.goto(`${url}/console/claim`);
      await page.getByLabel("Setup token").fill(await readFile(process.env.STATOR_SETUP_TOKEN, "utf8"));
      await page.getByLabel("Root user email address").fill("owner@example.com");
      await page.getByLabel("Account name").fill("Example");
      await page.getByLabel("Root user password", { exact: true }).fill("Correct-Horse-1");
      await page.getByLabel("Confirm root user password").fill("Correct-Horse-1");
      await page.getByRole("button", { name: "Claim this server" }).click();
      await home(page);
      await open(page, "/console/iam", "IAM Dashboard");
      await page.getByText("Add MFA for root user").waitFor();
      await screenshot(page, "iam-dashboard");
      await page.getByRole("link", { name: "Add MFA" }).click();
      await page.getByText("You are signed in as the root user").waitFor();
      await accessible(page);
      await page.getByRole("button", { name: "Assign MFA device" }).first().click();
      const dialog = page.getByRole("dialog");
      await dialog.getByLabel("Device name").fill("root");
      await dialog.getByRole("button", { name: "Next", exact: true }).click();
      await dialog.getByRole("button", { name: "Show QR code" }).waitFor();
      // Given up, it leaves nothing behind: the name is free again.
      await dialog.getByRole("button", { name: "Cancel" }).click();
      await page.getByRole("button", { name: "Assign MFA device" }).first().click();
      await dialog.getByLabel("Device name").fill("root");
      await dialog.getByRole("button", { name: "Next", exact: true }).click();
      await dialog.getByRole("button", { name: "Show QR code" }).waitFor();
    },
    { errors: refused(404) },
  ));
