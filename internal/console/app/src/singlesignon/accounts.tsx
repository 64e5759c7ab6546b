import type { Account } from "@aws-sdk/client-organizations";
import Button from "@cloudscape-design/components/button";
import Link from "@cloudscape-design/components/link";
import { useState } from "react";
import { ResourceTable, type Column } from "../parts/resource_table";
import { navigate } from "../shell/links";
import { Page } from "../shell/page";
import { InCenter, root } from "./center";
import { accountPage, useAccounts } from "./permissions";

export default function Accounts() {
  return <InCenter title="AWS accounts">{() => <List />}</InCenter>;
}

const columns: Column<Account>[] = [
  {
    id: "name",
    header: "Account name",
    value: (a) => a.Name,
    cell: (a) => <Link href={accountPage(a.Id!)}>{a.Name || a.Id}</Link>,
    isRowHeader: true,
    minWidth: 220,
  },
  { id: "id", header: "Account ID", value: (a) => a.Id, cell: (a) => a.Id },
  { id: "email", header: "Email", value: (a) => a.Email, cell: (a) => a.Email || "–" },
];

function List() {
  const accounts = useAccounts();
  const [selected, setSelected] = useState<string[]>([]);
  return (
    <Page title="AWS accounts" breadcrumbs={[root]} heading={false}>
      <ResourceTable
        variant="full-page"
        description="The accounts of this server's organization. Choose those to give users or groups access to."
        name="sso.accounts"
        nouns={["account", "accounts"]}
        title="AWS accounts"
        query={accounts}
        id={(a) => a.Id!}
        columns={columns}
        selection="multi"
        selected={selected}
        onSelect={setSelected}
        actions={() => (
          <Button
            variant="primary"
            disabled={!selected.length}
            onClick={() => navigate(`/console/singlesignon/accounts/assign?${new URLSearchParams({ accounts: selected.join(",") })}`)}
          >
            Assign users or groups
          </Button>
        )}
      />
    </Page>
  );
}
