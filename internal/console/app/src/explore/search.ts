// What somebody looks for, and the request that it becomes.
import type { AttributeValue, QueryCommandInput, ScanCommandInput } from "@aws-sdk/client-dynamodb";
import { Placeholders } from "./expression";
import type { KeyAttribute, Schema, Source } from "./schema";
import { decodeBase64, fromDynamo, isSet, own, parseJSON, type Type } from "./values";

export const operators = {
  "=": "Equal to",
  "<>": "Not equal to",
  "<": "Less than",
  "<=": "Less than or equal to",
  ">": "Greater than",
  ">=": "Greater than or equal to",
  between: "Between",
  begins_with: "Begins with",
  contains: "Contains",
  not_contains: "Not contains",
  in: "In",
  exists: "Exists",
  not_exists: "Not exists",
  type: "Is of type",
  "size =": "Size equal to",
  "size <": "Size less than",
  "size >": "Size greater than",
} as const;
export type Operator = keyof typeof operators;

/** What a sort key can be compared with. */
export const keyOperators: Operator[] = ["=", "<", "<=", ">", ">=", "between", "begins_with"];

export interface Condition {
  operator: Operator;
  text: string;
  /** The upper end of between. */
  upper: string;
}

export interface Filter extends Condition {
  id: number;
  name: string;
  type: Type;
}

export interface Search {
  kind: "Scan" | "Query";
  index: string;
  /** The condition on each attribute of the key, by name. Those of the partition key are equalities. */
  keys: Record<string, Condition>;
  filters: Filter[];
  projection: "all" | "table" | "specific" | "count";
  attributes: string;
  consistent: boolean;
  descending: boolean;
}

export const everything: Search = {
  kind: "Scan",
  index: "",
  keys: {},
  filters: [],
  projection: "all",
  attributes: "",
  consistent: false,
  descending: false,
};

export const noCondition: Condition = { operator: "=", text: "", upper: "" };

/** What is sent. Pages are asked for with ExclusiveStartKey and Limit, which are not in it. */
export type SearchRequest = { operation: "Scan"; input: ScanCommandInput } | { operation: "Query"; input: QueryCommandInput };

/** Faults by field: "key:NAME", "filter:ID", "attributes". */
export type Faults = Record<string, string>;

export const sourceOf = (schema: Schema, search: Search): Source =>
  schema.sources.find((s) => s.name === search.index) ?? schema.sources[0]!;

/** Whether a sort key's condition says nothing, so that all are found. */
const isAny = (c: Condition | undefined) => !c || (c.text === "" && c.upper === "");

export function toRequest(schema: Schema, search: Search): { request?: SearchRequest; faults: Faults } {
  const source = sourceOf(schema, search);
  const names = new Placeholders();
  const faults: Faults = {};
  const tried = (field: string, make: () => string): string[] => {
    try {
      return [make()];
    } catch (e) {
      faults[field] = (e as Error).message;
      return [];
    }
  };
  const keys = search.kind === "Query" ? keyConditions(source, search, names, tried) : [];
  const filters = search.filters.flatMap((f) => tried(`filter:${f.id}`, () => comparison(names, names.path(f.name), f.name, f.type, f)));
  const projection =
    search.projection === "specific"
      ? tried("attributes", () => projected(search.attributes).map((path) => names.path(path)).join(", "))
      : [];
  if (Object.keys(faults).length) return { faults };
  const select = { count: "COUNT", table: "ALL_ATTRIBUTES", all: undefined, specific: undefined } as const;
  const input: ScanCommandInput = {
    TableName: schema.table,
    ...(source.name && { IndexName: source.name }),
    ...(filters.length && { FilterExpression: filters.join(" AND ") }),
    ...(projection.length && { ProjectionExpression: projection[0] }),
    ...(select[search.projection] && { Select: select[search.projection] }),
    ...(search.consistent && source.kind !== "global" && { ConsistentRead: true }),
  };
  if (search.kind === "Scan") return { faults, request: { operation: "Scan", input: { ...input, ...names.members() } } };
  const query: QueryCommandInput = {
    ...input,
    KeyConditionExpression: keys.join(" AND "),
    ...(search.descending && { ScanIndexForward: false }),
    ...names.members(),
  };
  return { faults, request: { operation: "Query", input: query } };
}

