import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import Link from "@cloudscape-design/components/link";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { useAwsChange } from "../aws/query";
import { Actions } from "../parts/actions";
import { DeleteModal } from "../parts/delete_modal";
import { ResourceTable } from "../parts/resource_table";
import { useNotifications } from "../shell/notifications";
import { Page } from "../shell/page";
import { useParams } from "../shell/params";
import { InCenter, root, type Center } from "./center";
import { groupPage, useGroups, userPage, useUsers } from "./people";
import { setPage, unassign, useAccounts, useAssignments, usePermissionSets, type Assignment } from "./permissions";

export default function AccountPage() {
  return <InCenter title="AWS account">{(center) => <Shown center={center} />}</InCenter>;
}

/** An assignment with the names of what it is about. */
interface Row {
  assignment: Assignment;
  principal: string;
  set: string;
}

function Shown({ center }: { center: Center }) {
  const { account: id } = useParams<{ account: string }>();
  const { notify } = useNotifications();
  const account = useAccounts().data?.find((a) => a.Id === id);
  const assignments = useAssignments(center.arn, id);
  const users = useUsers(center.store);
  const groups = useGroups(center.store);
  const sets = usePermissionSets(center.arn);
  const [removing, setRemoving] = useState<Row[]>();
  const remove = useAwsChange((assignment: Assignment) => unassign(center.arn, assignment), [["sso"]]);
  const rows = assignments.data?.assignments.map((a): Row => {
    const assignment = a as Assignment;
    const { PrincipalId, PrincipalType, PermissionSetArn } = assignment;
    return {
      assignment,
      principal:
        (PrincipalType === "USER"
          ? users.data?.find((u) => u.UserId === PrincipalId)?.UserName
          : groups.data?.find((g) => g.GroupId === PrincipalId)?.DisplayName) ?? PrincipalId!,
      set: sets.data?.find((s) => s.PermissionSetArn === PermissionSetArn)?.Name ?? PermissionSetArn!,
    };
  });
  return (
    <Page title={account?.Name ?? id} breadcrumbs={[root, ["AWS accounts", "/console/singlesignon/accounts"]]}>
      <SpaceBetween size="l">
        <Container header={<Header variant="h2">Overview</Header>}>
          <KeyValuePairs
            columns={3}
            minColumnWidth={180}
            items={[
              { label: "Account name", value: account?.Name || "–" },
              { label: "Account ID", value: id },
              { label: "Email", value: <span className="breaks">{account?.Email || "–"}</span> },
            ]}
          />
        </Container>
        <ResourceTable
          name="sso.account-assignments"
          nouns={["assignment", "assignments"]}
          title="Assigned users and groups"
          description="Each permission set that is assigned here is a role of this account, AWSReservedSSO_…, which only IAM Identity Center changes."
          query={{ ...assignments, data: rows }}
          id={({ assignment: a }) => `${a.PrincipalId} ${a.PermissionSetArn}`}
          columns={[
            {
              id: "principal",
              header: "Username or group name",
              value: (r) => r.principal,
              cell: (r) => (
                <Link href={r.assignment.PrincipalType === "USER" ? userPage(r.assignment.PrincipalId!) : groupPage(r.assignment.PrincipalId!)}>{r.principal}</Link>
              ),
              isRowHeader: true,
            },
            { id: "type", header: "Type", value: (r) => r.assignment.PrincipalType, cell: (r) => (r.assignment.PrincipalType === "USER" ? "User" : "Group") },
            { id: "set", header: "Permission set", value: (r) => r.set, cell: (r) => <Link href={setPage(r.assignment.PermissionSetArn!)}>{r.set}</Link> },
          ]}
          selection="multi"
          actions={(selected) => (
            <Actions>
              <Button disabled={!selected.length} onClick={() => setRemoving(selected)}>
                Remove access
              </Button>
              <Button variant="primary" href={`/console/singlesignon/accounts/assign?accounts=${id}`}>
                Assign users or groups
              </Button>
            </Actions>
          )}
        />
      </SpaceBetween>
      {removing && (
        <DeleteModal
          title={removing.length === 1 ? `Remove the access of ${removing[0]!.principal}?` : `Remove ${removing.length} assignments?`}
          verb="Remove access"
          onClose={() => setRemoving(undefined)}
          onDelete={async () => {
            for (const { assignment } of removing) await remove.mutateAsync(assignment);
            notify({ type: "success", header: "Access was removed." });
          }}
        >
          {removing.map((r) => `${r.principal}: ${r.set}`).join("; ")}. Sessions and credentials that come of it end at once.
        </DeleteModal>
      )}
    </Page>
  );
}
