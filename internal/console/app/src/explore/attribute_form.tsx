// The attributes of an item as fields, nested to any depth.
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import ButtonDropdown from "@cloudscape-design/components/button-dropdown";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { createContext, useContext, useState } from "react";
import { AttributeRow } from "./attribute_row";
import { edited, field, size, type Field } from "./draft";
import type { KeyAttribute } from "./schema";
import { elementType, isSet, typeNames, types, type Type } from "./values";

interface AttributeFormProps {
  keys: KeyAttribute[];
  fields: Field[];
  faults: Map<number, string>;
  onChange: (fields: Field[]) => void;
}

interface Editing {
  faults: Map<number, string>;
  /** The id of the field that was added last, which takes the focus. */
  added: number;
  change: (id: number, change: (f: Field) => Field | undefined) => void;
  add: (to: Field | undefined, type: Type) => void;
  /** Whether nested attributes are open at first. */
  open: boolean;
}

const Context = createContext<Editing | null>(null);
export const useEditing = () => useContext(Context)!;

/** More fields than this begin closed: each is several controls. */
const manyFields = 100;

export function AttributeForm({ keys, fields, faults, onChange }: AttributeFormProps) {
  const [added, setAdded] = useState(0);
  const [open] = useState(() => size(fields) <= manyFields);
  const editing: Editing = {
    faults,
    added,
    open,
    change: (id, change) => onChange(edited(fields, id, change)),
    add: (to, type) => {
      const fresh = field(type, "", type === "BOOL" ? "true" : "");
      setAdded(fresh.id);
      onChange(to ? edited(fields, to.id, (f) => ({ ...f, children: [...f.children, fresh] })) : [...fields, fresh]);
    },
  };
  return (
    <Context value={editing}>
      <SpaceBetween size="s">
        {fields.map((f, i) => (
          <AttributeRow key={f.id} field={f} index={i} parent={undefined} keyPart={keyPart(keys, f.name, i)} />
        ))}
        <AddField to={undefined} />
      </SpaceBetween>
    </Context>
  );
}

// The first fields are the key's, in its order; another that is given the same name is not.
function keyPart(keys: KeyAttribute[], name: string, index: number) {
  if (keys[index]?.name !== name) return undefined;
  return index === 0 ? "Partition key" : "Sort key";
}

/** The button that adds an attribute to the item or a map, or an element to a list or set. */
export function AddField({ to }: { to: Field | undefined }) {
  const { add } = useEditing();
  if (to && isSet(to.type)) {
    const type = elementType(to.type);
    return (
      <Button iconName="add-plus" ariaLabel={`Add element to ${to.name}`} onClick={() => add(to, type)}>
        Add element
      </Button>
    );
  }
  const text = !to ? "Add new attribute" : to.type === "L" ? "Insert an element" : "Insert a field";
  return (
    <Box>
      <ButtonDropdown
        items={types.map((id) => ({ id, text: typeNames[id] }))}
        ariaLabel={to && `${text} of ${to.name || "the list"}`}
        onItemClick={({ detail }) => add(to, detail.id as Type)}
      >
        {text}
      </ButtonDropdown>
    </Box>
  );
}
