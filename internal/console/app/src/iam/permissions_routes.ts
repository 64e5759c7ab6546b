// The pages that AttachedPolicies leads to, below those of users, groups and roles.
import { route, type PageRoute } from "../shell/section";

const holders = ["/console/iam/users/:user", "/console/iam/groups/:group", "/console/iam/roles/:role"];

export const permissionsRoutes: PageRoute[] = holders.flatMap((holder) => [
  route(`${holder}/attach-policies`, () => import("./attach_policies")),
  route(`${holder}/inline-policies/create`, () => import("./inline_policy")),
  route(`${holder}/inline-policies/edit/:policy`, () => import("./inline_policy")),
]);
