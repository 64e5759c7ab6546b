// A command line from its words to what is printed.
import { search } from "jmespath";
import { isSignedOut } from "../../aws/credentials";
import { parse, type Globals } from "./arguments";
import { printed, UsageFault } from "./errors";
import { generalHelp, operationHelp, serviceHelp, skeleton } from "./help";
import { service, serviceNames } from "./model";
import { similar } from "./names";
import type { Operation } from "./operations";
import { format } from "./output";
import { pages } from "./paging";
import { fromSdk, type Fields, type Json } from "./schema";
import { wait, waiterNames } from "./wait";
import { words } from "./words";

export interface Result {
  text: string;
  failed: boolean;
}

/** Runs "aws ...". It does not throw: what is wrong is the text. */
export async function run(line: string, signal: AbortSignal): Promise<Result> {
  let operation = "";
  try {
    const [program, ...rest] = words(line).map((w) => w.text);
    if (program === "help") return { text: generalHelp(), failed: false };
    if (program !== "aws") return { text: `${program}: command not found. Type help to see what there is.`, failed: true };
    const text = await aws(rest, signal, (name) => (operation = name));
    return { text, failed: false };
  } catch (e) {
    // A request that was cancelled may fail with anything.
    const text = signal.aborted ? "^C" : isSignedOut(e) ? "Your session is over. Load the page again to sign in." : printed(e, operation);
    return { text, failed: true };
  }
}

async function aws(typed: string[], signal: AbortSignal, calling: (operation: string) => void): Promise<string> {
  const { before, rest } = leading(typed);
  const [name, action, ...own] = rest;
  if (name === "--version") return "Stator's terminal, with the commands and the output of aws-cli/2";
  if (name === "help") return generalHelp();
  if (!name) throw new UsageFault("the following arguments are required: command");
  if (!serviceNames.includes(name)) throw choice("command", name, serviceNames, "aws");
  const found = await service(name);
  if (action === "help") return serviceHelp(found);
  if (!action) throw new UsageFault("the following arguments are required: operation", `aws ${name}`);
  if (action === "wait" && waiterNames(name).length) {
    const [waiter, ...options] = own;
    if (!waiter || !waiterNames(name).includes(waiter)) throw choice("waiter", waiter ?? "", waiterNames(name), `aws ${name}`);
    calling(waiter);
    await wait(found, waiter, [...before, ...options], signal);
    return "";
  }
  const operation = found.operations.get(action);
  if (!operation) throw choice("operation", action, [...found.operations.keys()], `aws ${name}`);
  if (own[0] === "help") return operationHelp(found, operation);
  const { input, globals } = parse(operation, [...before, ...own], `aws ${name} ${action}`);
  calling(operation.name);
  const answer = globals.skeleton
    ? skeleton(globals.skeleton === "input" ? operation.input : operation.output)
    : fromSdk(await pages(operation, input, globals, (page) => found.send(operation, page, globals.region, signal)) satisfies Fields);
  return [...globals.notes, shown(answer, globals, operation)].filter(Boolean).join("\n");
}

function shown(answer: Json, globals: Globals, operation: Operation): string {
  if (globals.query === undefined) return format(answer, globals.output, operation.name);
  let chosen: Json;
  try {
    chosen = search(answer, globals.query) as Json;
  } catch (e) {
    throw new Error(`Bad value for --query ${globals.query}: ${(e as Error).message}`);
  }
  return format(chosen ?? null, globals.output, operation.name);
}

/** Global options may be before the command: aws --region eu-west-1 dynamodb list-tables. */
function leading(typed: string[]): { before: string[]; rest: string[] } {
  let i = 0;
  while (typed[i]?.startsWith("--") && typed[i] !== "--version") {
    i += typed[i]!.includes("=") || /^--(no-|debug)/.test(typed[i]!) ? 1 : 2;
  }
  return { before: typed.slice(0, i), rest: typed.slice(i) };
}

function choice(argument: string, typed: string, choices: string[], command: string): UsageFault {
  const like = similar(typed, choices);
  const offered = like.length ? `Invalid choice: '${typed}', maybe you meant:\n\n  * ${like.join("\n  * ")}` : `Invalid choice: '${typed}', valid choices are:\n\n${columns(choices)}`;
  return new UsageFault(`argument ${argument}: ${offered}`, command);
}

const columns = (names: string[]) => names.map((name) => `  ${name}`).join("\n");
