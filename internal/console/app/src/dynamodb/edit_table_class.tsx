import { useState } from "react";
import { FormModal } from "../parts/form_modal";
import { useNotifications } from "../shell/notifications";
import type { TabProps } from "./describe";
import { useUpdateTable } from "./load";
import { TableClassField } from "./table_settings";

export function EditTableClass({ table, onClose }: TabProps & { onClose: () => void }) {
  const before = table.TableClassSummary?.TableClass ?? "STANDARD";
  const [chosen, setChosen] = useState(before);
  const { notify } = useNotifications();
  const update = useUpdateTable(table.TableName!);
  const save = async () => {
    await update.mutateAsync({ TableClass: chosen });
    notify({ type: "success", header: "The table class was changed." });
  };
  return (
    <FormModal
      title="Edit table class"
      verb="Save changes"
      size="large"
      ready={chosen !== before}
      onSubmit={save}
      onClose={onClose}
    >
      <TableClassField value={chosen} onChange={setChosen} />
    </FormModal>
  );
}
