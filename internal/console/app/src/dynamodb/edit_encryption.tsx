import { useState } from "react";
import { FormModal } from "../parts/form_modal";
import { useNotifications } from "../shell/notifications";
import type { TabProps } from "./describe";
import { encryption, type EncryptionDraft } from "./draft";
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
  const save = async () => {
    await update.mutateAsync({ SSESpecification: encryption(chosen) });
    notify({ type: "success", header: "The encryption was changed." });
  };
  return (
    <FormModal
      title="Manage encryption"
      verb="Save changes"
      size="large"
      ready={changed && (chosen.encryption !== "customer" || !!chosen.keyArn)}
      onSubmit={save}
      onClose={onClose}
    >
      <EncryptionField value={chosen} onChange={(part) => setChosen({ ...chosen, ...part })} />
    </FormModal>
  );
}
