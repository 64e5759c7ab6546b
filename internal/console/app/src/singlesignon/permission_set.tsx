import { UpdatePermissionSetCommand, paginateListAccountsForProvisionedPermissionSet, type PermissionSet } from "@aws-sdk/client-sso-admin";
import Alert from "@cloudscape-design/components/alert";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import Link from "@cloudscape-design/components/link";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { all, useAws, useAwsChange } from "../aws/query";
import { ssoAdmin } from "../aws/ssoadmin";
import { Actions } from "../parts/actions";
import { Copy } from "../parts/copy";
import { Failure } from "../parts/failure";
import { FormModal } from "../parts/form_modal";
import { Loaded } from "../parts/loaded";
import { ResourceTable } from "../parts/resource_table";
import { SectionTabs } from "../parts/section_tabs";
import { Time } from "../parts/time";
import { navigate } from "../shell/links";
import { useNotifications } from "../shell/notifications";
import { Page } from "../shell/page";
import { useParams } from "../shell/params";
import { InCenter, root } from "./center";
import { durationOf, lengthOf } from "./durations";
import { DeletePermissionSet } from "./permission_sets";
import { accountPage, provision, useAccounts, usePermissionSet } from "./permissions";
import { SetFields } from "./set_fields";
import { SetPolicies } from "./set_policies";

export default function PermissionSetPage() {
  return <InCenter title="Permission set">{({ arn }) => <Shown instance={arn} />}</InCenter>;
}

function Shown({ instance }: { instance: string }) {
  const { set: arn } = useParams<{ set: string }>();
  const { notify } = useNotifications();
  const set = usePermissionSet(instance, arn);
  const [open, setOpen] = useState<"edit" | "delete">();
  // What was changed and is not yet in the accounts' roles.
  const [changed, setChanged] = useState(false);
  const accounts = useAws(["sso", "ListAccountsForProvisionedPermissionSet", arn], () =>
    all(paginateListAccountsForProvisionedPermissionSet({ client: ssoAdmin() }, { InstanceArn: instance, PermissionSetArn: arn }), (p) => p.AccountIds),
  );
  const push = useAwsChange(async () => {
    await provision(instance, arn);
    setChanged(false);
    notify({ type: "success", header: "The roles in all accounts are as the permission set is." });
  }, [["sso"]]);
  const close = () => setOpen(undefined);
  return (
    <Page
      title={set.data?.Name ?? "Permission set"}
      breadcrumbs={[root, ["Permission sets", "/console/singlesignon/permission-sets"]]}
      actions={
        <Actions>
          <Button disabled={!set.data} onClick={() => setOpen("edit")}>
            Edit
          </Button>
          <Button disabled={!set.data} onClick={() => setOpen("delete")}>
            Delete
          </Button>
        </Actions>
      }
    >
      <SpaceBetween size="l">
        {changed && accounts.data && accounts.data.length > 0 && (
          <Alert
            type="warning"
            header="The roles in accounts are as the permission set was before"
            action={
              <Button loading={push.isPending} onClick={() => push.mutate()}>
                Update accounts
              </Button>
            }
          >
            What was changed takes effect when the accounts are updated.
          </Alert>
        )}
        {push.error && <Failure error={push.error} />}
        <Loaded query={set}>
          {(set) => (
            <SpaceBetween size="l">
              <Summary set={set} />
              <SectionTabs
                label={`Permission set ${set.Name}`}
                tabs={[
                  { id: "permissions", label: "Permissions", content: <SetPolicies of={{ InstanceArn: instance, PermissionSetArn: arn }} onChanged={() => setChanged(true)} /> },
                  {
                    id: "accounts",
                    label: "AWS accounts",
                    content: <ProvisionedAccounts accounts={accounts} busy={push.isPending} onUpdate={() => push.mutate()} />,
                  },
                ]}
              />
            </SpaceBetween>
          )}
        </Loaded>
      </SpaceBetween>
      {set.data && open === "edit" && <Edit instance={instance} set={set.data} onChanged={() => setChanged(true)} onClose={close} />}
      {set.data && open === "delete" && (
        <DeletePermissionSet instance={instance} set={set.data} onDeleted={() => navigate("/console/singlesignon/permission-sets")} onClose={close} />
      )}
    </Page>
  );
}

function Summary({ set }: { set: PermissionSet }) {
  return (
    <Container header={<Header variant="h2">General settings</Header>}>
      <KeyValuePairs
        columns={3}
        minColumnWidth={180}
        items={[
          { label: "Description", value: set.Description || "–" },
          { label: "Session duration", value: lengthOf(set.SessionDuration) },
          { label: "Relay state", value: set.RelayState || "–" },
          { label: "Created", value: <Time at={set.CreatedDate} /> },
          { label: "ARN", value: <span className="breaks"><Copy text={set.PermissionSetArn!} /></span> },
        ]}
      />
    </Container>
  );
}

interface ProvisionedAccountsProps {
  accounts: ReturnType<typeof useAws<string[]>>;
  busy: boolean;
  onUpdate: () => void;
}

function ProvisionedAccounts({ accounts, busy, onUpdate }: ProvisionedAccountsProps) {
  const known = useAccounts();
  const name = (id: string) => known.data?.find((a) => a.Id === id)?.Name ?? id;
  return (
    <ResourceTable
      name="sso.set-accounts"
      nouns={["account", "accounts"]}
      description="Those in which the permission set is assigned: each has a role of it."
      query={accounts}
      id={(id) => id}
      columns={[
        { id: "name", header: "Account name", value: name, cell: (id) => <Link href={accountPage(id)}>{name(id)}</Link>, isRowHeader: true },
        { id: "id", header: "Account ID", value: (id) => id, cell: (id) => id },
      ]}
      actions={() => (
        <Button loading={busy} disabled={!accounts.data?.length} onClick={onUpdate}>
          Update accounts
        </Button>
      )}
    />
  );
}

interface EditProps {
  instance: string;
  set: PermissionSet;
  onChanged: () => void;
  onClose: () => void;
}

function Edit({ instance, set, onChanged, onClose }: EditProps) {
  const { notify } = useNotifications();
  const [value, setValue] = useState({
    description: set.Description ?? "",
    hours: Number(/^PT(\d+)H$/.exec(set.SessionDuration ?? "")?.[1] ?? 1),
    relayState: set.RelayState ?? "",
  });
  const update = useAwsChange(
    () =>
      ssoAdmin().send(
        new UpdatePermissionSetCommand({
          InstanceArn: instance,
          PermissionSetArn: set.PermissionSetArn,
          Description: value.description.trim() || undefined,
          SessionDuration: durationOf(value.hours),
          RelayState: value.relayState.trim() || undefined,
        }),
      ),
    [["sso"]],
  );
  return (
    <FormModal
      title={`Edit ${set.Name}`}
      verb="Save changes"
      onClose={onClose}
      onSubmit={async () => {
        await update.mutateAsync();
        onChanged();
        notify({ type: "success", header: `Permission set ${set.Name} is changed.` });
      }}
    >
      <SetFields value={value} onChange={setValue} />
    </FormModal>
  );
}
