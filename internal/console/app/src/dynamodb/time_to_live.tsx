import { DescribeTimeToLiveCommand, UpdateTimeToLiveCommand } from "@aws-sdk/client-dynamodb";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import Input from "@cloudscape-design/components/input";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import { useState } from "react";
import { dynamodb } from "../aws/dynamodb";
import { useAws, useAwsChange } from "../aws/query";
import { Actions } from "../parts/actions";
import { DeleteModal } from "../parts/delete_modal";
import { FormModal } from "../parts/form_modal";
import { Loaded } from "../parts/loaded";
import { useNotifications } from "../shell/notifications";
import { ttlText } from "./describe";
import { Status } from "./status";

export function TimeToLive({ table }: { table: string }) {
  // What it is turned to, not whether it is on: that changes before the window is closed.
  const [turning, setTurning] = useState<"on" | "off">();
  const ttl = useAws(["dynamodb", "DescribeTimeToLive", table], async () => {
    const { TimeToLiveDescription } = await dynamodb().send(new DescribeTimeToLiveCommand({ TableName: table }));
    return TimeToLiveDescription ?? {};
  });
  const status = ttl.data?.TimeToLiveStatus ?? "DISABLED";
  const on = status === "ENABLED" || status === "ENABLING";
  const attribute = ttl.data?.AttributeName ?? "";
  const close = () => setTurning(undefined);
  return (
    <Container
      header={
        <Header
          variant="h2"
          description="Deletes items by themselves when the time in an attribute of them has passed."
          actions={
            <Actions>
              <Button iconName="refresh" ariaLabel="Refresh Time to Live" loading={ttl.isFetching} onClick={() => ttl.refetch()} />
              <Button
                disabled={!ttl.data || status.endsWith("ING")}
                ariaLabel={`${on ? "Turn off" : "Turn on"} Time to Live`}
                onClick={() => setTurning(on ? "off" : "on")}
              >
                {on ? "Turn off" : "Turn on"}
              </Button>
            </Actions>
          }
        >
          Time to Live (TTL)
        </Header>
      }
    >
      <Loaded query={ttl}>
        {() => (
          <KeyValuePairs
            columns={2}
            items={[
              { label: "TTL status", value: <Status of={status} text={ttlText[status]} /> },
              { label: "TTL attribute", value: attribute || "–" },
            ]}
          />
        )}
      </Loaded>
      {turning === "off" && <TurnOff table={table} attribute={attribute} onClose={close} />}
      {turning === "on" && <TurnOn table={table} onClose={close} />}
    </Container>
  );
}

const useChange = (TableName: string) =>
  useAwsChange(
    (TimeToLiveSpecification: { AttributeName: string; Enabled: boolean }) =>
      dynamodb().send(new UpdateTimeToLiveCommand({ TableName, TimeToLiveSpecification })),
    [["dynamodb", "DescribeTimeToLive", TableName]],
  );

function TurnOn({ table, onClose }: { table: string; onClose: () => void }) {
  const [attribute, setAttribute] = useState("");
  const { notify } = useNotifications();
  const change = useChange(table);
  const submit = async () => {
    await change.mutateAsync({ AttributeName: attribute, Enabled: true });
    notify({ type: "success", header: `Time to Live is being turned on with the attribute ${attribute}.` });
  };
  return (
    <FormModal title="Turn on Time to Live (TTL)" verb="Turn on TTL" ready={!!attribute} onSubmit={submit} onClose={onClose}>
      <FormField
        label="TTL attribute name"
        description="The attribute with the time when the item expires."
        constraintText="Between 1 and 255 characters. Its values are numbers of seconds since 1970, in Unix epoch time."
      >
        <Input
          autoFocus
          value={attribute}
          placeholder="Enter an attribute name"
          onChange={({ detail }) => setAttribute(detail.value)}
        />
      </FormField>
    </FormModal>
  );
}

function TurnOff({ table, attribute, onClose }: { table: string; attribute: string; onClose: () => void }) {
  const { notify } = useNotifications();
  const change = useChange(table);
  return (
    <DeleteModal
      title="Turn off Time to Live (TTL)?"
      verb="Turn off TTL"
      onClose={onClose}
      onDelete={async () => {
        await change.mutateAsync({ AttributeName: attribute, Enabled: false });
        notify({ type: "success", header: "Time to Live is being turned off." });
      }}
    >
      Items are no longer deleted when the time in <b>{attribute}</b> has passed.
    </DeleteModal>
  );
}
