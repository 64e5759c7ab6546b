import StatusIndicator, { type StatusIndicatorProps } from "@cloudscape-design/components/status-indicator";
import { words } from "./describe";

const kinds: Record<string, StatusIndicatorProps.Type> = {
  ACTIVE: "success",
  AVAILABLE: "success",
  COMPLETED: "success",
  ENABLED: "success",
  DISABLED: "stopped",
  DELETING: "stopped",
  DELETED: "stopped",
  CANCELLED: "stopped",
  FAILED: "error",
  INACCESSIBLE_ENCRYPTION_CREDENTIALS: "error",
};

/** A status of the API: ACTIVE with a green tick; what is not known is on its way. "–" if there is none. */
export function Status({ of, text }: { of: string | undefined; text?: string }) {
  return of ? <StatusIndicator type={kinds[of] ?? "in-progress"}>{text ?? words(of)}</StatusIndicator> : <>–</>;
}
