// Ways in, and out.
import assert from "node:assert/strict";
import { test } from "node:test";
import { accessible, browse, home, open, refused, screenshot, totp, url } from "./console.mjs";

const { STATOR_ACCOUNT: account, STATOR_PASSWORD: password, STATOR_MFA_SEED: seed, STATOR_LOGIN: login } = process.env;

async function signIn(page, user, secret, account) {
  if (account) await page.getByLabel("Account ID or alias").fill(account);
  await page.getByLabel("IAM username").fill(user);
  await page.getByLabel("Password", { exact: true }).fill(secret);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
}

test("a user whose password has to be changed", (t) =>
  browse(
    t,
    async (page) => {
      await page.goto(`${url}/console/iam/users?from=a%26b`);
      await page.getByRole("link", { name: "Sign in instead" }).click();
      await page.getByRole("heading", { level: 1, name: "IAM user sign in" }).waitFor();
      await accessible(page);
      await screenshot(page, "signin");
      const dashed = account.replace(/(....)(....)(....)/, "$1-$2-$3");
      await page.getByRole("checkbox", { name: "Remember this account" }).check();
      await signIn(page, "ada", "wrong", dashed);
      await page.getByText("Your authentication information is incorrect.").waitFor();
      await signIn(page, "ada", password);
      await page.getByRole("heading", { level: 1, name: "Change your password" }).waitFor();
      await accessible(page);
      const change = async (to) => {
        await page.getByLabel("New password", { exact: true }).fill(to);
        await page.getByLabel("Confirm new password").fill(to);
        await page.getByRole("button", { name: "Confirm password change" }).click();
      };
      await change("Short-1");
      await page.getByText("Password should have a minimum length of 12").waitFor();
      await change("Another-Horse-2");
      await page.getByRole("heading", { level: 1, name: "Users" }).waitFor();
      assert.equal(new URL(page.url()).search, "?from=a%26b");

      // Elsewhere the session is ended; here one finds out, signs in again, and is where one was.
      await browse(t, async (other) => {
        await other.goto(`${url}/console/signin/example`);
        assert.equal(await other.getByLabel("Account ID or alias").inputValue(), "example");
        await signIn(other, "ada", "Another-Horse-2");
        await home(other);
        await other.getByRole("button", { name: "Account: ada @ example" }).click();
        await other.getByRole("menuitem", { name: "Sign out of all sessions" }).click();
        await other.getByText("All of your console sessions have ended").waitFor();
        await accessible(other);
      });
      await page.getByRole("button", { name: "Refresh users" }).click();
      await page.getByText("Your session has ended. Sign in again").waitFor();
      assert.equal(await page.getByLabel("Account ID or alias").inputValue(), account);
      await accessible(page);
      await signIn(page, "ada", "Another-Horse-2");
      await page.getByRole("heading", { level: 1, name: "Users" }).waitFor();
      assert.equal(new URL(page.url()).search, "?from=a%26b");
    },
    { errors: refused(400, 401, 403) },
  ));

test("a user with an MFA device", (t) =>
  browse(t, async (page) => {
    await page.goto(`${url}/console/signin?account=example`);
    await signIn(page, "grace", password);
    await page.getByRole("heading", { level: 1, name: "Multi-factor authentication" }).waitFor();
    await accessible(page);
    await page.getByLabel("MFA code").fill("000000");
    await page.getByRole("button", { name: "Submit" }).click();
    await page.getByText("The code is not right").waitFor();
    await page.getByLabel("MFA code").fill(totp(seed));
    await page.keyboard.press("Enter");
    await home(page);
    await open(page, "/console/account", "Account");
    await page.getByText("Used", { exact: true }).waitFor();
    assert.equal(await page.getByRole("button", { name: "Change password" }).count(), 0, "a user changes the root user's password");
  }));

test("a user who may do nothing", (t) =>
  browse(
    t,
    async (page) => {
      await page.goto(`${url}/console/signin/example?redirect=${encodeURIComponent("//evil.example/")}`);
      await signIn(page, "nobody", password);
      await home(page);
      await page.getByRole("heading", { name: "Account", exact: true }).waitFor();
      await page.getByRole("heading", { name: "Get started" }).waitFor({ state: "detached" });
      await accessible(page);
      await open(page, "/console/iam/users", "Users");
      await page.getByText("You don't have permission to iam:ListUsers").waitFor();
      await accessible(page);
      await screenshot(page, "denied");
      await open(page, "/console/account", "Account");
      await page.getByText("You may not see this").first().waitFor();
      await accessible(page);
    },
    { errors: refused(400, 403) },
  ));

test("a role session that a broker sends", (t) =>
  browse(
    t,
    async (page) => {
      await page.goto(login);
      await page.getByRole("heading", { level: 1, name: "Tables" }).waitFor();
      await page.getByRole("button", { name: "Account: Auditor/broker @ example" }).waitFor();
      await page.goto(login); // it counts once
      assert.match(await page.locator("body").innerText(), /sign-in token is not valid/);
    },
    { errors: refused(400, 403) },
  ));
