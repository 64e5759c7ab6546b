// IAM Roles Anywhere: an administrator trusts an authority, and a machine with a certificate of it has a role until that ends. The tests go
// on where the one before ended.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { test } from "node:test";
import { promisify } from "node:util";
import { accessible, browse, open, refused, select } from "./console.mjs";

const { STATOR_ACCOUNT: account, STATOR_AUTHORITY: authority, STATOR_REVOKED: revoked, STATOR_NOBODY: nobody } = process.env;
const [stator, ...asks] = JSON.parse(process.env.STATOR_MACHINE);
const role = `arn:aws:iam::${account}:role/Reports`;

const heading = (page, name) => page.getByRole("heading", { level: 1, name, exact: true }).waitFor();
const button = (place, name) => place.getByRole("button", { name, exact: true });
const arn = (page, kind) => page.getByText(new RegExp(`^arn:aws:rolesanywhere:.*:${kind}/`)).first().innerText();

/** The ARNs, once they are known. */
const of = {};

/** What the machine is answered: a session's length in seconds, or why there is none. */
async function ask() {
  try {
    const { stdout } = await promisify(execFile)(stator, [...asks, "--trust-anchor-arn", of.anchor, "--profile-arn", of.profile, "--role-arn", role]);
    return Math.round((new Date(JSON.parse(stdout).Expiration) - Date.now()) / 1000);
  } catch (e) {
    return e.stderr;
  }
}

/** Deletes what a place of the page, or its selection, is about. */
async function remove(page, place = page) {
  await button(place, "Delete").click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("textbox").fill("confirm");
  await accessible(page);
  await button(dialog, "Delete").click();
  await dialog.waitFor({ state: "hidden" });
}

test("without a trust anchor; what one needs is said", (t) =>
  browse(t, async (page) => {
    await open(page, "/console/rolesanywhere", "Trust anchors");
    await page.getByText("No trust anchors", { exact: true }).waitFor();
    await accessible(page);
    await page.getByRole("link", { name: "Create a trust anchor" }).first().click();
    await heading(page, "Create a trust anchor");
    await button(page, "Create a trust anchor").click();
    await page.getByText("Enter a name.").waitFor();
    await page.getByLabel("Trust anchor name").fill("machines");
    const bundle = page.getByRole("textbox", { name: "External certificate bundle" });
    await bundle.fill("-----BEGIN CERTIFICATE-----\nnone\n-----END CERTIFICATE-----\n");
    await accessible(page);
  }));

test("what is no certificate is refused by the server, and a file is taken", (t) =>
  browse(
    t,
    async (page) => {
      await open(page, "/console/rolesanywhere/trust-anchors/create", "Create a trust anchor");
      await page.getByLabel("Trust anchor name").fill("machines");
      const bundle = page.getByRole("textbox", { name: "External certificate bundle" });
      await bundle.fill("-----BEGIN CERTIFICATE-----\nnone\n-----END CERTIFICATE-----\n");
      await button(page, "Create a trust anchor").click();
      await page.getByText("The request is not valid").waitFor();
      await page.locator("input[type=file]").setInputFiles({ name: "ca.pem", mimeType: "application/x-pem-file", buffer: Buffer.from(authority) });
      await button(page, "Add new tag").click();
      await page.getByPlaceholder("Enter key").fill("team");
      await page.getByPlaceholder("Enter value").fill("data");
      await button(page, "Create a trust anchor").click();
      await heading(page, "machines");
      of.anchor = await arn(page, "trust-anchor");
      await accessible(page);
      await page.getByRole("tab", { name: "Tags" }).click();
      await page.getByText("data", { exact: true }).waitFor();
      await button(page, "Manage tags").click();
      const dialog = page.getByRole("dialog");
      await dialog.getByPlaceholder("Enter value").fill("reports");
      await button(dialog, "Save changes").click();
      await page.getByText("reports", { exact: true }).waitFor();
    },
    { errors: refused(400) },
  ));

