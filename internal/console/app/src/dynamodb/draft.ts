// What somebody fills in to create a table or an index, and the request that it becomes.
import type {
  AttributeDefinition,
  BillingMode,
  CreateTableCommandInput,
  KeySchemaElement,
  OnDemandThroughput,
  Projection,
  ProjectionType,
  ProvisionedThroughput,
  ScalarAttributeType,
  SSESpecification,
  StreamViewType,
  TableClass,
  WarmThroughput,
} from "@aws-sdk/client-dynamodb";

export interface KeyDraft {
  name: string;
  type: ScalarAttributeType;
}

/** Numbers are as they were typed; empty is none. */
export interface CapacityDraft {
  read: string;
  write: string;
  maxRead: string;
  maxWrite: string;
  warmRead: string;
  warmWrite: string;
}

export interface IndexDraft {
  name: string;
  local: boolean;
  partition: KeyDraft[];
  sort: KeyDraft[];
  projection: ProjectionType;
  nonKey: string[];
  capacity: CapacityDraft;
}

export interface TagDraft {
  Key: string;
  Value: string;
}

export interface EncryptionDraft {
  encryption: "owned" | "managed" | "customer";
  /** Of the customer's key. */
  keyArn: string;
}

export interface TableDraft extends EncryptionDraft {
  name: string;
  partition: KeyDraft;
  sort: KeyDraft;
  customized: boolean;
  tableClass: TableClass;
  billing: BillingMode;
  capacity: CapacityDraft;
  indexes: IndexDraft[];
  protection: boolean;
  stream: StreamViewType | "";
  ttl: string;
  policy: string;
  tags: TagDraft[];
}

export const noKey: KeyDraft = { name: "", type: "S" };
export const newCapacity: CapacityDraft = { read: "5", write: "5", maxRead: "", maxWrite: "", warmRead: "", warmWrite: "" };

export const newTable: TableDraft = {
  name: "",
  partition: noKey,
  sort: noKey,
  customized: false,
  tableClass: "STANDARD",
  billing: "PAY_PER_REQUEST",
  capacity: newCapacity,
  indexes: [],
  encryption: "owned",
  keyArn: "",
  protection: false,
  stream: "",
  ttl: "",
  policy: "",
  tags: [],
};

export const newIndex = (local: boolean, partition: KeyDraft = noKey): IndexDraft => ({
  name: "",
  local,
  partition: [partition],
  sort: [noKey],
  projection: "ALL",
  nonKey: [],
  capacity: newCapacity,
});

/** What is wrong, by the name of the field. */
export type Faults = Record<string, string | undefined>;

const nameRule = /^[\w.-]{3,255}$/;
export const nameHint = "Between 3 and 255 characters, containing only letters, numbers, underscores (_), hyphens (-), and periods (.).";

export function tableFaults(t: TableDraft): Faults {
  const provisioned = t.customized && t.billing === "PROVISIONED";
  return some({
    name: nameFault(t.name),
    partition: t.partition.name ? undefined : "Enter the name of the partition key.",
    sort: t.sort.name && t.sort.name === t.partition.name ? "The sort key must be another attribute." : undefined,
    keyArn: t.customized && t.encryption === "customer" && !t.keyArn ? "Enter the key's ARN, ID or alias." : undefined,
    ...(t.customized ? capacityFaults(t.capacity, provisioned) : {}),
    tags: faultyTags(t.tags) ? "Each tag needs a key." : undefined,
  });
}

export function indexFaults(x: IndexDraft, provisioned: boolean): Faults {
  return some({
    name: nameFault(x.name),
    partition: x.partition.some((k) => !k.name) ? "Enter the name of the attribute." : undefined,
    sort: x.local && !x.sort[0]?.name ? "A local secondary index needs a sort key." : undefined,
    nonKey: x.projection === "INCLUDE" && !x.nonKey.length ? "Add the attributes that are to be projected." : undefined,
    ...(x.local ? {} : capacityFaults(x.capacity, provisioned)),
  });
}

export function capacityFaults(c: CapacityDraft, provisioned: boolean): Faults {
  const required = (text: string) => (/^[1-9]\d*$/.test(text) ? undefined : "Enter a whole number of 1 or more.");
  const optional = (text: string) => (text ? required(text) : undefined);
  return some({
    ...(provisioned
      ? { read: required(c.read), write: required(c.write) }
      : { maxRead: optional(c.maxRead), maxWrite: optional(c.maxWrite) }),
    warmRead: optional(c.warmRead),
    warmWrite: optional(c.warmWrite),
  });
}

