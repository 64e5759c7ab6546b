// What can be customized of a new table.
import type { StreamViewType, TableClass } from "@aws-sdk/client-dynamodb";
import Box from "@cloudscape-design/components/box";
import Checkbox from "@cloudscape-design/components/checkbox";
import Container from "@cloudscape-design/components/container";
import ExpandableSection from "@cloudscape-design/components/expandable-section";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Tiles from "@cloudscape-design/components/tiles";
import { lazy, Suspense } from "react";
import { BillingField, CapacityFields } from "./capacity_fields";
import { viewTypes } from "./describe";
import type { Faults, TableDraft } from "./draft";
import { EncryptionField, encryptionNote } from "./encryption_field";
import { FormSection } from "./form_section";
import { IndexList } from "./index_list";

const PolicyEditor = lazy(async () => ({ default: (await import("./policy_editor")).PolicyEditor }));

interface TableSettingsProps {
  draft: TableDraft;
  faults: Faults;
  change: (part: Partial<TableDraft>) => void;
}

export function TableSettings({ draft, faults, change }: TableSettingsProps) {
  return (
    <SpaceBetween size="l">
      <FormSection title="Table class">
        <TableClassField value={draft.tableClass} onChange={(tableClass) => change({ tableClass })} />
      </FormSection>
      <FormSection title="Read/write capacity settings">
        <SpaceBetween size="l">
          <BillingField value={draft.billing} onChange={(billing) => change({ billing })} />
          <CapacityFields
            billing={draft.billing}
            value={draft.capacity}
            faults={faults}
            onChange={(capacity) => change({ capacity })}
          />
        </SpaceBetween>
      </FormSection>
      <IndexList draft={draft} onChange={(indexes) => change({ indexes })} />
      <FormSection title="Encryption at rest" description={encryptionNote}>
        <EncryptionField value={draft} error={faults.keyArn} onChange={change} />
      </FormSection>
      <FormSection title="Deletion protection" description="Protects the table from being deleted unintentionally.">
        <Checkbox checked={draft.protection} onChange={({ detail }) => change({ protection: detail.checked })}>
          Turn on deletion protection
        </Checkbox>
      </FormSection>
      <FormSection title="DynamoDB stream" description="Captures changes of items as they happen, for 24 hours.">
        <FormField label="View type">
          <Select
            options={streamOptions}
            selectedOption={streamOptions.find((o) => o.value === draft.stream)!}
            onChange={({ detail }) => change({ stream: detail.selectedOption.value as StreamViewType | "" })}
          />
        </FormField>
      </FormSection>
      <FormSection title="Time to Live (TTL)" description="Deletes expired items by itself. It is turned on when the table is active.">
        <FormField
          label={
            <>
              TTL attribute name <i>– optional</i>
            </>
          }
          constraintText="The attribute with the time when the item expires: a number of seconds since 1970, in Unix epoch time."
        >
          <Input value={draft.ttl} placeholder="Off" onChange={({ detail }) => change({ ttl: detail.value })} />
        </FormField>
      </FormSection>
      <Container>
        <ExpandableSection
          variant="footer"
          headerText="Resource-based policy – optional"
          headerDescription="Says who may access the table, beside the policies of the identities themselves."
        >
          <Suspense fallback={<Box>Loading the editor</Box>}>
            <PolicyEditor value={draft.policy} onChange={(policy) => change({ policy })} />
          </Suspense>
        </ExpandableSection>
      </Container>
    </SpaceBetween>
  );
}

const streamOptions = [
  { value: "", label: "Off" },
  ...Object.entries(viewTypes).map(([value, v]) => ({ value, ...v })),
];

export function TableClassField({ value, onChange }: { value: TableClass; onChange: (value: TableClass) => void }) {
  return (
    <FormField label="Choose table class" stretch>
      <Tiles
        ariaLabel="Table class"
        value={value}
        onChange={({ detail }) => onChange(detail.value as TableClass)}
        items={[
          {
            value: "STANDARD",
            label: "DynamoDB Standard",
            description: "The default general-purpose table class.",
          },
          {
            value: "STANDARD_INFREQUENT_ACCESS",
            label: "DynamoDB Standard-IA",
            description: "For tables that hold data which is rarely accessed. Here it changes nothing but what the table is described as.",
          },
        ]}
      />
    </FormField>
  );
}
