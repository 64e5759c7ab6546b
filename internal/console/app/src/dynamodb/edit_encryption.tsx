import { useState } from "react";
import { useNotifications } from "../shell/notifications";
import type { TabProps } from "./describe";
import { encryption, type EncryptionDraft } from "./draft";
import { EditModal } from "./edit_modal";
import { EncryptionField } from "./encryption_field";
import { useUpdateTable } from "./load";

export function EditEncryption({ table, onClose }: TabProps & { onClose: () => void }) {
  const { SSEDescription: sse } = table;
  const before: EncryptionDraft = {
    encryption: sse ? (sse.KMSMasterKeyArn ? "customer" : "managed") : "owned",
    keyArn: sse?.KMSMasterKeyArn ?? "",
  };
  const [chosen, setChosen] = useState(before);
  const { notify } = useNotifications();
  const update = useUpdateTable(table.TableName!);
  const changed = chosen.encryption !== before.encryption || chosen.keyArn !== before.keyArn;
  const save = () =>
    update.mutate(
      { SSESpecification: encryption(chosen) },
      {
        onSuccess: () => {
          notify({ type: "success", header: "The encryption was changed." });
          onClose();
        },
      },
    );
  return (
    <EditModal
      title="Manage encryption"
      size="large"
      ready={changed && (chosen.encryption !== "customer" || !!chosen.keyArn)}
      saving={update}
      onSave={save}
      onClose={onClose}
    >
      <EncryptionField value={chosen} onChange={(part) => setChosen({ ...chosen, ...part })} />
    </EditModal>
  );
}
