import { route, type Section } from "../shell/section";

export const home: Section = {
  text: "Home",
  href: "/console/",
  description: "Where to begin",
  routes: [route("/console", () => import("./home"))],
};