test("a profile, by which the machine gets the role", (t) =>
  browse(t, async (page) => {
    await open(page, "/console/rolesanywhere/profiles/create", "Create a profile");
    await button(page, "Create a profile").click();
    await page.getByText("Choose a role.").waitFor();
    await page.getByLabel("Profile name").fill("reports");
    await button(page, /^Roles/).click();
    await page.getByRole("option", { name: "Reports" }).click();
    await page.keyboard.press("Escape");
    await accessible(page);
    await button(page, "Create a profile").click();
    await heading(page, "reports");
    of.profile = await arn(page, "profile");
    await accessible(page);
    assert.ok((await ask()) > 3000);

    await button(page, "Disable").click();
    await page.getByText("Profile reports disabled.").waitFor();
    assert.match(await ask(), /The profile is not there, or disabled/);
    await button(page, "Enable").click();
    await page.getByText("Profile reports enabled.").waitFor();

    await page.getByRole("tab", { name: "Certificate attribute mappings" }).click();
    await button(page, "Add mapping").click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Specifier").fill("CN");
    await accessible(page);
    await button(dialog, "Add mapping").click();
    await page.getByText("Mapping CN added.").waitFor();
    await select(page.getByRole("main"), "CN");
    await button(page, "Remove").click();
    await button(dialog, "Remove").click();
    await page.getByText("Mapping CN removed.").waitFor();

    await page.getByRole("link", { name: "Edit", exact: true }).click();
    await heading(page, "Edit profile");
    await page.getByRole("button", { name: /^Session duration/ }).click();
    await page.getByRole("option", { name: "15 minutes" }).click();
    await button(page, "Save changes").click();
    await page.getByText("Profile reports saved.").waitFor();
    const seconds = await ask();
    assert.ok(seconds > 800 && seconds <= 900, seconds);
  }));

test("who has asked, and a certificate that counts no more", (t) =>
  browse(t, async (page) => {
    await open(page, "/console/rolesanywhere/subjects", "Subject activity");
    await accessible(page);
    await page.getByRole("link", { name: "CN=machine,OU=Reports" }).click();
    await page.getByText("Succeeded").waitFor();
    await accessible(page);

    await open(page, "/console/rolesanywhere", "Trust anchors");
    await page.getByRole("link", { name: "machines" }).click();
    await page.getByRole("tab", { name: "Certificate revocation lists" }).click();
    await button(page, "Import").click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Name").fill("revoked");
    await dialog.getByRole("textbox", { name: "Revocation list" }).fill(revoked);
    await accessible(page);
    await button(dialog, "Import").click();
    await page.getByText("Revocation list revoked imported.").waitFor();
    assert.match(await ask(), /revoked/);

    const lists = page.getByRole("tabpanel");
    await lists.getByRole("radio").check();
    await button(lists, "Replace").click();
    await dialog.getByRole("textbox", { name: "Revocation list" }).fill(revoked);
    await button(dialog, "Replace").click();
    await page.getByText("Revocation list revoked replaced.").waitFor();
    await lists.getByRole("radio").check();
    await button(lists, "Disable").click();
    await page.getByText("Revocation list revoked disabled.").waitFor();
    assert.ok((await ask()) > 800);
    await lists.getByRole("radio").check();
    await remove(page, lists);
    await page.getByText("Revocation list revoked deleted.").waitFor();
  }));

test("the trust anchor is renamed, disabled and deleted, with the profile", (t) =>
  browse(t, async (page) => {
    await open(page, "/console/rolesanywhere", "Trust anchors");
    await page.getByRole("link", { name: "machines" }).click();
    await heading(page, "machines");
    await button(page, "Edit").click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Trust anchor name").fill("hosts");
    await accessible(page);
    await button(dialog, "Save changes").click();
    await heading(page, "hosts");
    await button(page, "Disable").click();
    await page.getByText("Trust anchor hosts disabled.").waitFor();
    assert.match(await ask(), /rust anchor/);
    await remove(page);
    await page.getByText("No trust anchors", { exact: true }).waitFor();

    await open(page, "/console/rolesanywhere/profiles", "Profiles");
    await select(page.getByRole("main"), "reports");
    await remove(page);
    await page.getByText("No profiles", { exact: true }).waitFor();
  }));

test("who may not see any of it is told why", (t) =>
  browse(
    t,
    async (page) => {
      for (const path of ["", "/profiles", "/subjects"]) {
        await open(page, `/console/rolesanywhere${path}`);
        await page.getByText("You don't have permission to rolesanywhere:List").waitFor();
        await accessible(page);
      }
    },
    { as: nobody, errors: refused(403) },
  ));
