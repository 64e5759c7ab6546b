import Button from "@cloudscape-design/components/button";
import ButtonDropdown from "@cloudscape-design/components/button-dropdown";
import Link from "@cloudscape-design/components/link";
import { useState } from "react";
import { Actions } from "../parts/actions";
import { bytes } from "../parts/bytes";
import { ResourceTable, type Column } from "../parts/resource_table";
import { Time } from "../parts/time";
import { navigate } from "../shell/links";
import { Page } from "../shell/page";
import { DeleteTables } from "./delete_tables";
import { capacityMode, count, exploreHref, indexCount, isOnDemand, keyText, onOff, tableClass, tableHref } from "./describe";
import { toggleFavorite, useFavorites } from "./favorites";
import { useTables, type Row } from "./load";
import { Status } from "./status";
import { useTagFilter } from "./tag_filter";

export default function Tables() {
  const tables = useTables();
  const isFavorite = useFavorites();
  const tags = useTagFilter(tables.data ?? []);
  const [deleting, setDeleting] = useState<Row[]>();
  return (
    <Page title="Tables" breadcrumbs={[["DynamoDB", "/console/dynamodb"]]} heading={false}>
      <ResourceTable
        variant="full-page"
        name="dynamodb.tables"
        nouns={["table", "tables"]}
        query={{ ...tables, data: tables.data?.filter(tags.matches) }}
        id={(t) => t.TableName}
        columns={columns.toSpliced(6, 0, favoriteColumn(isFavorite))}
        selection="multi"
        filters={tags.filter}
        emptyAction={<Button href="/console/dynamodb/create-table">Create table</Button>}
        actions={(selected) => (
          <Actions>
            <ButtonDropdown
              disabled={selected.length !== 1}
              items={[
                { id: "/capacity", text: "Edit capacity" },
                { id: "explore", text: "Explore items" },
                { id: "/indexes/create", text: "Create index" },
                { id: "?tab=settings", text: "Manage tags" },
              ]}
              onItemClick={({ detail }) => {
                const { TableName } = selected[0]!;
                navigate(detail.id === "explore" ? exploreHref(TableName) : tableHref(TableName, detail.id));
              }}
            >
              Actions
            </ButtonDropdown>
            <Button disabled={!selected.length} onClick={() => setDeleting(selected)}>
              Delete
            </Button>
            <Button variant="primary" href="/console/dynamodb/create-table">
              Create table
            </Button>
          </Actions>
        )}
      />
      {deleting && <DeleteTables tables={deleting} onClose={() => setDeleting(undefined)} />}
    </Page>
  );
}

/** A column that shows what it is sorted by. */
const plain = (id: string, header: string, value: (t: Row) => string, minWidth = 140): Column<Row> => ({
  id,
  header,
  value,
  cell: value,
  minWidth,
});

const key = (t: Row, type: "HASH" | "RANGE") =>
  keyText(t, type, t.AttributeDefinitions).replaceAll(/\((.)\w+\)/g, "($1)");

const mode = (t: Row, provisioned: number | undefined) => {
  if (!t.TableStatus) return "–";
  return isOnDemand(t) ? capacityMode(t) : `${capacityMode(t)} (${provisioned})`;
};

const columns: Column<Row>[] = [
  {
    id: "name",
    header: "Name",
    value: (t) => t.TableName,
    cell: (t) => <Link href={tableHref(t.TableName)}>{t.TableName}</Link>,
    isRowHeader: true,
    minWidth: 180,
  },
  { id: "status", header: "Status", value: (t) => t.TableStatus, cell: (t) => <Status of={t.TableStatus} />, minWidth: 110 },
  plain("partition-key", "Partition key", (t) => key(t, "HASH"), 155),
  plain("sort-key", "Sort key", (t) => key(t, "RANGE")),
  { id: "indexes", header: "Indexes", value: indexCount, cell: indexCount },
  plain("protection", "Deletion protection", (t) => onOff(t.DeletionProtectionEnabled), 190),
  plain("read", "Read capacity mode", (t) => mode(t, t.ProvisionedThroughput?.ReadCapacityUnits), 200),
  plain("write", "Write capacity mode", (t) => mode(t, t.ProvisionedThroughput?.WriteCapacityUnits), 200),
  { id: "size", header: "Total size", value: (t) => t.TableSizeBytes, cell: (t) => bytes(t.TableSizeBytes) },
  plain("class", "Table class", tableClass, 180),
  { id: "items", header: "Item count", value: (t) => t.ItemCount, cell: (t) => count(t.ItemCount), hidden: true },
  { id: "created", header: "Created", value: (t) => t.CreationDateTime, cell: (t) => <Time at={t.CreationDateTime} />, hidden: true },
];

const favoriteColumn = (isFavorite: (table: string) => boolean): Column<Row> => ({
  id: "favorite",
  header: "Favorite",
  value: (t) => (isFavorite(t.TableName) ? 0 : 1),
  cell: (t) => (
    <Button
      variant="inline-icon"
      iconName={isFavorite(t.TableName) ? "star-filled" : "star"}
      ariaLabel={`${isFavorite(t.TableName) ? "Remove" : "Add"} ${t.TableName} ${isFavorite(t.TableName) ? "from" : "to"} favorites`}
      onClick={() => toggleFavorite(t.TableName)}
    />
  ),
});
