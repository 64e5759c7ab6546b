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
    { type: "link", text: "Exports to S3", href: "/console/dynamodb/exports" },
    { type: "link", text: "Imports from S3", href: "/console/dynamodb/imports" },
    { type: "link", text: "Settings", href: "/console/dynamodb/settings" },
  ],
  routes: [
    route("/console/dynamodb", () => import("./dashboard")),
    route("/console/dynamodb/tables", () => import("./tables")),
    route("/console/dynamodb/create-table", () => import("./create_table")),
    route("/console/dynamodb/tables/:table", () => import("./table")),
    route("/console/dynamodb/tables/:table/capacity", () => import("./edit_capacity")),
    route("/console/dynamodb/tables/:table/indexes/create", () => import("./create_index")),
    route("/console/dynamodb/backups", () => import("./backups")),
    route("/console/dynamodb/exports", () => import("./exports")),
    route("/console/dynamodb/imports", () => import("./imports")),
    route("/console/dynamodb/settings", () => import("./settings")),
    ...exploreRoutes,
  ],
};
