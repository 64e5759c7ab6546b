// The pages about items. They are in the section DynamoDB, as in AWS's console.
import type { SideNavigationProps } from "@cloudscape-design/components/side-navigation";
import { route, type PageRoute } from "../shell/section";

export const exploreNavigation: SideNavigationProps.Item[] = [
  { type: "link", text: "Explore items", href: "/console/dynamodb/explore" },
  { type: "link", text: "PartiQL editor", href: "/console/dynamodb/partiql" },
];

export const exploreRoutes: PageRoute[] = [
  route("/console/dynamodb/explore", () => import("./explore")),
  route("/console/dynamodb/explore/create-item", () => import("./create_item")),
  route("/console/dynamodb/explore/edit-item", () => import("./edit_item")),
  route("/console/dynamodb/explore/import-file", () => import("./import_file")),
  route("/console/dynamodb/partiql", () => import("./partiql")),
];
