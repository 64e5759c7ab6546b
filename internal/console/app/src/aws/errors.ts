// Errors of AWS APIs in plain words.

export interface Explanation {
  title: string;
  /** What the server said, or what happened. */
  text: string;
  /** What to do about it. */
  advice?: string;
  details: [name: string, value: string][];
  denied: boolean;
}

interface ServiceError extends Error {
  $metadata?: { requestId?: string; httpStatusCode?: number };
}

// "User: ARN is not authorized to perform: ACTION on resource: ARN because REASON"
const denial =
  /^User: (?<who>\S+) is not authorized to perform: (?<action>[\w-]+:\w+)(?: on resource: (?<resource>\S+?))?(?:,? (?<why>because .*|with an explicit deny.*))?$/s;

/** What fetch says when there was no answer, in Chromium, Firefox and Safari; other errors of its type are faults of a program. */
const unreachable = /^(Failed to fetch|NetworkError when attempting|Load failed|The network connection was lost|.*could not connect to the server)/i;

export const isDenied = (error: unknown) =>
  error instanceof Error && /^(AccessDenied|AccessDeniedException|UnauthorizedOperation)$/.test(error.name);

export function explain(error: unknown): Explanation {
  const e = (error instanceof Error ? error : new Error(String(error))) as ServiceError;
  const details: [string, string][] = [["Error", e.name]];
  if (e.$metadata?.requestId) details.push(["Request ID", e.$metadata.requestId]);
  if (isDenied(e)) return explainDenial(e.message, details);
  if (e instanceof TypeError && unreachable.test(e.message)) {
    return {
      title: "The server can't be reached",
      text: "The request got no answer. The server may be stopped, or the network is down.",
      details: [["Error", e.message]],
      denied: false,
    };
  }
  if (e instanceof TypeError || e instanceof ReferenceError || e instanceof RangeError) {
    return {
      title: "Something in the console went wrong",
      text: "This is a fault of the page, not of what you did. Reload the page to go on; please report the error if it comes back.",
      details: [["Error", `${e.name}: ${e.message}`]],
      denied: false,
    };
  }
  return { title: titles[e.name] ?? titles[e.name.replace(/Exception$/, "")] ?? words(e.name), text: e.message, details, denied: false };
}

function explainDenial(message: string, details: [string, string][]): Explanation {
  const { who, action, resource, why } = denial.exec(message)?.groups ?? {};
  const title = action ? `You don't have permission to ${action}` : "You don't have permission";
  const shown: [string, string][] = [];
  if (who) shown.push(["User", who]);
  if (action) shown.push(["Action", action]);
  if (resource) shown.push(["Resource", resource]);
  const advice = /explicit deny/.test(why ?? "")
    ? "A policy denies it. Only a change of that policy can allow it."
    : action && `To be allowed, ask an administrator for a policy with the action ${action}.`;
  return { title, text: message, advice, details: [...shown, ...details], denied: true };
}

const titles: Record<string, string> = {
  ThrottlingException: "Too many requests",
  ProvisionedThroughputExceededException: "The throughput of the table was exceeded",
  ResourceNotFoundException: "There is no such resource",
  ResourceInUseException: "The resource is in use",
  NoSuchEntity: "There is no such resource",
  EntityAlreadyExists: "It exists already",
  DeleteConflict: "It can't be deleted yet",
  ValidationException: "The request is not valid",
  AuthenticationFailed: "Authentication failed",
  InvalidCode: "That code is not right",
  PasswordPolicyViolation: "The password is not good enough",
  UnknownOperationException: "This server doesn't have that operation yet",
};

/** LimitExceededException -> Limit exceeded. */
function words(name: string): string {
  const spaced = name.replace(/(Exception|Error)$/, "").replace(/([a-z])([A-Z])/g, "$1 $2").toLowerCase();
  return spaced ? spaced[0]!.toUpperCase() + spaced.slice(1) : "Something went wrong";
}
