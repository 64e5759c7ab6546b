import assert from "node:assert/strict";
import { test } from "node:test";
import { accessible, browse, open } from "./console.mjs";
import { cells, choose } from "./items.mjs";

const file = (name, text) => ({ name, mimeType: "", buffer: Buffer.from(text) });
const choosing = (page, chosen) => page.locator("input[type=file]").setInputFiles(chosen);

/** Waits for the end of an import: no other file can be chosen before it. */
const imported = async (page, result) => {
  await page.getByText(result).first().waitFor();
  await page.getByRole("button", { name: "Import again" }).waitFor();
};

test("import files", (t) =>
  browse(
    t,
    async (page) => {
      await open(page, "/console/dynamodb/explore/import-file?table=Imported", "Import from a file");
      await choosing(page, file("broken.json", '{"id"'));
      await page.getByText(/Unexpected end|expected/i).first().waitFor();
      await page.getByRole("button", { name: /Remove/ }).click();

      // A file with a row twice, one without a key, one with a cell of another type, one that only the server refuses.
      const rows = Array.from({ length: 60 }, (_, i) => `row ${i},1.${i},0${i},"[""a"",""b""]"`);
      rows.push("row 7,later,07,", ",1,2,", `${"k".repeat(2100)},1,1,`, "row 61,x,61,");
      await choosing(page, file("rows.csv", `\uFEFFkey,n,code,tags\n${rows.join("\n")}\n`));
      await page.getByText("No column is for the key's attribute id.").waitFor();
      await page.getByRole("textbox", { name: "Attribute for key" }).fill("id");
      await choose(page, "Type of n", "Number");
      await page.getByRole("table", { name: "Preview" }).getByText("row 9").waitFor();
      await accessible(page);
      await page.getByRole("button", { name: "Import 64 rows" }).click();
      await imported(page, "60 of 64 rows written, 4 failed");
      assert.deepEqual(await cells(page, "Faults", 1), ["61", "62", "63", "64"]);
      await accessible(page);

      // Once the type is right, the rows that failed for it are written.
      await choose(page, "Type of n", "String");
      await page.getByRole("button", { name: "Import again" }).click();
      await imported(page, "62 of 64 rows written, 2 failed");

      await choosing(page, file("items.json", '{"Item": {"id": {"S": "json"}, "b": {"B": "AQI="}}}\n{"Item": {"id": {"S": "digits"}, "n": {"N": "98765432109876543210987654321098765432"}}}'));
      await page.getByRole("button", { name: "Import 2 rows" }).click();
      await imported(page, "2 of 2 rows written, 0 failed");
      await choosing(page, file("plain.json", '[{"id": "plain", "n": 12345678901234567890.123456789012345678, "list": [1, null, {"a": true}]}]'));
      await page.getByRole("button", { name: "Import 1 rows" }).click();
      await imported(page, "1 of 1 rows written, 0 failed");

      // Cancelled before its end.
      const many = Array.from({ length: 20_000 }, (_, i) => `{"id": "many ${i}"}`).join("\n");
      await choosing(page, file("many.jsonl", many));
      await page.getByRole("button", { name: "Import 20,000 rows" }).click();
      await page.getByRole("button", { name: "Cancel import" }).click();
      await page.getByText("The import was cancelled.").waitFor();
    },
    { errors: /400/ },
  ));
