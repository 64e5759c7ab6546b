// The pages of people, and of who is asked for consent: whether they are signed in to the console or not is no matter.
import { route, type PageRoute } from "../shell/section";

export const portalRoutes: PageRoute[] = [
  route("/console/portal", () => import("./portal")),
  route("/console/portal/signin", () => import("./signin")),
  route("/console/portal/forgot-password", () => import("./forgot_password")),
  route("/console/portal/security", () => import("./security")),
  route("/console/portal/console", () => import("./open_console")),
  route("/console/people/set-password", () => import("./set_password")),
  route("/console/device", () => import("./device")),
  route("/console/authorize", () => import("./authorize")),
  route("/console/login", () => import("./login")),
  route("/console/saml", () => import("./saml")),
];
