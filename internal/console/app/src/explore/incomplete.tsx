// What is said beside a button whose form above it has faults.
import Alert from "@cloudscape-design/components/alert";

export const Incomplete = ({ children }: { children: string }) => <Alert type="error">Something above is not complete. {children}</Alert>;

/** Goes to the first field with a fault, once it is shown: it may be far from the button. */
export function focusFault() {
  requestAnimationFrame(() => {
    document.querySelector<HTMLElement>("#content [aria-invalid=true], #content .cm-content")?.focus();
  });
}
