// --output table: boxes of lines and bars; what is inside of something is in a box below it that is indented.
import { isFields, isScalar, scalar, scalarKeys } from "./output";
import type { Json } from "./schema";

interface Section {
  title: string;
  depth: number;
  /** Without a header the rows are names and values. */
  header?: string[];
  rows: string[][];
}

export function table(value: Json, title: string): string {
  const all: Section[] = [];
  sections(value, title, 0, all);
  const width = Math.max(...all.map((s) => least(s) + 2 * s.depth));
  const line = (depth: number, c: string) => `${"|".repeat(depth)}${c.repeat(width - 2 * depth)}${"|".repeat(depth)}`;
  const lines: string[] = [];
  for (const s of all) {
    const inner = width - 2 * s.depth;
    const wall = "|".repeat(s.depth);
    const widths = columnWidths(s, inner);
    const rule = `${wall}+${widths.map((w) => "-".repeat(w)).join("+")}+${wall}`;
    lines.push(s.depth ? `${wall}+${"-".repeat(inner - 2)}+${wall}` : line(0, "-"));
    lines.push(`${wall}|${centred(s.title, inner - 2)}|${wall}`);
    if (widths.length) lines.push(rule);
    if (s.header) lines.push(`${wall}|${s.header.map((c, i) => centred(c, widths[i]!)).join("|")}|${wall}`, rule);
    for (const row of s.rows) lines.push(`${wall}|${row.map((c, i) => padded(`  ${c}`, widths[i]!)).join("|")}|${wall}`);
    if (widths.length) lines.push(rule);
  }
  if (!all.at(-1)!.rows.length) lines.push(line(0, "-"));
  return lines.join("\n");
}

function sections(value: Json, title: string, depth: number, all: Section[]) {
  if (isScalar(value)) {
    all.push({ title, depth, rows: [[scalar(value)]] });
  } else if (Array.isArray(value)) {
    const structures = value.filter(isFields);
    const columns = scalarKeys(structures);
    if (structures.length === 0) {
      // Lists of lists are rows.
      const rows = value.map((item) => (Array.isArray(item) && item.every(isScalar) ? item.map(scalar) : isScalar(item) ? [scalar(item)] : [JSON.stringify(item)]));
      const most = Math.max(0, ...rows.map((r) => r.length));
      all.push({ title, depth, rows: rows.map((r) => [...r, ...Array<string>(most - r.length).fill("")]) });
    } else if (structures.every((s) => Object.keys(s).every((key) => columns.includes(key)))) {
      all.push({ title, depth, header: columns, rows: structures.map((s) => columns.map((key) => scalar(s[key]))) });
    } else {
      for (const item of structures) structure(item, title, depth, all);
    }
  } else {
    structure(value as { [key: string]: Json }, title, depth, all);
  }
}

function structure(value: { [key: string]: Json }, title: string, depth: number, all: Section[]) {
  const keys = Object.keys(value).sort();
  const own = keys.filter((key) => isScalar(value[key]!));
  all.push({ title, depth, rows: own.map((key) => [key, scalar(value[key])]) });
  for (const key of keys) if (!isScalar(value[key]!)) sections(value[key]!, key, depth + 1, all);
}

const cells = (s: Section) => (s.header ? [s.header, ...s.rows] : s.rows);

/** Two spaces on each side of a cell. */
const natural = (s: Section) =>
  (cells(s)[0] ?? []).map((_, i) => Math.max(...cells(s).map((row) => wide(row[i]!))) + 4);

const least = (s: Section) => Math.max(wide(s.title) + 4, natural(s).reduce((sum, w) => sum + w + 1, 1));

/** The widths of the columns, with the room that is left shared among them. */
function columnWidths(s: Section, inner: number): number[] {
  const widths = natural(s);
  const room = inner - widths.reduce((sum, w) => sum + w + 1, 1);
  return widths.map((w, i) => w + Math.floor(room / widths.length) + (i < room % widths.length ? 1 : 0));
}

const wide = (text: string) => [...text].length;
const padded = (text: string, width: number) => text + " ".repeat(Math.max(0, width - wide(text)));
const centred = (text: string, width: number) => padded(" ".repeat(Math.max(0, Math.floor((width - wide(text)) / 2))) + text, width);
