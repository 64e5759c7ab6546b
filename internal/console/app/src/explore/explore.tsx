import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Toggle from "@cloudscape-design/components/toggle";
import { useEffect, useState } from "react";
import { useSearchParams } from "../shell/params";
import { Actions } from "../parts/actions";
import { Failure } from "../parts/failure";
import { Loaded } from "../parts/loaded";
import { navigate } from "../shell/links";
import { Page } from "../shell/page";
import { CodePanel } from "./code/code_panel";
import { keep, kept } from "./kept";
import { exploreHref } from "./places";
import { Results } from "./results";
import { useRun } from "./run";
import type { Schema } from "./schema";
import { useSchema } from "./tables";
import { everything, toRequest, type Faults, type Search } from "./search";
import { SearchForm } from "./search_form";
import { TableChooser } from "./table_chooser";
import "./explore.css";

export default function Explore() {
  const [parameters] = useSearchParams();
  const table = parameters.get("table") ?? "";
  const schema = useSchema(table);
  return (
    <Page
      title={table ? `Explore items: ${table}` : "Explore items"}
      breadcrumbs={[["DynamoDB", "/console/dynamodb"]]}
      description="Scan or query a table or an index, and change its items."
      actions={table && <Button href={`/console/dynamodb/tables/${encodeURIComponent(table)}`}>View table details</Button>}
    >
      <SpaceBetween size="l">
        <TableChooser table={table} onChange={(chosen) => navigate(exploreHref(chosen))} />
        {table ? (
          <Loaded query={schema}>{(loaded) => <Explorer key={table} schema={loaded} />}</Loaded>
        ) : (
          <Container>
            <Box textAlign="center" color="text-body-secondary" padding="l">
              Choose a table to see its items.
            </Box>
          </Container>
        )}
      </SpaceBetween>
    </Page>
  );
}

// What was last looked for in each table: whoever comes back from an item finds it again.
const searches = new Map<string, Search>();

function Explorer({ schema }: { schema: Schema }) {
  const [search, setSearch] = useState(() => searches.get(schema.table) ?? everything);
  const [faults, setFaults] = useState<Faults>({});
  const [preview, setPreview] = useState(() => kept("autopreview", true));
  const run = useRun();
  const start = (sought: Search) => {
    const { request, faults } = toRequest(schema, sought);
    setFaults(faults);
    if (!request) return;
    searches.set(schema.table, sought);
    void run.start(request);
  };
  useEffect(() => {
    if (preview || searches.has(schema.table)) start(search);
    // Only when the table is opened.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, []);
  const reset = () => {
    searches.delete(schema.table);
    setSearch(everything);
    setFaults({});
    run.clear();
  };
  return (
    <SpaceBetween size="l">
      <form
        onSubmit={(e) => {
          e.preventDefault();
          start(search);
        }}
      >
        <SearchForm
          schema={schema}
          search={search}
          faults={faults}
          onChange={setSearch}
          footer={
            <Actions>
              <Button variant="primary" formAction="submit" loading={run.running}>
                Run
              </Button>
              <Button formAction="none" onClick={reset}>
                Reset
              </Button>
              <Box padding={{ top: "xxs" }}>
                <Toggle
                  checked={preview}
                  onChange={({ detail }) => {
                    setPreview(detail.checked);
                    keep("autopreview", detail.checked);
                  }}
                >
                  Autopreview
                </Toggle>
              </Box>
            </Actions>
          }
        />
      </form>
      {run.error && <Failure error={run.error} />}
      {Object.keys(faults).length > 0 && <Alert type="error">Something above is not complete. It was not run.</Alert>}
      <Results schema={schema} run={run} refresh={() => start(search)} />
      {run.found && <CodePanel call={run.found.request} description="What was just run, as a program that reads all pages" />}
    </SpaceBetween>
  );
}
