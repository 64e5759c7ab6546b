import Box from "@cloudscape-design/components/box";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import { Missing } from "./missing";

/** A server is one place: there is nowhere to replicate to. */
export function GlobalTables() {
  return (
    <Container
      header={
        <Header variant="h2" description="A global table has replicas of a table in several AWS Regions.">
          Replicas
        </Header>
      }
    >
      <Missing what="global tables">
        <Box variant="p">
          To follow the changes of a table from another place, turn on its stream in the tab Exports and streams.
        </Box>
      </Missing>
    </Container>
  );
}
