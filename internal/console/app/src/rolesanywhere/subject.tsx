import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { rolesAnywhere, type SubjectDetail } from "../aws/rolesanywhere";
import { useAws } from "../aws/query";
import { Copy } from "../parts/copy";
import { download } from "../parts/download";
import { Loaded } from "../parts/loaded";
import { ResourceTable, type Column } from "../parts/resource_table";
import { Time } from "../parts/time";
import { Page } from "../shell/page";
import { useParams } from "../shell/params";
import { root } from "./resources";

type Credential = SubjectDetail["credentials"][number];

const resultOf = (c: Credential) => (c.failed ? "Failed" : "Succeeded");

const columns: Column<Credential>[] = [
  { id: "serial", header: "Serial number", value: (c) => c.serialNumber, cell: (c) => <span className="breaks">{c.serialNumber}</span>, isRowHeader: true },
  { id: "issuer", header: "Issuer", value: (c) => c.issuer, cell: (c) => c.issuer },
  {
    id: "result",
    header: "Last request",
    value: resultOf,
    cell: (c) => <StatusIndicator type={c.failed ? "error" : "success"}>{resultOf(c)}</StatusIndicator>,
  },
  { id: "seen", header: "Last seen", value: (c) => c.seenAt, cell: (c) => <Time at={new Date(c.seenAt)} as="ago" /> },
];

export default function SubjectPage() {
  const { subject: id } = useParams<{ subject: string }>();
  const query = useAws(["rolesanywhere", "GetSubject", id], () => rolesAnywhere.subject(id));
  return (
    <Page title={query.data?.x509Subject ?? "Subject"} breadcrumbs={[root, ["Subject activity", "/console/rolesanywhere/subjects"]]}>
      <Loaded query={query}>
        {(subject) => (
          <SpaceBetween size="l">
            <Container header={<Header variant="h2">Subject details</Header>}>
              <KeyValuePairs
                columns={3}
                minColumnWidth={180}
                items={[
                  { label: "Last seen", value: <Time at={new Date(subject.lastSeenAt)} /> },
                  { label: "First seen", value: <Time at={new Date(subject.createdAt)} /> },
                  { label: "ARN", value: <Copy text={subject.subjectArn} /> },
                ]}
              />
            </Container>
            <ResourceTable
              name="rolesanywhere.credentials"
              nouns={["certificate", "certificates"]}
              title="Certificates"
              description="The last five that it came with. To have one count no more, put it into a revocation list of its authority."
              query={{ ...query, data: subject.credentials }}
              id={(c) => c.serialNumber + c.issuer}
              columns={columns}
              sortedBy="seen"
              descending
              selection="single"
              actions={([c]) => (
                <Button disabled={!c} onClick={() => download(`${c!.serialNumber}.pem`, "text/plain", c!.x509CertificateData)}>
                  Download
                </Button>
              )}
            />
          </SpaceBetween>
        )}
      </Loaded>
    </Page>
  );
}
