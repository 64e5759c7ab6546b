import { DeleteGroupCommand, type Group } from "@aws-sdk/client-identitystore";
import Button from "@cloudscape-design/components/button";
import Link from "@cloudscape-design/components/link";
import { useState } from "react";
import { identityStore } from "../aws/identitystore";
import { useAwsChange } from "../aws/query";
import { Actions } from "../parts/actions";
import { DeleteModal } from "../parts/delete_modal";
import { ResourceTable, type Column } from "../parts/resource_table";
import { Time } from "../parts/time";
import { useNotifications } from "../shell/notifications";
import { Page } from "../shell/page";
import { InCenter, root } from "./center";
import { groupPage, useGroups } from "./people";

export default function Groups() {
  return <InCenter title="Groups">{({ store }) => <List store={store} />}</InCenter>;
}

const madeBy = (g: Group) => (g.ExternalIds?.length ? "SCIM" : "Manual");

const columns: Column<Group>[] = [
  {
    id: "name",
    header: "Group name",
    value: (g) => g.DisplayName,
    cell: (g) => <Link href={groupPage(g.GroupId!)}>{g.DisplayName}</Link>,
    isRowHeader: true,
    minWidth: 220,
  },
  { id: "description", header: "Description", value: (g) => g.Description, cell: (g) => g.Description || "–" },
  { id: "made", header: "Created by", value: madeBy, cell: madeBy },
  { id: "created", header: "Created", value: (g) => g.CreatedAt, cell: (g) => <Time at={g.CreatedAt} as="ago" /> },
  { id: "id", header: "Group ID", value: (g) => g.GroupId, cell: (g) => g.GroupId, hidden: true },
];

function List({ store }: { store: string }) {
  const groups = useGroups(store);
  const [deleting, setDeleting] = useState<Group>();
  const create = (
    <Button variant="primary" href="/console/singlesignon/groups/create">
      Create group
    </Button>
  );
  return (
    <Page title="Groups" breadcrumbs={[root]} heading={false}>
      <ResourceTable
        variant="full-page"
        description="What is assigned to a group, all its users have."
        name="sso.groups"
        nouns={["group", "groups"]}
        query={groups}
        id={(g) => g.GroupId!}
        columns={columns}
        selection="single"
        emptyAction={create}
        actions={([group]) => (
          <Actions>
            <Button disabled={!group} onClick={() => setDeleting(group)}>
              Delete group
            </Button>
            {create}
          </Actions>
        )}
      />
      {deleting && <DeleteGroup store={store} group={deleting} onClose={() => setDeleting(undefined)} />}
    </Page>
  );
}

interface DeleteGroupProps {
  store: string;
  group: Pick<Group, "GroupId" | "DisplayName">;
  onDeleted?: () => void;
  onClose: () => void;
}

export function DeleteGroup({ store, group, onDeleted, onClose }: DeleteGroupProps) {
  const { notify } = useNotifications();
  const name = group.DisplayName ?? group.GroupId!;
  const remove = useAwsChange(
    () => identityStore().send(new DeleteGroupCommand({ IdentityStoreId: store, GroupId: group.GroupId })),
    [["identitystore"], ["sso"]],
  );
  return (
    <DeleteModal
      title={`Delete group ${name}?`}
      typed={name}
      onClose={onClose}
      onDelete={async () => {
        await remove.mutateAsync();
        notify({ type: "success", header: `Group ${name} deleted.` });
        onDeleted?.();
      }}
    >
      Its users stay. They lose what is assigned to the group, with the sessions that come of it. This can&apos;t be undone.
    </DeleteModal>
  );
}
