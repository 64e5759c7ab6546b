// Export a table to S3: "Requesting a table export in DynamoDB" (Amazon DynamoDB Developer Guide).
import Alert from "@cloudscape-design/components/alert";
import Button from "@cloudscape-design/components/button";
import Form from "@cloudscape-design/components/form";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { DescribeTableCommand, ExportTableToPointInTimeCommand, type PointInTimeRecoveryDescription } from "@aws-sdk/client-dynamodb";
import { useState } from "react";
import { dynamodb } from "../aws/dynamodb";
import { useAwsChange } from "../aws/query";
import { Actions } from "../parts/actions";
import { Failure } from "../parts/failure";
import { navigate } from "../shell/links";
import { useNotifications } from "../shell/notifications";
import { Page } from "../shell/page";
import { useSearchParams } from "../shell/params";
import { exportHref } from "./describe";
import { exportFaults, exportInput, newExport, type ExportDraft } from "./export_draft";
import { ExportSettings } from "./export_settings";
import { FormSection } from "./form_section";
import { EditRecovery, isRecoverable, useRecovery } from "./recovery";
import { BucketOwnerField, S3Field } from "./s3";
import { TableField } from "./table_field";

export default function ExportTable() {
  const [parameters] = useSearchParams();
  const [draft, setDraft] = useState<ExportDraft>(() => newExport(parameters.get("table") ?? "", new Date()));
  const [tried, setTried] = useState(false);
  const { notify } = useNotifications();
  const recovery = useRecovery(draft.table);
  const start = useAwsChange(async (d: ExportDraft) => {
    const { Table } = await dynamodb().send(new DescribeTableCommand({ TableName: d.table }));
    return dynamodb().send(new ExportTableToPointInTimeCommand(exportInput(d, Table?.TableArn)));
  }, [["dynamodb", "ListExports"]]);
  const change = (part: Partial<ExportDraft>) => setDraft((d) => ({ ...d, ...part }));
  const faults = exportFaults(draft);
  const shown = tried ? faults : {};
  const submit = () => {
    setTried(true);
    if (Object.values(faults).some(Boolean)) return;
    start.mutate(draft, {
      onSuccess: ({ ExportDescription: e }) => {
        notify({ type: "success", header: `The export of ${draft.table} was started.` });
        navigate(exportHref(e?.ExportArn ?? ""));
      },
    });
  };
  return (
    <Page
      title="Export table to Amazon S3"
      breadcrumbs={[
        ["DynamoDB", "/console/dynamodb"],
        ["Exports to S3", "/console/dynamodb/exports"],
      ]}
      description="The items are read as they were at a point in time, without using the capacity of the table."
    >
      <form
        noValidate
        onSubmit={(e) => {
          e.preventDefault();
          submit();
        }}
      >
        <Form
          actions={
            <Actions>
              <Button variant="link" formAction="none" href="/console/dynamodb/exports">
                Cancel
              </Button>
              <Button variant="primary" loading={start.isPending}>
                Export
              </Button>
            </Actions>
          }
        >
          <SpaceBetween size="l">
            <FormSection title="Export details">
              <SpaceBetween size="l">
                <TableField label="Source table" value={draft.table} error={shown.table} onChange={(table) => change({ table })} />
                {draft.table && recovery.data && !isRecoverable(recovery.data) && (
                  <RecoveryOff table={draft.table} recovery={recovery.data} />
                )}
                <S3Field
                  label="Destination S3 bucket"
                  description="The files are written below the prefix, in a folder of the export's own."
                  value={draft.destination}
                  error={shown.destination}
                  onChange={(destination) => change({ destination })}
                />
                <BucketOwnerField value={draft.owner} onChange={(owner) => change({ owner })} />
              </SpaceBetween>
            </FormSection>
            <ExportSettings draft={draft} faults={shown} window={recovery.data} change={change} />
            {start.error && <Failure error={start.error} />}
          </SpaceBetween>
        </Form>
      </form>
    </Page>
  );
}

function RecoveryOff({ table, recovery }: { table: string; recovery: PointInTimeRecoveryDescription }) {
  const [editing, setEditing] = useState(false);
  return (
    <>
      <Alert
        type="warning"
        header="Point-in-time recovery is off"
        action={
          <Button formAction="none" onClick={() => setEditing(true)}>
            Turn on PITR
          </Button>
        }
      >
        The table {table} can be exported from the moment on that point-in-time recovery is on.
      </Alert>
      {editing && <EditRecovery table={table} before={recovery} onClose={() => setEditing(false)} />}
    </>
  );
}
