import type { ExportFormat, ExportType, ExportViewType, PointInTimeRecoveryDescription, S3SseAlgorithm } from "@aws-sdk/client-dynamodb";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import RadioGroup from "@cloudscape-design/components/radio-group";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Tiles from "@cloudscape-design/components/tiles";
import { fullTime } from "../parts/time";
import type { Faults } from "./draft";
import type { ExportDraft } from "./export_draft";
import { FormSection } from "./form_section";
import { MomentField } from "./moment_field";

interface ExportSettingsProps {
  draft: ExportDraft;
  faults: Faults;
  /** Between which moments there can be an export. */
  window: PointInTimeRecoveryDescription | undefined;
  change: (part: Partial<ExportDraft>) => void;
}

/** What is exported, and how it is written. */
export function ExportSettings({ draft, faults, window, change }: ExportSettingsProps) {
  const { EarliestRestorableDateTime: earliest, LatestRestorableDateTime: latest } = window ?? {};
  const range = earliest && latest && `From ${fullTime(earliest)} to ${fullTime(latest)}.`;
  return (
    <FormSection title="Export settings" description={range}>
      <SpaceBetween size="l">
        <Tiles
          ariaLabel="Export type"
          value={draft.type}
          onChange={({ detail }) => change({ type: detail.value as ExportType })}
          items={[
            { value: "FULL_EXPORT", label: "Full export", description: "All items, as they were at a point in time." },
            { value: "INCREMENTAL_EXPORT", label: "Incremental export", description: "What was changed in a period, of 15 minutes to 24 hours." },
          ]}
        />
        {draft.type === "FULL_EXPORT" ? <Full draft={draft} faults={faults} change={change} /> : <Incremental draft={draft} faults={faults} change={change} />}
        <FormField label="Exported file format" stretch>
          <RadioGroup
            value={draft.format}
            onChange={({ detail }) => change({ format: detail.value as ExportFormat })}
            items={[
              { value: "DYNAMODB_JSON", label: "DynamoDB JSON", description: "It can be imported into tables." },
              { value: "ION", label: "Amazon Ion text", description: "A superset of JSON." },
            ]}
          />
        </FormField>
        <FormField label="Encryption key type" description="It is noted in the export. How files are encrypted is a matter of the object store." stretch>
          <RadioGroup
            value={draft.encryption}
            onChange={({ detail }) => change({ encryption: detail.value as S3SseAlgorithm })}
            items={[
              { value: "AES256", label: "Amazon S3 key (SSE-S3)" },
              { value: "KMS", label: "AWS Key Management Service key (SSE-KMS)" },
            ]}
          />
        </FormField>
        {draft.encryption === "KMS" && (
          <FormField label="KMS key" description="Its ARN, ID or alias" errorText={faults.keyArn}>
            <Input value={draft.keyArn} onChange={({ detail }) => change({ keyArn: detail.value.trim() })} />
          </FormField>
        )}
      </SpaceBetween>
    </FormSection>
  );
}

type PartProps = Omit<ExportSettingsProps, "window">;

function Full({ draft, faults, change }: PartProps) {
  return (
    <SpaceBetween size="m">
      <FormField label="Export from a specific point in time" stretch>
        <RadioGroup
          value={draft.now ? "now" : "earlier"}
          onChange={({ detail }) => change({ now: detail.value === "now" })}
          items={[
            { value: "now", label: "Current time" },
            { value: "earlier", label: "An earlier point in time" },
          ]}
        />
      </FormField>
      {!draft.now && <MomentField label="Point in time" value={draft.at} error={faults.at} onChange={(at) => change({ at })} />}
    </SpaceBetween>
  );
}

function Incremental({ draft, faults, change }: PartProps) {
  return (
    <SpaceBetween size="m">
      <MomentField label="Export period from" value={draft.from} error={faults.from} onChange={(from) => change({ from })} />
      <MomentField label="Export period to" value={draft.to} error={faults.to} onChange={(to) => change({ to })} />
      <FormField label="Exported view" stretch>
        <RadioGroup
          value={draft.view}
          onChange={({ detail }) => change({ view: detail.value as ExportViewType })}
          items={[
            { value: "NEW_AND_OLD_IMAGES", label: "New and old images", description: "Items as they were before and after the period." },
            { value: "NEW_IMAGE", label: "New images only", description: "Items as they were at its end." },
          ]}
        />
      </FormField>
    </SpaceBetween>
  );
}
