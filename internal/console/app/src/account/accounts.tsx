import { CloseAccountCommand, DescribeOrganizationCommand, paginateListAccounts, type Account } from "@aws-sdk/client-organizations";
import Alert from "@cloudscape-design/components/alert";
import Button from "@cloudscape-design/components/button";
import Link from "@cloudscape-design/components/link";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { useState } from "react";
import { isDenied } from "../aws/errors";
import { organizations } from "../aws/organizations";
import { all, useAws, useAwsChange } from "../aws/query";
import { Actions } from "../parts/actions";
import { DeleteModal } from "../parts/delete_modal";
import { ResourceTable, type Column } from "../parts/resource_table";
import { Time } from "../parts/time";
import { usePrincipal } from "../session/session";
import { useNotifications } from "../shell/notifications";
import { Page } from "../shell/page";

const columns: Column<Account>[] = [
  { id: "name", header: "Account name", cell: (a) => a.Name, value: (a) => a.Name, isRowHeader: true },
  { id: "id", header: "Account ID", cell: (a) => a.Id, value: (a) => a.Id },
  { id: "email", header: "Email", cell: (a) => a.Email || "–", value: (a) => a.Email },
  {
    id: "state",
    header: "Status",
    cell: (a) => (isOpen(a) ? <StatusIndicator>Active</StatusIndicator> : <StatusIndicator type="stopped">Closed</StatusIndicator>),
    value: (a) => a.State,
  },
  { id: "joined", header: "Created", cell: (a) => <Time at={a.JoinedTimestamp} as="ago" />, value: (a) => a.JoinedTimestamp },
];

const isOpen = (a: Account) => a.State === "ACTIVE";

/** The accounts of the server, as an organization. The management account alone may see and change them. */
export default function Accounts() {
  const principal = usePrincipal();
  const accounts = useAws(["organizations", "ListAccounts"], () =>
    all(paginateListAccounts({ client: organizations() }, {}), (page) => page.Accounts),
  );
  const denied = isDenied(accounts.error);
  const organization = useAws(
    ["organizations", "DescribeOrganization"],
    async () => (await organizations().send(new DescribeOrganizationCommand({}))).Organization!,
    { enabled: denied },
  );
  const [closing, setClosing] = useState<Account>();
  // The root user of another account is denied as everybody else is, though no policy could allow it.
  const management = organization.data?.MasterAccountId;
  if (denied && management && management !== principal.Account) return <OfAnother management={management} own={principal.Account} />;
  return (
    <Page title="AWS accounts" breadcrumbs={[["Account", "/console/account"]]} heading={false}>
      <ResourceTable
        name="accounts"
        nouns={["account", "accounts"]}
        title="AWS accounts"
        description="The accounts of this server. Each has its own users, tables and keys, and sees nothing of the others."
        variant="full-page"
        query={accounts}
        id={(a) => a.Id ?? ""}
        columns={columns}
        selection="single"
        actions={([selected]) => (
          <Actions>
            <Button disabled={!selected || !isOpen(selected)} onClick={() => setClosing(selected)}>
              Close
            </Button>
            <Button variant="primary" href="/console/account/accounts/create">
              Add an AWS account
            </Button>
          </Actions>
        )}
      />
      {closing && <Close account={closing} onClose={() => setClosing(undefined)} />}
    </Page>
  );
}

function OfAnother({ management, own }: { management: string; own: string }) {
  return (
    <Page title="AWS accounts" breadcrumbs={[["Account", "/console/account"]]}>
      <Alert type="info" header="This page is the management account's">
        The accounts of this server are seen and made in account {management}. You are signed in to account {own}, which is
        another: what is yours is under <Link href="/console/account">Account</Link>.
      </Alert>
    </Page>
  );
}

function Close({ account, onClose }: { account: Account; onClose: () => void }) {
  const { notify } = useNotifications();
  const close = useAwsChange(async () => {
    await organizations().send(new CloseAccountCommand({ AccountId: account.Id }));
    notify({ type: "success", header: `The account ${account.Name} is closed.` });
  }, [["organizations"]]);
  return (
    <DeleteModal title={`Close ${account.Name}?`} verb="Close account" typed={account.Id} onDelete={() => close.mutateAsync()} onClose={onClose}>
      Nobody can sign in to it any more, and none of its keys works. Nothing of it is deleted, but it can't be opened again.
    </DeleteModal>
  );
}
