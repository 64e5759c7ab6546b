import Box from "@cloudscape-design/components/box";
import ColumnLayout from "@cloudscape-design/components/column-layout";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import RadioGroup from "@cloudscape-design/components/radio-group";
import SpaceBetween from "@cloudscape-design/components/space-between";
import type { ReactNode } from "react";
import { bytes } from "../parts/bytes";
import { Time } from "../parts/time";
import { BillingField } from "./capacity_fields";
import { nameHint, type Faults } from "./draft";
import { EncryptionField, encryptionNote } from "./encryption_field";
import type { RestoreDraft, RestoreSource } from "./restore";
import { FormSection } from "./form_section";

interface RestoreFieldsProps {
  source: RestoreSource;
  draft: RestoreDraft;
  faults: Faults;
  change: (part: Partial<RestoreDraft>) => void;
  /** The field of the point in time, if it is not a backup that is restored. */
  point: ReactNode;
}

export function RestoreFields({ source, draft, faults, change, point }: RestoreFieldsProps) {
  const names = [...source.global, ...source.local].map((x) => x.IndexName).join(", ");
  const number = (id: "read" | "write", label: string) => (
    <FormField label={label} errorText={faults[id]}>
      <Input inputMode="numeric" value={draft[id]} onChange={({ detail }) => change({ [id]: detail.value.trim() })} />
    </FormField>
  );
  return (
    <SpaceBetween size="l">
      {source.backup && <Backup of={source.backup} />}
      <FormSection title="Restore settings">
        <SpaceBetween size="l">
          {point}
          <FormField label="Name of restored table" constraintText={nameHint} errorText={faults.name}>
            <Input
              value={draft.name}
              placeholder={`${source.table}-restored`}
              onChange={({ detail }) => change({ name: detail.value })}
            />
          </FormField>
          <FormField label="Secondary indexes" stretch>
            <RadioGroup
              value={draft.withIndexes ? "with" : "without"}
              onChange={({ detail }) => change({ withIndexes: detail.value === "with" })}
              items={[
                { value: "with", label: "Restore the entire table", description: names ? `With its indexes: ${names}` : "It has no indexes." },
                {
                  value: "without",
                  label: "Restore the table without secondary indexes",
                  description: "It takes less time. Global indexes can be created later.",
                  disabled: !names,
                },
              ]}
            />
          </FormField>
        </SpaceBetween>
      </FormSection>
      <FormSection title="Read/write capacity settings">
        <SpaceBetween size="l">
          <BillingField value={draft.billing} onChange={(billing) => change({ billing })} />
          {draft.billing === "PROVISIONED" && (
            <ColumnLayout columns={2}>
              {number("read", "Read capacity units")}
              {number("write", "Write capacity units")}
            </ColumnLayout>
          )}
          {draft.billing === "PROVISIONED" && source.billing !== "PROVISIONED" && source.global.length > 0 && draft.withIndexes && (
            <Box color="text-body-secondary">Each global secondary index gets the same.</Box>
          )}
        </SpaceBetween>
      </FormSection>
      <FormSection title="Encryption at rest" description={encryptionNote}>
        <EncryptionField value={draft} error={faults.keyArn} onChange={change} />
      </FormSection>
    </SpaceBetween>
  );
}

function Backup({ of: { BackupDetails: backup, SourceTableDetails: table } }: { of: NonNullable<RestoreSource["backup"]> }) {
  return (
    <FormSection title="Backup">
      <KeyValuePairs
        columns={4}
        items={[
          { label: "Backup name", value: backup?.BackupName },
          { label: "Source table", value: table?.TableName },
          { label: "Created", value: <Time at={backup?.BackupCreationDateTime} /> },
          { label: "Size", value: bytes(backup?.BackupSizeBytes) },
        ]}
      />
    </FormSection>
  );
}
