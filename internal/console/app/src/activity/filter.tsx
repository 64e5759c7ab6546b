// What is looked for in the events: one attribute, as LookupEvents has it, and a time.
import type { LookupAttributeKey } from "@aws-sdk/client-cloudtrail";
import Button from "@cloudscape-design/components/button";
import DateRangePicker, { type DateRangePickerProps } from "@cloudscape-design/components/date-range-picker";
import Form from "@cloudscape-design/components/form";
import FormField from "@cloudscape-design/components/form-field";
import Grid from "@cloudscape-design/components/grid";
import Input from "@cloudscape-design/components/input";
import Select from "@cloudscape-design/components/select";
import { useState } from "react";

export interface Filter {
  attribute: LookupAttributeKey | "";
  value: string;
  time: DateRangePickerProps.Value | null;
}

/** As AWS's console begins: reads are many and seldom looked for. */
export const initialFilter: Filter = { attribute: "ReadOnly", value: "false", time: null };

const attributes: { value: Filter["attribute"]; label: string; example: string }[] = [
  { value: "ReadOnly", label: "Read-only", example: "" },
  { value: "EventName", label: "Event name", example: "CreateTable" },
  { value: "Username", label: "User name", example: "Administrator" },
  { value: "ResourceName", label: "Resource name", example: "The name or ARN of a table, user, role…" },
  { value: "ResourceType", label: "Resource type", example: "AWS::DynamoDB::Table" },
  { value: "EventSource", label: "Event source", example: "iam.amazonaws.com" },
  { value: "EventId", label: "Event ID", example: "" },
  { value: "AccessKeyId", label: "AWS access key", example: "AKIA…" },
  { value: "", label: "All events", example: "" },
];

const truth = [
  { value: "false", label: "false: what changes something" },
  { value: "true", label: "true: what only reads" },
];

export function FilterForm({ value, onChange }: { value: Filter; onChange: (filter: Filter) => void }) {
  const [draft, setDraft] = useState(value);
  const chosen = attributes.find((a) => a.value === draft.attribute)!;
  const apply = (change: Partial<Filter>) => {
    const next = { ...draft, ...change };
    setDraft(next);
    onChange({ ...next, value: next.value.trim() });
  };
  return (
    <form
      onSubmit={(e) => {
        e.preventDefault();
        apply({});
      }}
    >
      <Form>
        <Grid gridDefinition={[{ colspan: { default: 12, s: 3 } }, { colspan: { default: 12, s: 4 } }, { colspan: { default: 12, s: 5 } }]}>
          <FormField label="Lookup attribute">
            <Select
              selectedOption={chosen}
              options={attributes}
              onChange={({ detail }) => {
                const attribute = detail.selectedOption.value as Filter["attribute"];
                // A new attribute has no value yet: what is shown stays until there is one.
                if (attribute === "ReadOnly") apply({ attribute, value: "false" });
                else if (attribute === "") apply({ attribute, value: "" });
                else setDraft({ ...draft, attribute, value: "" });
              }}
            />
          </FormField>
          {draft.attribute === "ReadOnly" ? (
            <FormField label="Value">
              <Select
                selectedOption={truth.find((t) => t.value === draft.value)!}
                options={truth}
                onChange={({ detail }) => apply({ value: detail.selectedOption.value! })}
              />
            </FormField>
          ) : (
            <FormField label="Value" secondaryControl={<Button formAction="submit">Look up</Button>}>
              <Input
                value={draft.value}
                disabled={draft.attribute === ""}
                placeholder={chosen.example}
                onChange={({ detail }) => setDraft({ ...draft, value: detail.value })}
              />
            </FormField>
          )}
          <FormField label="Time">
            <DateRangePicker
              value={draft.time}
              placeholder="Any time"
              relativeOptions={relative}
              isValidRange={(range) =>
                range?.type === "absolute" && range.startDate > range.endDate
                  ? { valid: false, errorMessage: "The start is after the end." }
                  : { valid: true }
              }
              onChange={({ detail }) => apply({ time: detail.value })}
            />
          </FormField>
        </Grid>
      </Form>
    </form>
  );
}

const relative: DateRangePickerProps.RelativeOption[] = (
  [
    [30, "minute"],
    [1, "hour"],
    [12, "hour"],
    [1, "day"],
    [7, "day"],
    [90, "day"],
  ] as const
).map(([amount, unit]) => ({ type: "relative", key: `${amount}${unit}`, amount, unit }));

const lengths: Record<string, number> = { second: 1, minute: 60, hour: 3600, day: 86_400, week: 604_800, month: 2_592_000, year: 31_536_000 };

/** The start and the end of a range, now. */
export function times(range: Filter["time"]): { StartTime?: Date; EndTime?: Date } {
  if (!range) return {};
  if (range.type === "absolute") return { StartTime: new Date(range.startDate), EndTime: new Date(range.endDate) };
  return { StartTime: new Date(Date.now() - range.amount * lengths[range.unit]! * 1000) };
}
