import Alert from "@cloudscape-design/components/alert";
import LiveRegion from "@cloudscape-design/components/live-region";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { Status } from "./status";

interface JobStatusProps {
  what: "export" | "import";
  status: string | undefined;
  started: Date | undefined;
  ended: Date | undefined;
  code: string | undefined;
  message: string | undefined;
}

/** How far an export or import is, and why it failed. */
export function JobStatus({ what, status, started, ended, code, message }: JobStatusProps) {
  const took = started && ended && duration(ended.getTime() - started.getTime());
  return (
    <SpaceBetween size="m">
      <LiveRegion tagName="div">
        <Status of={status} />
        {took && ` after ${took}`}
      </LiveRegion>
      {message && (
        <Alert type="error" header={`The ${what} failed${code ? `: ${code}` : ""}`}>
          {message}
        </Alert>
      )}
    </SpaceBetween>
  );
}

function duration(ms: number): string {
  const seconds = Math.round(ms / 1000);
  const text = seconds < 60 ? `${seconds} ${seconds === 1 ? "second" : "seconds"}` : `${Math.round(seconds / 60)} minutes`;
  return seconds < 1 ? "less than a second" : text;
}
