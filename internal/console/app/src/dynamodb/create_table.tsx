import { CreateTableCommand, UpdateTimeToLiveCommand, waitUntilTableExists } from "@aws-sdk/client-dynamodb";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Form from "@cloudscape-design/components/form";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Table from "@cloudscape-design/components/table";
import Tiles from "@cloudscape-design/components/tiles";
import { useState } from "react";
import { dynamodb } from "../aws/dynamodb";
import { explain } from "../aws/errors";
import { useAwsChange } from "../aws/query";
import { Actions } from "../parts/actions";
import { Failure } from "../parts/failure";
import { navigate } from "../shell/links";
import { useNotifications } from "../shell/notifications";
import { Page } from "../shell/page";
import { useUnsaved } from "../shell/unsaved";
import { tableHref } from "./describe";
import { createTableInput, newTable, tableFaults, type TableDraft } from "./draft";
import { TableKeyFields } from "./table_key_fields";
import { TableSettings } from "./table_settings";
import { TagsFields } from "./tags_fields";

export default function CreateTable() {
  const [draft, setDraft] = useState<TableDraft>(newTable);
  const [tried, setTried] = useState(false);
  const { notify } = useNotifications();
  useUnsaved(draft !== newTable);
  const create = useAwsChange(createTable, [["dynamodb"]]);
  const change = (part: Partial<TableDraft>) => setDraft((d) => ({ ...d, ...part }));
  const faults = tried ? tableFaults(draft) : {};
  const submit = () => {
    setTried(true);
    if (Object.keys(tableFaults(draft)).length) {
      requestAnimationFrame(() => document.querySelector<HTMLElement>("form [aria-invalid=true]")?.focus());
      return;
    }
    create.mutate(draft, {
      onSuccess: (ttlFailure) => {
        notify({ type: "success", header: `The ${draft.name} table was created successfully.` });
        if (ttlFailure) {
          const { title, text } = explain(ttlFailure);
          notify({ type: "error", header: `Time to Live of ${draft.name} could not be turned on: ${title}`, content: text });
        }
        navigate(tableHref(draft.name));
      },
    });
  };
  return (
    <Page title="Create table" breadcrumbs={breadcrumbs}>
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
              <Button variant="link" formAction="none" href="/console/dynamodb/tables">
                Cancel
              </Button>
              <Button variant="primary" loading={create.isPending}>
                Create table
              </Button>
            </Actions>
          }
        >
          <SpaceBetween size="l">
            <Container
              header={
                <Header
                  variant="h2"
                  description="DynamoDB is a schemaless database that requires only a table name and a primary key when you create the table."
                >
                  Table details
                </Header>
              }
            >
              <TableKeyFields draft={draft} faults={faults} change={change} />
            </Container>
            <Container header={<Header variant="h2">Table settings</Header>}>
              <Tiles
                ariaLabel="Table settings"
                value={draft.customized ? "custom" : "default"}
                onChange={({ detail }) => change({ customized: detail.value === "custom" })}
                items={[
                  {
                    value: "default",
                    label: "Default settings",
                    description: "The fastest way to create your table. You can modify most of these settings after your table has been created.",
                  },
                  {
                    value: "custom",
                    label: "Customize settings",
                    description: "Use these advanced features to make DynamoDB work better for your needs.",
                  },
                ]}
              />
            </Container>
            {draft.customized ? <TableSettings draft={draft} faults={faults} change={change} /> : <Defaults />}
            <Container
              header={
                <Header
                  variant="h2"
                  description="Tags are pairs of keys and optional values. You can use them to control access to your tables or to track usage."
                >
                  Tags
                </Header>
              }
            >
              <TagsFields value={draft.tags} error={faults.tags} onChange={(tags) => change({ tags })} />
            </Container>
            {create.error && <Failure error={create.error} />}
          </SpaceBetween>
        </Form>
      </form>
    </Page>
  );
}

const breadcrumbs: [string, string][] = [
  ["DynamoDB", "/console/dynamodb"],
  ["Tables", "/console/dynamodb/tables"],
];

/** Creates a table. Time to Live can't be created with it: if turning it on failed, the answer says why. */
async function createTable(draft: TableDraft): Promise<unknown> {
  await dynamodb().send(new CreateTableCommand(createTableInput(draft)));
  if (!draft.customized || !draft.ttl) return undefined;
  try {
    await waitUntilTableExists({ client: dynamodb(), maxWaitTime: 60, minDelay: 1, maxDelay: 2 }, { TableName: draft.name });
    await dynamodb().send(
      new UpdateTimeToLiveCommand({
        TableName: draft.name,
        TimeToLiveSpecification: { AttributeName: draft.ttl, Enabled: true },
      }),
    );
    return undefined;
  } catch (e) {
    return e;
  }
}

const defaults: [setting: string, value: string, editable: boolean][] = [
  ["Table class", "DynamoDB Standard", true],
  ["Capacity mode", "On-demand", true],
  ["Maximum read capacity units", "–", true],
  ["Maximum write capacity units", "–", true],
  ["Local secondary indexes", "–", false],
  ["Global secondary indexes", "–", true],
  ["Encryption key management", "AWS owned key", true],
  ["Deletion protection", "Off", true],
  ["Resource-based policy", "Not active", true],
];

function Defaults() {
  return (
    <Table
      header={
        <Header variant="h2" description="These are the default settings for your new table. You can change some of these settings after creating the table.">
          Default table settings
        </Header>
      }
      ariaLabels={{ tableLabel: "Default table settings" }}
      items={defaults}
      columnDefinitions={[
        { id: "setting", header: "Setting", cell: ([setting]) => setting, isRowHeader: true },
        { id: "value", header: "Value", cell: ([, value]) => value },
        { id: "editable", header: "Editable after creation", cell: ([, , editable]) => (editable ? "Yes" : "No") },
      ]}
    />
  );
}
