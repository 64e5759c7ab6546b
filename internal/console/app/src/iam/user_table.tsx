// Choosing users for a group.
import { paginateListUsers } from "@aws-sdk/client-iam";
import { iam } from "../aws/iam";
import { all, useAws } from "../aws/query";
import { ResourceTable } from "../parts/resource_table";
import { Time } from "../parts/time";

interface UserTableProps {
  title: string;
  description?: string;
  /** Names of users. */
  selected: string[];
  onChange: (users: string[]) => void;
  single?: boolean;
  /** Users that are not offered, because the group has them. */
  without?: string[];
}

export function UserTable({ title, description, selected, onChange, single, without }: UserTableProps) {
  const users = useAws(["iam", "ListUsers"], () => all(paginateListUsers({ client: iam() }, {}), (page) => page.Users));
  return (
    <ResourceTable
      name="iam.user-picker"
      nouns={["user", "users"]}
      title={title}
      description={description}
      query={{ ...users, data: users.data?.filter((u) => !without?.includes(u.UserName!)) }}
      id={(u) => u.UserName!}
      columns={[
        { id: "name", header: "User name", value: (u) => u.UserName, cell: (u) => u.UserName, isRowHeader: true },
        { id: "created", header: "Creation time", value: (u) => u.CreateDate, cell: (u) => <Time at={u.CreateDate} as="ago" /> },
      ]}
      selection={single ? "single" : "multi"}
      selected={selected}
      onSelect={onChange}
    />
  );
}
