// What can be done with the items that were found.
import Button from "@cloudscape-design/components/button";
import ButtonDropdown, { type ButtonDropdownProps } from "@cloudscape-design/components/button-dropdown";
import { useState } from "react";
import { Actions } from "../parts/actions";
import { csv, download } from "../parts/download";
import { navigate } from "../shell/links";
import { DeleteItems } from "./delete_items";
import { rowsOf } from "./export";
import { createHref, duplicateHref, importHref, itemHref } from "./places";
import type { Row, useRun } from "./run";
import { keyOf, type Schema } from "./schema";
import { itemToDynamo, itemToPlain, writeJSON } from "./values";

interface ResultActionsProps {
  schema: Schema;
  run: ReturnType<typeof useRun>;
  refresh: () => void;
  rows: Row[];
  chosen: Row[];
  /** The columns that are shown. */
  names: string[];
  onDeleted: () => void;
}

export function ResultActions({ schema, run, refresh, rows, chosen, names, onDeleted }: ResultActionsProps) {
  const [deleting, setDeleting] = useState<Row[]>();
  const which = chosen.length ? chosen : rows;
  const of = chosen.length ? "selected items" : "items returned";
  // A projection may have left out the key.
  const hasKey = (r: Row) => schema.key.every((k) => Object.hasOwn(r.item, k.name));
  const one = chosen.length === 1 && hasKey(chosen[0]!) ? keyOf(schema, chosen[0]!.item) : undefined;
  const whole = chosen.every(hasKey);
  const options: ButtonDropdownProps.Items = [
    { id: "edit", text: "Edit item", disabled: !one },
    { id: "duplicate", text: "Duplicate item", disabled: !one },
    { id: "delete", text: chosen.length > 1 ? "Delete items" : "Delete item", disabled: !chosen.length || !whole },
    { id: "csv", text: `Download ${of} to CSV`, disabled: !which.length },
    { id: "plain", text: `Download ${of} to JSON`, disabled: !which.length },
    { id: "dynamodb", text: `Download ${of} to DynamoDB JSON`, disabled: !which.length },
    { id: "import", text: "Import from a file" },
  ];
  const act = (id: string) => {
    const items = which.map((r) => r.item);
    switch (id) {
      case "edit":
        return navigate(itemHref(schema.table, one!));
      case "duplicate":
        return navigate(duplicateHref(schema.table, one!));
      case "delete":
        return setDeleting(chosen);
      case "csv":
        return download(`${schema.table}.csv`, "text/csv", csv(rowsOf(items, names)));
      case "plain":
        return download(`${schema.table}.json`, "application/json", writeJSON(items.map(itemToPlain), 2));
      case "dynamodb":
        return download(`${schema.table}.dynamodb.json`, "application/json", writeJSON({ Items: items.map(itemToDynamo) }, 2));
      default:
        return navigate(importHref(schema.table));
    }
  };
  return (
    <Actions>
      <Button iconName="refresh" ariaLabel="Run again" loading={run.running} onClick={refresh} />
      <ButtonDropdown items={options} onItemClick={({ detail }) => act(detail.id)}>
        Actions
      </ButtonDropdown>
      <Button variant="primary" href={createHref(schema.table)}>
        Create item
      </Button>
      {deleting && (
        <DeleteItems
          schema={schema}
          rows={deleting}
          onDeleted={(ids) => {
            run.remove(ids);
            onDeleted();
          }}
          onClose={() => setDeleting(undefined)}
        />
      )}
    </Actions>
  );
}
