import AttributeEditor from "@cloudscape-design/components/attribute-editor";
import Autosuggest from "@cloudscape-design/components/autosuggest";
import Box from "@cloudscape-design/components/box";
import Input from "@cloudscape-design/components/input";
import Select from "@cloudscape-design/components/select";
import { globalKeys } from "../policies/services";
import type { Context } from "./simulation";

interface ContextFieldsProps {
  /** The condition keys that the policies read. */
  known: string[];
  context: Context[];
  onChange: (context: Context[]) => void;
}

const types: Context["type"][] = ["string", "stringList", "numeric", "numericList", "boolean", "booleanList", "ip", "ipList", "date", "dateList", "binary", "binaryList"];

/** What the simulated requests have under condition keys. */
export function ContextFields({ known, context, onChange }: ContextFieldsProps) {
  const set = (index: number, changed: Partial<Context>) =>
    onChange(context.map((c, i) => (i === index ? { ...c, ...changed } : c)));
  const unset = known.filter((key) => !context.some((c) => c.key.toLowerCase() === key.toLowerCase()));
  return (
    <div>
      <Box variant="awsui-key-label">Context keys - optional</Box>
      <AttributeEditor
        items={context}
        empty={unset.length ? `The policies read ${unset.join(", ")}.` : "The policies read no condition keys that you would have to give."}
        addButtonText="Add context key"
        removeButtonText="Remove"
        removeButtonAriaLabel={(c) => `Remove context key ${c.key}`}
        onAddButtonClick={() => onChange([...context, { key: unset[0] ?? "", type: "string", values: "" }])}
        onRemoveButtonClick={({ detail }) => onChange(context.filter((_, i) => i !== detail.itemIndex))}
        definition={[
          {
            label: "Key",
            control: (c, i) => (
              <Autosuggest
                value={c.key}
                ariaLabel="Context key"
                enteredTextLabel={(key) => `Use ${key}`}
                options={[
                  ...(known.length ? [{ label: "Read by the policies", options: known.map((value) => ({ value })) }] : []),
                  { label: "Of all services", options: globalKeys.filter((k) => !known.includes(k)).map((value) => ({ value })) },
                ]}
                onChange={({ detail }) => set(i, { key: detail.value })}
              />
            ),
          },
          {
            label: "Type",
            control: (c, i) => (
              <Select
                selectedOption={{ value: c.type, label: c.type }}
                options={types.map((value) => ({ value, label: value }))}
                onChange={({ detail }) => set(i, { type: detail.selectedOption.value as Context["type"] })}
              />
            ),
          },
          {
            label: "Value",
            constraintText: (c) => c.type.endsWith("List") && "Commas between values.",
            control: (c, i) => <Input value={c.values} onChange={({ detail }) => set(i, { values: detail.value })} />,
          },
        ]}
      />
    </div>
  );
}
