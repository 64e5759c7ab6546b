// A search as the page's address has it, so that a reload or a link that is shared gives the same. The names are those of AWS's
// console where that has them: operation, index, pk, sk.
import type { Schema } from "./schema";
import { everything, keyOperators, noCondition, operators, sourceOf, type Condition, type Filter, type Operator, type Search } from "./search";
import { own, parseJSON, types, type Type } from "./values";

const projections: readonly Search["projection"][] = ["all", "table", "specific", "count"];

/** The parameters of a search in a table. One of everything has none but the table. */
export function toParameters(schema: Schema, search: Search): URLSearchParams {
  const parameters = new URLSearchParams({ table: schema.table });
  const source = sourceOf(schema, search);
  if (search.kind === "Query" || search.index) parameters.set("operation", search.kind.toUpperCase());
  if (search.index) parameters.set("index", search.index);
  if (search.kind === "Query") {
    for (const { name } of source.partition) parameters.append("pk", own(search.keys, name)?.text ?? "");
    const last = source.sort.findLastIndex(({ name }) => own(search.keys, name)?.text);
    for (const { name } of source.sort.slice(0, last + 1)) {
      const { operator, text, upper } = own(search.keys, name) ?? noCondition;
      parameters.append("sk", JSON.stringify([operator, text, ...(operator === "between" ? [upper] : [])]));
    }
    if (search.descending) parameters.set("order", "DESC");
  }
  for (const { name, operator, type, text, upper } of search.filters) {
    parameters.append("filter", JSON.stringify([name, operator, type, text, ...(operator === "between" ? [upper] : [])]));
  }
  if (search.projection !== "all") parameters.set("projection", search.projection);
  if (search.projection === "specific") parameters.set("attributes", search.attributes);
  if (search.consistent) parameters.set("consistent", "true");
  return parameters;
}

/** The search of an address; nothing if it has none. What it has that this page doesn't know is left out. */
export function fromParameters(schema: Schema, parameters: URLSearchParams): Search | undefined {
  if (![...parameters.keys()].some((name) => ["operation", "index", "filter", "projection", "consistent"].includes(name))) return undefined;
  const search: Search = {
    ...everything,
    kind: parameters.get("operation") === "QUERY" ? "Query" : "Scan",
    index: parameters.get("index") ?? "",
    filters: parameters.getAll("filter").flatMap(filter),
    projection: projections.find((p) => p === parameters.get("projection")) ?? "all",
    attributes: parameters.get("attributes") ?? "",
    consistent: parameters.get("consistent") === "true",
    descending: parameters.get("order") === "DESC",
  };
  const source = sourceOf(schema, search);
  const pk = parameters.getAll("pk");
  const sk = parameters.getAll("sk");
  const keys = [
    ...source.partition.map(({ name }, i): [string, Condition] => [name, { ...noCondition, text: pk[i] ?? "" }]),
    ...source.sort.map(({ name }, i): [string, Condition] => [name, condition(sk[i])]),
  ];
  return search.kind === "Query" ? { ...search, keys: Object.fromEntries(keys) } : search;
}

/** The texts of an array; nothing else is read. */
function texts(json: string | undefined): string[] {
  try {
    const parsed = parseJSON(json ?? "[]");
    return Array.isArray(parsed) && parsed.every((v) => typeof v === "string") ? parsed : [];
  } catch {
    return [];
  }
}

function condition(json: string | undefined): Condition {
  const [operator, text = "", upper = ""] = texts(json);
  return { operator: keyOperators.find((o) => o === operator) ?? "=", text, upper };
}

function filter(json: string, index: number): Filter[] {
  const [name, operator, type, text = "", upper = ""] = texts(json);
  if (name === undefined || !Object.hasOwn(operators, operator ?? "") || !types.includes(type as Type)) return [];
  // Those that are added on the page are numbered upwards from 1.
  return [{ id: -1 - index, name, operator: operator as Operator, type: type as Type, text, upper }];
}
