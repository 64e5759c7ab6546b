// A policy written by choosing and as JSON, attached, simulated, and changed.
import assert from "node:assert/strict";
import { test } from "node:test";
import { accessible, browse, open, refused, screenshot } from "./console.mjs";

const editor = (page, name = "Policy document") => page.getByRole("textbox", { name, exact: true });

/** Replaces the text of an editor. */
async function write(page, text, name) {
  await editor(page, name).click();
  await page.keyboard.press("Control+A");
  await page.keyboard.press("Delete");
  await page.keyboard.insertText(text);
}

const heading = (page, name) => page.getByRole("heading", { level: 1, name, exact: true }).waitFor();

test("a policy in both editors", (t) =>
  browse(t, async (page) => {
    await open(page, "/console/iam/policies", "Policies");
    await page.getByRole("link", { name: "Create policy" }).click();
    await heading(page, "Specify permissions");
    await page.getByRole("button", { name: "Next", exact: true }).click();
    await page.getByText("Statement 1 names no actions.").waitFor();
    await heading(page, "Specify permissions");
    assert.equal(await page.getByText("Empty array action").count(), 0, "lines of a JSON that nobody sees are named");

    // By choosing: the service, actions by their access level, a resource with its ARN built, a condition.
    await page.getByRole("button", { name: "Choose a service" }).click();
    await page.getByRole("option", { name: /DynamoDB/ }).click();
    await page.getByRole("button", { name: /^Read/ }).click();
    await page.getByRole("checkbox", { name: "GetItem", exact: true }).check();
    await page.getByRole("checkbox", { name: "Query", exact: true }).check();
    await page.getByText("Read (Selected 2/").waitFor();
    await page.getByRole("button", { name: "Add ARNs" }).click();
    await page.getByRole("menuitem", { name: /^table/ }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("textbox", { name: "Resource table name" }).fill("Orders");
    const arn = await dialog.getByRole("textbox", { name: "Resource ARN" }).inputValue();
    assert.match(arn, /^arn:aws:dynamodb:[\w-]+:\d{12}:table\/Orders$/);
    await dialog.getByRole("button", { name: "Add ARNs" }).click();
    await page.getByRole("button", { name: "Add another condition" }).click();
    await page.getByRole("combobox", { name: "Condition key" }).fill("aws:SecureTransport");
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: /^Operator/ }).click();
    await page.getByRole("option", { name: "Bool", exact: true }).click();
    await page.getByRole("textbox", { name: "Values" }).fill("true");
    await page.getByText("Nothing was found to be wrong").waitFor();
    await accessible(page);
    await page.evaluate(() => window.scrollTo(0, 0));
    await screenshot(page, "policy-visual");

    // The same as JSON.
    await page.getByRole("radio", { name: "JSON" }).or(page.getByRole("button", { name: "JSON" })).first().click();
    const text = await editor(page).innerText();
    assert.deepEqual(JSON.parse(text), {
      Version: "2012-10-17",
      Statement: [
        {
          Effect: "Allow",
          Action: ["dynamodb:GetItem", "dynamodb:Query"],
          Resource: arn,
          Condition: { Bool: { "aws:SecureTransport": "true" } },
        },
      ],
    });

    // A mistake is explained, with its place.
    await write(page, text.replace("dynamodb:Query", "dynamodb:Quary"));
    await page.getByRole("tab", { name: "Errors: 1" }).waitFor();
    await page.getByText("Did you mean dynamodb:Query?").first().waitFor();
    await page.getByText("The service has no action of this name").waitFor();
    await page.getByText("Ln 8, Col 17").click();
    await accessible(page);
    await screenshot(page, "policy-json");
    await write(page, text.replace("dynamodb:Query", "dynamodb:Scan"));
    await page.getByText("Nothing was found to be wrong").waitFor();

    // And what is written is what is chosen.
    await page.getByRole("radio", { name: "Visual" }).or(page.getByRole("button", { name: "Visual" })).first().click();
    await page.getByRole("button", { name: /^Read/ }).click();
    assert.ok(await page.getByRole("checkbox", { name: "Scan", exact: true }).isChecked());
    assert.ok(!(await page.getByRole("checkbox", { name: "Query", exact: true }).isChecked()));

    await page.getByRole("button", { name: "Next", exact: true }).click();
    await page.getByRole("textbox", { name: "Policy name" }).fill("ReadOrders");
    await page.getByRole("textbox", { name: "Description" }).fill("Reads the orders");
    await page.getByRole("cell", { name: "Limited: Read" }).waitFor();
    await accessible(page);
    await page.getByRole("button", { name: "Create policy" }).click();
    await heading(page, "ReadOrders");
    await page.getByText("Policy ReadOrders created.").waitFor();
    await accessible(page);
    await screenshot(page, "policy");

    // Attached to somebody, from the policy's page.
    await page.getByRole("tab", { name: "Entities attached" }).click();
    await page.getByRole("link", { name: "Attach", exact: true }).first().click();
    await heading(page, "Attach ReadOrders");
    await page.getByRole("checkbox", { name: /user\/Administrator/ }).check();
    await page.getByRole("button", { name: "Attach policy" }).click();
    await page.getByRole("link", { name: "Administrator", exact: true }).waitFor();
    await accessible(page);

    // A new version, and back to the old one.
    await page.getByRole("tab", { name: "Permissions", exact: true }).click();
    await page.getByRole("link", { name: "Edit", exact: true }).click();
    await heading(page, "Edit ReadOrders");
    await page.getByRole("radio", { name: "JSON" }).or(page.getByRole("button", { name: "JSON" })).first().click();
    await write(page, text.replace('"Allow"', '"Deny"'));
    await page.getByRole("button", { name: "Save changes" }).click();
    await page.getByText("Version 2 of ReadOrders created.").waitFor();
    await page.getByRole("tab", { name: "Policy versions" }).click();
    await page.getByRole("radio", { name: "Select v1" }).check();
    await page.getByRole("button", { name: "Set as default" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Set as default" }).click();
    await page.getByText("Version 1 is the default.").waitFor();
    await page.getByRole("radio", { name: "Select v2" }).check();
    await page.getByRole("button", { name: "Delete", exact: true }).last().click();
    await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
    await page.getByText("Version 2 deleted.").waitFor();
    await accessible(page);

    // The list finds it by type and by use.
    await open(page, "/console/iam/policies", "Policies");
    await page.getByRole("button", { name: /Filter by type/ }).click();
    await page.getByRole("option", { name: "Customer managed" }).click();
    await page.getByRole("button", { name: /Filter by use/ }).click();
    await page.getByRole("option", { name: "Permissions policy" }).click();
    await page.getByText("Permissions policy (1)", { exact: true }).first().waitFor();
    await page.getByRole("link", { name: "ReadOrders" }).waitFor();
    await accessible(page);

    await page.getByRole("radio", { name: /ReadOrders/ }).check();
    await page.getByRole("button", { name: "Actions", exact: true }).click();
    await page.getByRole("menuitem", { name: "Delete" }).click();
    await page.getByRole("textbox", { name: "To confirm, enter ReadOrders" }).fill("ReadOrders");
    await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
    await page.getByText("Policy ReadOrders deleted.").waitFor();
    // Who has the policy is asked once more, when it is gone.
  }, { errors: refused(404) }));
