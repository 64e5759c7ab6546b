// Permission sets and their assignments.
import {
  CreateAccountAssignmentCommand,
  DeleteAccountAssignmentCommand,
  DescribeAccountAssignmentCreationStatusCommand,
  DescribeAccountAssignmentDeletionStatusCommand,
  DescribePermissionSetCommand,
  DescribePermissionSetProvisioningStatusCommand,
  paginateListAccountAssignments,
  paginateListPermissionSets,
  paginateListPermissionSetsProvisionedToAccount,
  ProvisionPermissionSetCommand,
  type AccountAssignment,
  type PermissionSet,
} from "@aws-sdk/client-sso-admin";
import { paginateListAccounts } from "@aws-sdk/client-organizations";
import { organizations } from "../aws/organizations";
import { all, useAws } from "../aws/query";
import { ssoAdmin } from "../aws/ssoadmin";

async function describe(InstanceArn: string, PermissionSetArn: string): Promise<PermissionSet> {
  return (await ssoAdmin().send(new DescribePermissionSetCommand({ InstanceArn, PermissionSetArn }))).PermissionSet!;
}

export const usePermissionSets = (InstanceArn: string) =>
  useAws(["sso", "PermissionSets"], async () => {
    const arns = await all(paginateListPermissionSets({ client: ssoAdmin() }, { InstanceArn }), (p) => p.PermissionSets);
    return Promise.all(arns.map((arn) => describe(InstanceArn, arn)));
  });

export const usePermissionSet = (InstanceArn: string, arn: string) =>
  useAws(["sso", "DescribePermissionSet", arn], () => describe(InstanceArn, arn));

export const useAccounts = () =>
  useAws(["organizations", "ListAccounts"], async () => {
    const accounts = await all(paginateListAccounts({ client: organizations() }, {}), (page) => page.Accounts);
    return accounts.filter((a) => a.State === "ACTIVE");
  });

/** What is assigned in an account, of all the permission sets that are provisioned there. */
export const useAssignments = (InstanceArn: string, AccountId: string) =>
  useAws(["sso", "ListAccountAssignments", AccountId], async () => {
    const client = ssoAdmin();
    const sets = await all(paginateListPermissionSetsProvisionedToAccount({ client }, { InstanceArn, AccountId }), (p) => p.PermissionSets);
    const assignments = await Promise.all(
      sets.map((PermissionSetArn) =>
        all(paginateListAccountAssignments({ client }, { InstanceArn, AccountId, PermissionSetArn }), (p) => p.AccountAssignments),
      ),
    );
    return { sets, assignments: assignments.flat() };
  });

export type Assignment = Pick<Required<AccountAssignment>, "AccountId" | "PermissionSetArn" | "PrincipalType" | "PrincipalId">;

/** Assigns, and waits until the role is there. */
export async function assign(InstanceArn: string, { AccountId, ...rest }: Assignment) {
  const client = ssoAdmin();
  const input = { InstanceArn, TargetId: AccountId, TargetType: "AWS_ACCOUNT" as const, ...rest };
  const begun = (await client.send(new CreateAccountAssignmentCommand(input))).AccountAssignmentCreationStatus;
  await finished(begun, async (AccountAssignmentCreationRequestId) => {
    const command = new DescribeAccountAssignmentCreationStatusCommand({ InstanceArn, AccountAssignmentCreationRequestId });
    return (await client.send(command)).AccountAssignmentCreationStatus;
  });
}

export async function unassign(InstanceArn: string, { AccountId, ...rest }: Assignment) {
  const client = ssoAdmin();
  const input = { InstanceArn, TargetId: AccountId, TargetType: "AWS_ACCOUNT" as const, ...rest };
  const begun = (await client.send(new DeleteAccountAssignmentCommand(input))).AccountAssignmentDeletionStatus;
  await finished(begun, async (AccountAssignmentDeletionRequestId) => {
    const command = new DescribeAccountAssignmentDeletionStatusCommand({ InstanceArn, AccountAssignmentDeletionRequestId });
    return (await client.send(command)).AccountAssignmentDeletionStatus;
  });
}

/** Brings the roles of all accounts to what the permission set is now. */
export async function provision(InstanceArn: string, PermissionSetArn: string) {
  const client = ssoAdmin();
  const input = { InstanceArn, PermissionSetArn, TargetType: "ALL_PROVISIONED_ACCOUNTS" as const };
  const begun = (await client.send(new ProvisionPermissionSetCommand(input))).PermissionSetProvisioningStatus;
  await finished(begun, async (ProvisionPermissionSetRequestId) => {
    const command = new DescribePermissionSetProvisioningStatusCommand({ InstanceArn, ProvisionPermissionSetRequestId });
    return (await client.send(command)).PermissionSetProvisioningStatus;
  });
}

interface Progress {
  Status?: "IN_PROGRESS" | "SUCCEEDED" | "FAILED";
  RequestId?: string;
  FailureReason?: string;
}

/** Asks how something is going until it is done. What failed is an error. */
async function finished(begun: Progress | undefined, ask: (id: string) => Promise<Progress | undefined>) {
  let state = begun;
  while (state?.Status === "IN_PROGRESS") {
    await new Promise((done) => setTimeout(done, 300));
    state = await ask(state.RequestId!);
  }
  if (state?.Status === "FAILED") throw new Error(state.FailureReason ?? "It failed.");
}

export const setPage = (arn: string) => `/console/singlesignon/permission-sets/${encodeURIComponent(arn)}`;
export const accountPage = (id: string) => `/console/singlesignon/accounts/${id}`;
