// Editing an item: as a form, or as JSON.
import FormField from "@cloudscape-design/components/form-field";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import SegmentedControl from "@cloudscape-design/components/segmented-control";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Toggle from "@cloudscape-design/components/toggle";
import { useState } from "react";
import { Actions } from "../parts/actions";
import { CodeEditor } from "../parts/code_editor";
import { AttributeForm } from "./attribute_form";
import { toFields, toItem, type Field } from "./draft";
import type { KeyAttribute, Schema } from "./schema";
import { canonical, itemToDynamo, own, readItem, writeItem, type Item, type Notation } from "./values";

/** An item in one of its two views. like is the item that the JSON was made of: see fromPlain. */
export type Draft = { view: "form"; fields: Field[] } | { view: "json"; text: string; notation: Notation; like: Item };

export const draftOf = (item: Item): Draft => ({ view: "form", fields: toFields(item) });

/** The item that a draft is, or what is wrong with it. With a key, it has to have it. */
export function read(draft: Draft, key: KeyAttribute[] = []): { item: Item; faults: Map<number, string>; fault?: string } {
  if (draft.view === "form") {
    const { item, faults } = toItem(draft.fields);
    // The fields of the key are the first.
    draft.fields.slice(0, key.length).forEach((f) => {
      if (f.text === "") faults.set(f.id, "Enter a value: nothing in a key can be empty.");
    });
    return { item, faults };
  }
  try {
    const item = readItem(draft.text, draft.notation, draft.like);
    const missing = key.find(({ name }) => !own(item, name));
    return { item, faults: new Map(), fault: missing && `The key's attribute ${missing.name} is missing.` };
  } catch (e) {
    return { item: {}, faults: new Map(), fault: (e as Error).message };
  }
}

export const isWhole = (draft: Draft, key?: KeyAttribute[]) => {
  const { faults, fault } = read(draft, key);
  return !faults.size && !fault;
};

const sameItem = (a: Item, b: Item) => canonical(itemToDynamo(a)) === canonical(itemToDynamo(b));

/** Whether a draft has changes. Another view of the same item has none. */
export const differs = (before: Draft, after: Draft) =>
  before !== after && !(isWhole(before) && isWhole(after) && sameItem(read(before).item, read(after).item));

interface ItemEditorProps {
  schema: Schema;
  draft: Draft;
  onChange: (draft: Draft) => void;
  /** Whether to show what is not complete yet. */
  strict: boolean;
}

export function ItemEditor({ schema, draft, onChange, strict }: ItemEditorProps) {
  const [tried, setTried] = useState(false);
  const { item, faults, fault } = read(draft);
  const whole = !faults.size && !fault;
  const json = (notation: Notation): Draft => ({ view: "json", text: writeItem(item, notation), notation, like: item });
  // A view that can't be read can't be shown in the other way.
  const turn = (to: () => Draft) => {
    setTried(!whole);
    if (whole) onChange(to());
  };
  return (
    <Container
      header={
        <Header
          variant="h2"
          description={
            draft.view === "json" && draft.notation === "plain"
              ? "Sets and binary values are arrays and texts here, and keep their types. New ones need the form or DynamoDB JSON."
              : "You can add, remove and change the attributes of the item, nested up to 32 levels deep."
          }
          actions={
            <Actions>
              {draft.view === "json" && (
                <Toggle
                  checked={draft.notation === "dynamodb"}
                  onChange={({ detail }) => turn(() => json(detail.checked ? "dynamodb" : "plain"))}
                >
                  View DynamoDB JSON
                </Toggle>
              )}
              <SegmentedControl
                label="View"
                selectedId={draft.view}
                options={[
                  { id: "form", text: "Form" },
                  { id: "json", text: "JSON view" },
                ]}
                onChange={({ detail }) => turn(() => (detail.selectedId === "form" ? draftOf(item) : json("dynamodb")))}
              />
            </Actions>
          }
        >
          Attributes
        </Header>
      }
    >
      {draft.view === "form" ? (
        <AttributeForm
          keys={schema.key}
          fields={draft.fields}
          faults={strict ? read(draft, schema.key).faults : tried ? faults : new Map()}
          onChange={(fields) => onChange({ view: "form", fields })}
        />
      ) : (
        <SpaceBetween size="s">
          <FormField errorText={fault ?? (strict && read(draft, schema.key).fault)} stretch>
            <CodeEditor label="Item as JSON" lines={16} value={draft.text} onChange={(text) => onChange({ ...draft, text })} />
          </FormField>
        </SpaceBetween>
      )}
    </Container>
  );
}
