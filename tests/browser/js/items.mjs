// What the flows about items have in common.
import { readFile } from "node:fs/promises";
import { open, url } from "./console.mjs";

export const explore = async (page, table) => {
  await open(page, `/console/dynamodb/explore?table=${table}`, `Explore items: ${table}`);
  await page.getByText("Items scanned").waitFor();
};

/** Chooses an option of a Select by what labels it. */
export async function choose(page, label, option) {
  await page.getByRole("button", { name: label }).click();
  await page.getByRole("option", { name: option, exact: true }).click();
}

export async function menu(page, button, entry) {
  await page.getByRole("button", { name: button, exact: true }).click();
  await page.getByRole("menuitem", { name: entry, exact: true }).click();
}

/** The row of an attribute in the form of an item. */
export const row = (page, label) => page.getByRole("group", { name: label, exact: true });

/** Gives an attribute of the form a value. */
export const put = (page, label, value) => row(page, label).getByRole("textbox", { name: `Value of ${label}`, exact: true }).fill(value);

/** Adds an attribute to the item, or to what the button named adds to. */
export async function add(page, type, name, value, button = "Add new attribute") {
  await menu(page, button, type);
  if (name) await row(page, "new attribute").getByRole("textbox", { name: "Attribute name" }).fill(name);
  if (name && value !== undefined) await put(page, name, value);
}

/** What the editor with this label has. */
export const codeOf = (page, label) =>
  page.getByRole("textbox", { name: label }).evaluate((content) => content.cmTile?.view.state.doc.toString() ?? content.cmView.view.state.doc.toString());

/** Replaces what the editor with this label has. */
export async function write(page, label, text) {
  await page.getByRole("textbox", { name: label }).click();
  await page.keyboard.press("Control+a");
  await page.keyboard.press("Delete");
  await page.keyboard.insertText(text);
}

/** What a click downloads. */
export async function downloaded(page, click) {
  const [file] = await Promise.all([page.waitForEvent("download"), click()]);
  return readFile(await file.path(), "utf8");
}

export const itemURL = (table, key) =>
  `${url}/console/dynamodb/explore/edit-item?table=${table}&key=${encodeURIComponent(JSON.stringify(key))}`;

/** The texts of a column of the table that is called so, from 1, the column of checkboxes included. */
export const cells = (page, name, column) =>
  page.locator(`table[aria-label="${name}"] tbody tr > :nth-child(${column})`).allInnerTexts();
