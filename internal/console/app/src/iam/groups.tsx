import { GetGroupCommand, paginateListGroups, type Group } from "@aws-sdk/client-iam";
import Button from "@cloudscape-design/components/button";
import Link from "@cloudscape-design/components/link";
import { useState } from "react";
import { iam } from "../aws/iam";
import { all, useAws } from "../aws/query";
import { Actions } from "../parts/actions";
import { ResourceTable, type Column } from "../parts/resource_table";
import { Time } from "../parts/time";
import { Page } from "../shell/page";
import { DeleteGroups } from "./delete_groups";
import { policiesOf, principalPage } from "./permissions";

interface Row extends Group {
  /** Undefined for those who may not see it. */
  users?: number;
  defined?: boolean;
}

async function load(): Promise<Row[]> {
  const groups = await all(paginateListGroups({ client: iam() }, {}), (p) => p.Groups);
  return Promise.all(
    groups.map(async (g) => {
      const of = policiesOf({ kind: "group", name: g.GroupName! });
      const [members, attached, inline] = await Promise.all([
        iam().send(new GetGroupCommand({ GroupName: g.GroupName })).catch(() => undefined),
        of.attached().catch(() => undefined),
        of.inline().catch(() => undefined),
      ]);
      return { ...g, users: members?.Users?.length, defined: attached && inline && attached.length + inline.length > 0 };
    }),
  );
}

const defined = (g: Row) => (g.defined === undefined ? "–" : g.defined ? "Defined" : "Not defined");

const columns: Column<Row>[] = [
  {
    id: "name",
    header: "Group name",
    value: (g) => g.GroupName,
    cell: (g) => <Link href={principalPage({ kind: "group", name: g.GroupName! })}>{g.GroupName}</Link>,
    isRowHeader: true,
  },
  { id: "users", header: "Users", value: (g) => g.users, cell: (g) => g.users ?? "–" },
  { id: "permissions", header: "Permissions", value: defined, cell: defined },
  { id: "created", header: "Creation time", value: (g) => g.CreateDate, cell: (g) => <Time at={g.CreateDate} as="ago" /> },
  { id: "path", header: "Path", value: (g) => g.Path, cell: (g) => g.Path, hidden: true },
  { id: "arn", header: "ARN", value: (g) => g.Arn, cell: (g) => g.Arn, hidden: true },
];

export default function Groups() {
  const groups = useAws(["iam", "Groups"], load);
  const [deleting, setDeleting] = useState<string[]>();
  return (
    <Page title="User groups" breadcrumbs={[["IAM", "/console/iam"]]} heading={false}>
      <ResourceTable
        variant="full-page"
        description="A user group is a collection of IAM users. Use groups to specify permissions for a collection of users."
        name="iam.groups"
        nouns={["user group", "user groups"]}
        query={groups}
        id={(g) => g.GroupName!}
        columns={columns}
        selection="multi"
        emptyAction={<Button href="/console/iam/create-group">Create group</Button>}
        actions={(selected) => (
          <Actions>
            <Button disabled={!selected.length} onClick={() => setDeleting(selected.map((g) => g.GroupName!))}>
              Delete
            </Button>
            <Button variant="primary" href="/console/iam/create-group">
              Create group
            </Button>
          </Actions>
        )}
      />
      {deleting && <DeleteGroups names={deleting} onClose={() => setDeleting(undefined)} />}
    </Page>
  );
}
