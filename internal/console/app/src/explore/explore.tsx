import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Toggle from "@cloudscape-design/components/toggle";
import { useEffect, useState } from "react";
import { currentRegion } from "../aws/credentials";
import { useSearchParams } from "../shell/params";
import { Actions } from "../parts/actions";
import { Failure } from "../parts/failure";
import { LoadedTable } from "../parts/no_table";
import { navigate } from "../shell/links";
import { Page } from "../shell/page";
import { CodePanel } from "./code/code_panel";
import { Incomplete } from "./incomplete";
import { keep, kept } from "./kept";
import { exploreHref } from "./places";
import { Results } from "./results";
import { useRun } from "./run";
import type { Schema } from "./schema";
import { useSchema } from "./tables";
import { everything, toRequest, type Faults, type Search } from "./search";
import { fromParameters, toParameters } from "./search_address";
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
          <LoadedTable table={table} query={schema}>
            {(loaded) => <Explorer key={`${currentRegion()} ${table}`} schema={loaded} />}
          </LoadedTable>
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

// What was last looked for in each table of a region: whoever comes back from an item finds it again.
const searches = new Map<string, Search>();

function Explorer({ schema }: { schema: Schema }) {
  const [parameters, setParameters] = useSearchParams();
  const place = `${currentRegion()} ${schema.table}`;
  const [wanted] = useState(() => fromParameters(schema, parameters) ?? searches.get(place));
  const [search, setSearch] = useState(wanted ?? everything);
  const [faults, setFaults] = useState<Faults>({});
  const [preview, setPreview] = useState(() => kept("autopreview", true));
  const run = useRun();
  const start = (sought: Search) => {
    const { request, faults } = toRequest(schema, sought);
    setFaults(faults);
    if (!request) return;
    searches.set(place, sought);
    setParameters(toParameters(schema, sought));
    void run.start(request);
  };
  useEffect(() => {
    if (preview || wanted) start(search);
    // Only when the table is opened.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, []);
  const reset = () => {
    searches.delete(place);
    setParameters(toParameters(schema, everything));
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
      {Object.keys(faults).length > 0 && <Incomplete>It was not run.</Incomplete>}
      <Results schema={schema} run={run} refresh={() => start(search)} />
      {run.found && <CodePanel call={run.found.request} description="What was just run, as a program that reads all pages" />}
    </SpaceBetween>
  );
}
