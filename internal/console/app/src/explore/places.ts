// Where the pages about items are.
import { writeJSON, itemToDynamo, type Item } from "./values";

const place = (page: string, parameters: Record<string, string>) => `/console/dynamodb/${page}?${new URLSearchParams(parameters)}`;

export const exploreHref = (table: string) => place("explore", { table });
export const createHref = (table: string) => place("explore/create-item", { table });
export const importHref = (table: string) => place("explore/import-file", { table });
export const itemHref = (table: string, key: Item) => place("explore/edit-item", { table, key: writeJSON(itemToDynamo(key)) });
/** Creation of an item that begins as another. */
export const duplicateHref = (table: string, key: Item) => place("explore/create-item", { table, key: writeJSON(itemToDynamo(key)) });
