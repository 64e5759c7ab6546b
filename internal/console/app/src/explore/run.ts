// A search while it runs: the pages that were asked for, one request each.
import { QueryCommand, ScanCommand, type QueryCommandOutput, type ScanCommandOutput } from "@aws-sdk/client-dynamodb";
import { useRef, useState } from "react";
import { dynamodb } from "../aws/dynamodb";
import { useAwsChange } from "../aws/query";
import type { SearchRequest } from "./search";
import type { Item } from "./values";

/** An item among those found, with a number of its own. */
export interface Row {
  id: string;
  item: Item;
}

export interface Found {
  request: SearchRequest;
  rows: Row[];
  /** The names of all attributes seen so far. An item has no order of its own. */
  names: string[];
  count: number;
  scanned: number;
  /** Read capacity units. */
  capacity: number;
  /** Where the next page begins; nothing at the end. */
  next?: Item;
}

/** How many items a request reads where nothing filters them; with filters it reads as much as the server gives, 1 MB. */
const pageSize = 300;

let last = 0;

export function useRun() {
  const [found, setFound] = useState<Found>();
  const started = useRef(0);
  const { mutateAsync, error, isPending, reset } = useAwsChange((page: { request: SearchRequest; next?: Item }) => send(page.request, page.next), [], {
    overlapping: true,
  });

  /** Asks for a page: the first of a request, or the one after what was found. */
  const load = async (request: SearchRequest, before?: Found) => {
    const run = ++started.current;
    if (!before) setFound(undefined);
    try {
      const page = await mutateAsync({ request, next: before?.next });
      // An answer that comes after another run was started is nobody's.
      if (run === started.current) setFound(joined(request, before, page));
    } catch {
      // it is in error
    }
  };
  return {
    found,
    error,
    running: isPending,
    start: (request: SearchRequest) => load(request),
    /** Forgets what was found. */
    clear: () => {
      started.current++;
      reset();
      setFound(undefined);
    },
    retrieve: () => (found?.next ? load(found.request, found) : Promise.resolve()),
    /** Takes out items that were deleted. */
    remove: (ids: Set<string>) =>
      setFound((f) => f && { ...f, rows: f.rows.filter((r) => !ids.has(r.id)), count: f.count - ids.size }),
  };
}

function send(request: SearchRequest, next: Item | undefined): Promise<ScanCommandOutput | QueryCommandOutput> {
  const { FilterExpression, Select } = request.input;
  const input = {
    ...(!FilterExpression && Select !== "COUNT" && { Limit: pageSize }),
    ...(next && { ExclusiveStartKey: next }),
    ReturnConsumedCapacity: "TOTAL" as const,
  };
  return request.operation === "Query"
    ? dynamodb().send(new QueryCommand({ ...request.input, ...input }))
    : dynamodb().send(new ScanCommand({ ...request.input, ...input }));
}

function joined(request: SearchRequest, before: Found | undefined, page: ScanCommandOutput): Found {
  const rows = before?.rows ?? [];
  const items = page.Items ?? [];
  const fresh = items.map((item) => ({ id: String(++last), item }));
  return {
    request,
    rows: [...rows, ...fresh],
    names: [...new Set([...(before?.names ?? []), ...items.flatMap((item) => Object.keys(item))])],
    count: (before?.count ?? 0) + (page.Count ?? 0),
    scanned: (before?.scanned ?? 0) + (page.ScannedCount ?? 0),
    capacity: (before?.capacity ?? 0) + (page.ConsumedCapacity?.CapacityUnits ?? 0),
    next: page.LastEvaluatedKey,
  };
}
