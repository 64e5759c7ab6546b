import { useState } from "react";
import { useNotifications } from "../shell/notifications";
import type { TabProps } from "./describe";
import { EditModal } from "./edit_modal";
import { useUpdateTable } from "./load";
import { TableClassField } from "./table_settings";

export function EditTableClass({ table, onClose }: TabProps & { onClose: () => void }) {
  const before = table.TableClassSummary?.TableClass ?? "STANDARD";
  const [chosen, setChosen] = useState(before);
  const { notify } = useNotifications();
  const update = useUpdateTable(table.TableName!);
  const save = () =>
    update.mutate(
      { TableClass: chosen },
      {
        onSuccess: () => {
          notify({ type: "success", header: "The table class was changed." });
          onClose();
        },
      },
    );
  return (
    <EditModal title="Edit table class" size="large" ready={chosen !== before} saving={update} onSave={save} onClose={onClose}>
      <TableClassField value={chosen} onChange={setChosen} />
    </EditModal>
  );
}
