// How a row of a file becomes an item.
import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import type { FileContent } from "./read_file";
import type { Schema } from "./schema";
import { valueOf } from "./search";
import { fromDynamo, fromPlain, isObject, numberFault, own, typeOf, ValueError, type Item, type Notation, type Type } from "./values";

/** What becomes of a column of a CSV file. */
export interface ColumnMapping {
  column: string;
  /** The attribute's name; empty: the column is left out. */
  name: string;
  type: Type;
}

/** What the columns look like. Keys have the types of the table. */
export function guess(content: FileContent & { format: "csv" }, schema: Schema): ColumnMapping[] {
  return content.columns.map((column, i) => {
    const key = schema.key.find((k) => k.name === column);
    const sample = content.rows.slice(0, 1000).map((row) => row[i] ?? "").filter(Boolean);
    return { column, name: column, type: key?.type ?? guessType(sample) };
  });
}

function guessType(sample: string[]): Type {
  if (!sample.length) return "S";
  if (sample.every((text) => text === "null")) return "NULL";
  if (sample.every((text) => /^(true|false)$/i.test(text))) return "BOOL";
  // Digits with a zero before them, such as postal codes, are no numbers.
  if (sample.every((text) => !numberFault(text) && !/^[+-]?0\d/.test(text) && !text.startsWith("+"))) return "N";
  const arrays = sample.every((text) => /^\[.*\]$/s.test(text));
  if (arrays && sample.every((text) => reads("SS", text))) return "SS";
  if (arrays && sample.every((text) => reads("NS", text))) return "NS";
  if (arrays && sample.every((text) => reads("L", text))) return "L";
  if (sample.every((text) => text.startsWith("{") && reads("M", text))) return "M";
  return "S";
}

function reads(type: Type, text: string): boolean {
  try {
    valueOf(type, text);
    return true;
  } catch {
    return false;
  }
}

/** The item of a row of CSV. Cells without text are left out. */
export function itemOfCells(cells: string[], mapping: ColumnMapping[], schema: Schema): Item {
  if (cells.length > mapping.length) throw new ValueError(`The row has ${cells.length} cells for ${mapping.length} columns.`);
  const item = new Map<string, AttributeValue>();
  mapping.forEach(({ name, type }, i) => {
    const text = cells[i] ?? "";
    if (!name || text === "") return;
    try {
      item.set(name, cell(type, text));
    } catch (e) {
      throw new ValueError((e as Error).message, name);
    }
  });
  return whole(Object.fromEntries(item), schema);
}

function cell(type: Type, text: string): AttributeValue {
  if (type !== "BOOL") return valueOf(type, text);
  const lower = text.trim().toLowerCase();
  if (lower !== "true" && lower !== "false") throw new ValueError(`"${text}" is neither true nor false.`);
  return { BOOL: lower === "true" };
}

export function itemOfJSON(json: unknown, notation: Notation, schema: Schema): Item {
  if (!isObject(json)) throw new ValueError("An item is a JSON object.");
  const entries = Object.entries(json).map(([name, v]) => [name, notation === "dynamodb" ? fromDynamo(v, name) : fromPlain(v, undefined, name)]);
  return whole(Object.fromEntries(entries) as Item, schema);
}

function whole(item: Item, schema: Schema): Item {
  for (const { name, type } of schema.key) {
    const value = own(item, name);
    if (!value) throw new ValueError(`The key's attribute ${name} is missing.`);
    if (typeOf(value) !== type) throw new ValueError(`The table's key has type ${type}, the row has ${typeOf(value)}.`, name);
  }
  return item;
}
