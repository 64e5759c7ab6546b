import {
  DescribeContinuousBackupsCommand,
  RestoreTableToPointInTimeCommand,
  UpdateContinuousBackupsCommand,
} from "@aws-sdk/client-dynamodb";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { dynamodb } from "../aws/dynamodb";
import { useAws, useAwsChange } from "../aws/query";
import { Actions } from "../parts/actions";
import { Failure } from "../parts/failure";
import { Loaded } from "../parts/loaded";
import { Time } from "../parts/time";
import { BackupList } from "./backup_list";
import { onOff, type TabProps } from "./describe";
import { isMissing, Missing } from "./missing";
import { RequestModal } from "./request_modal";

export function TableBackups({ table }: TabProps) {
  return (
    <SpaceBetween size="l">
      <PointInTimeRecovery table={table.TableName!} />
      <BackupList table={table.TableName} />
    </SpaceBetween>
  );
}

function PointInTimeRecovery({ table }: { table: string }) {
  const [restoring, setRestoring] = useState(false);
  const key = ["dynamodb", "DescribeContinuousBackups", table];
  const pitr = useAws(key, async () => {
    const answer = await dynamodb().send(new DescribeContinuousBackupsCommand({ TableName: table }));
    return answer.ContinuousBackupsDescription?.PointInTimeRecoveryDescription ?? {};
  });
  const on = pitr.data?.PointInTimeRecoveryStatus === "ENABLED";
  const change = useAwsChange(
    () =>
      dynamodb().send(
        new UpdateContinuousBackupsCommand({
          TableName: table,
          PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: !on },
        }),
      ),
    [key],
  );
  return (
    <Container
      header={
        <Header
          variant="h2"
          description="Backs up the table all the time, so that it can be restored as it was at any second."
          actions={
            pitr.data && (
              <Actions>
                <Button disabled={!on} onClick={() => setRestoring(true)}>
                  Restore
                </Button>
                <Button
                  loading={change.isPending}
                  ariaLabel={`${on ? "Turn off" : "Turn on"} point-in-time recovery`}
                  onClick={() => change.mutate()}
                >
                  {on ? "Turn off" : "Turn on"}
                </Button>
              </Actions>
            )
          }
        >
          Point-in-time recovery (PITR)
        </Header>
      }
    >
      {isMissing(pitr.error) ? (
        <Missing what="point-in-time recovery" />
      ) : (
        <Loaded query={pitr}>
          {(p) => (
            <KeyValuePairs
              columns={3}
              items={[
                { label: "Status", value: onOff(on) },
                { label: "Earliest restore point", value: <Time at={p.EarliestRestorableDateTime} /> },
                { label: "Latest restore point", value: <Time at={p.LatestRestorableDateTime} /> },
              ]}
            />
          )}
        </Loaded>
      )}
      {change.error && <Failure error={change.error} />}
      {restoring && (
        <RequestModal
          title={`Restore ${table} to a point in time`}
          verb="Restore"
          fields={[
            { id: "name", label: "Name of restored table", hint: "A new table is created." },
            { id: "at", label: "Time", optional: true, hint: "As 2026-01-31T12:00:00Z. Empty: the latest that can be restored." },
          ]}
          done="The table is being restored."
          request={({ name, at }) =>
            dynamodb().send(
              new RestoreTableToPointInTimeCommand({
                SourceTableName: table,
                TargetTableName: name,
                ...(at ? { RestoreDateTime: new Date(at) } : { UseLatestRestorableTime: true }),
              }),
            )
          }
          onClose={() => setRestoring(false)}
        />
      )}
    </Container>
  );
}
