import ProgressBar from "@cloudscape-design/components/progress-bar";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useEffect, useRef, useState } from "react";
import { useAwsChange } from "../aws/query";
import { DeleteModal } from "../parts/delete_modal";
import { useNotifications } from "../shell/notifications";
import { batchSize, writeBatch } from "./batch";
import type { Row } from "./run";
import { keyOf, type Schema } from "./schema";

interface DeleteItemsProps {
  schema: Schema;
  rows: Row[];
  /** Called with the ids of rows as they are gone. */
  onDeleted: (ids: Set<string>) => void;
  onClose: () => void;
}

/** Asks, and deletes in batches. Closing the question stops it; what is gone stays gone. */
export function DeleteItems({ schema, rows, onDeleted, onClose }: DeleteItemsProps) {
  const { notify } = useNotifications();
  const [done, setDone] = useState<number>();
  const stop = useRef(new AbortController());
  useEffect(() => {
    const controller = new AbortController();
    stop.current = controller;
    return () => controller.abort();
  }, []);
  const gone = useRef(new Set<string>());
  const remove = useAwsChange(
    (batch: Row[]) =>
      writeBatch(
        schema.table,
        batch.map((r) => ({ DeleteRequest: { Key: keyOf(schema, r.item) } })),
        stop.current.signal,
      ),
    [],
  );
  const what = rows.length === 1 ? "the item" : `${rows.length} items`;
  return (
    <DeleteModal
      title={`Delete ${what}?`}
      typed={rows.length > 1 ? "confirm" : undefined}
      onClose={onClose}
      onDelete={async () => {
        // After a failure what is left is tried again.
        const left = rows.filter((r) => !gone.current.has(r.id));
        try {
          for (let i = 0; i < left.length; i += batchSize) {
            setDone(gone.current.size);
            const batch = left.slice(i, i + batchSize);
            await remove.mutateAsync(batch);
            batch.forEach((r) => gone.current.add(r.id));
          }
        } finally {
          onDeleted(gone.current);
        }
        notify({ type: "success", header: rows.length === 1 ? "The item was deleted." : `${rows.length} items were deleted.` });
      }}
    >
      <SpaceBetween size="s">
        <div>
          {rows.length === 1 ? "The item is" : `${rows.length} items are`} deleted permanently from {schema.table}. This can&apos;t be undone.
        </div>
        {done !== undefined && (
          <ProgressBar
            label="Deleting items"
            value={(100 * done) / rows.length}
            additionalInfo={`${done} of ${rows.length} deleted`}
          />
        )}
      </SpaceBetween>
    </DeleteModal>
  );
}
