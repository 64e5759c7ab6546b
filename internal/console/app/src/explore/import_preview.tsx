import Box from "@cloudscape-design/components/box";
import Header from "@cloudscape-design/components/header";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import Table from "@cloudscape-design/components/table";
import type { Schema } from "./schema";
import { own, shown, typeOf, type Item } from "./values";

interface ImportPreviewProps {
  schema: Schema;
  count: number;
  item: (row: number) => Item;
}

const previewed = 10;
const columnsShown = 12;

/** The first rows as items, or what is wrong with them. */
export function ImportPreview({ schema, count, item }: ImportPreviewProps) {
  const rows = Array.from({ length: Math.min(count, previewed) }, (_, row): { row: number; item: Item; fault?: string } => {
    try {
      return { row: row + 1, item: item(row) };
    } catch (e) {
      return { row: row + 1, item: {}, fault: (e as Error).message };
    }
  });
  const keys = schema.key.map((k) => k.name);
  const names = [...new Set([...keys, ...rows.flatMap((r) => Object.keys(r.item))])].slice(0, columnsShown);
  return (
    <Table
      items={rows}
      header={
        <Header variant="h2" counter={`(${count.toLocaleString("en")})`} description={`The first ${rows.length} of ${count.toLocaleString("en")} rows`}>
          Preview
        </Header>
      }
      ariaLabels={{ tableLabel: "Preview" }}
      columnDefinitions={[
        { id: "row", header: "Row", cell: (r) => r.row, isRowHeader: true },
        ...(rows.some((r) => r.fault)
          ? [{ id: "fault", header: "Fault", cell: (r: (typeof rows)[0]) => r.fault && <StatusIndicator type="error">{r.fault}</StatusIndicator> }]
          : []),
        ...names.map((name) => ({
          id: `attribute ${name}`,
          header: name,
          cell: ({ item }: { item: Item }) => {
            const value = own(item, name);
            return (
              value && (
                <>
                  {shown(value, 60)} <Box variant="small">{typeOf(value)}</Box>
                </>
              )
            );
          },
        })),
      ]}
    />
  );
}
