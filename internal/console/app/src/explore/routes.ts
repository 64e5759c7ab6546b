// The pages about items. They are in the section DynamoDB, as in AWS's console.
import type { SideNavigationProps } from "@cloudscape-design/components/side-navigation";
import { route, type PageRoute } from "../shell/section";

export const exploreNavigation: SideNavigationProps.Item[] = [
  { type: "link", text: "Explore items", href: "/console/dynamodb/explore" },
  { type: "link", text: "PartiQL editor", href: "/console/dynamodb/partiql" },
];

export const exploreRoutes: PageRoute[] = [
  route("/console/dynamodb/explore", () => import("../shell/placeholder")),
  route("/console/dynamodb/explore/:table", () => import("../shell/placeholder")),
  route("/console/dynamodb/partiql", () => import("../shell/placeholder")),
];
