import type { GlobalSecondaryIndexDescription, LocalSecondaryIndexDescription } from "@aws-sdk/client-dynamodb";
import Button from "@cloudscape-design/components/button";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { Actions } from "../parts/actions";
import { bytes } from "../parts/bytes";
import { DeleteModal } from "../parts/delete_modal";
import { ResourceTable, type Column } from "../parts/resource_table";
import { useNotifications } from "../shell/notifications";
import { count, isOnDemand, keyText, projections, tableHref, type TabProps } from "./describe";
import { useTable, useUpdateTable } from "./load";
import { Status } from "./status";

type Index = LocalSecondaryIndexDescription & GlobalSecondaryIndexDescription;

export function Indexes({ table }: TabProps) {
  const name = table.TableName!;
  const query = useTable(name);
  const [deleting, setDeleting] = useState<string>();
  const columns = (global: boolean): Column<Index>[] => [
    { id: "name", header: "Name", value: (x) => x.IndexName, cell: (x) => x.IndexName, isRowHeader: true, minWidth: 190 },
    ...(global ? [{ id: "status", header: "Status", value: status, cell: (x: Index) => <Status of={status(x)} /> }] : []),
    key("partition", "Partition key", "HASH", table),
    key("sort", "Sort key", "RANGE", table),
    ...(global
      ? [units("read", "Read capacity", read, table), units("write", "Write capacity", write, table)]
      : []),
    { id: "projection", header: "Projected attributes", value: projection, cell: projection, minWidth: 190 },
    { id: "size", header: "Size", value: (x) => x.IndexSizeBytes, cell: (x) => bytes(x.IndexSizeBytes) },
    { id: "items", header: "Item count", value: (x) => x.ItemCount, cell: (x) => count(x.ItemCount) },
  ];
  return (
    <SpaceBetween size="l">
      <ResourceTable<Index>
        title="Global secondary indexes"
        description="An index with a partition key and a sort key that can differ from those of the table."
        name="dynamodb.global-indexes"
        nouns={["global secondary index", "global secondary indexes"]}
        query={{ ...query, data: table.GlobalSecondaryIndexes ?? [] }}
        id={(x) => x.IndexName!}
        columns={columns(true)}
        selection="single"
        emptyAction={<Button href={tableHref(name, "/indexes/create")}>Create index</Button>}
        actions={([index]) => (
          <Actions>
            <Button disabled={!index} onClick={() => setDeleting(index!.IndexName)}>
              Delete
            </Button>
            <Button disabled={!index} href={tableHref(name, "/capacity")}>
              Edit capacity
            </Button>
            <Button variant="primary" href={tableHref(name, "/indexes/create")}>
              Create index
            </Button>
          </Actions>
        )}
      />
      <ResourceTable<Index>
        title="Local secondary indexes"
        description="An index with the partition key of the table and another sort key. It is created along with the table."
        name="dynamodb.local-indexes"
        nouns={["local secondary index", "local secondary indexes"]}
        query={{ ...query, data: table.LocalSecondaryIndexes ?? [] }}
        id={(x) => x.IndexName!}
        columns={columns(false)}
      />
      {deleting && <DeleteIndex table={name} index={deleting} onClose={() => setDeleting(undefined)} />}
    </SpaceBetween>
  );
}

function DeleteIndex({ table, index, onClose }: { table: string; index: string; onClose: () => void }) {
  const { notify } = useNotifications();
  const update = useUpdateTable(table);
  return (
    <DeleteModal
      title={`Delete ${index}?`}
      typed="confirm"
      onClose={onClose}
      onDelete={async () => {
        await update.mutateAsync({ GlobalSecondaryIndexUpdates: [{ Delete: { IndexName: index } }] });
        notify({ type: "success", header: `The request to delete the index ${index} was submitted.` });
      }}
    >
      Queries of the index <b>{index}</b> fail from then on. The items of the table stay as they are.
    </DeleteModal>
  );
}

const status = (x: Index) => x.IndexStatus;
const read = (x: Index) => [x.ProvisionedThroughput?.ReadCapacityUnits, x.OnDemandThroughput?.MaxReadRequestUnits] as const;
const write = (x: Index) => [x.ProvisionedThroughput?.WriteCapacityUnits, x.OnDemandThroughput?.MaxWriteRequestUnits] as const;

function key(id: string, header: string, type: "HASH" | "RANGE", { AttributeDefinitions }: TabProps["table"]): Column<Index> {
  const text = (x: Index) => keyText(x, type, AttributeDefinitions);
  return { id, header, value: text, cell: text, minWidth: 150 };
}

function units(id: string, header: string, of: typeof read, table: TabProps["table"]): Column<Index> {
  const text = (x: Index) => {
    const [provisioned, most] = of(x);
    if (!isOnDemand(table)) return count(provisioned);
    return most ? `On-demand (at most ${count(most)})` : "On-demand";
  };
  return { id, header, value: text, cell: text, minWidth: 150 };
}

function projection(x: Index): string {
  const { ProjectionType, NonKeyAttributes } = x.Projection ?? {};
  const label = projections[ProjectionType ?? ""]?.label ?? "–";
  return NonKeyAttributes?.length ? `${label}: ${NonKeyAttributes.join(", ")}` : label;
}
