import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { durationOf, hours, lengthOf } from "./durations";

export interface Settings {
  description: string;
  hours: number;
  relayState: string;
}

/** What can be changed of a permission set besides its policies. */
export function SetFields({ value, onChange }: { value: Settings; onChange: (settings: Settings) => void }) {
  return (
    <SpaceBetween size="l">
      <FormField label="Description - optional">
        <Input value={value.description} onChange={({ detail }) => onChange({ ...value, description: detail.value })} />
      </FormField>
      <FormField label="Session duration" description="How long the credentials are valid that a user gets, and sessions of the console last.">
        <Select
          selectedOption={option(value.hours)}
          options={hours.map(option)}
          onChange={({ detail }) => onChange({ ...value, hours: Number(detail.selectedOption.value) })}
        />
      </FormField>
      <FormField label="Relay state - optional" description="The page of the console that opens first, such as /console/dynamodb/tables.">
        <Input value={value.relayState} onChange={({ detail }) => onChange({ ...value, relayState: detail.value })} />
      </FormField>
    </SpaceBetween>
  );
}

const option = (n: number) => ({ value: String(n), label: lengthOf(durationOf(n)) });
