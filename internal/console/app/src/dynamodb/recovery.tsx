// Point-in-time recovery of a table: what can be restored, and its settings.
import {
  DescribeContinuousBackupsCommand,
  UpdateContinuousBackupsCommand,
  type PointInTimeRecoveryDescription,
} from "@aws-sdk/client-dynamodb";
import Button from "@cloudscape-design/components/button";
import Checkbox from "@cloudscape-design/components/checkbox";
import Container from "@cloudscape-design/components/container";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import Input from "@cloudscape-design/components/input";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import { useState } from "react";
import { dynamodb } from "../aws/dynamodb";
import { useAws, useAwsChange } from "../aws/query";
import { Actions } from "../parts/actions";
import { FormModal } from "../parts/form_modal";
import { Loaded } from "../parts/loaded";
import { Time } from "../parts/time";
import { useNotifications } from "../shell/notifications";
import { onOff, restoreTableHref } from "./describe";

/** The longest recovery period, in days, and that of a table which was not given one (API reference, PointInTimeRecoverySpecification). */
const longest = 35;

export const useRecovery = (TableName: string) =>
  useAws(
    ["dynamodb", "DescribeContinuousBackups", TableName],
    async (): Promise<PointInTimeRecoveryDescription> => {
      const answer = await dynamodb().send(new DescribeContinuousBackupsCommand({ TableName }));
      return answer.ContinuousBackupsDescription?.PointInTimeRecoveryDescription ?? {};
    },
    { enabled: !!TableName },
  );

export const isRecoverable = (p: PointInTimeRecoveryDescription) => p.PointInTimeRecoveryStatus === "ENABLED";

export function Recovery({ table }: { table: string }) {
  const [editing, setEditing] = useState(false);
  const recovery = useRecovery(table);
  const on = !!recovery.data && isRecoverable(recovery.data);
  return (
    <Container
      header={
        <Header
          variant="h2"
          description="Keeps all changes of the table, so that it can be restored as it was at any second of the recovery period."
          actions={
            recovery.data && (
              <Actions>
                <Button
                  iconName="refresh"
                  ariaLabel="Refresh point-in-time recovery"
                  loading={recovery.isFetching}
                  onClick={() => recovery.refetch()}
                />
                <Button ariaLabel="Edit point-in-time recovery" onClick={() => setEditing(true)}>
                  Edit
                </Button>
                <Button ariaLabel="Restore to point in time" disabled={!on} href={restoreTableHref(table)}>
                  Restore
                </Button>
              </Actions>
            )
          }
        >
          Point-in-time recovery (PITR)
        </Header>
      }
    >
      <Loaded query={recovery}>
        {(p) => (
          <KeyValuePairs
            columns={4}
            items={[
              { label: "Status", value: onOff(on) },
              { label: "Backup recovery period", value: on ? days(p.RecoveryPeriodInDays ?? longest) : "–" },
              { label: "Earliest recovery point", value: <Time at={p.EarliestRestorableDateTime} /> },
              { label: "Latest recovery point", value: <Time at={p.LatestRestorableDateTime} /> },
            ]}
          />
        )}
      </Loaded>
      {editing && recovery.data && <EditRecovery table={table} before={recovery.data} onClose={() => setEditing(false)} />}
    </Container>
  );
}

const days = (n: number) => `${n} ${n === 1 ? "day" : "days"}`;

interface EditRecoveryProps {
  table: string;
  before: PointInTimeRecoveryDescription;
  onClose: () => void;
}

/** Turns point-in-time recovery on or off, and says how long changes are kept. */
export function EditRecovery({ table, before, onClose }: EditRecoveryProps) {
  const [on, setOn] = useState(isRecoverable(before));
  const [period, setPeriod] = useState(String(before.RecoveryPeriodInDays ?? longest));
  const { notify } = useNotifications();
  const save = useAwsChange(
    () =>
      dynamodb().send(
        new UpdateContinuousBackupsCommand({
          TableName: table,
          PointInTimeRecoverySpecification: {
            PointInTimeRecoveryEnabled: on,
            RecoveryPeriodInDays: on ? Number(period) : undefined,
          },
        }),
      ),
    [["dynamodb", "DescribeContinuousBackups", table]],
  );
  const valid = /^[1-9]\d?$/.test(period) && Number(period) <= longest;
  return (
    <FormModal
      title="Edit point-in-time recovery settings"
      verb="Save changes"
      ready={!on || valid}
      onSubmit={async () => {
        await save.mutateAsync();
        notify({ type: "success", header: `Point-in-time recovery of ${table} is ${on ? "on" : "off"}.` });
      }}
      onClose={onClose}
    >
      <Checkbox
        checked={on}
        description="Turning it off loses what was kept: when it is turned on again, recovery begins anew."
        onChange={({ detail }) => setOn(detail.checked)}
      >
        Turn on point-in-time recovery
      </Checkbox>
      {on && (
        <FormField
          label="Backup recovery period"
          description="How many days back the table can be restored. A shorter period than before loses what is older."
          constraintText={`A number of days from 1 to ${longest}.`}
          errorText={valid ? undefined : `Enter a whole number from 1 to ${longest}.`}
        >
          <Input inputMode="numeric" value={period} onChange={({ detail }) => setPeriod(detail.value.trim())} />
        </FormField>
      )}
    </FormModal>
  );
}
