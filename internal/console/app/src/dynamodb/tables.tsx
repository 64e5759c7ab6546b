import {
  DeleteTableCommand,
  DescribeTableCommand,
  paginateListTables,
  type TableDescription,
} from "@aws-sdk/client-dynamodb";
import Button from "@cloudscape-design/components/button";
import Link from "@cloudscape-design/components/link";
import StatusIndicator, { type StatusIndicatorProps } from "@cloudscape-design/components/status-indicator";
import { useState } from "react";
import { dynamodb } from "../aws/dynamodb";
import { all, useAws, useAwsChange } from "../aws/query";
import { bytes } from "../parts/bytes";
import { Actions } from "../parts/actions";
import { DeleteModal } from "../parts/delete_modal";
import { ResourceTable, type Column } from "../parts/resource_table";
import { useNotifications } from "../shell/notifications";
import { Page } from "../shell/page";

/** A table of the list: what DescribeTable says, or just the name where that is not allowed. */
type Row = TableDescription & { TableName: string };

const statuses: Record<string, StatusIndicatorProps.Type> = { ACTIVE: "success", DELETING: "stopped" };

const columns: Column<Row>[] = [
  {
    id: "name",
    header: "Name",
    value: (t) => t.TableName,
    cell: (t) => <Link href={`/console/dynamodb/tables/${encodeURIComponent(t.TableName)}`}>{t.TableName}</Link>,
    isRowHeader: true,
  },
  {
    id: "status",
    header: "Status",
    value: (t) => t.TableStatus,
    cell: (t) =>
      t.TableStatus ? (
        <StatusIndicator type={statuses[t.TableStatus] ?? "in-progress"}>{sentence(t.TableStatus)}</StatusIndicator>
      ) : (
        "–"
      ),
  },
  { id: "partition-key", header: "Partition key", value: (t) => key(t, "HASH"), cell: (t) => key(t, "HASH") },
  { id: "sort-key", header: "Sort key", value: (t) => key(t, "RANGE"), cell: (t) => key(t, "RANGE") },
  {
    id: "indexes",
    header: "Indexes",
    value: (t) => indexes(t),
    cell: (t) => indexes(t),
  },
  {
    id: "protection",
    header: "Deletion protection",
    value: (t) => protection(t),
    cell: (t) => protection(t),
  },
  { id: "size", header: "Size", value: (t) => t.TableSizeBytes, cell: (t) => bytes(t.TableSizeBytes) },
  { id: "items", header: "Items", value: (t) => t.ItemCount, cell: (t) => t.ItemCount?.toLocaleString("en"), hidden: true },
];

export default function Tables() {
  const tables = useAws(["dynamodb", "Tables"], loadTables);
  const [deleting, setDeleting] = useState<string[]>();
  return (
    <Page title="Tables" breadcrumbs={[["DynamoDB", "/console/dynamodb"]]} heading={false}>
      <ResourceTable
        variant="full-page"
        name="dynamodb.tables"
        nouns={["table", "tables"]}
        query={tables}
        id={(t) => t.TableName}
        columns={columns}
        selection="multi"
        emptyAction={<Button href="/console/dynamodb/tables/create">Create table</Button>}
        actions={(selected) => (
          <Actions>
            <Button disabled={!selected.length} onClick={() => setDeleting(selected.map((t) => t.TableName))}>
              Delete
            </Button>
            <Button variant="primary" href="/console/dynamodb/tables/create">
              Create table
            </Button>
          </Actions>
        )}
      />
      {deleting && <DeleteTables names={deleting} onClose={() => setDeleting(undefined)} />}
    </Page>
  );
}

async function loadTables(): Promise<Row[]> {
  const names = await all(paginateListTables({ client: dynamodb() }, {}), (page) => page.TableNames);
  const described = await Promise.allSettled(
    names.map((TableName) => dynamodb().send(new DescribeTableCommand({ TableName }))),
  );
  return described.map((d, i) => ({ ...(d.status === "fulfilled" ? d.value.Table : {}), TableName: names[i]! }));
}

function DeleteTables({ names, onClose }: { names: string[]; onClose: () => void }) {
  const { notify } = useNotifications();
  const remove = useAwsChange(
    (TableName: string) => dynamodb().send(new DeleteTableCommand({ TableName })),
    [["dynamodb"]],
  );
  const what = names.length === 1 ? names[0]! : `${names.length} tables`;
  return (
    <DeleteModal
      title={`Delete ${what}?`}
      typed="confirm"
      onClose={onClose}
      onDelete={async () => {
        for (const name of names) await remove.mutateAsync(name);
        notify({ type: "success", header: `The request to delete ${what} was submitted.` });
      }}
    >
      {names.join(", ")}: all items are deleted permanently. This can&apos;t be undone.
    </DeleteModal>
  );
}

const key = (t: Row, type: "HASH" | "RANGE") => {
  const name = t.KeySchema?.find((k) => k.KeyType === type)?.AttributeName;
  const kind = t.AttributeDefinitions?.find((a) => a.AttributeName === name)?.AttributeType;
  return name ? `${name} (${kind})` : "–";
};

const indexes = (t: Row) => (t.GlobalSecondaryIndexes?.length ?? 0) + (t.LocalSecondaryIndexes?.length ?? 0);
const protection = (t: Row) => (t.DeletionProtectionEnabled ? "On" : "Off");
const sentence = (status: string) => status[0] + status.slice(1).toLowerCase();
