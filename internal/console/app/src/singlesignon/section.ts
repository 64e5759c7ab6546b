import { route, type Section } from "../shell/section";

export const singleSignOn: Section = {
  text: "IAM Identity Center",
  href: "/console/singlesignon",
  description: "People, and the accounts and roles that they have",
  regional: true,
  navigation: [
    { type: "link", text: "Dashboard", href: "/console/singlesignon" },
    { type: "link", text: "Users", href: "/console/singlesignon/users" },
    { type: "link", text: "Groups", href: "/console/singlesignon/groups" },
    { type: "link", text: "Settings", href: "/console/singlesignon/settings" },
    {
      type: "section",
      text: "Multi-account permissions",
      items: [
        { type: "link", text: "AWS accounts", href: "/console/singlesignon/accounts" },
        { type: "link", text: "Permission sets", href: "/console/singlesignon/permission-sets" },
      ],
    },
    {
      type: "section",
      text: "Application assignments",
      items: [{ type: "link", text: "Applications", href: "/console/singlesignon/applications" }],
    },
    { type: "divider" },
    { type: "link", text: "AWS access portal", href: "/console/portal", external: true },
  ],
  routes: [
    route("/console/singlesignon", () => import("./dashboard")),
    route("/console/singlesignon/users", () => import("./users")),
    route("/console/singlesignon/users/add", () => import("./add_user")),
    route("/console/singlesignon/users/:user", () => import("./user")),
    route("/console/singlesignon/groups", () => import("./groups")),
    route("/console/singlesignon/groups/create", () => import("./create_group")),
    route("/console/singlesignon/groups/:group", () => import("./group")),
    route("/console/singlesignon/permission-sets", () => import("./permission_sets")),
    route("/console/singlesignon/permission-sets/create", () => import("./create_permission_set")),
    route("/console/singlesignon/permission-sets/:set", () => import("./permission_set")),
    route("/console/singlesignon/accounts", () => import("./accounts")),
    route("/console/singlesignon/accounts/assign", () => import("./assign")),
    route("/console/singlesignon/accounts/:account", () => import("./account")),
    route("/console/singlesignon/applications", () => import("./applications")),
    route("/console/singlesignon/applications/:application", () => import("./application")),
    route("/console/singlesignon/settings", () => import("./settings")),
    route("/console/singlesignon/settings/identity-source", () => import("./change_source")),
  ],
};
