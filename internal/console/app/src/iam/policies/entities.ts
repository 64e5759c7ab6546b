// Whom a managed policy is attached to.
import { paginateListEntitiesForPolicy, paginateListGroups, paginateListRoles, paginateListUsers } from "@aws-sdk/client-iam";
import { iam } from "../../aws/iam";
import { all, useAws } from "../../aws/query";
import type { Principal } from "../permissions";

export interface Attachment {
  of: Principal;
  as: "Permissions policy" | "Permissions boundary";
}

async function entities(PolicyArn: string, as: Attachment["as"]): Promise<Attachment[]> {
  const PolicyUsageFilter = as === "Permissions policy" ? "PermissionsPolicy" : "PermissionsBoundary";
  const pages = paginateListEntitiesForPolicy({ client: iam() }, { PolicyArn, PolicyUsageFilter });
  return all(pages, (p) =>
    [
      ...(p.PolicyUsers ?? []).map((u) => ({ kind: "user" as const, name: u.UserName! })),
      ...(p.PolicyGroups ?? []).map((g) => ({ kind: "group" as const, name: g.GroupName! })),
      ...(p.PolicyRoles ?? []).map((r) => ({ kind: "role" as const, name: r.RoleName! })),
    ].map((of) => ({ of, as })),
  );
}

export const attachments = async (arn: string): Promise<Attachment[]> =>
  (await Promise.all([entities(arn, "Permissions policy"), entities(arn, "Permissions boundary")])).flat();

export const useAttachments = (arn: string) => useAws(["iam", "ListEntitiesForPolicy", arn], () => attachments(arn));

/** All users, groups and roles of the account. */
export const usePrincipals = () =>
  useAws(["iam", "Principals"], async (): Promise<(Principal & { arn: string })[]> => {
    const client = iam();
    const [users, groups, roles] = await Promise.all([
      all(paginateListUsers({ client }, {}), (p) => p.Users),
      all(paginateListGroups({ client }, {}), (p) => p.Groups),
      all(paginateListRoles({ client }, {}), (p) => p.Roles),
    ]);
    return [
      ...users.map((u) => ({ kind: "user" as const, name: u.UserName!, arn: u.Arn! })),
      ...groups.map((g) => ({ kind: "group" as const, name: g.GroupName!, arn: g.Arn! })),
      ...roles.map((r) => ({ kind: "role" as const, name: r.RoleName!, arn: r.Arn! })),
    ];
  });

export const kindText = { user: "User", group: "User group", role: "Role" } as const;
