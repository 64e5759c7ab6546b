// One import: how far it is, and what it makes of what.
import { DescribeImportCommand, type ImportTableDescription } from "@aws-sdk/client-dynamodb";
import Button from "@cloudscape-design/components/button";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import Link from "@cloudscape-design/components/link";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { dynamodb } from "../aws/dynamodb";
import { bytes } from "../parts/bytes";
import { Copy } from "../parts/copy";
import { Loaded } from "../parts/loaded";
import { Time } from "../parts/time";
import { Page } from "../shell/page";
import { useParams } from "../shell/params";
import { ArnRow } from "./arn_row";
import { billingNames, count, exploreHref, idOf, keyText, tableHref } from "./describe";
import { FormSection } from "./form_section";
import { compressions, delimiters, importFormats } from "./import_draft";
import { JobStatus } from "./job_status";
import { useProgress } from "./load";
import { s3URL } from "./s3";

export default function ImportPage() {
  const { import: arn } = useParams<{ import: string }>();
  const found = useProgress(
    ["dynamodb", "DescribeImport", arn],
    async () => (await dynamodb().send(new DescribeImportCommand({ ImportArn: arn }))).ImportTableDescription ?? {},
    (i) => i.ImportStatus === "IN_PROGRESS" || i.ImportStatus === "CANCELLING",
  );
  const table = found.data?.TableCreationParameters?.TableName;
  return (
    <Page
      title={`Import ${idOf(arn)}`}
      breadcrumbs={[
        ["DynamoDB", "/console/dynamodb"],
        ["Imports from S3", "/console/dynamodb/imports"],
      ]}
      actions={
        table &&
        found.data?.ImportStatus === "COMPLETED" && (
          <Button variant="primary" href={exploreHref(table)}>
            Explore table items
          </Button>
        )
      }
    >
      <Loaded query={found}>
        {(i) => (
          <SpaceBetween size="l">
            <Progress of={i} />
            <Source of={i} />
            <Destination of={i} />
          </SpaceBetween>
        )}
      </Loaded>
    </Page>
  );
}

interface PartProps {
  of: ImportTableDescription;
}

function Progress({ of: i }: PartProps) {
  return (
    <FormSection title="Import details">
      <SpaceBetween size="m">
        <JobStatus what="import" status={i.ImportStatus} started={i.StartTime} ended={i.EndTime} code={i.FailureCode} message={i.FailureMessage} />
        <KeyValuePairs
          columns={4}
          items={[
            { label: "Processed items", value: count(i.ProcessedItemCount) },
            { label: "Imported items", value: count(i.ImportedItemCount) },
            { label: "Errors", value: count(i.ErrorCount) },
            { label: "Processed size", value: bytes(i.ProcessedSizeBytes) },
            { label: "Started", value: <Time at={i.StartTime} /> },
            { label: "Ended", value: <Time at={i.EndTime} /> },
            { label: "Log group of the errors", value: i.CloudWatchLogGroupArn ?? "–" },
          ]}
        />
        <ArnRow label="Import ARN" arn={i.ImportArn!} />
      </SpaceBetween>
    </FormSection>
  );
}

function Source({ of: i }: PartProps) {
  const csv = i.InputFormatOptions?.Csv;
  return (
    <FormSection title="Source">
      <KeyValuePairs
        columns={4}
        items={[
          { label: "S3 location", value: <Copy text={s3URL(i.S3BucketSource?.S3Bucket, i.S3BucketSource?.S3KeyPrefix)} /> },
          { label: "S3 bucket owner", value: i.S3BucketSource?.S3BucketOwner ?? "–" },
          { label: "Compression", value: compressions[i.InputCompressionType ?? "NONE"] },
          { label: "File format", value: importFormats[i.InputFormat ?? "DYNAMODB_JSON"] },
          ...(i.InputFormat === "CSV"
            ? [
                { label: "CSV delimiter", value: delimiters[csv?.Delimiter ?? ","] ?? csv?.Delimiter },
                { label: "CSV header", value: csv?.HeaderList?.join(", ") || "First line of the files" },
              ]
            : []),
        ]}
      />
    </FormSection>
  );
}

function Destination({ of: { TableCreationParameters: t } }: PartProps) {
  if (!t) return null;
  const indexes = t.GlobalSecondaryIndexes?.map((x) => x.IndexName).join(", ");
  return (
    <FormSection title="Destination table">
      <KeyValuePairs
        columns={4}
        items={[
          { label: "Table", value: <Link href={tableHref(t.TableName!)}>{t.TableName}</Link> },
          { label: "Partition key", value: keyText(t, "HASH", t.AttributeDefinitions) },
          { label: "Sort key", value: keyText(t, "RANGE", t.AttributeDefinitions) },
          { label: "Capacity mode", value: billingNames[t.BillingMode ?? "PROVISIONED"] },
          { label: "Global secondary indexes", value: indexes || "–" },
        ]}
      />
    </FormSection>
  );
}
