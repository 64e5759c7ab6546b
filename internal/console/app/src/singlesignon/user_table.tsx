import { ResourceTable } from "../parts/resource_table";
import { emailOf, useUsers } from "./people";

interface UserTableProps {
  store: string;
  title?: string;
  /** Their ids. */
  selected: string[];
  onChange: (users: string[]) => void;
  /** Users that are not offered. */
  without?: string[];
}

/** Choosing users. */
export function UserTable({ store, title, selected, onChange, without }: UserTableProps) {
  const users = useUsers(store);
  return (
    <ResourceTable
      name="sso.user-picker"
      nouns={["user", "users"]}
      title={title}
      query={{ ...users, data: users.data?.filter((u) => !without?.includes(u.UserId!)) }}
      id={(u) => u.UserId!}
      columns={[
        { id: "name", header: "Username", value: (u) => u.UserName, cell: (u) => u.UserName, isRowHeader: true },
        { id: "display", header: "Display name", value: (u) => u.DisplayName, cell: (u) => u.DisplayName || "–" },
        { id: "email", header: "Email", value: emailOf, cell: (u) => emailOf(u) || "–" },
      ]}
      selection="multi"
      selected={selected}
      onSelect={onChange}
    />
  );
}
