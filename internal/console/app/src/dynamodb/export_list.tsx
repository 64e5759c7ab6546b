import { DescribeExportCommand, paginateListExports, type ExportDescription, type TableDescription } from "@aws-sdk/client-dynamodb";
import Button from "@cloudscape-design/components/button";
import Link from "@cloudscape-design/components/link";
import { dynamodb } from "../aws/dynamodb";
import { all } from "../aws/query";
import { bytes } from "../parts/bytes";
import { ResourceTable, type Column } from "../parts/resource_table";
import { Time } from "../parts/time";
import { count, exportHref, exportTableHref, exportTypes, idOf } from "./describe";
import { useProgress } from "./load";
import { s3URL } from "./s3";
import { Status } from "./status";

interface ExportListProps {
  /** Of one table; of all without it. */
  table?: TableDescription;
  fullPage?: boolean;
}

export function ExportList({ table, fullPage }: ExportListProps) {
  const exports = useProgress(
    ["dynamodb", "ListExports", table?.TableArn],
    () => load(table?.TableArn),
    (all) => all.some((e) => e.ExportStatus === "IN_PROGRESS"),
  );
  const action = (
    <Button variant={fullPage ? "primary" : undefined} href={exportTableHref(table?.TableName)}>
      Export to S3
    </Button>
  );
  return (
    <ResourceTable
      title="Exports to S3"
      variant={fullPage ? "full-page" : "container"}
      name="dynamodb.exports"
      nouns={["export", "exports"]}
      description="Exports write the items of a table, or what changed in a period, to files in a bucket. Point-in-time recovery has to be on."
      query={exports}
      id={(e) => e.ExportArn!}
      columns={columns}
      sortedBy="started"
      descending
      emptyAction={action}
      actions={() => action}
    />
  );
}

const tableOf = (e: ExportDescription) => e.TableArn?.split("/").at(-1);

const columns: Column<ExportDescription>[] = [
  {
    id: "arn",
    header: "Export",
    value: (e) => e.ExportArn,
    cell: (e) => <Link href={exportHref(e.ExportArn!)}>{idOf(e.ExportArn!)}</Link>,
    isRowHeader: true,
    minWidth: 220,
  },
  { id: "status", header: "Status", value: (e) => e.ExportStatus, cell: (e) => <Status of={e.ExportStatus} />, minWidth: 150 },
  { id: "table", header: "Table", value: tableOf, cell: (e) => tableOf(e) ?? "–", minWidth: 120 },
  { id: "type", header: "Export type", value: (e) => e.ExportType, cell: (e) => exportTypes[e.ExportType ?? "FULL_EXPORT"], minWidth: 150 },
  {
    id: "destination",
    header: "Destination",
    value: (e) => s3URL(e.S3Bucket, e.S3Prefix),
    cell: (e) => s3URL(e.S3Bucket, e.S3Prefix),
    minWidth: 180,
  },
  { id: "items", header: "Items", value: (e) => e.ItemCount, cell: (e) => count(e.ItemCount) },
  { id: "size", header: "Billed size", value: (e) => e.BilledSizeBytes, cell: (e) => bytes(e.BilledSizeBytes), minWidth: 130 },
  { id: "started", header: "Started", value: (e) => e.StartTime, cell: (e) => <Time at={e.StartTime} />, minWidth: 265 },
];

/** What DescribeExport says of each export, or just what the list has where that is not allowed. */
async function load(TableArn?: string): Promise<ExportDescription[]> {
  const summaries = await all(paginateListExports({ client: dynamodb() }, { TableArn }), (page) => page.ExportSummaries);
  const described = await Promise.allSettled(summaries.map(({ ExportArn }) => dynamodb().send(new DescribeExportCommand({ ExportArn }))));
  return described.map((d, i) => (d.status === "fulfilled" && d.value.ExportDescription) || summaries[i]!);
}
