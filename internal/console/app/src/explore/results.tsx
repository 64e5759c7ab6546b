// The items that were found, as a table with a column for each attribute. Only a page of them is in the document.
import { useCollection } from "@cloudscape-design/collection-hooks";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Header from "@cloudscape-design/components/header";
import Link from "@cloudscape-design/components/link";
import Pagination from "@cloudscape-design/components/pagination";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import Table, { type TableProps } from "@cloudscape-design/components/table";
import { useMemo, useState } from "react";
import { Columns, useColumns } from "./columns";
import { itemHref } from "./places";
import { ResultActions } from "./result_actions";
import type { Found, Row, useRun } from "./run";
import { keyOf, type Schema } from "./schema";
import { own, shown, typeOf, type Item } from "./values";

interface ResultsProps {
  schema: Schema;
  run: ReturnType<typeof useRun>;
  /** Runs the search again. */
  refresh: () => void;
}

const none: never[] = [];

export function Results({ schema, run, refresh }: ResultsProps) {
  const { found } = run;
  const keys = schema.key.map((k) => k.name);
  const others = (found?.names ?? none).filter((name) => !keys.includes(name)).sort();
  const [columns, setColumns] = useColumns(schema.table, keys, others);
  const [selected, setSelected] = useState<Row[]>(none);
  const rows = found?.rows ?? none;
  const [order, setOrder] = useState<Order>();
  const sorted = useMemo(() => (order ? inOrder(rows, order) : rows), [rows, order]);
  const { items, collectionProps, paginationProps, actions } = useCollection(sorted, { pagination: { pageSize: columns.pageSize } });
  const counted = found?.request.input.Select === "COUNT";
  const chosen = selected.filter((r) => rows.includes(r));
  const more = !!found?.next;
  const definitions = [...keys, ...others].map(
    (name): TableProps.ColumnDefinition<Row> => ({
      id: name,
      header: keys.includes(name) ? `${name} (${schema.key.find((k) => k.name === name)!.type})` : name,
      cell: ({ item }) =>
        name === keys[0] && own(item, name) ? (
          <Link href={itemHref(schema.table, keyOf(schema, item))}>{shown(own(item, name)) || <i>Empty</i>}</Link>
        ) : (
          <Cell item={item} name={name} />
        ),
      sortingField: name,
      isRowHeader: name === keys[0],
      minWidth: 80,
      width: 180,
    }),
  );
  return (
    <Table
      {...collectionProps}
      items={counted ? none : items}
      columnDefinitions={definitions}
      columnDisplay={columns.contentDisplay}
      wrapLines={columns.wrapLines}
      trackBy="id"
      sortingColumn={definitions.find((d) => d.id === order?.name)}
      sortingDescending={order?.descending}
      onSortingChange={({ detail }) => setOrder({ name: detail.sortingColumn.sortingField!, descending: !!detail.isDescending })}
      resizableColumns
      selectionType="multi"
      selectedItems={chosen}
      onSelectionChange={({ detail }) => setSelected(detail.selectedItems)}
      loading={run.running && !found}
      loadingText="Running"
      enableKeyboardNavigation
      ariaLabels={{
        tableLabel: "Items returned",
        selectionGroupLabel: "Select items",
        allItemsSelectionLabel: () => "Select all items of this page",
        itemSelectionLabel: (_, { item }) => `Select item ${keys.map((k) => shown(own(item, k), 40)).join(", ")}`,
      }}
      empty={<Empty found={found} counted={counted} />}
      header={
        <Header
          variant="h2"
          counter={found && !counted ? `(${chosen.length ? `${chosen.length}/` : ""}${rows.length}${more ? "+" : ""})` : undefined}
          description={found && <Summary found={found} />}
          actions={
            <ResultActions
              schema={schema}
              run={run}
              refresh={refresh}
              rows={rows}
              chosen={chosen}
              names={columns.contentDisplay.filter((c) => c.visible).map((c) => c.id)}
              onDeleted={() => setSelected(none)}
            />
          }
        >
          Items returned
        </Header>
      }
      footer={
        more && (
          <Box textAlign="center">
            <Button loading={run.running} onClick={() => void run.retrieve()}>
              Retrieve next page
            </Button>
          </Box>
        )
      }
      pagination={
        <Pagination
          {...paginationProps}
          openEnd={more}
          disabled={run.running}
          onNextPageClick={({ detail }) => {
            if (detail.requestedPageAvailable) return;
            void run.retrieve().then(() => actions.setCurrentPage(detail.requestedPageIndex));
          }}
        />
      }
      preferences={<Columns keys={keys} others={others} columns={columns} onChange={setColumns} />}
    />
  );
}

function Cell({ item, name }: { item: Item; name: string }) {
  const value = own(item, name);
  if (!value) return <></>;
  const type = typeOf(value);
  if (type === "S" && value.S === "") return <Box color="text-status-inactive">Empty</Box>;
  return <span title={shown(value, 1000)}>{shown(value)}</span>;
}

function Summary({ found }: { found: Found }) {
  const efficiency = found.scanned ? Math.round((100 * found.count) / found.scanned) : 100;
  return (
    <span className="explore-summary">
      <StatusIndicator type="success">{found.next ? "There are more items" : "Completed"}</StatusIndicator>
      <span>Items returned: {found.count.toLocaleString("en")}</span>
      <span>Items scanned: {found.scanned.toLocaleString("en")}</span>
      <span>Efficiency: {efficiency}%</span>
      <span>RCUs consumed: {found.capacity.toLocaleString("en")}</span>
    </span>
  );
}

function Empty({ found, counted }: { found: Found | undefined; counted: boolean }) {
  const [title, text] = !found
    ? ["No results", "Run a scan or a query to see items."]
    : counted
      ? [`Count: ${found.count.toLocaleString("en")}`, found.next ? "So far. Retrieve the next page to count on." : "All were counted."]
      : found.next
        ? ["No items yet", "Nothing in what was read so far matches. Retrieve the next page to read on."]
        : ["No items", "No item matches."];
  return (
    <SpaceBetween size="xs" alignItems="center">
      <Box variant="strong">{title}</Box>
      <Box color="text-body-secondary">{text}</Box>
    </SpaceBetween>
  );
}

interface Order {
  name: string;
  descending: boolean;
}

const { compare } = new Intl.Collator("en");

/**
 * What was loaded, ordered by an attribute: numbers, by about their value, which is enough to look at, then all else as it is
 * shown, then what does not have it.
 */
function inOrder(rows: Row[], { name, descending }: Order): Row[] {
  const values = rows.map((row) => {
    const value = own(row.item, name);
    return { row, value: value && (value.N !== undefined ? Number(value.N) : shown(value)) };
  });
  const sign = descending ? -1 : 1;
  values.sort(({ value: a }, { value: b }) => {
    if (a === undefined || b === undefined) return Number(a === undefined) - Number(b === undefined);
    if (typeof a === "number" && typeof b === "number") return sign * (a - b);
    if (typeof a !== typeof b) return typeof a === "number" ? -sign : sign;
    return sign * compare(String(a), String(b));
  });
  return values.map(({ row }) => row);
}
