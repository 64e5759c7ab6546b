import {
  GenerateServiceLastAccessedDetailsCommand,
  GetServiceLastAccessedDetailsCommand,
  type ServiceLastAccessed,
  type TrackedActionLastAccessed,
} from "@aws-sdk/client-iam";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Modal from "@cloudscape-design/components/modal";
import { useState } from "react";
import { iam } from "../aws/iam";
import { useAws } from "../aws/query";
import { ResourceTable } from "../parts/resource_table";
import { Time } from "../parts/time";

/** What the policies of a user, group or role (or a policy) allow, and when it was last used; of is an ARN. */
async function load(of: string): Promise<ServiceLastAccessed[]> {
  const { JobId } = await iam().send(new GenerateServiceLastAccessedDetailsCommand({ Arn: of, Granularity: "ACTION_LEVEL" }));
  const services: ServiceLastAccessed[] = [];
  for (let Marker: string | undefined; ; ) {
    const page = await iam().send(new GetServiceLastAccessedDetailsCommand({ JobId, Marker }));
    if (page.JobStatus === "FAILED") throw new Error(page.Error?.Message ?? "The report could not be made.");
    if (page.JobStatus === "IN_PROGRESS") {
      await new Promise((done) => setTimeout(done, 500));
      continue;
    }
    services.push(...(page.ServicesLastAccessed ?? []));
    if (!page.IsTruncated) return services;
    Marker = page.Marker;
  }
}

export function LastAccessed({ of }: { of: string }) {
  const services = useAws(["iam", "LastAccessed", of], () => load(of));
  const [shown, setShown] = useState<ServiceLastAccessed>();
  return (
    <>
      <ResourceTable
        name="iam.last-accessed"
        nouns={["service", "services"]}
        title="Allowed services"
        description="Last accessed information shows the services that the policies grant access to, and when those services were last accessed. Use it to find permissions that nobody needs."
        query={services}
        id={(s) => s.ServiceNamespace!}
        columns={[
          { id: "service", header: "Service", value: (s) => s.ServiceName, cell: (s) => s.ServiceName, isRowHeader: true },
          {
            id: "accessed",
            header: "Last accessed",
            value: (s) => s.LastAuthenticated,
            cell: (s) => (s.LastAuthenticated ? <Time at={s.LastAuthenticated} as="ago" /> : "Not accessed in the tracking period"),
          },
          {
            id: "by",
            header: "Accessed by",
            value: (s) => s.LastAuthenticatedEntity,
            cell: (s) => s.LastAuthenticatedEntity ?? "–",
            hidden: true,
          },
          {
            id: "region",
            header: "Region",
            value: (s) => s.LastAuthenticatedRegion,
            cell: (s) => s.LastAuthenticatedRegion ?? "–",
          },
          {
            id: "actions",
            header: "Actions",
            cell: (s) =>
              s.TrackedActionsLastAccessed?.length ? (
                <Button variant="inline-link" ariaLabel={`View actions of ${s.ServiceName}`} onClick={() => setShown(s)}>
                  View actions
                </Button>
              ) : (
                "–"
              ),
          },
        ]}
      />
      {shown && (
        <Modal
          visible
          size="large"
          header={shown.ServiceName}
          closeAriaLabel="Close"
          onDismiss={() => setShown(undefined)}
          footer={
            <Box float="right">
              <Button onClick={() => setShown(undefined)}>Close</Button>
            </Box>
          }
        >
          <TrackedActions actions={shown.TrackedActionsLastAccessed ?? []} />
        </Modal>
      )}
    </>
  );
}

function TrackedActions({ actions }: { actions: TrackedActionLastAccessed[] }) {
  return (
    <ResourceTable
      name="iam.tracked-actions"
      nouns={["action", "actions"]}
      title="Allowed management actions"
      query={{ data: actions, error: null, isPending: false, isFetching: false, refetch: () => {} }}
      id={(a) => a.ActionName!}
      columns={[
        { id: "name", header: "Action", value: (a) => a.ActionName, cell: (a) => a.ActionName, isRowHeader: true },
        {
          id: "accessed",
          header: "Last accessed",
          value: (a) => a.LastAccessedTime,
          cell: (a) => (a.LastAccessedTime ? <Time at={a.LastAccessedTime} as="ago" /> : "Not accessed in the tracking period"),
        },
        {
          id: "region",
          header: "Region",
          value: (a) => a.LastAccessedRegion,
          cell: (a) => a.LastAccessedRegion ?? "–",
        },
      ]}
    />
  );
}
