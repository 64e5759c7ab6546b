// The pages for those who are not signed in.
import { route, type PageRoute } from "../shell/section";

export const publicRoutes: PageRoute[] = [
  route("/console/signin", () => import("./signin")),
  route("/console/signin/:account", () => import("./signin")),
  route("/console/claim", () => import("./claim")),
  route("/console/signup", () => import("./sign_up")),
  route("/console/forgot-password", () => import("./forgot_password")),
  route("/console/signed-out", () => import("./signed_out")),
];
