// aws dynamodb wait table-exists: asks again and again until it is so.
import { parse } from "./arguments";
import type { Service } from "./model";
import type { Fields } from "./schema";

interface Waiter {
  operation: string;
  /** Whether an answer, or the name of an error, is what is waited for. */
  done: (answer: Fields | undefined, error: string | undefined) => boolean;
  /** The error that means not yet. */
  notYet?: string;
}

const gone = (name: string) => (_: Fields | undefined, error: string | undefined) => error === name;
const there = (answer: Fields | undefined) => answer !== undefined;
const exists = (operation: string): Waiter => ({ operation, done: there, notYet: "NoSuchEntityException" });

const waiters: Record<string, Record<string, Waiter>> = {
  dynamodb: {
    "table-exists": {
      operation: "describe-table",
      done: (answer) => (answer?.["Table"] as Fields | undefined)?.["TableStatus"] === "ACTIVE",
      notYet: "ResourceNotFoundException",
    },
    "table-not-exists": { operation: "describe-table", done: gone("ResourceNotFoundException") },
  },
  iam: {
    "instance-profile-exists": exists("get-instance-profile"),
    "policy-exists": exists("get-policy"),
    "role-exists": exists("get-role"),
    "user-exists": exists("get-user"),
  },
};

/** The names of a service's waiters; none for most. */
export const waiterNames = (service: string): string[] => Object.keys(waiters[service] ?? {});

/** How often it asks, and how many milliseconds are between. The AWS CLI waits 20 seconds between, which is long here. */
const attempts = 100;
const pause = 1000;

/** words are those after the name of the waiter, which is one of waiterNames. */
export async function wait(service: Service, name: string, words: string[], signal: AbortSignal): Promise<void> {
  const { operation: action, done, notYet } = waiters[service.name]![name]!;
  const operation = service.operations.get(action)!;
  const { input, globals } = parse(operation, words, `aws ${service.name} wait ${name}`);
  for (let i = 0; i < attempts; i++) {
    let answer: Fields | undefined;
    let error: string | undefined;
    try {
      answer = await service.send(operation, input, globals.region, signal);
    } catch (e) {
      error = (e as Error).name;
      if (signal.aborted || (!done(undefined, error) && error !== notYet)) throw e;
    }
    if (done(answer, error)) return;
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
  throw new Error(`Waiter ${name} failed: Max attempts exceeded`);
}
