// The moment that a table is restored to.
import FormField from "@cloudscape-design/components/form-field";
import RadioGroup from "@cloudscape-design/components/radio-group";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { fullTime } from "../parts/time";
import { dateOf, MomentField, momentOf, type Moment } from "./moment_field";

interface Window {
  earliest: Date;
  latest: Date;
}

export interface Point {
  kind: "latest" | "earliest" | "other";
  earliest: Date | undefined;
  moment: Moment;
}

export const latestPoint = (window: Window | undefined): Point => ({
  kind: "latest",
  earliest: window?.earliest,
  moment: momentOf(window?.latest ?? new Date()),
});

/** The part of the request. The latest moment is another one by the time that it is asked for. */
export function restorePoint({ kind, earliest, moment }: Point): { UseLatestRestorableTime: true } | { RestoreDateTime: Date | undefined } {
  return kind === "latest" ? { UseLatestRestorableTime: true } : { RestoreDateTime: kind === "earliest" ? earliest : dateOf(moment) };
}

/** What is wrong with what was typed. The end of the window moves on: the server has the last word on it. */
export function pointFault({ kind, moment }: Point, { earliest }: Window): string | undefined {
  if (kind !== "other") return undefined;
  const at = dateOf(moment);
  if (!at) return "Enter a date and a time.";
  return at < earliest ? `The earliest is ${fullTime(earliest)}.` : undefined;
}

interface PointFieldProps {
  value: Point;
  window: Window;
  error?: string;
  onChange: (point: Point) => void;
}

export function PointField({ value, window, error, onChange }: PointFieldProps) {
  return (
    <SpaceBetween size="m">
      <FormField label="Restore date and time" stretch>
        <RadioGroup
          value={value.kind}
          onChange={({ detail }) => onChange({ ...value, kind: detail.value as Point["kind"] })}
          items={[
            { value: "latest", label: "Latest", description: fullTime(window.latest) },
            { value: "earliest", label: "Earliest", description: fullTime(window.earliest) },
            { value: "other", label: "Specify date and time", description: "Any second between them" },
          ]}
        />
      </FormField>
      {value.kind === "other" && (
        <MomentField label="Date and time" value={value.moment} error={error} onChange={(moment) => onChange({ ...value, moment })} />
      )}
    </SpaceBetween>
  );
}
