import { paginateListGroupsForUser, type Group } from "@aws-sdk/client-iam";
import Button from "@cloudscape-design/components/button";
import Link from "@cloudscape-design/components/link";
import { useState } from "react";
import { iam } from "../aws/iam";
import { all, useAws, useAwsChange } from "../aws/query";
import { Actions } from "../parts/actions";
import { DeleteModal } from "../parts/delete_modal";
import { FormModal } from "../parts/form_modal";
import { ResourceTable, type Column } from "../parts/resource_table";
import { Time } from "../parts/time";
import { useNotifications } from "../shell/notifications";
import { GroupTable } from "./group_table";
import { addToGroup, removeFromGroup } from "./membership";
import { principalPage } from "./permissions";

export const useGroupsOf = (UserName: string) =>
  useAws(["iam", "ListGroupsForUser", UserName], () =>
    all(paginateListGroupsForUser({ client: iam() }, { UserName }), (p) => p.Groups),
  );

const columns: Column<Group>[] = [
  {
    id: "name",
    header: "Group name",
    value: (g) => g.GroupName,
    cell: (g) => <Link href={principalPage({ kind: "group", name: g.GroupName! })}>{g.GroupName}</Link>,
    isRowHeader: true,
  },
  { id: "path", header: "Path", value: (g) => g.Path, cell: (g) => g.Path },
  { id: "created", header: "Created", value: (g) => g.CreateDate, cell: (g) => <Time at={g.CreateDate} as="ago" /> },
];

/** The groups that a user is in. */
export function UserGroups({ user }: { user: string }) {
  const groups = useGroupsOf(user);
  const { notify } = useNotifications();
  const [leaving, setLeaving] = useState<string[]>();
  const [adding, setAdding] = useState<string[]>();
  const leave = useAwsChange((group: string) => removeFromGroup(user, group), [["iam"]]);
  const join = useAwsChange((group: string) => addToGroup(user, group), [["iam"]]);
  return (
    <>
      <ResourceTable
        name="iam.user-groups"
        nouns={["group", "groups"]}
        title="User groups membership"
        description="A user group is a collection of IAM users. Use groups to specify permissions for a collection of users. A user can be a member of up to 10 groups at a time."
        query={groups}
        id={(g) => g.GroupName!}
        columns={columns}
        selection="multi"
        actions={(selected) => (
          <Actions>
            <Button disabled={!selected.length} onClick={() => setLeaving(selected.map((g) => g.GroupName!))}>
              Remove
            </Button>
            <Button onClick={() => setAdding([])}>Add user to groups</Button>
          </Actions>
        )}
      />
      {leaving && (
        <DeleteModal
          title={`Remove ${user} from ${leaving.join(", ")}?`}
          verb="Remove"
          onClose={() => setLeaving(undefined)}
          onDelete={async () => {
            for (const group of leaving) await leave.mutateAsync(group);
            notify({ type: "success", header: `Removed user ${user} from ${leaving.join(", ")}.` });
          }}
        >
          The user loses the permissions that the group gives.
        </DeleteModal>
      )}
      {adding && (
        <FormModal
          title={`Add ${user} to groups`}
          size="large"
          tables
          verb="Add user to groups"
          ready={adding.length > 0}
          onClose={() => setAdding(undefined)}
          onSubmit={async () => {
            for (const group of adding) await join.mutateAsync(group);
            notify({ type: "success", header: `Added user ${user} to ${adding.join(", ")}.` });
          }}
        >
          <GroupTable selected={adding} onChange={setAdding} without={groups.data?.map((g) => g.GroupName!)} />
        </FormModal>
      )}
    </>
  );
}
