// Somebody who may see that there are tables, and not what is in them: each page says which action is missing, and why.
import assert from "node:assert/strict";
import { test } from "node:test";
import { accessible, browse, open, refused } from "./console.mjs";
import { itemURL, put, write } from "./items.mjs";

const table = `arn:aws:dynamodb:us-east-1:${process.env.ACCOUNT}:table/Secrets`;

/** Waits for a denial, as AWS words it. */
async function denied(page, action, why = `because no identity-based policy allows the ${action} action`) {
  await page.getByText(`You don't have permission to ${action}`).first().waitFor();
  const user = `arn:aws:iam::${process.env.ACCOUNT}:user/viewer`;
  await page.getByText(`User: ${user} is not authorized to perform: ${action} on resource: ${table} ${why}`).first().waitFor();
}

test("what may not be read or written says so", (t) =>
  browse(
    t,
    async (page) => {
      await open(page, "/console/dynamodb/explore?table=Secrets", "Explore items: Secrets");
      await denied(page, "dynamodb:Scan");
      await page.getByText("To be allowed, ask an administrator for a policy with the action dynamodb:Scan.").waitFor();
      await accessible(page);
      await page.getByRole("button", { name: "Query", exact: true }).click();
      await page.getByRole("textbox", { name: "Value of id" }).fill("a");
      await page.getByRole("button", { name: "Run", exact: true }).click();
      await denied(page, "dynamodb:Query");

      await page.goto(itemURL("Secrets", { id: { S: "a" } }));
      await denied(page, "dynamodb:GetItem");
      await open(page, "/console/dynamodb/explore/create-item?table=Secrets", "Create item");
      await put(page, "id", "b");
      await page.getByRole("button", { name: "Create item" }).click();
      await denied(page, "dynamodb:PutItem");
      assert.equal(await page.getByRole("textbox", { name: "Value of id", exact: true }).inputValue(), "b", "what was typed stays");
      await accessible(page);

      await open(page, "/console/dynamodb/partiql", "PartiQL editor");
      await write(page, "PartiQL statements", 'SELECT * FROM "Secrets"');
      await page.getByRole("button", { name: "Run", exact: true }).click();
      await denied(page, "dynamodb:PartiQLSelect", "with an explicit deny in an identity-based policy");
      await page.getByText("A policy denies it. Only a change of that policy can allow it.").waitFor();
    },
    { errors: refused(400) },
  ));
