import {
  CreateApplicationAssignmentCommand,
  DeleteApplicationAssignmentCommand,
  paginateListApplicationAssignments,
  type ApplicationAssignment,
} from "@aws-sdk/client-sso-admin";
import Button from "@cloudscape-design/components/button";
import Link from "@cloudscape-design/components/link";
import Tabs from "@cloudscape-design/components/tabs";
import { useState } from "react";
import { all, useAws, useAwsChange } from "../aws/query";
import { ssoAdmin } from "../aws/ssoadmin";
import { Actions } from "../parts/actions";
import { DeleteModal } from "../parts/delete_modal";
import { FormModal } from "../parts/form_modal";
import { ResourceTable } from "../parts/resource_table";
import { useNotifications } from "../shell/notifications";
import type { Center } from "./center";
import { GroupTable } from "./group_table";
import { groupPage, useGroups, userPage, useUsers } from "./people";
import { UserTable } from "./user_table";

/** Who may use an application. */
export function ApplicationAssignments({ center, application }: { center: Center; application: string }) {
  const { notify } = useNotifications();
  const of = { ApplicationArn: application };
  const assignments = useAws(["sso", "ListApplicationAssignments", application], () =>
    all(paginateListApplicationAssignments({ client: ssoAdmin() }, of), (p) => p.ApplicationAssignments),
  );
  const users = useUsers(center.store);
  const groups = useGroups(center.store);
  const [adding, setAdding] = useState<{ users: string[]; groups: string[] }>();
  const [removing, setRemoving] = useState<ApplicationAssignment[]>();
  const assign = useAwsChange(async (chosen: { users: string[]; groups: string[] }) => {
    for (const PrincipalId of chosen.groups) await ssoAdmin().send(new CreateApplicationAssignmentCommand({ ...of, PrincipalId, PrincipalType: "GROUP" }));
    for (const PrincipalId of chosen.users) await ssoAdmin().send(new CreateApplicationAssignmentCommand({ ...of, PrincipalId, PrincipalType: "USER" }));
  }, [["sso"]]);
  const unassign = useAwsChange(async (gone: ApplicationAssignment[]) => {
    for (const { PrincipalId, PrincipalType } of gone) await ssoAdmin().send(new DeleteApplicationAssignmentCommand({ ...of, PrincipalId, PrincipalType }));
  }, [["sso"]]);
  const name = ({ PrincipalId, PrincipalType }: ApplicationAssignment) =>
    (PrincipalType === "USER"
      ? users.data?.find((u) => u.UserId === PrincipalId)?.UserName
      : groups.data?.find((g) => g.GroupId === PrincipalId)?.DisplayName) ?? PrincipalId;
  return (
    <>
      <ResourceTable
        name="sso.application-assignments"
        nouns={["assignment", "assignments"]}
        title="Assigned users and groups"
        query={assignments}
        id={(a) => a.PrincipalId!}
        columns={[
          {
            id: "name",
            header: "Username or group name",
            value: name,
            cell: (a) => <Link href={(a.PrincipalType === "USER" ? userPage : groupPage)(a.PrincipalId!)}>{name(a)}</Link>,
            isRowHeader: true,
          },
          { id: "type", header: "Type", value: (a) => a.PrincipalType, cell: (a) => (a.PrincipalType === "USER" ? "User" : "Group") },
        ]}
        selection="multi"
        actions={(selected) => (
          <Actions>
            <Button disabled={!selected.length} onClick={() => setRemoving(selected)}>
              Remove access
            </Button>
            <Button onClick={() => setAdding({ users: [], groups: [] })}>Assign users and groups</Button>
          </Actions>
        )}
      />
      {adding && (
        <FormModal
          title="Assign users and groups"
          size="large"
          tables
          verb="Assign"
          ready={adding.users.length + adding.groups.length > 0}
          onClose={() => setAdding(undefined)}
          onSubmit={async () => {
            await assign.mutateAsync(adding);
            notify({ type: "success", header: "The application is assigned." });
          }}
        >
          <Tabs
            ariaLabel="Users and groups"
            tabs={[
              {
                id: "groups",
                label: `Groups (${adding.groups.length})`,
                content: <GroupTable store={center.store} selected={adding.groups} onChange={(groups) => setAdding({ ...adding, groups })} />,
              },
              {
                id: "users",
                label: `Users (${adding.users.length})`,
                content: <UserTable store={center.store} selected={adding.users} onChange={(users) => setAdding({ ...adding, users })} />,
              },
            ]}
          />
        </FormModal>
      )}
      {removing && (
        <DeleteModal
          title={`Remove the access of ${removing.map(name).join(", ")}?`}
          verb="Remove access"
          onClose={() => setRemoving(undefined)}
          onDelete={async () => {
            await unassign.mutateAsync(removing);
            notify({ type: "success", header: "Access was removed." });
          }}
        >
          They can&apos;t use the application any more.
        </DeleteModal>
      )}
    </>
  );
}
