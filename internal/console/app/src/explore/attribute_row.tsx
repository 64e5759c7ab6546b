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
  const shown = open || hasFault(f.children, faults);
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
            iconName={shown ? "caret-down-filled" : "caret-right-filled"}
            ariaExpanded={shown}
            ariaLabel={`${entries} of ${label}`}
            onClick={() => setOpen(!shown)}
          >
            {entries}
          </Button>
        ) : (
          <ValueInput
            field={f}
            label={label}
            hint={keyPart && "Enter a value"}
            focused={!named && f.id === added}
            onChange={(text) => set({ text })}
          />
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
          <Button ariaLabel={`Remove ${label}`} wrapText={false} onClick={() => change(f.id, () => undefined)}>
            Remove
          </Button>
        )}
      </div>
      {nested && shown && (
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

/** What is wrong below is shown even where it was closed. */
const hasFault = (fields: Field[], faults: Map<number, string>): boolean =>
  faults.size > 0 && fields.some((f) => faults.has(f.id) || hasFault(f.children, faults));

/** How many lines a text is given, from 1 to 10. */
const rows = (text: string) => Math.min(10, text.slice(0, 1000).split("\n").reduce((n, line) => n + 1 + Math.floor(line.length / 60), 0));

interface ValueInputProps {
  field: Field;
  label: string;
  /** What to say where nothing is typed; without it, what that means. */
  hint: string | undefined;
  focused: boolean;
  onChange: (text: string) => void;
}

function ValueInput({ field: f, label, hint, focused, onChange }: ValueInputProps) {
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
      const shared = {
        ariaLabel,
        value: f.text,
        autoFocus: focused,
        onChange: ({ detail }: { detail: { value: string } }) => onChange(detail.value),
      };
      // A field of one line would lose line breaks, and one that turned into the other while somebody types would lose their place.
      if (f.type === "S") return <Textarea {...shared} placeholder={hint ?? "Empty text"} rows={rows(f.text)} />;
      return <Input {...shared} placeholder={hint ?? (f.type === "N" ? "Number" : "Base64")} />;
    }
  }
}
