// The one way to ask before something is lost.
import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import Modal from "@cloudscape-design/components/modal";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState, type ReactNode } from "react";
import { Failure } from "./failure";

export interface DeleteModalProps {
  /** "Delete Administrator?" */
  title: string;
  /** What will be lost. */
  children: ReactNode;
  /** What has to be typed; "confirm" as in AWS's console, or the name. Nothing: no typing. */
  typed?: string;
  /** The button; "Delete" unless said otherwise. */
  verb?: string;
  /** Deletes; the modal is closed when it is done, and shows why if it failed. */
  onDelete: () => Promise<unknown>;
  onClose: () => void;
}

/** DeleteModal is rendered while it is open: {asking && <DeleteModal …/>}. */
export function DeleteModal({ title, children, typed, verb = "Delete", onDelete, onClose }: DeleteModalProps) {
  const [text, setText] = useState("");
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const ready = !typed || text === typed;
  const submit = async () => {
    if (!ready || busy) return;
    setBusy(true);
    setError(undefined);
    try {
      await onDelete();
      onClose();
    } catch (e) {
      setError(e);
      setBusy(false);
    }
  };
  return (
    <Modal
      visible
      header={title}
      closeAriaLabel="Close"
      onDismiss={onClose}
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" onClick={onClose}>
              Cancel
            </Button>
            <Button variant="primary" disabled={!ready} loading={busy} onClick={submit}>
              {verb}
            </Button>
          </SpaceBetween>
        </Box>
      }
    >
      <SpaceBetween size="m">
        <Alert type="warning">{children}</Alert>
        {typed && (
          <form
            onSubmit={(e) => {
              e.preventDefault();
              void submit();
            }}
          >
            <FormField label={`To confirm, enter ${typed}`}>
              <Input value={text} placeholder={typed} autoFocus onChange={({ detail }) => setText(detail.value)} />
            </FormField>
          </form>
        )}
        {error !== undefined && <Failure error={error} />}
      </SpaceBetween>
    </Modal>
  );
}
