import {
  DeleteUserCommand,
  paginateListUsers,
  type User,
} from "@aws-sdk/client-iam";
import Button from "@cloudscape-design/components/button";
import Link from "@cloudscape-design/components/link";
import { useState } from "react";
import { iam } from "../aws/iam";
import { all, useAws, useAwsChange } from "../aws/query";
import { Actions } from "../parts/actions";
import { DeleteModal } from "../parts/delete_modal";
import { ResourceTable, type Column } from "../parts/resource_table";
import { Time } from "../parts/time";
import { useNotifications } from "../shell/notifications";
import { Page } from "../shell/page";

const columns: Column<User>[] = [
  {
    id: "name",
    header: "User name",
    value: (u) => u.UserName,
    cell: (u) => <Link href={`/console/iam/users/${encodeURIComponent(u.UserName!)}`}>{u.UserName}</Link>,
    isRowHeader: true,
  },
  { id: "path", header: "Path", value: (u) => u.Path, cell: (u) => u.Path },
  {
    id: "activity",
    header: "Console last sign-in",
    value: (u) => u.PasswordLastUsed,
    cell: (u) => <Time at={u.PasswordLastUsed} as="ago" />,
  },
  { id: "created", header: "Creation time", value: (u) => u.CreateDate, cell: (u) => <Time at={u.CreateDate} as="ago" /> },
  { id: "arn", header: "ARN", value: (u) => u.Arn, cell: (u) => u.Arn, hidden: true },
  { id: "id", header: "User ID", value: (u) => u.UserId, cell: (u) => u.UserId, hidden: true },
];

export default function Users() {
  const users = useAws(["iam", "ListUsers"], () => all(paginateListUsers({ client: iam() }, {}), (page) => page.Users));
  const [deleting, setDeleting] = useState<string>();
  return (
    <Page title="Users" breadcrumbs={[["IAM", "/console/iam"]]} heading={false}>
      <ResourceTable
        variant="full-page"
        description="An IAM user is an identity with long-term credentials for one person or program of the account."
        name="iam.users"
        nouns={["user", "users"]}
        query={users}
        id={(u) => u.UserName!}
        columns={columns}
        selection="single"
        emptyAction={<Button href="/console/iam/users/create">Create user</Button>}
        actions={([user]) => (
          <Actions>
            <Button disabled={!user} onClick={() => setDeleting(user!.UserName)}>
              Delete
            </Button>
            <Button variant="primary" href="/console/iam/users/create">
              Create user
            </Button>
          </Actions>
        )}
      />
      {deleting && <DeleteUser name={deleting} onClose={() => setDeleting(undefined)} />}
    </Page>
  );
}

function DeleteUser({ name, onClose }: { name: string; onClose: () => void }) {
  const { notify } = useNotifications();
  const remove = useAwsChange(() => iam().send(new DeleteUserCommand({ UserName: name })), [["iam"]]);
  return (
    <DeleteModal
      title={`Delete ${name}?`}
      typed={name}
      onClose={onClose}
      onDelete={async () => {
        await remove.mutateAsync();
        notify({ type: "success", header: `User ${name} deleted.` });
      }}
    >
      The user <b>{name}</b> is deleted permanently. This can&apos;t be undone.
    </DeleteModal>
  );
}
