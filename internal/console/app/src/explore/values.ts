// Attribute values: their types, and their two JSON forms. DynamoDB JSON says each type, {"S":"a"}; plain JSON is what a program
// would write. Numbers are text everywhere: their 38 digits are more than a JavaScript number has.
import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { isLosslessNumber, LosslessNumber, parse, stringify } from "lossless-json";

export type Item = Record<string, AttributeValue>;
export type Type = "S" | "N" | "B" | "BOOL" | "NULL" | "SS" | "NS" | "BS" | "L" | "M";
export type SetType = "SS" | "NS" | "BS";

export const typeNames: Record<Type, string> = {
  S: "String",
  N: "Number",
  B: "Binary",
  BOOL: "Boolean",
  NULL: "Null",
  SS: "String set",
  NS: "Number set",
  BS: "Binary set",
  L: "List",
  M: "Map",
};
export const types = Object.keys(typeNames) as Type[];

/** A value that can't be read, and where it is: "address.street[2]". */
export class ValueError extends Error {
  constructor(message: string, at = "") {
    super(at ? `${at}: ${message}` : message);
  }
}

export function typeOf(value: AttributeValue): Type {
  const type = types.find((t) => (value as unknown as Record<string, unknown>)[t] !== undefined);
  if (!type) throw new ValueError("The value has no type that this page knows.");
  return type;
}

export const isSet = (type: Type): type is SetType => type === "SS" || type === "NS" || type === "BS";

/** The type of the elements of a set. */
export const elementType = (type: SetType) => type[0] as "S" | "N" | "B";

/** What is wrong with the text of a number, if anything. */
export function numberFault(text: string): string | undefined {
  const parts = /^[+-]?(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,9}))?$/.exec(text);
  if (!parts || !(parts[1] || parts[2])) return `"${text}" is not a number.`;
  const [, whole = "", fraction = "", exponent = "0"] = parts;
  const digits = (whole + fraction).replace(/^0+/, "");
  const significant = digits.replace(/0+$/, "");
  if (significant.length > 38) return "A number has at most 38 significant digits.";
  const magnitude = digits.length - fraction.length + Number(exponent) - 1;
  if (significant && (magnitude > 125 || magnitude < -130)) return "The number is too large or too small.";
  return undefined;
}

export function encodeBase64(bytes: Uint8Array): string {
  let text = "";
  for (let i = 0; i < bytes.length; i += 8192) text += String.fromCharCode(...bytes.subarray(i, i + 8192));
  return btoa(text);
}

export function decodeBase64(text: string, at = ""): Uint8Array<ArrayBuffer> {
  try {
    return Uint8Array.from(atob(text.trim()), (c) => c.charCodeAt(0));
  } catch {
    throw new ValueError("Binary values are written in base64.", at);
  }
}

const join = (at: string, name: string) => (at ? `${at}.${name}` : name);
const mapValues = <T, U>(record: Record<string, T>, change: (value: T, name: string) => U): Record<string, U> =>
  Object.fromEntries(Object.entries(record).map(([name, value]) => [name, change(value, name)]));

/** The value as DynamoDB JSON has it: of objects, arrays, texts, booleans. */
export function toDynamo(value: AttributeValue): unknown {
  const type = typeOf(value);
  switch (type) {
    case "B":
      return { B: encodeBase64(value.B!) };
    case "BS":
      return { BS: value.BS!.map(encodeBase64) };
    case "L":
      return { L: value.L!.map(toDynamo) };
    case "M":
      return { M: mapValues(value.M!, toDynamo) };
    default:
      return { [type]: value[type] };
  }
}

export const itemToDynamo = (item: Item) => mapValues(item, toDynamo);

/** Reads a value of DynamoDB JSON. A number may be written without quotes. */
export function fromDynamo(json: unknown, at = ""): AttributeValue {
  const entries = isObject(json) ? Object.entries(json) : [];
  const [type, value] = entries[0] ?? [];
  if (entries.length !== 1 || !types.includes(type as Type)) {
    throw new ValueError(`A value is an object of its type, such as {"S": "text"}; the types are ${types.join(", ")}.`, at);
  }
  const text = (v: unknown) => {
    if (typeof v !== "string") throw new ValueError(`The value of ${type} is a text.`, at);
    return v;
  };
  const number = (v: unknown) => {
    const n = isLosslessNumber(v) ? v.value : text(v);
    const fault = numberFault(n);
    if (fault) throw new ValueError(fault, at);
    return n;
  };
  const list = (v: unknown) => {
    if (!Array.isArray(v)) throw new ValueError(`The value of ${type} is an array.`, at);
    if (isSet(type as Type) && v.length === 0) throw new ValueError("A set has at least one element.", at);
    return v as unknown[];
  };
  switch (type as Type) {
    case "S":
      return { S: text(value) };
    case "N":
      return { N: number(value) };
    case "B":
      return { B: decodeBase64(text(value), at) };
    case "BOOL":
      if (typeof value !== "boolean") throw new ValueError("The value of BOOL is true or false.", at);
      return { BOOL: value };
    case "NULL":
      if (value !== true) throw new ValueError("The value of NULL is true.", at);
      return { NULL: true };
    case "SS":
      return { SS: list(value).map(text) };
    case "NS":
      return { NS: list(value).map(number) };
    case "BS":
      return { BS: list(value).map((v) => decodeBase64(text(v), at)) };
    case "L":
      return { L: list(value).map((v, i) => fromDynamo(v, `${at}[${i}]`)) };
    case "M":
      if (!isObject(value)) throw new ValueError("The value of M is an object.", at);
      return { M: mapValues(value, (v, name) => fromDynamo(v, join(at, name))) };
  }
}

