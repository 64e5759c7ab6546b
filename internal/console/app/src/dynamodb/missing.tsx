// What this server doesn't have, said honestly.
import Alert from "@cloudscape-design/components/alert";
import type { ReactNode } from "react";

/** what: "backups". */
export function Missing({ what, children }: { what: string; children: ReactNode }) {
  return (
    <Alert type="info" header={`This server doesn't have ${what} yet`}>
      {children}
    </Alert>
  );
}
