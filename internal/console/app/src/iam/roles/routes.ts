import { route, type PageRoute } from "../../shell/section";

export const rolesRoutes: PageRoute[] = [
  route("/console/iam/roles", () => import("./roles")),
  route("/console/iam/create-role", () => import("./create_role")),
  route("/console/iam/roles/:role", () => import("./role")),
  route("/console/iam/roles/:role/edit-trust", () => import("./edit_trust")),
  route("/console/switch-role", () => import("./switch_role")),
];
