import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Modal from "@cloudscape-design/components/modal";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { Actions } from "../parts/actions";
import { Failure } from "../parts/failure";
import { useNotifications } from "../shell/notifications";
import type { TabProps } from "./describe";
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
    <Modal
      visible
      size="large"
      header="Edit table class"
      closeAriaLabel="Close"
      onDismiss={onClose}
      footer={
        <Box float="right">
          <Actions>
            <Button variant="link" onClick={onClose}>
              Cancel
            </Button>
            <Button variant="primary" disabled={chosen === before} loading={update.isPending} onClick={save}>
              Save changes
            </Button>
          </Actions>
        </Box>
      }
    >
      <SpaceBetween size="m">
        <TableClassField value={chosen} onChange={setChosen} />
        {update.error && <Failure error={update.error} />}
      </SpaceBetween>
    </Modal>
  );
}
