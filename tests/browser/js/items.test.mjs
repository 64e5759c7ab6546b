// Items of every type, made and changed in the form and as JSON; what others change meanwhile is not lost.
import assert from "node:assert/strict";
import { test } from "node:test";
import { accessible, browse, open, screenshot } from "./console.mjs";
import { add, choose, codeOf, explore, itemURL, menu, put, row, write } from "./items.mjs";

const digits = "12345678901234567890.123456789012345678";
const more = `, ${"a text that is longer than a line of the form is ".repeat(3)}`;
const saved = (page, text) => page.getByText(text).first().waitFor();

// The Go test puts items between the two parts.
const part = (name) => ({ skip: process.env.STATOR_FLOW !== name && "it is another part" });

test("create an item of all types in the form", part("create"), (t) =>
  browse(t, async (page) => {
    await explore(page, "Items");
    await page.getByText("No item matches.").waitFor();
    await page.getByRole("link", { name: "Create item" }).click();
    await page.getByRole("heading", { level: 1, name: "Create item" }).waitFor();
    await put(page, "id", "form");
    await put(page, "n", "x");
    await add(page, "String", "s", 'text "with" quotes');
    await add(page, "String", "empty", "");
    await add(page, "Number", "number", digits);
    await add(page, "Binary", "b", "AP+A");
    await add(page, "Boolean", "yes");
    await add(page, "Boolean", "no");
    await choose(page, "Value of no", "False");
    await add(page, "Null", "nothing");
    for (const [type, name, values] of [
      ["String set", "ss", ["a", "b"]],
      ["Number set", "ns", ["1", digits]],
      ["Binary set", "bs", ["AQ==", "Ag=="]],
    ]) {
      await add(page, type, name);
      for (const [i, value] of values.entries()) {
        await page.getByRole("button", { name: `Add element to ${name}` }).click();
        await put(page, `${name} ${i}`, value);
      }
    }
    await add(page, "List", "l");
    await add(page, "String", "", undefined, "Insert an element of l");
    await put(page, "l 0", "first");
    await add(page, "Map", "", undefined, "Insert an element of l");
    await add(page, "List", "deep", undefined, "Insert a field of the list");
    await add(page, "Number", "", undefined, "Insert an element of deep");
    await put(page, "deep 0", "-0.5");
    await add(page, "Map", "m");
    await add(page, "Null", "gone", undefined, "Insert a field of m");
    await add(page, "Boolean", "flag", undefined, "Insert a field of m");
    await accessible(page);

    await page.getByRole("button", { name: "Create item" }).click();
    await page.getByText('"x" is not a number.').waitFor();
    await put(page, "n", "1");
    await row(page, "gone").getByRole("button", { name: "Remove gone" }).click();
    await page.evaluate(() => window.scrollTo(0, 0));
    await screenshot(page, "item-form");
    await page.getByRole("button", { name: "Create item" }).click();
    await saved(page, "The item has been created.");
    await page.getByRole("link", { name: "form", exact: true }).waitFor();
  }));

test("edit in the form: rename, remove, change types and nested values; then duplicate", part("change"), (t) =>
  browse(t, async (page) => {
    await page.goto(itemURL("Items", { id: { S: "edited" }, n: { N: "1" } }));
    await row(page, "old").getByRole("textbox", { name: "Attribute name" }).fill("renamed");
    await row(page, "unwanted").getByRole("button", { name: "Remove unwanted" }).click();
    await choose(page, "Type of text", "Number");
    await put(page, "text", "38");
    await put(page, "list 0", "changed");
    await put(page, "inner", "7");
    await page.getByRole("button", { name: "Save changes" }).click();
    await saved(page, "The item has been saved.");

    await page.getByRole("link", { name: "edited", exact: true }).click();
    await page.getByRole("link", { name: "Duplicate", exact: true }).click();
    await page.getByRole("heading", { level: 1, name: "Duplicate item" }).waitFor();
    await page.getByRole("button", { name: "Create item" }).click();
    await page.getByText("An item with this key exists already").waitFor();
    await put(page, "id", "copied");
    await page.getByRole("button", { name: "Create item" }).click();
    await saved(page, "The item has been created.");
  }, { errors: /400/ }));

