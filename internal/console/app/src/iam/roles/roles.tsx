import { paginateListRoles, type Role } from "@aws-sdk/client-iam";
import Button from "@cloudscape-design/components/button";
import Link from "@cloudscape-design/components/link";
import { useState } from "react";
import { iam } from "../../aws/iam";
import { all, useAws } from "../../aws/query";
import { Actions } from "../../parts/actions";
import { ResourceTable, type Column } from "../../parts/resource_table";
import { Time } from "../../parts/time";
import { Page } from "../../shell/page";
import { principalPage } from "../permissions";
import { DeleteRole } from "./delete_role";
import { trusted } from "./trust";

const trustedBy = (r: Role) => trusted(decodeURIComponent(r.AssumeRolePolicyDocument ?? "")).join(", ") || "–";

const columns: Column<Role>[] = [
  {
    id: "name",
    header: "Role name",
    value: (r) => r.RoleName,
    cell: (r) => <Link href={principalPage({ kind: "role", name: r.RoleName! })}>{r.RoleName}</Link>,
    isRowHeader: true,
  },
  { id: "trusted", header: "Trusted entities", value: trustedBy, cell: trustedBy },
  { id: "created", header: "Creation time", value: (r) => r.CreateDate, cell: (r) => <Time at={r.CreateDate} as="ago" /> },
  { id: "description", header: "Description", value: (r) => r.Description, cell: (r) => r.Description || "–" },
  { id: "path", header: "Path", value: (r) => r.Path, cell: (r) => r.Path, hidden: true },
  { id: "arn", header: "ARN", value: (r) => r.Arn, cell: (r) => r.Arn, hidden: true },
];

export default function Roles() {
  const roles = useAws(["iam", "ListRoles"], () => all(paginateListRoles({ client: iam() }, {}), (p) => p.Roles));
  const [deleting, setDeleting] = useState<string>();
  return (
    <Page title="Roles" breadcrumbs={[["IAM", "/console/iam"]]} heading={false}>
      <ResourceTable
        variant="full-page"
        description="An IAM role is an identity with permissions and short-term credentials, which those whom it trusts can assume."
        name="iam.roles"
        nouns={["role", "roles"]}
        query={roles}
        id={(r) => r.RoleName!}
        columns={columns}
        selection="single"
        emptyAction={<Button href="/console/iam/create-role">Create role</Button>}
        actions={([role]) => (
          <Actions>
            <Button disabled={!role} onClick={() => setDeleting(role!.RoleName)}>
              Delete
            </Button>
            <Button variant="primary" href="/console/iam/create-role">
              Create role
            </Button>
          </Actions>
        )}
      />
      {deleting && <DeleteRole name={deleting} onClose={() => setDeleting(undefined)} />}
    </Page>
  );
}
