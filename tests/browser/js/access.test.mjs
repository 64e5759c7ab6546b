// How access is given, proven and taken away: permissions copied, MFA devices, sessions revoked, identity providers.
import assert from "node:assert/strict";
import { delimiter } from "node:path";
import { test } from "node:test";
import { accessible, browse, home, open, refused, screenshot, select, totp, url } from "./console.mjs";

const { STATOR_ACCOUNT: account, STATOR_PASSWORD: password } = process.env;
const metadata = process.env.STATOR_METADATA.split(delimiter);
let seed; // of grace's MFA device

const heading = (page, name) => page.getByRole("heading", { level: 1, name, exact: true }).waitFor();
const next = (page) => page.getByRole("button", { name: "Next", exact: true }).click();

// What is deleted is asked for once more, and is not there.
const gone = { errors: refused(404) };

/** Confirms a deletion by typing what it asks for. */
async function confirm(page, typed, button) {
  await page.getByRole("dialog").getByLabel("To confirm").fill(typed);
  await page.getByRole("dialog").getByRole("button", { name: button }).click();
}

test("a user with the permissions of another", (t) =>
  browse(
    t,
    async (page) => {
      await open(page, "/console/iam/create-user", "Specify user details");
      await page.getByLabel("User name").fill("grace");
      await page.getByRole("checkbox", { name: "Provide user access to the console" }).check();
      await page.getByRole("radio", { name: "Custom password" }).check();
      await page.getByRole("textbox", { name: /assword/ }).first().fill(password);
      await page.getByRole("checkbox", { name: /must create a new password/ }).uncheck();
      await next(page);
      await page.getByRole("radio", { name: "Copy permissions" }).check();
      await select(page.getByRole("main"), "ada");
      await accessible(page);
      await next(page);
      const summary = page.getByRole("table", { name: "Permissions summary" });
      for (const name of ["Readers", "AmazonDynamoDBReadOnlyAccess", "Own", "AdministratorAccess"]) await summary.getByText(name).waitFor();
      await page.getByRole("button", { name: "Create user" }).click();
      await heading(page, "Retrieve password");
      await page.getByRole("link", { name: "View user" }).click();
      await heading(page, "grace");
      const policies = page.getByRole("grid", { name: "Permissions policies" });
      for (const name of ["AmazonDynamoDBReadOnlyAccess", "Own"]) await policies.getByRole("link", { name, exact: true }).waitFor();
      await page.getByRole("heading", { name: "Permissions boundary (set)" }).waitFor();
      await page.getByRole("tab", { name: "Groups" }).click();
      await page.getByRole("grid", { name: "User groups membership" }).getByText("Readers").waitFor();
    },
    { errors: refused(404) },
  ));

test("an MFA device whose clock goes wrong", (t) =>
  browse(
    t,
    async (page) => {
      await open(page, "/console/iam/users/grace?section=security_credentials", "grace");
      await page.getByRole("button", { name: "Assign MFA device" }).first().click();
      const dialog = page.getByRole("dialog");
      await dialog.getByLabel("Device name").fill("grace");
      await next(dialog);
      await dialog.getByRole("button", { name: "Show secret key" }).click();
      seed = await dialog.locator("code").innerText();
      const codes = async (...steps) => {
        await dialog.getByLabel("MFA code 1").fill(totp(seed, steps[0]));
        await dialog.getByLabel("MFA code 2").fill(totp(seed, steps[1]));
      };
      await codes(-2, -1);
      await dialog.getByRole("button", { name: "Add MFA" }).click();
      await page.getByText("MFA device assigned.").waitFor();

      // From here on the device is five minutes ahead.
      await page.getByRole("row").filter({ hasText: "mfa/grace" }).getByRole("radio").check();
      await page.getByRole("button", { name: "Resync" }).click();
      await codes(10, 12);
      await accessible(page);
      await dialog.getByRole("button", { name: "Resync" }).click();
      await dialog.getByText(/Authentication code for device is not valid/).waitFor();
      await codes(10, 11);
      await dialog.getByRole("button", { name: "Resync" }).click();
      await page.getByText("MFA device resynced.").waitFor();
    },
    { errors: refused(403, 404) },
  ));

test("the user signs in with a code", (t) =>
  browse(
    t,
    async (page, context) => {
    await context.clearCookies();
    await page.goto(`${url}/console/signin/${account}`);
    await page.getByLabel("IAM username").fill("grace");
    await page.getByLabel("Password", { exact: true }).fill(password);
    await page.keyboard.press("Enter");
    await heading(page, "Multi-factor authentication");
    await page.getByLabel("MFA code").fill(totp(seed, 12));
    await page.keyboard.press("Enter");
    await home(page);
    await open(page, "/console/iam/users", "Users"); // what was copied allows
    await page.getByRole("link", { name: "ada", exact: true }).waitFor();
    },
    { errors: refused(400, 403) },
  ));

