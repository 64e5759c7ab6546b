import { CreateApplicationCommand, paginateListApplications, type Application } from "@aws-sdk/client-sso-admin";
import Button from "@cloudscape-design/components/button";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import Link from "@cloudscape-design/components/link";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { useState } from "react";
import { all, useAws, useAwsChange } from "../aws/query";
import { ssoAdmin } from "../aws/ssoadmin";
import { FormModal } from "../parts/form_modal";
import { ResourceTable, type Column } from "../parts/resource_table";
import { Time } from "../parts/time";
import { navigate } from "../shell/links";
import { useNotifications } from "../shell/notifications";
import { Page } from "../shell/page";
import { InCenter, root } from "./center";

export default function Applications() {
  return <InCenter title="Applications">{({ arn }) => <List instance={arn} />}</InCenter>;
}

const applicationPage = (arn: string) => `/console/singlesignon/applications/${encodeURIComponent(arn)}`;

export function ApplicationStatus({ status }: { status: string | undefined }) {
  return status === "DISABLED" ? <StatusIndicator type="stopped">Disabled</StatusIndicator> : <StatusIndicator>Enabled</StatusIndicator>;
}

const columns: Column<Application>[] = [
  {
    id: "name",
    header: "Application",
    value: (a) => a.Name,
    cell: (a) => <Link href={applicationPage(a.ApplicationArn!)}>{a.Name}</Link>,
    isRowHeader: true,
    minWidth: 220,
  },
  { id: "description", header: "Description", value: (a) => a.Description, cell: (a) => a.Description || "–" },
  { id: "status", header: "Status", value: (a) => a.Status, cell: (a) => <ApplicationStatus status={a.Status} /> },
  { id: "created", header: "Created", value: (a) => a.CreatedDate, cell: (a) => <Time at={a.CreatedDate} as="ago" /> },
];

function List({ instance }: { instance: string }) {
  const applications = useAws(["sso", "ListApplications"], () =>
    all(paginateListApplications({ client: ssoAdmin() }, { InstanceArn: instance }), (p) => p.Applications),
  );
  const [adding, setAdding] = useState(false);
  const add = (
    <Button variant="primary" onClick={() => setAdding(true)}>
      Add application
    </Button>
  );
  return (
    <Page title="Applications" breadcrumbs={[root]} heading={false}>
      <ResourceTable
        variant="full-page"
        description="Customer managed applications that get tokens of people by OAuth 2.0, in exchange for those of a trusted token issuer or for codes."
        name="sso.applications"
        nouns={["application", "applications"]}
        query={applications}
        id={(a) => a.ApplicationArn!}
        columns={columns}
        emptyAction={add}
        actions={() => add}
      />
      {adding && <Add instance={instance} onClose={() => setAdding(false)} />}
    </Page>
  );
}

function Add({ instance, onClose }: { instance: string; onClose: () => void }) {
  const { notify } = useNotifications();
  const [name, setName] = useState("");
  const [description, setDescription] = useState("");
  const create = useAwsChange(
    () =>
      ssoAdmin().send(
        new CreateApplicationCommand({
          InstanceArn: instance,
          ApplicationProviderArn: "arn:aws:sso::aws:applicationProvider/custom",
          Name: name.trim(),
          Description: description.trim() || undefined,
        }),
      ),
    [["sso"]],
  );
  return (
    <FormModal
      title="Add application"
      verb="Add application"
      ready={name.trim() !== ""}
      onClose={onClose}
      onSubmit={async () => {
        const { ApplicationArn } = await create.mutateAsync();
        notify({ type: "success", header: `Application ${name.trim()} added.` });
        navigate(applicationPage(ApplicationArn!));
      }}
    >
      <FormField label="Application name">
        <Input value={name} autoFocus autoComplete={false} onChange={({ detail }) => setName(detail.value)} />
      </FormField>
      <FormField label="Description - optional">
        <Input value={description} onChange={({ detail }) => setDescription(detail.value)} />
      </FormField>
    </FormModal>
  );
}
