// The one way to show a list of resources: filter, pages, sorting, selection, preferences, and its four states.
import { useCollection } from "@cloudscape-design/collection-hooks";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import CollectionPreferences, { type CollectionPreferencesProps } from "@cloudscape-design/components/collection-preferences";
import Header from "@cloudscape-design/components/header";
import Pagination from "@cloudscape-design/components/pagination";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Table, { type TableProps } from "@cloudscape-design/components/table";
import TextFilter from "@cloudscape-design/components/text-filter";
import { useState, type ReactNode } from "react";
import { Failure } from "./failure";

/** What a list is loaded by: the answer of useAws. */
export interface Loading<T> {
  data: T[] | undefined;
  error: Error | null;
  isPending: boolean;
  isFetching: boolean;
  refetch: () => unknown;
}

export interface Column<T> extends TableProps.ColumnDefinition<T> {
  id: string;
  /** What it is sorted by, and filtered with; without it the column is neither. */
  value?: (item: T) => string | number | Date | undefined;
  /** Not shown until somebody asks for it in the preferences. */
  hidden?: boolean;
}

export interface ResourceTableProps<T> {
  /** Names the list in localStorage: "iam.users". */
  name: string;
  /** What is in it: ["user", "users"]. */
  nouns: [one: string, many: string];
  title?: string;
  description?: ReactNode;
  variant?: TableProps.Variant;
  query: Loading<T>;
  /** What tells one from the other. */
  id: (item: T) => string;
  columns: Column<T>[];
  selection?: "single" | "multi";
  /** What is selected, by id, where the page keeps it; otherwise the table does. */
  selected?: string[];
  onSelect?: (ids: string[]) => void;
  /** Filters beside the one by text; what they leave out is not in the query's data. */
  filters?: ReactNode;
  /** The buttons on the right, which may depend on what is selected; several are in Actions. */
  actions?: (selected: T[]) => ReactNode;
  /** The button shown where there is nothing yet. */
  emptyAction?: ReactNode;
  /** What the first column is sorted by at first unless this says otherwise. */
  sortedBy?: string;
  /** Sorted downwards at first, such as the newest before the older. */
  descending?: boolean;
}

