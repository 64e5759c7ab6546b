// Shows the changes of a table as its stream has them.
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import ColumnLayout from "@cloudscape-design/components/column-layout";
import Header from "@cloudscape-design/components/header";
import LiveRegion from "@cloudscape-design/components/live-region";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import Table from "@cloudscape-design/components/table";
import { useEffect, useRef, useState } from "react";
import { Actions } from "../parts/actions";
import { CodeEditor } from "../parts/code_editor";
import { Failure } from "../parts/failure";
import { Time } from "../parts/time";
import { count } from "./describe";
import { follow, type StreamRecord } from "./stream_reader";

/** How many records are kept to be looked at. */
const most = 1_000;

const starts = [
  { value: "LATEST", label: "From now on" },
  { value: "TRIM_HORIZON", label: "From the oldest record" },
] as const;

export function StreamViewer({ arn }: { arn: string }) {
  const [start, setStart] = useState<(typeof starts)[number]>(starts[0]);
  const [records, setRecords] = useState<StreamRecord[]>([]);
  const [seen, setSeen] = useState(0);
  const [shards, setShards] = useState(0);
  const [error, setError] = useState<unknown>();
  const [running, setRunning] = useState(false);
  const [selected, setSelected] = useState<StreamRecord[]>([]);
  const stop = useRef<AbortController>(null);
  useEffect(() => () => stop.current?.abort(), []);

  const run = async () => {
    const controller = new AbortController();
    stop.current = controller;
    setRunning(true);
    setError(undefined);
    setRecords([]);
    setSelected([]);
    setSeen(0);
    setShards(0);
    try {
      await follow(arn, start.value, {
        signal: controller.signal,
        onShards: setShards,
        onRecords: (more) => {
          setSeen((n) => n + more.length);
          setRecords((all) => [...more.toReversed(), ...all].slice(0, most));
        },
      });
    } catch (e) {
      if (!controller.signal.aborted) setError(e);
    }
    controller.abort(); // the other shards too
    if (stop.current === controller) setRunning(false);
  };

  return (
    <SpaceBetween size="m">
      <Table
        variant="container"
        header={
          <Header
            variant="h2"
            counter={seen > most ? `(${count(seen)}, the latest ${count(most)} are shown)` : `(${count(seen)})`}
            description="Reads the shards of the stream, and those that follow them. Start it, then change an item."
            actions={
              <Actions>
                <Select
                  ariaLabel="Where to start"
                  disabled={running}
                  options={starts}
                  selectedOption={start}
                  onChange={({ detail }) => setStart(starts.find((s) => s.value === detail.selectedOption.value)!)}
                />
                {running ? (
                  <Button iconName="close" onClick={() => stop.current?.abort()}>
                    Stop
                  </Button>
                ) : (
                  <Button variant="primary" iconName="caret-right-filled" onClick={run}>
                    Start
                  </Button>
                )}
              </Actions>
            }
          >
            Stream records
          </Header>
        }
        items={records}
        trackBy={(r) => r.eventID ?? ""}
        selectionType="single"
        selectedItems={selected}
        onSelectionChange={({ detail }) => setSelected(detail.selectedItems)}
        onRowClick={({ detail }) => setSelected([detail.item])}
        ariaLabels={{
          tableLabel: "Stream records",
          selectionGroupLabel: "Select a record",
          itemSelectionLabel: (_, r) => `Select ${r.eventName} ${keys(r)}`,
        }}
        empty={<Box textAlign="center">{running ? "Waiting for changes" : "No records"}</Box>}
        columnDefinitions={[
          { id: "event", header: "Event", cell: (r) => events[r.eventName ?? ""] ?? r.eventName, isRowHeader: true },
          { id: "keys", header: "Keys", cell: keys },
          { id: "at", header: "Time", cell: (r) => <Time at={r.dynamodb?.ApproximateCreationDateTime} /> },
          { id: "by", header: "By", cell: (r) => (r.userIdentity?.PrincipalId === "dynamodb.amazonaws.com" ? "Time to Live" : "–") },
          { id: "sequence", header: "Sequence number", cell: (r) => r.dynamodb?.SequenceNumber },
        ]}
        footer={
          <LiveRegion>
            {running ? (
              <StatusIndicator type="in-progress">
                Reading {count(shards)} {shards === 1 ? "shard" : "shards"}
              </StatusIndicator>
            ) : (
              <StatusIndicator type="stopped">Stopped</StatusIndicator>
            )}
          </LiveRegion>
        }
      />
      {error !== undefined && <Failure error={error} retry={run} />}
      {selected[0] && <Images record={selected[0]} />}
    </SpaceBetween>
  );
}

const events: Record<string, string> = { INSERT: "Insert", MODIFY: "Modify", REMOVE: "Remove" };

function Images({ record }: { record: StreamRecord }) {
  const { OldImage, NewImage, Keys } = record.dynamodb ?? {};
  const shown: [string, object | undefined][] =
    OldImage || NewImage
      ? [
          ["Old image", OldImage],
          ["New image", NewImage],
        ]
      : [["Keys", Keys]];
  return (
    <ColumnLayout columns={shown.length}>
      {shown.map(([title, image]) => (
        <div key={title}>
          <Box variant="h3">{title}</Box>
          {image ? <CodeEditor label={title} value={json(image, 2)} /> : <Box color="text-body-secondary">There is none.</Box>}
        </div>
      ))}
    </ColumnLayout>
  );
}

/** Attribute values as DynamoDB JSON, with bytes in base64. */
const json = (value: unknown, indent?: number) =>
  JSON.stringify(value, (_, v: unknown) => (v instanceof Uint8Array ? base64(v) : v), indent);

const base64 = (bytes: Uint8Array) => btoa(Array.from(bytes, (b) => String.fromCharCode(b)).join(""));

function keys(r: StreamRecord): string {
  return Object.entries(r.dynamodb?.Keys ?? {})
    .map(([name, value]) => {
      const [plain] = Object.values(value) as unknown[];
      return `${name}: ${plain instanceof Uint8Array ? base64(plain) : String(plain)}`;
    })
    .join(", ");
}
