// One PartiQL statement that is run, page by page.
import { ExecuteStatementCommand } from "@aws-sdk/client-dynamodb";
import { useCollection } from "@cloudscape-design/collection-hooks";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import ButtonDropdown from "@cloudscape-design/components/button-dropdown";
import Header from "@cloudscape-design/components/header";
import Container from "@cloudscape-design/components/container";
import Pagination from "@cloudscape-design/components/pagination";
import SegmentedControl from "@cloudscape-design/components/segmented-control";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Spinner from "@cloudscape-design/components/spinner";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import Table from "@cloudscape-design/components/table";
import { useEffect, useRef, useState } from "react";
import { dynamodb } from "../aws/dynamodb";
import { useAwsChange } from "../aws/query";
import { Actions } from "../parts/actions";
import { CodeEditor } from "../parts/code_editor";
import { csv, download } from "../parts/download";
import { Failure } from "../parts/failure";
import { CodePanel } from "./code/code_panel";
import { rowsOf } from "./export";
import { itemToDynamo, itemToPlain, own, shown, writeJSON, type Item } from "./values";

interface StatementResultProps {
  statement: string;
  title: string;
  /** Called when it has succeeded. */
  onDone: () => void;
  /** Called when it has failed before it gave anything. */
  onFailed: () => void;
}

interface Page {
  items: Item[];
  names: string[];
  capacity: number;
  next?: string;
}

const pageSize = 300;

/** The JSON view shows no more items than these: a text of megabytes is nothing to look at. */
const shownAsJSON = 100;

export function StatementResult({ statement, title, onDone, onFailed }: StatementResultProps) {
  const [page, setPage] = useState<Page>();
  const { mutateAsync, isPending, error } = useAwsChange(
    (NextToken: string | undefined) =>
      dynamodb().send(new ExecuteStatementCommand({ Statement: statement, Limit: pageSize, NextToken, ReturnConsumedCapacity: "TOTAL" })),
    [["dynamodb"]],
  );
  const retrieve = async (before?: Page) => {
    try {
      const answer = await mutateAsync(before?.next);
      const items = answer.Items ?? [];
      setPage({
        items: [...(before?.items ?? []), ...items],
        names: [...new Set([...(before?.names ?? []), ...items.flatMap((item) => Object.keys(item))])].sort(),
        capacity: (before?.capacity ?? 0) + (answer.ConsumedCapacity?.CapacityUnits ?? 0),
        next: answer.NextToken,
      });
      if (!before) onDone();
    } catch {
      if (!before) onFailed(); // it is in error
    }
  };
  const started = useRef(false);
  useEffect(() => {
    // It is run once, when it is shown: an effect that React repeats must not insert twice.
    if (started.current) return;
    started.current = true;
    void retrieve();
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, []);
  const select = /^\s*select\b/i.test(statement);
  return (
    <SpaceBetween size="s">
      {error && (
        <Container header={<Header variant="h2" description={<code>{statement}</code>}>{title}</Header>}>
          <Failure error={error} />
        </Container>
      )}
      {!page && !error && (
        <Container header={<Header variant="h2">{title}</Header>}>
          <Spinner /> Running
        </Container>
      )}
      {page && !select && !page.items.length && (
        <Container header={<Header variant="h2" description={<code>{statement}</code>}>{title}</Header>}>
          <StatusIndicator type="success">Completed</StatusIndicator> Capacity units consumed: {page.capacity}
        </Container>
      )}
      {page && (select || page.items.length > 0) && (
        <Items title={title} statement={statement} page={page} busy={isPending} retrieve={() => retrieve(page)} />
      )}
      {page && <CodePanel call={{ operation: "ExecuteStatement", input: { Statement: statement } }} description="This statement as a program" />}
    </SpaceBetween>
  );
}

interface ItemsProps {
  title: string;
  statement: string;
  page: Page;
  busy: boolean;
  retrieve: () => Promise<void>;
}

function Items({ title, statement, page, busy, retrieve }: ItemsProps) {
  const [view, setView] = useState("table");
  const { items, collectionProps, paginationProps } = useCollection(page.items, { pagination: { pageSize: 25 } });
  const get = (id: string) => {
    if (id === "csv") download("results.csv", "text/csv", csv(rowsOf(page.items, page.names)));
    else if (id === "plain") download("results.json", "application/json", writeJSON(page.items.map(itemToPlain), 2));
    else download("results.dynamodb.json", "application/json", writeJSON({ Items: page.items.map(itemToDynamo) }, 2));
  };
  const header = (
    <Header
      variant="h2"
      counter={`(${page.items.length}${page.next ? "+" : ""})`}
      description={
        <>
          <code>{statement}</code> · Capacity units consumed: {page.capacity.toLocaleString("en")}
        </>
      }
      actions={
        <Actions>
          <SegmentedControl
            label="View of the results"
            selectedId={view}
            options={[
              { id: "table", text: "Table view" },
              { id: "json", text: "JSON view" },
            ]}
            onChange={({ detail }) => setView(detail.selectedId)}
          />
          <ButtonDropdown
            items={[
              { id: "csv", text: "Download to CSV" },
              { id: "plain", text: "Download to JSON" },
              { id: "dynamodb", text: "Download to DynamoDB JSON" },
            ]}
            disabled={!page.items.length}
            onItemClick={({ detail }) => get(detail.id)}
          >
            Download
          </ButtonDropdown>
        </Actions>
      }
    >
      {title}
    </Header>
  );
  const more = page.next && (
    <Box textAlign="center">
      <Button loading={busy} onClick={() => void retrieve()}>
        Retrieve next page
      </Button>
    </Box>
  );
  if (view === "json") {
    return (
      <Container header={header} footer={more}>
        <SpaceBetween size="s">
          <CodeEditor label="Results as DynamoDB JSON" value={writeJSON(page.items.slice(0, shownAsJSON).map(itemToDynamo), 2)} />
          {page.items.length > shownAsJSON && `The first ${shownAsJSON} items. The download has all.`}
        </SpaceBetween>
      </Container>
    );
  }
  return (
    <Table
      {...collectionProps}
      items={items}
      header={header}
      footer={more}
      resizableColumns
      enableKeyboardNavigation
      columnDefinitions={page.names.map((name) => ({ id: name, header: name, cell: (item: Item) => shown(own(item, name)), width: 180 }))}
      pagination={<Pagination {...paginationProps} openEnd={!!page.next} onNextPageClick={({ detail }) => !detail.requestedPageAvailable && void retrieve()} />}
      ariaLabels={{ tableLabel: title }}
      empty={<Box textAlign="center">{page.next ? "No items yet. Retrieve the next page to read on." : "No items"}</Box>}
    />
  );
}
