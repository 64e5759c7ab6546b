import { DeleteItemCommand, GetItemCommand } from "@aws-sdk/client-dynamodb";
import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { useSearchParams } from "../shell/params";
import { dynamodb } from "../aws/dynamodb";
import { useAws, useAwsChange } from "../aws/query";
import { Actions } from "../parts/actions";
import { DeleteModal } from "../parts/delete_modal";
import { Loaded } from "../parts/loaded";
import { navigate } from "../shell/links";
import { useNotifications } from "../shell/notifications";
import { Page } from "../shell/page";
import { useUnsaved } from "../shell/unsaved";
import { change, deletion, merged } from "./changes";
import { CodePanel } from "./code/code_panel";
import { Conflict } from "./conflict";
import { differs, draftOf, isWhole, ItemEditor, read, type Draft } from "./item_editor";
import { duplicateHref, exploreHref } from "./places";
import { useSave } from "./save";
import { isConflict, SaveFailure } from "./save_failure";
import { keyOf, type Schema } from "./schema";
import { useSchema } from "./tables";
import { readItem, type Item } from "./values";

let visits = 0;

export default function EditItem() {
  const [parameters] = useSearchParams();
  const table = parameters.get("table") ?? "";
  const key = parameters.get("key") ?? "{}";
  const schema = useSchema(table);
  // Each visit reads anew: what is edited must not be of before.
  const [visit] = useState(() => ++visits);
  const item = useAws(["dynamodb", "GetItem", table, key, visit], async () => {
    const input = { TableName: table, Key: readItem(key, "dynamodb"), ConsistentRead: true };
    return (await dynamodb().send(new GetItemCommand(input))).Item ?? null;
  });
  const [reads, setReads] = useState(0);
  return (
    <Page title="Edit item" breadcrumbs={[["DynamoDB", "/console/dynamodb"], [`Explore items: ${table}`, exploreHref(table)]]}>
      <Loaded query={schema}>
        {(s) => (
          <Loaded query={item}>
            {(found) =>
              found ? (
                <Editor
                  key={`${key} ${reads}`}
                  schema={s}
                  start={found}
                  reload={async () => {
                    await item.refetch();
                    setReads(reads + 1);
                  }}
                />
              ) : (
                <Missing table={table} />
              )
            }
          </Loaded>
        )}
      </Loaded>
    </Page>
  );
}

function Missing({ table }: { table: string }) {
  return (
    <Container>
      <SpaceBetween size="s" alignItems="center">
        <Box variant="strong">There is no such item</Box>
        <Box color="text-body-secondary">It was deleted, or has never been in the table {table}.</Box>
        <Button href={exploreHref(table)}>Explore items</Button>
      </SpaceBetween>
    </Container>
  );
}

interface EditorProps {
  schema: Schema;
  /** The item as it was read. */
  start: Item;
  reload: () => Promise<void>;
}

function Editor({ schema, start, reload }: EditorProps) {
  const { notify } = useNotifications();
  const [before] = useState(start);
  const [first] = useState<Draft>(() => draftOf({ ...keyOf(schema, start), ...start }));
  const [draft, setDraft] = useState(first);
  const [tried, setTried] = useState(false);
  useUnsaved(differs(first, draft));
  const [deleting, setDeleting] = useState(false);
  const save = useSave();
  const remove = useAwsChange(() => dynamodb().send(new DeleteItemCommand(deletion(schema, before))), []);
  const { item } = read(draft);
  const whole = isWhole(draft);
  const request = whole ? change(schema, before, item) : undefined;
  const submit = async (from: Item, to: Item) => {
    setTried(true);
    if (!whole) return;
    const changed = change(schema, from, to);
    try {
      if (changed) await save.mutateAsync(changed);
    } catch {
      return; // shown below
    }
    notify({ type: "success", header: changed ? "The item has been saved." : "The item had no changes to save." });
    navigate(exploreHref(schema.table));
  };
  const conflict = save.error && isConflict(save.error);
  return (
    <SpaceBetween size="l">
      <ItemEditor schema={schema} draft={draft} onChange={setDraft} strict={tried} />
      {save.error && !conflict && <SaveFailure error={save.error} schema={schema} item={item} />}
      {conflict && (
        <Conflict
          schema={schema}
          before={before}
          after={item}
          onReload={reload}
          onOverwrite={(current) => void submit(current, merged(before, item, current))}
        />
      )}
      {request?.operation === "TransactWriteItems" && (
        <Alert type="info">The key is changed: the item is deleted and created with the new key, in one transaction.</Alert>
      )}
      <Actions>
        <Button href={exploreHref(schema.table)}>Cancel</Button>
        <Button href={duplicateHref(schema.table, keyOf(schema, before))}>Duplicate</Button>
        <Button onClick={() => setDeleting(true)}>Delete</Button>
        <Button variant="primary" loading={save.isPending} onClick={() => void submit(before, item)}>
          Save changes
        </Button>
      </Actions>
      {request && <CodePanel call={request} description="These changes as a program" />}
      {deleting && (
        <DeleteModal
          title="Delete the item?"
          onClose={() => setDeleting(false)}
          onDelete={async () => {
            await remove.mutateAsync();
            notify({ type: "success", header: "The item was deleted." });
            navigate(exploreHref(schema.table));
          }}
        >
          The item is deleted permanently from {schema.table}. This can&apos;t be undone.
        </DeleteModal>
      )}
    </SpaceBetween>
  );
}
