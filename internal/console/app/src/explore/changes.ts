// The request that saves an item, so that nothing is lost that somebody else saved meanwhile.
import type {
  AttributeValue,
  DeleteItemCommandInput,
  PutItemCommandInput,
  TransactWriteItemsCommandInput,
  UpdateItemCommandInput,
} from "@aws-sdk/client-dynamodb";
import { Placeholders } from "./expression";
import { keyOf, type Schema } from "./schema";
import { own, same, type Item } from "./values";

export type WriteRequest =
  | { operation: "PutItem"; input: PutItemCommandInput }
  | { operation: "UpdateItem"; input: UpdateItemCommandInput }
  | { operation: "TransactWriteItems"; input: TransactWriteItemsCommandInput };

/** Creates an item where there is none yet. */
export function creation(schema: Schema, item: Item): WriteRequest {
  return { operation: "PutItem", input: newItem(schema, item) };
}

function newItem(schema: Schema, item: Item) {
  const names = new Placeholders();
  const absent = `attribute_not_exists(${names.name(schema.key[0]!.name)})`;
  return { TableName: schema.table, Item: item, ConditionExpression: absent, ...names.members() };
}

/**
 * Changes an item from what it was when it was read: only the attributes that differ, and only if they are still what they were.
 * What others changed elsewhere in it stays. A changed key makes another item of it, in one transaction. Without a change there
 * is nothing to send.
 */
export function change(schema: Schema, before: Item, after: Item): WriteRequest | undefined {
  const names = new Placeholders();
  const key = keyOf(schema, before);
  if (!Object.keys(key).every((k) => same(key[k], own(after, k)))) {
    const conditions = Object.entries(before).map(([name, value]) => equals(names, name, value));
    const old = { TableName: schema.table, Key: key, ConditionExpression: conditions.join(" AND "), ...names.members() };
    return { operation: "TransactWriteItems", input: { TransactItems: [{ Delete: old }, { Put: newItem(schema, after) }] } };
  }
  const set: string[] = [];
  const remove: string[] = [];
  const conditions = [`attribute_exists(${names.name(schema.key[0]!.name)})`];
  for (const name of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const [was, is] = [own(before, name), own(after, name)];
    if (same(was, is)) continue;
    conditions.push(equals(names, name, was));
    if (is) set.push(`${names.name(name)} = ${names.value(`new_${name}`, is)}`);
    else remove.push(names.name(name));
  }
  if (conditions.length === 1) return undefined;
  const actions = [set.length ? `SET ${set.join(", ")}` : "", remove.length ? `REMOVE ${remove.join(", ")}` : ""];
  return {
    operation: "UpdateItem",
    input: {
      TableName: schema.table,
      Key: key,
      UpdateExpression: actions.filter(Boolean).join(" "),
      ConditionExpression: conditions.join(" AND "),
      ReturnValuesOnConditionCheckFailure: "ALL_OLD",
      ...names.members(),
    },
  };
}

const equals = (names: Placeholders, name: string, value: AttributeValue | undefined) =>
  value ? `${names.name(name)} = ${names.value(`old_${name}`, value)}` : `attribute_not_exists(${names.name(name)})`;

export const deletion = (schema: Schema, item: Item): DeleteItemCommandInput => ({
  TableName: schema.table,
  Key: keyOf(schema, item),
});

/** The item as it is now with the changes from before to after: where both changed, the latter counts. */
export function merged(before: Item, after: Item, now: Item): Item {
  const result = new Map(Object.entries(now));
  for (const name of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const is = own(after, name);
    if (same(own(before, name), is)) continue;
    if (is) result.set(name, is);
    else result.delete(name);
  }
  return Object.fromEntries(result);
}
