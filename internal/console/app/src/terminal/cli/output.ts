// The output formats of the AWS CLI ("Setting the output format in the AWS CLI").
import type { Output } from "./arguments";
import type { Json } from "./schema";
import { table } from "./table";

/** title is what a table is headed with: the operation. An answer with nothing in it prints nothing. */
export function format(value: Json, output: Output, title: string): string {
  if (isFields(value) && Object.keys(value).length === 0) return "";
  switch (output) {
    case "json":
      return JSON.stringify(value, null, 4);
    case "text":
      return textLines(value).join("\n");
    case "table":
      return table(value, title);
  }
}

type Fields = { [key: string]: Json };
export const isFields = (value: Json): value is Fields => typeof value === "object" && value !== null && !Array.isArray(value);
export const isScalar = (value: Json) => typeof value !== "object" || value === null;

/** A scalar as Python prints it, which the CLI is written in. */
export const scalar = (value: Json | undefined) =>
  value === undefined ? "" : value === null ? "None" : value === true ? "True" : value === false ? "False" : String(value);

/** Lines of columns with tabs between. What is inside of something is on lines of its own that begin with its name. */
function textLines(value: Json, name?: string, columns?: string[]): string[] {
  if (Array.isArray(value)) return textList(value, name);
  if (!isFields(value)) return [scalar(value)];
  const keys = columns ?? scalarKeys([value]);
  const cells = keys.map((key) => scalar(value[key]));
  const inner = Object.keys(value)
    .filter((key) => !keys.includes(key))
    .sort();
  return [
    ...(cells.length ? [[...(name ? [name.toUpperCase()] : []), ...cells].join("\t")] : []),
    ...inner.flatMap((key) => textLines(value[key]!, key)),
  ];
}

function textList(list: Json[], name?: string): string[] {
  if (list.some(isFields)) {
    const columns = scalarKeys(list.filter(isFields));
    return list.flatMap((item) => textLines(item, name, columns));
  }
  const scalars = list.filter(isScalar);
  const lists = list.filter((item) => !isScalar(item));
  const own = name ? scalars.map((item) => `${name.toUpperCase()}\t${scalar(item)}`) : scalars.length ? [scalars.map(scalar).join("\t")] : [];
  return [...own, ...lists.flatMap((item) => textLines(item, name))];
}

/** The names, in order, whose values are scalars in all of the structures. */
export function scalarKeys(all: Fields[]): string[] {
  const keys = new Set(all.flatMap((item) => Object.keys(item)));
  return [...keys].filter((key) => all.every((item) => isScalar(item[key] ?? null))).sort();
}
