import Alert from "@cloudscape-design/components/alert";
import { useSession } from "./session";

/** Where a code went. It says nothing about whether the address is known. */
export function CodeSent({ email, onlyIf }: { email: string; onlyIf?: string }) {
  const byMail = useSession().CodesBy === "mail";
  return (
    <Alert>
      {onlyIf && `If ${onlyIf}, `}
      {onlyIf ? "a" : "A"} code for <strong>{email}</strong> {byMail ? "is on its way there." : "is in the server's log: ask whoever runs it."}
    </Alert>
  );
}
