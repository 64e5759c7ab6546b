import { DeleteTableCommand, type TableDescription } from "@aws-sdk/client-dynamodb";
import { dynamodb } from "../aws/dynamodb";
import { useAwsChange } from "../aws/query";
import { DeleteModal } from "../parts/delete_modal";
import { useNotifications } from "../shell/notifications";
import { count } from "./describe";

interface DeleteTablesProps {
  tables: TableDescription[];
  onClose: () => void;
  onDeleted?: () => void;
}

export function DeleteTables({ tables, onClose, onDeleted }: DeleteTablesProps) {
  const { notify } = useNotifications();
  const remove = useAwsChange(
    (TableName: string) => dynamodb().send(new DeleteTableCommand({ TableName })),
    [["dynamodb", "Tables"]],
  );
  const what = tables.length === 1 ? tables[0]!.TableName! : `${tables.length} tables`;
  const kept = tables.filter((t) => t.DeletionProtectionEnabled).map((t) => t.TableName);
  return (
    <DeleteModal
      title={`Delete ${what}?`}
      typed="confirm"
      onClose={onClose}
      onDelete={async () => {
        for (const { TableName } of tables) await remove.mutateAsync(TableName!);
        notify({ type: "success", header: `The request to delete ${what} was submitted.` });
        onDeleted?.();
      }}
    >
      <p>All items, indexes and settings are deleted permanently. This can&apos;t be undone.</p>
      <ul>
        {tables.map((t) => (
          <li key={t.TableName}>
            <b>{t.TableName}</b>
            {t.ItemCount !== undefined && ` (${count(t.ItemCount)} items)`}
          </li>
        ))}
      </ul>
      {kept.length > 0 && (
        <p>Deletion protection is on for {kept.join(", ")}. Turn it off in the additional settings of the table first.</p>
      )}
    </DeleteModal>
  );
}
