import { route, type Section } from "../shell/section";

export const account: Section = {
  text: "Account",
  href: "/console/account",
  description: "Name, email address and settings of the account",
  navigation: [
    { type: "link", text: "Account", href: "/console/account" },
    { type: "link", text: "AWS accounts", href: "/console/account/accounts" },
  ],
  routes: [
    route("/console/account", () => import("./account")),
    route("/console/account/accounts", () => import("./accounts")),
    route("/console/account/accounts/create", () => import("./create_account")),
  ],
};
