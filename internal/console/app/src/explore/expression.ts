// Expressions with placeholders for names and values. A placeholder looks like what it stands for, so that code made of it is
// readable; it is never the name itself, which could be one of DynamoDB's reserved words.
import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { ValueError } from "./values";

export class Placeholders {
  private readonly names = new Map<string, string>();
  private readonly values = new Map<string, AttributeValue>();

  /** The placeholder of an attribute's name, the same each time. */
  name(name: string): string {
    for (const [placeholder, n] of this.names) if (n === name) return placeholder;
    const placeholder = free("#" + word(name), this.names);
    this.names.set(placeholder, name);
    return placeholder;
  }

  /** The placeholder of a document path: address.street[2]. A name with dots or brackets in it is written in double quotes. */
  path(text: string): string {
    return parsePath(text)
      .map((part, i) => (typeof part === "number" ? `[${part}]` : (i ? "." : "") + this.name(part)))
      .join("");
  }

  /** A placeholder of a value of the attribute called so. */
  value(name: string, value: AttributeValue): string {
    const placeholder = free(":" + word(name), this.values);
    this.values.set(placeholder, value);
    return placeholder;
  }

  /** The two members of a request; those that are empty are left out, as DynamoDB demands. */
  members() {
    return {
      ...(this.names.size && { ExpressionAttributeNames: Object.fromEntries(this.names) }),
      ...(this.values.size && { ExpressionAttributeValues: Object.fromEntries(this.values) }),
    };
  }
}

const word = (name: string) => name.replace(/[^A-Za-z0-9_]/g, "").slice(0, 40) || "attribute";

function free(wanted: string, taken: ReadonlyMap<string, unknown>): string {
  let placeholder = wanted;
  for (let i = 2; taken.has(placeholder); i++) placeholder = `${wanted}_${i}`;
  return placeholder;
}

/** Names and list indexes: a."b.c"[2] -> ["a", "b.c", 2]. */
export function parsePath(text: string): (string | number)[] {
  const parts: (string | number)[] = [];
  const token = /(?:^|\.)(?:"((?:[^"]|"")+)"|([^."[\]]+))|\[(\d+)\]/y;
  while (token.lastIndex < text.length) {
    const at = token.lastIndex;
    const [whole, quoted, name, index] = token.exec(text) ?? [];
    if (whole === undefined || (at === 0 && index !== undefined)) {
      throw new ValueError(`"${text}" is no attribute's name or path, such as address.street or tags[0].`);
    }
    parts.push(index !== undefined ? Number(index) : (quoted?.replaceAll('""', '"') ?? name!));
  }
  if (!parts.length) throw new ValueError("Enter an attribute's name.");
  return parts;
}
