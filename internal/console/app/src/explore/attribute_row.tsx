// One attribute, or one element of a list or set, with what is in it.
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import Select from "@cloudscape-design/components/select";
import Textarea from "@cloudscape-design/components/textarea";
import { useState } from "react";
import { AddField, useEditing } from "./attribute_form";
import { isNested, retyped, type Field } from "./draft";
import { isSet, typeNames, types, type Type } from "./values";
import "./explore.css";

interface AttributeRowProps {
  field: Field;
  /** Its place among its siblings. */
  index: number;
  /** What it is in; nothing for attributes of the item. */
  parent: Field | undefined;
  keyPart?: "Partition key" | "Sort key";
}

const typeOptions = types.map((value) => ({ value, label: typeNames[value] }));

export function AttributeRow({ field: f, index, parent, keyPart }: AttributeRowProps) {
  const { faults, added, open: openAtFirst, change } = useEditing();
  const [open, setOpen] = useState(openAtFirst || f.id === added);
  const named = !parent || parent.type === "M";
  const inSet = !!parent && isSet(parent.type);
  const label = named ? f.name || "new attribute" : `${parent!.name || "list"} ${index}`;
  const set = (to: Partial<Field>) => change(f.id, (old) => ({ ...old, ...to }));
  const nested = isNested(f.type);
  const entries = f.children.length === 1 ? "1 entry" : `${f.children.length} entries`;
  return (
    <FormField errorText={faults.get(f.id)} stretch>
      <div className="explore-attribute" role="group" aria-label={label}>
        {named && !keyPart ? (
          <Input
            ariaLabel="Attribute name"
            placeholder="Attribute name"
            value={f.name}
            autoFocus={f.id === added}
            onChange={({ detail }) => set({ name: detail.value })}
          />
        ) : (
          <Box padding={{ top: "xxs" }} variant={keyPart ? "strong" : "span"}>
            {keyPart ? `${f.name} - ${keyPart}` : index}
          </Box>
        )}
        {nested ? (
          <Button
            variant="inline-link"
            iconName={open ? "caret-down-filled" : "caret-right-filled"}
            ariaExpanded={open}
            ariaLabel={`${entries} of ${label}`}
            onClick={() => setOpen(!open)}
          >
            {entries}
          </Button>
        ) : (
          <ValueInput field={f} label={label} inKey={!!keyPart} focused={!named && f.id === added} onChange={(text) => set({ text })} />
        )}
        {keyPart || inSet ? (
          <Box padding={{ top: "xxs" }}>{typeNames[f.type]}</Box>
        ) : (
          <Select
            ariaLabel={`Type of ${label}`}
            selectedOption={typeOptions.find((o) => o.value === f.type)!}
            options={typeOptions}
            onChange={({ detail }) => change(f.id, (old) => retyped(old, detail.selectedOption.value as Type))}
          />
        )}
        {!keyPart && (
          <Button wrapText={false} ariaLabel={`Remove ${label}`} onClick={() => change(f.id, () => undefined)}>
            Remove
          </Button>
        )}
      </div>
      {nested && open && (
        <div className="explore-children">
          {f.children.map((child, i) => (
            <AttributeRow key={child.id} field={child} index={i} parent={f} />
          ))}
          <AddField to={f} />
        </div>
      )}
    </FormField>
  );
}

const booleans = ["true", "false"].map((value) => ({ value, label: value === "true" ? "True" : "False" }));

interface ValueInputProps {
  field: Field;
  label: string;
  /** Then it can't stay empty. */
  inKey: boolean;
  focused: boolean;
  onChange: (text: string) => void;
}

function ValueInput({ field: f, label, inKey, focused, onChange }: ValueInputProps) {
  const ariaLabel = `Value of ${label}`;
  switch (f.type) {
    case "NULL":
      return (
        <Box padding={{ top: "xxs" }} color="text-status-inactive">
          Null
        </Box>
      );
    case "BOOL":
      return (
        <Select
          ariaLabel={ariaLabel}
          selectedOption={booleans.find((o) => o.value === f.text) ?? booleans[1]!}
          options={booleans}
          onChange={({ detail }) => onChange(detail.selectedOption.value!)}
        />
      );
    default: {
      // A field of one line would lose line breaks.
      const long = f.type === "S" && (f.text.length > 80 || /[\r\n]/.test(f.text));
      const hint = f.type === "S" ? (inKey ? "Text" : "Empty text") : f.type === "N" ? "Number" : "Base64";
      return long ? (
        <Textarea ariaLabel={ariaLabel} value={f.text} rows={3} autoFocus onChange={({ detail }) => onChange(detail.value)} />
      ) : (
        <Input
          ariaLabel={ariaLabel}
          value={f.text}
          placeholder={hint}
          autoFocus={focused}
          onChange={({ detail }) => onChange(detail.value)}
        />
      );
    }
  }
}
