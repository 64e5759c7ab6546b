// The ways to give a user permissions, and what comes of them.
import { GetUserCommand, paginateListGroupsForUser } from "@aws-sdk/client-iam";
import { iam } from "../aws/iam";
import { all } from "../aws/query";
import { addToGroup } from "./membership";
import { policiesOf, type Principal } from "./permissions";

export interface PermissionChoice {
  way: "groups" | "copy" | "attach";
  groups: string[];
  /** The user whose permissions are copied. */
  copied?: string;
  /** ARNs. */
  policies: string[];
}

export const noPermissions: PermissionChoice = { way: "groups", groups: [], policies: [] };

/** What a user gets. */
export interface Grants {
  groups: string[];
  /** ARNs. */
  policies: string[];
  inline: { name: string; document: string }[];
  boundary?: string;
}

/** What a choice means. Copying takes groups, policies, inline policies and the boundary, as AWS's console does. */
export async function grantsOf(choice: PermissionChoice): Promise<Grants> {
  if (choice.way !== "copy" || choice.copied === undefined) {
    return {
      groups: choice.way === "groups" ? choice.groups : [],
      policies: choice.way === "attach" ? choice.policies : [],
      inline: [],
    };
  }
  const UserName = choice.copied;
  const from: Principal = { kind: "user", name: UserName };
  const [user, groups, attached, names] = await Promise.all([
    iam().send(new GetUserCommand({ UserName })),
    all(paginateListGroupsForUser({ client: iam() }, { UserName }), (p) => p.Groups),
    policiesOf(from).attached(),
    policiesOf(from).inline(),
  ]);
  return {
    groups: groups.map((g) => g.GroupName!),
    policies: attached.map((p) => p.PolicyArn!),
    inline: await Promise.all(names.map(async (name) => ({ name, document: await policiesOf(from).getInline(name) }))),
    boundary: user.User?.PermissionsBoundary?.PermissionsBoundaryArn,
  };
}

/** The calls that give a user what it gets, each with its name, but for the boundary. */
export function granting(user: string, { groups, policies, inline }: Grants): [what: string, call: () => Promise<unknown>][] {
  const of = policiesOf({ kind: "user", name: user });
  return [
    ...groups.map((g): [string, () => Promise<unknown>] => [`Add to group ${g}`, () => addToGroup(user, g)]),
    ...policies.map((arn): [string, () => Promise<unknown>] => [`Attach ${arn}`, () => of.attach(arn)]),
    ...inline.map((p): [string, () => Promise<unknown>] => [
      `Create inline policy ${p.name}`,
      () => of.putInline(p.name, p.document),
    ]),
  ];
}
