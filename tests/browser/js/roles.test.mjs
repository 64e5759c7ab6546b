// Roles and whom they trust, identity providers, the policy simulator.
import assert from "node:assert/strict";
import { test } from "node:test";
import { accessible, browse, open, screenshot } from "./console.mjs";

/** An account besides the one that is signed in to. */
const other = process.env.STATOR_OTHER_ACCOUNT;

const heading = (page, name) => page.getByRole("heading", { level: 1, name, exact: true }).waitFor();

test("a role of another account, trusted anew, and switched to", (t) =>
  browse(t, async (page) => {
    await open(page, "/console/iam/roles", "Roles");
    await page.getByRole("link", { name: "Create role" }).first().click();
    await heading(page, "Select trusted entity");
    await page.getByRole("radio", { name: "Another AWS account" }).check();
    await page.getByRole("textbox", { name: "Account ID" }).fill("9999");
    await page.getByRole("button", { name: "Next", exact: true }).click();
    await page.getByText("Enter an account ID of 12 digits.").waitFor();
    await page.getByRole("textbox", { name: "Account ID" }).fill(other);
    await accessible(page);
    await screenshot(page, "create-role");
    await page.getByRole("button", { name: "Next", exact: true }).click();
    await page.getByRole("searchbox", { name: "Find policies" }).fill("DynamoDBReadOnly");
    await page.getByRole("checkbox", { name: /AmazonDynamoDBReadOnlyAccess/ }).check();
    await page.getByRole("button", { name: "Next", exact: true }).click();
    await page.getByRole("textbox", { name: "Role name" }).fill("Auditor");
    await page.getByText(`arn:aws:iam::${other}:root`).waitFor();
    await page.getByRole("rowheader", { name: "AmazonDynamoDBReadOnlyAccess" }).waitFor();
    await accessible(page);
    await page.getByRole("button", { name: "Create role" }).click();
    await heading(page, "Auditor");
    const arn = await page.getByText(/^arn:aws:iam::\d{12}:role\/Auditor$/).first().innerText();
    await accessible(page);
    await screenshot(page, "role");

    // What is wrong with a trust policy is explained; the server refuses it too.
    await page.getByRole("tab", { name: "Trust relationships" }).click();
    await page.getByRole("link", { name: "Edit trust policy" }).click();
    await heading(page, "Edit trust policy");
    const write = async (text) => {
      await page.getByRole("textbox", { name: "Trust policy" }).click();
      await page.keyboard.press("Control+A");
      await page.keyboard.press("Delete");
      await page.keyboard.insertText(text);
    };
    const trust = (principal, action) =>
      JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", ...principal, Action: action }] }, null, 4);
    await write(trust({}, "dynamodb:GetItem"));
    await page.getByRole("tab", { name: "Errors: 2" }).waitFor();
    await page.getByText("A trust policy has to say who may assume the role.").waitFor();
    await page.getByText("A trust policy has sts actions only.").waitFor();
    await accessible(page);
    await screenshot(page, "edit-trust");
    await page.getByRole("button", { name: "Update policy" }).click();
    await page.getByText("Malformed policy document").waitFor();
    await write(trust({ Principal: { AWS: arn.split(":")[4] } }, "sts:AssumeRole"));
    await page.getByText("Nothing was found to be wrong").waitFor();
    await page.getByRole("button", { name: "Update policy" }).click();
    await page.getByText("Trust policy updated.").waitFor();

    await page.getByRole("button", { name: "Edit", exact: true }).click();
    await page.getByRole("button", { name: /^Maximum session duration/ }).click();
    await page.getByRole("option", { name: "2 hours", exact: true }).click();
    await page.getByRole("button", { name: "Save changes" }).click();
    await page.getByText("2 hours", { exact: true }).first().waitFor();

    const link = await page.getByText(/\/console\/switch-role\?/).innerText();
    await page.goto(link);
    await heading(page, "Switch role");
    assert.equal(await page.getByRole("textbox", { name: "IAM role name" }).inputValue(), "Auditor");
    await accessible(page);
    await page.getByRole("button", { name: "Switch role" }).click();
    await page.waitForURL(/\/console\/$/);
    await page.getByRole("button", { name: /Auditor/ }).waitFor();

    // The role may not do what its policies don't allow, and is told why.
    await open(page, "/console/iam/create-policy", "Specify permissions");
    await page.getByRole("button", { name: "JSON", exact: true }).click();
    await page.getByText("You don't have permission to access-analyzer:ValidatePolicy").waitFor();
    await open(page, "/console/iam/providers", "Identity providers");
    await page.getByText(/You don't have permission to iam:List(OpenIDConnect|SAML)Providers/).first().waitFor();
    await accessible(page);
  }, { errors: /status of 40[03]/ }));

test("an OpenID Connect provider", (t) =>
  browse(t, async (page) => {
    await open(page, "/console/iam/providers", "Identity providers");
    await page.getByRole("link", { name: "Add provider" }).first().click();
    await heading(page, "Add an Identity provider");
    await page.getByRole("button", { name: "Add provider" }).click();
    await page.getByText("Enter a URL that begins with https://.").waitFor();
    await page.getByRole("textbox", { name: "Provider URL" }).fill("https://login.example.com/tenant");
    await page.getByRole("textbox", { name: "Audience" }).fill("orders-app");
    await page.getByRole("textbox", { name: "Thumbprint - optional" }).fill("0123456789abcdef0123456789abcdef01234567");
    await accessible(page);
    await page.getByRole("button", { name: "Add provider" }).click();
    await heading(page, "login.example.com/tenant");
    await page.getByRole("rowheader", { name: "orders-app" }).waitFor();
    await page.getByRole("button", { name: "Add audience" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("textbox", { name: "New audience" }).fill("returns-app");
    await dialog.getByRole("button", { name: "Add audience" }).click();
    await page.getByRole("rowheader", { name: "returns-app" }).waitFor();
    await accessible(page);
    await screenshot(page, "identity-provider");

    // A role for its users.
    await open(page, "/console/iam/create-role", "Select trusted entity");
    await page.getByRole("radio", { name: /^Web identity/ }).check();
    await page.getByRole("button", { name: /^Identity provider/ }).click();
    await page.getByRole("option", { name: "login.example.com/tenant" }).click();
    await page.getByRole("button", { name: /^Audience/ }).click();
    await page.getByRole("option", { name: "returns-app" }).click();
    await page.getByRole("button", { name: "Next", exact: true }).click();
    await page.getByRole("button", { name: "Next", exact: true }).click();
    await page.getByText('"login.example.com/tenant:aud": "returns-app"').waitFor();
    await page.getByRole("textbox", { name: "Role name" }).fill("Customer");
    await page.getByRole("button", { name: "Create role" }).click();
    await heading(page, "Customer");
  }));

test("the policy simulator", (t) =>
  browse(t, async (page) => {
    await open(page, "/console/iam/simulator", "Policy simulator");
    await page.getByRole("textbox", { name: "Policy to simulate" }).click();
    await page.keyboard.insertText(
      JSON.stringify(
        {
          Version: "2012-10-17",
          Statement: [
            { Effect: "Allow", Action: "dynamodb:*", Resource: "*" },
            { Sid: "KeepTables", Effect: "Deny", Action: "dynamodb:DeleteTable", Resource: "*" },
          ],
        },
        null,
        4,
      ),
    );
    await page.getByRole("button", { name: /^Actions/ }).click();
    await page.getByRole("option", { name: "dynamodb:DeleteTable" }).click();
    await page.getByRole("option", { name: "dynamodb:GetItem", exact: true }).click();
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "Run simulation" }).click();
    await page.getByText("1 allowed, 1 denied").waitFor();
    await page.getByText("Explicitly denied").waitFor();
    await accessible(page);
    await page.getByRole("button", { name: /statements? for dynamodb:DeleteTable$/ }).click();
    await page.getByText('"KeepTables"').last().waitFor();
    await accessible(page);
    await screenshot(page, "simulator");
    await page.getByRole("dialog").getByRole("button", { name: "Close" }).last().click();

    // The policies of somebody, from where they are kept.
    await page.getByRole("button", { name: /^User, group, or role/ }).click();
    await page.getByRole("option", { name: /^Administrator/ }).first().click();
    await page.getByRole("button", { name: "Run simulation" }).click();
    await page.getByRole("button", { name: /statements? for dynamodb:GetItem$/ }).click();
    await page.getByRole("dialog").getByRole("link", { name: "AdministratorAccess" }).first().waitFor();

    await open(page, "/console/iam/access-analyzer", "Access analyzer");
    await page.getByRole("button", { name: /^User, group, or role/ }).click();
    await page.getByRole("option", { name: /^Administrator/ }).first().click();
    await page.getByText("Allowed services").waitFor();
    await accessible(page);
    await page.getByRole("tab", { name: "Policy checks" }).click();
    await page.getByText(/No findings/).first().waitFor();
    await accessible(page);
  }));
