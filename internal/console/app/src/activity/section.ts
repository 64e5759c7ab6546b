import { route, type Section } from "../shell/section";

export const activity: Section = {
  text: "Activity",
  href: "/console/activity",
  description: "What was done, and what was used",
  regional: true,
  navigation: [
    { type: "link", text: "Event history", href: "/console/activity" },
    { type: "link", text: "Usage", href: "/console/activity/usage" },
  ],
  routes: [
    route("/console/activity", () => import("./events")),
    route("/console/activity/events/:event", () => import("./event")),
    route("/console/activity/usage", () => import("./usage")),
  ],
};
