import type { StreamViewType } from "@aws-sdk/client-dynamodb";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import RadioGroup from "@cloudscape-design/components/radio-group";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { Actions } from "../parts/actions";
import { Copy } from "../parts/copy";
import { DeleteModal } from "../parts/delete_modal";
import { FormModal } from "../parts/form_modal";
import { useNotifications } from "../shell/notifications";
import { isStreamOn, onOff, tableHref, viewTypes, type TabProps } from "./describe";
import { ExportList } from "./export_list";
import { useUpdateTable } from "./load";
import { Missing } from "./missing";
import { StreamViewer } from "./stream_viewer";

/** The exports of the table, its stream, and what is read of it. */
export default function Streams({ table }: TabProps) {
  const on = isStreamOn(table);
  // What it is turned to, not whether it is on: that changes before the window is closed.
  const [turning, setTurning] = useState<"on" | "off">();
  const view = viewTypes[table.StreamSpecification?.StreamViewType ?? ""];
  const close = () => setTurning(undefined);
  return (
    <SpaceBetween size="l">
      <Container
        header={
          <Header
            variant="h2"
            description="Captures changes of items as they happen. Records can be read for 24 hours."
            actions={
              <Actions>
                {on && <Button href={tableHref(table.TableName!, "?tab=permissions")}>Manage stream policy</Button>}
                <Button ariaLabel={`${on ? "Turn off" : "Turn on"} the stream`} onClick={() => setTurning(on ? "off" : "on")}>
                  {on ? "Turn off" : "Turn on"}
                </Button>
              </Actions>
            }
          >
            DynamoDB stream details
          </Header>
        }
      >
        <KeyValuePairs
          columns={3}
          items={[
            { label: "Stream status", value: onOff(on) },
            { label: "View type", value: on ? view?.label : "–" },
            { label: "Latest stream ARN", value: table.LatestStreamArn ? <Copy text={table.LatestStreamArn} /> : "–" },
          ]}
        />
      </Container>
      {table.LatestStreamArn && <StreamViewer key={table.LatestStreamArn} arn={table.LatestStreamArn} />}
      <ExportList table={table} />
      <Container header={<Header variant="h2">Amazon Kinesis data stream details</Header>}>
        <Missing what="Kinesis data streams">Follow the stream of the table instead.</Missing>
      </Container>
      {turning === "off" && <TurnOff table={table.TableName!} onClose={close} />}
      {turning === "on" && <TurnOn table={table.TableName!} onClose={close} />}
    </SpaceBetween>
  );
}

function TurnOn({ table, onClose }: { table: string; onClose: () => void }) {
  const [view, setView] = useState<StreamViewType>("NEW_AND_OLD_IMAGES");
  const { notify } = useNotifications();
  const update = useUpdateTable(table);
  const submit = async () => {
    await update.mutateAsync({ StreamSpecification: { StreamEnabled: true, StreamViewType: view } });
    notify({ type: "success", header: `The stream of ${table} is on.` });
  };
  return (
    <FormModal title="Turn on DynamoDB stream" verb="Turn on stream" onSubmit={submit} onClose={onClose}>
      <FormField label="View type" description="What of an item is written to the stream when it is changed">
        <RadioGroup
          value={view}
          onChange={({ detail }) => setView(detail.value as StreamViewType)}
          items={Object.entries(viewTypes).map(([value, v]) => ({ value, ...v }))}
        />
      </FormField>
    </FormModal>
  );
}

function TurnOff({ table, onClose }: { table: string; onClose: () => void }) {
  const { notify } = useNotifications();
  const update = useUpdateTable(table);
  return (
    <DeleteModal
      title="Turn off DynamoDB stream?"
      verb="Turn off stream"
      onClose={onClose}
      onDelete={async () => {
        await update.mutateAsync({ StreamSpecification: { StreamEnabled: false } });
        notify({ type: "success", header: `The stream of ${table} is off.` });
      }}
    >
      Changes are no longer captured. Records that are there can still be read for 24 hours.
    </DeleteModal>
  );
}
