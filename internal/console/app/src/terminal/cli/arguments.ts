// The options of a command: --key-schema AttributeName=id,KeyType=HASH --no-paginate --query 'Items[0]'.
import { UsageFault, ValueFault } from "./errors";
import { kebab, similar } from "./names";
import type { Operation } from "./operations";
import { paging } from "./paging";
import { isStructure, members, required, toSdk, typeName, type Fields, type Schema } from "./schema";
import { shorthand } from "./shorthand";

export const outputs = ["json", "text", "table"] as const;
export type Output = (typeof outputs)[number];

/** The options that every command has. */
export interface Globals {
  query?: string;
  output: Output;
  region?: string;
  paginate: boolean;
  maxItems?: number;
  pageSize?: number;
  startingToken?: string;
  skeleton?: "input" | "output";
  /** What is said before the output. */
  notes: string[];
}

export interface Call {
  input: Fields;
  globals: Globals;
}

/** The global options and whether they have a value; those of pages only where there are pages. */
const globalOptions: Record<string, "value" | "none" | "ignored" | "ignored value"> = {
  "--query": "value",
  "--output": "value",
  "--region": "value",
  "--no-paginate": "none",
  "--cli-input-json": "value",
  "--generate-cli-skeleton": "value",
  "--profile": "ignored value",
  "--endpoint-url": "ignored value",
  "--cli-binary-format": "ignored value",
  "--cli-read-timeout": "ignored value",
  "--cli-connect-timeout": "ignored value",
  "--ca-bundle": "ignored value",
  "--color": "ignored value",
  "--no-cli-pager": "ignored",
  "--no-cli-auto-prompt": "ignored",
  "--no-verify-ssl": "ignored",
  "--debug": "ignored",
};

const pageOptions = ["--starting-token", "--page-size", "--max-items"];

/** The options of an operation by name. A boolean has two: --consistent-read and --no-consistent-read. */
export function options(operation: Operation): Map<string, [name: string, member: Schema]> {
  const all = new Map<string, [string, Schema]>();
  for (const [name, member] of members(operation.input)) {
    all.set(`--${kebab(name)}`, [name, member]);
    if (member.isBooleanSchema()) all.set(`--no-${kebab(name)}`, [name, member]);
  }
  return all;
}

/** All options that can be typed after an operation. */
export const optionNames = (operation: Operation): string[] => [
  ...options(operation).keys(),
  ...(paging(operation) ? pageOptions : []),
  ...Object.entries(globalOptions).flatMap(([name, kind]) => (kind.startsWith("ignored") ? [] : [name])),
];

/** words are those after the operation. */
export function parse(operation: Operation, words: string[], command: string): Call {
  const known = options(operation);
  const given = new Map<string, string[]>();
  const stray: string[] = [];
  for (let i = 0; i < words.length; ) {
    const word = words[i++]!;
    if (!word.startsWith("--")) {
      stray.push(word);
      continue;
    }
    const [option, attached] = split(word);
    const name = complete(option, [...optionNames(operation), ...Object.keys(globalOptions)], command);
    const values = attached === undefined ? [] : [attached];
    const most = mostValues(name, known.get(name)?.[1]);
    while (values.length < most && i < words.length && !words[i]!.startsWith("--")) values.push(words[i++]!);
    if (most > 0 && values.length === 0) throw new UsageFault(`argument ${name}: expected ${most > 1 ? "at least " : ""}one argument`, command);
    given.set(name, values);
  }
  if (stray.length) throw new UsageFault(`Unknown options: ${stray.join(", ")}`, command);
  const globals = globalsOf(given, paging(operation) !== undefined);
  const input = inputOf(operation, given, known);
  if (globals.skeleton) return { input: {}, globals };
  const missing = required(operation.input).filter((name) => !(name in input));
  if (missing.length) {
    throw new UsageFault(`the following arguments are required: ${missing.map((name) => `--${kebab(name)}`).join(", ")}`, command);
  }
  return { input: toSdk(operation.input, input) as Fields, globals };
}

/** --name=value is --name value. */
function split(word: string): [string, string | undefined] {
  const at = word.indexOf("=");
  return at < 0 ? [word, undefined] : [word.slice(0, at), word.slice(at + 1)];
}

function complete(option: string, names: string[], command: string): string {
  if (names.includes(option)) return option;
  const like = similar(option, [...new Set(names)]);
  throw new UsageFault(`Unknown options: ${option}${like.length ? `, maybe you meant:\n\n  * ${like.join("\n  * ")}` : ""}`, command);
}

/** How many words a value may be of. */
function mostValues(name: string, member: Schema | undefined): number {
  if (!member) return globalOptions[name]?.endsWith("value") || pageOptions.includes(name) ? 1 : 0;
  if (member.isBooleanSchema()) return 0;
  return member.isListSchema() ? Infinity : 1;
}

