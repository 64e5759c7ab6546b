// All sections, in the order of the services menu. A section's own file lists its pages.
import { account } from "./account/section";
import { activity } from "./activity/section";
import { connect } from "./connect/section";
import { dynamodb } from "./dynamodb/section";
import { home } from "./home/section";
import { iam } from "./iam/section";
import { rolesAnywhere } from "./rolesanywhere/section";
import type { Section } from "./shell/section";
import { singleSignOn } from "./singlesignon/section";
import { terminal } from "./terminal/section";

export const sections: Section[] = [home, dynamodb, iam, singleSignOn, rolesAnywhere, connect, terminal, activity, account];

/** The section that a path is in. */
export const sectionOf = (path: string): Section | undefined =>
  sections.find((s) => s !== home && (path === s.href || path.startsWith(s.href + "/")));
