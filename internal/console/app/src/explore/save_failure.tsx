// Why an item was not saved: most often because another is there, or because somebody else was faster.
import { ConditionalCheckFailedException, TransactionCanceledException } from "@aws-sdk/client-dynamodb";
import Alert from "@cloudscape-design/components/alert";
import Link from "@cloudscape-design/components/link";
import { Failure } from "../parts/failure";
import { itemHref } from "./places";
import { keyOf, type Schema } from "./schema";
import { shown, type Item } from "./values";

/** Whether an item with the key that was to be made is there already. */
export const isTaken = (error: Error) =>
  error instanceof TransactionCanceledException && error.CancellationReasons?.[1]?.Code === "ConditionalCheckFailed";

/** Whether the item is no longer what it was when it was read. */
export const isConflict = (error: Error) =>
  error instanceof ConditionalCheckFailedException ||
  (error instanceof TransactionCanceledException && error.CancellationReasons?.[0]?.Code === "ConditionalCheckFailed");

/** For an item that was to be created, or given another key. */
export function SaveFailure({ error, schema, item }: { error: Error; schema: Schema; item: Item }) {
  if (!isTaken(error) && !isConflict(error)) return <Failure error={error} />;
  const key = keyOf(schema, item);
  return (
    <Alert type="error" header="An item with this key exists already">
      The table has an item with {Object.entries(key).map(([name, value]) => `${name} ${shown(value)}`).join(" and ")}. Nothing was
      changed. Give the key another value, or <Link href={itemHref(schema.table, key)}>open that item</Link>.
    </Alert>
  );
}
