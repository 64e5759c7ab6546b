// What the pages about items know of a table: its keys and its indexes.
import type { KeySchemaElement, TableDescription } from "@aws-sdk/client-dynamodb";
import type { Item } from "./values";

export interface KeyAttribute {
  name: string;
  type: "S" | "N" | "B";
}

/** A table or an index: what can be scanned and queried. An index can have several attributes in each part of its key. */
export interface Source {
  /** The index; empty is the table. */
  name: string;
  kind: "table" | "local" | "global";
  partition: KeyAttribute[];
  sort: KeyAttribute[];
}

export interface Schema {
  table: string;
  /** The names of the key's attributes: partition key, then sort key. */
  key: KeyAttribute[];
  /** The table first, then its indexes. */
  sources: Source[];
}

export function schemaOf(table: TableDescription): Schema {
  const types = new Map(table.AttributeDefinitions?.map((a) => [a.AttributeName, a.AttributeType]));
  const attributes = (keys: KeySchemaElement[] | undefined, part: "HASH" | "RANGE") =>
    (keys ?? [])
      .filter((k) => k.KeyType === part)
      .map((k): KeyAttribute => ({ name: k.AttributeName!, type: types.get(k.AttributeName) ?? "S" }));
  const source = (kind: Source["kind"], name: string, keys: KeySchemaElement[] | undefined): Source => ({
    kind,
    name,
    partition: attributes(keys, "HASH"),
    sort: attributes(keys, "RANGE"),
  });
  const whole = source("table", "", table.KeySchema);
  return {
    table: table.TableName!,
    key: [...whole.partition, ...whole.sort],
    sources: [
      whole,
      ...(table.LocalSecondaryIndexes ?? []).map((i) => source("local", i.IndexName!, i.KeySchema)),
      ...(table.GlobalSecondaryIndexes ?? []).map((i) => source("global", i.IndexName!, i.KeySchema)),
    ],
  };
}

/** The key of an item. */
export const keyOf = (schema: Schema, item: Item): Item =>
  Object.fromEntries(schema.key.flatMap(({ name }) => (Object.hasOwn(item, name) ? [[name, item[name]!]] : [])));
