import { route, type Section } from "../shell/section";

export const connect: Section = {
  text: "Connect",
  href: "/console/connect",
  description: "Settings for clients of this server",
  routes: [route("/console/connect", () => import("./page"))],
};
