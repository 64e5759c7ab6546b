import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Modal from "@cloudscape-design/components/modal";
import SpaceBetween from "@cloudscape-design/components/space-between";
import type { ReactNode } from "react";
import { Actions } from "../parts/actions";
import { Failure } from "../parts/failure";

interface EditModalProps {
  title: string;
  verb?: string;
  size?: "medium" | "large";
  /** Whether there is something to save. */
  ready: boolean;
  /** The request, if it is one. */
  saving?: { isPending: boolean; error: unknown };
  onSave: () => void;
  onClose: () => void;
  children: ReactNode;
}

/** A modal whose button saves what is in it. It shows why that failed. */
export function EditModal({ title, verb = "Save changes", size, ready, saving, onSave, onClose, children }: EditModalProps) {
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
            <Button variant="primary" disabled={!ready} loading={saving?.isPending} onClick={onSave}>
              {verb}
            </Button>
          </Actions>
        </Box>
      }
    >
      <SpaceBetween size="m">
        {children}
        {!!saving?.error && <Failure error={saving.error} />}
      </SpaceBetween>
    </Modal>
  );
}
