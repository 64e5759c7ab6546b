// One export: how far it is, and where it went.
import { DescribeExportCommand, type ExportDescription } from "@aws-sdk/client-dynamodb";
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
import { count, exportTypes, idOf, tableHref } from "./describe";
import { FormSection } from "./form_section";
import { JobStatus } from "./job_status";
import { useProgress } from "./load";
import { s3URL } from "./s3";

export default function ExportPage() {
  const { export: arn } = useParams<{ export: string }>();
  const found = useProgress(
    ["dynamodb", "DescribeExport", arn],
    async () => (await dynamodb().send(new DescribeExportCommand({ ExportArn: arn }))).ExportDescription ?? {},
    (e) => e.ExportStatus === "IN_PROGRESS",
  );
  return (
    <Page
      title={`Export ${idOf(arn)}`}
      breadcrumbs={[
        ["DynamoDB", "/console/dynamodb"],
        ["Exports to S3", "/console/dynamodb/exports"],
      ]}
    >
      <Loaded query={found}>{(e) => <Export of={e} />}</Loaded>
    </Page>
  );
}

function Export({ of: e }: { of: ExportDescription }) {
  const table = e.TableArn?.split("/").at(-1) ?? "";
  const period = e.IncrementalExportSpecification;
  return (
    <SpaceBetween size="l">
      <FormSection title="Export details">
        <SpaceBetween size="m">
          <JobStatus what="export" status={e.ExportStatus} started={e.StartTime} ended={e.EndTime} code={e.FailureCode} message={e.FailureMessage} />
          <KeyValuePairs
            columns={4}
            items={[
              { label: "Source table", value: <Link href={tableHref(table)}>{table}</Link> },
              { label: "Export type", value: exportTypes[e.ExportType ?? "FULL_EXPORT"] },
              ...(period
                ? [
                    { label: "Export period from", value: <Time at={period.ExportFromTime} /> },
                    { label: "Export period to", value: <Time at={period.ExportToTime} /> },
                    { label: "Exported view", value: period.ExportViewType === "NEW_IMAGE" ? "New images only" : "New and old images" },
                  ]
                : [{ label: "Point in time", value: <Time at={e.ExportTime} /> }]),
              { label: "Exported items", value: count(e.ItemCount) },
              { label: "Billed size", value: bytes(e.BilledSizeBytes) },
              { label: "File format", value: e.ExportFormat === "ION" ? "Amazon Ion text" : "DynamoDB JSON" },
              { label: "Started", value: <Time at={e.StartTime} /> },
              { label: "Ended", value: <Time at={e.EndTime} /> },
            ]}
          />
          <ArnRow label="Export ARN" arn={e.ExportArn!} />
        </SpaceBetween>
      </FormSection>
      <FormSection title="Destination">
        <KeyValuePairs
          columns={2}
          items={[
            { label: "S3 location", value: s3URL(e.S3Bucket, e.S3Prefix) },
            { label: "S3 bucket owner", value: e.S3BucketOwner ?? "–" },
            { label: "Data files", value: e.ExportManifest ? <Copy text={s3URL(e.S3Bucket, e.ExportManifest.replace(/[^/]*$/, "data/"))} /> : "–" },
            { label: "Manifest", value: e.ExportManifest ? <Copy text={s3URL(e.S3Bucket, e.ExportManifest)} /> : "–" },
            { label: "Encryption", value: e.S3SseAlgorithm === "KMS" ? `KMS key ${e.S3SseKmsKeyId}` : e.S3SseAlgorithm ?? "–" },
          ]}
        />
      </FormSection>
    </SpaceBetween>
  );
}
