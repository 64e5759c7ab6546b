// The terminal: what a person types in a shell, and what it answers.
import assert from "node:assert/strict";
import { test } from "node:test";
import { accessible, browse, open, screenshot } from "./console.mjs";

const prompt = (page) => page.getByRole("textbox", { name: "Command" });

/** Types a command, and gives what was printed for it. */
async function type(page, command) {
  const entries = page.locator(".terminal-entry:not(.terminal-running)");
  const before = await entries.count();
  await prompt(page).fill(command);
  await prompt(page).press("Enter");
  await entries.nth(before).waitFor();
  return (await entries.nth(before).locator(".terminal-text").allInnerTexts()).join("");
}

/** Presses Tab after a part of a command until the line is as expected. */
async function completed(page, part, want) {
  await prompt(page).fill(part);
  await prompt(page).press("Tab");
  await page.waitForFunction((line) => document.querySelector(".terminal textarea").value === line, want);
}

test("commands of the AWS CLI", (t) =>
  browse(
    t,
    async (page) => {
      await open(page, "/console/terminal", "Terminal");
      await prompt(page).waitFor();

      const created = await type(
        page,
        `aws dynamodb create-table --table-name Music --attribute-definitions AttributeName=Artist,AttributeType=S AttributeName=Song,AttributeType=S \\
         --key-schema AttributeName=Artist,KeyType=HASH AttributeName=Song,KeyType=RANGE --billing-mode PAY_PER_REQUEST`,
      );
      assert.equal(JSON.parse(created).TableDescription.TableName, "Music");
      assert.equal(await type(page, "aws dynamodb wait table-exists --table-name Music"), "");
      assert.match(await type(page, "aws dynamodb list-table"), /aws: error: argument operation: Invalid choice: 'list-table', maybe you meant:\n\n {2}\* list-tables/);
      assert.equal(await type(page, `aws dynamodb put-item --table-name Music --item 'Artist={S=No One You Know},Song={S=Call Me Today},Year={N=2001}'`), "");
      assert.equal(
        await type(page, `aws dynamodb put-item --table-name Music --item '{"Artist":{"S":"No One You Know"},"Song":{"S":"Howdy"},"Awards":{"L":[{"N":"1"}]},"Cover":{"B":"AQI="}}'`),
        "",
      );
      const query = `aws dynamodb query --table-name Music --key-condition-expression "Artist = :a" --expression-attribute-values '{":a":{"S":"No One You Know"}}'`;
      assert.deepEqual(JSON.parse(await type(page, `${query} --query "Items[].Song.S"`)), ["Call Me Today", "Howdy"]);
      assert.equal(await type(page, `${query} --query "Items[].[Song.S,Year.N]" --output text`), "Call Me Today\t2001\nHowdy\tNone");
      assert.equal(JSON.parse(await type(page, query)).Items[1].Cover.B, "AQI=");
      assert.match(await type(page, "aws dynamodb list-tables --output table"), /\|\s+ListTables\s+\|[^]*Music/);
      await screenshot(page, "terminal");
      assert.equal(JSON.parse(await type(page, "aws iam list-users --max-items 1")).Users[0].UserName, "Administrator");
      const policy = await type(page, "aws iam get-policy-version --policy-arn arn:aws:iam::aws:policy/AdministratorAccess --version-id v1");
      assert.equal(JSON.parse(policy).PolicyVersion.Document.Statement[0].Effect, "Allow", "policies are shown as JSON");
      assert.match(JSON.parse(await type(page, "aws sts get-caller-identity")).Arn, /:user\/Administrator$/);
      assert.equal(JSON.parse(await type(page, "aws dynamodb list-tables --region eu-west-1")).TableNames.length, 0);
      assert.equal(JSON.parse(await type(page, "aws --region eu-west-1 --profile x dynamodb list-tables").then((t) => t.replace(/^--profile.*\n/, ""))).TableNames.length, 0);
      assert.equal(
        await type(page, "aws dynamodb describe-table --table-name Nothing"),
        "An error occurred (ResourceNotFoundException) when calling the DescribeTable operation: Requested resource not found: Table: Nothing not found",
      );
      assert.match(await type(page, "aws dynamodb get-item --table-name Music"), /aws: error: the following arguments are required: --key/);
      assert.match(await type(page, "aws iam list-users | jq ."), /Pipes are not available here/);
      assert.match(await type(page, "ls"), /ls: command not found/);
      assert.match(await type(page, "aws dynamodb put-item help"), /--table-name \(string\) \[required\]/);
      assert.deepEqual(JSON.parse(await type(page, "aws dynamodb get-item --generate-cli-skeleton input")).TableName, "");
      await accessible(page);
    },
    { errors: /status of 400/ },
  ));

test("completion, history and keys", (t) =>
  browse(t, async (page) => {
    await open(page, "/console/terminal", "Terminal");
    await type(page, "aws dynamodb create-table --table-name Concerts --attribute-definitions AttributeName=id,AttributeType=S --key-schema AttributeName=id,KeyType=HASH --billing-mode PAY_PER_REQUEST --query TableDescription.TableName");
    await completed(page, "aws dynamodbs", "aws dynamodbstreams ");
    await completed(page, "aws dynamodb desc", "aws dynamodb describe-");
    await completed(page, "aws dynamodb scan --tab", "aws dynamodb scan --table-name ");
    await completed(page, "aws dynamodb scan --table-name Con", "aws dynamodb scan --table-name Concerts ");
    await completed(page, "aws iam list-users --output ta", "aws iam list-users --output table ");
    await prompt(page).fill("aws dynamodb list-");
    await prompt(page).press("Tab");
    await page.getByRole("log").getByText("list-backups").waitFor();

    await type(page, "aws sts get-caller-identity --query Account");
    await type(page, "aws iam change-password --old-password a --new-password b --generate-cli-skeleton input");
    await prompt(page).press("ArrowUp");
    assert.match(await prompt(page).inputValue(), /change-password/);
    await prompt(page).press("ArrowUp");
    assert.equal(await prompt(page).inputValue(), "aws sts get-caller-identity --query Account");
    await prompt(page).press("ArrowDown");
    await prompt(page).press("ArrowDown");
    assert.equal(await prompt(page).inputValue(), "");

    // What is typed is given up, the screen emptied.
    await prompt(page).fill("aws nothing");
    await prompt(page).press("Control+c");
    assert.equal(await prompt(page).inputValue(), "");
    await page.getByRole("log").getByText("^C").waitFor();
    await prompt(page).press("Control+l");
    assert.equal(await page.locator(".terminal-entry").count(), 0);

    // Tab must not hold those who have no mouse.
    await prompt(page).fill("aws ");
    await prompt(page).press("Escape");
    await prompt(page).press("Tab");
    assert.equal(await prompt(page).evaluate((e) => e === document.activeElement), false);

    // The history outlives the page, without what had a password.
    await page.reload();
    await prompt(page).waitFor();
    const history = await type(page, "history");
    assert.match(history, /get-caller-identity/);
    assert.doesNotMatch(history, /change-password/);
  }));

test("a phone, and the dark mode", (t) =>
  browse(
    t,
    async (page) => {
      await open(page, "/console/terminal", "Terminal");
      await type(page, "aws sts get-caller-identity");
      assert.ok((await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)) <= 0, "the page is wider than the screen");
      await accessible(page);
    },
    { viewport: { width: 390, height: 844 }, colorScheme: "dark" },
  ));
