// The one way to ask for something in a window over the page.
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Modal, { type ModalProps } from "@cloudscape-design/components/modal";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useId, useRef, useState, type ReactNode } from "react";
import { Actions } from "./actions";
import { Failure } from "./failure";

interface FormModalProps {
  title: string;
  size?: ModalProps.Size;
  /** There are tables in it, whose buttons and filters must not send it: only its own button does. */
  tables?: boolean;
  /** The button: "Save changes". */
  verb: string;
  /** Whether there is enough to send. */
  ready?: boolean;
  /** Does it; the window is closed when it is done, and shows why if it failed. False leaves it open. */
  onSubmit: () => Promise<unknown>;
  onClose: () => void;
  /** Errors that a field shows itself. */
  shownElsewhere?: (error: unknown) => boolean;
  children: ReactNode | ((error: unknown) => ReactNode);
}

/** FormModal is rendered while it is open: {editing && <FormModal …/>}. */
export function FormModal(props: FormModalProps) {
  const { title, size, tables, verb, ready = true, onSubmit, onClose, shownElsewhere, children } = props;
  const form = useId();
  const [busy, setBusy] = useState(false);
  const sent = useRef(false); // busy is known only after the next rendering, and a second press may come before it
  const [error, setError] = useState<unknown>();
  const submit = async () => {
    if (!ready || sent.current) return;
    sent.current = true;
    setBusy(true);
    setError(undefined);
    try {
      if ((await onSubmit()) !== false) return onClose();
    } catch (e) {
      setError(e);
    }
    sent.current = false;
    setBusy(false);
  };
  const content = (
    <SpaceBetween size="m">
      {typeof children === "function" ? children(error) : children}
      {error !== undefined && !shownElsewhere?.(error) && <Failure error={error} />}
    </SpaceBetween>
  );
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
            <Button
              variant="primary"
              form={tables ? undefined : form}
              disabled={!ready}
              loading={busy}
              onClick={tables ? () => void submit() : undefined}
            >
              {verb}
            </Button>
          </Actions>
        </Box>
      }
    >
      {tables ? (
        content
      ) : (
        <form
          id={form}
          onSubmit={(e) => {
            e.preventDefault();
            e.stopPropagation(); // the page under the window may be a form too
            void submit();
          }}
        >
          {content}
        </form>
      )}
    </Modal>
  );
}
