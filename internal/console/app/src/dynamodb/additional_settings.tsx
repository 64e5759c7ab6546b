import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { Failure } from "../parts/failure";
import { ResourceTable } from "../parts/resource_table";
import { useNotifications } from "../shell/notifications";
import { capacityMode, count, encryptionText, onOff, tableClass, tableHref, type TabProps } from "./describe";
import { EditEncryption } from "./edit_encryption";
import { EditTableClass } from "./edit_table_class";
import { encryptionNote } from "./encryption_field";
import { useTags, useUpdateTable } from "./load";
import { ManageTags } from "./manage_tags";
import { TimeToLive } from "./time_to_live";

export function AdditionalSettings({ table }: TabProps) {
  const [editing, setEditing] = useState<"tags" | "class" | "encryption">();
  const tags = useTags(table.TableArn!);
  const close = () => setEditing(undefined);
  return (
    <SpaceBetween size="l">
      <Container
        header={
          <Header variant="h2" actions={<Button href={tableHref(table.TableName!, "/capacity")}>Edit</Button>}>
            Read/write capacity
          </Header>
        }
      >
        <KeyValuePairs
          columns={3}
          items={[
            { label: "Capacity mode", value: capacityMode(table) },
            { label: "Provisioned read capacity units", value: count(table.ProvisionedThroughput?.ReadCapacityUnits || undefined) },
            { label: "Provisioned write capacity units", value: count(table.ProvisionedThroughput?.WriteCapacityUnits || undefined) },
          ]}
        />
      </Container>
      <TimeToLive table={table.TableName!} />
      <DeletionProtection table={table} />
      <Container
        header={
          <Header variant="h2" actions={<Button onClick={() => setEditing("class")}>Edit table class</Button>}>
            Table class
          </Header>
        }
      >
        <KeyValuePairs items={[{ label: "Table class", value: tableClass(table) }]} />
      </Container>
      <Container
        header={
          <Header
            variant="h2"
            description={encryptionNote}
            actions={<Button onClick={() => setEditing("encryption")}>Manage encryption</Button>}
          >
            Encryption at rest
          </Header>
        }
      >
        <KeyValuePairs items={[{ label: "Encryption key", value: encryptionText(table) }]} />
      </Container>
      <ResourceTable
        title="Tags"
        description="Pairs of a key and an optional value, which policies can refer to."
        name="dynamodb.tags"
        nouns={["tag", "tags"]}
        query={tags}
        id={(t) => t.Key!}
        columns={[
          { id: "key", header: "Key", value: (t) => t.Key, cell: (t) => t.Key, isRowHeader: true },
          { id: "value", header: "Value", value: (t) => t.Value, cell: (t) => t.Value || "–" },
        ]}
        actions={() => <Button onClick={() => setEditing("tags")}>Manage tags</Button>}
      />
      {editing === "tags" && <ManageTags arn={table.TableArn!} onClose={close} />}
      {editing === "encryption" && <EditEncryption table={table} onClose={close} />}
      {editing === "class" && <EditTableClass table={table} onClose={close} />}
    </SpaceBetween>
  );
}

function DeletionProtection({ table }: TabProps) {
  const { notify } = useNotifications();
  const update = useUpdateTable(table.TableName!);
  const on = !!table.DeletionProtectionEnabled;
  const toggle = () =>
    update.mutate(
      { DeletionProtectionEnabled: !on },
      { onSuccess: () => notify({ type: "success", header: `Deletion protection is ${on ? "off" : "on"}.` }) },
    );
  return (
    <Container
      header={
        <Header
          variant="h2"
          description="Protects the table from being deleted unintentionally. While it is on, nobody can delete the table."
          actions={
            <Button loading={update.isPending} ariaLabel={`${on ? "Turn off" : "Turn on"} deletion protection`} onClick={toggle}>
              {on ? "Turn off" : "Turn on"}
            </Button>
          }
        >
          Deletion protection
        </Header>
      }
    >
      <SpaceBetween size="m">
        <KeyValuePairs items={[{ label: "Deletion protection status", value: onOff(on) }]} />
        {update.error && <Failure error={update.error} />}
      </SpaceBetween>
    </Container>
  );
}
