import { CreateBackupCommand } from "@aws-sdk/client-dynamodb";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import { useState } from "react";
import { dynamodb } from "../aws/dynamodb";
import { useAwsChange } from "../aws/query";
import { FormModal } from "../parts/form_modal";
import { useNotifications } from "../shell/notifications";
import { nameHint } from "./draft";
import { TableField } from "./table_field";

/** Creates a backup of one table, or of one that is chosen. */
export function CreateBackup({ table, onClose }: { table?: string; onClose: () => void }) {
  const [source, setSource] = useState(table ?? "");
  const [name, setName] = useState("");
  const { notify } = useNotifications();
  const create = useAwsChange(
    () => dynamodb().send(new CreateBackupCommand({ TableName: source, BackupName: name })),
    [["dynamodb", "ListBackups"]],
  );
  return (
    <FormModal
      title="Create on-demand backup"
      verb="Create backup"
      ready={!!source && !!name}
      onSubmit={async () => {
        await create.mutateAsync();
        notify({ type: "success", header: `The backup ${name} of ${source} is being created.` });
      }}
      onClose={onClose}
    >
      <TableField label="Source table" value={source} onChange={table === undefined ? setSource : undefined} />
      <FormField label="Backup name" constraintText={nameHint}>
        <Input value={name} placeholder="Enter name for backup" onChange={({ detail }) => setName(detail.value)} />
      </FormField>
    </FormModal>
  );
}
