import { DeleteBackupCommand, type BackupSummary } from "@aws-sdk/client-dynamodb";
import { dynamodb } from "../aws/dynamodb";
import { useAwsChange } from "../aws/query";
import { DeleteModal } from "../parts/delete_modal";
import { useNotifications } from "../shell/notifications";

interface DeleteBackupProps {
  backup: BackupSummary;
  onClose: () => void;
  onDeleted?: () => void;
}

export function DeleteBackup({ backup, onClose, onDeleted }: DeleteBackupProps) {
  const { notify } = useNotifications();
  const remove = useAwsChange(
    () => dynamodb().send(new DeleteBackupCommand({ BackupArn: backup.BackupArn })),
    [["dynamodb", "ListBackups"]],
  );
  return (
    <DeleteModal
      title={`Delete ${backup.BackupName}?`}
      typed="confirm"
      onClose={onClose}
      onDelete={async () => {
        await remove.mutateAsync();
        notify({ type: "success", header: `The backup ${backup.BackupName} was deleted.` });
        onDeleted?.();
      }}
    >
      The backup of <b>{backup.TableName}</b> is deleted permanently. This can&apos;t be undone.
    </DeleteModal>
  );
}
