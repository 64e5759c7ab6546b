import Alert from "@cloudscape-design/components/alert";
import Button from "@cloudscape-design/components/button";
import { currentRegion } from "../aws/credentials";
import { regions } from "../shell/regions";
import { Loaded, type LoadedProps } from "./loaded";

/** What is loaded about a table. There may be none of its name, or not in this region. */
export function LoadedTable<T>({ table, ...loaded }: LoadedProps<T> & { table: string }) {
  const { data, error } = loaded.query;
  if (data !== undefined || error?.name !== "ResourceNotFoundException") return <Loaded {...loaded} />;
  const region = currentRegion();
  return (
    <Alert type="error" header={`There is no table ${table} in ${regions[region] ?? region}`} action={<Button href="/console/dynamodb/tables">Tables</Button>}>
      It was deleted, or it is in another region or account. This is the region {region}; another is chosen at the top of the page.
    </Alert>
  );
}