export const nameFault = (name: string) => (nameRule.test(name) ? undefined : nameHint);
const some = (faults: Faults): Faults => Object.fromEntries(Object.entries(faults).filter(([, text]) => text));

/** The request of CreateTable. What default settings leave out is left to the server. */
export function createTableInput(t: TableDraft): CreateTableCommandInput {
  const own = [t.partition, t.sort];
  const base: CreateTableCommandInput = {
    TableName: t.name,
    KeySchema: keySchema([t.partition], [t.sort]),
    AttributeDefinitions: definitions(own),
    BillingMode: "PAY_PER_REQUEST",
    Tags: t.tags.length ? t.tags : undefined,
  };
  if (!t.customized) return base;
  const local = t.indexes.filter((x) => x.local);
  const global = t.indexes.filter((x) => !x.local);
  return {
    ...base,
    AttributeDefinitions: definitions([...own, ...t.indexes.flatMap((x) => [...x.partition, ...x.sort])]),
    BillingMode: t.billing,
    ...throughput(t.capacity, t.billing),
    TableClass: t.tableClass,
    LocalSecondaryIndexes: local.length
      ? local.map((x) => ({ IndexName: x.name, KeySchema: keySchema(x.partition, x.sort), Projection: projection(x) }))
      : undefined,
    GlobalSecondaryIndexes: global.length ? global.map((x) => globalIndex(x, t.billing)) : undefined,
    SSESpecification: t.encryption === "owned" ? undefined : encryption(t),
    DeletionProtectionEnabled: t.protection,
    StreamSpecification: t.stream ? { StreamEnabled: true, StreamViewType: t.stream } : undefined,
    ResourcePolicy: t.policy.trim() ? t.policy : undefined,
  };
}

export const globalIndex = (x: IndexDraft, billing: BillingMode) => ({
  IndexName: x.name,
  KeySchema: keySchema(x.partition, x.sort),
  Projection: projection(x),
  ...throughput(x.capacity, billing),
});

export function keySchema(partition: KeyDraft[], sort: KeyDraft[]): KeySchemaElement[] {
  return [
    ...partition.map((k) => ({ AttributeName: k.name, KeyType: "HASH" as const })),
    ...sort.filter((k) => k.name).map((k) => ({ AttributeName: k.name, KeyType: "RANGE" as const })),
  ];
}

/** Each attribute once. If it was given two types, both are sent: the server says what is wrong with that. */
export function definitions(keys: KeyDraft[]): AttributeDefinition[] {
  const unique = new Map(keys.filter((k) => k.name).map((k) => [`${k.type} ${k.name}`, k]));
  return [...unique.values()].map((k) => ({ AttributeName: k.name, AttributeType: k.type }));
}

const projection = (x: IndexDraft): Projection => ({
  ProjectionType: x.projection,
  NonKeyAttributes: x.projection === "INCLUDE" ? x.nonKey : undefined,
});

export function throughput(c: CapacityDraft, billing: BillingMode) {
  return {
    ProvisionedThroughput:
      billing === "PROVISIONED" ? { ReadCapacityUnits: Number(c.read), WriteCapacityUnits: Number(c.write) } : undefined,
    OnDemandThroughput:
      billing === "PAY_PER_REQUEST" && (c.maxRead || c.maxWrite)
        ? { MaxReadRequestUnits: units(c.maxRead), MaxWriteRequestUnits: units(c.maxWrite) }
        : undefined,
    WarmThroughput:
      c.warmRead || c.warmWrite ? { ReadUnitsPerSecond: units(c.warmRead), WriteUnitsPerSecond: units(c.warmWrite) } : undefined,
  } satisfies {
    ProvisionedThroughput?: ProvisionedThroughput;
    OnDemandThroughput?: OnDemandThroughput;
    WarmThroughput?: WarmThroughput;
  };
}

export const encryption = (e: EncryptionDraft): SSESpecification =>
  e.encryption === "owned"
    ? { Enabled: false }
    : { Enabled: true, SSEType: "KMS", KMSMasterKeyId: e.encryption === "customer" ? e.keyArn : undefined };

const units = (text: string) => (text ? Number(text) : undefined);

/** Whether a tag has the key of one before it. */
export const repeated = (tags: TagDraft[], index: number) => tags.findIndex((t) => t.Key === tags[index]!.Key) < index;

export const faultyTags = (tags: TagDraft[]) => tags.some((t, i) => !t.Key || repeated(tags, i));
