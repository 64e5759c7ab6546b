// Import a table from S3: the steps of "Requesting a table import in DynamoDB" (Amazon DynamoDB Developer Guide).
import { ImportTableCommand } from "@aws-sdk/client-dynamodb";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Wizard from "@cloudscape-design/components/wizard";
import { useState } from "react";
import { dynamodb } from "../aws/dynamodb";
import { useAwsChange } from "../aws/query";
import { Failure } from "../parts/failure";
import { navigate } from "../shell/links";
import { useNotifications } from "../shell/notifications";
import { Page } from "../shell/page";
import { leave, useUnsaved } from "../shell/unsaved";
import { importHref } from "./describe";
import type { TableDraft } from "./draft";
import { destinationFaults, importInput, newImport, settingsFaults, sourceFaults, type ImportDraft } from "./import_draft";
import { ImportReview } from "./import_review";
import { ImportSettings } from "./import_settings";
import { ImportSource } from "./import_source";
import { FormSection } from "./form_section";
import { TableKeyFields } from "./table_key_fields";

const checks = [sourceFaults, destinationFaults, settingsFaults];

export default function ImportTable() {
  const [draft, setDraft] = useState<ImportDraft>(newImport);
  const [step, setStep] = useState(0);
  const [tried, setTried] = useState(false);
  const { notify } = useNotifications();
  useUnsaved(draft !== newImport);
  const start = useAwsChange(
    () => dynamodb().send(new ImportTableCommand(importInput(draft))),
    [["dynamodb", "ListImports"], ["dynamodb", "Tables"]],
  );
  const change = (part: Partial<ImportDraft>) => setDraft((d) => ({ ...d, ...part }));
  const changeTable = (part: Partial<TableDraft>) => setDraft((d) => ({ ...d, table: { ...d.table, ...part } }));
  const faults = checks.map((check) => check(draft));
  const shown = (i: number) => (tried ? faults[i]! : {});
  const go = (to: number) => {
    // The first step on the way that is not complete is as far as it goes.
    const stop = faults.slice(0, to).findIndex((f) => Object.values(f).some(Boolean));
    setTried(stop >= 0);
    setStep(stop >= 0 ? stop : to);
  };
  const submit = () =>
    start.mutate(undefined, {
      onSuccess: ({ ImportTableDescription: i }) => {
        notify({ type: "success", header: `The import to ${draft.table.name} was started.` });
        navigate(importHref(i?.ImportArn ?? ""));
      },
    });
  return (
    <Page
      heading={false}
      title="Import table from Amazon S3"
      breadcrumbs={[
        ["DynamoDB", "/console/dynamodb"],
        ["Imports from S3", "/console/dynamodb/imports"],
      ]}
    >
      <Wizard
        activeStepIndex={step}
        onNavigate={({ detail }) => go(detail.requestedStepIndex)}
        onCancel={() => leave("/console/dynamodb/imports")}
        onSubmit={submit}
        isLoadingNextStep={start.isPending}
        submitButtonText="Import"
        i18nStrings={{
          stepNumberLabel: (n) => `Step ${n}`,
          collapsedStepsLabel: (n, of) => `Step ${n} of ${of}`,
          navigationAriaLabel: "Steps",
        }}
        steps={[
          { title: "Choose the source", content: <ImportSource draft={draft} faults={shown(0)} change={change} /> },
          {
            title: "Specify table details",
            description: "The items are imported into a new table, never into one that is there.",
            content: (
              <FormSection title="Destination table - new table">
                <TableKeyFields draft={draft.table} faults={shown(1)} change={changeTable} />
              </FormSection>
            ),
          },
          { title: "Configure table settings", content: <ImportSettings draft={draft.table} faults={shown(2)} change={changeTable} /> },
          {
            title: "Review and import",
            content: (
              <SpaceBetween size="l">
                <ImportReview draft={draft} onEdit={go} />
                {start.error && <Failure error={start.error} />}
              </SpaceBetween>
            ),
          },
        ]}
      />
    </Page>
  );
}
