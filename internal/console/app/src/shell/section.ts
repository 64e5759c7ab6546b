import type { SideNavigationProps } from "@cloudscape-design/components/side-navigation";
import { lazy, type ComponentType } from "react";

/** One page of a section: a path of wouter, such as "/console/iam/users/:user", and where its component is. */
export interface PageRoute {
  path: string;
  page: ComponentType;
}

/** A service in the menu, with its pages. */
export interface Section {
  text: string;
  href: string;
  description: string;
  /** Each region has its own of what is shown. */
  regional?: boolean;
  /** The side navigation; none for a section of one page. */
  navigation?: SideNavigationProps.Item[];
  routes: PageRoute[];
}

/** A page whose code is loaded when it is opened: route("/console/iam/users", () => import("./users")). */
export const route = (path: string, load: () => Promise<{ default: ComponentType }>): PageRoute => ({
  path,
  page: lazy(load),
});