test("edit as DynamoDB JSON and as plain JSON", part("change"), (t) =>
  browse(t, async (page) => {
    await page.goto(itemURL("Items", { id: { S: "json" }, n: { N: "1" } }));
    await page.getByRole("button", { name: "JSON view" }).click();
    const item = JSON.parse(await codeOf(page, "Item as JSON"));
    assert.deepEqual(item.number, { N: digits });
    await write(page, "Item as JSON", JSON.stringify({ ...item, bad: { SS: [] } }));
    await page.getByText("bad: A set has at least one element.").waitFor();
    await write(page, "Item as JSON", JSON.stringify({ ...item, fresh: { NS: ["1", digits] } }));
    await page.getByText("View DynamoDB JSON").click();
    await page.getByText("Sets and binary values are arrays and texts here").waitFor();
    const plain = await codeOf(page, "Item as JSON");
    assert.ok(plain.includes(`"number": ${digits}`), plain);
    await write(page, "Item as JSON", plain.replace(`"number": ${digits}`, `"number": 1${digits.slice(0, -1)}, "more": {"a": [1.10, null, true]}`));
    await accessible(page);
    await page.getByRole("button", { name: "Save changes" }).click();
    await saved(page, "The item has been saved.");
  }));

test("each type in each view, and changed in the form", part("change"), (t) =>
  browse(t, async (page) => {
    await page.goto(itemURL("Items", { id: { S: "form" }, n: { N: "1" } }));
    const json = async () => JSON.parse(await codeOf(page, "Item as JSON"));
    await page.getByRole("button", { name: "JSON view" }).click();
    const whole = {
      id: { S: "form" }, n: { N: "1" }, s: { S: 'text "with" quotes' }, empty: { S: "" }, number: { N: digits }, b: { B: "AP+A" },
      yes: { BOOL: true }, no: { BOOL: false }, nothing: { NULL: true },
      ss: { SS: ["a", "b"] }, ns: { NS: ["1", digits] }, bs: { BS: ["AQ==", "Ag=="] },
      l: { L: [{ S: "first" }, { M: { deep: { L: [{ N: "-0.5" }] } } }] }, m: { M: { flag: { BOOL: true } } },
    };
    assert.deepEqual(await json(), whole);
    // There and back nothing is lost, though plain JSON has neither sets nor bytes, and JavaScript no such numbers.
    await page.getByText("View DynamoDB JSON").click();
    const plain = await codeOf(page, "Item as JSON");
    for (const text of [`"number": ${digits}`, '"b": "AP+A"', '"nothing": null', '"yes": true']) assert.ok(plain.includes(text), `${text} in ${plain}`);
    await page.getByRole("button", { name: "Form", exact: true }).click();
    await row(page, "number").waitFor();
    await page.getByRole("button", { name: "JSON view" }).click();
    assert.deepEqual(await json(), whole);

    await page.getByRole("button", { name: "Form", exact: true }).click();
    await put(page, "s", "other");
    await put(page, "number", `-0.${digits.replace(".", "")}`);
    await put(page, "b", "AQID");
    await choose(page, "Value of yes", "False");
    await choose(page, "Type of nothing", "String");
    await put(page, "nothing", "something");
    await put(page, "ss 0", "z");
    await put(page, "ns 0", "2");
    await put(page, "bs 0", "/w==");
    await put(page, "deep 0", "1E+10");
    await choose(page, "Value of flag", "False");
    await page.getByRole("button", { name: "Save changes" }).click();
    await saved(page, "The item has been saved.");
  }));

test("leaving with changes asks first", part("change"), (t) =>
  browse(t, async (page) => {
    const question = page.getByRole("dialog", { name: "Leave page" });
    const tables = page.getByRole("navigation").getByRole("link", { name: "Tables" });
    await explore(page, "Items");
    await page.getByRole("link", { name: "Create item" }).click();
    await put(page, "id", "lost");
    await tables.click();
    await question.getByRole("button", { name: "Cancel" }).click();
    assert.equal(await row(page, "id").getByRole("textbox", { name: "Value of id" }).inputValue(), "lost");
    void page.goBack().catch(() => {}); // it ends when the page is left
    await question.getByText("Are you sure that you want to leave the current page?").waitFor();
    await accessible(page);
    await question.getByRole("button", { name: "Leave" }).click();
    await page.getByRole("heading", { level: 1, name: "Explore items: Items" }).waitFor();
    await page.getByRole("link", { name: "form", exact: true }).click();
    await page.getByRole("button", { name: "JSON view" }).click(); // it is no change
    await tables.click();
    await page.getByRole("heading", { level: 1, name: "Tables" }).waitFor();
    // The PartiQL editor has what was written in it when somebody comes back.
    await page.getByRole("navigation").getByRole("link", { name: "PartiQL editor" }).click();
    await write(page, "PartiQL statements", 'SELECT * FROM "Items"');
    await tables.click();
    await page.getByRole("navigation").getByRole("link", { name: "PartiQL editor" }).click();
    assert.equal(await codeOf(page, "PartiQL statements"), 'SELECT * FROM "Items"');
  }));

