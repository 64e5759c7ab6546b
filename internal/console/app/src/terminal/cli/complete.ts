// What Tab offers: commands, operations, options, and the names of what is there.
import { optionNames, outputs } from "./arguments";
import { service, serviceNames, type Service } from "./model";
import { kebab } from "./names";
import { waiterNames } from "./wait";
import { words } from "./words";

export interface Completion {
  /** The line and the place of the cursor after what all candidates begin with was added. */
  line: string;
  cursor: number;
  /** More than one: they are shown. */
  candidates: string[];
}

/** Where the names for an option's value come from. */
const listings: Record<string, [service: string, operation: string, names: (answer: Record<string, unknown>) => string[]]> = {
  "--table-name": ["dynamodb", "list-tables", (a) => (a["TableNames"] ?? []) as string[]],
  "--source-table-name": ["dynamodb", "list-tables", (a) => (a["TableNames"] ?? []) as string[]],
  "--user-name": ["iam", "list-users", named("Users", "UserName")],
  "--group-name": ["iam", "list-groups", named("Groups", "GroupName")],
  "--role-name": ["iam", "list-roles", named("Roles", "RoleName")],
  "--policy-arn": ["iam", "list-policies", named("Policies", "Arn")],
};

function named(list: string, member: string) {
  return (answer: Record<string, unknown>) => ((answer[list] ?? []) as Record<string, string>[]).map((item) => item[member]!);
}

export async function complete(line: string, cursor: number, regions: string[], signal: AbortSignal): Promise<Completion> {
  const before = line.slice(0, cursor);
  const typed = words(before, false);
  const last = typed.at(-1);
  const fresh = !last || (last.end < before.length && !last.open);
  const partial = fresh ? "" : last.text;
  const start = fresh ? before.length : last.start;
  const earlier = typed.slice(0, fresh ? undefined : -1).map((w) => w.text);
  const all = await choices(earlier, partial, regions, signal).catch(() => []);
  const candidates = [...new Set(all.filter((c) => c.startsWith(partial)))].sort();
  if (!candidates.length) return { line, cursor, candidates };
  const common = candidates.length === 1 ? `${candidates[0]} ` : prefix(candidates);
  const completed = before.slice(0, start) + common;
  return { line: completed + line.slice(cursor).trimStart(), cursor: completed.length, candidates };
}

async function choices(earlier: string[], partial: string, regions: string[], signal: AbortSignal): Promise<string[]> {
  if (earlier.length === 0) return ["aws", "clear", "help", "history"];
  if (earlier[0] !== "aws") return [];
  const [, name, action, ...own] = earlier;
  if (!name) return [...serviceNames, "help"];
  if (!serviceNames.includes(name)) return [];
  const found = await service(name);
  const waits = waiterNames(name);
  if (!action) return [...found.operations.keys(), ...(waits.length ? ["wait"] : []), "help"];
  if (action === "wait" && !own.length) return waits;
  const operation = found.operations.get(action);
  if (!operation) return [];
  const option = own.at(-1) ?? "";
  if (!partial.startsWith("--")) {
    if (option === "--output") return [...outputs];
    if (option === "--region") return regions;
    if (option === "--generate-cli-skeleton") return ["input", "output"];
    if (option in listings) return listed(option, signal);
    if (option === "--index-name") return indexes(own[own.indexOf("--table-name") + 1], signal);
  }
  return [...optionNames(operation).filter((o) => !own.includes(o)), ...(own.length ? [] : ["help"])];
}

async function listed(option: string, signal: AbortSignal): Promise<string[]> {
  const [name, action, names] = listings[option]!;
  return names(await send(await service(name), action, {}, signal));
}

async function indexes(table: string | undefined, signal: AbortSignal): Promise<string[]> {
  const answer = (await send(await service("dynamodb"), "describe-table", { TableName: table }, signal)) as {
    Table?: Partial<Record<"GlobalSecondaryIndexes" | "LocalSecondaryIndexes", { IndexName: string }[]>>;
  };
  return [...(answer.Table?.GlobalSecondaryIndexes ?? []), ...(answer.Table?.LocalSecondaryIndexes ?? [])].map((i) => i.IndexName);
}

const send = (found: Service, action: string, input: object, signal: AbortSignal) =>
  found.send(found.operations.get(kebab(action))!, { ...input }, undefined, signal);

function prefix(all: string[]): string {
  let common = all[0]!;
  for (const one of all) while (!one.startsWith(common)) common = common.slice(0, -1);
  return common;
}
