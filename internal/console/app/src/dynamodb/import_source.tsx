import type { InputCompressionType, InputFormat } from "@aws-sdk/client-dynamodb";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import RadioGroup from "@cloudscape-design/components/radio-group";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import type { Faults } from "./draft";
import { FormSection } from "./form_section";
import { compressions, delimiters, importFormats, type ImportDraft } from "./import_draft";
import { BucketOwnerField, S3Field } from "./s3";

interface ImportSourceProps {
  draft: ImportDraft;
  faults: Faults;
  change: (part: Partial<ImportDraft>) => void;
}

/** What is imported: the first step. */
export function ImportSource({ draft, faults, change }: ImportSourceProps) {
  return (
    <FormSection title="Import options">
      <SpaceBetween size="l">
        <S3Field
          label="Source S3 URL"
          description="All files whose names begin so are imported. Those of an export are on its page, and have GZIP compression."
          value={draft.source}
          error={faults.source}
          onChange={(source) => change({ source })}
        />
        <BucketOwnerField value={draft.owner} onChange={(owner) => change({ owner })} />
        <FormField label="Import file compression" stretch>
          <RadioGroup
            value={draft.compression}
            onChange={({ detail }) => change({ compression: detail.value as InputCompressionType })}
            items={options(compressions)}
          />
        </FormField>
        <FormField label="Import file format" stretch>
          <RadioGroup
            value={draft.format}
            onChange={({ detail }) => change({ format: detail.value as InputFormat })}
            items={options(importFormats)}
          />
        </FormField>
        {draft.format === "CSV" && <CSV draft={draft} faults={faults} change={change} />}
      </SpaceBetween>
    </FormSection>
  );
}

/** How CSV is read. All attributes but those of keys are texts. */
function CSV({ draft, faults, change }: ImportSourceProps) {
  const choices = options(delimiters);
  return (
    <SpaceBetween size="l">
      <FormField label="CSV header" stretch>
        <RadioGroup
          value={draft.headed ? "file" : "custom"}
          onChange={({ detail }) => change({ headed: detail.value === "file" })}
          items={[
            { value: "file", label: "First line of source file" },
            { value: "custom", label: "Custom header" },
          ]}
        />
      </FormField>
      {!draft.headed && (
        <FormField label="Custom header" description="The names of the attributes, in the order of the columns" constraintText="Separate them with commas." errorText={faults.header}>
          <Input value={draft.header} placeholder="id, name, price" onChange={({ detail }) => change({ header: detail.value })} />
        </FormField>
      )}
      <FormField label="CSV delimiter character" description="Attributes other than those of keys become strings.">
        <Select
          options={choices}
          selectedOption={choices.find((c) => c.value === draft.delimiter)!}
          onChange={({ detail }) => change({ delimiter: detail.selectedOption.value })}
        />
      </FormField>
    </SpaceBetween>
  );
}

const options = (texts: Record<string, string>) => Object.entries(texts).map(([value, label]) => ({ value, label }));
