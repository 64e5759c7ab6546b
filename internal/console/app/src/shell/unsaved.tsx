// Asks before changes are lost: a link of the console and the browser's buttons for back and forward by a window of its own, all
// other ways out by the browser's.
import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Modal from "@cloudscape-design/components/modal";
import { useEffect, useState } from "react";
import { navigate } from "wouter/use-browser-location";
import { Actions } from "../parts/actions";

/** The forms that have changes. */
const changed = new Set<object>();
let ask: ((go: () => void) => void) | undefined;

/** Says whether the page has changes that are lost when it is left. Saving ends with navigate, which doesn't ask. */
export function useUnsaved(unsaved: boolean) {
  useEffect(() => {
    if (!unsaved) return;
    const form = {};
    const warn = (e: BeforeUnloadEvent) => e.preventDefault();
    changed.add(form);
    // Browsers of before 2026 may be without it: there back and forward don't ask.
    const { navigation } = window as { navigation?: Navigation };
    const stay = (e: NavigateEvent) => {
      if (e.navigationType !== "traverse" || e.hashChange || !e.cancelable || !ask) return;
      e.preventDefault();
      const { key } = e.destination;
      ask(() => {
        navigation?.removeEventListener("navigate", stay);
        navigation?.traverseTo(key);
      });
    };
    navigation?.addEventListener("navigate", stay);
    window.addEventListener("beforeunload", warn);
    return () => {
      changed.delete(form);
      navigation?.removeEventListener("navigate", stay);
      window.removeEventListener("beforeunload", warn);
    };
  }, [unsaved]);
}

/** Goes to another page, as links do: it asks first if something would be lost. */
export function leave(to: string) {
  if (changed.size > 0 && ask) ask(() => navigate(to));
  else navigate(to);
}

export function LeavePage() {
  const [go, setGo] = useState<() => void>();
  useEffect(() => {
    ask = (wanted) => setGo(() => wanted);
    return () => void (ask = undefined);
  }, []);
  if (!go) return null;
  const stay = () => setGo(undefined);
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
                go();
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