export function ResourceTable<T>(props: ResourceTableProps<T>) {
  const { name, nouns, query, id, columns, selection } = props;
  const [preferences, setPreferences] = usePreferences(name, columns);
  const [own, setOwn] = useState<string[]>([]);
  const selected = props.selected ?? own;
  const setSelected = props.onSelect ?? setOwn;
  const sortable = columns.map((c, i) => ({
    // Names are what one looks for.
    minWidth: i === 0 ? Math.min(220, Number(c.width ?? 220)) : undefined,
    ...c,
    // The table knows by it which column it is sorted by; comparators are others with each rendering.
    sortingField: c.value && c.id,
    sortingComparator: c.value && ((a: T, b: T) => compare(c.value!(a), c.value!(b))),
  }));
  const { items, filterProps, filteredItemsCount, collectionProps, paginationProps, actions } = useCollection(
    query.data ?? [],
    {
      filtering: {
        filteringFunction: (item, text) =>
          columns.some((c) => String(c.value?.(item) ?? "").toLowerCase().includes(text.trim().toLowerCase())),
        empty: <Empty nouns={nouns} action={props.emptyAction} />,
        noMatch: (
          <SpaceBetween size="xs" alignItems="center">
            <Box variant="strong">No matches</Box>
            <Button onClick={() => actions.setFiltering("")}>Clear filter</Button>
          </SpaceBetween>
        ),
      },
      pagination: { pageSize: preferences.pageSize },
      sorting: {
        defaultState: {
          sortingColumn: sortable.find((c) => (props.sortedBy ? c.id === props.sortedBy : c.value)) ?? {},
          isDescending: props.descending,
        },
      },
      selection: { trackBy: id },
    },
  );
  const title = props.title ?? capital(nouns[1]);
  if (query.error && !query.data) {
    return (
      <SpaceBetween size="m">
        <Header variant={props.variant === "full-page" ? "h1" : "h2"}>{title}</Header>
        <Failure error={query.error} retry={query.refetch} />
      </SpaceBetween>
    );
  }
  const chosen = (query.data ?? []).filter((item) => selected.includes(id(item)));
  const count = query.data && (chosen.length ? `(${chosen.length}/${query.data.length})` : `(${query.data.length})`);
  return (
    <Table
      {...collectionProps}
      variant={props.variant ?? "container"}
      items={items}
      columnDefinitions={sortable}
      columnDisplay={preferences.contentDisplay}
      wrapLines={preferences.wrapLines}
      stripedRows={preferences.stripedRows}
      trackBy={id}
      loading={query.isPending}
      loadingText={`Loading ${nouns[1]}`}
      resizableColumns
      selectionType={selection}
      selectedItems={chosen}
      onSelectionChange={({ detail }) => setSelected(detail.selectedItems.map(id))}
      enableKeyboardNavigation
      ariaLabels={{
        tableLabel: title,
        selectionGroupLabel: `Select ${nouns[1]}`,
        allItemsSelectionLabel: () => `Select all ${nouns[1]}`,
        itemSelectionLabel: (_, item) => `Select ${id(item)}`,
      }}
      header={
        <Header
          variant={props.variant === "full-page" ? "awsui-h1-sticky" : "h2"}
          counter={count}
          description={props.description}
          actions={
            <SpaceBetween direction="horizontal" size="xs">
              <Button
                iconName="refresh"
                ariaLabel={`Refresh ${nouns[1]}`}
                loading={query.isFetching && !query.isPending}
                onClick={() => query.refetch()}
              />
              {props.actions?.(chosen)}
            </SpaceBetween>
          }
        >
          {title}
        </Header>
      }
      filter={
        <SpaceBetween size="s">
          {/* What is shown is of before. */}
          {query.error && <Failure error={query.error} retry={query.refetch} />}
          <div className="filters">
            <TextFilter
              {...filterProps}
              filteringPlaceholder={`Find ${nouns[1]}`}
              filteringAriaLabel={`Find ${nouns[1]}`}
              countText={filteredItemsCount === 1 ? "1 match" : `${filteredItemsCount} matches`}
            />
            {props.filters}
          </div>
        </SpaceBetween>
      }
      pagination={<Pagination {...paginationProps} />}
      preferences={
        <CollectionPreferences
          title="Preferences"
          confirmLabel="Confirm"
          cancelLabel="Cancel"
          preferences={preferences}
          onConfirm={({ detail }) => setPreferences(detail)}
          pageSizePreference={{
            title: "Page size",
            options: [10, 20, 50, 100].map((value) => ({ value, label: `${value} ${nouns[1]}` })),
          }}
          wrapLinesPreference={{ label: "Wrap lines", description: "Show all of a long text" }}
          stripedRowsPreference={{ label: "Striped rows", description: "Shade every second row" }}
          contentDisplayPreference={{
            title: "Columns",
            options: columns.map((c, i) => ({ id: c.id, label: String(c.header), alwaysVisible: i === 0 })),
          }}
        />
      }
    />
  );
}

function Empty({ nouns, action }: { nouns: [string, string]; action?: ReactNode }) {
  return (
    <SpaceBetween size="xs" alignItems="center">
      <Box variant="strong">No {nouns[1]}</Box>
      <Box color="text-body-secondary">There are no {nouns[1]} to show.</Box>
      {action}
    </SpaceBetween>
  );
}

function usePreferences<T>(name: string, columns: Column<T>[]) {
  const key = `stator.table.${name}`;
  const [preferences, set] = useState<CollectionPreferencesProps.Preferences>(() => {
    const kept = read(key);
    const display = kept.contentDisplay ?? [];
    // Columns that are new since the preferences were kept are shown as the page has them.
    const fresh = columns.filter((c) => !display.some((d) => d.id === c.id));
    return {
      pageSize: 20,
      // On a phone there is no room for a text on one line.
      wrapLines: window.innerWidth < 688,
      ...kept,
      contentDisplay: [
        ...display.filter((d) => columns.some((c) => c.id === d.id)),
        ...fresh.map((c) => ({ id: c.id, visible: !c.hidden })),
      ],
    };
  });
  const change = (changed: CollectionPreferencesProps.Preferences) => {
    set(changed);
    try {
      localStorage.setItem(key, JSON.stringify(changed));
    } catch {
      // then they last as long as the page
    }
  };
  return [preferences, change] as const;
}

function read(key: string): CollectionPreferencesProps.Preferences {
  try {
    return JSON.parse(localStorage.getItem(key) ?? "{}");
  } catch {
    return {};
  }
}

function compare(a: string | number | Date | undefined, b: string | number | Date | undefined): number {
  if (a === undefined || b === undefined) return Number(b === undefined) - Number(a === undefined);
  if (typeof a === "string" && typeof b === "string") return a.localeCompare(b, undefined, { numeric: true });
  return Number(a) - Number(b);
}

const capital = (text: string) => text[0]!.toUpperCase() + text.slice(1);
