// Asks before changes are lost: a link of the console by a window of its own, all other ways out by the browser's.
import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Modal from "@cloudscape-design/components/modal";
import { useEffect, useState } from "react";
import { navigate } from "wouter/use-browser-location";
import { Actions } from "../parts/actions";

/** The forms that have changes. */
const changed = new Set<object>();
let ask: ((to: string) => void) | undefined;

/** Says whether the page has changes that are lost when it is left. Saving ends with navigate, which doesn't ask. */
export function useUnsaved(unsaved: boolean) {
  useEffect(() => {
    if (!unsaved) return;
    const form = {};
    const warn = (e: BeforeUnloadEvent) => e.preventDefault();
    changed.add(form);
    window.addEventListener("beforeunload", warn);
    return () => {
      changed.delete(form);
      window.removeEventListener("beforeunload", warn);
    };
  }, [unsaved]);
}

/** Goes to another page, as links do: it asks first if something would be lost. */
export function leave(to: string) {
  if (changed.size > 0 && ask) ask(to);
  else navigate(to);
}

export function LeavePage() {
  const [to, setTo] = useState<string>();
  useEffect(() => {
    ask = setTo;
    return () => void (ask = undefined);
  }, []);
  if (to === undefined) return null;
  const stay = () => setTo(undefined);
  return (
    <Modal
      visible
      header="Leave page"
      closeAriaLabel="Close"
      onDismiss={stay}
      footer={
        <Box float="right">
          <Actions>
            <Button variant="link" onClick={stay}>
              Cancel
            </Button>
            <Button
              variant="primary"
              onClick={() => {
                stay();
                navigate(to);
              }}
            >
              Leave
            </Button>
          </Actions>
        </Box>
      }
    >
      <Alert type="warning">
        Are you sure that you want to leave the current page? The changes that you made won&apos;t be saved.
      </Alert>
    </Modal>
  );
}
