// A command for the AWS CLI, in a shell of POSIX.
import { encodeBase64 } from "../values";
import { members, wordsOf, type Call } from "./call";

/** The CLI reads all pages of a scan or query by itself. */
export function cli(call: Call): string {
  const lines = [`aws dynamodb ${kebab(call.operation)}`];
  for (const [name, value] of members(call.input)) {
    if (typeof value === "boolean") {
      lines.push(`--${value ? "" : "no-"}${kebab(name)}`);
      continue;
    }
    const text = shell(typeof value === "string" ? value : JSON.stringify(value, binary));
    // What begins with a dash would be taken for an option.
    lines.push(`--${kebab(name)}${typeof value === "string" && value.startsWith("-") ? "=" : " "}${text}`);
  }
  return lines.join(" \\\n    ") + "\n";
}

const kebab = (name: string) => wordsOf(name).join("-").toLowerCase();

/** A word of a shell: nothing in single quotes means anything but the quote. */
const shell = (text: string) => (/^[\w./:-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`);

const binary = (_: string, value: unknown) => (value instanceof Uint8Array ? encodeBase64(value) : value);
