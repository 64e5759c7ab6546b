import { GetCostAndUsageWithResourcesCommand } from "@aws-sdk/client-cost-explorer";
import Alert from "@cloudscape-design/components/alert";
import Button from "@cloudscape-design/components/button";
import Grid from "@cloudscape-design/components/grid";
import Link from "@cloudscape-design/components/link";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { costExplorer } from "../aws/costexplorer";
import { useAws } from "../aws/query";
import { csv, download } from "../parts/download";
import { Loaded } from "../parts/loaded";
import { ResourceTable, type Column } from "../parts/resource_table";
import { usePrincipal } from "../session/session";
import { Page } from "../shell/page";
import { UsageChart } from "./usage_chart";
import { ranges, request, usage, type TableUsage } from "./usage_data";

const number = new Intl.NumberFormat("en", { maximumSignificantDigits: 6 });

const columns: Column<TableUsage>[] = [
  {
    id: "table",
    header: "Table",
    value: (t) => t.table,
    cell: (t) => <Link href={`/console/dynamodb/tables/${encodeURIComponent(t.table)}`}>{t.table}</Link>,
    isRowHeader: true,
  },
  { id: "region", header: "Region", value: (t) => t.region, cell: (t) => t.region },
  { id: "read", header: "Read request units", width: 200, value: (t) => t.total.read, cell: (t) => number.format(t.total.read) },
  { id: "write", header: "Write request units", width: 200, value: (t) => t.total.write, cell: (t) => number.format(t.total.write) },
  { id: "storage", header: "Storage (GB-months)", width: 200, value: (t) => t.total.storage, cell: (t) => number.format(t.total.storage) },
];

const half = { colspan: { default: 12, s: 6 } };

export default function UsagePage() {
  const [chosen, setChosen] = useState(ranges[0]!);
  const found = useAws(["ce", "GetCostAndUsageWithResources", chosen.id], async () => {
    const answer = await costExplorer().send(new GetCostAndUsageWithResourcesCommand(request(chosen, new Date())));
    return usage(answer.ResultsByTime ?? [], chosen.hourly);
  });
  return (
    <Page
      title="Usage"
      breadcrumbs={[["Activity", "/console/activity"]]}
      description="What the tables of this account used, in all regions, as a bill of AWS would count it. It costs nothing here."
      actions={
        <SpaceBetween direction="horizontal" size="xs">
          <Select
            ariaLabel="Time range"
            selectedOption={{ value: chosen.id, label: chosen.label }}
            options={ranges.map((r) => ({ value: r.id, label: r.label }))}
            onChange={({ detail }) => setChosen(ranges.find((r) => r.id === detail.selectedOption.value)!)}
          />
          <Button disabled={!found.data?.tables.length} onClick={() => save(found.data!.tables)}>
            Download CSV
          </Button>
        </SpaceBetween>
      }
    >
      {isClosed(found.error) ? (
        <Closed />
      ) : (
        <Loaded query={found}>
          {(data) => (
            <SpaceBetween size="l">
              <ResourceTable
                name="activity.usage"
                nouns={["table", "tables"]}
                title="Usage by table"
                query={{ ...found, data: data.tables }}
                id={(t) => t.arn}
                columns={columns}
              />
              <Grid gridDefinition={[half, half]}>
                <UsageChart title="Read request units" unit="units" usage={data} kind="read" />
                <UsageChart title="Write request units" unit="units" usage={data} kind="write" />
              </Grid>
              <UsageChart title="Storage" unit="GB-months" usage={data} kind="storage" />
            </SpaceBetween>
          )}
        </Loaded>
      )}
    </Page>
  );
}

/** The account keeps usage from its IAM users and roles. */
const isClosed = (error: Error | null) => error !== null && /not enabled for cost explorer access/i.test(error.message);

function Closed() {
  const { PrincipalType } = usePrincipal();
  return (
    <Alert type="warning" header="IAM users and roles have no access to billing information in this account">
      <SpaceBetween size="xs">
        <div>
          Usage is billing information. Only the root user of the account sees it, unless the root user activates <b>IAM user and role
          access to Billing information</b> under <Link href="/console/account">Account</Link>. Nobody else can change that, administrators
          included; policies have a say only after it.
        </div>
        {PrincipalType !== "Root" && (
          <div>Ask who has the root user&apos;s password, or sign out and sign in as the root user.</div>
        )}
      </SpaceBetween>
    </Alert>
  );
}

function save(tables: TableUsage[]) {
  const header = ["Table", "Region", "Read request units", "Write request units", "Storage (GB-months)", "ARN"];
  download("usage.csv", "text/csv", csv([header, ...tables.map((t) => [t.table, t.region, t.total.read, t.total.write, t.total.storage, t.arn])]));
}
