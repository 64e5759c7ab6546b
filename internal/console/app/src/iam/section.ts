import { route, type Section } from "../shell/section";
import { permissionsRoutes } from "./permissions_routes";
import { policiesRoutes } from "./policies/routes";
import { providersRoutes } from "./providers/routes";
import { reportsRoutes } from "./reports/routes";
import { rolesRoutes } from "./roles/routes";

export const iam: Section = {
  text: "IAM",
  href: "/console/iam",
  description: "Users, roles and what they may do",
  navigation: [
    { type: "link", text: "Dashboard", href: "/console/iam" },
    { type: "divider" },
    {
      type: "section",
      text: "Access management",
      items: [
        { type: "link", text: "User groups", href: "/console/iam/groups" },
        { type: "link", text: "Users", href: "/console/iam/users" },
        { type: "link", text: "Roles", href: "/console/iam/roles" },
        { type: "link", text: "Policies", href: "/console/iam/policies" },
        { type: "link", text: "Identity providers", href: "/console/iam/providers" },
        { type: "link", text: "Account settings", href: "/console/iam/account-settings" },
      ],
    },
    {
      type: "section",
      text: "Access reports",
      items: [
        { type: "link", text: "Credential report", href: "/console/iam/credential-report" },
        { type: "link", text: "Access analyzer", href: "/console/iam/access-analyzer" },
        { type: "link", text: "Policy simulator", href: "/console/iam/simulator" },
      ],
    },
    { type: "divider" },
    { type: "link", text: "My security credentials", href: "/console/iam/security-credentials" },
  ],
  routes: [
    ...permissionsRoutes,
    ...policiesRoutes,
    ...rolesRoutes,
    ...providersRoutes,
    ...reportsRoutes,
    route("/console/iam", () => import("./dashboard")),
    route("/console/iam/users", () => import("./users")),
    route("/console/iam/create-user", () => import("./create_user")),
    route("/console/iam/users/:user", () => import("./user")),
    route("/console/iam/users/:user/add-permissions", () => import("./add_permissions")),
    route("/console/iam/users/:user/create-access-key", () => import("./create_access_key")),
    route("/console/iam/groups", () => import("./groups")),
    route("/console/iam/create-group", () => import("./create_group")),
    route("/console/iam/groups/:group", () => import("./group")),
    route("/console/iam/account-settings", () => import("./account_settings")),
    route("/console/iam/account-settings/edit-password-policy", () => import("./edit_password_policy")),
    route("/console/iam/credential-report", () => import("./credential_report")),
    route("/console/iam/security-credentials", () => import("./security_credentials")),
    route("/console/iam/security-credentials/create-access-key", () => import("./create_access_key")),
  ],
};
