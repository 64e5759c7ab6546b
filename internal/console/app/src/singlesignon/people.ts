// The users and groups of the identity store.
import {
  CreateGroupMembershipCommand,
  DeleteGroupMembershipCommand,
  DescribeGroupCommand,
  DescribeUserCommand,
  paginateListGroupMemberships,
  paginateListGroupMembershipsForMember,
  paginateListGroups,
  paginateListUsers,
  type Group,
  type User,
} from "@aws-sdk/client-identitystore";
import { identityStore } from "../aws/identitystore";
import { all, useAws } from "../aws/query";

export const useUsers = (IdentityStoreId: string) =>
  useAws(["identitystore", "ListUsers"], () => all(paginateListUsers({ client: identityStore() }, { IdentityStoreId }), (p) => p.Users));

export const useGroups = (IdentityStoreId: string) =>
  useAws(["identitystore", "ListGroups"], () => all(paginateListGroups({ client: identityStore() }, { IdentityStoreId }), (p) => p.Groups));

export const useUser = (IdentityStoreId: string, UserId: string) =>
  useAws(["identitystore", "DescribeUser", UserId], () => identityStore().send(new DescribeUserCommand({ IdentityStoreId, UserId })));

export const useGroup = (IdentityStoreId: string, GroupId: string) =>
  useAws(["identitystore", "DescribeGroup", GroupId], () => identityStore().send(new DescribeGroupCommand({ IdentityStoreId, GroupId })));

export interface Member {
  membership: string;
  user: User;
}

export interface Membership {
  membership: string;
  group: Group;
}

export const useMembers = (IdentityStoreId: string, GroupId: string) =>
  useAws(["identitystore", "ListGroupMemberships", GroupId], async (): Promise<Member[]> => {
    const client = identityStore();
    const found = await all(paginateListGroupMemberships({ client }, { IdentityStoreId, GroupId }), (p) => p.GroupMemberships);
    return Promise.all(
      found.map(async (m) => ({
        membership: m.MembershipId!,
        user: await client.send(new DescribeUserCommand({ IdentityStoreId, UserId: m.MemberId!.UserId })),
      })),
    );
  });

export const useGroupsOf = (IdentityStoreId: string, UserId: string) =>
  useAws(["identitystore", "ListGroupMembershipsForMember", UserId], async (): Promise<Membership[]> => {
    const client = identityStore();
    const pages = paginateListGroupMembershipsForMember({ client }, { IdentityStoreId, MemberId: { UserId } });
    const found = await all(pages, (p) => p.GroupMemberships);
    return Promise.all(
      found.map(async (m) => ({
        membership: m.MembershipId!,
        group: await client.send(new DescribeGroupCommand({ IdentityStoreId, GroupId: m.GroupId })),
      })),
    );
  });

export const addMember = (IdentityStoreId: string, GroupId: string, UserId: string) =>
  identityStore().send(new CreateGroupMembershipCommand({ IdentityStoreId, GroupId, MemberId: { UserId } }));

export const removeMember = (IdentityStoreId: string, MembershipId: string) =>
  identityStore().send(new DeleteGroupMembershipCommand({ IdentityStoreId, MembershipId }));

export const emailOf = (user: Pick<User, "Emails">): string =>
  (user.Emails?.find((e) => e.Primary) ?? user.Emails?.[0])?.Value ?? "";

export const userPage = (id: string) => `/console/singlesignon/users/${encodeURIComponent(id)}`;
export const groupPage = (id: string) => `/console/singlesignon/groups/${encodeURIComponent(id)}`;
