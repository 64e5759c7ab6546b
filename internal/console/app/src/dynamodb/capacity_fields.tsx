import type { BillingMode } from "@aws-sdk/client-dynamodb";
import ColumnLayout from "@cloudscape-design/components/column-layout";
import ExpandableSection from "@cloudscape-design/components/expandable-section";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Tiles from "@cloudscape-design/components/tiles";
import type { CapacityDraft, Faults } from "./draft";

export function BillingField({ value, onChange }: { value: BillingMode; onChange: (mode: BillingMode) => void }) {
  return (
    <FormField label="Capacity mode" stretch>
      <Tiles
        ariaLabel="Capacity mode"
        value={value}
        onChange={({ detail }) => onChange(detail.value as BillingMode)}
        items={[
          {
            value: "PAY_PER_REQUEST",
            label: "On-demand",
            description: "The table takes the reads and writes that your application makes, without planning.",
          },
          {
            value: "PROVISIONED",
            label: "Provisioned",
            description: "You say how many reads and writes a second the table is to take. A server that was started with --throttle keeps to it.",
          },
        ]}
      />
    </FormField>
  );
}

interface CapacityFieldsProps {
  billing: BillingMode;
  value: CapacityDraft;
  faults: Faults;
  /** Whether warm throughput can be given too. */
  warm?: boolean;
  onChange: (capacity: CapacityDraft) => void;
}

/** The read and write capacity of a table or of a global index. */
export function CapacityFields({ billing, value, faults, warm = true, onChange }: CapacityFieldsProps) {
  const number = (name: keyof CapacityDraft, label: string, description?: string, placeholder?: string) => (
    <FormField label={label} description={description} errorText={faults[name]}>
      <Input
        inputMode="numeric"
        value={value[name]}
        placeholder={placeholder}
        onChange={({ detail }) => onChange({ ...value, [name]: detail.value.trim() })}
      />
    </FormField>
  );
  return (
    <SpaceBetween size="m">
      {billing === "PROVISIONED" ? (
        <ColumnLayout columns={2}>
          {number("read", "Read capacity units", "Of 4 KB a second each, read with strong consistency")}
          {number("write", "Write capacity units", "Of 1 KB a second each")}
        </ColumnLayout>
      ) : (
        <ColumnLayout columns={2}>
          {number("maxRead", "Maximum read request units", "Optional. A server that was started with --throttle keeps to it.", "No maximum")}
          {number("maxWrite", "Maximum write request units", "Optional. A server that was started with --throttle keeps to it.", "No maximum")}
        </ColumnLayout>
      )}
      {warm && (
        <ExpandableSection
          headerText="Warm throughput"
          headerDescription="What the table can take at once. It can be increased, not decreased."
          defaultExpanded={!!(value.warmRead || value.warmWrite)}
        >
          <ColumnLayout columns={2}>
            {number("warmRead", "Warm read units per second", "Optional", "Default")}
            {number("warmWrite", "Warm write units per second", "Optional", "Default")}
          </ColumnLayout>
        </ExpandableSection>
      )}
    </SpaceBetween>
  );
}
