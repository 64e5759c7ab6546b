// Usage by table from Cost Explorer's answer. Pure.
import type { GetCostAndUsageWithResourcesCommandInput, ResultByTime } from "@aws-sdk/client-cost-explorer";

export type Kind = "read" | "write" | "storage";

export interface TableUsage {
  arn: string;
  table: string;
  region: string;
  /** Request units; storage in GB-months. */
  total: Record<Kind, number>;
  /** By period, in the order of Usage.periods. */
  by: Record<Kind, number[]>;
}

export interface Usage {
  /** The starts of the periods. */
  periods: Date[];
  hourly: boolean;
  tables: TableUsage[];
}

export interface Range {
  id: string;
  label: string;
  days: number;
  hourly: boolean;
}

/** The server has figures of fifteen days. */
export const ranges: Range[] = [
  { id: "day", label: "Last 24 hours", days: 1, hourly: true },
  { id: "three", label: "Last 3 days", days: 3, hourly: true },
  { id: "week", label: "Last 7 days", days: 7, hourly: false },
  { id: "two-weeks", label: "Last 14 days", days: 14, hourly: false },
];

/** The request for the range up to now: whole hours or days of UTC, the current one included. */
export function request({ days, hourly }: Range, now: Date): GetCostAndUsageWithResourcesCommandInput {
  const unit = hourly ? 3_600_000 : 86_400_000;
  const end = (Math.floor(now.getTime() / unit) + 1) * unit;
  const text = (ms: number) => (hourly ? new Date(ms).toISOString().replace(".000Z", "Z") : new Date(ms).toISOString().slice(0, 10));
  return {
    TimePeriod: { Start: text(end - days * 86_400_000), End: text(end) },
    Granularity: hourly ? "HOURLY" : "DAILY",
    Metrics: ["UsageQuantity"],
    Filter: { Dimensions: { Key: "SERVICE", Values: ["Amazon DynamoDB"] } },
    GroupBy: [
      { Type: "DIMENSION", Key: "USAGE_TYPE" },
      { Type: "DIMENSION", Key: "RESOURCE_ID" },
    ],
  };
}

export function usage(results: ResultByTime[], hourly: boolean): Usage {
  const tables = new Map<string, TableUsage>();
  const zero = () => new Array<number>(results.length).fill(0);
  for (const [i, result] of results.entries()) {
    for (const { Keys: [type = "", arn = ""] = [], Metrics } of result.Groups ?? []) {
      const kind = kindOf(type);
      if (!kind) continue;
      let of = tables.get(arn);
      if (!of) {
        const [, , , region = "", , table = ""] = arn.split(":");
        of = { arn, region, table: table.replace("table/", ""), total: { read: 0, write: 0, storage: 0 }, by: { read: zero(), write: zero(), storage: zero() } };
        tables.set(arn, of);
      }
      const amount = Number(Metrics?.["UsageQuantity"]?.Amount ?? 0);
      of.total[kind] += amount;
      of.by[kind][i]! += amount;
    }
  }
  return {
    periods: results.map((r) => new Date(r.TimePeriod!.Start!)),
    hourly,
    tables: [...tables.values()].sort((a, b) => (a.arn < b.arn ? -1 : 1)),
  };
}

/** Usage types begin with the code of a region, but those of us-east-1. */
function kindOf(type: string): Kind | undefined {
  if (type.endsWith("ReadRequestUnits")) return "read";
  if (type.endsWith("WriteRequestUnits")) return "write";
  return type.endsWith("TimedStorage-ByteHrs") ? "storage" : undefined;
}
