import Button from "@cloudscape-design/components/button";
import Link from "@cloudscape-design/components/link";
import { useState } from "react";
import { useAwsChange } from "../aws/query";
import { Actions } from "../parts/actions";
import { DeleteModal } from "../parts/delete_modal";
import { FormModal } from "../parts/form_modal";
import { ResourceTable } from "../parts/resource_table";
import { useNotifications } from "../shell/notifications";
import { GroupTable } from "./group_table";
import { addMember, groupPage, removeMember, useGroupsOf, type Membership } from "./people";

/** The groups that a user is in. */
export function UserGroups({ store, user, name }: { store: string; user: string; name: string }) {
  const groups = useGroupsOf(store, user);
  const { notify } = useNotifications();
  const [adding, setAdding] = useState<string[]>();
  const [leaving, setLeaving] = useState<Membership[]>();
  const join = useAwsChange((group: string) => addMember(store, group, user), [["identitystore"]]);
  const leave = useAwsChange((membership: string) => removeMember(store, membership), [["identitystore"]]);
  return (
    <>
      <ResourceTable
        name="sso.user-groups"
        nouns={["group", "groups"]}
        query={groups}
        id={(m) => m.membership}
        columns={[
          {
            id: "name",
            header: "Group name",
            value: (m) => m.group.DisplayName,
            cell: (m) => <Link href={groupPage(m.group.GroupId!)}>{m.group.DisplayName}</Link>,
            isRowHeader: true,
          },
          { id: "description", header: "Description", value: (m) => m.group.Description, cell: (m) => m.group.Description || "–" },
        ]}
        selection="multi"
        actions={(selected) => (
          <Actions>
            <Button disabled={!selected.length} onClick={() => setLeaving(selected)}>
              Remove user from groups
            </Button>
            <Button onClick={() => setAdding([])}>Add user to groups</Button>
          </Actions>
        )}
      />
      {adding && (
        <FormModal
          title={`Add ${name} to groups`}
          size="large"
          tables
          verb="Add user to groups"
          ready={adding.length > 0}
          onClose={() => setAdding(undefined)}
          onSubmit={async () => {
            for (const group of adding) await join.mutateAsync(group);
            notify({ type: "success", header: `User ${name} was added to ${adding.length === 1 ? "a group" : `${adding.length} groups`}.` });
          }}
        >
          <GroupTable store={store} selected={adding} onChange={setAdding} without={groups.data?.map((m) => m.group.GroupId!)} />
        </FormModal>
      )}
      {leaving && (
        <DeleteModal
          title={`Remove ${name} from ${leaving.map((m) => m.group.DisplayName).join(", ")}?`}
          verb="Remove"
          onClose={() => setLeaving(undefined)}
          onDelete={async () => {
            for (const { membership } of leaving) await leave.mutateAsync(membership);
            notify({ type: "success", header: `User ${name} was removed.` });
          }}
        >
          The user loses what is assigned to the group, with the sessions that come of it.
        </DeleteModal>
      )}
    </>
  );
}
