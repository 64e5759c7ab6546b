import { exploreNavigation, exploreRoutes } from "../explore/routes";
import { route, type Section } from "../shell/section";

export const dynamodb: Section = {
  text: "DynamoDB",
  href: "/console/dynamodb",
  description: "Tables and items",
  regional: true,
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
    route("/console/dynamodb/backups/:backup", () => import("./backup")),
    route("/console/dynamodb/restore-table", () => import("./restore_table")),
    route("/console/dynamodb/exports", () => import("./exports")),
    route("/console/dynamodb/exports/:export", () => import("./export")),
    route("/console/dynamodb/export-table", () => import("./export_table")),
    route("/console/dynamodb/imports", () => import("./imports")),
    route("/console/dynamodb/imports/:import", () => import("./import")),
    route("/console/dynamodb/import-table", () => import("./import_table")),
    route("/console/dynamodb/settings", () => import("./settings")),
    ...exploreRoutes,
  ],
};
