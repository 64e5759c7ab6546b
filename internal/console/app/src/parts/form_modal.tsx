import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Modal, { type ModalProps } from "@cloudscape-design/components/modal";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState, type ReactNode } from "react";
import { Actions } from "./actions";
import { Failure } from "./failure";

interface FormModalProps {
  title: string;
  size?: ModalProps.Size;
  /** The button that sends the form. */
  verb: string;
  /** What was filled in can't be sent yet. */
  disabled?: boolean;
  children: ReactNode;
  /** Sends the form; the modal is closed when it is done unless that answers "stay", and shows why if it failed. */
  onSubmit: () => Promise<unknown>;
  onClose: () => void;
}

/**
 * A short form over a page. It is no <form>: any button in it, those of a table included, would send it. Rendered while it is open:
 * {editing && <FormModal …/>}.
 */
export function FormModal({ title, size, verb, disabled, children, onSubmit, onClose }: FormModalProps) {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const submit = async () => {
    if (disabled || busy) return;
    setBusy(true);
    setError(undefined);
    try {
      if ((await onSubmit()) !== "stay") onClose();
      else setBusy(false);
    } catch (e) {
      setError(e);
      setBusy(false);
    }
  };
  return (
    <Modal
      visible
      size={size}
      header={title}
      closeAriaLabel="Close"
      onDismiss={onClose}
      footer={
        <Box float="right">
          <Actions>
            <Button variant="link" onClick={onClose}>
              Cancel
            </Button>
            <Button variant="primary" disabled={disabled} loading={busy} onClick={submit}>
              {verb}
            </Button>
          </Actions>
        </Box>
      }
    >
      <SpaceBetween size="m">
        {children}
        {error !== undefined && <Failure error={error} />}
      </SpaceBetween>
    </Modal>
  );
}
