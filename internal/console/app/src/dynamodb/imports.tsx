import {
  DescribeImportCommand,
  ImportTableCommand,
  paginateListImports,
  type ImportTableDescription,
  type InputFormat,
  type ScalarAttributeType,
} from "@aws-sdk/client-dynamodb";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import Link from "@cloudscape-design/components/link";
import { useState } from "react";
import { dynamodb } from "../aws/dynamodb";
import { all } from "../aws/query";
import { ResourceTable, type Column } from "../parts/resource_table";
import { Time } from "../parts/time";
import { Page } from "../shell/page";
import { count } from "./describe";
import { definitions, keySchema } from "./draft";
import { useProgress } from "./load";
import { isMissing, Missing } from "./missing";
import { RequestModal } from "./request_modal";
import { Status } from "./status";

export default function Imports() {
  const [importing, setImporting] = useState(false);
  const imports = useProgress(["dynamodb", "ListImports"], load, (all) => all.some((i) => i.ImportStatus === "IN_PROGRESS"));
  return (
    <Page title="Imports from S3" breadcrumbs={[["DynamoDB", "/console/dynamodb"]]} heading={false}>
      {isMissing(imports.error) ? (
        <Container header={<Header variant="h1">Imports from S3</Header>}>
          <Missing what="imports from S3">
            A CSV or JSON file can be imported from this computer in <Link href="/console/dynamodb/explore">Explore items</Link>.
          </Missing>
        </Container>
      ) : (
        <ResourceTable
          title="Imports from S3"
          variant="full-page"
          name="dynamodb.imports"
          nouns={["import", "imports"]}
          query={imports}
          id={(i) => i.ImportArn!}
          columns={columns}
          actions={() => (
            <Button variant="primary" onClick={() => setImporting(true)}>
              Import from S3
            </Button>
          )}
        />
      )}
      {importing && <ImportTable onClose={() => setImporting(false)} />}
    </Page>
  );
}

const columns: Column<ImportTableDescription>[] = [
  { id: "arn", header: "Import ARN", value: (i) => i.ImportArn, cell: (i) => i.ImportArn, isRowHeader: true },
  { id: "status", header: "Status", value: (i) => i.ImportStatus, cell: (i) => <Status of={i.ImportStatus} /> },
  { id: "table", header: "Table ARN", value: (i) => i.TableArn, cell: (i) => i.TableArn },
  { id: "bucket", header: "Source S3 bucket", value: (i) => i.S3BucketSource?.S3Bucket, cell: (i) => i.S3BucketSource?.S3Bucket },
  { id: "items", header: "Imported items", value: (i) => i.ImportedItemCount, cell: (i) => count(i.ImportedItemCount) },
  { id: "errors", header: "Errors", value: (i) => i.ErrorCount, cell: (i) => count(i.ErrorCount) },
  { id: "started", header: "Started", value: (i) => i.StartTime, cell: (i) => <Time at={i.StartTime} /> },
  { id: "failure", header: "Failure", value: (i) => i.FailureMessage, cell: (i) => i.FailureMessage ?? "–" },
];

async function load(): Promise<ImportTableDescription[]> {
  const summaries = await all(paginateListImports({ client: dynamodb() }, {}), (page) => page.ImportSummaryList);
  return Promise.all(
    summaries.map(async ({ ImportArn }) => {
      const { ImportTableDescription: i } = await dynamodb().send(new DescribeImportCommand({ ImportArn }));
      return i ?? { ImportArn };
    }),
  );
}

const types = ["S", "N", "B"];

function ImportTable({ onClose }: { onClose: () => void }) {
  return (
    <RequestModal
      title="Import table from Amazon S3"
      verb="Import"
      fields={[
        { id: "bucket", label: "Source S3 bucket" },
        { id: "prefix", label: "S3 key prefix", optional: true, hint: "Optional" },
        { id: "format", label: "Import file format", initial: "DYNAMODB_JSON", options: ["DYNAMODB_JSON", "ION", "CSV"] },
        { id: "name", label: "Name of the new table" },
        { id: "partition", label: "Partition key" },
        { id: "partitionType", label: "Type of the partition key", initial: "S", options: types },
        { id: "sort", label: "Sort key", optional: true, hint: "Optional" },
        { id: "sortType", label: "Type of the sort key", initial: "S", options: types },
      ]}
      done="The import was started."
      request={(v) => {
        const partition = { name: v.partition, type: v.partitionType as ScalarAttributeType };
        const sort = { name: v.sort, type: v.sortType as ScalarAttributeType };
        return dynamodb().send(
          new ImportTableCommand({
            S3BucketSource: { S3Bucket: v.bucket, S3KeyPrefix: v.prefix || undefined },
            InputFormat: v.format as InputFormat,
            TableCreationParameters: {
              TableName: v.name,
              KeySchema: keySchema([partition], [sort]),
              AttributeDefinitions: definitions([partition, sort]),
              BillingMode: "PAY_PER_REQUEST",
            },
          }),
        );
      }}
      onClose={onClose}
    />
  );
}
