import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import ButtonDropdown from "@cloudscape-design/components/button-dropdown";
import Container from "@cloudscape-design/components/container";
import ExpandableSection from "@cloudscape-design/components/expandable-section";
import Header from "@cloudscape-design/components/header";
import Link from "@cloudscape-design/components/link";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useEffect, useRef, useState } from "react";
import { currentRegion } from "../aws/credentials";
import { Actions } from "../parts/actions";
import { CodeEditor } from "../parts/code_editor";
import { usePrincipal } from "../session/session";
import { Page } from "../shell/page";
import { keep, kept } from "./kept";
import { StatementResult } from "./statement_result";
import { snippets, statements } from "./statements";
import { TableChooser } from "./table_chooser";
import "./explore.css";
import { useSchema } from "./tables";

// What is written for each account and Region: whoever comes back to the page finds it again.
const drafts = new Map<string, string>();

/** How many statements the history has. */
const remembered = 50;

export default function PartiQL() {
  const { Account } = usePrincipal();
  const history = `statements.${Account}.${currentRegion()}`;
  const [text, setText] = useState(() => drafts.get(history) ?? "");
  useEffect(() => void drafts.set(history, text), [history, text]);
  const [past, setPast] = useState(() => kept<string[]>(history, []));
  const [runs, setRuns] = useState<{ id: number; statement: string }[]>([]);
  const selection = useRef("");
  const remember = (list: string[]) => {
    setPast(list);
    keep(history, list);
  };
  const run = () => {
    const chosen = statements(selection.current.trim() || text);
    if (!chosen.length) return;
    setRuns(chosen.map((statement) => ({ id: ++last, statement })));
    remember([...new Set([...chosen.toReversed(), ...past])].slice(0, remembered));
  };
  const add = (statement: string) => setText((before) => (before.trim() ? `${before.trimEnd().replace(/;?$/, ";")}\n${statement};` : `${statement};`));
  return (
    <Page
      title="PartiQL editor"
      breadcrumbs={[["DynamoDB", "/console/dynamodb"]]}
      description="Select, insert, update and delete items with a language like SQL."
    >
      <SpaceBetween size="l">
        <Container
          header={
            <Header variant="h2" description="Statements are separated by semicolons. If some text is selected, only that is run.">
              Statements
            </Header>
          }
          footer={
            <Actions>
              <Button variant="primary" onClick={run}>
                Run
              </Button>
              <Button
                onClick={() => {
                  setText("");
                  setRuns([]);
                }}
              >
                Clear
              </Button>
            </Actions>
          }
        >
          <SpaceBetween size="m">
            <Snippets onChoose={add} />
            <CodeEditor
              label="PartiQL statements"
              language="text"
              lines={6}
              value={text}
              onChange={setText}
              onSelect={(selected) => (selection.current = selected)}
              onRun={run}
            />
          </SpaceBetween>
        </Container>
        <Runs key={runs[0]?.id} runs={runs} />
        <ExpandableSection
          variant="container"
          headerText="History"
          headerCounter={`(${past.length})`}
          headerDescription="The statements run in this browser for this account, the newest first"
          headerActions={<Button disabled={!past.length} onClick={() => remember([])}>Clear history</Button>}
        >
          {past.length ? (
            <ul className="explore-history">
              {past.map((statement) => (
                <li key={statement}>
                  <Link variant="secondary" onFollow={() => setText(`${statement};`)} ariaLabel={`Edit again: ${statement}`}>
                    <code>{statement}</code>
                  </Link>
                </li>
              ))}
            </ul>
          ) : (
            "No statements yet."
          )}
        </ExpandableSection>
      </SpaceBetween>
    </Page>
  );
}

let last = 0;

/** The results, one statement after the other: the next is run when the one before succeeded. */
function Runs({ runs }: { runs: { id: number; statement: string }[] }) {
  const [done, setDone] = useState(0);
  const [failed, setFailed] = useState(false);
  const left = failed ? runs.slice(done + 1) : [];
  return (
    <SpaceBetween size="l">
      {runs.slice(0, done + 1).map((run, i) => (
        <StatementResult
          key={run.id}
          statement={run.statement}
          title={runs.length > 1 ? `Result ${i + 1} of ${runs.length}` : "Result"}
          onDone={() => setDone((n) => Math.max(n, i + 1))}
          onFailed={() => setFailed(true)}
        />
      ))}
      {left.length > 0 && (
        <Alert
          type="warning"
          header={left.length === 1 ? `Statement ${runs.length} was not run` : `Statements ${done + 2} to ${runs.length} were not run`}
        >
          The one before failed. What the statements before it did remains.
          {left.map((run) => (
            <Box key={run.id}>
              <code>{run.statement}</code>
            </Box>
          ))}
        </Alert>
      )}
    </SpaceBetween>
  );
}

function Snippets({ onChoose }: { onChoose: (statement: string) => void }) {
  const [table, setTable] = useState("");
  const schema = useSchema(table);
  const choices = schema.data ? snippets(table, schema.data.key) : [];
  return (
    <div className="explore-condition">
      <TableChooser table={table} onChange={setTable} />
      <div className="explore-remove">
        <ButtonDropdown
          items={choices.map(({ id, text }) => ({ id, text }))}
          disabled={!choices.length}
          onItemClick={({ detail }) => onChoose(choices.find((c) => c.id === detail.id)!.statement)}
        >
          Add a statement for the table
        </ButtonDropdown>
      </div>
    </div>
  );
}
