import { DeleteUserCommand, type User } from "@aws-sdk/client-identitystore";
import Button from "@cloudscape-design/components/button";
import Link from "@cloudscape-design/components/link";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
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
import { emailOf, userPage, useUsers } from "./people";

export default function Users() {
  return <InCenter title="Users">{({ store }) => <List store={store} />}</InCenter>;
}

const madeBy = (u: User) => (u.ExternalIds?.length ? "SCIM" : "Manual");

const columns: Column<User>[] = [
  {
    id: "name",
    header: "Username",
    value: (u) => u.UserName,
    cell: (u) => <Link href={userPage(u.UserId!)}>{u.UserName}</Link>,
    isRowHeader: true,
    minWidth: 220,
  },
  { id: "display", header: "Display name", value: (u) => u.DisplayName, cell: (u) => u.DisplayName || "–" },
  { id: "status", header: "Status", value: (u) => u.UserStatus, cell: (u) => <UserStatus user={u} /> },
  { id: "email", header: "Email", value: emailOf, cell: (u) => emailOf(u) || "–" },
  { id: "made", header: "Created by", value: madeBy, cell: madeBy },
  { id: "created", header: "Created", value: (u) => u.CreatedAt, cell: (u) => <Time at={u.CreatedAt} as="ago" />, hidden: true },
  { id: "id", header: "User ID", value: (u) => u.UserId, cell: (u) => u.UserId, hidden: true },
];

export function UserStatus({ user }: { user: Pick<User, "UserStatus"> }) {
  return user.UserStatus === "DISABLED" ? <StatusIndicator type="stopped">Disabled</StatusIndicator> : <StatusIndicator>Enabled</StatusIndicator>;
}

function List({ store }: { store: string }) {
  const users = useUsers(store);
  const [deleting, setDeleting] = useState<User[]>();
  const add = (
    <Button variant="primary" href="/console/singlesignon/users/add">
      Add user
    </Button>
  );
  return (
    <Page title="Users" breadcrumbs={[root]} heading={false}>
      <ResourceTable
        variant="full-page"
        description="People who sign in at the access portal. They have nothing in an account until they, or groups that they are in, are assigned to it."
        name="sso.users"
        nouns={["user", "users"]}
        query={users}
        id={(u) => u.UserId!}
        columns={columns}
        selection="multi"
        emptyAction={add}
        actions={(selected) => (
          <Actions>
            <Button disabled={!selected.length} onClick={() => setDeleting(selected)}>
              Delete users
            </Button>
            {add}
          </Actions>
        )}
      />
      {deleting && <DeleteUsers store={store} users={deleting} onClose={() => setDeleting(undefined)} />}
    </Page>
  );
}

interface DeleteUsersProps {
  store: string;
  users: Pick<User, "UserId" | "UserName">[];
  onDeleted?: () => void;
  onClose: () => void;
}

export function DeleteUsers({ store, users, onDeleted, onClose }: DeleteUsersProps) {
  const { notify } = useNotifications();
  const names = users.map((u) => u.UserName).join(", ");
  const remove = useAwsChange(
    async () => {
      for (const { UserId } of users) await identityStore().send(new DeleteUserCommand({ IdentityStoreId: store, UserId }));
    },
    [["identitystore"], ["sso"]],
  );
  return (
    <DeleteModal
      title={users.length === 1 ? `Delete user ${names}?` : `Delete ${users.length} users?`}
      typed={users.length === 1 ? users[0]!.UserName : "confirm"}
      onClose={onClose}
      onDelete={async () => {
        await remove.mutateAsync();
        notify({ type: "success", header: users.length === 1 ? `User ${names} deleted.` : `${users.length} users deleted.` });
        onDeleted?.();
      }}
    >
      <b>{names}</b>: the password, the MFA devices and all access to accounts are lost, sessions end at once. This can&apos;t be undone.
    </DeleteModal>
  );
}