test("two people change an item", part("change"), (t) =>
  browse(
    t,
    async (page, context) => {
      const at = itemURL("Items", { id: { S: "shared" }, n: { N: "1" } });
      const other = await context.newPage();
      await page.goto(at);
      await row(page, "a").waitFor();
      await other.goto(at);
      await put(other, "a", "theirs");
      await put(other, "b", "theirs");
      await other.getByRole("button", { name: "Save changes" }).click();
      await saved(other, "The item has been saved.");

      await put(page, "a", "mine");
      await add(page, "String", "c", "mine");
      await page.getByRole("button", { name: "Save changes" }).click();
      await page.getByText("Somebody else changed the item meanwhile").waitFor();
      const changed = await page.getByRole("table", { name: "What was changed" }).innerText();
      assert.match(changed, /a\s+first\s+theirs\s+mine/);
      assert.match(changed, /b\s+first\s+theirs\s+first/);
      await accessible(page);
      await page.getByRole("button", { name: "Save my changes over it" }).click();
      await saved(page, "The item has been saved.");

      // What another changed that is not changed here is no conflict.
      await other.goto(at);
      await row(other, "a").waitFor();
      await page.goto(at);
      await put(page, "c", "again");
      await page.getByRole("button", { name: "Save changes" }).click();
      await saved(page, "The item has been saved.");
      await put(other, "b", "later");
      await other.getByRole("button", { name: "Save changes" }).click();
      await saved(other, "The item has been saved.");
    },
    { errors: /400/ },
  ));

test("another key, and deletion", part("change"), (t) =>
  browse(t, async (page) => {
    await page.goto(itemURL("Items", { id: { S: "moved" }, n: { N: "1" } }));
    await put(page, "n", "2");
    await page.getByText("The key is changed").waitFor();
    await page.getByRole("button", { name: "Save changes" }).click();
    await saved(page, "The item has been saved.");

    await page.goto(itemURL("Items", { id: { S: "deleted" }, n: { N: "1" } }));
    await page.getByRole("button", { name: "Delete", exact: true }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Delete", exact: true }).click();
    await saved(page, "The item was deleted.");
    await page.goto(itemURL("Items", { id: { S: "deleted" }, n: { N: "1" } }));
    await page.getByText("There is no such item").waitFor();
    await open(page, "/console/dynamodb/explore?table=Nowhere", "Explore items: Nowhere");
    await page.getByText("There is no table Nowhere in US East (N. Virginia)").waitFor();
    await accessible(page);
  }, { errors: /400/ }));

test("keys, names and texts of any characters", part("change"), (t) =>
  browse(t, async (page) => {
    await explore(page, "Items.of-all_1");
    for (const id of ["x%41", "a/b%25", "ü/😀?&#="]) {
      await page.getByRole("link", { name: id, exact: true }).click();
      await put(page, "__proto__", "changed");
      const text = row(page, "constructor").getByRole("textbox", { name: "Value of constructor" });
      await text.press("End");
      await page.keyboard.type(more); // as a person does, who has the focus all the time
      assert.equal(await text.inputValue(), `begun${more}`);
      await page.getByRole("button", { name: "Save changes" }).click();
      await saved(page, "The item has been saved.");
    }
    await open(page, "/console/dynamodb/tables/Items.of-all_1", "Items.of-all_1");
    await page.reload();
    await page.getByRole("heading", { level: 1, name: "Items.of-all_1" }).waitFor();
  }));

test("what is missing is said where it is, and by the button", part("change"), (t) =>
  browse(t, async (page) => {
    await explore(page, "Items.of-all_1");
    await page.getByRole("link", { name: "Create item" }).click();
    for (let i = 0; i < 12; i++) await add(page, "String", `a${i}`, "x");
    const create = page.getByRole("button", { name: "Create item" });
    await create.click();
    await page.getByText("Enter a value: nothing in a key can be empty.").waitFor();
    await page.getByText("Something above is not complete. The item was not created.").waitFor();
    await page.waitForFunction(() => document.activeElement.ariaLabel === "Value of id");
    await page.keyboard.type("made");
    await create.dblclick(); // two clicks make one item, and no error
    await saved(page, "The item has been created.");
  }));
