import type { RestoreSummary } from "@aws-sdk/client-dynamodb";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import ExpandableSection from "@cloudscape-design/components/expandable-section";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import Link from "@cloudscape-design/components/link";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { bytes } from "../parts/bytes";
import { Time } from "../parts/time";
import { ArnRow } from "./arn_row";
import { backupHref, capacityMode, count, encryptionText, isOnDemand, keyText, onOff, tableClass, tableHref, viewTypes, type TabProps } from "./describe";
import { FormSection } from "./form_section";
import { useTable } from "./load";
import { Status } from "./status";

export function Overview({ table }: TabProps) {
  const again = useTable(table.TableName!);
  const [read, write] = capacity(table);
  return (
    <SpaceBetween size="l">
      {table.RestoreSummary && <Restored summary={table.RestoreSummary} />}
      <Container header={<Header variant="h2">General information</Header>}>
        <SpaceBetween size="m">
          <KeyValuePairs
            columns={4}
            items={[
              { label: "Partition key", value: keyText(table, "HASH", table.AttributeDefinitions) },
              { label: "Sort key", value: keyText(table, "RANGE", table.AttributeDefinitions) },
              { label: "Capacity mode", value: capacityMode(table) },
              { label: "Table status", value: <Status of={table.TableStatus} /> },
              { label: "Alarms", value: "No alarms on this server" },
              { label: "Deletion protection", value: onOff(table.DeletionProtectionEnabled) },
              {
                label: "DynamoDB stream",
                value: table.StreamSpecification?.StreamViewType
                  ? `On (${viewTypes[table.StreamSpecification.StreamViewType]?.label.toLowerCase()})`
                  : "Off",
              },
              { label: "Resource-based policy", value: <Link href={tableHref(table.TableName!, "?tab=permissions")}>Permissions</Link> },
            ]}
          />
          <ExpandableSection headerText="Additional info">
            <KeyValuePairs
              columns={4}
              items={[
                { label: "Table class", value: tableClass(table) },
                { label: "Indexes", value: `${count(table.GlobalSecondaryIndexes?.length ?? 0)} global, ${count(table.LocalSecondaryIndexes?.length ?? 0)} local` },
                { label: "Encryption", value: encryptionText(table) },
                { label: "Date created", value: <Time at={table.CreationDateTime} /> },
                { label: "Table ID", value: table.TableId },
              ]}
            />
            <ArnRow label="Amazon Resource Name (ARN)" arn={table.TableArn!} />
          </ExpandableSection>
        </SpaceBetween>
      </Container>
      <Container
        header={
          <Header
            variant="h2"
            description="The figures are those of the last count, which follows changes after some moments."
            actions={
              <Button iconName="refresh" ariaLabel="Refresh the items summary" loading={again.isFetching} onClick={() => again.refetch()} />
            }
          >
            Items summary
          </Header>
        }
      >
        <KeyValuePairs
          columns={3}
          items={[
            { label: "Item count", value: count(table.ItemCount) },
            { label: "Table size", value: bytes(table.TableSizeBytes) },
            {
              label: "Average item size",
              value: table.ItemCount ? bytes((table.TableSizeBytes ?? 0) / table.ItemCount) : bytes(0),
            },
          ]}
        />
      </Container>
      <Container
        header={
          <Header variant="h2" actions={<Button href={tableHref(table.TableName!, "/capacity")}>Edit</Button>}>
            Read/write capacity
          </Header>
        }
      >
        <KeyValuePairs
          columns={4}
          items={[
            { label: isOnDemand(table) ? "Maximum read units" : "Provisioned read capacity units", value: read },
            { label: isOnDemand(table) ? "Maximum write units" : "Provisioned write capacity units", value: write },
            { label: "Warm read units per second", value: count(table.WarmThroughput?.ReadUnitsPerSecond) },
            { label: "Warm write units per second", value: count(table.WarmThroughput?.WriteUnitsPerSecond) },
          ]}
        />
        <Box margin={{ top: "m" }}>
          <Link href={tableHref(table.TableName!, "?tab=monitor")}>See what is consumed in Monitor</Link>
        </Box>
      </Container>
    </SpaceBetween>
  );
}

/** What the table was restored from. */
function Restored({ summary: s }: { summary: RestoreSummary }) {
  const source = s.SourceTableArn?.split("/").at(-1);
  return (
    <FormSection title="Restore">
      <KeyValuePairs
        columns={4}
        items={[
          {
            label: "Restore status",
            value: <Status of={s.RestoreInProgress ? "RESTORING" : "COMPLETED"} />,
          },
          { label: "Source table", value: source ? <Link href={tableHref(source)}>{source}</Link> : "–" },
          { label: "Source backup", value: s.SourceBackupArn ? <Link href={backupHref(s.SourceBackupArn)}>Backup</Link> : "–" },
          { label: "Restored to the state of", value: <Time at={s.RestoreDateTime} /> },
        ]}
      />
    </FormSection>
  );
}

function capacity(t: TabProps["table"]): [read: string, write: string] {
  if (!isOnDemand(t)) return [count(t.ProvisionedThroughput?.ReadCapacityUnits), count(t.ProvisionedThroughput?.WriteCapacityUnits)];
  const { MaxReadRequestUnits: read, MaxWriteRequestUnits: write } = t.OnDemandThroughput ?? {};
  return [read ? count(read) : "No maximum", write ? count(write) : "No maximum"];
}
