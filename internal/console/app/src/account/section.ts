import { route, type Section } from "../shell/section";

export const account: Section = {
  text: "Account",
  href: "/console/account",
  description: "Name, e-mail address and settings of the account",
  routes: [route("/console/account", () => import("../shell/placeholder"))],
};
