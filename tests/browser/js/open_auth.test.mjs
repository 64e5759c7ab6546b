import { test } from "node:test";
import { accessible, browse, home, open, url } from "./console.mjs";

test("without authentication", (t) =>
  browse(t, async (page) => {
    await page.goto(url);
    await home(page);
    await page.getByRole("button", { name: "No authentication" }).waitFor();
    await page.getByText("(0/1)").waitFor();
    await accessible(page);
    await open(page, "/console/account", "Account");
    await page.getByText("This server takes any access key").waitFor();
    await accessible(page);
    await page.goto(`${url}/console/signin?redirect=${encodeURIComponent("/console/dynamodb/tables")}`);
    await page.getByRole("heading", { level: 1, name: "Tables" }).waitFor();
  }));