test("a role's sessions are revoked, and the role deleted", (t) =>
  browse(
    t,
    async (page) => {
      await open(page, `/console/switch-role?account=${account}&roleName=Auditor`, "Switch role");
      await page.getByRole("button", { name: "Switch role" }).click();
      await page.getByRole("button", { name: /Account: Auditor/ }).waitFor();
      await open(page, "/console/dynamodb/tables", "Tables");
      await page.getByText("No tables", { exact: true }).waitFor();

      await browse(t, async (other) => {
        await open(other, "/console/iam/roles/Auditor?section=revoke_sessions", "Auditor");
        await other.getByRole("button", { name: "Revoke active sessions" }).click();
        await accessible(other);
        await confirm(other, "confirm", "Revoke active sessions");
        await other.getByText("The active sessions of Auditor are revoked.").waitFor();
        await page.getByRole("button", { name: "Refresh tables" }).click();
        await page.getByText("with an explicit deny in an identity-based policy").first().waitFor();

        await other.getByRole("button", { name: "Delete", exact: true }).first().click();
        await accessible(other);
        await confirm(other, "Auditor", "Delete");
        await other.getByText("Role Auditor deleted.").waitFor();
        await heading(other, /^Roles/);
        assert.equal(await other.getByRole("link", { name: "Auditor", exact: true }).count(), 0);
      }, gone);
      // There is nobody any more whose session this could be.
      await page.getByRole("button", { name: "Refresh tables" }).or(page.getByRole("button", { name: "Try again" })).first().click();
      await page.getByText("Your session has ended. Sign in again").waitFor();
    },
    { errors: refused(400, 401, 403) },
  ));

test("a SAML provider", (t) =>
  browse(t, async (page) => {
    await open(page, "/console/iam/providers/create", "Add an Identity provider");
    await page.getByRole("radio", { name: /SAML/ }).check();
    await page.getByRole("button", { name: "Add provider" }).click();
    await page.getByText("Choose the metadata document.").waitFor();
    await page.getByRole("textbox", { name: "Provider name" }).fill("Corporate");
    await page.locator('input[type="file"]').setInputFiles(metadata[0]);
    await page.getByText("idp.xml").waitFor();
    await accessible(page);
    await page.getByRole("button", { name: "Add provider" }).click();
    await heading(page, "Corporate");
    await page.getByText("idp.example.com").waitFor();
    await page.getByRole("button", { name: "Replace metadata" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.locator('input[type="file"]').setInputFiles(metadata[1]);
    await dialog.getByText("other.xml").waitFor();
    await accessible(page);
    await dialog.getByRole("button", { name: "Replace metadata" }).click();
    await page.getByText("The metadata of Corporate was replaced.").waitFor();
    await page.getByText("other.example.com").waitFor();
    await page.getByRole("button", { name: "Delete", exact: true }).click();
    await confirm(page, "confirm", "Delete");
    await page.getByText("Identity provider Corporate deleted.").waitFor();
    await page.getByText("No identity providers", { exact: true }).waitFor();
  }, gone));

test("an OpenID Connect provider", (t) =>
  browse(t, async (page) => {
    await open(page, "/console/iam/providers/create", "Add an Identity provider");
    await page.getByRole("textbox", { name: "Provider URL" }).fill("https://login.example.com");
    await page.getByRole("textbox", { name: "Audience" }).fill("orders-app");
    await page.getByRole("button", { name: "Add provider" }).click();
    await heading(page, "login.example.com");
    const dialog = page.getByRole("dialog");
    await page.getByRole("button", { name: "Add audience" }).click();
    await dialog.getByRole("textbox", { name: "New audience" }).fill("returns-app");
    await dialog.getByRole("button", { name: "Add audience" }).click();
    await page.getByRole("rowheader", { name: "returns-app" }).waitFor();
    await select(page.getByRole("main"), "orders-app");
    await page.getByRole("button", { name: "Remove" }).click();
    await dialog.getByRole("button", { name: "Remove" }).click();
    await page.getByRole("rowheader", { name: "orders-app" }).waitFor({ state: "detached" });
    await page.getByRole("button", { name: "Delete", exact: true }).click();
    await confirm(page, "confirm", "Delete");
    await page.getByText("Identity provider login.example.com deleted.").waitFor();
    await page.getByText("No identity providers", { exact: true }).waitFor();
  }, gone));
