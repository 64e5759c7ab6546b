// What somebody fills in to export a table, and the request that it becomes.
import type {
  ExportFormat,
  ExportTableToPointInTimeCommandInput,
  ExportType,
  ExportViewType,
  S3SseAlgorithm,
} from "@aws-sdk/client-dynamodb";
import type { Faults } from "./draft";
import { dateOf, momentOf, type Moment } from "./moment_field";
import { s3Place } from "./s3";

export interface ExportDraft {
  table: string;
  destination: string;
  owner: string;
  type: ExportType;
  /** Of a full export: as the table is now, or as it was at a moment. */
  now: boolean;
  at: Moment;
  /** Of an incremental one. */
  from: Moment;
  to: Moment;
  view: ExportViewType;
  format: ExportFormat;
  encryption: S3SseAlgorithm;
  keyArn: string;
}

const hour = 3_600_000;

export const newExport = (table: string, now: Date): ExportDraft => ({
  table,
  destination: "",
  owner: "",
  type: "FULL_EXPORT",
  now: true,
  at: momentOf(now),
  from: momentOf(new Date(now.getTime() - hour)),
  to: momentOf(now),
  view: "NEW_AND_OLD_IMAGES",
  format: "DYNAMODB_JSON",
  encryption: "AES256",
  keyArn: "",
});

export function exportFaults(d: ExportDraft): Faults {
  const full = d.type === "FULL_EXPORT";
  const moment = (m: Moment) => (dateOf(m) ? undefined : "Enter a date and a time.");
  return {
    table: d.table ? undefined : "Choose a table.",
    destination: s3Place(d.destination) ? undefined : "Enter the name of a bucket.",
    at: full && !d.now ? moment(d.at) : undefined,
    from: full ? undefined : moment(d.from),
    to: full ? undefined : (moment(d.to) ?? (d.from.date + d.from.time < d.to.date + d.to.time ? undefined : "The end must be after the start.")),
    keyArn: d.encryption === "KMS" && !d.keyArn ? "Enter the key's ARN, ID or alias." : undefined,
  };
}

export function exportInput(d: ExportDraft, TableArn: string | undefined): ExportTableToPointInTimeCommandInput {
  const place = s3Place(d.destination);
  return {
    TableArn,
    S3Bucket: place?.bucket,
    S3Prefix: place?.prefix,
    S3BucketOwner: d.owner || undefined,
    S3SseAlgorithm: d.encryption,
    S3SseKmsKeyId: d.encryption === "KMS" ? d.keyArn : undefined,
    ExportFormat: d.format,
    ExportType: d.type,
    ...(d.type === "FULL_EXPORT"
      ? { ExportTime: d.now ? undefined : dateOf(d.at) }
      : { IncrementalExportSpecification: { ExportFromTime: dateOf(d.from), ExportToTime: dateOf(d.to), ExportViewType: d.view } }),
  };
}
