import { expect, test } from "vitest";
import { find, pagesOf } from "./search_index";

const pages = pagesOf([
  {
    text: "IAM",
    href: "/console/iam",
    description: "Users, roles",
    navigation: [
      { type: "link", text: "Dashboard", href: "/console/iam" },
      { type: "section", text: "Access", items: [{ type: "link", text: "Users", href: "/console/iam/users" }] },
      { type: "link", text: "Settings", href: "/console/iam/settings" },
    ],
  },
  { text: "Terminal", href: "/console/terminal", description: "Commands" },
  { text: "Account", href: "/console/account", description: "Name", navigation: [{ type: "link", text: "Settings", href: "/console/account/settings" }] },
]);

test("a page is found by its name, a part of it, or AWS's", () => {
  expect(pages.map((p) => p.title)).toEqual(["IAM", "Users", "Settings - IAM", "Terminal", "Account", "Settings - Account"]);
  expect(find(pages, "users")?.href).toBe("/console/iam/users");
  expect(find(pages, " cloudsh")?.href).toBe("/console/terminal");
  expect(find(pages, "Settings - Account")?.href).toBe("/console/account/settings");
  expect(find(pages, "settings")?.href).toBe("/console/iam/settings");
  for (const text of ["", " ", "nothing"]) expect(find(pages, text)).toBe(undefined);
});
