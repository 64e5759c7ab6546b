// What ends a command, in the words that the AWS CLI has for it.

/** A fault of the command line: what was typed is not a command. */
export class UsageFault extends Error {
  constructor(
    message: string,
    /** The command whose help would help: "aws dynamodb". */
    readonly command = "aws",
  ) {
    super(message);
  }
}

/** A value of a parameter can't be read. */
export class ValueFault extends Error {}

/** What is printed for an error. operation is the one that was called. */
export function printed(error: unknown, operation: string): string {
  if (error instanceof UsageFault) {
    return `usage: aws [options] <command> <subcommand> [parameters]
To see help text, you can run:

  ${error.command} help

aws: error: ${error.message}`;
  }
  const e = error as Error & { $metadata?: { httpStatusCode?: number }; $fault?: string };
  if (!(e instanceof Error)) return String(error);
  if (e.name === "AbortError") return "^C";
  if (e.$fault || e.$metadata?.httpStatusCode) {
    return `An error occurred (${e.name}) when calling the ${operation} operation: ${e.message}${reasons(e)}`;
  }
  if (e instanceof TypeError && /fetch|network/i.test(e.message)) return `Could not connect to the endpoint URL: "${location.origin}/"`;
  return e.message;
}

function reasons(e: object): string {
  const list = (e as { CancellationReasons?: { Code?: string; Message?: string }[] }).CancellationReasons;
  if (!list) return "";
  return "\n" + list.map((r, i) => `  [${i}] ${r.Code ?? "None"}${r.Message ? `: ${r.Message}` : ""}`).join("\n");
}