function keyConditions(
  source: Source,
  search: Search,
  names: Placeholders,
  tried: (field: string, make: () => string) => string[],
): string[] {
  const one = (k: KeyAttribute, c: Condition) =>
    tried(`key:${k.name}`, () => {
      if (c.text === "") throw new Error("Enter a value.");
      return comparison(names, names.name(k.name), k.name, k.type, c);
    });
  const partition = source.partition.flatMap((k) => one(k, { ...(own(search.keys, k.name) ?? noCondition), operator: "=" }));
  const last = source.sort.findLastIndex((k) => !isAny(own(search.keys, k.name)));
  const sort = source.sort.slice(0, last + 1).flatMap((k, i) => {
    const condition = own(search.keys, k.name) ?? noCondition;
    if (i < last && condition.operator !== "=") {
      return tried(`key:${k.name}`, () => {
        throw new Error("Only the last of the sort keys given can have another condition than equal to.");
      });
    }
    return one(k, condition);
  });
  return [...partition, ...sort];
}

function projected(text: string): string[] {
  const paths = text.split(/[,\n]/).map((p) => p.trim()).filter(Boolean);
  if (!paths.length) throw new Error("Enter the attributes, separated by commas.");
  return paths;
}

/** The condition as DynamoDB writes it, on the placeholder of an attribute called name. */
function comparison(names: Placeholders, path: string, name: string, type: Type, c: Condition): string {
  const value = (text: string, as: Type = type) => names.value(name, valueOf(as, text));
  switch (c.operator) {
    case "between":
      if (c.upper === "") throw new Error("Enter both ends.");
      return `${path} BETWEEN ${value(c.text)} AND ${value(c.upper)}`;
    case "begins_with":
      return `begins_with(${path}, ${value(c.text)})`;
    case "contains":
      return `contains(${path}, ${value(c.text)})`;
    case "not_contains":
      return `NOT contains(${path}, ${value(c.text)})`;
    case "in":
      return `${path} IN (${c.text.split(",").map((text) => value(text.trim())).join(", ")})`;
    case "exists":
      return `attribute_exists(${path})`;
    case "not_exists":
      return `attribute_not_exists(${path})`;
    case "type":
      return `attribute_type(${path}, ${names.value(name, { S: type })})`;
    case "size =":
    case "size <":
    case "size >":
      return `size(${path}) ${c.operator.slice(5)} ${value(c.text, "N")}`;
    default:
      return `${path} ${c.operator} ${value(c.text)}`;
  }
}

/** Which values an operator needs. */
export const needsValue = (o: Operator) => !["exists", "not_exists", "type"].includes(o);
export const needsType = (o: Operator) => !["exists", "not_exists"].includes(o) && !o.startsWith("size");

/** A value as it is typed in a field: binary in base64, sets, lists and maps as the inner part of DynamoDB JSON. */
export function valueOf(type: Type, text: string): AttributeValue {
  switch (type) {
    case "S":
      return { S: text };
    case "N":
      return fromDynamo({ N: text.trim() });
    case "B":
      return { B: decodeBase64(text) };
    case "BOOL":
      return { BOOL: text !== "false" };
    case "NULL":
      return { NULL: true };
    default:
      try {
        return fromDynamo({ [type]: parseJSON(text) });
      } catch (e) {
        const example = isSet(type) ? (type === "NS" ? "[1, 2]" : '["a", "b"]') : type === "L" ? '[{"S": "a"}]' : '{"name": {"S": "a"}}';
        throw new Error(`${(e as Error).message} It is written as in DynamoDB JSON: ${example}`);
      }
  }
}
