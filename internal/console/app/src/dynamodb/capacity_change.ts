// The capacity that a table has, as a draft, and the request that makes it what the draft says.
import type {
  BillingMode,
  GlobalSecondaryIndexDescription,
  OnDemandThroughput,
  TableDescription,
  UpdateTableCommandInput,
} from "@aws-sdk/client-dynamodb";
import { isOnDemand } from "./describe";
import { newCapacity, throughput, type CapacityDraft } from "./draft";

/** Zero is what a table has that was never provisioned. */
const shown = (n: number | undefined) => (n ? String(n) : "");

export function capacityOf(t: TableDescription | GlobalSecondaryIndexDescription): CapacityDraft {
  const { ProvisionedThroughput: own, OnDemandThroughput: most, WarmThroughput: warm } = t;
  return {
    read: shown(own?.ReadCapacityUnits) || newCapacity.read,
    write: shown(own?.WriteCapacityUnits) || newCapacity.write,
    maxRead: shown(most?.MaxReadRequestUnits),
    maxWrite: shown(most?.MaxWriteRequestUnits),
    warmRead: shown(warm?.ReadUnitsPerSecond),
    warmWrite: shown(warm?.WriteUnitsPerSecond),
  };
}

/** The change to ask for: only what differs, since the server refuses what changes nothing. Empty if nothing does. */
export function capacityChange(
  table: TableDescription,
  billing: BillingMode,
  own: CapacityDraft,
  indexes: Record<string, CapacityDraft>,
): Omit<UpdateTableCommandInput, "TableName"> {
  const switched = (billing === "PAY_PER_REQUEST") !== isOnDemand(table);
  const updates = (table.GlobalSecondaryIndexes ?? []).flatMap((x) => {
    const changed = difference(capacityOf(x), indexes[x.IndexName!]!, billing, switched);
    return Object.keys(changed).length ? [{ Update: { IndexName: x.IndexName!, ...changed } }] : [];
  });
  return {
    ...(switched ? { BillingMode: billing } : {}),
    ...difference(capacityOf(table), own, billing, switched),
    ...(updates.length ? { GlobalSecondaryIndexUpdates: updates } : {}),
  };
}

function difference(before: CapacityDraft, after: CapacityDraft, billing: BillingMode, switched: boolean) {
  const differs = (...names: (keyof CapacityDraft)[]) => names.some((name) => before[name] !== after[name]);
  const wanted = throughput(after, billing);
  const provisioned = billing === "PROVISIONED" && (switched || differs("read", "write"));
  return {
    ...(provisioned ? { ProvisionedThroughput: wanted.ProvisionedThroughput } : {}),
    ...(billing === "PAY_PER_REQUEST" && differs("maxRead", "maxWrite") ? { OnDemandThroughput: maximum(after) } : {}),
    ...(differs("warmRead", "warmWrite") && wanted.WarmThroughput ? { WarmThroughput: wanted.WarmThroughput } : {}),
  };
}

/** -1 removes a maximum (API reference, OnDemandThroughput). */
const maximum = (c: CapacityDraft): OnDemandThroughput => ({
  MaxReadRequestUnits: Number(c.maxRead || -1),
  MaxWriteRequestUnits: Number(c.maxWrite || -1),
});
