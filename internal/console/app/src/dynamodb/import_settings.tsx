import SpaceBetween from "@cloudscape-design/components/space-between";
import Tiles from "@cloudscape-design/components/tiles";
import { BillingField, CapacityFields } from "./capacity_fields";
import type { Faults, TableDraft } from "./draft";
import { EncryptionField, encryptionNote } from "./encryption_field";
import { FormSection } from "./form_section";
import { IndexList } from "./index_list";

interface ImportSettingsProps {
  draft: TableDraft;
  faults: Faults;
  change: (part: Partial<TableDraft>) => void;
}

/** The settings of the table that an import makes: those of a new table that there can be here. */
export function ImportSettings({ draft, faults, change }: ImportSettingsProps) {
  return (
    <SpaceBetween size="l">
      <FormSection title="Table settings">
        <Tiles
          ariaLabel="Table settings"
          value={draft.customized ? "custom" : "default"}
          onChange={({ detail }) => change({ customized: detail.value === "custom" })}
          items={[
            { value: "default", label: "Default settings", description: "On-demand capacity, no secondary indexes, a key owned by DynamoDB." },
            { value: "custom", label: "Customize settings", description: "Capacity, global secondary indexes and encryption." },
          ]}
        />
      </FormSection>
      {draft.customized && (
        <>
          <FormSection title="Read/write capacity settings">
            <SpaceBetween size="l">
              <BillingField value={draft.billing} onChange={(billing) => change({ billing })} />
              <CapacityFields
                billing={draft.billing}
                value={draft.capacity}
                faults={faults}
                warm={false}
                onChange={(capacity) => change({ capacity })}
              />
            </SpaceBetween>
          </FormSection>
          <IndexList draft={draft} local={false} onChange={(indexes) => change({ indexes })} />
          <FormSection title="Encryption at rest" description={encryptionNote}>
            <EncryptionField value={draft} error={faults.keyArn} onChange={change} />
          </FormSection>
        </>
      )}
    </SpaceBetween>
  );
}
