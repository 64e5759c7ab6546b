// Writing the rows of a file into a table: in batches, in the order of the file.
import { PutItemCommand } from "@aws-sdk/client-dynamodb";
import { dynamodb } from "../aws/dynamodb";
import { batchSize, writeBatch } from "./batch";
import { keyOf, type Schema } from "./schema";
import { canonical, itemToDynamo, type Item } from "./values";

export interface RowFault {
  /** The row of the file, the first item being 1. */
  row: number;
  message: string;
}

export interface Progress {
  /** Rows that were read, written or not. */
  done: number;
  written: number;
  failed: number;
  /** The first of them. */
  faults: RowFault[];
}

/** More faults are counted, not kept. */
const faultsKept = 100;

/** Writes item(0) to item(count - 1). A row that can't be an item, or that the server refuses, is a fault; the others are written. */
export async function importItems(
  schema: Schema,
  count: number,
  item: (row: number) => Item,
  signal: AbortSignal,
  onProgress: (progress: Progress) => void,
): Promise<Progress> {
  let progress: Progress = { done: 0, written: 0, failed: 0, faults: [] };
  let batch = new Map<string, { row: number; item: Item }>();
  const fault = (row: number, e: unknown) => {
    const known = [...progress.faults, { row: row + 1, message: (e as Error).message }].sort((a, b) => a.row - b.row);
    const faults = progress.failed < faultsKept ? known : progress.faults;
    progress = { ...progress, failed: progress.failed + 1, faults };
  };
  const tried = (row: number) => {
    try {
      return item(row);
    } catch (e) {
      fault(row, e);
      return undefined;
    }
  };
  const flush = async (done: number) => {
    const rows = [...batch.values()];
    batch = new Map();
    try {
      await writeBatch(schema.table, rows.map((r) => ({ PutRequest: { Item: r.item } })), signal);
      progress = { ...progress, written: progress.written + rows.length };
    } catch (e) {
      if (!isRefusal(e)) throw e;
      // One item spoils the batch: each alone tells which.
      for (const r of rows) {
        try {
          await dynamodb().send(new PutItemCommand({ TableName: schema.table, Item: r.item }), { abortSignal: signal });
          progress = { ...progress, written: progress.written + 1 };
        } catch (e) {
          if (!isRefusal(e)) throw e;
          fault(r.row, e);
        }
      }
    }
    progress = { ...progress, done };
    onProgress(progress);
  };
  for (let row = 0; row < count; row++) {
    signal.throwIfAborted();
    const made = tried(row);
    if (made) {
      const key = canonical(itemToDynamo(keyOf(schema, made)));
      // A batch can't have a key twice; the later row is to win.
      if (batch.has(key) || batch.size === batchSize) await flush(row);
      batch.set(key, { row, item: made });
    }
    if (row % 1000 === 999) await new Promise((resume) => setTimeout(resume)); // the page must not stall on faults alone
  }
  await flush(count);
  return progress;
}

/** Whether the server found fault with the items, and not with the request or itself. */
const isRefusal = (e: unknown) => e instanceof Error && (e.name === "ValidationException" || e.name === "ItemCollectionSizeLimitExceededException");
