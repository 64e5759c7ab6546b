import Button from "@cloudscape-design/components/button";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { GetItemCommand } from "@aws-sdk/client-dynamodb";
import { useState } from "react";
import { useSearchParams } from "../shell/params";
import { dynamodb } from "../aws/dynamodb";
import { useAws } from "../aws/query";
import { Actions } from "../parts/actions";
import { Loaded } from "../parts/loaded";
import { navigate } from "../shell/links";
import { useNotifications } from "../shell/notifications";
import { Page } from "../shell/page";
import { useUnsaved } from "../shell/unsaved";
import { creation } from "./changes";
import { CodePanel } from "./code/code_panel";
import { field } from "./draft";
import { differs, draftOf, isWhole, ItemEditor, read, type Draft } from "./item_editor";
import { exploreHref } from "./places";
import { keyOf, type Schema } from "./schema";
import { useSchema } from "./tables";
import { useSave } from "./save";
import { SaveFailure } from "./save_failure";
import { readItem, type Item } from "./values";

export default function CreateItem() {
  const [parameters] = useSearchParams();
  const table = parameters.get("table") ?? "";
  const key = parameters.get("key");
  const start = useAws(["dynamodb", "GetItem", table, key, "to duplicate"], async (): Promise<Item> => {
    if (!key) return {};
    const Key = readItem(key, "dynamodb");
    return (await dynamodb().send(new GetItemCommand({ TableName: table, Key, ConsistentRead: true }))).Item ?? Key;
  });
  const schema = useSchema(table);
  const title = key ? "Duplicate item" : "Create item";
  return (
    <Page title={title} breadcrumbs={[["DynamoDB", "/console/dynamodb"], [`Explore items: ${table}`, exploreHref(table)]]}>
      <Loaded query={schema}>
        {(s) => <Loaded query={start}>{(item) => <Creator key={`${table} ${key}`} schema={s} start={item} />}</Loaded>}
      </Loaded>
    </Page>
  );
}

function Creator({ schema, start }: { schema: Schema; start: Item }) {
  const { notify } = useNotifications();
  const [first] = useState<Draft>(() => begin(schema, start));
  const [draft, setDraft] = useState(first);
  const [tried, setTried] = useState(false);
  useUnsaved(differs(first, draft));
  const save = useSave();
  const { item } = read(draft);
  const whole = isWhole(draft);
  const create = async () => {
    setTried(true);
    if (!whole) return;
    try {
      await save.mutateAsync(creation(schema, item));
    } catch {
      return; // shown below
    }
    notify({ type: "success", header: "The item has been created." });
    navigate(exploreHref(schema.table));
  };
  return (
    <SpaceBetween size="l">
      <ItemEditor schema={schema} draft={draft} onChange={setDraft} strict={tried} />
      {save.error && <SaveFailure error={save.error} schema={schema} item={item} />}
      <Actions>
        <Button href={exploreHref(schema.table)}>Cancel</Button>
        <Button variant="primary" loading={save.isPending} onClick={() => void create()}>
          Create item
        </Button>
      </Actions>
      {whole && <CodePanel call={creation(schema, item)} description="This item's creation as a program" />}
    </SpaceBetween>
  );
}

/** The fields of the key, then those of the item to begin with. */
function begin(schema: Schema, start: Item): Draft {
  const key = keyOf(schema, start);
  const rest = Object.fromEntries(Object.entries(start).filter(([name]) => !key[name]));
  const draft = draftOf({ ...key, ...rest });
  if (draft.view === "form" && !Object.keys(key).length) draft.fields.unshift(...schema.key.map((k) => field(k.type, k.name)));
  return draft;
}
