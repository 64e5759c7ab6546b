import {
  DescribeExportCommand,
  ExportTableToPointInTimeCommand,
  paginateListExports,
  type ExportDescription,
  type ExportFormat,
  type TableDescription,
} from "@aws-sdk/client-dynamodb";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import { useState } from "react";
import { dynamodb } from "../aws/dynamodb";
import { all } from "../aws/query";
import { bytes } from "../parts/bytes";
import { ResourceTable, type Column } from "../parts/resource_table";
import { Time } from "../parts/time";
import { count } from "./describe";
import { useProgress, useTables } from "./load";
import { isMissing, Missing } from "./missing";
import { RequestModal } from "./request_modal";
import { Status } from "./status";

interface ExportListProps {
  /** Of one table; of all without it. */
  table?: TableDescription;
  fullPage?: boolean;
}

export function ExportList({ table, fullPage }: ExportListProps) {
  const [exporting, setExporting] = useState(false);
  const exports = useProgress(
    ["dynamodb", "ListExports", table?.TableArn],
    () => load(table?.TableArn),
    (all) => all.some((e) => e.ExportStatus === "IN_PROGRESS"),
  );
  const title = "Exports to S3";
  if (isMissing(exports.error)) {
    return (
      <Container header={<Header variant={fullPage ? "h1" : "h2"}>{title}</Header>}>
        <Missing what="exports to S3">Items can be downloaded as CSV or JSON from Explore items.</Missing>
      </Container>
    );
  }
  return (
    <>
      <ResourceTable
        title={title}
        variant={fullPage ? "full-page" : "container"}
        name="dynamodb.exports"
        nouns={["export", "exports"]}
        query={exports}
        id={(e) => e.ExportArn!}
        columns={columns}
        actions={() => <Button onClick={() => setExporting(true)}>Export to S3</Button>}
      />
      {exporting && <ExportTable table={table} onClose={() => setExporting(false)} />}
    </>
  );
}

const columns: Column<ExportDescription>[] = [
  { id: "arn", header: "Export ARN", value: (e) => e.ExportArn, cell: (e) => e.ExportArn, isRowHeader: true },
  { id: "status", header: "Status", value: (e) => e.ExportStatus, cell: (e) => <Status of={e.ExportStatus} /> },
  { id: "bucket", header: "Destination S3 bucket", value: (e) => e.S3Bucket, cell: (e) => e.S3Bucket },
  { id: "format", header: "Format", value: (e) => e.ExportFormat, cell: (e) => e.ExportFormat },
  { id: "items", header: "Items", value: (e) => e.ItemCount, cell: (e) => count(e.ItemCount) },
  { id: "size", header: "Billed size", value: (e) => e.BilledSizeBytes, cell: (e) => bytes(e.BilledSizeBytes) },
  { id: "started", header: "Started", value: (e) => e.StartTime, cell: (e) => <Time at={e.StartTime} /> },
  { id: "failure", header: "Failure", value: (e) => e.FailureMessage, cell: (e) => e.FailureMessage ?? "–" },
];

async function load(TableArn?: string): Promise<ExportDescription[]> {
  const summaries = await all(paginateListExports({ client: dynamodb() }, { TableArn }), (page) => page.ExportSummaries);
  return Promise.all(
    summaries.map(async ({ ExportArn }) => {
      const { ExportDescription: e } = await dynamodb().send(new DescribeExportCommand({ ExportArn }));
      return e ?? { ExportArn };
    }),
  );
}

function ExportTable({ table, onClose }: { table?: TableDescription; onClose: () => void }) {
  const tables = useTables();
  const arn = (name: string) => (table ?? tables.data?.find((t) => t.TableName === name))?.TableArn;
  return (
    <RequestModal
      title="Export table to Amazon S3"
      verb="Export"
      fields={[
        table
          ? { id: "table", label: "Source table", initial: table.TableName, fixed: true }
          : { id: "table", label: "Source table", options: tables.data?.map((t) => t.TableName) ?? [] },
        { id: "bucket", label: "Destination S3 bucket" },
        { id: "prefix", label: "S3 prefix", optional: true, hint: "Optional" },
        { id: "format", label: "Exported file format", initial: "DYNAMODB_JSON", options: ["DYNAMODB_JSON", "ION"] },
      ]}
      done="The export was started."
      request={(v) =>
        dynamodb().send(
          new ExportTableToPointInTimeCommand({
            TableArn: arn(v.table),
            S3Bucket: v.bucket,
            S3Prefix: v.prefix || undefined,
            ExportFormat: v.format as ExportFormat,
          }),
        )
      }
      onClose={onClose}
    />
  );
}
