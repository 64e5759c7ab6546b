// Tables and indexes in the words of the console.
import type {
  AttributeDefinition,
  BillingMode,
  ExportType,
  KeySchemaElement,
  ScalarAttributeType,
  TableDescription,
  TimeToLiveStatus,
} from "@aws-sdk/client-dynamodb";

/** What each tab of a table's page is given. */
export interface TabProps {
  table: TableDescription;
}

export const tableHref = (name: string, rest = "") => `/console/dynamodb/tables/${encodeURIComponent(name)}${rest}`;
export const backupHref = (arn: string) => `/console/dynamodb/backups/${encodeURIComponent(arn)}`;
export const restoreBackupHref = (arn: string) => `/console/dynamodb/restore-table?backup=${encodeURIComponent(arn)}`;
export const restoreTableHref = (name: string) => `/console/dynamodb/restore-table?table=${encodeURIComponent(name)}`;
export const exportHref = (arn: string) => `/console/dynamodb/exports/${encodeURIComponent(arn)}`;
export const exportTableHref = (name?: string) => `/console/dynamodb/export-table${name ? `?table=${encodeURIComponent(name)}` : ""}`;
export const importHref = (arn: string) => `/console/dynamodb/imports/${encodeURIComponent(arn)}`;
export const exploreHref = (name: string) => `/console/dynamodb/explore?table=${encodeURIComponent(name)}`;

export const typeNames: Record<ScalarAttributeType, string> = { S: "String", N: "Number", B: "Binary" };

interface Keyed {
  KeySchema?: KeySchemaElement[];
}

/** The attributes of a key, "id (String)"; "–" if there are none. */
export function keyText(of: Keyed, type: "HASH" | "RANGE", definitions: AttributeDefinition[] = []): string {
  const attributes = (of.KeySchema ?? []).filter((k) => k.KeyType === type).map((k) => {
    const kind = definitions.find((a) => a.AttributeName === k.AttributeName)?.AttributeType;
    return kind ? `${k.AttributeName} (${typeNames[kind]})` : k.AttributeName;
  });
  return attributes.join(", ") || "–";
}

export const isOnDemand = (t: TableDescription) => t.BillingModeSummary?.BillingMode === "PAY_PER_REQUEST";
export const billingNames: Record<BillingMode, string> = { PAY_PER_REQUEST: "On-demand", PROVISIONED: "Provisioned" };
export const capacityMode = (t: TableDescription) => billingNames[isOnDemand(t) ? "PAY_PER_REQUEST" : "PROVISIONED"];

export const tableClass = (t: TableDescription) =>
  t.TableClassSummary?.TableClass === "STANDARD_INFREQUENT_ACCESS" ? "DynamoDB Standard-IA" : "DynamoDB Standard";

export const encryptionNames = { owned: "AWS owned key", managed: "AWS managed key", customer: "Customer managed key" };

export function encryptionText({ SSEDescription: sse }: Pick<TableDescription, "SSEDescription">): string {
  if (sse?.KMSMasterKeyArn) return `${encryptionNames.customer}: ${sse.KMSMasterKeyArn}`;
  return encryptionNames[sse ? "managed" : "owned"];
}

export const indexCount = (t: TableDescription) =>
  (t.GlobalSecondaryIndexes?.length ?? 0) + (t.LocalSecondaryIndexes?.length ?? 0);

/** Whether something of the table is on its way, so that it is worth to ask again. */
export const isChanging = (t: TableDescription) =>
  t.TableStatus !== "ACTIVE" || !!t.GlobalSecondaryIndexes?.some((x) => x.IndexStatus !== "ACTIVE");

export const isStreamOn = (t: TableDescription) => !!t.StreamSpecification?.StreamEnabled;

export const viewTypes: Record<string, { label: string; description: string }> = {
  KEYS_ONLY: { label: "Key attributes only", description: "Only the key attributes of the changed item" },
  NEW_IMAGE: { label: "New image", description: "The entire item as it appears after it was changed" },
  OLD_IMAGE: { label: "Old image", description: "The entire item as it appeared before it was changed" },
  NEW_AND_OLD_IMAGES: { label: "New and old images", description: "Both the new and the old images of the changed item" },
};

export const projections: Record<string, { label: string; description: string }> = {
  ALL: { label: "All", description: "All the attributes of the items" },
  KEYS_ONLY: { label: "Only keys", description: "Only the keys of the index and of the table" },
  INCLUDE: { label: "Include", description: "The keys and the attributes that you name" },
};

/** ENABLING -> Turning on. */
export const ttlText: Record<TimeToLiveStatus, string> = {
  ENABLED: "On",
  ENABLING: "Turning on",
  DISABLED: "Off",
  DISABLING: "Turning off",
};

/** PAY_PER_REQUEST -> Pay per request. */
export const words = (constant: string) => constant[0] + constant.slice(1).toLowerCase().replaceAll("_", " ");

/** What the ARN of an export or import ends with. */
export const idOf = (arn: string) => arn.split("/").at(-1)!;

export const exportTypes: Record<ExportType, string> = { FULL_EXPORT: "Full", INCREMENTAL_EXPORT: "Incremental" };

export const count = (n: number | undefined) => n?.toLocaleString("en") ?? "–";
export const onOff = (on: boolean | undefined) => (on ? "On" : "Off");
