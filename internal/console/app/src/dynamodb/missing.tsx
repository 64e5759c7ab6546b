// What this server doesn't have, said honestly. It works by itself once the server has it.
import Alert from "@cloudscape-design/components/alert";
import type { ReactNode } from "react";

/** Whether an operation failed because the server doesn't have it. */
export const isMissing = (error: unknown) => error instanceof Error && error.name === "UnknownOperationException";

/** what: "backups". */
export function Missing({ what, children }: { what: string; children?: ReactNode }) {
  return (
    <Alert type="info" header={`This server doesn't have ${what} yet`}>
      {children ?? "It can be used here as soon as the server has it."}
    </Alert>
  );
}
