// One backup: what it is of, and what of the table's settings it has.
import { DescribeBackupCommand, type BackupDescription, type BackupDetails } from "@aws-sdk/client-dynamodb";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Table from "@cloudscape-design/components/table";
import { useState } from "react";
import { dynamodb } from "../aws/dynamodb";
import { Actions } from "../parts/actions";
import { bytes } from "../parts/bytes";
import { Loaded } from "../parts/loaded";
import { Time } from "../parts/time";
import { navigate } from "../shell/links";
import { Page } from "../shell/page";
import { useParams } from "../shell/params";
import { ArnRow } from "./arn_row";
import { DeleteBackup } from "./delete_backup";
import { billingNames, count, encryptionText, keyText, projections, restoreBackupHref, ttlText, viewTypes, words } from "./describe";
import { FormSection } from "./form_section";
import { useProgress } from "./load";
import { Status } from "./status";

const list = "/console/dynamodb/backups";

export default function BackupPage() {
  const { backup: arn } = useParams<{ backup: string }>();
  const [deleting, setDeleting] = useState(false);
  const backup = useProgress(
    ["dynamodb", "DescribeBackup", arn],
    async () => (await dynamodb().send(new DescribeBackupCommand({ BackupArn: arn }))).BackupDescription ?? {},
    (b) => b.BackupDetails?.BackupStatus === "CREATING",
  );
  const details = backup.data?.BackupDetails;
  return (
    <Page
      title={details?.BackupName ?? "Backup"}
      breadcrumbs={[
        ["DynamoDB", "/console/dynamodb"],
        ["Backups", list],
      ]}
      actions={
        details && (
          <Actions>
            <Button onClick={() => setDeleting(true)}>Delete</Button>
            <Button variant="primary" disabled={details.BackupStatus !== "AVAILABLE"} href={restoreBackupHref(arn)}>
              Restore
            </Button>
          </Actions>
        )
      }
    >
      <Loaded query={backup}>
        {(b) => (
          <SpaceBetween size="l">
            <General of={b.BackupDetails!} />
            <Source of={b} />
            <Indexes of={b} />
            {deleting && (
              <DeleteBackup
                backup={{ BackupArn: arn, BackupName: details?.BackupName, TableName: b.SourceTableDetails?.TableName }}
                onClose={() => setDeleting(false)}
                onDeleted={() => navigate(list)}
              />
            )}
          </SpaceBetween>
        )}
      </Loaded>
    </Page>
  );
}

function General({ of: b }: { of: BackupDetails }) {
  return (
    <FormSection title="Backup details">
      <KeyValuePairs
        columns={4}
        items={[
          { label: "Status", value: <Status of={b.BackupStatus} /> },
          { label: "Created", value: <Time at={b.BackupCreationDateTime} /> },
          { label: "Size", value: bytes(b.BackupSizeBytes) },
          { label: "Type", value: words(b.BackupType ?? "USER") },
          { label: "Expires", value: b.BackupExpiryDateTime ? <Time at={b.BackupExpiryDateTime} /> : "Never" },
        ]}
      />
      <ArnRow label="Backup ARN" arn={b.BackupArn!} />
    </FormSection>
  );
}

function Source({ of: { SourceTableDetails: t, SourceTableFeatureDetails: features } }: { of: BackupDescription }) {
  const ttl = features?.TimeToLiveDescription;
  const view = features?.StreamDescription?.StreamViewType;
  return (
    <FormSection title="Source table" description="The settings are those that the table had when it was backed up.">
      <KeyValuePairs
        columns={4}
        items={[
          { label: "Table", value: t?.TableName },
          { label: "Partition key", value: t ? keyText(t, "HASH") : "–" },
          { label: "Sort key", value: t ? keyText(t, "RANGE") : "–" },
          { label: "Item count", value: count(t?.ItemCount) },
          { label: "Capacity mode", value: billingNames[t?.BillingMode ?? "PROVISIONED"] },
          { label: "Read capacity units", value: count(t?.ProvisionedThroughput?.ReadCapacityUnits || undefined) },
          { label: "Write capacity units", value: count(t?.ProvisionedThroughput?.WriteCapacityUnits || undefined) },
          { label: "Encryption", value: encryptionText(features ?? {}) },
          { label: "DynamoDB stream", value: view ? viewTypes[view]?.label : "Off" },
          { label: "Time to Live", value: ttl?.TimeToLiveStatus ? ttlText[ttl.TimeToLiveStatus] : "Off" },
          { label: "Table created", value: <Time at={t?.TableCreationDateTime} /> },
          { label: "Table ID", value: t?.TableId },
        ]}
      />
    </FormSection>
  );
}

function Indexes({ of: { SourceTableFeatureDetails: features } }: { of: BackupDescription }) {
  const indexes = [
    ...(features?.GlobalSecondaryIndexes ?? []).map((x) => ({ ...x, type: "Global" })),
    ...(features?.LocalSecondaryIndexes ?? []).map((x) => ({ ...x, type: "Local" })),
  ];
  if (!indexes.length) {
    return <Container header={<Header variant="h2">Secondary indexes</Header>}>The table had no secondary indexes.</Container>;
  }
  return (
    <Table
      header={
        <Header variant="h2" counter={`(${indexes.length})`}>
          Secondary indexes
        </Header>
      }
      ariaLabels={{ tableLabel: "Secondary indexes" }}
      items={indexes}
      columnDefinitions={[
        { id: "name", header: "Name", cell: (x) => x.IndexName, isRowHeader: true },
        { id: "type", header: "Type", cell: (x) => x.type },
        { id: "partition", header: "Partition key", cell: (x) => keyText(x, "HASH") },
        { id: "sort", header: "Sort key", cell: (x) => keyText(x, "RANGE") },
        { id: "projection", header: "Projected attributes", cell: (x) => projections[x.Projection?.ProjectionType ?? "ALL"]?.label },
      ]}
    />
  );
}
