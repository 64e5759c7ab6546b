import { DescribeImportCommand, paginateListImports, type ImportTableDescription } from "@aws-sdk/client-dynamodb";
import Button from "@cloudscape-design/components/button";
import Link from "@cloudscape-design/components/link";
import { dynamodb } from "../aws/dynamodb";
import { all } from "../aws/query";
import { ResourceTable, type Column } from "../parts/resource_table";
import { Time } from "../parts/time";
import { Page } from "../shell/page";
import { count, idOf, importHref } from "./describe";
import { useProgress } from "./load";
import { s3URL } from "./s3";
import { Status } from "./status";

export default function Imports() {
  const imports = useProgress(["dynamodb", "ListImports"], load, (all) => all.some((i) => i.ImportStatus === "IN_PROGRESS"));
  return (
    <Page title="Imports from S3" breadcrumbs={[["DynamoDB", "/console/dynamodb"]]} heading={false}>
      <ResourceTable
        title="Imports from S3"
        variant="full-page"
        name="dynamodb.imports"
        nouns={["import", "imports"]}
        description={
          <>
            Imports make a new table of files in a bucket. A file of this computer can be written into a table that is there by{" "}
            <Link href="/console/dynamodb/explore/import-file">Import from a file</Link>.
          </>
        }
        query={imports}
        id={(i) => i.ImportArn!}
        columns={columns}
        sortedBy="started"
        descending
        emptyAction={<Button href={importTableHref}>Import from S3</Button>}
        actions={() => (
          <Button variant="primary" href={importTableHref}>
            Import from S3
          </Button>
        )}
      />
    </Page>
  );
}

const importTableHref = "/console/dynamodb/import-table";
const tableOf = (i: ImportTableDescription) => i.TableArn?.split("/").at(-1);
const source = ({ S3BucketSource: s }: ImportTableDescription) => s3URL(s?.S3Bucket, s?.S3KeyPrefix);

const columns: Column<ImportTableDescription>[] = [
  {
    id: "arn",
    header: "Import",
    value: (i) => i.ImportArn,
    cell: (i) => <Link href={importHref(i.ImportArn!)}>{idOf(i.ImportArn!)}</Link>,
    isRowHeader: true,
    minWidth: 220,
  },
  { id: "status", header: "Status", value: (i) => i.ImportStatus, cell: (i) => <Status of={i.ImportStatus} />, minWidth: 150 },
  { id: "table", header: "Destination table", value: tableOf, cell: (i) => tableOf(i) ?? "–", minWidth: 190 },
  { id: "source", header: "Source", value: source, cell: source, minWidth: 180 },
  { id: "items", header: "Imported items", value: (i) => i.ImportedItemCount, cell: (i) => count(i.ImportedItemCount), minWidth: 170 },
  { id: "errors", header: "Errors", value: (i) => i.ErrorCount, cell: (i) => count(i.ErrorCount) },
  { id: "started", header: "Started", value: (i) => i.StartTime, cell: (i) => <Time at={i.StartTime} />, minWidth: 265 },
];

/** What DescribeImport says of each import, or just what the list has where that is not allowed. */
async function load(): Promise<ImportTableDescription[]> {
  const summaries = await all(paginateListImports({ client: dynamodb() }, {}), (page) => page.ImportSummaryList);
  const described = await Promise.allSettled(summaries.map(({ ImportArn }) => dynamodb().send(new DescribeImportCommand({ ImportArn }))));
  return described.map((d, i) => (d.status === "fulfilled" && d.value.ImportTableDescription) || summaries[i]!);
}
