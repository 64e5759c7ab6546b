// The import while it runs, and what came of it.
import Alert from "@cloudscape-design/components/alert";
import Button from "@cloudscape-design/components/button";
import Header from "@cloudscape-design/components/header";
import ProgressBar from "@cloudscape-design/components/progress-bar";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Table from "@cloudscape-design/components/table";
import { useEffect, useRef, useState } from "react";
import { useAwsChange } from "../aws/query";
import { Actions } from "../parts/actions";
import { Failure } from "../parts/failure";
import { useUnsaved } from "../shell/unsaved";
import { importItems, type Progress } from "./import_items";
import { exploreHref } from "./places";
import type { Schema } from "./schema";
import type { Item } from "./values";

interface ImportRunProps {
  schema: Schema;
  count: number;
  item: (row: number) => Item;
  disabled: boolean;
  onRunning: (running: boolean) => void;
}

export function ImportRun({ schema, count, item, disabled, onRunning }: ImportRunProps) {
  const [progress, setProgress] = useState<Progress>();
  const stop = useRef<AbortController>(null);
  useEffect(() => () => stop.current?.abort(), []);
  const { mutateAsync, isPending, error, data } = useAwsChange(
    (signal: AbortSignal) => importItems(schema, count, item, signal, setProgress),
    [["dynamodb"]],
  );
  useUnsaved(isPending);
  const start = async () => {
    stop.current = new AbortController();
    setProgress(undefined);
    onRunning(true);
    await mutateAsync(stop.current.signal).catch(() => {}); // it is in error
    onRunning(false);
  };
  const cancelled = error && stop.current?.signal.aborted;
  const number = (n: number) => n.toLocaleString("en");
  return (
    <SpaceBetween size="m">
      {(isPending || progress) && (
        <ProgressBar
          label="Import"
          value={(100 * (progress?.done ?? 0)) / count}
          status={isPending ? "in-progress" : error || progress?.failed ? "error" : "success"}
          resultText={cancelled ? "Cancelled" : error ? "Stopped" : progress?.failed ? "Completed with faults" : "Completed"}
          additionalInfo={`${number(progress?.written ?? 0)} of ${number(count)} rows written, ${number(progress?.failed ?? 0)} failed`}
        />
      )}
      {cancelled && <Alert type="info">The import was cancelled. The rows that were written remain; the last batch may be among them.</Alert>}
      {error && !cancelled && <Failure error={error} />}
      {progress && progress.faults.length > 0 && (
        <Table
          items={progress.faults}
          header={
            <Header variant="h2" counter={`(${number(progress.failed)})`} description="These rows were not written; the first 100 are shown.">
              Faults
            </Header>
          }
          ariaLabels={{ tableLabel: "Faults" }}
          columnDefinitions={[
            { id: "row", header: "Row", cell: (f) => f.row, isRowHeader: true, width: 100 },
            { id: "message", header: "Fault", cell: (f) => f.message },
          ]}
        />
      )}
      <Actions>
        {isPending ? (
          <Button onClick={() => stop.current?.abort()}>Cancel import</Button>
        ) : (
          <Button variant="primary" disabled={disabled} onClick={() => void start()}>
            {progress ? "Import again" : `Import ${number(count)} rows`}
          </Button>
        )}
        {data && <Button href={exploreHref(schema.table)}>Explore items</Button>}
      </Actions>
    </SpaceBetween>
  );
}
