// Restore a table from a backup, or as it was at a point in time: "Restore a table in DynamoDB" (Amazon DynamoDB Developer Guide).
import { RestoreTableFromBackupCommand, RestoreTableToPointInTimeCommand } from "@aws-sdk/client-dynamodb";
import Alert from "@cloudscape-design/components/alert";
import Button from "@cloudscape-design/components/button";
import Form from "@cloudscape-design/components/form";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useMemo, useState } from "react";
import { dynamodb } from "../aws/dynamodb";
import { useAws, useAwsChange } from "../aws/query";
import { Actions } from "../parts/actions";
import { Failure } from "../parts/failure";
import { Loaded } from "../parts/loaded";
import { navigate } from "../shell/links";
import { useNotifications } from "../shell/notifications";
import { Page } from "../shell/page";
import { useSearchParams } from "../shell/params";
import { backupHref, tableHref } from "./describe";
import { newRestore, loadSource, overrides, restoreFaults, type RestoreFrom, type RestoreSource } from "./restore";
import { RestoreFields } from "./restore_fields";
import { latestPoint, PointField, pointFault, restorePoint } from "./restore_point";

export default function RestoreTable() {
  const [parameters] = useSearchParams();
  const backup = parameters.get("backup") ?? "";
  const table = parameters.get("table") ?? "";
  const from = useMemo<RestoreFrom>(() => (backup ? { backup } : { table }), [backup, table]);
  const source = useAws(["dynamodb", "RestoreSource", from], () => loadSource(from));
  return (
    <Page
      title={backup ? "Restore table from backup" : "Restore table to point in time"}
      breadcrumbs={[
        ["DynamoDB", "/console/dynamodb"],
        ["Backups", "/console/dynamodb/backups"],
      ]}
      description="The items are restored to a new table, beside the one that they were saved from."
    >
      <Loaded query={source}>{(s) => <RestoreForm source={s} />}</Loaded>
    </Page>
  );
}

function RestoreForm({ source }: { source: RestoreSource }) {
  const { table, backup, window } = source;
  const [draft, setDraft] = useState(() => newRestore(source));
  const [point, setPoint] = useState(() => latestPoint(window));
  const [tried, setTried] = useState(false);
  const { notify } = useNotifications();
  const faults = restoreFaults(draft);
  const wrong = !backup && window ? pointFault(point, window) : undefined;
  const restore = useAwsChange(() => {
    const input = { TargetTableName: draft.name, ...overrides(source, draft) };
    return backup
      ? dynamodb().send(new RestoreTableFromBackupCommand({ ...input, BackupArn: backup.BackupDetails?.BackupArn }))
      : dynamodb().send(new RestoreTableToPointInTimeCommand({ ...input, SourceTableName: table, ...restorePoint(point) }));
  }, [["dynamodb"]]);
  const back = backup ? backupHref(backup.BackupDetails?.BackupArn ?? "") : tableHref(table, "?tab=backups");
  if (!backup && !window) {
    return (
      <Alert type="info" header="Point-in-time recovery is off" action={<Button href={back}>Backups of the table</Button>}>
        Nothing was kept of the table {table} that it could be restored from. Turn on point-in-time recovery first.
      </Alert>
    );
  }
  const submit = () => {
    setTried(true);
    if (wrong || Object.values(faults).some(Boolean)) return;
    restore.mutate(undefined, {
      onSuccess: () => {
        notify({ type: "success", header: `The table ${draft.name} is being restored.` });
        navigate(tableHref(draft.name));
      },
    });
  };
  return (
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
            <Button variant="link" formAction="none" href={back}>
              Cancel
            </Button>
            <Button variant="primary" loading={restore.isPending}>
              Restore
            </Button>
          </Actions>
        }
      >
        <SpaceBetween size="l">
          <RestoreFields
            source={source}
            draft={draft}
            faults={tried ? faults : {}}
            change={(part) => setDraft((d) => ({ ...d, ...part }))}
            point={window && <PointField value={point} window={window} error={tried ? wrong : undefined} onChange={setPoint} />}
          />
          <Alert type="info">
            Tags, the stream, Time to Live, point-in-time recovery and resource-based policies are not restored: set them up on the new
            table.
          </Alert>
          {restore.error && <Failure error={restore.error} />}
        </SpaceBetween>
      </Form>
    </form>
  );
}
