// The policies of a user, a group or a role: which they are, and how they are attached and taken away.
import {
  AttachGroupPolicyCommand,
  AttachRolePolicyCommand,
  AttachUserPolicyCommand,
  DeleteGroupPolicyCommand,
  DeleteRolePermissionsBoundaryCommand,
  DeleteRolePolicyCommand,
  DeleteUserPermissionsBoundaryCommand,
  DeleteUserPolicyCommand,
  DetachGroupPolicyCommand,
  DetachRolePolicyCommand,
  DetachUserPolicyCommand,
  GetGroupPolicyCommand,
  GetRolePolicyCommand,
  GetUserPolicyCommand,
  paginateListAttachedGroupPolicies,
  paginateListAttachedRolePolicies,
  paginateListAttachedUserPolicies,
  paginateListGroupPolicies,
  paginateListGroupsForUser,
  paginateListRolePolicies,
  paginateListUserPolicies,
  PutGroupPolicyCommand,
  PutRolePermissionsBoundaryCommand,
  PutRolePolicyCommand,
  PutUserPermissionsBoundaryCommand,
  PutUserPolicyCommand,
  type AttachedPolicy,
} from "@aws-sdk/client-iam";
import { iam } from "../aws/iam";
import { all, useAws } from "../aws/query";

export interface Principal {
  kind: "user" | "group" | "role";
  name: string;
}

interface Operations {
  attached: (name: string) => Promise<AttachedPolicy[]>;
  attach: (name: string, arn: string) => Promise<unknown>;
  detach: (name: string, arn: string) => Promise<unknown>;
  inline: (name: string) => Promise<string[]>;
  /** The document of an inline policy, encoded as in a URL. */
  getInline: (name: string, policy: string) => Promise<string>;
  putInline: (name: string, policy: string, document: string) => Promise<unknown>;
  deleteInline: (name: string, policy: string) => Promise<unknown>;
}

const operations: Record<Principal["kind"], Operations> = {
  user: {
    attached: (UserName) => all(paginateListAttachedUserPolicies({ client: iam() }, { UserName }), (p) => p.AttachedPolicies),
    attach: (UserName, PolicyArn) => iam().send(new AttachUserPolicyCommand({ UserName, PolicyArn })),
    detach: (UserName, PolicyArn) => iam().send(new DetachUserPolicyCommand({ UserName, PolicyArn })),
    inline: (UserName) => all(paginateListUserPolicies({ client: iam() }, { UserName }), (p) => p.PolicyNames),
    getInline: async (UserName, PolicyName) =>
      (await iam().send(new GetUserPolicyCommand({ UserName, PolicyName }))).PolicyDocument!,
    putInline: (UserName, PolicyName, PolicyDocument) =>
      iam().send(new PutUserPolicyCommand({ UserName, PolicyName, PolicyDocument })),
    deleteInline: (UserName, PolicyName) => iam().send(new DeleteUserPolicyCommand({ UserName, PolicyName })),
  },
  group: {
    attached: (GroupName) =>
      all(paginateListAttachedGroupPolicies({ client: iam() }, { GroupName }), (p) => p.AttachedPolicies),
    attach: (GroupName, PolicyArn) => iam().send(new AttachGroupPolicyCommand({ GroupName, PolicyArn })),
    detach: (GroupName, PolicyArn) => iam().send(new DetachGroupPolicyCommand({ GroupName, PolicyArn })),
    inline: (GroupName) => all(paginateListGroupPolicies({ client: iam() }, { GroupName }), (p) => p.PolicyNames),
    getInline: async (GroupName, PolicyName) =>
      (await iam().send(new GetGroupPolicyCommand({ GroupName, PolicyName }))).PolicyDocument!,
    putInline: (GroupName, PolicyName, PolicyDocument) =>
      iam().send(new PutGroupPolicyCommand({ GroupName, PolicyName, PolicyDocument })),
    deleteInline: (GroupName, PolicyName) => iam().send(new DeleteGroupPolicyCommand({ GroupName, PolicyName })),
  },
  role: {
    attached: (RoleName) => all(paginateListAttachedRolePolicies({ client: iam() }, { RoleName }), (p) => p.AttachedPolicies),
    attach: (RoleName, PolicyArn) => iam().send(new AttachRolePolicyCommand({ RoleName, PolicyArn })),
    detach: (RoleName, PolicyArn) => iam().send(new DetachRolePolicyCommand({ RoleName, PolicyArn })),
    inline: (RoleName) => all(paginateListRolePolicies({ client: iam() }, { RoleName }), (p) => p.PolicyNames),
    getInline: async (RoleName, PolicyName) =>
      (await iam().send(new GetRolePolicyCommand({ RoleName, PolicyName }))).PolicyDocument!,
    putInline: (RoleName, PolicyName, PolicyDocument) =>
      iam().send(new PutRolePolicyCommand({ RoleName, PolicyName, PolicyDocument })),
    deleteInline: (RoleName, PolicyName) => iam().send(new DeleteRolePolicyCommand({ RoleName, PolicyName })),
  },
};

