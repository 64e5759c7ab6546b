import type { BillingMode, TableDescription, UpdateTableCommandInput } from "@aws-sdk/client-dynamodb";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Form from "@cloudscape-design/components/form";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { Actions } from "../parts/actions";
import { Failure } from "../parts/failure";
import { Loaded } from "../parts/loaded";
import { navigate } from "../shell/links";
import { useNotifications } from "../shell/notifications";
import { Page } from "../shell/page";
import { useParams } from "../shell/params";
import { BillingField, CapacityFields } from "./capacity_fields";
import { capacityChange, capacityOf } from "./capacity_change";
import { isOnDemand, tableHref } from "./describe";
import { capacityFaults, type CapacityDraft } from "./draft";
import { useTable, useUpdateTable } from "./load";

export default function EditCapacity() {
  const { table: name } = useParams<{ table: string }>();
  const table = useTable(name);
  return (
    <Page
      title="Edit read/write capacity"
      breadcrumbs={[
        ["DynamoDB", "/console/dynamodb"],
        ["Tables", "/console/dynamodb/tables"],
        [name, tableHref(name)],
      ]}
    >
      <Loaded query={table}>{(t) => <CapacityForm table={t} />}</Loaded>
    </Page>
  );
}

function CapacityForm({ table }: { table: TableDescription }) {
  const before: BillingMode = isOnDemand(table) ? "PAY_PER_REQUEST" : "PROVISIONED";
  const [billing, setBilling] = useState(before);
  const [own, setOwn] = useState(() => capacityOf(table));
  const [indexes, setIndexes] = useState<Record<string, CapacityDraft>>(() =>
    Object.fromEntries((table.GlobalSecondaryIndexes ?? []).map((x) => [x.IndexName!, capacityOf(x)])),
  );
  const [tried, setTried] = useState(false);
  const { notify } = useNotifications();
  const update = useUpdateTable(table.TableName!);
  const faults = (c: CapacityDraft) => capacityFaults(c, billing === "PROVISIONED");
  const change: Omit<UpdateTableCommandInput, "TableName"> = capacityChange(table, billing, own, indexes);
  const submit = () => {
    setTried(true);
    if ([own, ...Object.values(indexes)].some((c) => Object.keys(faults(c)).length)) return;
    const back = tableHref(table.TableName!);
    if (!Object.keys(change).length) return navigate(back);
    update.mutate(change, {
      onSuccess: () => {
        notify({ type: "success", header: `The capacity of ${table.TableName} was changed.` });
        navigate(back);
      },
    });
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
            <Button variant="link" formAction="none" href={tableHref(table.TableName!)}>
              Cancel
            </Button>
            <Button variant="primary" loading={update.isPending}>
              Save changes
            </Button>
          </Actions>
        }
      >
        <SpaceBetween size="l">
          <Container header={<Header variant="h2">Capacity mode</Header>}>
            <BillingField value={billing} onChange={setBilling} />
          </Container>
          <Container header={<Header variant="h2">Table capacity</Header>}>
            <CapacityFields billing={billing} value={own} faults={tried ? faults(own) : {}} onChange={setOwn} />
          </Container>
          {Object.entries(indexes).map(([name, capacity]) => (
            <Container key={name} header={<Header variant="h2">Index capacity: {name}</Header>}>
              <CapacityFields
                billing={billing}
                value={capacity}
                faults={tried ? faults(capacity) : {}}
                onChange={(changed) => setIndexes({ ...indexes, [name]: changed })}
              />
            </Container>
          ))}
          {update.error && <Failure error={update.error} />}
        </SpaceBetween>
      </Form>
    </form>
  );
}
