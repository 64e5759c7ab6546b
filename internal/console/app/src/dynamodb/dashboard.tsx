import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Grid from "@cloudscape-design/components/grid";
import Header from "@cloudscape-design/components/header";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import Link from "@cloudscape-design/components/link";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { bytes } from "../parts/bytes";
import { Loaded } from "../parts/loaded";
import { Page } from "../shell/page";
import { count, indexCount, tableHref } from "./describe";
import { useFavorites } from "./favorites";
import { useTables, type Row } from "./load";

export default function Dashboard() {
  const tables = useTables();
  return (
    <Page title="Dashboard" breadcrumbs={[["DynamoDB", "/console/dynamodb"]]}>
      <Grid gridDefinition={[{ colspan: { default: 12, s: 8 } }, { colspan: { default: 12, s: 4 } }]}>
        <SpaceBetween size="l">
          <Container
            header={
              <Header variant="h2" actions={<Button href="/console/dynamodb/tables">View tables</Button>}>
                Resources
              </Header>
            }
          >
            <Loaded query={tables}>{(all) => <Resources tables={all} />}</Loaded>
          </Container>
          <Container header={<Header variant="h2">Favorite tables</Header>}>
            <Loaded query={tables}>{(all) => <Favorites tables={all} />}</Loaded>
          </Container>
        </SpaceBetween>
        <SpaceBetween size="l">
          <Container header={<Header variant="h2">Create resources</Header>}>
            <SpaceBetween size="s">
              <Box variant="p">Create a DynamoDB table for fast and predictable access to your data.</Box>
              <Button variant="primary" href="/console/dynamodb/create-table">
                Create table
              </Button>
            </SpaceBetween>
          </Container>
          <Container header={<Header variant="h2">Work with items</Header>}>
            <SpaceBetween size="xs">
              <Link href="/console/dynamodb/explore">Explore items</Link>
              <Link href="/console/dynamodb/partiql">PartiQL editor</Link>
            </SpaceBetween>
          </Container>
        </SpaceBetween>
      </Grid>
    </Page>
  );
}

function Resources({ tables }: { tables: Row[] }) {
  const sum = (of: (t: Row) => number | undefined) => tables.reduce((n, t) => n + (of(t) ?? 0), 0);
  return (
    <KeyValuePairs
      columns={4}
      items={[
        { label: "Tables", value: <Link href="/console/dynamodb/tables">{count(tables.length)}</Link> },
        { label: "Indexes", value: count(sum(indexCount)) },
        { label: "Items", value: count(sum((t) => t.ItemCount)) },
        { label: "Total size", value: bytes(sum((t) => t.TableSizeBytes)) },
      ]}
    />
  );
}

function Favorites({ tables }: { tables: Row[] }) {
  const isFavorite = useFavorites();
  const favorites = tables.filter((t) => isFavorite(t.TableName));
  if (!favorites.length) {
    return (
      <Box color="text-body-secondary">
        No favorite tables. Mark tables with the star in the <Link href="/console/dynamodb/tables">list of tables</Link>.
      </Box>
    );
  }
  return (
    <SpaceBetween size="xs">
      {favorites.map((t) => (
        <Link key={t.TableName} href={tableHref(t.TableName)}>
          {t.TableName}
        </Link>
      ))}
    </SpaceBetween>
  );
}
