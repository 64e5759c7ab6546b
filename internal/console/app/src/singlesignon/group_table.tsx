import Button from "@cloudscape-design/components/button";
import Link from "@cloudscape-design/components/link";
import { ResourceTable } from "../parts/resource_table";
import { groupPage, useGroups } from "./people";

interface GroupTableProps {
  store: string;
  /** Their ids. */
  selected: string[];
  onChange: (groups: string[]) => void;
  /** Groups that are not offered. */
  without?: string[];
}

/** Choosing groups. */
export function GroupTable({ store, selected, onChange, without }: GroupTableProps) {
  const groups = useGroups(store);
  return (
    <ResourceTable
      name="sso.group-picker"
      nouns={["group", "groups"]}
      query={{ ...groups, data: groups.data?.filter((g) => !without?.includes(g.GroupId!)) }}
      id={(g) => g.GroupId!}
      columns={[
        {
          id: "name",
          header: "Group name",
          value: (g) => g.DisplayName,
          cell: (g) => (
            <Link href={groupPage(g.GroupId!)} target="_blank">
              {g.DisplayName}
            </Link>
          ),
          isRowHeader: true,
        },
        { id: "description", header: "Description", value: (g) => g.Description, cell: (g) => g.Description || "–" },
      ]}
      selection="multi"
      selected={selected}
      onSelect={onChange}
      actions={() => (
        <Button href="/console/singlesignon/groups/create" target="_blank" iconName="external" iconAlign="right">
          Create group
        </Button>
      )}
    />
  );
}
