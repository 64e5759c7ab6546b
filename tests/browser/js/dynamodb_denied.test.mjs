// Somebody who may see tables, and nothing else of them.
import { test } from "node:test";
import { accessible, browse, open, refused } from "./console.mjs";

test("what is not allowed says so", (t) =>
  browse(
    t,
    async (page) => {
      await open(page, "/console/dynamodb/tables/secrets?tab=permissions", "secrets");
      await page.getByText("You don't have permission to dynamodb:GetResourcePolicy").waitFor();
      await page.getByRole("tab", { name: "Monitor" }).click();
      await page.getByText("You don't have permission to cloudwatch:GetMetricData").waitFor();
      await accessible(page);
      await page.getByRole("tab", { name: "Additional settings" }).click();
      await page.getByText("You don't have permission to dynamodb:DescribeTimeToLive").waitFor();
      await page.getByText("You don't have permission to dynamodb:ListTagsOfResource").waitFor();
      await page.getByRole("button", { name: "Actions" }).click();
      await page.getByRole("menuitem", { name: "Delete table" }).click();
      await page.getByRole("dialog").getByRole("textbox").fill("confirm");
      await page.getByRole("dialog").getByRole("button", { name: "Delete", exact: true }).click();
      await page.getByRole("dialog").getByText("You don't have permission to dynamodb:DeleteTable").waitFor();
      await accessible(page);

      await open(page, "/console/dynamodb/create-table", "Create table");
      await page.getByLabel("Table name").fill("mine");
      await page.getByRole("textbox", { name: "Partition key", exact: true }).fill("id");
      await page.getByRole("button", { name: "Create table", exact: true }).click();
      await page.getByText("You don't have permission to dynamodb:CreateTable").waitFor();
      await accessible(page);
      await open(page, "/console/dynamodb/settings", "Settings");
      await page.getByText("You don't have permission to dynamodb:DescribeLimits").waitFor();
      await open(page, "/console/dynamodb/tables/none", "none");
      await page.getByText("There is no table none in US East (N. Virginia)").waitFor();
    },
    { errors: refused(400), as: process.env.VIEWER },
  ));
