import { route, type PageRoute } from "../../shell/section";

export const providersRoutes: PageRoute[] = [
  route("/console/iam/providers", () => import("./providers")),
  route("/console/iam/providers/create", () => import("./add_provider")),
  route("/console/iam/providers/:provider", () => import("./provider")),
];
