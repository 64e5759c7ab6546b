import AttributeEditor from "@cloudscape-design/components/attribute-editor";
import Autosuggest from "@cloudscape-design/components/autosuggest";
import Box from "@cloudscape-design/components/box";
import Input from "@cloudscape-design/components/input";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import type { Condition } from "./document";
import { globalKeys, operators, serviceOf } from "./services";

interface ConditionFieldsProps {
  service: string;
  conditions: Condition[];
  onChange: (conditions: Condition[]) => void;
}

const qualifiers = [
  { value: "", label: "Default" },
  { value: "ForAnyValue:", label: "For any value in request" },
  { value: "ForAllValues:", label: "For all values in request" },
];

const comparisons = [
  { label: "Operators", options: operators.map((value) => ({ value, label: value })) },
  {
    label: "Operators that let requests pass without the key",
    options: operators.filter((o) => o !== "Null").map((o) => ({ value: `${o}IfExists`, label: `${o}IfExists` })),
  },
];

/** When a permission counts. */
export function ConditionFields({ service, conditions, onChange }: ConditionFieldsProps) {
  const set = (index: number, changed: Partial<Condition>) =>
    onChange(conditions.map((c, i) => (i === index ? { ...c, ...changed } : c)));
  const own = serviceOf(service)?.keys ?? [];
  const keys = [
    ...(own.length ? [{ label: "Of the service", options: own.map((value) => ({ value })) }] : []),
    { label: "Of all services", options: globalKeys.map((value) => ({ value })) },
  ];
  return (
    <SpaceBetween size="s">
      <Box variant="h3">Request conditions - optional</Box>
      <AttributeEditor
        items={conditions}
        empty="No conditions: the permission always counts."
        addButtonText="Add another condition"
        removeButtonText="Remove"
        removeButtonAriaLabel={(c) => `Remove condition ${c.key}`}
        onAddButtonClick={() => onChange([...conditions, { operator: "StringEquals", key: "", values: [] }])}
        onRemoveButtonClick={({ detail }) => onChange(conditions.filter((_, i) => i !== detail.itemIndex))}
        gridLayout={[{ rows: [[3, 2, 2, 3]], breakpoint: "m" }, { rows: [[1], [1], [1], [1]] }]}
        definition={[
          {
            label: "Condition key",
            control: (c, i) => (
              <Autosuggest
                value={c.key}
                options={keys}
                placeholder="aws:SourceIp"
                ariaLabel="Condition key"
                enteredTextLabel={(key) => `Use ${key}`}
                onChange={({ detail }) => set(i, { key: detail.value })}
              />
            ),
          },
          {
            label: "Qualifier",
            control: (c, i) => (
              <Select
                selectedOption={qualifiers.find((q) => q.value === split(c.operator)[0])!}
                options={qualifiers}
                onChange={({ detail }) => set(i, { operator: detail.selectedOption.value + split(c.operator)[1] })}
              />
            ),
          },
          {
            label: "Operator",
            control: (c, i) => (
              <Select
                selectedOption={{ value: split(c.operator)[1] }}
                options={comparisons}
                filteringType="auto"
                filteringAriaLabel="Filter operators"
                onChange={({ detail }) => set(i, { operator: split(c.operator)[0] + detail.selectedOption.value! })}
              />
            ),
          },
          {
            label: "Values, with commas between them",
            control: (c, i) => <Values values={c.values} onChange={(values) => set(i, { values })} />,
          },
        ]}
      />
    </SpaceBetween>
  );
}

/** The texts of a list. What is typed stays as it is for as long as it means the same list. */
function Values({ values, onChange }: { values: string[]; onChange: (values: string[]) => void }) {
  const [text, setText] = useState("");
  return (
    <Input
      value={list(text).join() === values.join() ? text : values.join(", ")}
      placeholder="Enter values"
      ariaLabel="Values"
      onChange={({ detail }) => {
        setText(detail.value);
        onChange(list(detail.value));
      }}
    />
  );
}

const list = (text: string) => text.split(",").map((v) => v.trim()).filter(Boolean);

/** ForAnyValue:StringLike -> the qualifier with its colon, and the rest. */
function split(operator: string): [qualifier: string, comparison: string] {
  const at = operator.indexOf(":") + 1;
  return [operator.slice(0, at), operator.slice(at)];
}
