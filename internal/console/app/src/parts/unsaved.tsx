// The one way to ask before what somebody has typed is lost.
import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Modal from "@cloudscape-design/components/modal";
import { useEffect, useState } from "react";
import { navigate } from "../shell/links";
import { Actions } from "./actions";

let leaving = false;

/** Goes to another page without a question, such as after the changes were saved. */
export function leave(go: () => unknown) {
  leaving = true;
  void Promise.resolve(go()).finally(() => (leaving = false));
}

interface UnsavedProps {
  /** Whether there is something to lose. */
  when: boolean;
  /** What is lost; "The changes that you made won't be saved." unless said otherwise. */
  children?: string;
}

/**
 * Asks before the page is left: by a link, by the browser's buttons, or, in the browser's own words, when it is closed or loaded
 * anew. A browser without the Navigation API asks in the last case only.
 */
export function Unsaved({ when, children = "The changes that you made won't be saved." }: UnsavedProps) {
  const [go, setGo] = useState<() => void>();
  useEffect(() => {
    if (!when) return;
    const { navigation } = window as { navigation?: Navigation };
    const stay = (e: NavigateEvent) => {
      const { key, url } = e.destination;
      if (leaving || !e.cancelable || !e.canIntercept || url === location.href) return;
      e.preventDefault();
      const back = e.navigationType === "traverse";
      setGo(() => () => leave(() => (back ? navigation?.traverseTo(key).finished : navigate(url.slice(location.origin.length)))));
    };
    const warn = (e: BeforeUnloadEvent) => e.preventDefault();
    navigation?.addEventListener("navigate", stay);
    window.addEventListener("beforeunload", warn);
    return () => {
      navigation?.removeEventListener("navigate", stay);
      window.removeEventListener("beforeunload", warn);
    };
  }, [when]);
  if (!go) return null;
  const close = () => setGo(undefined);
  return (
    <Modal
      visible
      header="Leave page"
      closeAriaLabel="Close"
      onDismiss={close}
      footer={
        <Box float="right">
          <Actions>
            <Button variant="link" onClick={close}>
              Cancel
            </Button>
            <Button variant="primary" onClick={go}>
              Leave
            </Button>
          </Actions>
        </Box>
      }
    >
      <Alert type="warning">Are you sure that you want to leave the current page? {children}</Alert>
    </Modal>
  );
}
