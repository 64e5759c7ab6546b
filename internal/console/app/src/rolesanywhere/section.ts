import { route, type Section } from "../shell/section";

export const rolesAnywhere: Section = {
  text: "IAM Roles Anywhere",
  href: "/console/rolesanywhere",
  description: "Roles for machines that have a certificate",
  regional: true,
  navigation: [
    { type: "link", text: "Trust anchors", href: "/console/rolesanywhere" },
    { type: "link", text: "Profiles", href: "/console/rolesanywhere/profiles" },
    { type: "link", text: "Subject activity", href: "/console/rolesanywhere/subjects" },
  ],
  routes: [
    route("/console/rolesanywhere", () => import("./trust_anchors")),
    route("/console/rolesanywhere/trust-anchors/create", () => import("./create_trust_anchor")),
    route("/console/rolesanywhere/trust-anchors/:anchor", () => import("./trust_anchor")),
    route("/console/rolesanywhere/profiles", () => import("./profiles")),
    route("/console/rolesanywhere/profiles/create", () => import("./create_profile")),
    route("/console/rolesanywhere/profiles/:profile", () => import("./profile")),
    route("/console/rolesanywhere/profiles/:profile/edit", () => import("./edit_profile")),
    route("/console/rolesanywhere/subjects", () => import("./subjects")),
    route("/console/rolesanywhere/subjects/:subject", () => import("./subject")),
  ],
};