/** What is asked of a principal's policies: policiesOf({ kind: "user", name: "Ana" }).attach(arn). */
export function policiesOf({ kind, name }: Principal) {
  const o = operations[kind];
  return {
    attached: () => o.attached(name),
    attach: (arn: string) => o.attach(name, arn),
    detach: (arn: string) => o.detach(name, arn),
    inline: () => o.inline(name),
    getInline: async (policy: string) => decodeURIComponent(await o.getInline(name, policy)),
    putInline: (policy: string, document: string) => o.putInline(name, policy, document),
    deleteInline: (policy: string) => o.deleteInline(name, policy),
  };
}

/** A policy that counts for a principal. An inline one has no ARN. */
export interface Permission {
  name: string;
  arn?: string;
  /** Who has it: the principal itself, or a group that the user is in. */
  holder: Principal;
}

async function own(holder: Principal): Promise<Permission[]> {
  const [attached, inline] = await Promise.all([policiesOf(holder).attached(), policiesOf(holder).inline()]);
  return [
    ...attached.map((p) => ({ name: p.PolicyName!, arn: p.PolicyArn!, holder })),
    ...inline.map((name) => ({ name, holder })),
  ];
}

/** All that gives a principal permissions; a user has those of the groups too. */
export async function loadPermissions(of: Principal): Promise<Permission[]> {
  if (of.kind !== "user") return own(of);
  const groups = await all(paginateListGroupsForUser({ client: iam() }, { UserName: of.name }), (p) => p.Groups);
  const holders: Principal[] = [of, ...groups.map((g) => ({ kind: "group" as const, name: g.GroupName! }))];
  return (await Promise.all(holders.map(own))).flat();
}

export const usePermissions = (of: Principal) => useAws(["iam", "Permissions", of.kind, of.name], () => loadPermissions(of));

export const boundaryOf = ({ kind, name }: Principal & { kind: "user" | "role" }) => ({
  put: (PermissionsBoundary: string): Promise<unknown> =>
    kind === "user"
      ? iam().send(new PutUserPermissionsBoundaryCommand({ UserName: name, PermissionsBoundary }))
      : iam().send(new PutRolePermissionsBoundaryCommand({ RoleName: name, PermissionsBoundary })),
  remove: (): Promise<unknown> =>
    kind === "user"
      ? iam().send(new DeleteUserPermissionsBoundaryCommand({ UserName: name }))
      : iam().send(new DeleteRolePermissionsBoundaryCommand({ RoleName: name })),
});

/** What lets a user change the own password. */
export const changePasswordPolicy = "arn:aws:iam::aws:policy/IAMUserChangePassword";

const folders = { user: "users", group: "groups", role: "roles" };

/** The page of a user, group or role, or one below it: principalPage(user, "attach-policies"). */
export const principalPage = ({ kind, name }: Principal, ...below: string[]) =>
  ["/console/iam", folders[kind], ...[name, ...below].map(encodeURIComponent)].join("/");
