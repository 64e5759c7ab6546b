// Which attributes of a table are shown as columns. It is kept in the browser for each table.
import CollectionPreferences from "@cloudscape-design/components/collection-preferences";
import { useState } from "react";
import { usePrincipal } from "../session/session";
import { currentRegion } from "../aws/credentials";
import { keep, kept } from "./kept";

interface Kept {
  pageSize: number;
  wrapLines?: boolean;
  contentDisplay: readonly { id: string; visible: boolean }[];
}

/** At first no more columns than these are shown: items may have hundreds of attributes. */
const shownAtFirst = 20;

export function useColumns(table: string, keys: string[], others: string[]) {
  const { Account } = usePrincipal();
  const name = `columns.${Account}.${currentRegion()}.${table}`;
  const [chosen, setChosen] = useState<Kept>(() => kept(name, { pageSize: 50, contentDisplay: [] }));
  const known = chosen.contentDisplay.filter((c) => keys.includes(c.id) || others.includes(c.id));
  const fresh = [...keys, ...others].filter((id) => !known.some((c) => c.id === id));
  let visible = known.filter((c) => c.visible).length;
  const columns: Kept = {
    ...chosen,
    contentDisplay: [...known, ...fresh.map((id) => ({ id, visible: visible++ < shownAtFirst }))],
  };
  const change = (changed: Kept) => {
    setChosen(changed);
    keep(name, changed);
  };
  return [columns, change] as const;
}

interface ColumnsProps {
  keys: string[];
  others: string[];
  columns: Kept;
  onChange: (columns: Kept) => void;
}

export function Columns({ keys, others, columns, onChange }: ColumnsProps) {
  return (
    <CollectionPreferences
      title="Preferences"
      confirmLabel="Confirm"
      cancelLabel="Cancel"
      preferences={columns}
      onConfirm={({ detail }) =>
        onChange({ pageSize: detail.pageSize ?? 50, wrapLines: detail.wrapLines, contentDisplay: detail.contentDisplay ?? [] })
      }
      pageSizePreference={{
        title: "Page size",
        options: [10, 25, 50, 100, 200, 300].map((value) => ({ value, label: `${value} items` })),
      }}
      wrapLinesPreference={{ label: "Wrap lines", description: "Show all of a long text" }}
      contentDisplayPreference={{
        title: "Columns",
        enableColumnFiltering: true,
        options: [...keys, ...others].map((id) => ({ id, label: id, alwaysVisible: id === keys[0] })),
      }}
    />
  );
}