/** The value as a program would write it. Sets become arrays, binary values base64. */
export function toPlain(value: AttributeValue): unknown {
  const type = typeOf(value);
  switch (type) {
    case "N":
      return plainNumber(value.N!);
    case "NS":
      return value.NS!.map(plainNumber);
    case "B":
      return encodeBase64(value.B!);
    case "BS":
      return value.BS!.map(encodeBase64);
    case "NULL":
      return null;
    case "L":
      return value.L!.map(toPlain);
    case "M":
      return mapValues(value.M!, toPlain);
    default:
      return value[type];
  }
}

// Texts that DynamoDB takes and JSON doesn't, "+1" or ".5", stay what they mean.
function plainNumber(text: string): LosslessNumber {
  const [, sign = "", whole = "", fraction = "", exponent = ""] = /^([+-]?)(\d*)\.?(\d*)(.*)$/.exec(text) ?? [];
  const json = `${sign === "-" ? "-" : ""}${whole.replace(/^0+(?=\d)/, "") || "0"}${fraction && "." + fraction}${exponent}`;
  return new LosslessNumber(json);
}

export const itemToPlain = (item: Item) => mapValues(item, toPlain);

/**
 * Reads a value of plain JSON. Where like, the value that was there before, is a set or binary, which plain JSON has no form
 * for, what is of that form remains one.
 */
export function fromPlain(json: unknown, like?: AttributeValue, at = ""): AttributeValue {
  if (typeof json === "string") return like?.B ? { B: decodeBase64(json, at) } : { S: json };
  if (typeof json === "boolean") return { BOOL: json };
  if (json === null) return { NULL: true };
  if (isLosslessNumber(json)) return fromDynamo({ N: json.value }, at);
  if (Array.isArray(json)) {
    const type = like && typeOf(like);
    if (type && isSet(type) && json.length && json.every((v) => (type === "NS" ? isLosslessNumber(v) : typeof v === "string"))) {
      return fromDynamo({ [type]: json }, at);
    }
    return { L: json.map((v, i) => fromPlain(v, like?.L?.[i], `${at}[${i}]`)) };
  }
  return { M: mapValues(json as Record<string, unknown>, (v, name) => fromPlain(v, like?.M && own(like.M, name), join(at, name))) };
}

export const isObject = (json: unknown): json is Record<string, unknown> =>
  typeof json === "object" && json !== null && !Array.isArray(json) && !isLosslessNumber(json);

/** JSON.parse that keeps the digits of numbers. */
export const parseJSON = (text: string): unknown => parse(text);

/** JSON.stringify of what parseJSON, toDynamo and toPlain give. */
export const writeJSON = (json: unknown, space?: number): string => stringify(json, null, space) ?? "";

export type Notation = "dynamodb" | "plain";

export const writeItem = (item: Item, notation: Notation, space = 2): string =>
  writeJSON(notation === "dynamodb" ? itemToDynamo(item) : itemToPlain(item), space);

/** Reads an item. like is the item that plain JSON was made of. */
export function readItem(text: string, notation: Notation, like: Item = {}): Item {
  const json = parseJSON(text);
  if (!isObject(json)) throw new ValueError("An item is a JSON object.");
  return mapValues(json, (v, name) => (notation === "dynamodb" ? fromDynamo(v, name) : fromPlain(v, own(like, name), name)));
}

/** Whether two values are written the same. */
export const same = (a: AttributeValue | undefined, b: AttributeValue | undefined): boolean =>
  a === b || (!!a && !!b && canonical(toDynamo(a)) === canonical(toDynamo(b)));

/** What is in an object under a name that somebody chose. constructor and toString are names of every object's own, which aren't meant. */
export const own = <T>(object: Readonly<Record<string, T>>, name: string): T | undefined => (Object.hasOwn(object, name) ? object[name] : undefined);

/** JSON with the names of objects in order. */
export function canonical(json: unknown): string {
  if (Array.isArray(json)) return `[${json.map(canonical).join(",")}]`;
  if (!isObject(json)) return writeJSON(json);
  return `{${Object.keys(json).sort().map((name) => `${JSON.stringify(name)}:${canonical(json[name])}`).join(",")}}`;
}

/** The value in a cell of a table: a text as it is, the rest as plain JSON, at most so many characters. */
export function shown(value: AttributeValue | undefined, length = 200): string {
  if (!value) return "";
  const plain = toPlain(value);
  const text = typeof plain === "string" ? plain : writeJSON(plain);
  return text.length > length ? text.slice(0, length) + "…" : text;
}
