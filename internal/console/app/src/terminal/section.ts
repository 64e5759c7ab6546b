import { route, type Section } from "../shell/section";

export const terminal: Section = {
  text: "Terminal",
  href: "/console/terminal",
  description: "AWS CLI commands in the browser",
  routes: [route("/console/terminal", () => import("./page"))],
};
