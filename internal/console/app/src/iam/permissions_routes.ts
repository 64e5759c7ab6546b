// The pages that AttachedPolicies leads to, below those of users, groups and roles.
import { route, type PageRoute } from "../shell/section";

const attach = () => import("./attach_policies");
const inline = () => import("./inline_policy");

export const permissionsRoutes: PageRoute[] = [
  route("/console/iam/users/:user/attach-policies", attach),
  route("/console/iam/users/:user/inline-policies/create", inline),
  route("/console/iam/users/:user/inline-policies/edit/:policy", inline),
  route("/console/iam/groups/:group/attach-policies", attach),
  route("/console/iam/groups/:group/inline-policies/create", inline),
  route("/console/iam/groups/:group/inline-policies/edit/:policy", inline),
  route("/console/iam/roles/:role/attach-policies", attach),
  route("/console/iam/roles/:role/inline-policies/create", inline),
  route("/console/iam/roles/:role/inline-policies/edit/:policy", inline),
];
