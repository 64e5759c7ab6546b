// An item while it is edited in a form: a tree of fields, which may be wrong for now.
import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { decodeBase64, elementType, encodeBase64, isSet, numberFault, typeOf, type Item, type Type } from "./values";

export interface Field {
  id: number;
  /** The attribute's name; nothing for elements of lists and sets. */
  name: string;
  type: Type;
  /** What is typed: a text, a number, base64, "true" or "false". */
  text: string;
  /** Members of a map, elements of a list or set. */
  children: Field[];
}

let last = 0;

export const field = (type: Type, name = "", text = "", children: Field[] = []): Field => ({ id: ++last, name, type, text, children });

export function toField(value: AttributeValue, name = ""): Field {
  const type = typeOf(value);
  switch (type) {
    case "B":
      return field("B", name, encodeBase64(value.B!));
    case "BOOL":
      return field("BOOL", name, String(value.BOOL));
    case "NULL":
      return field("NULL", name);
    case "SS":
    case "NS":
      return field(type, name, "", value[type]!.map((text) => field(elementType(type), "", text)));
    case "BS":
      return field(type, name, "", value.BS!.map((b) => field("B", "", encodeBase64(b))));
    case "L":
      return field("L", name, "", value.L!.map((v) => toField(v)));
    case "M":
      return field("M", name, "", toFields(value.M!));
    default:
      return field(type, name, value[type]);
  }
}

export const toFields = (item: Item): Field[] => Object.entries(item).map(([name, value]) => toField(value, name));

/** The item, and what is wrong by the id of a field. The item is whole only if nothing is. */
export function toItem(fields: Field[]): { item: Item; faults: Map<number, string> } {
  const faults = new Map<number, string>();
  return { item: members(fields, faults), faults };
}

function members(fields: Field[], faults: Map<number, string>): Item {
  const item: Record<string, AttributeValue> = {};
  for (const f of fields) {
    if (!f.name) faults.set(f.id, "Enter a name.");
    else if (Object.hasOwn(item, f.name)) faults.set(f.id, "Another attribute has this name.");
    // __proto__ is a name like others.
    Object.defineProperty(item, f.name, { value: toValue(f, faults), enumerable: true, configurable: true, writable: true });
  }
  return item;
}

function toValue(f: Field, faults: Map<number, string>): AttributeValue {
  switch (f.type) {
    case "S":
      return { S: f.text };
    case "N": {
      const fault = numberFault(f.text.trim());
      if (fault) faults.set(f.id, f.text.trim() ? fault : "Enter a number.");
      return { N: f.text.trim() };
    }
    case "B":
      try {
        return { B: decodeBase64(f.text) };
      } catch (e) {
        faults.set(f.id, (e as Error).message);
        return { B: new Uint8Array() };
      }
    case "BOOL":
      return { BOOL: f.text === "true" };
    case "NULL":
      return { NULL: true };
    case "L":
      return { L: f.children.map((c) => toValue(c, faults)) };
    case "M":
      return { M: members(f.children, faults) };
    default:
      return set(f, faults);
  }
}

function set(f: Field, faults: Map<number, string>): AttributeValue {
  if (!f.children.length) faults.set(f.id, "A set has at least one element.");
  const texts = f.children.map((c) => (f.type === "SS" ? c.text : c.text.trim()));
  f.children.forEach((c, i) => {
    if (texts.indexOf(texts[i]!) < i) faults.set(c.id, "The set has this element already.");
  });
  const values = f.children.map((c) => toValue(c, faults));
  if (f.type === "SS") return { SS: values.map((v) => v.S!) };
  if (f.type === "NS") return { NS: values.map((v) => v.N!) };
  return { BS: values.map((v) => v.B!) };
}

/** The tree with the field of this id as change makes it; undefined removes it. */
export function edited(fields: Field[], id: number, change: (f: Field) => Field | undefined): Field[] {
  return fields.flatMap((f) => {
    if (f.id === id) return change(f) ?? [];
    const children = edited(f.children, id, change);
    return children.length === f.children.length && children.every((c, i) => c === f.children[i]) ? f : { ...f, children };
  });
}

/** The field as another type, with as much of its content as that can have. */
export function retyped(f: Field, type: Type): Field {
  if (isSet(type)) {
    const elements = f.children.length ? f.children : f.text ? [field("S", "", f.text)] : [];
    return { ...f, type, text: "", children: elements.map((c) => ({ ...c, name: "", type: elementType(type), children: [] })) };
  }
  if (type === "L" || type === "M") {
    return { ...f, type, text: "", children: f.children.map((c) => ({ ...c, name: type === "M" ? c.name : "" })) };
  }
  return { ...f, type, text: type === "BOOL" ? String(f.text === "true") : f.text, children: [] };
}

export const isNested = (type: Type) => type === "L" || type === "M" || isSet(type);

export const size = (fields: Field[]): number => fields.reduce((n, f) => n + 1 + size(f.children), 0);
