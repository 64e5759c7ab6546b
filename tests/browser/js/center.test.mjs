// IAM Identity Center: an administrator gives people access, and they use it. The tests go on where the one before ended.
import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { createServer } from "node:http";
import { test } from "node:test";
import { accessible, browse, home, mailed, open, refused, screenshot, select, totp, url } from "./console.mjs";

const { STATOR_ACCOUNT: account } = process.env;

const next = (page) => page.getByRole("button", { name: "Next", exact: true }).click();
const heading = (page, name) => page.getByRole("heading", { level: 1, name, exact: true }).waitFor();
const phone = { viewport: { width: 390, height: 844 }, colorScheme: "dark" };

/** On a phone nothing is wider than the screen. */
async function fits(page) {
  const wider = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  assert.ok(wider <= 0, `${page.url()} is ${wider} pixels wider than the screen`);
}

/** What the administrator is told of ada, and what she chooses. */
const ada = { name: "ada", password: "Lovelace-1815!" };
let once, seed;

test("without an instance the section leads to where it is enabled", (t) =>
  browse(t, async (page) => {
    await open(page, "/console/singlesignon/users", "Users");
    await page.getByText("IAM Identity Center is not enabled in this region").waitFor();
    await accessible(page);
    await page.getByRole("link", { name: "Enable IAM Identity Center" }).click();
    await heading(page, "IAM Identity Center");
    await page.getByRole("button", { name: "Enable", exact: true }).click();
    await page.getByText("IAM Identity Center is enabled.").waitFor();
    await page.getByText(`${url}/start`).waitFor();
    await accessible(page);
    await screenshot(page, "center");
  }));

/** That there is no permissions boundary, is an error to the browser. */
const withoutBoundary = { errors: refused(400) };

test("a group, a user with a one-time password, a permission set, an assignment", (t) =>
  browse(t, async (page) => {
    await open(page, "/console/singlesignon/groups/create", "Create group");
    await page.getByLabel("Group name").fill("developers");
    await accessible(page);
    await page.getByRole("button", { name: "Create group", exact: true }).click();
    await heading(page, "developers");

    await open(page, "/console/singlesignon/users/add", "Specify user details");
    await next(page);
    await page.getByText("Enter a username.").waitFor();
    await page.getByLabel("Username").fill(ada.name);
    await page.getByLabel("Generate a one-time password").check();
    await page.getByLabel("Email address", { exact: true }).fill("ada@example.com");
    await page.getByLabel("Confirm email address").fill("ada@example.com");
    await page.getByLabel("First name").fill("Ada");
    await page.getByLabel("Last name").fill("Lovelace");
    await accessible(page);
    await next(page);
    await heading(page, "Add user to groups - optional");
    await select(page.getByRole("main"), "developers");
    await accessible(page);
    await next(page);
    await heading(page, "Review and add user");
    await accessible(page);
    await page.getByRole("button", { name: "Add user", exact: true }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("button", { name: "Show one-time password" }).click();
    once = await dialog.locator("code").innerText();
    await accessible(page);
    await dialog.getByRole("button", { name: "Close" }).last().click();
    await heading(page, "ada");
    await page.getByRole("tab", { name: "Groups" }).click();
    await page.getByRole("link", { name: "developers" }).waitFor();
    await accessible(page);

    await open(page, "/console/singlesignon/permission-sets/create", "Select permission set type");
    await page.getByRole("radio", { name: /Custom permission set/ }).check();
    await next(page);
    await heading(page, "Specify policies and permissions boundary");
    await page.getByRole("textbox", { name: "Inline policy" }).fill(
      JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: ["dynamodb:ListTables", "dynamodb:DescribeTable"], Resource: "*" }] }),
    );
    await accessible(page);
    await next(page);
    await heading(page, "Specify permission set details");
    await page.getByLabel("Permission set name").fill("Tables Reader");
    await page.getByText("A name can't have spaces.").waitFor();
    await page.getByLabel("Permission set name").fill("TableReader");
    await accessible(page);
    await next(page);
    await heading(page, "Review and create");
    await page.getByRole("button", { name: "Create", exact: true }).click();
    await heading(page, "TableReader");
    await accessible(page);

    await open(page, "/console/singlesignon/accounts", /AWS accounts/);
    await select(page.getByRole("main"), account);
    await page.getByRole("button", { name: "Assign users or groups" }).click();
    await heading(page, "Select users and groups");
    await select(page.getByRole("main"), "developers");
    await accessible(page);
    await next(page);
    await heading(page, "Select permission sets");
    await select(page.getByRole("main"), "TableReader");
    await next(page);
    await heading(page, "Review and submit assignments");
    await accessible(page);
    await page.getByRole("button", { name: "Submit", exact: true }).click();
    await page.getByText("1 assignment was made.").waitFor();
    await page.getByRole("link", { name: "TableReader" }).waitFor();
    await accessible(page);
    await screenshot(page, "center-account");
  }, withoutBoundary));

