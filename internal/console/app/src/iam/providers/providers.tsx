import Button from "@cloudscape-design/components/button";
import Link from "@cloudscape-design/components/link";
import { useState } from "react";
import { Actions } from "../../parts/actions";
import { ResourceTable, type Column } from "../../parts/resource_table";
import { Time } from "../../parts/time";
import { Page } from "../../shell/page";
import { DeleteProvider } from "./delete_provider";
import { providerPage, useProviders, type Provider } from "./list";

const columns: Column<Provider>[] = [
  {
    id: "name",
    header: "Provider",
    value: (p) => p.name,
    cell: (p) => <Link href={providerPage(p.arn)}>{p.name}</Link>,
    isRowHeader: true,
  },
  { id: "type", header: "Type", value: (p) => p.type, cell: (p) => p.type },
  { id: "created", header: "Creation time", value: (p) => p.created, cell: (p) => <Time at={p.created} as="ago" /> },
];

export default function Providers() {
  const providers = useProviders();
  const [deleting, setDeleting] = useState<string>();
  return (
    <Page title="Identity providers" breadcrumbs={[["IAM", "/console/iam"]]} heading={false}>
      <ResourceTable
        variant="full-page"
        description="Use an identity provider (IdP) to manage your user identities outside of AWS, but grant the user identities permissions to use AWS resources in your account."
        name="iam.providers"
        nouns={["identity provider", "identity providers"]}
        query={providers}
        id={(p) => p.arn}
        columns={columns}
        selection="single"
        emptyAction={<Button href="/console/iam/providers/create">Add provider</Button>}
        actions={([provider]) => (
          <Actions>
            <Button disabled={!provider} onClick={() => setDeleting(provider!.arn)}>
              Delete
            </Button>
            <Button variant="primary" href="/console/iam/providers/create">
              Add provider
            </Button>
          </Actions>
        )}
      />
      {deleting && <DeleteProvider arn={deleting} onClose={() => setDeleting(undefined)} />}
    </Page>
  );
}
