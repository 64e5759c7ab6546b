import {
  DeleteApplicationCommand,
  DescribeApplicationCommand,
  paginateListApplicationAccessScopes,
  paginateListApplicationGrants,
  UpdateApplicationCommand,
  type DescribeApplicationResponse,
} from "@aws-sdk/client-sso-admin";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { all, useAws, useAwsChange } from "../aws/query";
import { ssoAdmin } from "../aws/ssoadmin";
import { Actions } from "../parts/actions";
import { Copy } from "../parts/copy";
import { DeleteModal } from "../parts/delete_modal";
import { Failure } from "../parts/failure";
import { Loaded } from "../parts/loaded";
import { Time } from "../parts/time";
import { navigate } from "../shell/links";
import { useNotifications } from "../shell/notifications";
import { Page } from "../shell/page";
import { useParams } from "../shell/params";
import { ApplicationAssignments } from "./application_assignments";
import { ApplicationStatus } from "./applications";
import { InCenter, root, type Center } from "./center";

export default function ApplicationPage() {
  return <InCenter title="Application">{(center) => <Shown center={center} />}</InCenter>;
}

function Shown({ center }: { center: Center }) {
  const { application: ApplicationArn } = useParams<{ application: string }>();
  const { notify } = useNotifications();
  const application = useAws(["sso", "DescribeApplication", ApplicationArn], () =>
    ssoAdmin().send(new DescribeApplicationCommand({ ApplicationArn })),
  );
  const [deleting, setDeleting] = useState(false);
  const disabled = application.data?.Status === "DISABLED";
  const change = useAwsChange(
    () => ssoAdmin().send(new UpdateApplicationCommand({ ApplicationArn, Status: disabled ? "ENABLED" : "DISABLED" })),
    [["sso"]],
  );
  const remove = useAwsChange(() => ssoAdmin().send(new DeleteApplicationCommand({ ApplicationArn })), [["sso", "ListApplications"]]);
  const name = application.data?.Name ?? "Application";
  return (
    <Page
      title={name}
      breadcrumbs={[root, ["Applications", "/console/singlesignon/applications"]]}
      actions={
        <Actions>
          <Button disabled={!application.data} loading={change.isPending} onClick={() => change.mutate()}>
            {disabled ? "Enable" : "Disable"}
          </Button>
          <Button disabled={!application.data} onClick={() => setDeleting(true)}>
            Delete
          </Button>
        </Actions>
      }
    >
      <SpaceBetween size="l">
        {change.error && <Failure error={change.error} />}
        <Loaded query={application}>{(application) => <Details center={center} application={application} />}</Loaded>
      </SpaceBetween>
      {deleting && (
        <DeleteModal
          title={`Delete application ${name}?`}
          typed={name}
          onClose={() => setDeleting(false)}
          onDelete={async () => {
            await remove.mutateAsync();
            notify({ type: "success", header: `Application ${name} deleted.` });
            navigate("/console/singlesignon/applications");
          }}
        >
          It gets no tokens of people any more, and those that it has stop working. This can&apos;t be undone.
        </DeleteModal>
      )}
    </Page>
  );
}

function Details({ center, application }: { center: Center; application: DescribeApplicationResponse }) {
  const ApplicationArn = application.ApplicationArn!;
  const grants = useAws(["sso", "ListApplicationGrants", ApplicationArn], () =>
    all(paginateListApplicationGrants({ client: ssoAdmin() }, { ApplicationArn }), (p) => p.Grants),
  );
  const scopes = useAws(["sso", "ListApplicationAccessScopes", ApplicationArn], () =>
    all(paginateListApplicationAccessScopes({ client: ssoAdmin() }, { ApplicationArn }), (p) => p.Scopes),
  );
  return (
    <SpaceBetween size="l">
      <Container header={<Header variant="h2">Details</Header>}>
        <KeyValuePairs
          columns={3}
          minColumnWidth={200}
          items={[
            { label: "Description", value: application.Description || "–" },
            { label: "Status", value: <ApplicationStatus status={application.Status} /> },
            { label: "Created", value: <Time at={application.CreatedDate} /> },
            { label: "Application ARN", value: <span className="breaks"><Copy text={ApplicationArn} /></span> },
            { label: "Grants", value: grants.data?.map((g) => g.GrantType?.split(":").pop()).join(", ") || (grants.data ? "None" : "–") },
            { label: "Scopes", value: scopes.data?.map((s) => s.Scope).join(", ") || (scopes.data ? "None" : "–") },
          ]}
        />
      </Container>
      <ApplicationAssignments center={center} application={ApplicationArn} />
    </SpaceBetween>
  );
}
