import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Form from "@cloudscape-design/components/form";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import type { TableDescription } from "@aws-sdk/client-dynamodb";
import { useState } from "react";
import { Actions } from "../parts/actions";
import { Failure } from "../parts/failure";
import { Loaded } from "../parts/loaded";
import { navigate } from "../shell/links";
import { useNotifications } from "../shell/notifications";
import { Page } from "../shell/page";
import { useParams } from "../shell/params";
import { isOnDemand, tableHref } from "./describe";
import { definitions, globalIndex, indexFaults, newIndex } from "./draft";
import { IndexFields } from "./index_fields";
import { useTable, useUpdateTable } from "./load";

export default function CreateIndex() {
  const { table: name } = useParams<{ table: string }>();
  const table = useTable(name);
  return (
    <Page
      title="Create global secondary index"
      breadcrumbs={[
        ["DynamoDB", "/console/dynamodb"],
        ["Tables", "/console/dynamodb/tables"],
        [name, tableHref(name, "?tab=indexes")],
      ]}
    >
      <Loaded query={table}>{(t) => <IndexForm table={t} />}</Loaded>
    </Page>
  );
}

function IndexForm({ table }: { table: TableDescription }) {
  const [index, setIndex] = useState(() => newIndex(false));
  const [tried, setTried] = useState(false);
  const { notify } = useNotifications();
  const update = useUpdateTable(table.TableName!);
  const billing = isOnDemand(table) ? "PAY_PER_REQUEST" : "PROVISIONED";
  const faults = indexFaults(index, billing === "PROVISIONED");
  const back = tableHref(table.TableName!, "?tab=indexes");
  const submit = () => {
    setTried(true);
    if (Object.keys(faults).length) return;
    update.mutate(
      {
        // Those that the table has are of the type that it has; the server says so if they are not.
        AttributeDefinitions: definitions([...index.partition, ...index.sort]),
        GlobalSecondaryIndexUpdates: [{ Create: globalIndex(index, billing) }],
      },
      {
        onSuccess: () => {
          notify({ type: "success", header: `The index ${index.name} is being created.` });
          navigate(back);
        },
      },
    );
  };
  return (
    <form
      noValidate
      onSubmit={(e) => {
        e.preventDefault();
        submit();
      }}
    >
      <Form
        actions={
          <Actions>
            <Button variant="link" formAction="none" href={back}>
              Cancel
            </Button>
            <Button variant="primary" loading={update.isPending}>
              Create index
            </Button>
          </Actions>
        }
      >
        <SpaceBetween size="l">
          <Container header={<Header variant="h2">Index details</Header>}>
            <IndexFields billing={billing} value={index} faults={tried ? faults : {}} onChange={setIndex} />
          </Container>
          {update.error && <Failure error={update.error} />}
        </SpaceBetween>
      </Form>
    </form>
  );
}