function globalsOf(given: Map<string, string[]>, pages: boolean): Globals {
  const text = (name: string) => given.get(name)?.[0];
  const number = (name: string) => {
    const value = text(name);
    if (value === undefined) return undefined;
    if (!/^\d+$/.test(value)) throw new ValueFault(`argument ${name}: invalid int value: '${value}'`);
    return Number(value);
  };
  const oneOf = <T extends string>(name: string, choices: readonly T[]): T | undefined => {
    const value = text(name);
    if (value !== undefined && !choices.includes(value as T)) {
      throw new UsageFault(`argument ${name}: Invalid choice, valid choices are:\n\n${choices.join(" | ")}`);
    }
    return value as T | undefined;
  };
  const globals: Globals = {
    query: text("--query"),
    output: oneOf("--output", outputs) ?? "json",
    region: text("--region"),
    paginate: pages && !given.has("--no-paginate"),
    skeleton: oneOf("--generate-cli-skeleton", ["input", "output"]),
    notes: [],
  };
  if (pages) {
    // For IAM, --max-items is both the CLI's and the operation's.
    globals.maxItems = number("--max-items");
    globals.pageSize = number("--page-size");
    globals.startingToken = text("--starting-token");
  }
  for (const name of given.keys()) {
    if (globalOptions[name]?.startsWith("ignored")) globals.notes.push(`${name} has no effect here: commands run as who is signed in.`);
  }
  return globals;
}

/** The input in the form of JSON, but with blobs and the like as texts. */
function inputOf(operation: Operation, given: Map<string, string[]>, known: Map<string, [string, Schema]>): Fields {
  const document = given.get("--cli-input-json")?.[0];
  const input: Fields = document === undefined ? {} : json(document, "--cli-input-json");
  const pages = paging(operation);
  for (const [option, values] of given) {
    const [name, member] = known.get(option) ?? [];
    if (!name || !member || option in globalOptions || (pages && pageOptions.includes(option))) continue;
    input[name] = member.isBooleanSchema() ? !option.startsWith("--no-") || kebab(name) === option.slice(2) : value(member, values, option);
  }
  return input;
}

function value(member: Schema, values: string[], option: string): unknown {
  const first = values[0]!.trimStart();
  for (const v of values) {
    if (/^fileb?:\/\//.test(v)) {
      throw new ValueFault(`Error parsing parameter '${option}': Files are not available here: put the content between single quotes.`);
    }
  }
  if (member.isListSchema()) {
    if (values.length === 1 && first.startsWith("[")) return json(first, option);
    const item = member.getValueSchema();
    if (isStructure(item) || item.isListSchema()) return values.map((v) => structured(item, v, option));
    return typeName(item) === "number" ? values.map((v) => numeric(v, option)) : values;
  }
  if (isStructure(member)) return structured(member, values[0]!, option);
  if (member.isDocumentSchema()) return json(first, option);
  return typeName(member) === "number" ? numeric(values[0]!, option) : values[0];
}

function structured(schema: Schema, text: string, option: string): unknown {
  if (/^\s*[{[]/.test(text)) return json(text, option);
  try {
    return plain(schema, shorthand(text));
  } catch (e) {
    if (e instanceof ValueFault && !e.message.startsWith("Parameter")) throw new ValueFault(`Error parsing parameter '${option}': ${e.message}`);
    throw e;
  }
}

/** Shorthand has texts only: gives numbers, truth and lists of one the type that JSON would have them in. */
function plain(s: Schema, value: unknown): unknown {
  if (s.isListSchema()) return (Array.isArray(value) ? value : [value]).map((v) => plain(s.getValueSchema(), v));
  if (isStructure(s) && typeof value === "object" && value !== null && !Array.isArray(value)) {
    const known = new Map(members(s));
    return Object.fromEntries(
      Object.entries(value).map(([key, v]) => {
        const member = s.isMapSchema() ? s.getValueSchema() : known.get(key);
        return [key, member ? plain(member, v) : v];
      }),
    );
  }
  if (s.isBooleanSchema() && /^(true|false)$/i.test(String(value))) return String(value).toLowerCase() === "true";
  if (typeName(s) === "number" && String(value).trim() !== "" && Number.isFinite(Number(value))) return Number(value);
  return value;
}

function numeric(text: string, option: string): number {
  if (text.trim() === "" || !Number.isFinite(Number(text))) throw new ValueFault(`argument ${option}: invalid number: '${text}'`);
  return Number(text);
}

function json(text: string, option: string): Fields {
  try {
    return JSON.parse(text) as Fields;
  } catch (e) {
    throw new ValueFault(`Error parsing parameter '${option}': Invalid JSON: ${(e as Error).message}\nJSON received: ${text}`);
  }
}
