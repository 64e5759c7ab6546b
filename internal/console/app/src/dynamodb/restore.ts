// What a table is restored from, what somebody changes of it, and what of that is to be sent.
import {
  DescribeBackupCommand,
  DescribeContinuousBackupsCommand,
  DescribeTableCommand,
  type BackupDescription,
  type BillingMode,
  type GlobalSecondaryIndex,
  type GlobalSecondaryIndexInfo,
  type ProvisionedThroughput,
  type RestoreTableFromBackupCommandInput,
  type SSEDescription,
} from "@aws-sdk/client-dynamodb";
import { dynamodb } from "../aws/dynamodb";
import { encryption, nameFault, type EncryptionDraft, type Faults } from "./draft";

type IndexInfo = Pick<GlobalSecondaryIndexInfo, "IndexName" | "KeySchema" | "Projection">;

/** A backup, or a table with point-in-time recovery. */
export type RestoreFrom = { backup: string } | { table: string };

export interface RestoreSource {
  table: string;
  billing: BillingMode;
  throughput: ProvisionedThroughput | undefined;
  global: IndexInfo[];
  local: IndexInfo[];
  encryption: EncryptionDraft;
  /** Of a backup. */
  backup?: BackupDescription;
  /** Between which moments the table can be restored, of a table. */
  window?: { earliest: Date; latest: Date };
}

export interface RestoreDraft extends EncryptionDraft {
  name: string;
  withIndexes: boolean;
  billing: BillingMode;
  read: string;
  write: string;
}

export const loadSource = (from: RestoreFrom): Promise<RestoreSource> =>
  "backup" in from ? loadBackup(from.backup) : loadTable(from.table);

async function loadBackup(BackupArn: string): Promise<RestoreSource> {
  const { BackupDescription: backup = {} } = await dynamodb().send(new DescribeBackupCommand({ BackupArn }));
  const { SourceTableDetails: table, SourceTableFeatureDetails: features } = backup;
  return {
    table: table?.TableName ?? "",
    billing: table?.BillingMode ?? "PROVISIONED",
    throughput: table?.ProvisionedThroughput,
    global: features?.GlobalSecondaryIndexes ?? [],
    local: features?.LocalSecondaryIndexes ?? [],
    encryption: encryptionOf(features?.SSEDescription),
    backup,
  };
}

async function loadTable(TableName: string): Promise<RestoreSource> {
  const [{ Table }, { ContinuousBackupsDescription }] = await Promise.all([
    dynamodb().send(new DescribeTableCommand({ TableName })),
    dynamodb().send(new DescribeContinuousBackupsCommand({ TableName })),
  ]);
  const { EarliestRestorableDateTime: earliest, LatestRestorableDateTime: latest } =
    ContinuousBackupsDescription?.PointInTimeRecoveryDescription ?? {};
  return {
    table: TableName,
    billing: Table?.BillingModeSummary?.BillingMode ?? "PROVISIONED",
    throughput: Table?.ProvisionedThroughput && units(Table.ProvisionedThroughput),
    global: Table?.GlobalSecondaryIndexes ?? [],
    local: Table?.LocalSecondaryIndexes ?? [],
    encryption: encryptionOf(Table?.SSEDescription),
    window: earliest && latest && { earliest, latest },
  };
}

/** Without what a description of throughput has besides. */
const units = ({ ReadCapacityUnits, WriteCapacityUnits }: Partial<ProvisionedThroughput>): ProvisionedThroughput => ({
  ReadCapacityUnits,
  WriteCapacityUnits,
});

function encryptionOf(sse: SSEDescription | undefined): EncryptionDraft {
  if (!sse || sse.Status === "DISABLED") return { encryption: "owned", keyArn: "" };
  return sse.KMSMasterKeyArn ? { encryption: "customer", keyArn: sse.KMSMasterKeyArn } : { encryption: "managed", keyArn: "" };
}

export const newRestore = (source: RestoreSource): RestoreDraft => ({
  name: "",
  withIndexes: true,
  billing: source.billing,
  read: String(source.throughput?.ReadCapacityUnits || 5),
  write: String(source.throughput?.WriteCapacityUnits || 5),
  ...source.encryption,
});

export function restoreFaults(d: RestoreDraft): Faults {
  const number = (text: string) => (d.billing === "PROVISIONED" && !/^[1-9]\d*$/.test(text) ? "Enter a whole number of 1 or more." : undefined);
  return {
    name: nameFault(d.name),
    read: number(d.read),
    write: number(d.write),
    keyArn: d.encryption === "customer" && !d.keyArn ? "Enter the key's ARN, ID or alias." : undefined,
  };
}

type Overrides = Pick<
  RestoreTableFromBackupCommandInput,
  "BillingModeOverride" | "ProvisionedThroughputOverride" | "GlobalSecondaryIndexOverride" | "LocalSecondaryIndexOverride" | "SSESpecificationOverride"
>;

/** What is to differ from the source. The rest is left to the server. */
export function overrides(source: RestoreSource, d: RestoreDraft): Overrides {
  const changed: Overrides = {};
  const wanted = { ReadCapacityUnits: Number(d.read), WriteCapacityUnits: Number(d.write) };
  if (d.billing !== source.billing) changed.BillingModeOverride = d.billing;
  if (
    d.billing === "PROVISIONED" &&
    (d.billing !== source.billing ||
      wanted.ReadCapacityUnits !== source.throughput?.ReadCapacityUnits ||
      wanted.WriteCapacityUnits !== source.throughput.WriteCapacityUnits)
  ) {
    changed.ProvisionedThroughputOverride = wanted;
  }
  if (!d.withIndexes) {
    if (source.global.length) changed.GlobalSecondaryIndexOverride = [];
    if (source.local.length) changed.LocalSecondaryIndexOverride = [];
  } else if (source.global.length && changed.BillingModeOverride === "PROVISIONED") {
    // Indexes of an on-demand table have no capacity of their own to be restored with.
    changed.GlobalSecondaryIndexOverride = source.global.map((x) => index(x, wanted));
  }
  if (d.encryption !== source.encryption.encryption || d.keyArn !== source.encryption.keyArn) changed.SSESpecificationOverride = encryption(d);
  return changed;
}

const index = (x: IndexInfo, ProvisionedThroughput: ProvisionedThroughput): GlobalSecondaryIndex => ({
  IndexName: x.IndexName,
  KeySchema: x.KeySchema,
  Projection: x.Projection,
  ProvisionedThroughput,
});
