// What somebody fills in to import a table, and the request that it becomes.
import type {
  ImportTableCommandInput,
  InputCompressionType,
  InputFormat,
  TableCreationParameters,
} from "@aws-sdk/client-dynamodb";
import { createTableInput, newTable, tableFaults, type Faults, type TableDraft } from "./draft";
import { s3Place } from "./s3";

export interface ImportDraft {
  source: string;
  owner: string;
  compression: InputCompressionType;
  format: InputFormat;
  /** Whether the first line of a CSV file has the names of the attributes; otherwise they are given. */
  headed: boolean;
  header: string;
  delimiter: string;
  table: TableDraft;
}

export const newImport: ImportDraft = {
  source: "",
  owner: "",
  compression: "NONE",
  format: "DYNAMODB_JSON",
  headed: true,
  header: "",
  delimiter: ",",
  table: newTable,
};

export const compressions: Record<InputCompressionType, string> = { NONE: "No compression", GZIP: "GZIP", ZSTD: "ZSTD" };
export const importFormats: Record<InputFormat, string> = { DYNAMODB_JSON: "DynamoDB JSON", ION: "Amazon Ion", CSV: "CSV" };
export const delimiters: Record<string, string> = {
  ",": "Comma (,)",
  "\t": "Tab",
  ";": "Semicolon (;)",
  ":": "Colon (:)",
  "|": "Pipe (|)",
  " ": "Space",
};

/** Of the source. */
export function sourceFaults(d: ImportDraft): Faults {
  return {
    source: s3Place(d.source) ? undefined : "Enter the name of a bucket.",
    header: d.format === "CSV" && !d.headed && !names(d).length ? "Enter the names of the attributes." : undefined,
  };
}

/** Of the name and keys of the new table. */
export function destinationFaults(d: ImportDraft): Faults {
  const { name, partition, sort } = tableFaults(d.table);
  return { name, partition, sort };
}

/** Of its settings. */
export function settingsFaults(d: ImportDraft): Faults {
  const { name: _name, partition: _partition, sort: _sort, ...rest } = tableFaults(d.table);
  return rest;
}

const names = (d: ImportDraft) =>
  d.header
    .split(",")
    .map((name) => name.trim())
    .filter(Boolean);

export function importInput(d: ImportDraft): ImportTableCommandInput {
  const place = s3Place(d.source);
  return {
    S3BucketSource: { S3Bucket: place?.bucket, S3KeyPrefix: place?.prefix, S3BucketOwner: d.owner || undefined },
    InputCompressionType: d.compression,
    InputFormat: d.format,
    InputFormatOptions: d.format === "CSV" ? { Csv: { Delimiter: d.delimiter, HeaderList: d.headed ? undefined : names(d) } } : undefined,
    TableCreationParameters: creation(d.table),
  };
}

/** Of what a new table can be given, an import has a part. */
function creation(table: TableDraft): TableCreationParameters {
  const {
    TableName,
    KeySchema,
    AttributeDefinitions,
    BillingMode,
    ProvisionedThroughput,
    OnDemandThroughput,
    SSESpecification,
    GlobalSecondaryIndexes,
  } = createTableInput(table);
  return {
    TableName,
    KeySchema,
    AttributeDefinitions,
    BillingMode,
    ProvisionedThroughput,
    OnDemandThroughput,
    SSESpecification,
    GlobalSecondaryIndexes,
  };
}
