import { route, type Section } from "../shell/section";

export const activity: Section = {
  text: "Activity",
  href: "/console/activity",
  description: "What was done, and what was used",
  routes: [route("/console/activity", () => import("../shell/placeholder"))],
};
