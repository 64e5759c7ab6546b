import Alert from "@cloudscape-design/components/alert";

/** Where a code went. It says nothing about whether the address is known. */
export function CodeSent({ email, onlyIf }: { email: string; onlyIf?: string }) {
  return (
    <Alert>
      {onlyIf && `If ${onlyIf}, `}
      {onlyIf ? "a" : "A"} code is on its way to <strong>{email}</strong>. A server without a mail server writes it to its log: ask whoever
      runs it.
    </Alert>
  );
}
