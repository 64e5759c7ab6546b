// Values as people and JSON write them, as the SDK takes and gives them, told apart by the schemas that the SDK has of every operation.
import { NormalizedSchema } from "@smithy/core/schema";
import { ValueFault } from "./errors";

export type Schema = NormalizedSchema;
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };
export type Fields = { [name: string]: unknown };

/** The members of a structure, in the service's order; required ones come first. */
export const members = (schema: Schema): [name: string, member: Schema][] =>
  schema.isStructSchema() ? [...schema.structIterator()] : [];

/** The names of the members that a structure must have. */
export function required(schema: Schema): string[] {
  const description = schema.getSchema();
  const count = Array.isArray(description) ? description[6] : 0;
  return members(schema)
    .slice(0, typeof count === "number" ? count : 0)
    .map(([name]) => name);
}

export const isStructure = (s: Schema) => s.isStructSchema() || s.isMapSchema();

/** The type in the words of the AWS CLI's help. */
export function typeName(s: Schema): string {
  if (s.isListSchema()) return "list";
  if (s.isMapSchema()) return "map";
  if (s.isUnionSchema()) return "tagged union structure";
  if (s.isStructSchema()) return "structure";
  if (s.isBlobSchema()) return "blob";
  if (s.isTimestampSchema()) return "timestamp";
  if (s.isBooleanSchema()) return "boolean";
  if (s.isNumericSchema() || s.isBigIntegerSchema() || s.isBigDecimalSchema()) return "number";
  return "string";
}

/** What the SDK takes for a value of JSON, or all that is wrong with it. */
export function toSdk(schema: Schema, value: unknown): unknown {
  const faults: string[] = [];
  const result = convert(schema, value, "", faults);
  if (faults.length) throw new ValueFault(`Parameter validation failed:\n${faults.join("\n")}`);
  return result;
}

function convert(s: Schema, value: unknown, path: string, faults: string[]): unknown {
  const wrong = (types: string) => {
    const shown = typeof value === "string" ? value : JSON.stringify(value);
    faults.push(`Invalid type for parameter ${path || "input"}, value: ${shown}, type: ${jsonType(value)}, valid types: ${types}`);
    return undefined;
  };
  if (s.isDocumentSchema()) return value;
  if (s.isListSchema()) {
    return Array.isArray(value) ? value.map((v, i) => convert(s.getValueSchema(), v, `${path}[${i}]`, faults)) : wrong("list");
  }
  if (isStructure(s)) {
    if (!isFields(value)) return wrong("structure");
    if (s.isMapSchema()) {
      return mapped(value, (key, v) => convert(s.getValueSchema(), v, path ? `${path}.${key}` : key, faults));
    }
    const known = new Map(members(s));
    for (const name of required(s)) {
      if (!(name in value)) faults.push(`Missing required parameter in ${path || "input"}: "${name}"`);
    }
    return mapped(value, (key, v) => {
      const member = known.get(key);
      if (member) return convert(member, v, path ? `${path}.${key}` : key, faults);
      faults.push(`Unknown parameter in ${path || "input"}: "${key}", must be one of: ${[...known.keys()].join(", ")}`);
    });
  }
  if (s.isBlobSchema()) return typeof value === "string" ? fromBase64(value) : wrong("base64-encoded string");
  if (s.isTimestampSchema()) {
    const time = new Date(typeof value === "number" ? value * 1000 : /^\d+(\.\d+)?$/.test(String(value)) ? Number(value) * 1000 : String(value));
    return Number.isNaN(time.getTime()) ? wrong("timestamp") : time;
  }
  if (s.isBooleanSchema()) return typeof value === "boolean" ? value : wrong("boolean");
  if (typeName(s) === "number") return typeof value === "number" ? value : wrong("number");
  return typeof value === "string" ? value : wrong("string");
}

const isFields = (value: unknown): value is Fields => typeof value === "object" && value !== null && !Array.isArray(value);

const mapped = (fields: Fields, f: (key: string, value: unknown) => unknown): Fields =>
  Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, f(key, value)]));

function jsonType(value: unknown): string {
  if (value === null) return "null";
  return Array.isArray(value) ? "list" : typeof value === "object" ? "structure" : typeof value;
}

function fromBase64(text: string): Uint8Array {
  try {
    return Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
  } catch {
    throw new ValueFault(`Invalid base64: "${text}"`);
  }
}

/** What the AWS CLI shows of an answer: times in ISO 8601, blobs in base64, policies as JSON instead of encoded text. */
export function fromSdk(value: unknown, name = ""): Json {
  if (value instanceof Date) return isoTime(value);
  if (value instanceof Uint8Array) return btoa(Array.from(value, (b) => String.fromCharCode(b)).join(""));
  if (Array.isArray(value)) return value.map((v) => fromSdk(v));
  if (isFields(value)) {
    const shown = Object.entries(value).filter(([key, v]) => key !== "$metadata" && v !== undefined);
    return Object.fromEntries(shown.map(([key, v]) => [key, fromSdk(v, key)]));
  }
  if (typeof value === "string" && /Document$/.test(name) && value.startsWith("%7B")) return JSON.parse(decodeURIComponent(value)) as Json;
  if (typeof value === "bigint") return Number(value);
  return (value ?? null) as Json;
}

/** 2026-01-31T10:20:30.123000+00:00, with no fraction if it is whole. */
const isoTime = (time: Date) => time.toISOString().replace(".000Z", "+00:00").replace("Z", "000+00:00");
