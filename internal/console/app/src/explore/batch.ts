// Many writes, 25 at a time, as BatchWriteItem takes them. What the server left undone is sent again, more and more slowly.
import { BatchWriteItemCommand, type WriteRequest } from "@aws-sdk/client-dynamodb";
import { dynamodb } from "../aws/dynamodb";

export const batchSize = 25;
const attempts = 10;

/** Writes at most batchSize requests, each about another item. It fails if something is left after the last attempt. */
export async function writeBatch(table: string, requests: WriteRequest[], signal: AbortSignal): Promise<void> {
  let left = requests;
  for (let attempt = 0; left.length; attempt++) {
    if (attempt === attempts) throw new Error(`The server did not take ${left.length} of ${requests.length} items: the table is too busy.`);
    if (attempt) await pause(Math.min(50 * 2 ** attempt, 5000), signal);
    const { UnprocessedItems } = await dynamodb().send(new BatchWriteItemCommand({ RequestItems: { [table]: left } }), {
      abortSignal: signal,
    });
    const undone = Object.values(UnprocessedItems ?? {}).flat();
    if (undone.length < left.length) attempt = 0;
    left = undone;
  }
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      reject(signal.reason);
    });
  });
}
