import { paginateListAccountAssignmentsForPrincipal, type AccountAssignmentForPrincipal } from "@aws-sdk/client-sso-admin";
import Button from "@cloudscape-design/components/button";
import Link from "@cloudscape-design/components/link";
import { all, useAws } from "../aws/query";
import { ssoAdmin } from "../aws/ssoadmin";
import { ResourceTable } from "../parts/resource_table";
import type { Center } from "./center";
import { groupPage } from "./people";
import { accountPage, setPage, useAccounts, usePermissionSets } from "./permissions";

/** What a user or a group has in which account; a user has what groups have too. */
export function PrincipalAccounts({ center, kind, id }: { center: Center; kind: "USER" | "GROUP"; id: string }) {
  const assignments = useAws(["sso", "ListAccountAssignmentsForPrincipal", id], () =>
    all(
      paginateListAccountAssignmentsForPrincipal({ client: ssoAdmin() }, { InstanceArn: center.arn, PrincipalId: id, PrincipalType: kind }),
      (p) => p.AccountAssignments,
    ),
  );
  const accounts = useAccounts();
  const sets = usePermissionSets(center.arn);
  const account = (a: AccountAssignmentForPrincipal) => accounts.data?.find(({ Id }) => Id === a.AccountId)?.Name ?? a.AccountId;
  const set = (a: AccountAssignmentForPrincipal) => sets.data?.find((s) => s.PermissionSetArn === a.PermissionSetArn)?.Name ?? a.PermissionSetArn;
  return (
    <ResourceTable
      name="sso.principal-accounts"
      nouns={["assignment", "assignments"]}
      title="AWS accounts"
      description={kind === "USER" ? "What is assigned to the user, and to the groups that the user is in." : "What all users in the group have."}
      query={assignments}
      id={(a) => `${a.AccountId} ${a.PermissionSetArn} ${a.PrincipalId}`}
      columns={[
        { id: "account", header: "Account", value: account, cell: (a) => <Link href={accountPage(a.AccountId!)}>{account(a)}</Link>, isRowHeader: true },
        { id: "id", header: "Account ID", value: (a) => a.AccountId, cell: (a) => a.AccountId },
        { id: "set", header: "Permission set", value: set, cell: (a) => <Link href={setPage(a.PermissionSetArn!)}>{set(a)}</Link> },
        {
          id: "by",
          header: "Assigned to",
          value: (a) => a.PrincipalType,
          cell: (a) => (a.PrincipalId === id ? (kind === "USER" ? "The user" : "The group") : <Link href={groupPage(a.PrincipalId!)}>A group</Link>),
        },
      ]}
      actions={() => <Button href="/console/singlesignon/accounts">Assign accounts</Button>}
    />
  );
}
