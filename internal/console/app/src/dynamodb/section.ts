import { exploreNavigation, exploreRoutes } from "../explore/routes";
import { route, type Section } from "../shell/section";

export const dynamodb: Section = {
  text: "DynamoDB",
  href: "/console/dynamodb",
  description: "Tables and items",
  navigation: [
    { type: "link", text: "Dashboard", href: "/console/dynamodb" },
    { type: "link", text: "Tables", href: "/console/dynamodb/tables" },
    ...exploreNavigation,
    { type: "link", text: "Backups", href: "/console/dynamodb/backups" },
    { type: "link", text: "Exports", href: "/console/dynamodb/exports" },
    { type: "link", text: "Imports", href: "/console/dynamodb/imports" },
    { type: "link", text: "Settings", href: "/console/dynamodb/settings" },
  ],
  routes: [
    route("/console/dynamodb", () => import("../shell/placeholder")),
    route("/console/dynamodb/tables", () => import("./tables")),
    route("/console/dynamodb/tables/create", () => import("../shell/placeholder")),
    route("/console/dynamodb/tables/:table", () => import("../shell/placeholder")),
    route("/console/dynamodb/backups", () => import("../shell/placeholder")),
    route("/console/dynamodb/exports", () => import("../shell/placeholder")),
    route("/console/dynamodb/imports", () => import("../shell/placeholder")),
    route("/console/dynamodb/settings", () => import("../shell/placeholder")),
    ...exploreRoutes,
  ],
};
