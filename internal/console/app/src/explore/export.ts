// Items as the rows of a CSV file.
import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { isSet, own, toDynamo, toPlain, typeOf, writeJSON, type Item } from "./values";

/** A header of names, and a row an item. What an import from a file takes for the types of the columns gives the same items. */
export const rowsOf = (items: Item[], names: string[]): string[][] => [names, ...items.map((item) => names.map((name) => cell(own(item, name))))];

// Sets are arrays of JSON; lists and maps are the inner part of DynamoDB JSON.
function cell(value: AttributeValue | undefined): string {
  if (!value) return "";
  const type = typeOf(value);
  if (type === "S" || type === "N") return value[type]!;
  if (type === "NULL") return "null";
  if (type === "L" || type === "M") return writeJSON((toDynamo(value) as Record<string, unknown>)[type]);
  const plain = toPlain(value);
  return isSet(type) ? writeJSON(plain) : String(plain);
}
