import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import ButtonDropdown from "@cloudscape-design/components/button-dropdown";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Spinner from "@cloudscape-design/components/spinner";
import Tabs from "@cloudscape-design/components/tabs";
import { lazy, Suspense, useState, type ComponentType } from "react";
import { Actions } from "../parts/actions";
import { LoadedTable } from "../parts/no_table";
import { navigate } from "../shell/links";
import { Page } from "../shell/page";
import { useParams, useSearchParams } from "../shell/params";
import { AdditionalSettings } from "./additional_settings";
import { TableBackups } from "./table_backups";
import { DeleteTables } from "./delete_tables";
import { exploreHref, tableHref, type TabProps } from "./describe";
import { GlobalTables } from "./global_tables";
import { Indexes } from "./indexes";
import { useTable } from "./load";
import { ManageTags } from "./manage_tags";
import { Overview } from "./overview";

// Charts and editors are large: they are loaded when their tab is opened.
const tabs: [id: string, label: string, content: ComponentType<TabProps>][] = [
  ["overview", "Overview", Overview],
  ["indexes", "Indexes", Indexes],
  ["monitor", "Monitor", lazy(() => import("./monitor"))],
  ["global", "Global tables", GlobalTables],
  ["backups", "Backups", TableBackups],
  ["streams", "Exports and streams", lazy(() => import("./streams"))],
  ["permissions", "Permissions", lazy(() => import("./permissions"))],
  ["settings", "Additional settings", AdditionalSettings],
];

export default function TablePage() {
  const { table: name } = useParams<{ table: string }>();
  const tab = useSearchParams()[0].get("tab") ?? "overview";
  const table = useTable(name);
  const [open, setOpen] = useState<"delete" | "tags">();
  const close = () => setOpen(undefined);
  return (
    <Page
      title={name}
      breadcrumbs={[
        ["DynamoDB", "/console/dynamodb"],
        ["Tables", "/console/dynamodb/tables"],
      ]}
      actions={
        <Actions>
          <Button iconName="refresh" ariaLabel="Refresh" loading={table.isFetching} onClick={() => table.refetch()} />
          <ButtonDropdown
            disabled={!table.data}
            items={[
              { id: "capacity", text: "Edit capacity", href: tableHref(name, "/capacity") },
              { id: "index", text: "Create index", href: tableHref(name, "/indexes/create") },
              { id: "explore", text: "Explore items", href: exploreHref(name) },
              { id: "tags", text: "Manage tags" },
              { id: "delete", text: "Delete table" },
            ]}
            onItemClick={({ detail }) => {
              if (detail.id === "tags" || detail.id === "delete") setOpen(detail.id);
            }}
          >
            Actions
          </ButtonDropdown>
          <Button variant="primary" href={exploreHref(name)}>
            Explore table items
          </Button>
        </Actions>
      }
    >
      <LoadedTable table={name} query={table}>
        {(t) => (
          <SpaceBetween size="m">
            <Tabs
              ariaLabel={`Table ${name}`}
              activeTabId={tabs.some(([id]) => id === tab) ? tab : "overview"}
              onChange={({ detail }) => navigate(tableHref(name, `?tab=${detail.activeTabId}`), { replace: true })}
              tabs={tabs.map(([id, label, Content]) => ({
                id,
                label,
                content: (
                  <Suspense fallback={<Loading />}>
                    <Content table={t} />
                  </Suspense>
                ),
              }))}
            />
            {open === "tags" && <ManageTags arn={t.TableArn!} onClose={close} />}
            {open === "delete" && (
              <DeleteTables tables={[t]} onClose={close} onDeleted={() => navigate("/console/dynamodb/tables")} />
            )}
          </SpaceBetween>
        )}
      </LoadedTable>
    </Page>
  );
}

const Loading = () => (
  <Box textAlign="center" padding="l">
    <Spinner size="large" /> <Box variant="span">Loading</Box>
  </Box>
);
