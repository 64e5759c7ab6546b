import { DeletePermissionSetCommand, type PermissionSet } from "@aws-sdk/client-sso-admin";
import Button from "@cloudscape-design/components/button";
import Link from "@cloudscape-design/components/link";
import { useState } from "react";
import { useAwsChange } from "../aws/query";
import { ssoAdmin } from "../aws/ssoadmin";
import { Actions } from "../parts/actions";
import { DeleteModal } from "../parts/delete_modal";
import { ResourceTable, type Column } from "../parts/resource_table";
import { Time } from "../parts/time";
import { useNotifications } from "../shell/notifications";
import { Page } from "../shell/page";
import { InCenter, root } from "./center";
import { lengthOf } from "./durations";
import { setPage, usePermissionSets } from "./permissions";

export default function PermissionSets() {
  return <InCenter title="Permission sets">{({ arn }) => <List instance={arn} />}</InCenter>;
}

const columns: Column<PermissionSet>[] = [
  {
    id: "name",
    header: "Permission set",
    value: (s) => s.Name,
    cell: (s) => <Link href={setPage(s.PermissionSetArn!)}>{s.Name}</Link>,
    isRowHeader: true,
    minWidth: 220,
  },
  { id: "description", header: "Description", value: (s) => s.Description, cell: (s) => s.Description || "–" },
  { id: "duration", header: "Session duration", value: (s) => s.SessionDuration, cell: (s) => lengthOf(s.SessionDuration) },
  { id: "created", header: "Created", value: (s) => s.CreatedDate, cell: (s) => <Time at={s.CreatedDate} as="ago" /> },
  { id: "arn", header: "ARN", value: (s) => s.PermissionSetArn, cell: (s) => s.PermissionSetArn, hidden: true },
];

function List({ instance }: { instance: string }) {
  const sets = usePermissionSets(instance);
  const [deleting, setDeleting] = useState<PermissionSet>();
  const create = (
    <Button variant="primary" href="/console/singlesignon/permission-sets/create">
      Create permission set
    </Button>
  );
  return (
    <Page title="Permission sets" breadcrumbs={[root]} heading={false}>
      <ResourceTable
        variant="full-page"
        description="A permission set says what a role may do. In each account that it is assigned in, there is a role of it."
        name="sso.permission-sets"
        nouns={["permission set", "permission sets"]}
        query={sets}
        id={(s) => s.PermissionSetArn!}
        columns={columns}
        selection="single"
        emptyAction={create}
        actions={([set]) => (
          <Actions>
            <Button disabled={!set} onClick={() => setDeleting(set)}>
              Delete
            </Button>
            {create}
          </Actions>
        )}
      />
      {deleting && <DeletePermissionSet instance={instance} set={deleting} onClose={() => setDeleting(undefined)} />}
    </Page>
  );
}

interface DeletePermissionSetProps {
  instance: string;
  set: PermissionSet;
  onDeleted?: () => void;
  onClose: () => void;
}

export function DeletePermissionSet({ instance, set, onDeleted, onClose }: DeletePermissionSetProps) {
  const { notify } = useNotifications();
  const remove = useAwsChange(
    () => ssoAdmin().send(new DeletePermissionSetCommand({ InstanceArn: instance, PermissionSetArn: set.PermissionSetArn })),
    [["sso"]],
  );
  return (
    <DeleteModal
      title={`Delete permission set ${set.Name}?`}
      typed={set.Name}
      onClose={onClose}
      onDelete={async () => {
        await remove.mutateAsync();
        notify({ type: "success", header: `Permission set ${set.Name} deleted.` });
        onDeleted?.();
      }}
    >
      It can be deleted when it is not assigned in any account. This can&apos;t be undone.
    </DeleteModal>
  );
}
