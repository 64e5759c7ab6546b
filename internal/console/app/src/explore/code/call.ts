// A call of DynamoDB that code is generated for.
import type { ExecuteStatementCommandInput } from "@aws-sdk/client-dynamodb";
import type { WriteRequest } from "../changes";
import type { SearchRequest } from "../search";

export type Call = SearchRequest | WriteRequest | { operation: "ExecuteStatement"; input: ExecuteStatementCommandInput };

export const isSearch = (call: Call): call is SearchRequest => call.operation === "Scan" || call.operation === "Query";

/** Whether only the number of items is asked for. */
export const isCount = (call: Call) => isSearch(call) && call.input.Select === "COUNT";

/** The members of the input that are given, in their order. */
export const members = (input: object): [name: string, value: unknown][] =>
  Object.entries(input).filter(([, value]) => value !== undefined);

/** ScanIndexForward -> ["Scan", "Index", "Forward"]. */
export const wordsOf = (name: string): string[] => name.match(/[A-Z]+(?![a-z])|[A-Z][a-z]*/g) ?? [name];