/** Types the name and the password of ada. */
async function signIn(page, password) {
  await page.getByLabel("Username").fill(ada.name);
  await next(page);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
}

test("the person sets a password, and has the role's keys and console", (t) =>
  browse(
    t,
    async (page, context) => {
      await page.goto(`${url}/start`);
      await heading(page, "Sign in");
      await accessible(page);
      await screenshot(page, "portal-signin");
      await signIn(page, "wrong");
      await page.getByText("Authentication failed").waitFor();
      await page.getByLabel("Password", { exact: true }).fill(once);
      await page.getByRole("button", { name: "Sign in", exact: true }).click();
      await heading(page, "Set a new password");
      await accessible(page);
      await page.getByLabel("New password", { exact: true }).fill(ada.password);
      await page.getByLabel("Confirm new password").fill(ada.password);
      await page.getByRole("button", { name: "Confirm password change" }).click();
      await heading(page, "AWS access portal");
      await page.getByRole("button", { name: "Access keys of TableReader" }).waitFor();
      await accessible(page);
      await screenshot(page, "portal");

      await page.getByRole("button", { name: "Access keys of TableReader" }).click();
      const dialog = page.getByRole("dialog");
      await dialog.getByText(/^export AWS_ACCESS_KEY_ID="ASIA/).waitFor();
      await dialog.getByText(`AWS_ENDPOINT_URL="${url}" aws configure sso`).waitFor();
      await accessible(page);
      await screenshot(page, "portal-keys");
      await dialog.getByRole("tab", { name: "PowerShell" }).click();
      await dialog.getByText(/^\$Env:AWS_ACCESS_KEY_ID="ASIA/).waitFor();
      await dialog.getByRole("button", { name: "Close" }).last().click();

      const [opened] = await Promise.all([
        context.waitForEvent("page"),
        page.getByRole("link", { name: "Management console as TableReader" }).click(),
      ]);
      await home(opened);
      await opened.getByRole("button", { name: "Account: TableReader/ada @" }).waitFor();
      await opened.goto(`${url}/console/dynamodb/tables`);
      await opened.getByRole("link", { name: "Orders" }).waitFor();
      await opened.goto(`${url}/console/iam/users`);
      await opened.getByText("You don't have permission to iam:ListUsers").waitFor();

      // The console of the role ends with the portal's session.
      await page.bringToFront();
      await page.getByRole("button", { name: "Account: Ada Lovelace" }).click();
      await page.getByRole("menuitem", { name: "Sign out" }).click();
      await heading(page, "Sign in");
      await opened.goto(`${url}/console/dynamodb/tables`);
      await heading(opened, "Sign in");
      assert.equal(new URL(opened.url()).pathname, "/console/portal/signin");
    },
    { as: null, errors: refused(400, 401, 403, 404) },
  ));

test("on a phone, MFA for oneself", (t) =>
  browse(
    t,
    async (page) => {
      await page.goto(`${url}/console/portal/security`);
      await heading(page, "Sign in");
      await fits(page);
      await signIn(page, ada.password);
      await heading(page, "Security");
      await page.getByRole("button", { name: "Register device" }).first().click();
      const dialog = page.getByRole("dialog");
      await dialog.getByRole("button", { name: "Next" }).click();
      const picture = dialog.getByRole("img", { name: "QR code" });
      await picture.waitFor();
      assert.ok(await picture.evaluate((img) => img.decode().then(() => img.naturalWidth > 100)), "there is no picture");
      await dialog.getByRole("button", { name: "Show secret key" }).click();
      seed = await dialog.locator("code").innerText();
      await accessible(page);
      await fits(page);
      await dialog.getByLabel("Device name").fill("phone");
      await dialog.getByLabel("Authenticator code").fill("000000");
      await dialog.getByRole("button", { name: "Assign MFA" }).click();
      await dialog.getByText("not valid").or(dialog.getByText("not right")).first().waitFor();
      await dialog.getByLabel("Authenticator code").fill(totp(seed, -1));
      await dialog.getByRole("button", { name: "Assign MFA" }).click();
      await page.getByText("MFA device registered.").waitFor();
      const registered = page.getByRole("row").filter({ hasText: "phone" });
      await registered.waitFor();
      await accessible(page);
      await fits(page);

      // In a session that has shown no device, none is taken away, nor another one added, without a code.
      await registered.getByRole("radio").check();
      await page.getByRole("button", { name: "Delete" }).click();
      await dialog.getByText("Of this device").waitFor();
      await accessible(page);
      await fits(page);
      await dialog.getByLabel("Authenticator code").fill("000000");
      await dialog.getByRole("button", { name: "Delete" }).click();
      await dialog.getByText("not valid").waitFor();
      await dialog.getByRole("button", { name: "Cancel" }).click();
      await page.getByRole("button", { name: "Register device" }).first().click();
      await dialog.getByText("Of a device that you have registered.").waitFor();
      await accessible(page);
      await dialog.getByRole("button", { name: "Cancel" }).click();
      await page.goto(`${url}/console/portal`);
      await heading(page, "AWS access portal");
      await fits(page);
      await accessible(page);
      await page.getByRole("button", { name: "Access keys of TableReader" }).click();
      await page.getByRole("dialog").getByText(/^export AWS_ACCESS_KEY_ID=/).waitFor();
      await fits(page);
    },
    { as: null, errors: refused(400, 401, 403), ...phone },
  ));

/** A request as OAuth clients send them. */
async function ask(path, body) {
  const answer = await fetch(url + path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
  return { status: answer.status, ...(await answer.json()) };
}

test("a program is given access with a code", (t) =>
  browse(
    t,
    async (page) => {
      const client = await ask("/client/register", { clientName: "botocore-client-terminal", clientType: "public", scopes: ["sso:account:access"] });
      const credentials = { clientId: client.clientId, clientSecret: client.clientSecret };
      const begin = () => ask("/device_authorization", { ...credentials, startUrl: `${url}/start` });
      const token = ({ deviceCode }) => ask("/token", { ...credentials, deviceCode, grantType: "urn:ietf:params:oauth:grant-type:device_code" });
      const wanted = await begin();
      assert.equal((await token(wanted)).error, "authorization_pending");

      // MFA is asked for now; after it is what was wanted.
      await page.goto(wanted.verificationUriComplete);
      await heading(page, "Sign in");
      await signIn(page, ada.password);
      await heading(page, "Additional verification required");
      await accessible(page);
      await page.getByLabel("MFA code").fill(totp(seed));
      await page.getByRole("button", { name: "Submit" }).click();
      await heading(page, "Authorization requested");
      await page.getByText(wanted.userCode, { exact: true }).waitFor();
      await accessible(page);
      await screenshot(page, "portal-device");
      await page.getByRole("button", { name: "Confirm and continue" }).click();
      await heading(page, "Allow access?");
      await page.getByText("botocore-client-terminal").waitFor();
      await page.getByText("See your AWS accounts and roles").waitFor();
      await accessible(page);
      await page.getByRole("button", { name: "Allow access" }).click();
      await heading(page, "Request approved");
      await accessible(page);
      await new Promise((done) => setTimeout(done, 1000 * (wanted.interval ?? 1)));
      const { accessToken } = await token(wanted);
      const list = await fetch(`${url}/assignment/accounts`, { headers: { "x-amz-sso_bearer_token": accessToken } });
      assert.deepEqual((await list.json()).accountList.map((a) => a.accountId), [account]);

      // Another is denied, and its code typed.
      const unwanted = await begin();
      await page.goto(unwanted.verificationUri);
      await heading(page, "Authorize request");
      await accessible(page);
      await page.getByLabel("Code").fill("ABCD-EFGH");
      await next(page);
      await page.locator(".refusal").waitFor();
      await page.getByLabel("Code").fill(unwanted.userCode.toLowerCase().replace("-", " "));
      await next(page);
      await page.getByRole("button", { name: "Confirm and continue" }).click();
      await page.getByRole("button", { name: "Deny access" }).click();
      await heading(page, "Request denied");
      assert.equal((await token(unwanted)).error, "access_denied");
    },
    { as: null, errors: refused(400, 401, 403, 404) },
  ));

/** Where programs wait for the browser to come back. */
async function callback(t) {
  const came = [];
  const server = createServer((request, answer) => {
    came.push(new URL(request.url, "http://127.0.0.1"));
    answer.setHeader("Content-Type", "text/html").end('<!doctype html><link rel="icon" href="data:,"><title>done</title><h1>You can close this window</h1>');
  }).listen(0, "127.0.0.1");
  await new Promise((done) => server.once("listening", done));
  t.after(() => server.close());
  return { came, address: `http://127.0.0.1:${server.address().port}/oauth/callback` };
}

const challenge = () => createHash("sha256").update(randomBytes(32).toString("base64url")).digest("base64url");

test("a program is given access with the browser", async (t) => {
  const { came, address } = await callback(t);
  const client = await ask("/client/register", {
    clientName: "botocore-client-browser",
    clientType: "public",
    scopes: ["sso:account:access"],
    grantTypes: ["authorization_code", "refresh_token"],
    redirectUris: ["http://127.0.0.1/oauth/callback"],
    issuerUrl: `${url}/start`,
  });
  await browse(
    t,
    async (page) => {
      const query = new URLSearchParams({
        response_type: "code",
        client_id: client.clientId,
        redirect_uri: address,
        state: "of-the-program",
        code_challenge_method: "S256",
        code_challenge: challenge(),
        scopes: "sso:account:access",
      });
      await page.goto(`${url}/authorize?${query}`);
      await heading(page, "Sign in");
      await signIn(page, ada.password);
      await page.getByLabel("MFA code").fill(totp(seed, 1));
      await page.getByRole("button", { name: "Submit" }).click();
      await heading(page, "Allow access?");
      await page.getByText(new URL(address).host).waitFor();
      await accessible(page);
      await page.getByRole("button", { name: "Allow access" }).click();
      await heading(page, "You can close this window");
      assert.equal(came[0].searchParams.get("state"), "of-the-program");
      assert.ok(came[0].searchParams.get("code"));
    },
    { as: null, errors: new RegExp(`^request to ${address}|${refused(400, 401).source}`) },
  );
});

test("aws login has the session of the console", async (t) => {
  const { came, address } = await callback(t);
  const query = (client, redirect) =>
    new URLSearchParams({
      response_type: "code",
      client_id: `arn:aws:signin:::devtools/${client}`,
      redirect_uri: redirect,
      state: "of-the-cli",
      code_challenge_method: "SHA-256",
      code_challenge: challenge(),
      scope: "openid",
    });
  await browse(
    t,
    async (page) => {
      await page.goto(`${url}/v1/authorize?${query("same-device", address)}`);
      await heading(page, "Sign in to the AWS CLI");
      await page.getByText("Administrator @").waitFor();
      await accessible(page);
      await screenshot(page, "aws-login");
      await page.getByRole("button", { name: "Allow access" }).click();
      await heading(page, "You can close this window");
      assert.equal(came[0].searchParams.get("state"), "of-the-cli");
      assert.ok(came[0].searchParams.get("code"));

      await page.goto(`${url}/v1/authorize?${query("cross-device", `${url}/v1/sessions/confirmation`)}`);
      await heading(page, "Sign in to the AWS CLI");
      await page.getByRole("button", { name: "Allow access" }).click();
      await page.getByText("Copy this authorization code").waitFor();
      await accessible(page);
    },
    { errors: new RegExp(`^request to ${address}`) },
  );
});

test("an invitation, and a user who is disabled", (t) =>
  browse(
    t,
    async (page, context) => {
      await open(page, "/console/singlesignon/users/add", "Specify user details");
      await page.getByLabel("Username").fill("grace");
      await page.getByLabel("Email address", { exact: true }).fill("grace@example.com");
      await page.getByLabel("Confirm email address").fill("grace@example.com");
      await page.getByLabel("First name").fill("Grace");
      await page.getByLabel("Last name").fill("Hopper");
      for (const title of ["Add user to groups - optional", "Review and add user"]) {
        await next(page);
        await heading(page, title);
      }
      await page.getByRole("button", { name: "Add user", exact: true }).click();
      await heading(page, "grace");
      const user = page.url();
      const token = await mailed("grace@example.com", /set-password\?token=([\w-]+)/);

      await page.goto(`${url}/console/people/set-password?token=${token}`);
      await heading(page, "Set password");
      await accessible(page);
      const set = async (password) => {
        await page.getByLabel("New password", { exact: true }).fill(password);
        await page.getByLabel("Confirm new password").fill(password);
        await page.getByRole("button", { name: "Set new password" }).click();
      };
      await set("short");
      await page.getByText(/Password|password/).first().waitFor();
      await set("Nanosecond-1906!");
      await page.getByText("Your password is set. Sign in with it.").waitFor();
      const enter = async () => {
        await page.getByLabel("Username").fill("grace");
        await next(page);
        await page.getByLabel("Password", { exact: true }).fill("Nanosecond-1906!");
        await page.getByRole("button", { name: "Sign in", exact: true }).click();
      };
      await enter();
      await page.getByText("You have no accounts yet").waitFor();
      await accessible(page);

      const portal = await context.newPage();
      await page.goto(user);
      await page.getByRole("button", { name: "Actions" }).click();
      await page.getByRole("menuitem", { name: "Disable user access" }).click();
      await page.getByRole("dialog").getByRole("button", { name: "Disable user access" }).click();
      await page.getByText("User grace is disabled.").waitFor();
      await portal.goto(`${url}/console/portal`);
      await heading(portal, "Sign in");
      await portal.close();
      await page.goto(`${url}/console/portal/signin`);
      await enter();
      await page.locator(".refusal").waitFor();
    },
    { errors: refused(400, 401, 403) },
  ));

test("settings: provisioning, attributes, a source that does not answer", (t) =>
  browse(
    t,
    async (page) => {
      await open(page, "/console/singlesignon/settings?section=provisioning", "Settings");
      await page.getByRole("button", { name: "Enable", exact: true }).click();
      const dialog = page.getByRole("dialog");
      await dialog.getByRole("button", { name: "Show access token" }).click();
      const token = await dialog.locator("code").innerText();
      const endpoint = await dialog.getByText(`${url}/scim/`).innerText();
      const answer = await fetch(`${endpoint}ServiceProviderConfig`, { headers: { Authorization: `Bearer ${token}` } });
      assert.equal(answer.status, 200);
      await accessible(page);
      await dialog.getByRole("button", { name: "Close" }).last().click();
      await page.getByRole("heading", { name: "Access tokens (1)" }).waitFor();
      await accessible(page);

      await page.getByRole("tab", { name: "Attributes for access control" }).click();
      await page.getByRole("button", { name: "Enable", exact: true }).click();
      await page.getByRole("button", { name: "Manage attributes" }).click();
      await dialog.getByRole("button", { name: "Add attribute" }).click();
      await dialog.getByRole("textbox", { name: "Key" }).fill("CostCenter");
      await dialog.getByRole("combobox", { name: "Value" }).fill("${path:enterprise.costCenter}");
      await page.keyboard.press("Escape");
      await accessible(page);
      await dialog.getByRole("button", { name: "Save changes" }).click();
      await page.getByText("The attributes are saved.").waitFor();
      await page.getByText("${path:enterprise.costCenter}").waitFor();

      await page.getByRole("tab", { name: "Identity source" }).click();
      await page.getByRole("link", { name: "Add identity source" }).first().click();
      await heading(page, "Add identity source");
      await page.getByLabel("Name", { exact: true }).fill("Corporate");
      await page.getByRole("radio", { name: /OpenID Connect/ }).check();
      await accessible(page);
      await page.getByRole("radio", { name: /LDAP or Active Directory/ }).check();
      await page.getByLabel("Server URLs").fill("ldaps://127.0.0.1:1");
      await page.getByLabel("User base").fill("ou=people,dc=example,dc=com");
      await accessible(page);
      await page.getByRole("button", { name: "Add identity source" }).click();
      await page.getByText("The identity source Corporate is saved.").waitFor();
      await page.getByRole("row").filter({ hasText: "Corporate" }).getByRole("radio").check();
      await page.getByRole("button", { name: "Actions" }).click();
      await page.getByRole("menuitem", { name: "Enable" }).click();
      await dialog.getByRole("button", { name: "Enable" }).click();
      await dialog.getByText("The source does not answer").or(dialog.getByText("The source refuses")).waitFor();
      await accessible(page);
      await dialog.getByRole("button", { name: "Cancel" }).click();
      await page.getByRole("link", { name: "Corporate" }).click();
      await heading(page, "Edit identity source");
      assert.equal(await page.getByLabel("Server URLs").inputValue(), "ldaps://127.0.0.1:1");
      await accessible(page);
    },
    { errors: refused(400) },
  ));

// The responses of a provider are tested where they are verified; here the server's answer is made up.
test("a role of a SAML assertion is chosen", (t) =>
  browse(
    t,
    async (page) => {
      const roles = ["Reader", "Writer"].map((Name) => ({ Name, RoleArn: `arn:aws:iam::${account}:role/${Name}`, Account: account, AccountName: "Management" }));
      let chosen;
      await page.route("**/signin/saml*", (route) => {
        if (route.request().method() === "GET") return route.fulfill({ json: { Roles: roles } });
        chosen = route.request().postDataJSON();
        return route.fulfill({ json: { Location: "/console/portal/signin" } });
      });
      await page.goto(`${url}/console/saml?id=abc`);
      await heading(page, "Select a role");
      await page.getByRole("radio", { name: "Writer" }).check();
      await accessible(page);
      await page.getByRole("button", { name: "Sign in" }).click();
      await heading(page, "Sign in");
      assert.deepEqual(chosen, { Id: "abc", RoleArn: roles[1].RoleArn });
    },
    { as: null },
  ));

test("an administrator wants MFA, and shorter sessions", async (t) => {
  await browse(t, async (page) => {
    await open(page, "/console/singlesignon/settings?section=authentication", "Settings");
    await page.getByText("8 hours").waitFor();
    await page.getByText("Allow them to sign in").waitFor();
    await accessible(page);
    await page.getByRole("button", { name: "Configure session duration" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("button", { name: /AWS access portal session duration/ }).click();
    await page.getByRole("option", { name: "Custom duration" }).click();
    await dialog.getByLabel("Minutes").fill("14");
    assert.ok(await dialog.getByRole("button", { name: "Save" }).isDisabled(), "14 minutes can be saved");
    await dialog.getByLabel("Minutes").fill("90");
    await accessible(page);
    await dialog.getByRole("button", { name: "Save" }).click();
    await page.getByText("1 hour 30 minutes").waitFor();
    await page.getByRole("button", { name: "Configure multi-factor authentication" }).click();
    await dialog.getByRole("radio", { name: "Require them to register an MFA device at sign in" }).check();
    await accessible(page);
    await dialog.getByRole("button", { name: "Save changes" }).click();
    await page.getByText("Multi-factor authentication is configured.").waitFor();
    await accessible(page);
    await screenshot(page, "center-authentication");
    // Ada begins anew.
    await open(page, "/console/singlesignon/users", "Users");
    await page.getByRole("link", { name: "ada", exact: true }).click();
    await page.getByRole("tab", { name: "MFA devices" }).click();
    await select(page.getByRole("main"), "phone");
    await page.getByRole("button", { name: "Delete" }).last().click();
    await dialog.getByRole("button", { name: "Delete" }).click();
    await page.getByText("deleted").first().waitFor();
  });
  await browse(
    t,
    async (page) => {
      await page.goto(`${url}/console/portal/security`);
      await heading(page, "Sign in");
      await signIn(page, ada.password);
      await heading(page, "Register MFA device");
      await page.getByRole("button", { name: "Show secret key" }).click();
      const secret = await page.locator("code").innerText();
      await accessible(page);
      await fits(page);
      await screenshot(page, "portal-register");
      await page.getByLabel("Device name").fill("phone");
      await page.getByLabel("Authenticator code").fill("000000");
      await page.getByRole("button", { name: "Assign MFA" }).click();
      await page.locator(".refusal").waitFor();
      await page.getByLabel("Authenticator code").fill(totp(secret));
      await page.getByRole("button", { name: "Assign MFA" }).click();
      await heading(page, "Security");
      await page.getByRole("row").filter({ hasText: "phone" }).waitFor();
    },
    { as: null, errors: refused(400, 401, 403), ...phone },
  );
});
