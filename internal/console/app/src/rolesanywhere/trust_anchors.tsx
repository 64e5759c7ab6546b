import Button from "@cloudscape-design/components/button";
import Link from "@cloudscape-design/components/link";
import { rolesAnywhere, type TrustAnchor } from "../aws/rolesanywhere";
import { useAws } from "../aws/query";
import { Actions } from "../parts/actions";
import { ResourceTable, type Column } from "../parts/resource_table";
import { Time } from "../parts/time";
import { Page } from "../shell/page";
import { anchorPage, anchors, Manage, root, Status, statusOf } from "./resources";

const columns: Column<TrustAnchor>[] = [
  {
    id: "name",
    header: "Trust anchor name",
    value: (a) => a.name,
    cell: (a) => <Link href={anchorPage(a.trustAnchorId)}>{a.name}</Link>,
    isRowHeader: true,
  },
  { id: "status", header: "Status", value: statusOf, cell: (a) => <Status of={a} /> },
  { id: "source", header: "Source", cell: () => "External certificate bundle" },
  { id: "created", header: "Created", value: (a) => a.createdAt, cell: (a) => <Time at={new Date(a.createdAt)} as="ago" /> },
  { id: "id", header: "ID", value: (a) => a.trustAnchorId, cell: (a) => a.trustAnchorId, hidden: true },
];

const create = "/console/rolesanywhere/trust-anchors/create";

export default function TrustAnchors() {
  const query = useAws(["rolesanywhere", "ListTrustAnchors"], rolesAnywhere.trustAnchors);
  return (
    <Page title="Trust anchors" breadcrumbs={[root]} heading={false}>
      <ResourceTable
        variant="full-page"
        description="A trust anchor is a certificate authority of yours. Machines with certificates of it get sessions of the roles in profiles, without access keys."
        name="rolesanywhere.anchors"
        nouns={["trust anchor", "trust anchors"]}
        query={query}
        id={(a) => a.trustAnchorId}
        columns={columns}
        selection="single"
        emptyAction={<Button href={create}>Create a trust anchor</Button>}
        actions={([anchor]) => (
          <Actions>
            <Manage kind={anchors} of={anchor && { ...anchor, id: anchor.trustAnchorId }} />
            <Button variant="primary" href={create}>
              Create a trust anchor
            </Button>
          </Actions>
        )}
      />
    </Page>
  );
}
