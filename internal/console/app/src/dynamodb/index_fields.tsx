import type { BillingMode, ProjectionType } from "@aws-sdk/client-dynamodb";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import RadioGroup from "@cloudscape-design/components/radio-group";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { CapacityFields } from "./capacity_fields";
import { projections } from "./describe";
import { nameHint, type Faults, type IndexDraft } from "./draft";
import { KeyField, KeyFields } from "./key_field";
import { NamesField } from "./names_field";

interface IndexFieldsProps {
  billing: BillingMode;
  value: IndexDraft;
  faults: Faults;
  onChange: (index: IndexDraft) => void;
}

/** The fields of an index: its key, its name, what it projects, its capacity. */
export function IndexFields({ billing, value, faults, onChange }: IndexFieldsProps) {
  const change = (part: Partial<IndexDraft>) => {
    const next = { ...value, ...part };
    // The name follows the keys until somebody gives another one.
    if (part.name === undefined && value.name === suggestion(value)) next.name = suggestion(next);
    onChange(next);
  };
  return (
    <SpaceBetween size="l">
      {value.local ? (
        <SpaceBetween size="l">
          <KeyField label="Partition key" description="The partition key of the table" value={value.partition[0]!} />
          <KeyField label="Sort key" value={value.sort[0]!} error={faults.sort} onChange={(key) => change({ sort: [key] })} />
        </SpaceBetween>
      ) : (
        <SpaceBetween size="l">
          <KeyFields
            label="Partition key"
            value={value.partition}
            error={faults.partition}
            onChange={(partition) => change({ partition })}
          />
          <KeyFields label="Sort key" optional value={value.sort} onChange={(sort) => change({ sort })} />
        </SpaceBetween>
      )}
      <FormField label="Index name" constraintText={nameHint} errorText={faults.name}>
        <Input
          value={value.name}
          placeholder="Enter the index name"
          onChange={({ detail }) => change({ name: detail.value })}
        />
      </FormField>
      <FormField label="Attribute projections" description="What of the items is copied to the index">
        <RadioGroup
          value={value.projection}
          onChange={({ detail }) => change({ projection: detail.value as ProjectionType })}
          items={Object.entries(projections).map(([id, p]) => ({ value: id, ...p }))}
        />
      </FormField>
      {value.projection === "INCLUDE" && (
        <NamesField
          label="Attribute to include"
          error={faults.nonKey}
          value={value.nonKey}
          onChange={(nonKey) => change({ nonKey })}
        />
      )}
      {!value.local && (
        <CapacityFields billing={billing} value={value.capacity} faults={faults} onChange={(capacity) => change({ capacity })} />
      )}
    </SpaceBetween>
  );
}

/** As AWS's console names indexes: partition-sort-index. */
function suggestion(x: IndexDraft): string {
  const names = [...x.partition, ...x.sort].map((k) => k.name).filter(Boolean);
  return names.length ? [...names, "index"].join("-").replaceAll(/[^\w.-]/g, "_") : "";
}
