// The rows of a file that is to be imported: CSV, or JSON in one of the forms that items come in.
import Papa from "papaparse";
import { isObject, parseJSON, types, ValueError, type Notation, type Type } from "./values";

/** Rows of texts under the names of columns, or JSON objects. */
export type FileContent =
  | { format: "csv"; columns: string[]; rows: string[][] }
  | { format: "json"; notation: Notation; rows: unknown[]; columns: string[] };

/** The most that is read: all of the file is in the browser's memory. */
export const largest = 200 * 1024 * 1024;

export async function readFile(file: File): Promise<FileContent> {
  if (file.size > largest) throw new ValueError("Files up to 200 MB can be imported here. Import larger ones from S3, or in parts.");
  // The mark that some programs put at the beginning is no part of the text.
  const text = (await file.text()).replace(/^\uFEFF/, "");
  return readText(text, /\.(csv|tsv)$/i.test(file.name) || file.type === "text/csv");
}

export function readText(text: string, isCSV: boolean): FileContent {
  return isCSV ? readCSV(text) : readJSON(text);
}

function readCSV(text: string): FileContent {
  const { data } = Papa.parse<string[]>(text, { skipEmptyLines: "greedy" });
  const [columns, ...rows] = data;
  if (!columns?.length) throw new ValueError("The file is empty. Its first line has the names of the attributes.");
  return { format: "csv", columns: columns.map((c) => c.trim()), rows };
}

function readJSON(text: string): FileContent {
  const rows = unwrapped(values(text)).map((row) => (isObject(row) && isObject(row.Item) && Object.keys(row).length === 1 ? row.Item : row));
  if (!rows.length) throw new ValueError("The file has no items.");
  const columns = [...new Set(rows.slice(0, 1000).flatMap((row) => (isObject(row) ? Object.keys(row) : [])))];
  const notation = rows.slice(0, 1000).every(isDynamo) ? "dynamodb" : "plain";
  return { format: "json", notation, rows, columns };
}

// One JSON text, or one a line.
function values(text: string): unknown[] {
  if (!text.trim()) throw new ValueError("The file is empty.");
  try {
    return [parseJSON(text)];
  } catch (whole) {
    const lines = text.split("\n").map((line) => line.trim());
    const first = lines.find(Boolean)!;
    try {
      parseJSON(first);
    } catch {
      throw whole;
    }
    return lines.flatMap((line, i) => {
      try {
        return line ? [parseJSON(line)] : [];
      } catch (e) {
        throw new ValueError((e as Error).message, `line ${i + 1}`);
      }
    });
  }
}

// An array is its elements; the answer of a scan is its Items; one item is one.
function unwrapped(found: unknown[]): unknown[] {
  const [only] = found;
  if (found.length !== 1) return found;
  if (Array.isArray(only)) return only as unknown[];
  if (isObject(only) && Array.isArray(only.Items)) return only.Items as unknown[];
  return found;
}

const isDynamo = (row: unknown) =>
  isObject(row) &&
  Object.values(row).every((value) => {
    const names = isObject(value) ? Object.keys(value) : [];
    return names.length === 1 && types.includes(names[0] as Type);
  });
