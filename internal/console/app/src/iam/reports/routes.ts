import { route, type PageRoute } from "../../shell/section";

export const reportsRoutes: PageRoute[] = [
  route("/console/iam/simulator", () => import("./simulator")),
  route("/console/iam/access-analyzer", () => import("./access_analyzer")),
];
