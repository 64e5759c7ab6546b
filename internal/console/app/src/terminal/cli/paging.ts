// Operations that answer in pages, merged as the AWS CLI merges them ("Using the pagination options in the AWS CLI").
import type { Globals } from "./arguments";
import type { Operation } from "./operations";
import { members, type Fields } from "./schema";

interface Paging {
  /** The member of the input that a page begins with, and the one of the output that has it for the next. */
  token: string;
  next: string;
  limit: string;
}

const kinds: Paging[] = [
  { token: "Marker", next: "Marker", limit: "MaxItems" },
  { token: "NextToken", next: "NextToken", limit: "MaxResults" },
  { token: "NextToken", next: "NextToken", limit: "MaxRecords" },
  { token: "NextToken", next: "NextToken", limit: "Limit" },
  { token: "nextToken", next: "nextToken", limit: "maxResults" },
  { token: "ExclusiveStartKey", next: "LastEvaluatedKey", limit: "Limit" },
  { token: "ExclusiveStartTableName", next: "LastEvaluatedTableName", limit: "Limit" },
  { token: "ExclusiveStartBackupArn", next: "LastEvaluatedBackupArn", limit: "Limit" },
];

export function paging(operation: Operation): Paging | undefined {
  const input = new Set(members(operation.input).map(([name]) => name));
  const output = new Set(members(operation.output).map(([name]) => name));
  return kinds.find((k) => input.has(k.token) && input.has(k.limit) && output.has(k.next));
}

/** Figures that are sums over the pages. */
const sums = ["Count", "ScannedCount"];

/** --starting-token: what the operation goes on with, and how many items of its page were shown already. */
interface Token {
  token?: unknown;
  skip?: number;
}

/** Calls the operation until all pages are there, or as many items as are wanted. */
export async function pages(
  operation: Operation,
  input: Fields,
  globals: Globals,
  send: (input: Fields) => Promise<Fields>,
): Promise<Fields> {
  const kind = paging(operation);
  // Who names the page themselves gets it alone.
  if (!kind || !globals.paginate || kind.token in input || kind.limit in input) return send(input);
  const start = globals.startingToken === undefined ? {} : readToken(globals.startingToken);
  let { token, skip = 0 } = start;
  let left = globals.maxItems ?? Infinity;
  let result: Fields | undefined;
  for (;;) {
    const page = await send({
      ...input,
      ...(globals.pageSize !== undefined && { [kind.limit]: globals.pageSize }),
      ...(token !== undefined && { [kind.token]: token }),
    });
    const next = page[kind.next];
    delete page[kind.next];
    delete page["IsTruncated"];
    const list = Object.entries(page).find(([, value]) => Array.isArray(value))?.[0];
    const items = list ? (page[list] as unknown[]) : [];
    const shown = items.slice(skip, skip + left);
    if (list) page[list] = shown;
    result = result ? merged(result, page) : page;
    left -= shown.length;
    if (skip + shown.length < items.length) {
      result["NextToken"] = writeToken({ token, skip: skip + shown.length });
      return result;
    }
    // Only an answer with all its members at their end is one without a token, so that an empty one does not go on for ever.
    if (next === undefined || next === null || next === "") return result;
    if (left <= 0) {
      result["NextToken"] = writeToken({ token: next });
      return result;
    }
    token = next;
    skip = 0;
  }
}

function merged(all: Fields, page: Fields): Fields {
  const result = { ...all };
  for (const [name, value] of Object.entries(page)) {
    const before = result[name];
    if (Array.isArray(before) && Array.isArray(value)) result[name] = before.concat(value);
    else if (sums.includes(name)) result[name] = Number(before ?? 0) + Number(value);
    else if (before === undefined) result[name] = value;
  }
  return result;
}

const writeToken = (token: Token) =>
  btoa(encodeURIComponent(JSON.stringify(token, (_, v: unknown) => (v instanceof Uint8Array ? { $bytes: [...v] } : v))));

function readToken(text: string): Token {
  try {
    return JSON.parse(decodeURIComponent(atob(text)), (_, v: { $bytes?: number[] }) => (v?.$bytes ? Uint8Array.from(v.$bytes) : v)) as Token;
  } catch {
    throw new Error("Bad starting token: " + text);
  }
}
