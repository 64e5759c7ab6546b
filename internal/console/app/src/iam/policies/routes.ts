import { route, type PageRoute } from "../../shell/section";

export const policiesRoutes: PageRoute[] = [
  route("/console/iam/policies", () => import("./policies")),
  route("/console/iam/create-policy", () => import("./create_policy")),
  route("/console/iam/policies/:policy", () => import("./policy")),
  route("/console/iam/policies/:policy/edit", () => import("./edit_policy")),
  route("/console/iam/policies/:policy/attach", () => import("./attach_policy")),
];
