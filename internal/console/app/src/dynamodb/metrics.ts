// What CloudWatch knows of a table, made ready for graphs.
import { paginateGetMetricData, type MetricDataQuery, type MetricDataResult } from "@aws-sdk/client-cloudwatch";
import type { TableDescription } from "@aws-sdk/client-dynamodb";
import { cloudwatch } from "../aws/cloudwatch";
import { all } from "../aws/query";

export interface Range {
  value: string;
  label: string;
  /** In seconds. */
  length: number;
  /** Of one point, in seconds. It is one that CloudWatch has for times so long ago. */
  period: number;
}

const hour = 3600;
export const ranges: [Range, ...Range[]] = [
  { value: "1h", label: "Last hour", length: hour, period: 60 },
  { value: "3h", label: "Last 3 hours", length: 3 * hour, period: 60 },
  { value: "12h", label: "Last 12 hours", length: 12 * hour, period: 300 },
  { value: "1d", label: "Last day", length: 24 * hour, period: 300 },
  { value: "3d", label: "Last 3 days", length: 72 * hour, period: hour },
  { value: "1w", label: "Last week", length: 168 * hour, period: hour },
];

export interface Line {
  title: string;
  data: { x: Date; y: number }[];
}

interface Wanted {
  title: string;
  metric: string;
  stat: "Sum" | "Average";
  dimensions: Record<string, string>;
  /** Sums are of events: where there is none it is zero. By the second, if perSecond. */
  perSecond?: boolean;
}

export interface Graph {
  title: string;
  unit: string;
  description?: string;
  /** What is provisioned now, for as long as it was not measured. */
  provisioned?: number;
  wanted: Wanted[];
}

const operations = [
  "GetItem", "PutItem", "UpdateItem", "DeleteItem", "Query", "Scan", "BatchGetItem", "BatchWriteItem",
  "TransactGetItems", "TransactWriteItems", "ExecuteStatement", "ExecuteTransaction", "BatchExecuteStatement",
];

export const provisioned = "Provisioned";

/** The graphs of a table, or of an index of it ("DynamoDB Metrics and dimensions", Amazon DynamoDB Developer Guide). */
export function graphsOf(table: TableDescription, index: string): Graph[] {
  const own: Record<string, string> = { TableName: table.TableName!, ...(index && { GlobalSecondaryIndexName: index }) };
  const of = index ? table.GlobalSecondaryIndexes?.find((x) => x.IndexName === index) : table;
  const usage = (kind: "Read" | "Write"): Graph => ({
    title: `${kind} usage`,
    unit: "Units per second",
    provisioned: of?.ProvisionedThroughput?.[`${kind}CapacityUnits`] || undefined,
    wanted: [
      { title: "Consumed", metric: `Consumed${kind}CapacityUnits`, stat: "Sum", perSecond: true, dimensions: own },
      { title: provisioned, metric: `Provisioned${kind}CapacityUnits`, stat: "Average", dimensions: own },
    ],
  });
  const throttles = (kind: "Read" | "Write"): Graph => ({
    title: `${kind} throttle events`,
    unit: "Count",
    wanted: [{ title: `${kind} throttle events`, metric: `${kind}ThrottleEvents`, stat: "Sum", dimensions: own }],
  });
  const capacity = [usage("Read"), usage("Write"), throttles("Read"), throttles("Write")];
  if (index) return capacity;
  const byOperation = (title: string, unit: string, metric: string, stat: Wanted["stat"]): Graph => ({
    title,
    unit,
    wanted: operations.map((Operation) => ({ title: Operation, metric, stat, dimensions: { ...own, Operation } })),
  });
  const single = (title: string, metric: string, dimensions = own, description?: string): Graph => ({
    title,
    unit: "Count",
    description,
    wanted: [{ title, metric, stat: "Sum", dimensions }],
  });
  return [
    ...capacity,
    byOperation("Latency", "Milliseconds", "SuccessfulRequestLatency", "Average"),
    byOperation("Throttled requests", "Count", "ThrottledRequests", "Sum"),
    byOperation("Returned items", "Count", "ReturnedItemCount", "Sum"),
    single("User errors", "UserErrors", {}, "Of all tables of the account in this Region"),
    byOperation("System errors", "Count", "SystemErrors", "Sum"),
    single("Conditional check failed", "ConditionalCheckFailedRequests"),
    single("TTL deleted items", "TimeToLiveDeletedItemCount"),
  ];
}

/** The lines of each graph. Operations that were not used have none. */
export async function loadGraphs(graphs: Graph[], range: Range, now: Date): Promise<Line[][]> {
  const end = Math.ceil(now.getTime() / 1000 / range.period) * range.period;
  const start = end - range.length;
  const queries = graphs.flatMap((g, i) => g.wanted.map((w, k) => query(`g${i}x${k}`, w, range.period)));
  const pages = paginateGetMetricData(
    { client: cloudwatch() },
    {
      MetricDataQueries: queries,
      StartTime: new Date(start * 1000),
      EndTime: new Date(end * 1000),
      ScanBy: "TimestampAscending",
    },
  );
  const points = new Map<string, Map<number, number>>();
  for (const r of await all(pages, (page) => page.MetricDataResults)) add(points, r);
  return graphs.map((g, i) =>
    g.wanted.flatMap((w, k) => {
      const found = points.get(`g${i}x${k}`);
      if (found) return [{ title: w.title, data: line(w, found, start, end, range.period) }];
      if (w.title !== provisioned || !g.provisioned) return [];
      return [{ title: provisioned, data: [start, end].map((t) => ({ x: new Date(t * 1000), y: g.provisioned! })) }];
    }),
  );
}

const query = (Id: string, w: Wanted, Period: number): MetricDataQuery => ({
  Id,
  MetricStat: {
    Metric: {
      Namespace: "AWS/DynamoDB",
      MetricName: w.metric,
      Dimensions: Object.entries(w.dimensions).map(([Name, Value]) => ({ Name, Value })),
    },
    Period,
    Stat: w.stat,
  },
});

/** A result may be told in parts. */
function add(points: Map<string, Map<number, number>>, r: MetricDataResult) {
  r.Timestamps?.forEach((t, i) => {
    const of = points.get(r.Id!) ?? new Map<number, number>();
    of.set(t.getTime() / 1000, r.Values?.[i] ?? 0);
    points.set(r.Id!, of);
  });
}

function line(w: Wanted, found: Map<number, number>, start: number, end: number, period: number) {
  const data: Line["data"] = [];
  for (let t = start; t < end; t += period) {
    const y = found.get(t) ?? (w.stat === "Sum" ? 0 : undefined);
    if (y !== undefined) data.push({ x: new Date(t * 1000), y: w.perSecond ? y / period : y });
  }
  return data;
}
